"""One project of one cloud: a method for each operation in use."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from urllib.parse import quote

from cbr_desktop.cloud.auth import Auth, authorised
from cbr_desktop.cloud.enterprise_projects import EnterpriseProjects
from cbr_desktop.cloud.gate import MOST_IN_FLIGHT
from cbr_desktop.cloud.network import Transport
from cbr_desktop.cloud.pages import (
    LIMITS,
    collect_counted_oddly,
)
from cbr_desktop.cloud.projects import own_projects
from cbr_desktop.cloud.reader import NOTHING, PAGE_SIZE, ProjectReader, decoded
from cbr_desktop.cloud.transport import DEADLINE_SECONDS, Answer, Call, Client, Clock
from cbr_desktop.cloud.wire.agents import agents, question
from cbr_desktop.cloud.wire.backups import (
    ChangedPage,
    backup_details,
    backups,
    backups_in_pieces,
    changed_backups,
    offered_backups,
)
from cbr_desktop.cloud.wire.checkpoints import checkpoint
from cbr_desktop.cloud.wire.members import domain_name, members
from cbr_desktop.cloud.wire.metadata import metadata
from cbr_desktop.cloud.wire.policies import policies
from cbr_desktop.cloud.wire.protectables import protectables
from cbr_desktop.cloud.wire.reading import AnswerPage, at_once
from cbr_desktop.cloud.wire.replication import regions_from
from cbr_desktop.cloud.wire.results import result_of
from cbr_desktop.cloud.wire.tasks import task, tasks_in_pieces
from cbr_desktop.cloud.wire.vaults import vaults_in_pieces
from cbr_desktop.domain.account import Project
from cbr_desktop.domain.agent import AgentState
from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.backup_details import BackupDetails, BackupMetadata, Member, MemberStatus
from cbr_desktop.domain.change import Change, Sent, Service
from cbr_desktop.domain.checkpoint import Checkpoint
from cbr_desktop.domain.connection import Connection
from cbr_desktop.domain.enterprise_project import EnterpriseProject
from cbr_desktop.domain.error import CloudError, Refused
from cbr_desktop.domain.ids import (
    DEFAULT_ENTERPRISE_PROJECT,
    BackupId,
    CheckpointId,
    ProjectId,
    ResourceId,
    TaskId,
    VaultId,
    is_project_id,
)
from cbr_desktop.domain.journal import RequestObserver
from cbr_desktop.domain.listing import ListChanges, Listing
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.sharing import Offer
from cbr_desktop.domain.task import Task
from cbr_desktop.domain.vault import Resource, Vault

JSON = "application/json;charset=UTF-8"
AGENTS_AT_ONCE = 100
"""Servers whose agents are asked for in one request, so that it stays small."""
PROTECTABLE_PAGE_SIZE = 50
"""The documented maximum of ListProtectable."""
CHANGES_SIZES = (50, 200, PAGE_SIZE)
"""How many of the backups that were changed last are asked for at once, until it is enough."""
CHANGES_LIMIT = 20_000
OWNERS_LIMIT = 20
"""Projects that share backups whose names are asked for."""
_OVERLAP = 10
"""How many rows a page has in common with the one before, so that rows may go meanwhile and none is passed over."""
_NOT_READY = "6206"
"""The service's word for a backup whose metadata is not there yet."""

_WORD = re.compile("[a-z]+([-_][a-z]+)*")
"""What the parts of a path look like that are no ids."""


