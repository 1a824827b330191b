"""Reading from a project of a cloud: single answers, and whole lists page by page; of these, the vaults."""

import asyncio
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from cbr_desktop.cloud.auth import Auth, authorised
from cbr_desktop.cloud.gate import MOST_IN_FLIGHT
from cbr_desktop.cloud.network import Transport
from cbr_desktop.cloud.pages import LIMITS, After, Collection, Fetch, Limits, Row, collect, fetched_ahead
from cbr_desktop.cloud.transport import DEADLINE_SECONDS, Answer, Call, Client, Clock
from cbr_desktop.cloud.wire.reading import AnswerPage, AnswerPieces, Names, Unfit, collector_at_rest
from cbr_desktop.cloud.wire.vaults import vault, vaults_in_pieces
from cbr_desktop.domain.connection import Connection
from cbr_desktop.domain.error import FieldFault, NotFound, ProfileError, Refused
from cbr_desktop.domain.ids import ProjectId, VaultId, is_project_id, is_uuid
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.vault import Vault

PAGE_SIZE = 1000
"""Rows of a page, as many as the service gives."""
_Digest = tuple[int, int]
"""Length and hash of an answer. The hash has 64 bits and a key of this process, and takes a quarter of the time that a
digest of the usual kind does."""
NOTHING: Mapping[Any, Any] = {}
"""What is held of a list where nothing is."""
_LOOPBACK = ("127.0.0.1", "::1", "localhost")

Value = TypeVar("Value")


