"""An estate by hand: vaults, resources, tasks and requests of every kind that a screen must be able to show."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

from msgspec.structs import replace

from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.change import Result, checkpoint_change, checkpoint_result
from cbr_desktop.domain.checkpoint import AcceptedResource, Checkpoint, SkippedResource
from cbr_desktop.domain.connection import Connection, Reach
from cbr_desktop.domain.ids import BackupId, CheckpointId, IntentId, PolicyId, ResourceId, TaskId, VaultId
from cbr_desktop.domain.intent import Intent, IntentState, Refusal, Target
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.profile import Environment, Profile
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.domain.vault import (
    ProtectStatus,
    ProtectType,
    Resource,
    ResourceType,
    Vault,
    VaultKind,
    VaultStatus,
    VaultUse,
)
from cbr_desktop.ui.session.ledger_signals import LedgerSignals
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.services import ProfileServices
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Ledger, Part
from tests.services import give, serve

NOW = datetime(2026, 8, 22, 3, 4, 31, tzinfo=UTC)
LONG = "ecs-" + "very-long-name-" * 16 + "end"
RIGHT_TO_LEFT = "خادم-النسخ-الاحتياطي-01"
NASTY = "<b>bold</b> \u202egpj.exe & \u200bx"


class HandClock:
    """A clock that a test turns."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        """Return the time that it was turned to."""
        return self.at

    async def sleep(self, seconds: float) -> None:
        """Turn itself on."""
        self.at += timedelta(seconds=seconds)
        await asyncio.sleep(0)


class Notebook(dict[str, object]):
    """Settings that are kept in memory."""

    def put(self, key: str, value: object) -> None:
        """Remember a value."""
        self[key] = value


@dataclass
class Wishes:
    """Stands for outbox and refresh: writes down what is asked of them."""

    cancelled: list[IntentId] = field(default_factory=list)
    refreshed: int = 0
    older: list[Task] = field(default_factory=list)
    uses: list[VaultUse] = field(default_factory=list)
    attended: list[object] = field(default_factory=list)
    needed: list[object] = field(default_factory=list)

    def attend(self, attention: object) -> None:
        """Take note of how often the lists should be read."""
        self.attended.append(attention)

    def need(self, parts: frozenset[object]) -> None:
        """Take note of lists that are wanted."""
        self.needed.append(parts)

    def ask(self) -> None:
        """Take note of a wish to refresh."""
        self.refreshed += 1

    def ask_whole(self) -> None:
        """Take note of a wish to read every list whole."""
        self.refreshed += 1

    async def use_of(self, vault_id: VaultId) -> list[VaultUse]:
        """Give out how full a vault was."""
        return [use for use in self.uses if use.vault_id == vault_id]

    async def older_tasks(self, before: Task | None = None) -> list[Task]:
        """Give out what is kept, two at a time."""
        start = self.older.index(before) + 1 if before is not None else 0
        return self.older[start : start + 2]

    def cancel(self, id: IntentId) -> bool:
        """Take note of a wish to cancel."""
        self.cancelled.append(id)
        return True


def profile(environment: Environment = Environment.PRODUCTION) -> Profile:
    """A profile of some cloud."""
    return Profile(
        name="Prod · eu-de",
        iam_endpoint="https://iam.example.com",
        cbr_endpoint="https://cbr.example.com",
        project="eu-de_prod",
        user="operator",
        domain="acme",
        region="eu-de",
        environment=environment,
        read_only=False,
    )


def context(*, filled: bool = True, settings: Notebook | None = None, is_demo: bool = False) -> ProfileContext:
    """A profile context over a ledger that holds the estate, or nothing."""
    signals = LedgerSignals()
    ledger = Ledger(profile(), signals.notice)
    wishes = Wishes()
    if filled:
        fill(ledger)
    made = ProfileContext(
        profile=ledger.profile,
        ledger=ledger,
        signals=signals,
        clock=HandClock(),
        settings=settings if settings is not None else Notebook(),
        save_text=lambda _path, _text: None,
        is_demo=is_demo,
    )
    give(made, wishes, wishes)
    return made


def workspace(
    *, filled: bool = True, settings: Notebook | None = None, is_demo: bool = False, profiles: Sequence[Profile] = ()
) -> Workspace:
    """A workspace in which the first profile is looked at; its ledger holds the estate, or nothing."""
    known = list(profiles) or [profile()]
    made = Workspace(
        known,
        settings if settings is not None else Notebook(),
        HandClock(),
        lambda _path, _text: None,
        is_demo=is_demo,
    )
    serve(made, open_session=_services)
    made.choose(made.choices()[0])
    if filled:
        fill(made.contexts[0].ledger)
    return made


def ledger(workspace: Workspace) -> Ledger:
    """The ledger of the first profile context of a workspace."""
    return workspace.contexts[0].ledger


def add_vault(workspace: Workspace, vault: Vault) -> None:
    """Read the list of vaults again, which has one more."""
    here = ledger(workspace)
    here.put_vaults(Listing([*here.vaults.values(), vault], NOW))


def _services(_context: ProfileContext) -> ProfileServices:
    wishes = cast(Any, Wishes())
    return ProfileServices(wishes, wishes, None)


def uid(number: int) -> str:
    """An id of the service's form."""
    return str(UUID(int=0x3B5816B5_F29C_4172_9D9A_000000000000 + number))


