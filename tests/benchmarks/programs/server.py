"""A server on the loopback that knows a few answers by heart, so that it is never what a client waits for.

``server.py FOLDER [SECONDS]`` lets every answer wait so long, as a distant service would. The bytes themselves and
the opening of connections take no longer for that.
"""

import json
import re
import socket
import sys
import threading
from pathlib import Path

PROJECT = "f841e01fd2b14e7fa41b6ae7aa6b0594"
_LINE = re.compile(rb"(GET|POST) /v3/(\S+) HTTP/1.1\r\n")
_OFFSET = re.compile(rb"[?&]offset=(\d+)")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_PAGE = 1000


def answers(folder: Path) -> dict[tuple[str, int], bytes]:
    """Return whole answers by list and number of the page."""
    found = {
        (path.parent.name, int(path.stem)): _answer("200 OK", path.read_bytes()) for path in folder.glob("*/*.json")
    }
    expires = {"issued_at": "2026-01-01T00:00:00.000000Z", "expires_at": "2026-01-02T00:00:00.000000Z"}
    token = {"token": {"project": {"id": PROJECT, "name": "eu-de_prod"}, **expires}}
    found["auth", 0] = _answer("201 Created", json.dumps(token).encode(), "X-Subject-Token: token\r\n")
    return found


def serve(connection: socket.socket, known: dict[tuple[str, int], bytes], wait_seconds: float) -> None:
    """Answer the requests of one connection until it is closed."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    rest, never = b"", threading.Event()
    while True:
        head, rest = _request(connection, rest)
        if not head:
            connection.close()
            return
        if wait_seconds:
            never.wait(wait_seconds)
        connection.sendall(_chosen(head, known))


def _request(connection: socket.socket, rest: bytes) -> tuple[bytes, bytes]:
    """Return the head of the next request and what came after it; an empty head when there is none."""
    while b"\r\n\r\n" not in rest:
        received = connection.recv(65536)
        if not received:
            return b"", b""
        rest += received
    head, _, rest = rest.partition(b"\r\n\r\n")
    length = _LENGTH.search(head)
    body = int(length[1]) if length else 0
    while len(rest) < body:
        rest += connection.recv(65536)
    return head + b"\r\n", rest[body:]


def _chosen(head: bytes, known: dict[tuple[str, int], bytes]) -> bytes:
    line = _LINE.match(head)
    if line is None:
        return _answer("400 Bad Request", b"{}")
    if line[2].startswith(b"auth/"):
        return known["auth", 0]
    offset = _OFFSET.search(line[2])
    name = line[2].partition(b"?")[0].rpartition(b"/")[2].decode()
    return known.get((name, int(offset[1]) // _PAGE if offset else 0)) or _answer("404 Not Found", b"{}")


def _answer(status: str, body: bytes, more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json;charset=UTF-8\r\n"
    return f"{head}Content-Length: {len(body)}\r\n{more}\r\n".encode() + body


def main() -> None:
    known = answers(Path(sys.argv[1]))
    wait_seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 0.0
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection, known, wait_seconds), daemon=True).start()


if __name__ == "__main__":
    main()
