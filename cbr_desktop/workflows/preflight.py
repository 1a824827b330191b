"""The pre-flight: judging a draft by what is known of its vault and resources, before anything is sent."""

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice, draft_findings
from cbr_desktop.domain.finding import (
    Finding,
    FindingFacts,
    FindingKind,
    RequestPart,
    Severity,
    block,
    folded,
    info,
    warn,
)
from cbr_desktop.domain.ids import ResourceId, VaultId, VolumeId, spelled
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.schedule import is_peak
from cbr_desktop.domain.task import Task, TaskType
from cbr_desktop.domain.vault import MB_PER_GB, ProtectStatus, ProtectType, Resource, ResourceType, Vault, VaultStatus
from cbr_desktop.workflows.derived import gathered, pieces
from cbr_desktop.workflows.ledger import Ledger, Part

LARGE_SERVER_GB = 4096
"""A server over this size is discouraged (user manual)."""
SHARED_DISKS_PER_SERVER = 10
"""How many shared disks a server backup takes (user manual)."""
_NAME = attrgetter("name")
_SPREAD = 2.0
"""How many times the mean of earlier backups a further incremental one most likely takes at the most."""
OLD = timedelta(minutes=5)
"""From what age on the data that a request is judged by is said to be old: more than two refreshes."""
_OPEN_STATES = (IntentState.QUEUED, IntentState.SENDING, IntentState.ACCEPTED, IntentState.UNKNOWN)
"""States in which a request of ours goes before another of its vault."""


Running = Mapping[VaultId, Sequence[Task]]
"""The tasks in vaults that have not ended."""


class PreflightIndex(Struct, frozen=True):
    """What long lists tell that several drafts are judged by.

    ``names`` are those of the drafts that are in use, each with its vault, ``running`` the tasks that have not ended by
    vault, and ``ours`` the vaults that a request of ours is open in.
    """

    names: Collection[tuple[VaultId | None, str]]
    running: Running
    ours: Collection[VaultId | None]


class Basis(StrEnum):
    """What the size of one resource's backup is judged by."""

    FULL = "full"
    FIRST = "first"
    """It is full whatever is asked for."""
    HISTORY = "history"
    """Incremental, after others whose size is known."""
    NO_HISTORY = "no-history"
    """Incremental, after others whose size is not known."""


class Addition(Struct, frozen=True):
    """What the backup of one resource adds to its vault, in GB: most likely ``low`` to ``high``, ``worst`` at most.

    The worst case of an incremental backup is that everything has changed since the one before.
    """

    basis: Basis
    low_gb: float
    high_gb: float
    worst_gb: float


class Estimate(Struct, frozen=True):
    """What a checkpoint adds to a vault: ``asked`` resources, and ``additions`` of those that will not be skipped."""

    asked: int
    additions: tuple[Addition, ...]
    used_gb: float
    size_gb: float

    @property
    def low_gb(self) -> float:
        """What it adds at the least, in GB."""
        return sum(each.low_gb for each in self.additions)

    @property
    def high_gb(self) -> float:
        """What it most likely adds at the most, in GB."""
        return sum(each.high_gb for each in self.additions)

    @property
    def worst_gb(self) -> float:
        """What it can add at the most, in GB."""
        return sum(each.worst_gb for each in self.additions)

    @property
    def grounded_gb(self) -> float:
        """The part of ``high_gb`` that more than a lack of knowledge speaks for, in GB."""
        return sum(each.high_gb for each in self.additions if each.basis is not Basis.NO_HISTORY)

    def percent_with(self, added_gb: float) -> float | None:
        """Return how full the vault is with so much more, in percent; ``None`` while its size is unknown."""
        return 100 * (self.used_gb + added_gb) / self.size_gb if self.size_gb else None


class Preflight(Struct, frozen=True):
    """The findings, most serious first, and the estimate; ``None`` for the latter while the vault is unknown."""

    findings: tuple[Finding, ...]
    estimate: Estimate | None = None

    @property
    def is_blocked(self) -> bool:
        """Whether the request must not be sent as it is."""
        return any(finding.severity is Severity.BLOCK for finding in self.findings)

    def of(self, *subjects: RequestPart) -> list[Finding]:
        """Return the findings about some parts of the request."""
        return [finding for finding in self.findings if finding.subject in subjects]


