"""The fault of the catalogue that is about request files from outside, by number, as commands tell of it: 89."""

import json
import os
from pathlib import Path

import pytest

from cbr_desktop.cli import main
from cbr_desktop.simulator.estate import REFERENCE_RESOURCE_ID, REFERENCE_VAULT_ID

DETAIL = {"id": REFERENCE_RESOURCE_ID, "type": "OS::Nova::Server"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CBR_DESKTOP_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def request(vault_id: str = REFERENCE_VAULT_ID, **parameters: object) -> bytes:
    return json.dumps({"checkpoint": {"vault_id": vault_id, "parameters": {"name": "n1", **parameters}}}).encode()


HARMFUL = {
    "keys that stand twice": (
        b'{"checkpoint":{' + b",".join(b'"k%d":1,"k%d":2' % (n, n) for n in range(20_000)) + b"}}",
        "‘k0’ stands twice in one object; which one counts? Delete one. 19\u00a0999 more are like this one.",
    ),
    "UTF-16": (request().decode().encode("utf-16"), "it is text in UTF-16; it has to be saved as UTF-8"),
    "other bytes": (request(description="x").replace(b'"x"', b'"\xfc"'), "it is not text in UTF-8"),
    "5,000 digits": (request(n=1).replace(b'"n": 1', b'"n": ' + b"1" * 5_000), "has far too many digits"),
    "nested": (b"[" * 200_000, "nested deeper than any request"),
    "many": (b"[" + b"1," * 500_000 + b"1]", "more lines or values than any request"),
    "no name": (request(name=""), "The name is empty"),
    "half a character": (request(description="a\ud83d"), "‘checkpoint.parameters.description’ holds half a character"),
    "resource name": (request(resource_details=[{**DETAIL, "name": "n" * 300}]), "has 300 characters, 45 more"),
    "no resources": (request(resources=[]), "is an empty list, which asks for all resources of the vault"),
    "resource type": (request(resource_details=[{**DETAIL, "type": "OS::Moon"}]), "‘OS::Moon’ in"),
    "another spelling": (request(resources=[REFERENCE_RESOURCE_ID.upper()]), f"as ‘{REFERENCE_RESOURCE_ID}’"),
    "another spelling of the vault": (request(REFERENCE_VAULT_ID.upper()), f"as ‘{REFERENCE_VAULT_ID}’"),
    "two spellings": (
        request(resources=[REFERENCE_RESOURCE_ID, REFERENCE_RESOURCE_ID.upper()]),
        f"is named twice, once as ‘{REFERENCE_RESOURCE_ID}’",
    ),
    "equal faults": (request(resources=["x"] * 5_000), "4\u00a0999 more are like this one"),
}
ONLY_WARNED = {"no resources", "resource type"}


@pytest.mark.parametrize("what", HARMFUL)
def test_fault_89_a_file_is_judged_alike_by_check_send_and_drafts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    data, words = HARMFUL[what]
    path = tmp_path / "from-outside.cbr.json"
    path.write_bytes(data)
    code = main(["check", "--demo", str(path)])
    out = capsys.readouterr().out
    assert words in out
    assert out.count("\n") < 40
    assert (code == 0) is (what in ONLY_WARNED)
    if code:
        assert main(["send", "--demo", "--arm", str(path)]) == code
        assert words in capsys.readouterr().out


def test_a_missing_file_is_said_to_be_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "missing.cbr.json"
    assert main(["check", str(path)]) == 2
    assert f"There is no file ‘{path}’" in capsys.readouterr().out
    assert main(["send", "--demo", "--arm", str(path)]) == 2
    assert f"There is no file ‘{path}’" in "".join(capsys.readouterr())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_fault_90_a_pipe_in_place_of_a_request_holds_no_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "pipe.cbr.json"
    os.mkfifo(path)
    assert main(["check", str(path)]) == 2
    assert "not a file" in capsys.readouterr().out
