"""Keeping the journal: every step of a request is in it, secrets are not, and only a sending depends on it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.error import NotSaved
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.journal import FIRST, Entry, Event
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.storage.journal import read_only, verified
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.records import peek
from cbr_desktop.workflows.journal import BODY_LIMIT, AuditWriter, IntentObserver, JournalledRecords
from tests.stage import staged
from tests.storage.values import intent, sending

DRAFT = CheckpointDraft(VaultId(REFERENCE_VAULT_ID), name="before-patch")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Notebook:
    """A journal in memory; ``is_full`` lets nothing in."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.is_full = False

    def append(self, event: Event) -> Entry:
        if self.is_full:
            raise NotSaved("journal", "no space left")
        self.events.append(event)
        return Entry(len(self.events), NOON, event, FIRST)

    def append_all(self, events: Sequence[Event]) -> list[Entry]:
        return [self.append(event) for event in events]

    def told(self) -> list[tuple[str, object, object]]:
        return [(event.kind, event.facts.get("to"), event.facts.get("note")) for event in self.events]


class Rows:
    """Rows in memory; ``is_full`` takes none, and a claim is won unless ``is_lost``."""

    def __init__(self) -> None:
        self.is_full = False
        self.is_lost = False

    def add(self, _intent: Intent) -> None:
        if self.is_full:
            raise NotSaved("outbox.db", "no space left")

    save = add

    def claim(self, intent: Intent) -> bool:
        self.add(intent)
        return not self.is_lost

    def load(self) -> list[Intent]:
        return [intent()]


def audit_writer(notebook: Notebook) -> AuditWriter:
    return AuditWriter(notebook, DEMO, "anna@desk")  # type: ignore[arg-type]


