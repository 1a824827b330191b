"""A journey: three days offline, twenty drafts edited and ten queued, a power cut while sending, restart, reconnect."""

import json
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from cbr_desktop.domain import request
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.draft import Unsaved, new_text
from cbr_desktop.domain.ids import IntentId, VaultId
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.storage.drafts import Drafts
from cbr_desktop.storage.paths import places
from cbr_desktop.text.intents import intent_sentence
from cbr_desktop.workflows.operations import create_checkpoint
from tests.journeys.commands import Machine, machine
from tests.stage import staged

S = IntentState
THREE_DAYS = timedelta(days=3, hours=4)
CONFIRMED = 6
VAULTS = ("vault-be94", "vault-erp-prod", "vault-web-prod", "vault-db-disks", "vault-files-hq", "vault-sfs-media")
"""Vaults of the demo estate that take a backup."""
pytestmark = pytest.mark.skipif(os.name != "posix", reason="a power cut is played with SIGKILL")


def drafts_of(context: Machine) -> Drafts:
    """The operator's folder of drafts."""

    def refuse(path: Path) -> None:
        raise AssertionError(f"{path} was thrown away")

    here = places({"CBR_DESKTOP_HOME": str(context.folder)})
    return Drafts(here.requests, here.unsaved_folder, refuse)


def edit_twenty(context: Machine, ids: dict[str, VaultId]) -> dict[str, str]:
    """Make twenty drafts and edit each; three edits are not saved when the program ends. Return what must be there."""
    drafts = drafts_of(context)
    expected = {}
    for number in range(20):
        draft = CheckpointDraft(ids[VAULTS[number % len(VAULTS)]], name=f"patch-day-{number}-x7k2")
        path = drafts.create(f"patch-{number:02}", new_text(draft))
        base = drafts.load(path)
        edited = new_text(replace(draft, description=f"edited offline, draft {number}"))
        if number < 17:
            drafts.save(path, edited, base)
            expected[path] = edited
        else:
            drafts.keep(Unsaved(f"draft-{number}", path, edited, base.text, context.profile.name, context.clock.now()))
            expected[path] = base.text
    return expected


def queue_ten_offline(context: Machine) -> tuple[list[Intent], dict[str, str]]:
    """See the estate once, lose the network, edit twenty drafts and queue ten of them; then the program is closed."""
    with staged(context.folder, service=context.service, clock=context.clock, profile=context.profile) as stage:
        made: list[Intent] = []
        texts: dict[str, str] = {}

        async def story() -> None:
            await stage.session.refresh.once()
            ids = {vault.name: vault.id for vault in stage.session.ledger.vaults.values()}
            stage.cable.is_plugged = False
            texts.update(edit_twenty(context, ids))
            for path, text in list(texts.items())[:10]:
                document, _ = request.read(text.encode())
                assert document is not None
                wanted = create_checkpoint.change(document.draft, stage.session.ledger, document.body)
                made.append(stage.session.outbox.submit(wanted, file=path))
                await stage.clock.sleep(60)
            await stage.clock.sleep(3600)
            assert {stage.intent(each.id).state for each in made} == {S.QUEUED}

        stage.play(story)
    return made, texts


def names(bodies: list[bytes]) -> Counter[str]:
    return Counter(json.loads(body)["checkpoint"]["parameters"]["name"] for body in bodies)


def test_after_three_days_exactly_what_was_confirmed_arrives_once_each_and_the_journal_proves_it(
    tmp_path: Path,
) -> None:
    with machine(tmp_path / "home", datetime.now(UTC) - THREE_DAYS) as context:
        made, texts = queue_ten_offline(context)
        context.clock.advance((datetime.now(UTC) - context.clock.now()).total_seconds())
        assert not context.posts
        online_at = context.clock.now()

        # the window comes online: nothing goes, everything asks
        window = context.start("--profile", "Demo")
        context.until(window, lambda: bool(context.rows) and {row.state for row in context.rows} == {S.HELD})
        assert {row.reason for row in context.rows} == {"stale"}
        assert all("3 days ago" in intent_sentence(row, None, datetime.now(UTC)) for row in context.rows)
        window.terminate()
        window.communicate(timeout=20)
        assert not context.posts

        # the operator confirms six of ten; while the third is on its way the power is cut
        wanted = [intent.id for intent in made[:CONFIRMED]]
        context.service.faults.add(Fault("POST", "/checkpoints", "delay", "after", seconds=60, skip=2))
        sending = context.start("outbox", "release", *wanted)
        context.until(sending, lambda: len(context.posts) == 3)
        context.cut_power(sending)
        states = Counter(row.state for row in context.rows)
        assert (states[S.SENDING], states[S.HELD]) == (1, 10 - CONFIRMED)
        assert context.verified().is_sound
        drafts = drafts_of(context)
        assert {entry.path: drafts.load(entry.path).text for entry in drafts.entries()} == texts
        kept = {unsaved.path: unsaved.text for unsaved in drafts.unsaved()}
        assert list(kept) == list(texts)[17:]
        assert all(f"edited offline, draft {number}" in kept[path] for number, path in enumerate(kept, 17))

        # restart and reconnect: what was on the wire is looked for, and what a dead command left waits for a person
        context.service.faults.clear()
        with staged(context.folder, service=context.service, clock=context.clock, profile=context.profile) as stage:

            async def story() -> None:
                await stage.session.refresh.once()
                left = [i.id for i in stage.session.ledger.intents.values() if i.id in wanted and i.state is S.HELD]
                assert {stage.intent(id).reason for id in left} == {"left"}
                for id in left:
                    assert stage.session.outbox.release(id)
                for id in wanted:
                    await stage.until(IntentId(id), S.FINISHED)
                await stage.clock.sleep(3600)
                assert {i.state for i in stage.session.ledger.intents.values() if i.id not in wanted} == {S.HELD}

            stage.play(story)

        assert names(context.posts) == Counter(f"patch-day-{number}-x7k2" for number in range(CONFIRMED))
        code, said, _ = context.run("journal", "verify")
        assert (code, "The journal is whole" in said) == (0, True)
        asked = [entry.event.intent for entry in context.entries("request") if entry.at >= online_at]
        assert Counter(asked) == Counter(wanted)
        claimed = [e for e in context.entries("moved") if e.at >= online_at and e.event.facts["to"] == "sending"]
        assert [entry.event.intent for entry in claimed] == asked
        assert sum(entry.event.facts["status"] == 200 for entry in context.entries("answer")) == CONFIRMED - 1
        confirmed = [
            e for e in context.entries("moved") if (e.event.facts["from"], e.event.facts["to"]) == ("held", "queued")
        ]
        assert {entry.event.intent for entry in confirmed} == set(wanted)
        assert all("@" in entry.event.by for entry in confirmed)