class CbrCloud(ProjectReader):
    """The backup service of a profile, as ``auth`` lets us in; fits ``Cloud`` of the workflows.

    Besides what a ``ProjectReader`` takes, ``account`` lets us in where the account is asked and not the project, by
    default ``auth`` does.
    """

    def __init__(
        self,
        profile: Profile,
        auth: Auth,
        transport: Transport,
        clock: Clock,
        report: Callable[[Connection], None],
        *,
        deadline: float = DEADLINE_SECONDS,
        offline: Callable[[], bool] = lambda: False,
        most: Callable[[], int] = lambda: MOST_IN_FLIGHT,
        account: Auth | None = None,
    ) -> None:
        super().__init__(profile, auth, transport, clock, report, deadline=deadline, offline=offline, most=most)
        # the same way to the network, which the other client closes
        aside = Client(transport, clock, lambda _connection: None, deadline=deadline, offline=offline, most=most)
        self._account = auth if account is None else account
        self._enterprise = EnterpriseProjects(profile, self._account, aside)
        self._is_sorting = False

    async def agents(self, resources: Sequence[Resource]) -> list[AgentState]:
        """Return what the service knows of the agents on some servers; it changes nothing (CheckAgent)."""
        url = f"{self._endpoint}/v3/{await self.project_id()}/agent/check"
        found: list[AgentState] = []
        for start in range(0, len(resources), AGENTS_AT_ONCE):
            body, headers = question(resources[start : start + AGENTS_AT_ONCE]), {"Content-Type": JSON}
            call = Call("POST", url, headers=headers, body=body)
            found += decoded(await authorised(self._auth, self._client, call, self._client.read), agents)
        return found

    async def protectables(self, kind: str, held: Mapping[ResourceId, Protectable] = NOTHING) -> Listing[Protectable]:
        """Return what could be protected; ``kind`` is ``server``, ``disk`` or ``turbo`` (ListProtectable).

        What says what is ``held`` is that.
        """
        path = f"protectables/{quote(kind, safe='')}/instances"
        fetch, _ = self._pages(path, at_once(protectables), {}, PROTECTABLE_PAGE_SIZE, remembers=held)
        return self._listing(await collect_counted_oddly(fetch, self._in_flight))

    async def backups(
        self,
        *,
        vault_id: VaultId | None = None,
        checkpoint_id: CheckpointId | None = None,
        resource_id: ResourceId | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        name: str | None = None,
        slowly: bool = False,
        at_most: int | None = None,
    ) -> Listing[Backup]:
        """Return backups, newest first; the arguments up to ``name`` narrow the list (ListBackups).

        ``since`` and ``until`` are times of creation, in whole seconds. Whether ``name`` must be the whole name or a
        part of it is up to the region. ``slowly`` reads one page after the other, for what is not urgent. No further
        page is read once ``at_most`` rows have come, and the list is not complete then.
        """
        for id in (vault_id, checkpoint_id, resource_id):
            if id is not None:
                self._segment(id)
        query = {
            "vault_id": vault_id,
            "checkpoint_id": checkpoint_id,
            "resource_id": resource_id,
            "name": name,
            "start_time": _stamp(since),
            "end_time": _stamp(until),
            "show_replication": "true",
        }
        limits = LIMITS if at_most is None else LIMITS._replace(rows=at_most)
        return await self._list("backups", backups_in_pieces, query, limits, slowly=slowly)

    async def count_backups(self, since: datetime | None = None, until: datetime | None = None) -> int | None:
        """Return how many backups were created in a time by the service's count, ``None`` where it does not count."""
        times = {"start_time": _stamp(since), "end_time": _stamp(until)}
        query = tuple((key, value) for key, value in times.items() if value is not None)
        answer = await self._get("backups", (*query, ("limit", "1")))
        return decoded(answer, lambda body: backups(body, {})).count

    async def changed_backups(self, since: datetime, expected: int = 0) -> ListChanges[Backup] | None:
        """Return the backups that were changed at ``since`` or later, and how many there are in all (ListBackups).

        ``expected`` is how many these may be. ``None`` where that cannot be told: the service does not say when a
        backup was changed, or does not sort by it, or the rows move too much while they are read.
        """
        sizes = iter([size for size in CHANGES_SIZES if size > expected] or [PAGE_SIZE])
        found: dict[BackupId, Backup] = {}
        offset, size, newest = 0, next(sizes), None
        while len(found) < CHANGES_LIMIT:
            page, changed_at = await self._by_change(size, "desc", offset)
            times = [time for time in changed_at if time is not None]
            # those without a time come last, or the order says nothing
            is_sorted = times == sorted(times, reverse=True) and changed_at[: len(times)] == times
            if page.lost or page.count is None or not is_sorted or (page.rows and not times):
                return None
            # pages overlap: one that does not begin with what is known already has left rows out
            if found and (not page.rows or page.rows[0].id not in found):
                return None
            newest, before = newest or page, len(found)
            changed = [row for row, time in zip(page.rows, times, strict=False) if time >= since]
            found.update((row.id, row) for row in changed)
            if len(changed) < len(page.rows) or offset + len(page.rows) >= page.count:
                return ListChanges(list(found.values()), page.count) if await self._sorts(newest) else None
            if len(found) == before:
                return None
            offset += len(page.rows) - min(_OVERLAP, len(page.rows) // 2)
            size = next(sizes, PAGE_SIZE)
        return None

    async def _by_change(self, size: int, direction: str, offset: int = 0) -> ChangedPage:
        query = [("limit", str(size)), ("sort", f"updated_at:{direction}"), ("show_replication", "true")]
        if offset:
            query.append(("offset", str(offset)))
        return decoded(await self._get("backups", tuple(query)), changed_backups)

    async def _sorts(self, newest: AnswerPage[Backup]) -> bool:
        """Tell whether the service heeds ``sort``: then other backups come when they are sorted the other way.

        Backups change in the order in which they are made, mostly, so that the order itself does not tell. Asked once.
        """
        if not self._is_sorting and len(newest.rows) > 1:
            oldest = (await self._by_change(1, "asc")).page
            self._is_sorting = bool(oldest.rows) and oldest.rows[0].id != newest.rows[0].id
        return self._is_sorting or len(newest.rows) < 2

    async def backup(self, id: BackupId) -> Backup:
        """Return one backup (ShowBackup)."""
        return (await self.backup_details(id)).backup

    async def backup_details(self, id: BackupId) -> BackupDetails:
        """Return one backup with the backups of its disks, which lists do not have (ShowBackup)."""
        answer = await self._get(f"backups/{self._segment(id)}")
        found = decoded(answer, backup_details)
        if found.backup.id.lower() != id.lower():
            raise answer.unfit("another backup than was asked for")
        return found

    async def members(self, id: BackupId) -> Listing[Member]:
        """Return the projects that a backup is shared with (ShowMembersDetail)."""
        return await self._list(f"backups/{self._segment(id)}/members", at_once(members))

    async def offers(self) -> Listing[Offer]:
        """Return the backups that other projects share with this one (ListBackups).

        No row says what this project has answered, so those without a vault are asked for by each answer.
        """
        receiver = await self.project_id()
        shared = {"own_type": "shared"}
        listing = await self._list("backups", at_once(offered_backups), dict(shared))
        told: dict[BackupId, MemberStatus] = {}
        if any(not row.backup.vault_id for row in listing.rows):
            for status in (MemberStatus.REJECTED, MemberStatus.PENDING):
                answered = await self._list("backups", at_once(offered_backups), {**shared, "member_status": status})
                told |= {row.id: status for row in answered.rows if not row.backup.vault_id}
        told |= {row.id: MemberStatus.ACCEPTED for row in listing.rows if row.backup.vault_id}
        owners = dict.fromkeys(row.owner_id for row in listing.rows if is_project_id(row.owner_id))
        names = {id: await self._owner_name(id) for id in list(owners)[:OWNERS_LIMIT]}
        rows = [
            Offer(row.backup, row.owner_id, receiver, told.get(row.id, ""), names.get(row.owner_id, ""))
            for row in listing.rows
        ]
        return Listing(rows, listing.as_of, listing.complete, shortfall=listing.shortfall, total=listing.total)

    async def _owner_name(self, id: ProjectId) -> str:
        """Return what account and project are called that a project id is of, empty where that is not told.

        (ShowDomain, which not every region has)
        """
        url = f"{self._endpoint}/v3/domain/{self._segment(id)}"
        try:
            answer = await authorised(self._auth, self._client, Call("GET", url), self._client.read)
            return decoded(answer, domain_name)
        except CloudError:
            return ""

    async def replication_regions(self) -> list[str]:
        """Return the regions that the profile's region replicates to (ShowReplicationCapabilities)."""
        answer = await self._get("replication-capabilities")
        return decoded(answer, lambda body: regions_from(body, self._profile.region))

    async def projects(self) -> list[Project]:
        """Return the projects that the login may use, by name (IAM, auth/projects)."""
        return await own_projects(self._auth, self._client, self._profile)

    async def enterprise_projects(self) -> Listing[EnterpriseProject]:
        """Return the enterprise projects that the user may see (EPS, ListEnterpriseProject)."""
        return await self._enterprise.every()

    async def external_vaults(self, region: str, project_id: ProjectId) -> Listing[Vault]:
        """Return the vaults of a project in another region (ListExternalVault)."""
        return await self._list(
            "vaults/external", vaults_in_pieces, {"external_project_id": project_id, "region_id": region}
        )

    async def backup_metadata(self, id: BackupId) -> BackupMetadata | None:
        """Return how a server was built when it was backed up; ``None`` while the service has not got it ready.

        (ShowMetadata)
        """
        try:
            answer = await self._get(f"backups/{self._segment(id)}/metadata")
        except Refused as error:
            if error.short_code == _NOT_READY:
                return None
            raise
        found = decoded(answer, metadata)
        if found.backup_id.lower() != id.lower():
            raise answer.unfit("the metadata of another backup than was asked for")
        return found

    async def tasks(
        self, *, since: datetime | None = None, operation_type: str | None = None, status: str | None = None
    ) -> Listing[Task]:
        """Return tasks, newest first; every argument narrows the list (ListOpLogs).

        There is no filter by vault on purpose: the service itself leaves ``vault_id`` empty in some tasks.
        """
        query = {"operation_type": operation_type, "status": status, "start_time": _stamp(since)}
        return await self._list("operation-logs", tasks_in_pieces, query)

    async def task(self, id: TaskId) -> Task:
        """Return one task (ShowOpLog)."""
        answer = await self._get(f"operation-logs/{self._segment(id)}")
        found = decoded(answer, task)
        if found.id.lower() != id.lower():
            raise answer.unfit("another task than was asked for")
        return found

    async def policies(self) -> Listing[Policy]:
        """Return all policies of the project (ListPolicies)."""
        return await self._list("policies", at_once(policies), remembers=NOTHING)

    async def checkpoint(self, id: CheckpointId) -> Checkpoint:
        """Return one checkpoint; the service may tell no more than its status (ShowCheckpoint)."""
        answer = await self._get(f"checkpoints/{self._segment(id)}")
        found = decoded(answer, checkpoint)
        if found.id.lower() != id.lower():
            raise answer.unfit("another checkpoint than was asked for")
        return found

    async def send(self, change: Change, project_id: ProjectId, observer: RequestObserver | None = None) -> Sent:
        """Send a change of a project as it is, and read what it is answered.

        It is sent once; a second time only after a new login, when the gateway did not take the token and so cannot
        have passed the first on. ``CloudError.executed`` is ``False`` where it certainly was not carried out.
        ``observer`` hears of each before its first byte leaves, and of its answer; what it raises stops the request.
        """
        path = "/".join(self._step(step) for step in change.path.split("/"))
        is_own = change.kind.service is Service.BACKUP
        url = f"{self._endpoint}/v3/{self._segment(project_id)}/{path}" if is_own else self._enterprise.url(path)
        headers = {"Content-Type": JSON} if change.body else {}
        call = Call(change.method, url, headers=headers, body=change.body or None, fresh=True, is_enterprise=not is_own)
        client = self._client if is_own else self._enterprise.client
        once = client.once if observer is None else partial(self._once_seen, client, observer)
        answer = await (authorised(self._auth, client, call, once) if is_own else self._enterprise.send(call, once))
        result = decoded(answer, lambda told: result_of(change, told))
        return Sent(result, answer.request_id, answer.server_time)

    def allow_login_again(self) -> None:
        """Let secrets that were refused be tried once more: to be called whenever a person gave some."""
        self._auth.allow_again()
        self._account.allow_again()
        self._client.allow_again()

    async def _once_seen(self, client: Client, observer: RequestObserver, call: Call) -> Answer:
        """Send a call once before the eyes of an observer, who hears nothing of one that does not leave."""
        has_left = False

        def leaves() -> None:
            nonlocal has_left
            observer.asks(call.method, call.url, call.headers, call.body or b"")
            has_left = True

        try:
            answer = await client.once(call, leaves)
        except CloudError as error:
            request_id, code = getattr(error, "request_id", ""), getattr(error, "code", "")
            said = f"{type(error).__name__}: {error.detail}"
            if has_left:
                observer.answers(getattr(error, "status", 0), request_id, code, None, said)
            raise
        except asyncio.CancelledError:
            if has_left:
                observer.answers(0, "", "", None, "interrupted")
            raise
        observer.answers(answer.status, answer.request_id, "", answer.body)
        return answer

    def _step(self, step: str) -> str:
        """Return one part of the path of a change: a word of the service's, or an id."""
        return step if _WORD.fullmatch(step) or step == DEFAULT_ENTERPRISE_PROJECT else self._segment(step)


def _stamp(time: datetime | None) -> str | None:
    """Return a time as filters want it, cut to the second."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if time else None