def test_the_life_of_a_request_is_told_from_its_beginning_to_its_end(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:

        async def story() -> None:
            made = stage.session.outbox.submit(DRAFT, file="/requests/a.cbr.json", plan="run-1")
            await stage.until(made.id, IntentState.FINISHED)

        stage.play(story)
    here = places({"CBR_DESKTOP_HOME": str(tmp_path)})
    entries = list(read_only(here.journal_folder).entries())
    kinds = [(entry.event.kind, entry.event.facts.get("to", "")) for entry in entries]
    assert kinds == [
        ("started", ""),
        ("made", ""),
        ("moved", "sending"),
        ("request", ""),
        ("answer", ""),
        ("moved", "accepted"),
        ("moved", "finished"),
        ("stopped", ""),
    ]
    assert all("@" in entry.event.by for entry in entries)
    _, made, _, asked, answered, accepted, finished, _ = (entry.event for entry in entries)
    assert (made.facts["draft"], made.facts["plan"], made.profile) == ("/requests/a.cbr.json", "run-1", DEMO.name)
    assert (asked.facts["method"], asked.facts["body"].encode()) == ("POST", stage.posts[0])
    assert asked.facts["url"].endswith("/checkpoints")
    assert answered.facts["status"] == 200
    assert len(answered.facts["request_id"]) == 32
    assert answered.facts["checkpoint_id"] == accepted.facts["checkpoint_id"]
    assert finished.facts["resources"] == {"done": 1}
    assert verified(here.journal_folder, peek(here.records_file)[1]).is_sound


def test_the_head_that_the_outbox_remembers_is_the_last_entry(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.session.outbox.submit(DRAFT)
    here = places({"CBR_DESKTOP_HOME": str(tmp_path)})
    *_, last = read_only(here.journal_folder).entries()
    assert peek(here.records_file)[1] == (last.number, last.hash)


def test_no_token_and_no_password_is_in_the_journal(tmp_path: Path) -> None:
    with staged(tmp_path) as stage:
        stage.service.faults.add(Fault("POST", "/checkpoints", "status", "before", status=401, body=b"{}"))

        async def story() -> None:
            made = stage.session.outbox.submit(replace(DRAFT, description='password: "hunter2canary"'))
            while not stage.posts:
                await stage.clock.sleep(1)
            await stage.clock.sleep(10)
            assert stage.intent(made.id).state is not IntentState.QUEUED or stage.intent(made.id).reason

        stage.play(story)
        tokens = {entry.headers.get("x-auth-token") for entry in stage.service.journal} - {None}
    here = places({"CBR_DESKTOP_HOME": str(tmp_path)})
    text = b"".join(path.read_bytes() for path in here.journal_folder.iterdir()).decode()
    assert tokens
    assert not [token for token in tokens if token and token in text]
    assert "hunter2canary" not in text
    assert "X-Auth-Token" in text


def test_arming_and_disarming_are_told(tmp_path: Path) -> None:
    with staged(tmp_path, profile=replace(DEMO, read_only=True)) as stage:
        stage.session.guard.arm(5)
        stage.session.guard.disarm()
    here = places({"CBR_DESKTOP_HOME": str(tmp_path)})
    kinds = [entry.event.kind for entry in read_only(here.journal_folder).entries()]
    assert kinds == ["started", "armed", "disarmed", "stopped"]


def test_only_the_note_of_sending_is_a_condition() -> None:
    notebook, rows = Notebook(), Rows()
    kept = JournalledRecords(rows, audit_writer(notebook))  # type: ignore[arg-type]
    notebook.is_full = True
    kept.add(intent())
    kept.save(intent().moved(IntentState.HELD, NOON))
    with pytest.raises(NotSaved):
        kept.claim(sending(intent()))
    observer = audit_writer(notebook).observer(intent())
    observer.answers(200, "r", "", b"{}")
    with pytest.raises(NotSaved):
        observer.asks("POST", "https://cbr.example", {}, b"{}")


def test_a_sending_that_did_not_come_to_be_is_taken_back_in_the_journal() -> None:
    notebook, rows = Notebook(), Rows()
    kept = JournalledRecords(rows, audit_writer(notebook))  # type: ignore[arg-type]
    kept.add(intent())
    rows.is_lost = True
    assert not kept.claim(sending(intent()))
    rows.is_full = True
    with pytest.raises(NotSaved):
        kept.claim(sending(intent()))
    with pytest.raises(NotSaved):
        kept.add(intent("i-2"))
    assert notebook.told() == [
        ("made", None, None),
        ("moved", "sending", ""),
        ("moved", "queued", "not-claimed"),
        ("moved", "sending", ""),
        ("moved", "queued", "not-saved"),
        ("made", None, None),
        ("remark", None, None),
    ]


def test_what_was_known_before_a_restart_is_where_a_move_begins() -> None:
    notebook = Notebook()
    kept = JournalledRecords(Rows(), audit_writer(notebook))  # type: ignore[arg-type]
    (loaded,) = kept.load()
    kept.save(loaded.moved(IntentState.CANCELLED, NOON))
    kept.save(loaded.moved(IntentState.CANCELLED, NOON, reason="again"))
    assert [(event.facts["from"], event.facts["to"]) for event in notebook.events] == [("queued", "cancelled")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'{"checkpoint": 7}',
        b'{"checkpoint": {"id": NaN}}',
        b"\xff" * 50_000,
        b"[" * 200_000,
        b'{"checkpoint": {"id": "c", "extra_info": 7}}',
    ],
)
def test_any_answer_can_be_told(body: bytes) -> None:
    notebook = Notebook()
    IntentObserver(audit_writer(notebook), intent()).answers(200, "r", "", body)
    (event,) = notebook.events
    assert event.facts["body_bytes"] == len(body)
    assert len(json.dumps(event.facts)) < 200_000


def test_of_a_long_body_the_beginning_and_the_digest_are_told() -> None:
    notebook = Notebook()
    IntentObserver(audit_writer(notebook), intent()).asks("POST", "https://cbr.example", {"Accept": "a"}, b"x" * 2**20)
    (event,) = notebook.events
    assert len(event.facts["body"]) == BODY_LIMIT
    assert (event.facts["body_bytes"], len(event.facts["body_sha256"])) == (2**20, 64)
