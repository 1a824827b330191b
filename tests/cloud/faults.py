"""A server that answers with any bytes, late, or not at all."""

import asyncio
import contextlib
import socket
import ssl
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class FaultServer:
    """A server on the loopback; ``requests`` are the heads and bodies that came, one after the other."""

    def __init__(self, behaviour: Behaviour, *, at_once: bool) -> None:
        self._behaviour = behaviour
        self._at_once = at_once
        self.requests: list[bytes] = []
        self.connections = 0
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def count(self, method: str) -> int:
        """Return how many requests of a method came."""
        return sum(request.startswith(method.encode()) for request in self.requests)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while not writer.is_closing():
                if not self._at_once:
                    self.requests.append(await request_of(reader))
                await self._behaviour(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.transport.abort()


@contextlib.asynccontextmanager
async def serving(
    behaviour: Behaviour, context: ssl.SSLContext | None = None, *, at_once: bool = False
) -> AsyncIterator[FaultServer]:
    """Serve with a behaviour for as long as the block lasts; ``at_once`` does not wait for a request."""
    faults = FaultServer(behaviour, at_once=at_once)
    tasks: set[asyncio.Task[None]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await faults.handle(reader, writer)
        except asyncio.CancelledError:
            pass  # the block has ended; Python 3.11 would complain of a task that says so
        finally:
            tasks.discard(task)

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    faults.port = server.sockets[0].getsockname()[1]
    try:
        yield faults
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()


async def request_of(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
    return head + (await reader.readexactly(length) if length else b"")


def answering(*parts: bytes, close: bool = False, pause: float = 0.0) -> Behaviour:
    """Send these bytes, with a pause in seconds between the parts."""

    async def behave(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            if pause:
                await asyncio.sleep(pause)
        if close:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    return behave


def resetting(*parts: bytes) -> Behaviour:
    """Send these bytes, then reset the connection."""

    async def behave(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
        peer: socket.socket = writer.get_extra_info("socket")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return behave


def response(body: bytes, *headers: bytes, status: bytes = b"200 OK", length: int | None = None) -> bytes:
    """Return a whole response, or one whose length is a lie."""
    lines = [b"HTTP/1.1 " + status, b"Content-Type: application/json", *headers]
    if not any(line.lower().startswith((b"transfer-encoding", b"connection: close")) for line in lines):
        lines.append(b"Content-Length: %d" % (len(body) if length is None else length))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


class Tunnel:
    """A proxy: opens a tunnel to a port of this machine whatever host is asked for; ``heads`` are the requests for one.

    ``login`` is the Proxy-Authorization that it wants, ``refusal`` what it answers in place of a tunnel. Serve it
    ``at_once``; ``port`` may be set later.
    """

    def __init__(self, port: int, login: bytes | None = None, refusal: bytes = b"") -> None:
        self.port = port
        self._login = login
        self._refusal = refusal
        self.heads: list[bytes] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        refusal = self._refusal
        if self._login is not None and b"Proxy-Authorization: " + self._login + b"\r\n" not in head:
            refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
        if refusal:
            writer.write(refusal)
            await writer.drain()
            writer.close()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        try:
            async with asyncio.TaskGroup() as pipes:
                pipes.create_task(_pipe(reader, far_writer))
                pipes.create_task(_pipe(far_reader, writer))
        finally:
            far_writer.transport.abort()


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(2**16):
            writer.write(data)
            await writer.drain()
    writer.close()


class Pulse:
    """Feels how long the loop is kept by one piece of work: ``longest`` is in seconds of this thread's own work.

    Time that other programs take from this one does not count, so that a busy machine spoils nothing; ``beats`` tells
    that the loop went round at all, however long a wait was.
    """

    def __init__(self) -> None:
        self.longest = 0.0
        self.beats = 0

    async def beat(self) -> None:
        """Beat for ever."""
        while True:
            before = time.thread_time()
            await asyncio.sleep(0.005)
            self.longest = max(self.longest, time.thread_time() - before)
            self.beats += 1


@contextlib.asynccontextmanager
async def pulse() -> AsyncIterator[Pulse]:
    """Feel the pulse for as long as the block lasts, which must leave the loop alive throughout."""
    felt = Pulse()
    heart = asyncio.get_running_loop().create_task(felt.beat())
    try:
        yield felt
    finally:
        heart.cancel()
    assert felt.longest < 0.2, f"the loop was kept for {felt.longest:.3f} s"


@dataclass(frozen=True)
class Heard:
    """A request that a server understood; names of headers are in lower case, ``path`` is without query."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def token(self) -> str:
        """The token that came along."""
        return self.headers.get("x-auth-token", "")


def heard(request: bytes) -> Heard:
    """Read the bytes of a request."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Heard(method, target.partition("?")[0], headers, body)


Reply = Callable[[Heard], bytes | Awaitable[bytes]]


@contextlib.asynccontextmanager
async def replying(reply: Reply) -> AsyncIterator[FaultServer]:
    """Serve with what ``reply`` makes of each request; no bytes end the connection."""

    async def behave(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        made = reply(heard(server.requests[-1]))
        answer = made if isinstance(made, bytes) else await made
        if not answer:
            writer.transport.abort()
            return
        writer.write(answer)
        await writer.drain()

    async with serving(behave) as server:
        yield server