def preflight(draft: CheckpointDraft, ledger: Ledger, now: datetime, around: PreflightIndex | None = None) -> Preflight:
    """Judge ``draft`` by itself and by the ledger. Nothing is asked of the service.

    ``around`` is there for those who judge many drafts; without it the long lists are looked through for this one.
    """
    profile = ledger.profile
    findings = draft_findings(draft, profile.name_rules, beta_fields=profile.beta_fields)
    estimate = None
    if draft.vault_id and not any(f.kind is FindingKind.BAD_ID and f.subject is RequestPart.VAULT for f in findings):
        vault = ledger.vaults.get(draft.vault_id)
        if vault is None and (own := VaultId(spelled(draft.vault_id))) in ledger.vaults:
            findings.append(_other_spelling(RequestPart.VAULT, draft.vault_id, own))
        elif vault is None:
            findings += _unknown_vault(draft, ledger)
        else:
            estimate = _estimate(draft, vault, ledger)
            known = [*_vault_findings(vault, ledger, estimate, around), *_resource_findings(draft, vault, ledger)]
            as_of = ledger.freshness[Part.VAULTS].as_of
            findings += [replace(finding, as_of=as_of) for finding in known]
        findings += _name_in_use(draft, ledger, around)
        findings += _age(ledger, now)
    findings += _peak_hours(now)
    return Preflight(tuple(sorted(findings, key=lambda finding: finding.severity.value)), estimate)


def looked_at(drafts: Iterable[CheckpointDraft], part: Part, ledger: Ledger) -> set[str]:
    """Return the texts by which drafts look for rows of a list: no others count when they are judged.

    They are ids, and names of backups. The vaults in the ledger tell which resources they have.
    """
    known = list(drafts)
    vaults: set[str] = {each.vault_id for each in known if each.vault_id}
    if part is Part.VAULTS:
        chosen = {choice.id for each in known for choice in each.resources or ()}
        return vaults | set(map(spelled, vaults)) | chosen
    if part is Part.TASKS:
        return vaults
    if part is Part.BACKUPS:
        return {each.name for each in known if each.name}
    if part is Part.PROTECTABLES:
        asked = (ledger.vaults[VaultId(id)] for id in vaults if id in ledger.vaults)
        return {resource.id for vault in asked for resource in vault.resources}
    return set()


def _unknown_vault(draft: CheckpointDraft, ledger: Ledger) -> list[Finding]:
    """Say that the vault is not among the known ones; that blocks only when the list is known to be whole."""
    freshness = ledger.freshness[Part.VAULTS]
    if freshness.as_of is None or not freshness.complete or freshness.from_cache:
        return [warn(FindingKind.VAULT_UNVERIFIED, RequestPart.VAULT, id=draft.vault_id)]
    return [block(FindingKind.VAULT_UNKNOWN, RequestPart.VAULT, "6105", id=draft.vault_id)]


def _other_spelling(subject: RequestPart, found: str, written: str) -> Finding:
    """Say that an id is spelled otherwise than by the service: what it answers could not be matched with ours."""
    return block(FindingKind.OTHER_SPELLING, subject, found=found, written=written, id=found)


def _vault_findings(
    vault: Vault, ledger: Ledger, estimate: Estimate, around: PreflightIndex | None
) -> Iterator[Finding]:
    name = vault.name
    if vault.protect_type == ProtectType.REPLICATION:
        yield block(FindingKind.VAULT_REPLICATION, RequestPart.VAULT, "6124", vault=name)
    elif vault.cloud_type not in ("public", ""):
        yield block(FindingKind.VAULT_NOT_PUBLIC, RequestPart.VAULT, "6124", vault=name, cloud_type=vault.cloud_type)
    if vault.status == VaultStatus.LOCK:
        yield warn(FindingKind.VAULT_EXPANDING, RequestPart.VAULT, vault=name)
    elif vault.status in (VaultStatus.FROZEN, VaultStatus.DELETING, VaultStatus.ERROR):
        yield block(FindingKind.VAULT_STATUS, RequestPart.VAULT, "6113", vault=name, status=vault.status)
    elif vault.status != VaultStatus.AVAILABLE:
        yield warn(FindingKind.VAULT_STATUS, RequestPart.VAULT, "6113", vault=name, status=vault.status)
    if not vault.resources:
        yield block(FindingKind.VAULT_EMPTY, RequestPart.VAULT, "0001", vault=name)
    yield from _capacity_findings(vault, estimate)
    yield from _busy_findings(vault, ledger, around)