class ProjectReader:
    """Reads from the project of a profile, as ``auth`` lets us in.

    ``transport`` is the only way to the network, ``report`` hears of every change of the connection, ``deadline`` is
    for one request in seconds; while ``offline`` says so, nothing is sent; ``most`` is how many requests are on their
    way at a time at the most. Raises ``ProfileError`` for an endpoint that is not ``https://host[:port]``; plain http
    is for loopback only.
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
    ) -> None:
        _check_endpoint(profile, "iam_endpoint", profile.iam_endpoint)
        _check_endpoint(profile, "cbr_endpoint", profile.cbr_endpoint)
        self._profile = profile
        self._endpoint = profile.cbr_endpoint.rstrip("/")
        self._auth = auth
        self._clock = clock
        self._client = Client(transport, clock, report, deadline=deadline, offline=offline, most=most)
        self._remembered: dict[str, dict[int, tuple[_Digest, AnswerPage[Any]]]] = {}
        """The pages of lists as they came last: the digest of the answer at each offset, and what was made of it."""

    async def project_id(self) -> ProjectId:
        """Return the id of the profile's project, logging in if need be."""
        return await self._auth.project_id(self._client)

    async def vaults(self, held: Mapping[VaultId, Vault] = NOTHING) -> Listing[Vault]:
        """Return all vaults of the project, newest first, with their resources (ListVault).

        As many as are ``held`` are asked for at once. One that says what a held one says is that one.
        """
        return await self._list("vaults", vaults_in_pieces, remembers=held)

    async def vault(self, id: VaultId) -> Vault:
        """Return one vault with its resources (ShowVault)."""
        answer = await self._get(f"vaults/{self._segment(id)}")
        found = decoded(answer, vault)
        if found.id.lower() != id.lower():
            raise answer.unfit("another vault than was asked for")
        return found

    async def _get(self, path: str, query: tuple[tuple[str, str], ...] = ()) -> Answer:
        url = f"{self._endpoint}/v3/{await self.project_id()}/{path}"
        return await authorised(self._auth, self._client, Call("GET", url, query), self._client.read)

    async def _list(
        self,
        path: str,
        read: Callable[[bytes, Names], AnswerPieces[Row]],
        query: dict[str, str | None] | None = None,
        limits: Limits = LIMITS,
        *,
        remembers: Mapping[Any, Row] | None = None,
        slowly: bool = False,
    ) -> Listing[Row]:
        fetch, after = self._pages(path, read, query or {}, PAGE_SIZE, remembers=remembers)
        # only backups and members can be asked for after a row
        by_marker = after if path.startswith("backups") else None
        in_flight = one_at_a_time if slowly else self._in_flight
        if remembers is not None and len(remembers) > PAGE_SIZE:
            fetch = await fetched_ahead(fetch, range(0, len(remembers), PAGE_SIZE), in_flight(), limits)
        return self._listing(await collect(fetch, in_flight, limits, after=by_marker))

    def _in_flight(self) -> int:
        return self._client.in_flight

    def _pages(
        self,
        path: str,
        read: Callable[[bytes, Names], AnswerPieces[Row]],
        query: dict[str, str | None],
        size: int,
        *,
        remembers: Mapping[Any, Row] | None = None,
    ) -> tuple[Fetch[Row], After[Row]]:
        """Return what reads a page of a list by its offset, and what reads the page after a row.

        A list that ``remembers`` makes nothing new of an answer that is the same, byte for byte, as the last one for
        its offset: it has the rows of then. Of another answer it has those that it is told to remember, by their ids,
        as far as they say the same, so that they are not held twice.
        """
        names: Names = {}
        given = tuple((key, value) for key, value in query.items() if value is not None)
        before: dict[int, tuple[_Digest, AnswerPage[Row]]] = (
            self._remembered.get(path, {}) if remembers is not None else {}
        )
        now: dict[int, tuple[_Digest, AnswerPage[Row]]] = {}
        if remembers is not None:
            self._remembered[path] = now

        async def page(*paging: tuple[str, str], offset: int | None = None) -> AnswerPage[Row]:
            answer = await self._get(path, (*given, ("limit", str(size)), *paging))
            async with self._client.turn(len(answer.body)):
                digest = (len(answer.body), hash(answer.body)) if remembers is not None else (0, 0)
                if offset in before and before[offset][0] == digest:
                    now[offset] = before[offset]
                    return before[offset][1]
                page = await _read(answer, read(answer.body, names))
                if remembers:
                    page.rows = [known if (known := remembers.get(row.id)) == row else row for row in page.rows]
            page.size_bytes = len(answer.body)
            if remembers is not None and offset is not None:
                now[offset] = (digest, page)
            return page

        async def fetch(offset: int) -> AnswerPage[Row]:
            # the first page goes without offset: one definition of the service starts counting at 1
            return await page(*((("offset", str(offset)),) if offset else ()), offset=offset)

        async def after(id: str) -> AnswerPage[Row]:
            try:
                return await page(("marker", id))
            except Refused as error:
                if error.status != HTTPStatus.BAD_REQUEST:
                    raise
                # neither offset nor marker: there is more that cannot be read
                return AnswerPage([], lost=1)

        return fetch, after

    def _listing(self, found: Collection[Row]) -> Listing[Row]:
        return Listing(found.rows, self._clock.now(), found.is_complete, shortfall=found.shortfall, total=found.count)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _segment(self, id: str) -> str:
        """Return an id as part of a path. What has not the form of an id cannot be found, and is not sent."""
        if not (is_uuid(id) or is_project_id(id)):
            host = urlsplit(self._endpoint).netloc
            raise NotFound(host, status=404, message="not the form of an id", executed=False)
        return quote(id, safe="")


def one_at_a_time() -> int:
    return 1


def decoded(answer: Answer, read: Callable[[bytes], Value]) -> Value:
    try:
        return read(answer.body)
    except Unfit as error:
        raise answer.unfit(str(error)) from None


async def _read(answer: Answer, pieces: AnswerPieces[Row]) -> AnswerPage[Row]:
    """Read a page; between two pieces the loop does something else."""
    while True:
        try:
            with collector_at_rest():
                next(pieces)
        except StopIteration as end:
            page: AnswerPage[Row] = end.value
            return page
        except Unfit as error:
            raise answer.unfit(str(error)) from None
        await asyncio.sleep(0)


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
