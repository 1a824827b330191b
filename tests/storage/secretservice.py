"""A program on a message bus of its own: the Secret Service of GNOME, or one that never answers, and our secrets.

It is started under ``dbus-run-session`` with a step as its argument and prints what it saw as JSON.
"""

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.storage.secrets import Secrets
from tests.storage.values import profile

SERVICE_NAME = "org.freedesktop.secrets"
STORY = ("keep", "get", "forget", "gone", "keep", "lock", "locked")
_PATIENCE_SECONDS = 10.0


def main() -> None:
    step = sys.argv[1]
    if step == "story":
        with gnome_keyring():
            seen = {
                each: in_a_new_process(each) for each in ("keep", "get", "forget", "gone", "keep", "lock", "locked")
            }
        print(json.dumps(seen))
    elif step == "silence":
        with silent_service():
            print(json.dumps(asyncio.run(asked(Secrets({}, timeout=0.5)))))
    elif step == "lock":
        lock()
        print("{}")
    else:
        print(json.dumps(asyncio.run(done(step))))


def in_a_new_process(step: str) -> Any:
    command = [sys.executable, "-m", "tests.storage.secretservice", step]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout)


async def done(step: str) -> Any:
    secrets = Secrets({})
    if step == "keep":
        return [await secrets.keep(profile(), SecretKind.PASSWORD, " k\u00e4se\n"), secrets.problem]
    if step == "forget":
        await secrets.forget(profile())
        return secrets.problem
    return await asked(secrets)


async def asked(secrets: Secrets) -> Any:
    """Return the stored password, the problem, whether it came in time and the loop turned, and what is typed then."""
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.001)

    async with asyncio.TaskGroup() as tasks:
        turning = tasks.create_task(turn())
        began = time.monotonic()
        stored = await secrets.get(profile(), SecretKind.PASSWORD)
        seconds = time.monotonic() - began
        turning.cancel()
    problem = secrets.problem
    secrets.remember(profile(), SecretKind.PASSWORD, "typed")
    return {
        "stored": stored,
        "problem": problem,
        "in_time": seconds < 3.5,
        "turned": turns > seconds * 50,
        "typed": await secrets.get(profile(), SecretKind.PASSWORD),
    }


@contextmanager
def gnome_keyring() -> Iterator[None]:
    """Lend an unlocked keyring of a new user; its daemon ends with the block."""
    command = ["gnome-keyring-daemon", "--unlock", "--components=secrets", "--foreground"]
    daemon = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        assert daemon.stdin is not None
        daemon.stdin.write(b"the keyring's own")
        daemon.stdin.close()
        wait_for_name()
        yield
    finally:
        daemon.terminate()
        daemon.wait(_PATIENCE_SECONDS)


@contextmanager
def silent_service() -> Iterator[None]:
    """Take the name of the service and never answer."""
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
    connection = open_dbus_connection()
    connection.send_and_get_reply(new_method_call(bus, "RequestName", "su", (SERVICE_NAME, 4)))
    yield
    # the thread that still waits must not keep this program from ending, and so nothing here joins it
    connection.close()


def wait_for_name() -> None:
    """Return when somebody serves the name."""
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
    deadline = time.monotonic() + _PATIENCE_SECONDS
    with open_dbus_connection() as connection:
        while time.monotonic() < deadline:
            reply = connection.send_and_get_reply(new_method_call(bus, "NameHasOwner", "s", (SERVICE_NAME,)))
            if reply.body[0]:
                return
            threading.Event().wait(0.02)
    raise TimeoutError(f"nobody serves {SERVICE_NAME} on {os.environ.get('DBUS_SESSION_BUS_ADDRESS')}")


def lock() -> None:
    """Lock the keyring, as a desktop does when its user is away."""
    import secretstorage

    connection = secretstorage.dbus_init()
    secretstorage.get_default_collection(connection).lock()
    connection.close()


if __name__ == "__main__":
    main()
