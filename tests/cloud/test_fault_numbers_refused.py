"""Fault 97 in the login: what was refused to a program before is asked about first, and kept for those that follow."""

import asyncio
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from cbr_desktop.cloud.tokens import PasswordLogin
from cbr_desktop.domain.error import LoginRefused, SecretMissing
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import KeptRefusal
from tests.cloud.values import NO_VAULTS, NOON, PROFILE, Service, WiredCloud

WRONG = "The username or password is wrong."
LOCKED = "The user is locked. Try again in 15 minutes."


class Kept:
    """What is remembered for the programs that follow: who was refused with which password."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], KeptRefusal] = {}

    async def recall(self, profile: Profile, password: str) -> KeptRefusal | None:
        return self.rows.get((profile.user, password))

    async def keep(self, profile: Profile, password: str, refused: KeptRefusal) -> None:
        self.rows[profile.user, password] = refused

    def forget(self, profile: Profile) -> None:
        self.rows = {key: row for key, row in self.rows.items() if key[0] != profile.user}


def refusing(status: int, message: str, code: object = None) -> Service:
    body = {"error": {"code": status if code is None else code, "message": message, "title": "Unauthorized"}}
    return Service(
        lambda _request: httpx.Response(200, content=NO_VAULTS),
        lambda _request: httpx.Response(status, json=body),
    )


async def looked(service: Service, kept: Kept, profile: Profile = PROFILE, **secrets: str) -> tuple[WiredCloud, Any]:
    """Start a program, look at the vaults twice, and return what came of the second look."""
    wired = WiredCloud(service, profile)
    wired.secret.value = secrets.pop("password", "Pa55word")
    wired.secret.others.update(secrets)
    login = PasswordLogin(profile, wired.secret, refusals=kept)
    wired.cloud._auth = login
    found: Any = None
    for _ in range(2):
        try:
            found = await wired.cloud.vaults()
        except (LoginRefused, SecretMissing) as error:
            found = error
    return wired, found


def test_fault_97_the_next_program_learns_how_the_password_was_refused_and_sends_nothing() -> None:
    async def main() -> None:
        service, kept = refusing(401, WRONG, "IAM.0001"), Kept()
        _, first = await looked(service, kept)
        assert isinstance(first, LoginRefused)
        assert (first.status, first.executed, first.refused_at) == (401, False, None)
        assert kept.rows == {("ada", "Pa55word"): KeptRefusal(401, "IAM.0001", "", NOON)}
        _, second = await looked(service, kept)
        assert isinstance(second, LoginRefused)
        assert (second.status, second.code, second.reason) == (401, "IAM.0001", "")
        assert (second.host, second.executed, second.refused_at) == ("iam.example", False, NOON)
        assert len(service.logins) == 1
        await looked(service, kept, password="another")
        assert len(service.logins) == 2

    asyncio.run(main())


def test_fault_97_a_login_that_succeeds_clears_what_was_kept() -> None:
    async def main() -> None:
        service, kept = refusing(401, WRONG), Kept()
        await looked(service, kept)
        service.login = None
        _, found = await looked(service, kept, password="right")
        assert found.complete
        assert kept.rows == {}

    asyncio.run(main())


def test_fault_97_a_person_s_wish_clears_what_was_kept() -> None:
    async def main() -> None:
        service, kept = refusing(401, WRONG), Kept()
        await looked(service, kept)
        wired, _ = await looked(service, kept)
        assert len(service.logins) == 1
        wired.cloud.allow_login_again()
        assert kept.rows == {}
        with pytest.raises(LoginRefused):
            await wired.cloud.vaults()
        assert len(service.logins) == 2
        assert kept.rows

    asyncio.run(main())


@pytest.mark.parametrize(
    ("status", "message", "reasons"),
    [
        (401, WRONG, [""]),
        (401, LOCKED, ["locked"]),
        (403, "The account is not allowed to do this.", []),
        (401, "Failed to find the project.", []),
    ],
)
def test_fault_97_what_another_password_or_time_may_mend_is_kept_and_nothing_else(
    status: int, message: str, reasons: list[str]
) -> None:
    service, kept = refusing(status, message), Kept()
    asyncio.run(looked(service, kept))
    assert [row.reason for row in kept.rows.values()] == reasons


@pytest.mark.parametrize("code", ["a b", "x" * 41, "<b>"])
def test_fault_97_a_code_that_is_none_is_not_kept(code: str) -> None:
    service, kept = refusing(401, WRONG, code), Kept()
    asyncio.run(looked(service, kept))
    assert [row.code for row in kept.rows.values()] == [""]


def test_fault_97_a_login_with_a_passcode_needs_a_person_and_is_not_kept() -> None:
    async def main() -> None:
        service, kept = refusing(401, WRONG), Kept()
        profile = replace(PROFILE, mfa=True, user_id="0123456789abcdef0123456789abcdef")
        for count in (1, 2):
            await looked(service, kept, profile, passcode=f"12345{count}")
            assert (len(service.logins), kept.rows) == (count, {})

    asyncio.run(main())
