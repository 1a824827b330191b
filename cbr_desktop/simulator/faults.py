"""Faults that can be laid on the way of a request: cuts, strange answers, delays."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


class ConnectionCut(ConnectionError):
    """The connection ended; raised in process, over TCP the socket is really closed."""


@dataclass
class Fault:
    """One thing that goes wrong for requests that match `method`, the end of their `path`, and `host` unless empty.

    A path that names a project, such as ``f"{project_id}/vaults"``, hits that project alone.

    kind: `cut` ends the connection, `status` and `reply` answer `status`, `headers`, `body`, and
    `delay` waits `seconds` of real time. when: `before` the service has done anything, `after`
    it has executed the request, or `during` the answer (cut only: half of the body is sent, and of an answer
    without body nothing, since half of it would be the whole).
    times: how often, None for ever. skip: matching requests that pass unharmed first.
    """

    method: str = "*"
    path: str = ""
    kind: Literal["cut", "status", "reply", "delay"] = "cut"
    when: Literal["before", "after", "during"] = "before"
    times: int | None = 1
    skip: int = 0
    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    seconds: float = 0.0
    host: str = ""

    def matches(self, method: str, path: str, host: str = "") -> bool:
        """Whether method and host fit and the path (without query) ends with the pattern `path`."""
        return (
            self.method in ("*", method)
            and self.host in ("", host)
            and re.search(f"(?:{self.path})$", path) is not None
        )


class Faults:
    """The faults that wait for a request, in the order they were added."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Lay a fault; it is used up after `fault.times` requests."""
        self._waiting.append(fault)
        return fault

    def clear(self) -> None:
        """Take all faults away."""
        self._waiting.clear()

    def take(self, method: str, path: str, host: str = "") -> list[Fault]:
        """What hits this request, used up by it: all delays, and the first fault of another kind."""
        taken: list[Fault] = []
        for fault in list(self._waiting):
            decided = any(each.kind != "delay" for each in taken)
            if fault.matches(method, path, host) and not (decided and fault.kind != "delay") and self._spend(fault):
                taken.append(fault)
        return taken

    def _spend(self, fault: Fault) -> bool:
        if fault.skip > 0:
            fault.skip -= 1
            return False
        if fault.times is not None:
            fault.times -= 1
            if fault.times <= 0:
                self._waiting.remove(fault)
        return True
