"""Request files of any operation: what they hold, what is found about them, and the bytes that they ask to be sent."""

import json

import pytest

from cbr_desktop.domain import document, request
from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.document import ChangeDocument, Schema, body_findings, filled, parts_of, path_findings
from cbr_desktop.domain.finding import FindingKind, Severity
from cbr_desktop.text.findings import finding_sentence

BACKUP = "5606f1f6-8a2f-4e6f-9fd9-d5b3a3f0e4a1"
RENAME = {"operation": "UpdateBackup", "path": {"backup_id": BACKUP}, "body": {"backup": {"name": "ü"}}}
CHECKPOINT = {"checkpoint": {"vault_id": BACKUP, "parameters": {"name": "n"}}}
SCHEMA = Schema(
    "Outer",
    {
        "inner": Schema("Inner", {"name": str, "count": int, "word": ("backup",)}, frozenset({"name"})),
        "items": [Schema("Item", {"id": str}, frozenset({"id"}))],
        "texts": [str],
    },
    frozenset({"inner"}),
)


def read(value: object):
    return document.read(json.dumps(value).encode())


def kinds(value: object) -> list[FindingKind]:
    return [finding.kind for finding in read(value)[1]]


def test_a_change_names_its_operation_its_path_and_its_body() -> None:
    found, findings = read({"note": "kept", **RENAME})
    assert findings == []
    assert found == ChangeDocument(Kind.RENAME_BACKUP, {"backup_id": BACKUP}, RENAME["body"], {"note": "kept"})
    assert json.loads(found.body) == RENAME["body"]
    assert found.value == {**RENAME, "note": "kept"}


def test_a_change_without_a_body_sends_none() -> None:
    value = {"operation": "DeleteBackup", "path": {"backup_id": BACKUP}}
    found, findings = read(value)
    assert found is not None and (findings, found.body, found.value) == ([], b"", value)


def test_a_checkpoint_is_read_as_ever_byte_for_byte() -> None:
    for value in (CHECKPOINT, {**CHECKPOINT, "operation": "of the night", "path": 3, "body": [1]}):
        data = json.dumps(value).encode()
        assert document.read(data) == request.read(data)
        found, _ = document.read(data)
        assert found is not None and (found.kind, found.value) == (Kind.CREATE_CHECKPOINT, value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"path": {}, "body": {}}, [(FindingKind.MISSING, "operation")]),
        ({"body": {"backup": {}}}, [(FindingKind.MISSING, "operation")]),
        ({}, [(FindingKind.MISSING, "checkpoint")]),
        ({"operation": 7}, [(FindingKind.WRONG_TYPE, "operation")]),
        ({"operation": "EraseVault"}, [(FindingKind.OPERATION_UNKNOWN, "operation")]),
        ({"operation": "deletebackup"}, [(FindingKind.OPERATION_UNKNOWN, "operation")]),
        ({"operation": "DeleteBackup", "path": []}, [(FindingKind.WRONG_TYPE, "path")]),
        ({"operation": "DeleteBackup", "path": {"backup_id": 1}}, [(FindingKind.WRONG_TYPE, "path.backup_id")]),
        ({"operation": "DeleteBackup", "path": {}, "body": None}, [(FindingKind.WRONG_TYPE, "body")]),
        ({"operation": "CreateCheckpoint", "body": CHECKPOINT}, [(FindingKind.CHECKPOINT_WRAPPED, "operation")]),
    ],
)
def test_what_is_no_request_is_told_with_its_place(value: object, expected: list[tuple[FindingKind, str]]) -> None:
    found, findings = read(value)
    assert found is None
    assert [(finding.kind, finding.facts["path"]) for finding in findings] == expected
    assert all(finding.severity is Severity.BLOCK and finding_sentence(finding) for finding in findings)


def test_the_operations_that_are_known_are_named_where_one_is_not() -> None:
    words = finding_sentence(read({"operation": "EraseVault"})[1][0])
    assert "EraseVault" in words and "DeleteBackup" in words