def fill(ledger: Ledger) -> None:
    """Put the estate into a ledger."""
    built = vaults()
    ledger.put_vaults(Listing(built, NOW - timedelta(minutes=3)))
    ledger.put_policies(Listing(policies(built), NOW))
    ledger.put_protectables(Listing(unprotected(), NOW))
    ledger.put_backups(Listing(backups(built), NOW))
    ledger.put_tasks(Listing(tasks(built), NOW - timedelta(minutes=1)))
    for intent in intents(built):
        ledger.put_intent(intent)
    ledger.put_connection(Connection(Reach.ONLINE, 84.0, None, NOW + timedelta(hours=21, minutes=4)))


def vault(number: int, name: str, used_gb: float, size_gb: int, **more: object) -> Vault:
    """One vault."""
    made = Vault(
        id=VaultId(uid(number)),
        name=name,
        kind=VaultKind.SERVER,
        protect_type=ProtectType.BACKUP,
        status=VaultStatus.AVAILABLE,
        size_gb=size_gb,
        used_mb=round(used_gb * 1024),
        created_at=NOW - timedelta(days=400 - number),
        consistent_level="crash_consistent",
        charging_mode="post_paid",
        tags={"env": "prod"},
    )
    return replace(made, **more)  # type: ignore[arg-type]


def vaults() -> list[Vault]:
    """Fifteen vaults: every state, both units, over-full, and names that test a screen."""
    made = [
        vault(1, "vault-erp-prod", 1412, 2000, tags={"env": "prod", "team": "erp"}),
        vault(2, "vault-be94", 18, 100),
        vault(3, "vault-7669", 58, 40),
        vault(4, "vault-web-prod", 655, 700, auto_expand=True),
        vault(5, "vault-db-disks", 2210, 4096, kind=VaultKind.DISK),
        vault(6, "vault-sfs-media", 1020, 2048, kind=VaultKind.TURBO),
        vault(7, "vault-files-hq", 0.195, 500, kind=VaultKind.TURBO),
        vault(8, "vault-hr-worm", 310, 800, worm_locked=True),
        vault(9, "vault-erp-prod-dr", 1395, 2000, protect_type=ProtectType.REPLICATION),
        vault(10, "vault-expand", 97, 100, status=VaultStatus.LOCK),
        vault(11, "vault-arrears", 75, 200, kind=VaultKind.DISK, status=VaultStatus.FROZEN),
        vault(12, "vault-old-poc", 0, 80, kind=VaultKind.DISK, status=VaultStatus.DELETING),
        vault(13, "vault-legacy", 512, 600, status=VaultStatus.ERROR),
        vault(14, "工作区-vault-01", 140, 300, kind=VaultKind.WORKSPACE),
        vault(15, NASTY, 1, 10, status="archiving", kind="satellite"),
    ]
    counts = (12, 1, 3, 6, 8, 1, 2, 4, 4, 2, 2, 0, 5, 3, 2)
    number = 100
    for holder, count in zip(made, counts, strict=True):
        for place in range(count):
            holder.resources.append(resource(number, holder, place))
            number += 1
    made[0].resources[1].name = LONG
    made[13].resources[0].name = RIGHT_TO_LEFT
    made[0].resources[2].protect_status = ProtectStatus.PROTECTING
    made[0].resources[3].protect_status = ProtectStatus.ERROR
    made[0].resources[4].protect_status = None
    made[0].resources[5].protect_status = "meditating"
    return made


