"""The service over TCP: uvicorn on the loopback or any address, for good or for the length of a test."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import uvicorn

from .service import Service


class _Server(uvicorn.Server):
    """A server that tells when it listens."""

    def __init__(self, service: Service, started: Callable[[int], None] | None) -> None:
        super().__init__(
            uvicorn.Config(
                service.application,
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                lifespan="off",
                ws="none",
                timeout_graceful_shutdown=2,
            )
        )
        self._started = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._started is not None and sockets and not self.should_exit:
            self._started(sockets[0].getsockname()[1])


def serve(
    service: Service, host: str = "127.0.0.1", port: int = 0, started: Callable[[int], None] | None = None
) -> None:
    """Serve until interrupted; `started` is told the port, which matters when `port` is 0.

    An interrupt (Ctrl+C) ends it in good order. Raises OSError when the address is taken. Nothing is printed.
    """
    server = _Server(service, started)
    with suppress(KeyboardInterrupt):
        server.run([_listen(host, port)])


@contextmanager
def running(service: Service, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve from a thread while the block runs; yields the base URL, such as http://127.0.0.1:43211.

    Answers that are under way when the block ends are cut off.
    """
    listening = threading.Event()
    server = _Server(service, lambda _: listening.set())
    listener = _listen(host, port)
    url = f"http://{host}:{listener.getsockname()[1]}"
    thread = threading.Thread(target=server.run, args=([listener],), name="cbr-simulator", daemon=True)
    thread.start()
    try:
        listening.wait(10)
        yield url
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=256)
