"""The folder of drafts: files of others stay whole, nothing is deleted, and what was not saved is not lost."""

import errno
import os
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.draft import Unsaved, new_text
from cbr_desktop.domain.error import ChangedOutside, Damaged, NotSaved
from cbr_desktop.domain.finding import FindingKind
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.request import SIZE_LIMIT
from cbr_desktop.storage.drafts import EDIT_LIMIT, LINE_LIMIT, Drafts, is_file_name
from cbr_desktop.storage.files import System

TEXT = new_text(CheckpointDraft(VaultId("5f0d1c5e-1f2a-4b3c-8d9e-0a1b2c3d4e5f"), "nightly"))
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Make = Callable[..., Drafts]


@pytest.fixture
def trash(tmp_path: Path) -> Path:
    made = tmp_path / "trash"
    made.mkdir()
    return made


@pytest.fixture
def make(tmp_path: Path, trash: Path) -> Make:
    def made(system: System | None = None) -> Drafts:
        return Drafts(
            tmp_path / "requests",
            tmp_path / "data" / "drafts",
            lambda path: os.replace(path, trash / path.name),  # noqa: PTH105
            system,
        )

    return made


@pytest.fixture
def drafts(make: Make) -> Drafts:
    return make()


def test_the_folder_lists_request_files_and_says_what_is_wrong_with_one(drafts: Drafts) -> None:
    assert drafts.entries() == []
    drafts.create("nightly", TEXT)
    folder = Path(drafts.folder)
    (folder / "broken.cbr.json").write_text('{"checkpoint": {,', encoding="utf-8")
    (folder / "huge.cbr.json").touch()
    os.truncate(folder / "huge.cbr.json", 1 << 40)
    (folder / "folder.cbr.json").mkdir()
    (folder / "notes.txt").write_text("not a draft", encoding="utf-8")
    rows = {entry.file_name: entry for entry in drafts.entries()}
    assert sorted(rows) == ["broken.cbr.json", "folder.cbr.json", "huge.cbr.json", "nightly.cbr.json"]
    document = rows["nightly.cbr.json"].document
    assert document is not None and document.draft.name == "nightly"
    assert [finding.kind for finding in rows["broken.cbr.json"].findings] == [FindingKind.NOT_JSON]
    assert [finding.kind for finding in rows["huge.cbr.json"].findings] == [FindingKind.TOO_LARGE]
    assert rows["folder.cbr.json"].error is not None


def test_looking_again_reads_only_what_has_changed(drafts: Drafts) -> None:
    first, second = drafts.create("a", TEXT), drafts.create("b", TEXT)
    stamp, before = drafts.stamp(), {entry.path: entry for entry in drafts.entries()}
    Path(second).write_text(TEXT.replace("nightly", "weekly-2"), encoding="utf-8")
    after = {entry.path: entry for entry in drafts.entries()}
    assert drafts.stamp() != stamp
    assert after[first] is before[first]
    changed = after[second].document
    assert changed is not None and changed.draft.name == "weekly-2"


def test_a_file_that_somebody_else_has_changed_is_not_written_over(drafts: Drafts) -> None:
    path = drafts.create("a", TEXT)
    base = drafts.load(path)
    theirs = TEXT.replace("nightly", "theirs")
    Path(path).write_text(theirs, encoding="utf-8")
    with pytest.raises(ChangedOutside):
        drafts.save(path, TEXT.replace("nightly", "mine"), base)
    assert Path(path).read_text(encoding="utf-8") == theirs
    drafts.save(path, TEXT.replace("nightly", "mine"), drafts.load(path))
    assert "mine" in Path(path).read_text(encoding="utf-8")
    Path(path).unlink()
    with pytest.raises(ChangedOutside):
        drafts.save(path, TEXT, base)


def test_names_never_meet_and_never_lead_elsewhere(drafts: Drafts) -> None:
    first, second = drafts.create("../../etc/a:b", TEXT), drafts.create("../../etc/a:b", TEXT)
    assert {Path(path).parent for path in (first, second)} == {Path(drafts.folder)}
    assert len({first, second}) == 2
    with pytest.raises(NotSaved, match="is there already"):
        drafts.rename(first, Path(second).name)
    for name in ("..", "a/b", "a\\b", "C:x", "", " ", ".hidden", "con", "LPT1.x", "a\x00b", "x" * 400):
        with pytest.raises(NotSaved):
            drafts.rename(first, name)
    moved = drafts.rename(first, "before the patch")
    assert Path(moved).name == "before the patch.cbr.json"
    assert not Path(first).exists()
    assert is_file_name("ein Käse")


