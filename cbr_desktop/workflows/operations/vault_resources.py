"""What the operations on the resources of a vault have in common."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from cbr_desktop.domain import finding
from cbr_desktop.domain.association import Stage, id_findings, names_in, resource_ids, tag_of
from cbr_desktop.domain.blast import Blast
from cbr_desktop.domain.change import VAULT_LANE, Change, Result, Subject
from cbr_desktop.domain.document import ChangeDocument, filled
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import ResourceId, VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome, ResourceOutcome
from cbr_desktop.domain.task import Task
from cbr_desktop.domain.vault import ProtectStatus, Resource, Vault
from cbr_desktop.workflows.ledger import Ledger, Reading
from cbr_desktop.workflows.operations.operation import Operation, Reader
from cbr_desktop.workflows.operations.vault_policies import unknown_vault, vault_subject
from cbr_desktop.workflows.operations.vaults import judged_at, known_vault, state_findings
from cbr_desktop.workflows.sending import searched_since

_NOT_IN_VAULT, _NOWHERE = "6135", "6302"
_BUSY_CODES = {
    ProtectStatus.PROTECTING: "6203",
    ProtectStatus.RESTORING: "2010",
    ProtectStatus.REMOVING: "6134",
}
"""What the service says of a resource in a state in which it is neither removed nor moved."""


class ResourcesOperation(Operation):
    """An operation on resources of one vault, which its request names by their ids."""

    busy_codes: frozenset[str] = frozenset()
    done_codes: frozenset[str] = frozenset()
    path: str
    """The last part of its path."""
    method = "POST"

    @property
    def template(self) -> str:
        """The path of its request with a place for the vault's id."""
        return "vaults/{vault_id}/" + self.path

    def subject(self, draft: Any, ledger: Reading) -> Subject:
        """Return the vault."""
        return vault_subject(draft.vault_id, ledger)

    def judged_at(self, change: Change, ledger: Reading) -> datetime | None:
        """Return how old the list of vaults is that the vault is in."""
        return judged_at(change, ledger)

    def blast(self, change: Change, ledger: Reading) -> Blast:
        """Nothing is lost by it."""
        return Blast()

    def made(self, vault_id: VaultId, names: Iterable[str], lane: str, body: bytes, ledger: Reading) -> Change:
        """Return the change of a vault; its tag has the names of the resources, for people alone."""
        path = filled(self.template, {"vault_id": vault_id})
        return Change(self.kind, vault_subject(vault_id, ledger), lane, self.method, path, body, tag_of(names))


def busy_lane(id: VaultId) -> str:
    """Return the lane of what the service refuses while a vault is being backed up."""
    return f"{VAULT_LANE}{id}"


def resources_lane(id: VaultId) -> str:
    """Return the lane of what is done to the resources of a vault whether it is being backed up or not."""
    return f"vault-resources:{id}"


def ids_in(document: ChangeDocument) -> tuple[ResourceId, ...]:
    """Return the resources that a request file names by their ids."""
    return tuple(ResourceId(each) for each in (document.content or {})["resource_ids"])


def names_of(ids: Iterable[ResourceId], vault: Vault | None) -> list[str]:
    """Return the names of resources of a vault, ids where they are not known."""
    known = {each.id: each.name for each in vault.resources} if vault is not None else {}
    return [known.get(id) or id for id in ids]


def named_resources(change: Change, vault: Vault) -> list[Resource]:
    """Return the resources of a vault that a change names."""
    wanted = set(resource_ids(change.body))
    return [each for each in vault.resources if each.id in wanted]


def vault_findings(change: Change, ledger: Ledger) -> list[Finding]:
    """Judge what a change names by itself, and whether its vault is one whose resources can be changed."""
    found = [*id_findings(resource_ids(change.body), "body.resource_ids"), *unknown_vault(change, ledger)]
    vault = known_vault(change, ledger)
    return found if vault is None else [*found, *state_findings(vault)]


def foreign_findings(change: Change, vault: Vault, ledger: Ledger) -> Iterator[Finding]:
    """Say which resources that a change names are not in its vault, and where they are."""
    own = {each.id for each in vault.resources}
    foreign = [id for id in resource_ids(change.body) if id not in own]
    homes = home_of(foreign, ledger)
    for id in foreign:
        home, known = homes.get(id), ledger.protectables.get(id)
        name = known.name if known is not None and known.name else id
        facts = {"resource": name, "id": id, "vault": vault.name, "other_vault": home and home.name}
        code = _NOT_IN_VAULT if home or known else _NOWHERE
        yield finding.block(FindingKind.FOREIGN_RESOURCE, finding.RequestPart.RESOURCES, code, **facts)


def home_of(ids: Collection[ResourceId], ledger: Reading) -> dict[ResourceId, Vault]:
    """Return the vaults that resources are in; only replicas are in a replication vault, not the resource itself."""
    if not ids:
        return {}
    wanted, found = set(ids), dict[ResourceId, Vault]()
    for vault in ledger.vaults.values():
        if vault.protect_type != "replication":
            found.update((each.id, vault) for each in vault.resources if each.id in wanted)
    return found


def busy_findings(resources: Sequence[Resource]) -> Iterator[Finding]:
    """Say which resources are in a state in which the service refuses the request as a whole."""
    for resource in resources:
        code = _BUSY_CODES.get(resource.protect_status) if isinstance(resource.protect_status, ProtectStatus) else None
        if code is not None:
            facts = {"resource": resource.name, "id": resource.id, "status": resource.protect_status}
            yield finding.block(FindingKind.RESOURCE_BUSY, finding.RequestPart.RESOURCES, code, **facts)


async def read_tasks(intent: Intent, reader: Reader, fits: Callable[[Task], bool]) -> list[Task]:
    """Read the tasks since a request was sent, and put those that fit it into the ledger. Raises ``CloudError``."""
    since = searched_since(intent, reader.ledger.connection)
    with reader.noting(intent, "tasks", since):
        found = [each for each in (await reader.cloud.tasks(since=since)).rows if fits(each)]
    reader.ledger.merge_tasks(found)
    return found


def outcome_by(intent: Intent, fate: Callable[[ResourceId], tuple[Fate, str]], vault: Vault | None) -> Outcome | None:
    """Return a line for each resource that a request names, by what ``fate`` tells of it."""
    if intent.result is None:
        return None
    ids = resource_ids(intent.body)
    known = {each.id: each for each in vault.resources} if vault is not None else {}
    lines = []
    for id, name in zip(ids, names_in(intent.name, len(ids)), strict=True):
        met, status = fate(id)
        kind = str(known[id].type) if id in known else ""
        lines.append(ResourceOutcome(id, known[id].name if id in known else name or id, kind, met, status))
    # its stage is a word of ours, and none that the service says
    return Outcome(tuple(lines), "")


def with_reason(outcome: Outcome | None, task: Task | None) -> Outcome | None:
    """Return an outcome whose failures have the service's words for them, as its task tells."""
    if outcome is None or task is None:
        return outcome
    lines = (
        replace(each, code=task.code, message=task.message) if each.fate is Fate.FAILED else each
        for each in outcome.resources
    )
    return replace(outcome, resources=tuple(lines))


def result_of(intent: Intent, stage: Stage) -> Result:
    """Return what a request has come to."""
    return Result(intent.subject.id, stage)
