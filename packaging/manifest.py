#!/usr/bin/env python3
"""Makes the signed manifest by which installed programs can be told of a newer version, if they were told to ask.

  manifest.py new-key KEY                       makes a key; keep it away from the machine that serves downloads
  manifest.py make KEY VERSION PAGE FOLDER      writes manifest.json and manifest.json.sig; PAGE is an https address

It is started with the project's own Python: `.venv/bin/python packaging/manifest.py ...` after `bootstrap.py setup`.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from nacl.signing import SigningKey

_PKCS8 = bytes.fromhex("302e020100300506032b657004220420")
"""What stands before the 32 bytes of an Ed25519 key in a file of PKCS #8 (RFC 8410, section 7)."""
_HEAD, _FOOT = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"


def main(arguments: list[str]) -> int:
    match arguments:
        case ["new-key", key_file]:
            return new_key(Path(key_file))
        case ["make", key_file, version, page, folder]:
            return make(Path(key_file), version, page, Path(folder))
    print(__doc__)
    return 2


def new_key(path: Path) -> int:
    key = SigningKey.generate()
    text = base64.b64encode(_PKCS8 + bytes(key)).decode()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(f"{_HEAD}\n{text}\n{_FOOT}\n".encode())
    print(f"public_key = {public(key)!r}")
    return 0


def make(key_file: Path, version: str, page: str, folder: Path) -> int:
    if not page.startswith("https://"):
        print("The page must be an https address.")
        return 2
    key = read_key(key_file)
    if key is None:
        print(f"{key_file} has no Ed25519 key in it, as new-key writes one.")
        return 2
    published_at = os.environ.get("SOURCE_DATE_EPOCH")
    at = datetime.fromtimestamp(int(published_at), UTC) if published_at else datetime.now(UTC)
    record = {"version": version, "published_at": at.isoformat(timespec="seconds"), "page": page}
    manifest = json.dumps(record, indent=2).encode() + b"\n"
    folder.mkdir(parents=True, exist_ok=True)
    Path(folder, "manifest.json").write_bytes(manifest)
    Path(folder, "manifest.json.sig").write_bytes(base64.b64encode(key.sign(manifest).signature) + b"\n")
    print(f"Signed for public_key = {public(key)!r}")
    return 0


def read_key(path: Path) -> SigningKey | None:
    lines = [line.strip() for line in path.read_text("ascii", "replace").split("\n") if line.strip()]
    if len(lines) < 3 or (lines[0], lines[-1]) != (_HEAD, _FOOT):
        return None
    try:
        content = base64.b64decode("".join(lines[1:-1]), validate=True)
    except ValueError:
        return None
    seed = content.removeprefix(_PKCS8)
    return SigningKey(seed) if len(seed) == 32 and content != seed else None


def public(key: SigningKey) -> str:
    return base64.b64encode(bytes(key.verify_key)).decode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