def resource(number: int, holder: Vault, place: int) -> Resource:
    """One resource of a vault."""
    kinds = {VaultKind.DISK: ResourceType.DISK, VaultKind.TURBO: ResourceType.FILE_SYSTEM}
    return Resource(
        id=ResourceId(uid(number)),
        type=kinds.get(holder.kind, ResourceType.SERVER),  # type: ignore[call-overload]
        name=f"{holder.name.removeprefix('vault-')[:20]}-{place + 1:02}",
        size_gb=40 + 100 * place,
        backup_size_mb=place * 1500,
        backup_count=place * 3,
        protect_status=ProtectStatus.AVAILABLE,
    )


def unprotected() -> list[Protectable]:
    """Resources in no vault, one of which cannot be protected."""
    return [
        Protectable(ResourceId(uid(900)), ResourceType.SERVER, "ecs-k8s-node-07", 240, "ACTIVE"),
        Protectable(
            ResourceId(uid(901)),
            ResourceType.DISK,
            "vol-scsi-01",
            500,
            "in-use",
            protectable=False,
            code="7002",
            reason="SCSI disks cannot be backed up",
        ),
    ]


def policies(built: list[Vault]) -> list[Policy]:
    """Two policies, one of them disabled."""
    return [
        Policy(PolicyId(uid(800)), "daily-22h", "backup", True, vault_ids=tuple(v.id for v in built[:5])),
        Policy(PolicyId(uid(801)), "gfs-hr", "backup", False, vault_ids=(built[7].id, built[12].id)),
    ]


def backups(built: list[Vault]) -> list[Backup]:
    """A good backup of every resource that has some, and a failed newer one of the first."""
    made = []
    number = 2000
    for holder in built:
        for held in holder.resources:
            if held.backup_count:
                made.append(backup(number, holder, held, NOW - timedelta(hours=5 + number % 90)))
                number += 1
    first = built[0].resources[0]
    made.append(replace(backup(1999, built[0], first, NOW - timedelta(hours=1)), status=BackupStatus.ERROR))
    return made


def backup(number: int, holder: Vault, held: Resource, at: datetime) -> Backup:
    """One backup."""
    return Backup(
        BackupId(uid(number)),
        f"autobk_{number}",
        BackupStatus.AVAILABLE,
        holder.id,
        None,
        held.id,
        held.name,
        held.type,
        held.size_gb,
        at,
    )


