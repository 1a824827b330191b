"""Where the backups of a vault have replicas, and how many have none there."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.policy import REPLICATION, Policy
from cbr_desktop.workflows.operations.replicate_vault import sound
from cbr_desktop.workflows.operations.replication import is_in


class Replicas(NamedTuple):
    """The replicas of a vault in a region. ``missing`` counts the backups that could have one there and have none.

    ``policy`` is the name of the enabled policy that copies there, empty where none does.
    """

    region: str
    there: int
    missing: int
    policy: str = ""


def replicas_of(vault_id: VaultId, backups: Iterable[Backup], policies: Iterable[Policy]) -> list[Replicas]:
    """Return where ``backups`` of a vault have replicas, or should have some by a policy, region by region."""
    own = sound(each for each in backups if each.vault_id == vault_id)
    copying = [each for each in policies if each.operation_type == REPLICATION and each.enabled]
    wanted = {each.destination_region: each.name for each in copying if vault_id in each.vault_ids}
    known = Counter(each.region for backup in own for each in backup.traits.replicas)
    regions = sorted({*known, *wanted} - {""})
    found = []
    for region in regions:
        there = sum(is_in(each, region) for each in own)
        found.append(Replicas(region, there, len(own) - there, wanted.get(region, "")))
    return found
