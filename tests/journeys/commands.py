"""The real program as a child, over a demo cloud that this process serves on a socket and looks into."""

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.journal import Entry, EntryFilter, Verification
from cbr_desktop.domain.profile import Profile
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.serve import running
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.journal import read_only, verified
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.records import peek
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from tests import programs
from tests.programs import Child
from tests.stage import DAYS, Stage, StageClock, staged

PATIENCE_SECONDS = 40.0


class Machine:
    """An operator's machine: a data folder, a profile, and the service far away with a clock that is turned by hand."""

    def __init__(self, folder: Path, url: str, service: Service, clock: StageClock) -> None:
        self.folder = folder
        self.service = service
        self.clock = clock
        self.here = places({"CBR_DESKTOP_HOME": str(folder)})
        self.here.make()
        self.password = estate.DEMO_PASSWORD
        """What the environment of a child gives as the password."""
        self._children: list[Child] = []
        self.profile = Profile("Demo", url, url, DEMO.project, estate.DEMO_USER, estate.DEMO_DOMAIN, read_only=False)
        TomlProfiles(self.here.profiles_file).save(self.profile)

    def start(self, *arguments: str, kill_at: str = "") -> Child:
        """Start the program as a child; with ``kill_at`` it dies at that point as by a power cut."""
        environ = os.environ | {
            "CBR_DESKTOP_HOME": str(self.folder),
            "CBR_DESKTOP_PASSWORD": self.password,
            "QT_QPA_PLATFORM": "offscreen",
            "CBR_KILL_AT": kill_at,
        }
        child = programs.start(*arguments, environ=environ)
        self._children.append(child)
        return child

    def run(self, *arguments: str, kill_at: str = "") -> tuple[int, str, str]:
        """Run the program to its end; return its exit code and what it printed."""
        child = self.start(*arguments, kill_at=kill_at)
        out, err = child.communicate(timeout=PATIENCE_SECONDS)
        return child.returncode, out, err

    def until(self, child: Child, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds while a child lives."""
        deadline = datetime.now(UTC) + timedelta(seconds=PATIENCE_SECONDS)
        while not condition():
            assert datetime.now(UTC) < deadline
            try:
                child.wait(0.02)
            except subprocess.TimeoutExpired:
                continue
            raise AssertionError(f"it ended: {child.communicate()}")

    def cut_power(self, child: Child) -> None:
        """End a child at once, whatever it does."""
        child.send_signal(signal.SIGKILL)
        child.communicate()

    def turn_off(self) -> None:
        """End every child that still lives."""
        for child in self._children:
            if child.poll() is None:
                self.cut_power(child)

    @property
    def posts(self) -> list[bytes]:
        """The bodies of the requests for a checkpoint that have reached the service."""
        return [entry.body for entry in self.service.journal.calls("POST", "/checkpoints")]

    @property
    def rows(self) -> list[Intent]:
        """What is in the outbox on the disk."""
        return peek(self.here.records_file)[0]

    def entries(self, *kinds: str) -> list[Entry]:
        """What is in the journal."""
        return list(read_only(self.here.journal_folder).entries(EntryFilter(kinds=frozenset(kinds))))

    def verified(self) -> Verification:
        """Verify the journal by what the outbox remembers."""
        known = peek(self.here.records_file)[1]
        return verified(self.here.journal_folder, known)


@contextmanager
def machine(folder: Path, start: datetime | None = None) -> Iterator[Machine]:
    """Set up a machine; its service's clock stands still at ``start``, by default now, until it is turned."""
    clock = StageClock(start or datetime.now(UTC))
    service = Service(estate.demo(clock.now(), days=DAYS), clock)
    service.modes.schedules = False
    with running(service) as url:
        made = Machine(folder, url, service, clock)
        try:
            yield made
        finally:
            made.turn_off()


def second_life(context: Machine, *states: IntentState) -> Stage:
    """Start the program again on the same disk and let half an hour and more pass, until a request is in a state."""
    with staged(context.folder, service=context.service, clock=context.clock, profile=context.profile) as stage:

        async def story() -> None:
            (intent,) = stage.session.ledger.intents.values()
            await stage.until(intent.id, *states)
            await stage.clock.sleep(3600)

        if stage.session.ledger.intents:
            stage.play(story)
    return stage
