"""Request files: the operator's documents."""

import json
import os
import stat
from pathlib import Path

import pytest

from cbr_desktop.domain.checkpoint import CheckpointDraft, ResourceChoice
from cbr_desktop.domain.error import Damaged, NotSaved
from cbr_desktop.domain.finding import FindingKind
from cbr_desktop.domain.ids import ResourceId, VaultId
from cbr_desktop.domain.request import SIZE_LIMIT
from cbr_desktop.domain.request import body as body_of
from cbr_desktop.storage import requestfile

DRAFT = CheckpointDraft(
    VaultId("5f0d1c5e-1f2a-4b3c-8d9e-0a1b2c3d4e5f"),
    "nightly",
    "Käse",
    resources=(ResourceChoice(ResourceId("6f0d1c5e-1f2a-4b3c-8d9e-0a1b2c3d4e5f"), ""),),
)
FOREIGN = {
    "_comment": "ours",
    "checkpoint": {
        "vault_id": "5f0d1c5e-1f2a-4b3c-8d9e-0a1b2c3d4e5f",
        "parameters": {"name": "a", "future.knob": [1, 2]},
        "future": {"deep": True},
    },
    "x-owner": "team",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "request.json"


def test_what_is_saved_is_what_is_read(path: Path) -> None:
    requestfile.save(path, DRAFT)
    document, findings = requestfile.read(path)
    assert document is not None
    assert (document.draft, findings) == (DRAFT, [])
    assert path.read_bytes() == body_of(DRAFT) + b"\n"


def test_saving_twice_changes_nothing(path: Path) -> None:
    path.write_text(json.dumps(FOREIGN), encoding="utf-8")
    document, _ = requestfile.read(path)
    assert document is not None
    requestfile.save(path, document.draft, document)
    first = path.read_bytes()
    again, _ = requestfile.read(path)
    assert again is not None
    requestfile.save(path, again.draft, again)
    assert path.read_bytes() == first
    assert json.loads(first) == FOREIGN


def test_an_edited_draft_keeps_the_keys_of_others(path: Path) -> None:
    path.write_text(json.dumps(FOREIGN), encoding="utf-8")
    document, _ = requestfile.read(path)
    requestfile.save(path, DRAFT, document)
    saved = json.loads(path.read_bytes())
    assert list(saved) == ["checkpoint", "_comment", "x-owner"]
    assert saved["checkpoint"]["future"] == {"deep": True}
    assert saved["checkpoint"]["parameters"]["future.knob"] == [1, 2]
    assert saved["checkpoint"]["parameters"]["name"] == "nightly"
    again, _ = requestfile.read(path)
    assert again is not None
    assert again.draft == DRAFT


def test_a_file_that_is_too_large_is_not_read(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)
    document, findings = requestfile.read(path)
    assert document is None
    assert [(finding.kind, dict(finding.facts)) for finding in findings] == [
        (FindingKind.TOO_LARGE, {"size": 1 << 40, "limit": SIZE_LIMIT})
    ]


def test_a_file_that_is_no_request_is_told_by_findings(path: Path) -> None:
    path.write_bytes(b"\xff\x00")
    document, findings = requestfile.read(path)
    assert document is None
    assert [finding.kind for finding in findings] == [FindingKind.NOT_JSON]


def test_what_is_no_file_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="No such file"):
        requestfile.read(tmp_path / "missing.json")
    with pytest.raises(Damaged):
        requestfile.read(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_does_not_hold_the_program(path: Path) -> None:
    os.mkfifo(path)
    with pytest.raises(Damaged, match="not a file"):
        requestfile.read(path)


@pytest.mark.skipif(os.name != "posix", reason="POSIX rights")
def test_a_new_file_is_private_and_an_old_one_keeps_its_rights(tmp_path: Path) -> None:
    folder = tmp_path / "requests"
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    before = os.umask(0)
    try:
        requestfile.save(folder / "new.json", DRAFT)
        (shared / "old.json").touch()
        (shared / "old.json").chmod(0o664)
        requestfile.save(shared / "old.json", DRAFT)
    finally:
        os.umask(before)
    modes = [stat.S_IMODE(item.stat().st_mode) for item in (folder, folder / "new.json", shared, shared / "old.json")]
    assert modes == [0o700, 0o600, 0o755, 0o664]


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotSaved):
        requestfile.save(tmp_path / "file" / "request.json", DRAFT)
