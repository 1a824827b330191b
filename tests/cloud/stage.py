"""A whole service on one port, and everything of ours that speaks to it, for the tests of the fault catalogue."""

import asyncio
import contextlib
import json
import logging
import re
import ssl
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
from msgspec.structs import replace

from cbr_desktop.cloud.network import Network
from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.backup_details import OpenedBackup
from cbr_desktop.domain.connection import Connection
from cbr_desktop.domain.error import CbrError, CloudError
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.profile import Profile, ProxyMode
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.task import Task
from cbr_desktop.domain.vault import Vault
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.ports import KeptReading
from cbr_desktop.workflows.recall import recall
from cbr_desktop.workflows.refresh import Refresh
from tests.checkpoint_change import checkpoint_change_of
from tests.cloud.faults import Behaviour, FaultServer, Pulse, answering, pulse, request_of, response, serving
from tests.cloud.values import BODY, NOON, PROFILE, PROJECT, WiredCloud

TOKEN = "CANARY-token-4f0c8e6a1b"
PASSWORD = "CANARY-password-93d2aa70"
EARLIER = NOON - timedelta(hours=1)

_LOGIN = json.dumps(
    {
        "token": {
            "issued_at": "2026-03-01T12:00:00.000000Z",
            "expires_at": "2026-03-02T12:00:00.000000Z",
            "project": {"id": PROJECT, "name": "eu-de_prod"},
        }
    }
).encode()


def listed(key: str, *ids: str) -> bytes:
    """Return a good answer with a list."""
    return response(json.dumps({key: [{"id": id, "name": id} for id in ids], "count": len(ids)}).encode())


class Pages:
    """A list that is given in pages; ``page`` makes the answer for an offset."""

    def __init__(self, page: Callable[[int], bytes]) -> None:
        self.page = page

    def answer(self, request: bytes) -> Behaviour:
        """Return the page that a request asks for."""
        found = re.search(rb"[?&]offset=(\d+)", request.partition(b"\r\n")[0])
        return answering(self.page(int(found[1]) if found else 0))


GOOD: dict[str, Behaviour | Pages] = {
    "tokens": answering(response(_LOGIN, b"X-Subject-Token: " + TOKEN.encode(), status=b"201 Created")),
    "vaults": answering(listed("vaults", "new-1", "new-2", "new-3")),
    "backups": answering(listed("backups", "backup-1")),
    "operation-logs": answering(listed("operation_logs", "task-1")),
    "policies": answering(listed("policies", "policy-1")),
    "instances": answering(listed("instances")),
}


class Site:
    """A service: every answer is good but for the paths whose last part stands in ``faults``. Serve it ``at_once``."""

    def __init__(self, faults: dict[str, Behaviour | Pages]) -> None:
        self._answers = GOOD | faults
        self.requests: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await request_of(reader)
        self.requests.append(request)
        found = self._answers[_place(request)]
        await (found.answer(request) if isinstance(found, Pages) else found)(reader, writer)

    def count(self, method: str, place: str) -> int:
        """Return how many requests of a method came for a place, such as ``vaults``."""
        return sum(each.startswith(method.encode()) and _place(each) == place for each in self.requests)


def _place(request: bytes) -> str:
    return request.split(b" ")[1].partition(b"?")[0].rpartition(b"/")[2].decode()


class DraftStore:
    """A cache with two vaults that were seen an hour ago."""

    def __init__(self) -> None:
        self.kept: list[Listing[Vault]] = []

    def vaults(self) -> KeptReading[Vault]:
        yield
        return Listing([Vault(VaultId(id), id, "", "", "", 0, 0) for id in ("old-1", "old-2")], EARLIER, True)

    def tasks(self) -> KeptReading[Task]:
        return self._nothing()

    def backups(self) -> KeptReading[Backup]:
        return self._nothing()

    def policies(self) -> KeptReading[Policy]:
        return self._nothing()

    def protectables(self) -> KeptReading[Protectable]:
        return self._nothing()

    def opened(self) -> KeptReading[OpenedBackup]:
        return self._nothing()

    def _nothing(self) -> Generator[None, None, None]:
        yield

    def keep_vaults(self, listing: Listing[Vault]) -> None:
        self.kept.append(listing)

    def keep_tasks(self, listing: Listing[Task]) -> None:
        pass

    def keep_backups(self, listing: Listing[Backup]) -> None:
        pass

    def keep_policies(self, listing: Listing[Policy]) -> None:
        pass

    def keep_protectables(self, listing: Listing[Protectable]) -> None:
        pass

    def keep_opened(self, listing: Listing[OpenedBackup]) -> None:
        pass