def _capacity_findings(vault: Vault, estimate: Estimate) -> Iterator[Finding]:
    facts: FindingFacts = {"vault": vault.name, "used_percent": vault.used_percent, "auto_expand": vault.auto_expand}
    if vault.free_gb <= 0:
        kind = FindingKind.VAULT_FULL
        yield (warn if vault.auto_expand else block)(kind, RequestPart.VAULT, "6114", **facts)
    elif estimate.grounded_gb > vault.free_gb and not vault.auto_expand:
        facts = {"vault": vault.name, "free_gb": vault.free_gb, "upper_gb": estimate.high_gb}
        yield warn(FindingKind.VAULT_MAY_FILL, RequestPart.VAULT, "6114", **facts)


def _busy_findings(vault: Vault, ledger: Ledger, around: PreflightIndex | None) -> Iterator[Finding]:
    """Say what runs already. Our own open requests are waited for by the outbox; others make the service refuse."""
    running = ledger.running_tasks(vault.id) if around is None else around.running[vault.id]
    running = [task for task in running if task.type == TaskType.BACKUP]
    if vault.id in (_ours(ledger) if around is None else around.ours):
        yield info(FindingKind.VAULT_BUSY, RequestPart.VAULT, vault=vault.name, ours=True, progress=None)
    elif running:
        progress = min((task.progress_percent or 0 for task in running), default=None)
        yield warn(FindingKind.VAULT_BUSY, RequestPart.VAULT, "6125", vault=vault.name, ours=False, progress=progress)


def _resource_findings(draft: CheckpointDraft, vault: Vault, ledger: Ledger) -> Iterator[Finding]:
    yield from folded(_foreign_findings(draft, vault, ledger))
    asked = _asked(draft, vault)
    for resource, choice in asked:
        yield from _state_findings(resource)
        yield from _disk_findings(resource, choice, ledger)
    first = [resource.name for resource, _ in asked if resource.backup_count == 0]
    if first and draft.incremental:
        yield info(FindingKind.FIRST_BACKUP_FULL, RequestPart.TYPE, resources=first)


def _foreign_findings(draft: CheckpointDraft, vault: Vault, ledger: Ledger) -> Iterator[Finding]:
    own = {resource.id for resource in vault.resources}
    foreign = [choice for choice in draft.resources or () if choice.id not in own]
    if not foreign:
        return
    spellings = {spelled(id): id for id in own}
    # the whole estate is gone through for a resource of another vault alone: a form is judged with every letter typed
    homes = {resource.id: other for other in ledger.vaults.values() for resource in other.resources}
    for choice in foreign:
        if spelled(choice.id) in spellings:
            yield _other_spelling(RequestPart.RESOURCES, choice.id, spellings[ResourceId(spelled(choice.id))])
            continue
        home = homes.get(choice.id)
        facts = {
            "resource": choice.name or choice.id,
            "id": choice.id,
            "vault": vault.name,
            "other_vault": home and home.name,
        }
        yield block(FindingKind.FOREIGN_RESOURCE, RequestPart.RESOURCES, "6135" if home else "6302", **facts)


_BACKED_UP = (None, ProtectStatus.AVAILABLE, ProtectStatus.ERROR)
"""The states of a resource that do not keep it from being backed up."""


def _state_findings(resource: Resource) -> Iterator[Finding]:
    status = resource.protect_status
    facts = {"resource": resource.name, "id": resource.id}
    if status == ProtectStatus.RESTORING:
        yield warn(FindingKind.RESOURCE_RESTORING, RequestPart.RESOURCES, "2010", **facts)
    elif status == ProtectStatus.ERROR:
        # the state tells of the last run; nothing says that it keeps the next one from being made
        yield info(FindingKind.RESOURCE_FAILED, RequestPart.RESOURCES, **facts)
    elif status not in _BACKED_UP:
        yield warn(
            FindingKind.RESOURCE_STATE,
            RequestPart.RESOURCES,
            "6215",
            resource=resource.name,
            id=resource.id,
            status=status,
        )


