"""Where the backups of a vault have replicas, and how many have none there."""

from collections import Counter
from typing import NamedTuple

from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.policy import REPLICATION
from cbr_desktop.workflows.ledger import Reading
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


def replicas_of(vault_id: VaultId, ledger: Reading) -> list[Replicas]:
    """Return where the backups of a vault have replicas, or should have some by a policy, region by region."""
    own = sound(each for each in ledger.backups.values() if each.vault_id == vault_id)
    copying = [each for each in ledger.policies.values() if each.operation_type == REPLICATION and each.enabled]
    wanted = {each.destination_region: each.name for each in copying if vault_id in each.vault_ids}
    known = Counter(each.region for backup in own for each in backup.traits.replicas)
    regions = sorted({*known, *wanted} - {""})
    found = []
    for region in regions:
        there = sum(is_in(each, region) for each in own)
        found.append(Replicas(region, there, len(own) - there, wanted.get(region, "")))
    return found