class Stage:
    """A profile at work: the ledger holds what was cached, and nothing has been asked yet."""

    def __init__(
        self,
        site: Site,
        server: FaultServer,
        profile: Profile,
        transport: httpx.AsyncBaseTransport,
        deadline: float,
    ) -> None:
        self.site = site
        self.server = server
        self.draft_store = DraftStore()
        self.wired = WiredCloud(transport, profile, deadline=deadline)
        self.wired.secret.value = PASSWORD
        self.cloud, self.clock = self.wired.cloud, self.wired.clock
        self.ledger = Ledger(profile, lambda _part: None)
        self.refresh = Refresh(self.ledger, self.draft_store, self.cloud, self.clock)
        recall(self.ledger, self.draft_store)
        self.pulse = Pulse()

    async def post(self) -> CbrError:
        """Send a checkpoint and return what went wrong with it."""
        try:
            await self.cloud.send(checkpoint_change_of(BODY), PROJECT)
        except CbrError as error:
            return error
        raise AssertionError("it went well")

    async def fail_to_read_vaults(self) -> CbrError:
        """Refresh everything and return why there are no vaults; what was there must stay, and the other lists live on.

        A single failure is never told as an empty list.
        """
        await self.refresh.once()
        error = self.ledger.freshness[Part.VAULTS].error
        assert error is not None, "it went well"
        assert list(self.ledger.vaults) == ["old-1", "old-2"]
        assert self.as_of(Part.VAULTS) == EARLIER
        assert self.draft_store.kept == []
        assert list(self.ledger.tasks) == ["task-1"]
        assert list(self.ledger.backups) == ["backup-1"]
        assert list(self.ledger.policies) == ["policy-1"]
        return error

    def as_of(self, part: Part) -> datetime | None:
        """Return the age of a part."""
        return self.ledger.freshness[part].as_of

    @property
    def connection(self) -> Connection:
        """The last report of the client."""
        return self.wired.connection


@contextlib.asynccontextmanager
async def stage(
    faults: Mapping[str, Behaviour | Pages] | None = None,
    *,
    network: dict[str, Any] | None = None,
    context: ssl.SSLContext | None = None,
    behind: ssl.SSLContext | None = None,
    deadline: float = 20,
    **changes: Any,
) -> AsyncIterator[Stage]:
    """Open a service with faults and a profile that leads to it.

    ``changes`` are fields of the profile, ``network`` arguments of the ``Network``, ``context`` the certificate of the
    service, ``behind`` the same where a proxy stands before it. The loop must stay alive throughout, and no secret may
    get into the log at any level.
    """
    site = Site(dict(faults or {}))
    async with serving(site, context or behind, at_once=True) as server:
        url = server.url.replace("http:", "https:") if context else server.url
        fields = {"iam_endpoint": url, "cbr_endpoint": url, "proxy": ProxyMode.NONE} | changes
        profile = replace(PROFILE, **fields)
        made = Stage(site, server, profile, Network(profile, **(network or {})), deadline)
        with listening() as lines:
            async with pulse() as made.pulse:
                try:
                    yield made
                finally:
                    await made.cloud.aclose()
        assert "CANARY" not in "\n".join(lines)


@contextlib.contextmanager
def listening() -> Iterator[list[str]]:
    """Collect what everybody logs, at every level, tracebacks included."""

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(formatter.format(record))

    lines: list[str] = []
    formatter = logging.Formatter("%(name)s %(message)s")
    ear, root = Ear(), logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    root.addHandler(ear)
    try:
        yield lines
    finally:
        root.removeHandler(ear)
        root.setLevel(before)


def told(error: CbrError) -> str:
    """Return what a person is told of an error; no secret is part of it, nor of the error itself."""
    sentence = error_sentence(error)
    assert "CANARY" not in sentence + repr(error) + str(vars(error))
    assert "Traceback" not in sentence
    assert not isinstance(error, CloudError) or error.host in sentence
    return sentence
