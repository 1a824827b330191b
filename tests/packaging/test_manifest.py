"""The manifest of a newer version is signed with a key that is kept in a file for its owner alone."""

import base64
import json
import subprocess
import sys
from pathlib import Path

import pytest
from nacl.signing import VerifyKey

ROOT = Path(__file__).resolve().parents[2]
PAGE = "https://downloads.example/cbr/"
KEY_OF_AN_EARLIER_VERSION = """\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
-----END PRIVATE KEY-----
"""


def manifest(*words: str | Path) -> tuple[int, str]:
    command = [sys.executable, ROOT / "packaging" / "manifest.py", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.returncode, done.stdout


def signed_by(key: bytes, folder: Path) -> bytes:
    """Return the manifest in a folder; ``BadSignatureError`` if it is not signed by the owner of ``key``."""
    signature = base64.b64decode((folder / "manifest.json.sig").read_bytes().strip(), validate=True)
    return VerifyKey(key).verify((folder / "manifest.json").read_bytes(), signature)


def test_a_new_key_signs_and_is_for_its_owner_alone(tmp_path):
    code, said = manifest("new-key", tmp_path / "key.pem")
    assert (code, (tmp_path / "key.pem").stat().st_mode & 0o777) == (0, 0o600)
    public = said.split("'")[1]
    assert manifest("make", tmp_path / "key.pem", "2.1.0", PAGE, tmp_path / "out") == (
        0,
        f"Signed for public_key = '{public}'\n",
    )
    assert json.loads(signed_by(base64.b64decode(public), tmp_path / "out"))["version"] == "2.1.0"


def test_a_key_of_an_earlier_version_still_signs(tmp_path):
    (tmp_path / "key.pem").write_text(KEY_OF_AN_EARLIER_VERSION, "ascii")
    public = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="
    assert manifest("make", tmp_path / "key.pem", "2.1.0", PAGE, tmp_path / "out")[0] == 0
    assert json.loads(signed_by(base64.b64decode(public), tmp_path / "out"))["page"] == PAGE


@pytest.mark.parametrize(
    "content",
    ["", "no key", KEY_OF_AN_EARLIER_VERSION.replace("MC4C", "MC4D"), KEY_OF_AN_EARLIER_VERSION.replace("HR4f", "")],
)
def test_what_is_no_key_is_told_and_signs_nothing(tmp_path, content):
    (tmp_path / "key.pem").write_text(content, "ascii")
    code, said = manifest("make", tmp_path / "key.pem", "2.1.0", PAGE, tmp_path / "out")
    assert (code, said) == (2, f"{tmp_path / 'key.pem'} has no Ed25519 key in it, as new-key writes one.\n")
    assert not (tmp_path / "out").exists()
