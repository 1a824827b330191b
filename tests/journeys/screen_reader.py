"""An X server of its own with an accessibility bus, and what an assistive program can ask and hear there.

The addresses and numbers are those of AT-SPI 2, of which every screen reader on Linux makes use: the interfaces of
``org.a11y.atspi`` as at-spi2-core describes them in its XML, roles by the names that ``GetRoleName`` gives.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from jeepney import DBusAddress, MessageType, Properties, message_bus, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.low_level import HeaderFields

NEEDED = {
    "Xvfb": "xvfb",
    "dbus-daemon": "dbus-daemon",
    "/usr/share/dbus-1/services/org.a11y.Bus.service": "at-spi2-core",
}
"""The programs that this takes, each with the Debian package that has it."""
PATIENCE_SECONDS = 20.0
_STEP_SECONDS = 0.1
_ATSPI = "org.a11y.atspi"
_REGISTRY = f"{_ATSPI}.Registry"
_ROOT = "/org/a11y/atspi/accessible/root"
_HEARD = ("Object:StateChanged:focused", "Object:Announcement")
"""The events that are asked for, in the spelling that libatspi gives them and Qt looks for."""
_ANY = 3
"""The place of what an event carries along, behind its kind and two numbers."""
_UNKNOWN = "org.freedesktop.DBus.Error.UnknownObject"
_PRESS, _RELEASE, _PRESS_AND_RELEASE = 0, 1, 3
_KEYCODES = {"Control": 37}
_KEYSYMS = {"Home": 0xFF50, "Down": 0xFF54}
_STATES = {"active": 1, "checked": 4, "enabled": 8, "focusable": 11, "focused": 12, "selected": 23, "showing": 25}


class Thing(NamedTuple):
    """Something on the screen, as the bus names it."""

    bus: str
    path: str


class Gone(Exception):
    """What was asked about is on the screen no more."""


class Heard(NamedTuple):
    """An event that a screen reader acts on by itself: ``focused`` or ``Announcement``, which has words."""

    event: str
    words: str
    thing: Thing


class ScreenReader:
    """Asks what is on the screen and hears what is told unasked; types the keys that its operator types."""

    def __init__(self, address: str) -> None:
        # events that come between a question and its answer would be lost on the same connection
        self._asking = open_dbus_connection(address)
        self._hearing = open_dbus_connection(address)
        self.heard: list[Heard] = []
        for event in _HEARD:
            self._ask(Thing(_REGISTRY, "/org/a11y/atspi/registry"), "Registry", "RegisterEvent", "sass", event, [], "")
        rule = f"type='signal',interface='{_ATSPI}.Event.Object'"
        self._hearing.send_and_get_reply(message_bus.AddMatch(rule))

    def close(self) -> None:
        """Leave the bus."""
        self._asking.close()
        self._hearing.close()

    # what is on the screen

    def programs(self) -> list[Thing]:
        """Return the programs that have told the registry of themselves."""
        return self.children(Thing(_REGISTRY, _ROOT))

    def children(self, thing: Thing) -> list[Thing]:
        """Return what is in a thing."""
        return [Thing(*one) for one in self._ask(thing, "Accessible", "GetChildren")]

    def role(self, thing: Thing) -> str:
        """Return what it is, as ``push button``."""
        return str(self._ask(thing, "Accessible", "GetRoleName"))

    def name(self, thing: Thing) -> str:
        """Return what it is called."""
        return str(self._property(thing, "Accessible", "Name"))

    def description(self, thing: Thing) -> str:
        """Return what is told of it beside its name."""
        return str(self._property(thing, "Accessible", "Description"))

    def is_(self, thing: Thing, state: str) -> bool:
        """Tell whether it is in a state."""
        low, high = self._ask(thing, "Accessible", "GetState")
        return bool((low | high << 32) >> _STATES[state] & 1)

    def value(self, thing: Thing) -> float:
        """Return the number that it shows."""
        return float(self._property(thing, "Value", "CurrentValue"))

    def text(self, thing: Thing) -> str:
        """Return the text that stands in it."""
        return str(self._ask(thing, "Text", "GetText", "ii", 0, -1))

    def rows(self, table: Thing) -> int:
        """Return how many rows a table has."""
        return int(self._property(table, "Table", "NRows"))

    def titles(self, table: Thing) -> list[str]:
        """Return the titles of the columns of a table."""
        columns = range(int(self._property(table, "Table", "NColumns")))
        return [str(self._ask(table, "Table", "GetColumnDescription", "i", column)) for column in columns]

    def cell(self, table: Thing, row: int, column: int) -> Thing:
        """Return the cell of a table at a place."""
        return Thing(*self._ask(table, "Table", "GetAccessibleAt", "ii", row, column))

    def place(self, cell: Thing) -> tuple[int, int]:
        """Return the row and the column of a cell."""
        row, column = self._property(cell, "TableCell", "Position")
        return int(row), int(column)

    def header(self, cell: Thing) -> Thing:
        """Return the head of the column of a cell."""
        return Thing(*self._ask(cell, "TableCell", "GetColumnHeaderCells")[0])

    def find(self, within: Thing, role: str, name: str = "") -> Thing | None:
        """Return the first thing of a role, and with a name where one is asked for; tables are not looked into."""
        here = self.role(within)
        if here == role and (not name or self.name(within) == name):
            return within
        if here in ("table", "tree table", "tree", "list"):
            return None
        found = (self.find(child, role, name) for child in self.children(within))
        return next((one for one in found if one is not None), None)

    def found(self, within: Thing, role: str, name: str = "") -> Thing:
        """Wait for a thing, and return it."""
        made: list[Thing | None] = []

        def is_there() -> bool:
            made.append(self.find(within, role, name))
            return made[-1] is not None

        self.until(is_there, f"{role} {name}")
        found = made[-1]
        assert found is not None
        return found

    # what is told unasked

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Hear what there is to hear until a condition holds."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not _holds(condition):
            assert time.monotonic() < deadline, f"not within {PATIENCE_SECONDS:.0f} s: {what}; {self.heard}"
            try:
                message = self._hearing.receive(timeout=_STEP_SECONDS)
            except TimeoutError:
                continue
            if message.header.message_type is MessageType.signal and len(message.body) > _ANY:
                self._hear(message.header.fields, message.body)

    def _hear(self, fields: Mapping[HeaderFields, Any], body: Sequence[Any]) -> None:
        event, (what, now) = str(fields[HeaderFields.member]), body[:2]
        thing = Thing(fields[HeaderFields.sender], fields[HeaderFields.path])
        if event == "StateChanged" and what == "focused" and now:
            self.heard.append(Heard("focused", "", thing))
        elif event == "Announcement":
            self.heard.append(Heard(event, str(body[_ANY][1]), thing))

    def hears(self, part: str) -> str:
        """Wait until words with a part are read aloud, and return them."""
        self.until(lambda: any(part in words for words in self.announced), part)
        return next(words for words in self.announced if part in words)

    @property
    def announced(self) -> list[str]:
        """The words that were read aloud, in order."""
        return [one.words for one in self.heard if one.event == "Announcement"]

    @property
    def focus(self) -> Thing | None:
        """What has got the focus last."""
        return next((one.thing for one in reversed(self.heard) if one.event == "focused"), None)

    # what its operator does

    def types(self, key: str, *held: str) -> None:
        """Type a key by its name, while others are held."""
        for one in held:
            self._key(_KEYCODES[one], _PRESS)
        self._key(_KEYSYMS.get(key) or ord(key), _PRESS_AND_RELEASE)
        for one in held:
            self._key(_KEYCODES[one], _RELEASE)

    def presses(self, thing: Thing) -> None:
        """Do what a thing is for, as a screen reader offers it."""
        self._ask(thing, "Action", "DoAction", "i", 0)

    def writes(self, thing: Thing, text: str) -> None:
        """Put a text in place of what stands in a field."""
        self._ask(thing, "EditableText", "SetTextContents", "s", text)

    def clicks(self, thing: Thing) -> None:
        """Click at a thing, which brings its window to the front where there is no window manager."""
        x, y, width, height = self._ask(thing, "Component", "GetExtents", "u", 0)
        self._do("GenerateMouseEvent", "iis", x + width // 2, y + height // 2, "b1c")

    def _key(self, code: int, what: int) -> None:
        self._do("GenerateKeyboardEvent", "isu", code, "", what)

    def _do(self, method: str, signature: str, *arguments: Any) -> None:
        devices = Thing(_REGISTRY, "/org/a11y/atspi/registry/deviceeventcontroller")
        self._ask(devices, "DeviceEventController", method, signature, *arguments)

    def _ask(self, thing: Thing, interface: str, method: str, signature: str | None = None, *arguments: Any) -> Any:
        address = DBusAddress(thing.path, thing.bus, f"{_ATSPI}.{interface}")
        return _answer(self._asking, new_method_call(address, method, signature, arguments))

    def _property(self, thing: Thing, interface: str, name: str) -> Any:
        question = Properties(DBusAddress(thing.path, thing.bus, f"{_ATSPI}.{interface}")).get(name)
        return _answer(self._asking, question)[1]


@contextmanager
def screen_reader(run: Path) -> Iterator[tuple[ScreenReader, Mapping[str, str]]]:
    """Start an X server and an accessibility bus; lend a screen reader and the variables of programs to be read.

    ``run`` is a folder whose path is short: a socket's has 107 bytes.
    """
    with ExitStack() as stack:
        display = _start_x(stack)
        environ = os.environ | {
            "DISPLAY": display,
            "XDG_RUNTIME_DIR": str(run),
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        }
        command = ["dbus-daemon", "--session", "--nofork", "--print-address=1"]
        pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
        bus = _started(stack, subprocess.Popen(command, env=environ, **pipes))
        assert bus.stdout is not None
        stack.enter_context(bus.stdout)
        session = bus.stdout.readline().strip()
        with open_dbus_connection(session.partition(",")[0]) as asking:
            launcher = DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus")
            address = str(_answer(asking, new_method_call(launcher, "GetAddress")))
        reader = ScreenReader(address.partition(",")[0])
        stack.callback(reader.close)
        yield reader, environ | {"DBUS_SESSION_BUS_ADDRESS": session}


def _start_x(stack: ExitStack) -> str:
    """Start an X server that finds a number of its own, and return its display."""
    reading, writing = os.pipe()
    screen = ["-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    command = ["Xvfb", "-displayfd", str(writing), *screen]
    server = subprocess.Popen(command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    _started(stack, server)
    with os.fdopen(reading, encoding="ascii") as number:
        return f":{number.readline().strip()}"


def _started(stack: ExitStack, process: "subprocess.Popen[str] | subprocess.Popen[bytes]") -> Any:
    def end() -> None:
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)

    stack.callback(end)
    return process


def _holds(condition: Callable[[], object]) -> bool:
    try:
        return bool(condition())
    except Gone:
        return False


def _answer(connection: DBusConnection, question: Any) -> Any:
    """Return the first value of an answer."""
    answer = connection.send_and_get_reply(question, timeout=PATIENCE_SECONDS)
    if answer.header.fields.get(HeaderFields.error_name) == _UNKNOWN:
        raise Gone(answer.body)
    assert answer.header.message_type is not MessageType.error, (question.header.fields, answer.body)
    return answer.body[0] if answer.body else None


def missing() -> str:
    """Return why nothing can be read here, empty where all is here."""
    if not sys.platform.startswith("linux"):
        return "AT-SPI is Linux's"
    absent = [package for name, package in NEEDED.items() if not (shutil.which(name) or Path(name).exists())]
    return f"{' and '.join(absent)} is not here" if absent else ""
