"""Requests from elsewhere: what is asked for comes over, addresses and secrets do not."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cbr_desktop.domain import draft
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.foreign import FOREIGN_LIMIT, Foreign, ForeignForm, Note, NoteKind, foreign
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.profile import Profile
from cbr_desktop.text import preview
from tests.checkpoint_change import checkpoint_change_of

VAULT = "5f0d1c5e-1f2a-4b3c-8d9e-0a1b2c3d4e5f"
BODY = {"checkpoint": {"vault_id": VAULT, "parameters": {"name": "nightly", "description": 'it\'s "ours"'}}}
URL = "https://cbr.eu-de.otc.t-systems.com/v3/0123abc/checkpoints"
CANARY = "MIICANARYTOKEN"


def body_of(found: Foreign) -> object:
    assert found.text is not None, found.notes
    assert CANARY not in found.text
    assert not [note for note in found.notes if CANARY in note.what]
    return json.loads(found.text)


def kinds(found: Foreign) -> set[NoteKind]:
    return {note.kind for note in found.notes}


def test_a_file_of_koocli_gives_its_body() -> None:
    data = {"header": {"X-Auth-Token": CANARY}, "path": {"project_id": "0123abc"}, "body": BODY, "cli-region": "eu-de"}
    found = foreign(json.dumps(data).encode())
    assert (found.form, body_of(found)) == (ForeignForm.HCLOUD, BODY)
    assert {Note(NoteKind.SECRET, "X-Auth-Token"), Note(NoteKind.PROJECT, "0123abc")} <= set(found.notes)


ASKED = json.dumps(BODY)
QUOTED = ASKED.replace("'", "'\\''")
COMMANDS = {
    "bash": f"curl -X POST '{URL}' -H 'X-Auth-Token: {CANARY}' -H 'Content-Type: application/json' -d '{QUOTED}'",
    "bash over lines": f"$ curl -X POST \\\n  {URL} \\\n  --header 'x-auth-token: {CANARY}' \\\n  --data '{QUOTED}'",
    "no method": f"curl '{URL}' -H'Authorization: {CANARY}' --data-binary '{QUOTED}' --compressed | jq .",
    "ansi quotes": "curl '" + URL + "' --data-raw $'" + ASKED.replace("\\", "\\\\").replace("'", "\\'") + "' -k",
    "option with sign": f"curl --url={URL} --json='{QUOTED}' -u operator:{CANARY}",
    "cmd.exe": 'curl.exe ^"' + URL + '^" ^\n  -H ^"X-Auth-Token: ' + CANARY + '^" ^\n  --data-raw ^"'
    + ASKED.replace("\\", "\\\\").replace('"', '^\\^"').replace("{", "^{").replace("}", "^}") + '^"',
}  # fmt: skip


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_pasted_command_gives_its_body(command: str) -> None:
    found = foreign(command.encode())
    assert (found.form, body_of(found)) == (ForeignForm.CURL, BODY)
    assert Note(NoteKind.PROJECT, "0123abc") in found.notes
    assert Note(NoteKind.ENDPOINT, "cbr.eu-de.otc.t-systems.com") in found.notes
    assert (NoteKind.SECRET in kinds(found)) == (CANARY in command)


REFUSED = {
    f"curl {URL} -d @/etc/passwd": Note(NoteKind.BODY_IN_FILE, "/etc/passwd"),
    f"curl -X DELETE {URL} -d '{{}}'": Note(NoteKind.OTHER_METHOD, "DELETE"),
    "curl https://x/v3/p/vaults -d '{}'": Note(NoteKind.OTHER_OPERATION, "/v3/p/vaults"),
    f"curl {URL}": Note(NoteKind.NO_BODY),
    f"curl {URL} -d '[1]'": Note(NoteKind.NO_BODY),
    f"curl {URL} -d 'open": Note(NoteKind.NOT_UNDERSTOOD, "No closing quotation"),
    "[]": Note(NoteKind.NO_BODY),
    '{"body": 5}': Note(NoteKind.NO_BODY),
}


@pytest.mark.parametrize(("text", "note"), REFUSED.items(), ids=range(len(REFUSED)))
def test_what_is_no_such_request_is_refused_with_its_reason(text: str, note: Note) -> None:
    found = foreign(text.encode())
    assert found.text is None
    assert found.notes[0] == note


def test_fault_69_a_file_from_outside_brings_neither_endpoint_nor_secret() -> None:
    extra = {"endpoint": "https://cbr.evil.example", "token": CANARY, "headers": {"X-Auth-Token": CANARY}}
    more = {"project_id": "other-project", "version": 99, "_comment": "kept"}
    found = foreign(json.dumps(extra | BODY | more, indent=2).encode())
    assert body_of(found) == BODY | {"version": 99, "_comment": "kept"}
    assert set(found.notes) == {
        Note(NoteKind.ENDPOINT, "https://cbr.evil.example"),
        Note(NoteKind.SECRET, "token"),
        Note(NoteKind.IGNORED, "headers"),
        Note(NoteKind.SECRET, "X-Auth-Token"),
        Note(NoteKind.PROJECT, "other-project"),
        Note(NoteKind.KEPT, "version"),
        Note(NoteKind.KEPT, "_comment"),
    }


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"x" * (FOREIGN_LIMIT + 1), NoteKind.TOO_LARGE),
        (b"[" * 500_000, NoteKind.NOT_UNDERSTOOD),
        (b'{"checkpoint":' * 30_000, NoteKind.NOT_UNDERSTOOD),
        (b"\xff\xfe\x00", NoteKind.NOT_TEXT),
        (b"", NoteKind.NOT_UNDERSTOOD),
    ],
)
def test_fault_69_a_file_that_is_huge_deep_or_garbage_is_only_told(data: bytes, kind: NoteKind) -> None:
    found = foreign(data)
    assert found.text is None
    assert found.notes[0].kind is kind


@pytest.mark.parametrize("form", [preview.PreviewForm.CURL, preview.PreviewForm.HCLOUD, preview.PreviewForm.JSON])
def test_what_we_write_for_other_tools_we_read_again(form: preview.PreviewForm) -> None:
    asked = CheckpointDraft(VaultId(VAULT), "nightly", "it's ours")
    profile = Profile("p", "https://iam.example.com", "https://cbr.example.com", "p", "u", "d")
    text = preview.rendered(form, checkpoint_change_of(draft.new_text(asked).encode()), profile)
    found = foreign(text.encode())
    assert found.text == draft.new_text(asked), found


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.sampled_from(["curl ", "", '{"checkpoint": ', f"curl {URL} -d "]))
def test_nothing_that_is_pasted_does_harm(text: str, head: str) -> None:
    found = foreign((head + text).encode("utf-8", "surrogatepass"))
    assert (found.text is None) <= bool(found.notes)


BACKUP = "5606f1f6-8a2f-4e6f-9fd9-d5b3a3f0e4a1"


def test_the_file_of_any_operation_is_taken_over_as_it_is_written() -> None:
    text = json.dumps({"operation": "DeleteBackup", "path": {"backup_id": BACKUP}, "ticket": "CHG-1"}) + "\n"
    found = foreign(text.encode())
    assert found.text == text
    assert found.notes == (Note(NoteKind.KEPT, "ticket"),)


def test_project_and_secrets_beside_any_operation_are_left_out() -> None:
    value = {
        "operation": "UpdateBackup",
        "token": "CANARY",
        "path": {"project_id": "p1", "backup_id": BACKUP},
        "body": {"backup": {"name": "n"}},
    }
    found = foreign(json.dumps(value).encode())
    assert found.text is not None and "CANARY" not in found.text
    assert json.loads(found.text) == {
        "operation": "UpdateBackup",
        "path": {"backup_id": BACKUP},
        "body": {"backup": {"name": "n"}},
    }
    assert {note.kind for note in found.notes} == {NoteKind.PROJECT, NoteKind.SECRET}


def test_a_checkpoint_that_is_wrapped_in_its_operation_is_unwrapped() -> None:
    body = {"checkpoint": {"vault_id": VAULT}}
    found = foreign(json.dumps({"operation": "CreateCheckpoint", "body": body}).encode())
    assert found.text is not None and json.loads(found.text) == body
