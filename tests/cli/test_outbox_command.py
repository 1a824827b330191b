"""The commands of outbox and journal, as a person and a script meet them, over the demo cloud on a socket."""

import csv
import errno
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.session import ProfileSession
from cbr_desktop.app.start import opened
from cbr_desktop.app.terminal import terminal_secret
from cbr_desktop.cli import main
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.profile import Profile
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.clock import RunningClock
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.simulator.serve import running
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.paths import Places, places
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from cbr_desktop.text.states import utc_words
from cbr_desktop.workflows.ledger import Ledger
from tests.stage import DAYS

RELEASED = Path(__file__).parent.parent / "storage" / "data" / "outbox-v1.db"


class ProfileContext:
    """A profile on this disk that leads to a demo cloud on a socket."""

    def __init__(self, url: str, service: Service, here: Places) -> None:
        self.service = service
        self.here = here
        self.profile = Profile(
            "Demo", url, url, service.estate.projects[0].name, estate.DEMO_USER, estate.DEMO_DOMAIN, read_only=False
        )
        here.make()
        TomlProfiles(here.profiles_file).save(self.profile)

    def submit(self, name: str) -> Intent:
        """Put a request into the outbox, as a window without a network does, and end."""
        with self.session() as session:
            return session.outbox.submit(CheckpointDraft(VaultId(REFERENCE_VAULT_ID), name=name))

    def session(self) -> AbstractContextManager[ProfileSession]:
        ledger = Ledger(self.profile, lambda _part: None)
        return opened(self.here, ledger, WallClock(), terminal_secret(self.profile))

    @property
    def posts(self) -> int:
        return len(self.service.journal.calls("POST", "/checkpoints"))


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProfileContext]:
    monkeypatch.setenv("CBR_DESKTOP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CBR_DESKTOP_PASSWORD", estate.DEMO_PASSWORD)
    clock = RunningClock()
    service = Service(estate.demo(clock.now(), days=DAYS), clock)
    service.modes.schedules = False
    with running(service) as url:
        yield ProfileContext(url, service, places())


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    requests: list[dict[str, object]] = json.loads(capsys.readouterr().out)["requests"]
    return requests


@pytest.mark.usefixtures("context")
def test_an_empty_outbox_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outbox"]) == 0
    assert capsys.readouterr().out == "The outbox is empty.\n"
    assert main(["outbox", "--json"]) == 0
    assert told(capsys) == []


def test_an_outbox_that_cannot_be_looked_at_is_not_called_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(
        "CBR_DESKTOP_HOME", str(tmp_path / ("long" * 100))
    )  # as a folder without permission, also for root
    for words, code in (
        (["outbox"], 2),
        (["outbox", "hold", "x"], 2),
        (["plan", "list"], 2),
        (["journal", "verify"], 1),
    ):
        assert main(words) == code
        assert os.strerror(errno.ENAMETOOLONG) in capsys.readouterr().err


def test_a_held_request_is_sent_when_it_is_released_and_not_before(
    context: ProfileContext, capsys: pytest.CaptureFixture[str]
) -> None:
    intent = context.submit("before-patch")
    assert main(["outbox", "hold", intent.id[:8]]) == 0
    out = capsys.readouterr().out
    assert "Held by you" in out
    assert f"confirmed {utc_words(intent.created_at)} by" in out  # with date and zone: it is read on another day
    assert main(["outbox", "hold", intent.id[:8], "--json"]) == 1
    said = capsys.readouterr()
    assert [request["state"] for request in json.loads(said.out)["requests"]] == ["held"]
    assert f"Request {intent.id[:8]} does not wait to be sent, so nothing was changed." in said.err
    assert main(["outbox", "reconcile", intent.id]) == 0
    assert "No request is of unknown outcome" in capsys.readouterr().out
    assert main(["outbox", "list", "--json"]) == 0
    (request,) = told(capsys)
    assert (request["state"], request["note"], request["name"]) == ("held", "person", "before-patch")
    assert "@" in str(request["by"])
    assert context.posts == 0
    assert main(["outbox", "release", intent.id, "--json"]) == 0
    (request,) = told(capsys)
    assert request["state"] in ("accepted", "finished")
    assert context.posts == 1
    assert main(["outbox", "release", intent.id]) == 1
    assert f"Request {intent.id[:8]} is not held, so nothing was sent." in capsys.readouterr().err
    assert context.posts == 1