def _disk_findings(resource: Resource, choice: ResourceChoice | None, ledger: Ledger) -> Iterator[Finding]:
    name = resource.name
    facts: FindingFacts
    if resource.type == ResourceType.SERVER and resource.size_gb > LARGE_SERVER_GB:
        facts = {"resource": name, "id": resource.id, "size_gb": resource.size_gb, "limit_gb": LARGE_SERVER_GB}
        yield info(FindingKind.RESOURCE_LARGE, RequestPart.RESOURCES, "", **facts)
    protectable = ledger.protectables.get(resource.id)
    if protectable is None:
        return
    if not protectable.protectable:
        facts = {"resource": name, "id": resource.id, "reason": protectable.reason or protectable.message}
        code = protectable.code.removeprefix("BackupService.")
        yield warn(FindingKind.RESOURCE_NOT_PROTECTABLE, RequestPart.RESOURCES, code, **facts)
    yield from choice_findings(name, protectable, choice)


def choice_findings(name: str, protectable: Protectable, choice: ResourceChoice | None) -> Iterator[Finding]:
    """Judge which disks of a resource are taken by a choice, ``None`` for all."""
    id, disks = protectable.id, protectable.disks
    facts: FindingFacts
    taken = [disk for disk in disks if _takes(choice, disk.id)]
    if disks and not taken:
        yield block(FindingKind.NO_DISK_LEFT, RequestPart.RESOURCES, "7108", resource=name, id=id)
    elif len(taken) < len(disks):
        left_out = len(disks) - len(taken)
        facts = {"resource": name, "id": id, "excluded": left_out, "disks": len(disks)}
        yield warn(FindingKind.SOME_DISKS_EXCLUDED, RequestPart.RESOURCES, "", **facts)
        if any(disk.bootable for disk in disks) and not any(disk.bootable for disk in taken):
            yield warn(FindingKind.SYSTEM_DISK_EXCLUDED, RequestPart.RESOURCES, "6209", resource=name, id=id)
    shared = sum(disk.shared for disk in taken)
    if shared > SHARED_DISKS_PER_SERVER:
        facts = {"resource": name, "id": id, "count": shared, "limit": SHARED_DISKS_PER_SERVER}
        yield block(FindingKind.SHARED_DISKS, RequestPart.RESOURCES, "7107", **facts)


def taken_gb(protectable: Protectable, choice: ResourceChoice | None) -> int:
    """Return the size of what a choice takes of a resource, in GB; of disks whose size is not known, that of all."""
    disks = protectable.disks
    if choice is None or not choice.has_disk_options or not all(disk.size_gb for disk in disks):
        return protectable.size_gb
    return sum(disk.size_gb for disk in disks if _takes(choice, disk.id))


def _takes(choice: ResourceChoice | None, volume: VolumeId) -> bool:
    if choice is None:
        return True
    return volume in choice.include_volumes if choice.include_volumes else volume not in choice.exclude_volumes


def _asked(draft: CheckpointDraft, vault: Vault) -> list[tuple[Resource, ResourceChoice | None]]:
    """Return the vault's resources that the draft means, each with its choice."""
    if draft.resources is None:
        return [(resource, None) for resource in vault.resources]
    choices: dict[ResourceId, ResourceChoice] = {choice.id: choice for choice in draft.resources}
    return [(resource, choices[resource.id]) for resource in vault.resources if resource.id in choices]


def _estimate(draft: CheckpointDraft, vault: Vault, ledger: Ledger) -> Estimate:
    asked = _asked(draft, vault)
    additions = tuple(
        _addition(resource, choice, ledger, incremental=draft.incremental)
        for resource, choice in asked
        if _is_expected(resource, choice, ledger)
    )
    total = len(draft.resources) if draft.resources is not None else len(asked)
    return Estimate(total, additions, vault.used_gb, vault.size_gb)


def _is_expected(resource: Resource, choice: ResourceChoice | None, ledger: Ledger) -> bool:
    """Whether nothing that is known makes the service skip this resource."""
    protectable = ledger.protectables.get(resource.id)
    if resource.protect_status not in _BACKED_UP:
        return False
    if protectable is None:
        return True
    has_disks = not protectable.disks or any(_takes(choice, disk.id) for disk in protectable.disks)
    return protectable.protectable and has_disks