def test_a_file_that_asks_for_two_things_asks_for_neither() -> None:
    found, findings = read({**CHECKPOINT, "operation": "DeleteBackup", "path": {"backup_id": BACKUP}})
    assert found is None
    assert [finding.kind for finding in findings] == [FindingKind.TWO_REQUESTS]
    assert "DeleteBackup" in finding_sentence(findings[0])


def test_a_key_that_stands_twice_and_half_a_character_are_told_in_any_file() -> None:
    twice = b'{"operation": "DeleteBackup", "path": {"backup_id": "a", "backup_id": "b"}}'
    found, findings = document.read(twice)
    assert (found, [finding.kind for finding in findings]) == (None, [FindingKind.DUPLICATE_KEY])
    half = b'{"operation": "UpdateBackup", "path": {}, "body": {"backup": {"name": "\\ud800"}}}'
    assert [finding.kind for finding in document.read(half)[1]] == [FindingKind.HALF_CHARACTER]


def test_the_parts_of_a_path_are_those_of_its_template() -> None:
    template = "backups/{backup_id}"
    assert filled(template, {"backup_id": BACKUP}) == f"backups/{BACKUP}"
    assert parts_of(template, f"backups/{BACKUP}") == {"backup_id": BACKUP}
    assert parts_of("policies", "policies") == {}
    assert list(path_findings(template, {"backup_id": BACKUP})) == []
    assert list(path_findings(template, {"backup_id": "{prior.id}"})) == []
    odd = list(path_findings(template, {"vault_id": BACKUP, "project_id": "x"}))
    told = [(finding.kind, finding.facts["path"]) for finding in odd]
    assert told == [
        (FindingKind.MISSING, "path.backup_id"),
        (FindingKind.NOT_TAKEN, "path.vault_id"),
        (FindingKind.NOT_TAKEN, "path.project_id"),
    ]
    for id in ("", "../vaults/x", "5606f1f6", f"{BACKUP}/../x", f"{BACKUP}\n"):
        (bad,) = path_findings(template, {"backup_id": id})
        assert (bad.kind, bad.severity) == (FindingKind.BAD_ID, Severity.BLOCK)


def test_a_body_is_judged_by_the_shape_that_its_operation_has() -> None:
    good = {"inner": {"name": "n", "count": 1, "word": "backup"}, "items": [{"id": "a"}], "texts": ["t"]}
    assert list(body_findings(SCHEMA, good)) == []
    bad = {
        "inner": {"count": True, "word": "replication", "more": 1},
        "items": [{"id": 1}, "x", {}],
        "texts": ["t", 2],
        "new": 1,
    }
    told = [(finding.kind, finding.facts["path"], finding.severity) for finding in body_findings(SCHEMA, bad)]
    block, warn = Severity.BLOCK, Severity.WARN
    assert told == [
        (FindingKind.MISSING, "body.inner.name", block),
        (FindingKind.WRONG_TYPE, "body.inner.count", block),
        (FindingKind.WRONG_TYPE, "body.inner.word", block),
        (FindingKind.UNKNOWN_KEY, "body.inner.more", warn),
        (FindingKind.WRONG_TYPE, "body.items[0].id", block),
        (FindingKind.WRONG_TYPE, "body.items[1]", block),
        (FindingKind.MISSING, "body.items[2].id", block),
        (FindingKind.WRONG_TYPE, "body.texts[1]", block),
        (FindingKind.UNKNOWN_KEY, "body.new", warn),
    ]


def test_a_body_is_there_exactly_where_the_operation_has_one() -> None:
    assert [finding.kind for finding in body_findings(SCHEMA, None)] == [FindingKind.MISSING]
    assert list(body_findings(None, None)) == []
    assert [finding.kind for finding in body_findings(None, {})] == [FindingKind.NOT_TAKEN]