def test_a_release_without_a_network_leaves_the_request_held(
    context: ProfileContext, capsys: pytest.CaptureFixture[str]
) -> None:
    intent = context.submit("before-patch")
    main(["outbox", "hold", intent.id])
    context.service.faults.add(Fault("*", ".*", "cut", times=None))
    assert main(["outbox", "release", intent.id]) == 2
    capsys.readouterr()
    main(["outbox", "--json"])
    assert told(capsys)[0]["state"] == "held"


def test_a_lost_answer_is_looked_for_once_and_nothing_is_sent(
    context: ProfileContext, capsys: pytest.CaptureFixture[str]
) -> None:
    context.service.faults.add(Fault("POST", "/checkpoints", "cut", "after"))
    context.service.faults.add(Fault("GET", "/(operation-logs|backups)", "status", status=500, times=None, skip=2))
    intent = context.submit("before-patch")
    main(["outbox", "hold", intent.id])
    assert main(["outbox", "reconcile"]) == 0
    capsys.readouterr()
    with context.session() as session:
        held = session.ledger.intents[intent.id]
        session.outbox._rows.move(held, "unknown", sent_at=WallClock().now(), reason="NoAnswer")
    assert main(["outbox", "reconcile", "--json"]) == 4
    (request,) = told(capsys)
    assert request["state"] == "unknown"
    assert {(row["where"], row["times"]) for row in request["looked"]} == {("tasks", 1), ("backups", 1)}  # type: ignore[attr-defined]
    assert context.posts == 0


def test_fault_54_a_request_whose_profile_is_gone_is_told_of_and_not_sent(
    context: ProfileContext, capsys: pytest.CaptureFixture[str]
) -> None:
    intent = context.submit("before-patch")
    context.here.profiles_file.unlink()
    assert main(["outbox", "--json"]) == 0
    (request,) = told(capsys)
    assert (request["state"], request["note"]) == ("held", "no-profile")
    assert main(["outbox", "release", intent.id]) == 2
    assert main(["outbox", "hold", intent.id]) == 2
    assert context.posts == 0


def test_an_id_that_is_none_or_not_the_only_one_is_refused(
    context: ProfileContext, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["outbox", "hold", "nothing"]) == 2
    assert "There is no request ‘nothing’." in capsys.readouterr().err
    # of 17 requests two at the least begin with the same digit, and none is meant by an empty word
    digits = Counter(context.submit("one").id[0] for _ in range(17))
    digit, count = digits.most_common(1)[0]
    assert main(["outbox", "release", digit]) == 2
    assert f"{count} requests" in capsys.readouterr().err
    assert main(["outbox", "release", ""]) == 2
    assert main(["outbox", "reconcile", "nothing"]) == 2
    assert main(["outbox", "reconcile", ""]) == 2
    for words in (["vaults"], ["outbox"], ["journal", "export"]):
        with pytest.raises(SystemExit):
            main([*words, "--profile", ""])
        assert "the name of a profile is empty" in capsys.readouterr().err