def _addition(resource: Resource, choice: ResourceChoice | None, ledger: Ledger, *, incremental: bool) -> Addition:
    """Return what the backup of a resource adds.

    The service tells neither how much of a disk is in use nor how large a single backup is, but what all backups of a
    resource take, and how many they are. One of these at the least is full, and it is no smaller than their mean; so
    much a further full one takes as well, less the disks that are left out now. Of earlier incremental ones the mean
    of all is an upper bound.
    """
    disks = _disks(resource, ledger)
    size_gb = float(sum(size for id, size in disks.items() if _takes(choice, id))) if disks else float(resource.size_gb)
    if not resource.backup_count:
        return Addition(Basis.FIRST, 0.0, size_gb, size_gb)
    mean_gb = resource.backup_size_mb / resource.backup_count / MB_PER_GB
    if not incremental:
        left_out = [size for id, size in disks.items() if id in resource.exclude_volumes or not _takes(choice, id)]
        is_known = bool(disks) or choice is None or not choice.has_disk_options
        low_gb = min(max(mean_gb - sum(left_out), 0.0), size_gb) if is_known else 0.0
        return Addition(Basis.FULL, low_gb, size_gb, size_gb)
    if not resource.backup_size_mb:
        return Addition(Basis.NO_HISTORY, 0.0, size_gb, size_gb)
    return Addition(Basis.HISTORY, 0.0, min(_SPREAD * mean_gb, size_gb), size_gb)


def _disks(resource: Resource, ledger: Ledger) -> dict[VolumeId, int]:
    """Return the sizes of a resource's disks in GB; none unless all of them are known."""
    protectable = ledger.protectables.get(resource.id)
    disks = {disk.id: disk.size_gb for disk in protectable.disks} if protectable is not None else {}
    return disks if all(disks.values()) else {}


def _age(ledger: Ledger, now: datetime) -> list[Finding]:
    """Say how old the oldest of the lists is that the request was judged by, when it is no longer fresh."""
    judged_by = [ledger.freshness[part] for part in (Part.VAULTS, Part.TASKS) if ledger.freshness[part].as_of]
    oldest = min(judged_by, key=lambda freshness: freshness.as_of or now, default=None)
    if oldest is None or oldest.as_of is None or now - oldest.as_of < OLD:
        return []
    age, from_cache = now - oldest.as_of, any(freshness.from_cache for freshness in judged_by)
    finding = info(FindingKind.DATA_OLD, RequestPart.CONNECTION, age=age, from_cache=from_cache)
    return [replace(finding, as_of=oldest.as_of)]


def surroundings(drafts: Iterable[CheckpointDraft], ledger: Ledger) -> Generator[None, None, PreflightIndex]:
    """Return what drafts are judged by of long lists, which are gone through once for all of them, in pieces."""
    asked = [(draft.vault_id, draft.name) for draft in drafts]
    running = yield from running_in({vault_id for vault_id, _name in asked if vault_id is not None}, ledger)
    wanted = {name for _vault_id, name in asked}
    names = {(each.change.vault_id, each.name) for each in ledger.intents.values()}
    for piece in pieces(ledger.backups.values()):
        names.update([(each.vault_id, each.name) for each in piece if each.name in wanted])
        yield
    return PreflightIndex(names, running, _ours(ledger))


def running_in(vaults: Collection[VaultId], ledger: Ledger) -> Generator[None, None, Running]:
    """Return the tasks of each of several vaults that have not ended, as far as is known, in pieces."""
    return (yield from gathered(ledger.tasks.values(), _vault_at_work, vaults))


def _vault_at_work(task: Task) -> VaultId | None:
    return None if task.is_over else task.vault_id


def _ours(ledger: Ledger) -> set[VaultId | None]:
    """Return the vaults that a request of ours is open in."""
    return {each.change.vault_id for each in ledger.intents.values() if each.state in _OPEN_STATES}


def _name_in_use(draft: CheckpointDraft, ledger: Ledger, around: PreflightIndex | None) -> list[Finding]:
    """Say where a lost answer could not be found again by its name."""
    if not draft.name:
        return [info(FindingKind.NAME_OMITTED, RequestPart.NAME)]
    own = (draft.vault_id, draft.name)
    if around is None:
        is_taken = any(own == (each.change.vault_id, each.name) for each in ledger.intents.values())
        # the list may be long, and of few backups the vault is looked at
        is_taken = is_taken or (
            draft.name in map(_NAME, ledger.backups.values())
            and any(own == (each.vault_id, each.name) for each in ledger.backups.values())
        )
    else:
        is_taken = own in around.names
    return [info(FindingKind.NAME_TAKEN, RequestPart.NAME, name=draft.name)] if is_taken else []


def _peak_hours(now: datetime) -> list[Finding]:
    """Say that the service is busy, by the operator's local time."""
    is_busy = is_peak(60 * now.astimezone().hour)
    return [info(FindingKind.PEAK_HOURS, RequestPart.CONNECTION)] if is_busy else []
