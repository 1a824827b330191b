"""Passwords that were refused, remembered across commands and starts: each try more may lock the account.

What is kept lets a later program recognise the same password, and must not let a reader of the file guess it cheaply:
a refused password is often the right one but for a letter. So it is no plain hash but ``scrypt`` over a random salt,
with 64 MiB and about a fifth of a second for each guess; the file is for this user alone, beside others that are no
less private. The salt does not lie in the system's store: that would have to be opened, and perhaps unlocked, for each
look. A program computes this once for the password that it holds, and not at all while nothing was refused.

What is kept lasts a day, that an account is locked a quarter of an hour, and a login that succeeds clears it. A time in
the future, from before the clock was set back, counts as much as one of the past.
"""

import asyncio
import hashlib
import json
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cbr_desktop.domain.error import NotSaved
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import KeptRefusal, SecretKind
from cbr_desktop.storage.files import write_whole
from cbr_desktop.storage.secrets import stored_under

_LIFE = timedelta(days=1)
_LIFE_OF_LOCK = timedelta(minutes=15)
ROUNDS = 2**16
_COST = {"r": 8, "p": 1, "maxmem": 96 * 2**20, "dklen": 32}
_SIZE_LIMIT = 256 * 2**10
_ACCOUNTS = 200
_CODE_LIMIT = 40
_KEYS = ("salt", "hash", "at")


class Refusals:
    """Which password was refused last, by account: scheme, host, port, domain and user. Nothing here raises.

    A file that cannot be read counts as empty; where it cannot be written, the refusal is remembered by this program
    alone. ``now`` gives the time. ``rounds`` is the ``n`` of ``scrypt``.
    """

    def __init__(
        self, path: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC), *, rounds: int = ROUNDS
    ) -> None:
        self._path = path
        self._now = now
        self._rounds = rounds
        self._computed: dict[tuple[str, str], str] = {}
        """What was computed for a salt and a password already."""

    def __repr__(self) -> str:
        return "Refusals()"

    async def recall(self, profile: Profile, password: str) -> KeptRefusal | None:
        """Return how this password was refused the last time, ``None`` when it was not of late."""
        held = self._read().get(_account(profile))
        if held is None or await self._hash(held["salt"], password) != held["hash"]:
            return None
        return KeptRefusal(held["status"], held["code"], held["reason"], datetime.fromisoformat(held["at"]))

    async def keep(self, profile: Profile, password: str, refused: KeptRefusal) -> None:
        """Remember how a password was refused, in place of the one before."""
        account = _account(profile)
        held = self._read().get(account)
        salt = held["salt"] if held else os.urandom(16).hex()
        row = {
            "salt": salt,
            "hash": await self._hash(salt, password),
            "status": refused.status,
            "code": refused.code[:_CODE_LIMIT],
            "reason": refused.reason,
            "at": refused.at.isoformat(),
        }
        rows = {**{other: kept for other, kept in self._read().items() if other != account}, account: row}
        self._write(dict(list(rows.items())[-_ACCOUNTS:]))

    def forget(self, profile: Profile) -> None:
        """Let the password of an account be tried: it was good, or a person wishes it."""
        rows = self._read()
        if rows.pop(_account(profile), None) is not None:
            self._write(rows)

    def forget_all(self) -> None:
        """Let every password be tried."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)

    async def _hash(self, salt: str, password: str) -> str:
        key = (salt, password)
        if key not in self._computed:
            self._computed = {key: await asyncio.to_thread(_slow_hash, salt, password, self._rounds)}
        return self._computed[key]

    def _read(self) -> dict[str, dict[str, Any]]:
        """Return the rows that still count."""
        try:
            found = self._path.lstat()
            if not stat.S_ISREG(found.st_mode) or found.st_size > _SIZE_LIMIT:
                return {}
            rows = json.loads(self._path.read_bytes())["refused"]
            return {account: row for account, row in rows.items() if self._counts(row)}
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return {}

    def _counts(self, row: dict[str, Any]) -> bool:
        """Whether a row is whole and not too old."""
        life = _LIFE_OF_LOCK if row["reason"] == "locked" else _LIFE
        bytes.fromhex(row["salt"])
        is_whole = all(isinstance(row[key], str) for key in (*_KEYS, "code", "reason"))
        return (
            is_whole and isinstance(row["status"], int) and abs(self._now() - datetime.fromisoformat(row["at"])) <= life
        )

    def _write(self, rows: dict[str, dict[str, Any]]) -> None:
        with suppress(NotSaved):
            write_whole(self._path, json.dumps({"version": 1, "refused": rows}, indent=1).encode())


def _slow_hash(salt: str, password: str, rounds: int) -> str:
    return hashlib.scrypt(
        password.encode("utf-8", "surrogatepass"),
        salt=bytes.fromhex(salt),
        n=rounds,
        **_COST,
    ).hex()


def _account(profile: Profile) -> str:
    return " ".join(stored_under(profile, SecretKind.PASSWORD))