def test_an_outbox_of_the_first_version_is_listed_and_left_as_it_is(
    context: ProfileContext, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copyfile(RELEASED, context.here.records_file)
    before = context.here.records_file.read_bytes()
    assert main(["outbox", "--json"]) == 0
    assert len(told(capsys)) == 4
    assert main(["outbox", "--profile", "Nobody", "--json"]) == 0
    assert told(capsys) == []
    assert context.here.records_file.read_bytes() == before


def test_a_sound_journal_verifies_and_a_cut_one_does_not(
    context: ProfileContext, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["journal", "verify"]) == 1
    assert "whole as far as can be told" in capsys.readouterr().out
    context.submit("before-patch")
    assert main(["journal", "verify", "--json"]) == 0
    capsys.readouterr()
    (path,) = context.here.journal_folder.iterdir()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    assert main(["journal", "verify", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["broken"], found["why"]) == (len(lines), "cut-off")
    path.write_bytes(b"".join([lines[0], lines[1].replace(b"before-patch", b"before-watch"), *lines[2:]]))
    assert main(["journal", "verify"]) == 1
    assert "breaks at entry 2" in capsys.readouterr().out


def test_fault_91_nothing_but_a_proved_journal_ends_with_0(
    context: ProfileContext, capsys: pytest.CaptureFixture[str]
) -> None:
    context.submit("before-patch")
    (path,) = context.here.journal_folder.iterdir()
    lines = path.read_bytes()
    path.unlink()
    assert main(["journal", "verify"]) == 1
    assert "emptied or taken away" in capsys.readouterr().out
    context.here.journal_folder.rmdir()
    assert main(["journal", "verify"]) == 1
    assert "emptied or taken away" in capsys.readouterr().out
    # the outbox gone as well, and another chain in place of the journal
    context.here.records_file.unlink()
    for command in (["verify"], ["export"]):
        assert main(["journal", *command]) == 1
        assert "whole as far as can be told" in "".join(capsys.readouterr())
    context.here.journal_folder.mkdir()
    path.write_bytes(lines)
    assert main(["journal", "verify", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["whole"], found["sound"], found["doubt"]) == (False, True, "no-head")
    # and it stays so when the program goes on with them
    context.submit("after-patch")
    assert main(["journal", "verify"]) == 1
    assert "whole as far as can be told" in capsys.readouterr().out


def test_fault_91_lines_that_harm_their_reader_do_not_end_the_commands(
    context: ProfileContext, capsys: pytest.CaptureFixture[str]
) -> None:
    context.submit("before-patch")
    (path,) = context.here.journal_folder.iterdir()
    first, second, *rest = path.read_bytes().splitlines(keepends=True)
    for facts in (b'{"n":NaN}', b'{"n":1e999}', b'{"n":"\xff"}', b'{"n":' + b"[" * 100_000, b"x" * 10 * 2**20):
        path.write_bytes(b"".join([first, second.replace(b'"facts":{', b'"facts":' + facts + b"{"), *rest]))
        assert main(["journal", "verify"]) == 1
        assert "breaks at entry 2: the line is no entry" in capsys.readouterr().out
        for form in ("json", "csv", "html"):
            assert main(["journal", "export", "--format", form]) == 1
            assert "breaks at entry 2" in capsys.readouterr().err


def test_the_journal_is_exported_exactly_and_by_what_is_wanted(
    context: ProfileContext, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    intent = context.submit("before-patch")
    context.submit("other")
    (path,) = context.here.journal_folder.iterdir()
    assert main(["journal", "export"]) == 0
    exported = json.loads(capsys.readouterr().out)
    assert exported == [json.loads(line) for line in path.read_text().splitlines()]
    assert main(["journal", "export", "--kind", "made", "--request", intent.id[:6], "--profile", "Demo"]) == 0
    (made,) = json.loads(capsys.readouterr().out)
    assert (made["facts"]["name"], made["intent"]) == ("before-patch", intent.id)
    assert main(["journal", "export", "--until", "2020-01-01"]) == 0
    assert json.loads(capsys.readouterr().out) == []
    assert main(["journal", "export", "--since", "yesterday"]) == 2
    assert main(["journal", "export", "--kind", "moon"]) == 2
    out = tmp_path / "out.csv"
    assert main(["journal", "export", "--format", "csv", "--output", str(out)]) == 0
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert [row["kind"] for row in rows] == [entry["kind"] for entry in exported]
    assert out.stat().st_mode & 0o077 == 0


def test_the_page_to_print_is_whole_and_runs_nothing(context: ProfileContext, tmp_path: Path) -> None:
    context.submit("<script>alert(1)</script>")
    out = tmp_path / "out.html"
    assert main(["journal", "export", "--format", "html", "--output", str(out)]) == 0
    tags: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, _attrs: object) -> None:
            tags.add(tag)

    Reader().feed(out.read_text(encoding="utf-8"))
    assert not tags & {"script", "link", "img", "iframe", "object", "a", "form"}
    assert "table" in tags
    assert "&lt;script&gt;" in out.read_text(encoding="utf-8")
