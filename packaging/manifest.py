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

from ecdsa import Ed25519, SigningKey


def main(arguments: list[str]) -> int:
    match arguments:
        case ["new-key", key_file]:
            return new_key(Path(key_file))
        case ["make", key_file, version, page, folder]:
            return make(Path(key_file), version, page, Path(folder))
    print(__doc__)
    return 2


def new_key(path: Path) -> int:
    key = SigningKey.generate(curve=Ed25519)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(key.to_pem(format="pkcs8"))
    print(f"public_key = {public(key)!r}")
    return 0


def make(key_file: Path, version: str, page: str, folder: Path) -> int:
    if not page.startswith("https://"):
        print("The page must be an https address.")
        return 2
    key = SigningKey.from_pem(key_file.read_bytes())
    published_at = os.environ.get("SOURCE_DATE_EPOCH")
    at = datetime.fromtimestamp(int(published_at), UTC) if published_at else datetime.now(UTC)
    record = {"version": version, "published_at": at.isoformat(timespec="seconds"), "page": page}
    manifest = json.dumps(record, indent=2).encode() + b"\n"
    folder.mkdir(parents=True, exist_ok=True)
    Path(folder, "manifest.json").write_bytes(manifest)
    Path(folder, "manifest.json.sig").write_bytes(base64.b64encode(key.sign(manifest)) + b"\n")
    print(f"Signed for public_key = {public(key)!r}")
    return 0


def public(key: SigningKey) -> str:
    return base64.b64encode(key.verifying_key.to_string()).decode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
