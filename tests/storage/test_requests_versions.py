"""Request files, drafts and plans that earlier versions wrote: read as before, and the same bytes are sent."""

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from cbr_desktop.domain import plan as plans
from cbr_desktop.domain.change import PRIOR_ID, Kind
from cbr_desktop.domain.plan import is_blocked
from cbr_desktop.storage.drafts import Drafts
from cbr_desktop.storage.planfile import PlanRuns, read
from cbr_desktop.storage.requestfile import written

DATA = Path(__file__).parent / "data"
CHECKPOINTS_ALONE = DATA / "requests-1"
"""Written by the program that knew checkpoints alone; a key of one is called ``operation`` by its author."""
ANY_OPERATION = DATA / "requests-2"
"""Written by the first program that knew files of any operation."""
NIGHTLY = "d81489eb1f7e15b73be3d13477479fd989f5fba4a1a98ecd994df8b59d7bb886"
PLAIN = "ff9933113f1c78e36cecf4c2416fcd682356ae18728f43a66011c3233bb396e4"
"""The digests of the bodies as that program sent them."""
RENAMING = "68aede794c07163364b50bc599984bd0b74073b90ba6fbf8588fe83cea2e6d82"
NOON = datetime(2026, 3, 2, 9, tzinfo=UTC)


def drafts_in(folder: Path) -> Drafts:
    def keep(path: Path) -> None:
        raise AssertionError(path)

    return Drafts(folder / "requests", folder / "unsaved", keep)


def digest(body: bytes) -> str:
    return sha256(body).hexdigest()


def test_a_draft_of_before_means_the_same_bytes() -> None:
    (entry,) = drafts_in(CHECKPOINTS_ALONE).entries()
    document = entry.document
    assert document is not None and document.kind is Kind.CREATE_CHECKPOINT
    assert (digest(document.body), document.draft.name) == (NIGHTLY, "before-patch")
    assert document.other == {"operation": "of the night", "path": "/mnt", "note": {"a": [1]}}
    assert written(document.draft, document).endswith(b"}\n")
    (unsaved,) = drafts_in(CHECKPOINTS_ALONE).unsaved()
    assert (unsaved.id, unsaved.kept_at, unsaved.text) == ("0b7c", NOON, unsaved.base)


def test_a_plan_and_a_run_of_before_are_the_same_byte_for_byte() -> None:
    path = CHECKPOINTS_ALONE / "patch-day.plan.json"
    plan, findings = read(path)
    assert plan is not None and not is_blocked(findings)
    assert plans.written(plan) == path.read_bytes()
    assert [step.after for step in plan.steps] == [0, 0]
    assert [digest(step.document.body) for step in plan.steps if step.document] == [NIGHTLY, PLAIN]
    (run,) = PlanRuns(CHECKPOINTS_ALONE / "plans").runs()
    assert (run.id[:8], run.started_at, run.plan.name, run.plan.other) == ("5d0c2f6e", NOON, "patch day", {"zeta": 1})
    assert [digest(step.document.body) for step in run.plan.steps if step.document] == [NIGHTLY, PLAIN]


def test_files_and_a_run_of_any_operation_are_the_same() -> None:
    found = {entry.file_name: entry.document for entry in drafts_in(ANY_OPERATION).entries()}
    rename, delete = found["rename.cbr.json"], found["delete.cbr.json"]
    assert rename is not None and delete is not None
    assert (rename.kind, delete.kind, delete.path, delete.body) == (
        Kind.RENAME_BACKUP,
        Kind.DELETE_BACKUP,
        {"backup_id": PRIOR_ID},
        b"",
    )
    assert digest(rename.body) == RENAMING
    (run,) = PlanRuns(ANY_OPERATION / "plans").runs()
    assert [step.document for step in run.plan.steps] == [rename, delete]
    assert [step.after for step in run.plan.steps] == [0, 1]
