"""What the operations on one vault have in common."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from msgspec.structs import replace

from cbr_desktop.domain import finding
from cbr_desktop.domain.change import Change
from cbr_desktop.domain.document import ChangeDocument, filled
from cbr_desktop.domain.error import NotFound
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import DEFAULT_ENTERPRISE_PROJECT, VaultId, is_enterprise_project_id
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.vault import Vault, VaultStatus
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations.operation import Reader
from cbr_desktop.workflows.preflight import Preflight
from cbr_desktop.workflows.sending import searched_since

VAULT_PATH = "vaults/{vault_id}"
"""The path of a vault."""
_CHANGEABLE = (VaultStatus.AVAILABLE, VaultStatus.LOCK)
NO_VAULT = "6105"
"""The service's word for a vault that does not exist."""
GONE = "gone"
"""The status of a vault that does not exist any more, which is not a word of the service."""


def vault_path(id: VaultId) -> str:
    """Return the path of a vault."""
    return filled(VAULT_PATH, {"vault_id": id})


def vault_id_in(document: ChangeDocument) -> VaultId:
    """Return the vault that a request file names in its path."""
    return VaultId(document.path["vault_id"])


def settings_lane(id: VaultId) -> str:
    """Return the lane of the settings of a vault; what is backed up meanwhile does not matter to them."""
    return f"vault-settings:{id}"


def known_vault(change: Change, ledger: Reading) -> Vault | None:
    """Return the vault that a change is done to, as far as it is known."""
    return ledger.vaults.get(VaultId(change.subject.id))


def judged(findings: Iterable[Finding], ledger: Reading) -> Preflight:
    """Return the judgement that findings come to, the most serious first, by the vaults as they were read."""
    as_of = ledger.freshness[Part.VAULTS].as_of
    found = [replace(each, as_of=as_of) for each in findings]
    return Preflight(tuple(sorted(found, key=lambda each: each.severity.value)))


def judged_at(change: Change, ledger: Reading) -> datetime | None:
    """Return how old the list of vaults is that a vault is in."""
    return ledger.freshness[Part.VAULTS].as_of if known_vault(change, ledger) is not None else None


def state_findings(vault: Vault) -> list[Finding]:
    """Say that a vault is in a state in which the service changes nothing of it."""
    if vault.status in _CHANGEABLE:
        return []
    # a state that this version does not know may be as good as any
    say = finding.block if isinstance(vault.status, VaultStatus) else finding.warn
    facts = {"vault": vault.name, "status": vault.status}
    return [say(FindingKind.VAULT_STATE, finding.RequestPart.VAULT, "6112", **facts)]


def name_taken(name: str, ledger: Reading, but: VaultId | None = None) -> list[Finding]:
    """Say that another vault has a name already; the service takes it all the same."""
    if not any(each.name == name and each.id != but for each in ledger.vaults.values()):
        return []
    return [finding.warn(FindingKind.VAULT_NAME_TAKEN, finding.RequestPart.NAME, name=name)]


def known_resources(ledger: Ledger) -> list[Protectable] | None:
    """Return what could be protected in the project, ``None`` while that has not been read."""
    if ledger.freshness[Part.PROTECTABLES].as_of is None:
        return None
    return list(ledger.protectables.values())


def enterprise_project_findings(id: str, ledger: Reading) -> Iterator[Finding]:
    """Judge an enterprise project that a vault is to be in by those that are known."""
    part, freshness = finding.RequestPart.VAULT, ledger.freshness[Part.ENTERPRISE_PROJECTS]
    known = ledger.enterprise_projects.get(id)
    if not is_enterprise_project_id(id):
        yield finding.block(FindingKind.BAD_ID, part, "9900", path="enterprise_project_id", found=id)
    elif known is not None and not known.enabled:
        yield finding.warn(FindingKind.ENTERPRISE_PROJECT_DISABLED, part, name=known.name, id=id)
    elif known is None and id != DEFAULT_ENTERPRISE_PROJECT:
        is_certain = freshness.as_of is not None and freshness.complete
        say, kind = (
            (finding.warn, FindingKind.ENTERPRISE_PROJECT_UNKNOWN)
            if is_certain
            else (finding.info, FindingKind.ENTERPRISE_PROJECT_UNVERIFIED)
        )
        yield say(kind, part, id=id)


async def read_vault(intent: Intent, reader: Reader, id: VaultId | None = None) -> Vault | None:
    """Read a vault for what a request has made of it, into the ledger; ``None`` when there is none any more.

    It is the one that the request is done to unless another one is named by ``id``. Raises ``CloudError``.
    """
    wanted = id or VaultId(intent.subject.id)
    with reader.noting(intent, "vault", searched_since(intent, reader.ledger.connection)):
        try:
            vault = await reader.cloud.vault(wanted)
        except NotFound as error:
            # a gateway that does not know the operation says 404 as well, and that is no word about a vault
            if error.short_code != NO_VAULT:
                raise
            reader.ledger.drop_vault(wanted)
            return None
    reader.ledger.merge_vault(vault)
    return vault
