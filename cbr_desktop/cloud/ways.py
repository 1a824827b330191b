"""The way in that a profile asks for, as something that signs calls."""

from collections.abc import Awaitable, Callable
from functools import partial

from cbr_desktop.cloud.auth import Auth, PasswordLogin
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import SecretKind

Secret = Callable[[SecretKind], Awaitable[str]]
"""Gives a secret when it is needed. Raises ``SecretMissing``."""


def login_of(profile: Profile, secret: Secret) -> Auth:
    """Return what proves who asks, by the way in of a profile; nothing is sent yet."""
    return PasswordLogin(profile, partial(secret, SecretKind.PASSWORD))
