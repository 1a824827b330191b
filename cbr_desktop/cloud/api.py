"""One project of one cloud: a method for each operation in use."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from cbr_desktop.cloud.auth import Auth, authorised
from cbr_desktop.cloud.network import IN_FLIGHT, Transport
from cbr_desktop.cloud.pages import Collection, Row, collect, collect_counted_oddly
from cbr_desktop.cloud.transport import DEADLINE_SECONDS, Answer, Call, Client, Clock
from cbr_desktop.cloud.wire.backups import backup, backups
from cbr_desktop.cloud.wire.checkpoints import checkpoint
from cbr_desktop.cloud.wire.policies import policies
from cbr_desktop.cloud.wire.protectables import protectables
from cbr_desktop.cloud.wire.reading import Names, Page, Unfit, collector_at_rest
from cbr_desktop.cloud.wire.results import result_of
from cbr_desktop.cloud.wire.tasks import tasks
from cbr_desktop.cloud.wire.vaults import vaults
from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.change import Change, Sent
from cbr_desktop.domain.checkpoint import Checkpoint
from cbr_desktop.domain.connection import Connection
from cbr_desktop.domain.error import CloudError, FieldFault, NotFound, ProfileError
from cbr_desktop.domain.ids import BackupId, CheckpointId, ProjectId, VaultId, is_project_id, is_uuid
from cbr_desktop.domain.journal import RequestObserver
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.task import Task
from cbr_desktop.domain.vault import Vault

PAGE_SIZE = 1000
PROTECTABLE_PAGE_SIZE = 50
"""The documented maximum of ListProtectable."""

_WORD = re.compile("[a-z]+([-_][a-z]+)*")
"""What the parts of a path look like that are no ids."""
_LOOPBACK = ("127.0.0.1", "::1", "localhost")

Value = TypeVar("Value")


class CbrCloud:
    """The backup service of a profile, as ``auth`` lets us in; fits ``Cloud`` of the workflows.

    ``transport`` is the only way to the network, ``report`` hears of every change of the connection, ``deadline`` is
    for one request in seconds; while ``offline`` says so, nothing is sent. Raises ``ProfileError`` for an endpoint that
    is not ``https://host[:port]``; plain http is for loopback only.
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
    ) -> None:
        _check_endpoint(profile, "iam_endpoint", profile.iam_endpoint)
        _check_endpoint(profile, "cbr_endpoint", profile.cbr_endpoint)
        self._endpoint = profile.cbr_endpoint.rstrip("/")
        self._auth = auth
        self._clock = clock
        self._client = Client(transport, clock, report, deadline=deadline, offline=offline)

    async def project_id(self) -> ProjectId:
        """Return the id of the profile's project, logging in if need be."""
        return await self._auth.project_id(self._client)

    async def vaults(self) -> Listing[Vault]:
        """Return all vaults of the project, newest first, with their resources (ListVault)."""
        return await self._list("vaults", vaults)

    async def protectables(self, kind: str) -> Listing[Protectable]:
        """Return what could be protected; ``kind`` is ``server``, ``disk`` or ``turbo`` (ListProtectable)."""
        fetch = self._pages(f"protectables/{quote(kind, safe='')}/instances", protectables, {}, PROTECTABLE_PAGE_SIZE)
        found = await collect_counted_oddly(fetch, IN_FLIGHT)
        return self._listing(found)

    async def backups(
        self,
        *,
        vault_id: VaultId | None = None,
        checkpoint_id: CheckpointId | None = None,
        since: datetime | None = None,
        name: str | None = None,
    ) -> Listing[Backup]:
        """Return backups, newest first; every argument narrows the list (ListBackups).

        Whether ``name`` must be the whole name or a part of it is up to the region.
        """
        for id in (vault_id, checkpoint_id):
            if id is not None:
                self._segment(id)
        query = {"vault_id": vault_id, "checkpoint_id": checkpoint_id, "name": name, "start_time": _stamp(since)}
        return await self._list("backups", backups, query)

    async def backup(self, id: BackupId) -> Backup:
        """Return one backup (ShowBackup)."""
        answer = await self._get(f"backups/{self._segment(id)}")
        found = _decoded(answer, backup)
        if found.id.lower() != id.lower():
            raise answer.unfit("another backup than was asked for")
        return found

    async def tasks(
        self, *, since: datetime | None = None, operation_type: str | None = None, status: str | None = None
    ) -> Listing[Task]:
        """Return tasks, newest first; every argument narrows the list (ListOpLogs).

        There is no filter by vault on purpose: the service itself leaves ``vault_id`` empty in some tasks.
        """
        query = {"operation_type": operation_type, "status": status, "start_time": _stamp(since)}
        return await self._list("operation-logs", tasks, query)

    async def policies(self) -> Listing[Policy]:
        """Return all policies of the project (ListPolicies)."""
        return await self._list("policies", policies)

    async def checkpoint(self, id: CheckpointId) -> Checkpoint:
        """Return one checkpoint; the service may tell no more than its status (ShowCheckpoint)."""
        answer = await self._get(f"checkpoints/{self._segment(id)}")
        found = _decoded(answer, checkpoint)
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
        url = f"{self._endpoint}/v3/{self._segment(project_id)}/{path}"
        headers = {"Content-Type": "application/json;charset=UTF-8"} if change.body else {}
        call = Call(change.method, url, headers=headers, body=change.body or None, fresh=True)
        once = self._client.once if observer is None else partial(self._once_seen, observer)
        answer = await authorised(self._auth, self._client, call, once)
        result = _decoded(answer, lambda told: result_of(change, told))
        return Sent(result, answer.request_id, answer.server_time)

    def allow_login_again(self) -> None:
        """Let secrets that were refused be tried once more: to be called whenever a person gave some."""
        self._auth.allow_again()
        self._client.allow_again()

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def _get(self, path: str, query: tuple[tuple[str, str], ...] = ()) -> Answer:
        url = f"{self._endpoint}/v3/{await self.project_id()}/{path}"
        return await authorised(self._auth, self._client, Call("GET", url, query), self._client.read)

    async def _once_seen(self, observer: RequestObserver, call: Call) -> Answer:
        """Send a call once before the eyes of an observer, who hears nothing of one that does not leave."""
        has_left = False

        def leaves() -> None:
            nonlocal has_left
            observer.asks(call.method, call.url, call.headers, call.body or b"")
            has_left = True

        try:
            answer = await self._client.once(call, leaves)
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

    async def _list(
        self, path: str, read: Callable[[bytes, Names], Page[Row]], query: dict[str, str | None] | None = None
    ) -> Listing[Row]:
        fetch = self._pages(path, read, query or {}, PAGE_SIZE)
        return self._listing(await collect(fetch, IN_FLIGHT))

    def _pages(
        self, path: str, read: Callable[[bytes, Names], Page[Row]], query: dict[str, str | None], size: int
    ) -> Callable[[int], Awaitable[Page[Row]]]:
        names: Names = {}
        given = tuple((key, value) for key, value in query.items() if value is not None)

        async def fetch(offset: int) -> Page[Row]:
            # the first page goes without offset: one definition of the service starts counting at 1
            paging = (("limit", str(size)), ("offset", str(offset))) if offset else (("limit", str(size)),)
            answer = await self._get(path, given + paging)
            with collector_at_rest():
                page = _decoded(answer, lambda body: read(body, names))
            page.size_bytes = len(answer.body)
            return page

        return fetch

    def _listing(self, found: Collection[Row]) -> Listing[Row]:
        return Listing(found.rows, self._clock.now(), found.is_complete, shortfall=found.shortfall)

    def _step(self, step: str) -> str:
        """Return one part of the path of a change: a word of the service's, or an id."""
        return step if _WORD.fullmatch(step) else self._segment(step)

    def _segment(self, id: str) -> str:
        """Return an id as part of a path. What has not the form of an id cannot be found, and is not sent."""
        if not (is_uuid(id) or is_project_id(id)):
            host = urlsplit(self._endpoint).netloc
            raise NotFound(host, status=404, message="not the form of an id", executed=False)
        return quote(id, safe="")


def _decoded(answer: Answer, read: Callable[[bytes], Value]) -> Value:
    try:
        return read(answer.body)
    except Unfit as error:
        raise answer.unfit(str(error)) from None


def _stamp(time: datetime | None) -> str | None:
    """Return a time as filters want it, cut to the second."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if time else None


def _check_endpoint(profile: Profile, field: str, endpoint: str) -> None:
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise ProfileError(profile.name, field, str(error)) from None
    extra: Any = parts.path.rstrip("/") or parts.query or parts.fragment or parts.username or parts.password
    if not host or extra or port == 0:
        raise ProfileError(profile.name, field, FieldFault.ENDPOINT_FORM)
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _LOOPBACK):
        raise ProfileError(profile.name, field, FieldFault.ENDPOINT_NOT_HTTPS)