def test_a_copy_stands_beside_and_the_trash_has_what_was_discarded(drafts: Drafts, trash: Path) -> None:
    path = drafts.create("a", TEXT)
    copy = drafts.duplicate(path)
    assert Path(copy).name == "a-copy.cbr.json"
    assert Path(copy).read_bytes() == Path(path).read_bytes()
    drafts.discard(path)
    assert [entry.path for entry in drafts.entries()] == [copy]
    assert (trash / "a.cbr.json").read_text(encoding="utf-8") == TEXT


def test_without_a_trash_the_file_stays(tmp_path: Path) -> None:
    def no_trash(_path: Path) -> None:
        raise OSError(errno.ENOTSUP, "no trash here")

    drafts = Drafts(tmp_path, tmp_path / "recovery", no_trash)
    path = drafts.create("a", TEXT)
    with pytest.raises(NotSaved, match="no trash here"):
        drafts.discard(path)
    assert Path(path).exists()


def test_what_was_not_saved_is_there_after_a_crash_and_gone_when_forgotten(make: Make, tmp_path: Path) -> None:
    named = Unsaved("1", "/elsewhere/a.cbr.json", TEXT, "", "Prod", AT)
    unnamed = Unsaved("2", "", '{"half', "", "Prod", AT)
    before = os.umask(0)
    try:
        make().keep(named)
        make().keep(unnamed)
    finally:
        os.umask(before)
    folder = tmp_path / "data" / "drafts"
    (folder / "3.unsaved.json").write_bytes(b"\xff torn")
    assert make().unsaved() == [named, unnamed]
    if os.name == "posix":
        modes = {stat.S_IMODE(path.stat().st_mode) for path in folder.glob("[12].*")}
        assert (modes, stat.S_IMODE(folder.stat().st_mode)) == ({0o600}, 0o700)
    make().forget("1")
    assert make().unsaved() == [unnamed]
    assert not (tmp_path / "requests").exists()


def test_fault_56_a_full_disk_leaves_the_old_file_and_says_so(make: Make) -> None:
    path = make().create("a", TEXT)

    def full(_descriptor: int, _data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    drafts = make(System(write=full))
    with pytest.raises(NotSaved, match="No space left"):
        drafts.save(path, TEXT.replace("nightly", "b"), drafts.load(path))
    with pytest.raises(NotSaved, match="No space left"):
        drafts.keep(Unsaved("1", path, TEXT, TEXT, "Prod", AT))
    assert [entry.name for entry in os.scandir(drafts.folder)] == ["a.cbr.json"]
    assert drafts.load(path).text == TEXT


def test_what_cannot_be_edited_as_text_is_told(drafts: Drafts) -> None:
    path = Path(drafts.create("a", TEXT))
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(Damaged, match="UTF-8"):
        drafts.load(str(path))
    os.truncate(path, SIZE_LIMIT + 1)
    with pytest.raises(Damaged):
        drafts.load(str(path))


def test_the_line_ends_of_a_file_stay(drafts: Drafts) -> None:
    path = Path(drafts.create("a", TEXT))
    path.write_bytes(TEXT.replace("\n", "\r\n").encode())
    base = drafts.load(str(path))
    drafts.save(str(path), base.text.replace("nightly", "b"), base)
    assert path.read_bytes() == TEXT.replace("nightly", "b").replace("\n", "\r\n").encode()


@pytest.mark.parametrize("text", ["\n" * (LINE_LIMIT + 1), " " * (EDIT_LIMIT + 1)])
def test_fault_89_a_text_that_would_hold_the_editor_up_is_not_opened_in_it(drafts: Drafts, text: str) -> None:
    path = drafts.create("huge", "{}")
    Path(path).write_text(text, encoding="utf-8")
    with pytest.raises(Damaged, match="more lines or letters than can be edited here"):
        drafts.load(path)
    Path(path).write_text("\n" * LINE_LIMIT, encoding="utf-8")
    assert drafts.load(path).text == "\n" * LINE_LIMIT