def task(number: int, holder: Vault, held: Resource, status: TaskStatus | str, **more: object) -> Task:
    """One task of a vault; ``number`` minutes ago."""
    started = NOW - timedelta(minutes=number)
    over = status in (TaskStatus.SUCCESS, TaskStatus.FAILED, TaskStatus.TIMEOUT)
    made = Task(
        id=TaskId(uid(5000 + number)),
        type=TaskType.BACKUP,
        status=status,
        progress_percent=100 if status == TaskStatus.SUCCESS else 0,
        vault_id=holder.id,
        vault_name=holder.name,
        resource_id=held.id,
        resource_name=held.name,
        resource_type=str(held.type),
        checkpoint_id=None,
        policy_id=None,
        backup_id=None,
        backup_name="manualbk",
        created_at=started,
        started_at=started,
        ended_at=started + timedelta(minutes=4) if over else None,
        request_id="8b0851a8-request",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def tasks(built: list[Vault]) -> list[Task]:
    """Tasks in every state, newest first; those of the first checkpoint belong to the partial request."""
    erp, web = built[0], built[3]
    return [
        task(2, web, web.resources[0], TaskStatus.RUNNING, progress_percent=62),
        task(3, web, web.resources[1], TaskStatus.WAITING),
        *(
            task(10 + i, erp, held, TaskStatus.SUCCESS, checkpoint_id=CHECKPOINT)
            for i, held in enumerate(erp.resources[:5])
        ),
        task(20, erp, erp.resources[8], TaskStatus.RUNNING, progress_percent=62, checkpoint_id=RUNNING_CHECKPOINT),
        task(21, erp, erp.resources[9], TaskStatus.SUCCESS, checkpoint_id=RUNNING_CHECKPOINT),
        task(
            30,
            built[12],
            built[12].resources[0],
            TaskStatus.FAILED,
            code="BackupService.6113",
            message="<img src='x'> vault is in error",
            progress_percent=71,
        ),
        task(40, erp, erp.resources[6], TaskStatus.SKIPPED, code="BackupService.6215"),
        task(50, erp, erp.resources[6], "pondering"),
    ]


CHECKPOINT = CheckpointId(uid(7000))
RUNNING_CHECKPOINT = CheckpointId(uid(7001))


def checkpoint(id: CheckpointId, accepted: list[Resource], skipped: list[Resource]) -> Checkpoint:
    """A checkpoint that took some and left some out."""
    return Checkpoint(
        id,
        "available" if id == CHECKPOINT else "protecting",
        NOW,
        accepted=tuple(AcceptedResource(r.id, r.type, r.name, r.size_gb) for r in accepted),
        skipped=tuple(SkippedResource(r.id, r.type, r.name, "BackupService.6215", "wrong state") for r in skipped),
    )


def made(id: CheckpointId, accepted: list[Resource], skipped: list[Resource]) -> Result:
    """The same as what a request has made."""
    return checkpoint_result(checkpoint(id, accepted, skipped))


def intent(number: int, holder: Vault, state: IntentState, **more: object) -> Intent:
    """One request."""
    made = Intent(
        id=IntentId(f"intent-{number}"),
        target=Target("Prod · eu-de", "https://cbr.example.com", "eu-de_prod"),
        change=checkpoint_change(holder.id, holder.name, b"{}", f"prepatch-{number}"),
        state=state,
        created_at=NOW - timedelta(minutes=number),
        changed_at=NOW - timedelta(minutes=number),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def intents(built: list[Vault]) -> list[Intent]:
    """Requests in every state."""
    erp = built[0].resources
    return [
        intent(1, built[3], IntentState.QUEUED, reason="unreachable"),
        intent(2, built[1], IntentState.SENDING),
        intent(3, built[0], IntentState.ACCEPTED, result=made(RUNNING_CHECKPOINT, erp[8:11], erp[6:7])),
        intent(4, built[0], IntentState.FINISHED, result=made(CHECKPOINT, erp[:5], erp[6:8])),
        intent(5, built[4], IntentState.UNKNOWN, reason="NoAnswer"),
        intent(6, built[12], IntentState.REJECTED, refusal=Refusal(409, "BackupService.6113", "vault is in error")),
        intent(7, built[5], IntentState.NOT_FOUND),
        intent(8, built[5], IntentState.CANCELLED),
    ]


Change = Callable[[Part], None]
