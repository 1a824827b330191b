"""The secrets of a profile: which there are, which ones a way in needs, and which a store may keep."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from cbr_desktop.domain.profile import Profile, ProxyMode, Way


class SecretKind(StrEnum):
    """What a secret is."""

    PASSWORD = "password"  # noqa: S105
    PASSCODE = "passcode"
    """The number of the moment that a login with MFA asks for; good once."""
    TOKEN = "token"  # noqa: S105
    ACCESS_KEY = "access-key"
    """The id of a temporary key: no secret, but gone with it, and so pasted along with it."""
    SECRET_KEY = "secret-key"  # noqa: S105
    SECURITY_TOKEN = "security-token"  # noqa: S105
    PROXY_PASSWORD = "proxy-password"  # noqa: S105


VARIABLES = {kind: f"CBR_DESKTOP_{kind.name}" for kind in SecretKind}
"""The variables of the environment with the secrets of whatever profile is used: for servers and for tests."""


class StoreProblem(StrEnum):
    """Why the system's store was of no use the last time it was asked; empty when it was."""

    NONE = ""
    NO_STORE = "no-store"
    """There is none that encrypts."""
    LOCKED = "locked"
    """It waits to be unlocked."""
    DENIED = "denied"
    """It, or a person who was asked by it, said no."""
    NO_ANSWER = "no-answer"
    TOO_LONG = "too-long"
    """It has no room for a secret of this length."""
    NOT_GIVEN_BACK = "not-given-back"
    """What it gave back after storing was not what it had been given."""
    FAILED = "failed"


class SecretPlace(StrEnum):
    """Where a secret is, as far as that is known without asking the system's store."""

    STORE = "store"
    """The store had it when it was asked the last time."""
    MEMORY = "memory"
    ENVIRONMENT = "environment"
    NOWHERE = "nowhere"
    NOT_ASKED = "not-asked"
    """The store may have it: it was not asked yet, or gave no answer."""


class KeptRefusal(NamedTuple):
    """How a password was refused: status and code of the answer, a word of ``LoginRefused.reason``, and when."""

    status: int
    code: str
    reason: str
    at: datetime


STORABLE = frozenset({SecretKind.PASSWORD, SecretKind.SECRET_KEY, SecretKind.PROXY_PASSWORD})
"""What the system's store may keep; everything else lasts for hours at most and lives in memory alone."""


def login_secrets(profile: Profile) -> tuple[SecretKind, ...]:
    """Return what the way in of a profile needs, in the order in which a person is asked."""
    match profile.way:
        case Way.PASSWORD:
            return (SecretKind.PASSWORD, SecretKind.PASSCODE) if profile.mfa else (SecretKind.PASSWORD,)
        case Way.TOKEN:
            return (SecretKind.TOKEN,)
        case Way.KEYS:
            return (SecretKind.SECRET_KEY,)
        case Way.TEMPORARY_KEYS:
            return (SecretKind.ACCESS_KEY, SecretKind.SECRET_KEY, SecretKind.SECURITY_TOKEN)
        case Way.AGENCY:
            if profile.access_key:
                return (SecretKind.SECRET_KEY,)
            return (SecretKind.PASSWORD, SecretKind.PASSCODE) if profile.mfa else (SecretKind.PASSWORD,)


def is_storable(profile: Profile, kind: SecretKind) -> bool:
    """Tell whether the system's store may keep a secret of a profile."""
    return kind in STORABLE and not (kind is SecretKind.SECRET_KEY and profile.way is Way.TEMPORARY_KEYS)


def wants_proxy_login(profile: Profile) -> bool:
    """Tell whether a profile's proxy asks for a password."""
    return profile.proxy is ProxyMode.MANUAL and bool(profile.proxy_user)


def tidy(kind: SecretKind, secret: str) -> str:
    """Return a secret without the white space that pasting brings along; in a password it counts."""
    is_typed = kind in (SecretKind.PASSWORD, SecretKind.PROXY_PASSWORD)
    return secret if is_typed else "".join(secret.split())
