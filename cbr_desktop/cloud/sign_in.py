"""The way in that a profile asks for, as something that signs calls."""

from cbr_desktop.cloud.auth import Auth, RefusalStore, Secret
from cbr_desktop.cloud.keys import KeyLogin
from cbr_desktop.cloud.tokens import AgencyLogin, PasswordLogin, PastedToken
from cbr_desktop.domain.profile import Profile, Way

__all__ = ["RefusalStore", "Secret", "login_of"]


def login_of(
    profile: Profile, secret: Secret, *, whole_account: bool = False, refusals: RefusalStore | None = None
) -> Auth:
    """Return what proves who asks, by the way in of a profile; nothing is sent yet.

    With ``whole_account`` it is for the account instead of the profile's project: good for listing projects alone.
    ``refusals`` remembers which password was refused, by this program or one before it.
    """
    match profile.way:
        case Way.PASSWORD:
            return PasswordLogin(profile, secret, whole_account=whole_account, refusals=refusals)
        case Way.TOKEN:
            return PastedToken(profile, secret, whole_account=whole_account)
        case Way.KEYS | Way.TEMPORARY_KEYS:
            return KeyLogin(profile, secret)
        case Way.AGENCY:
            # the right to take on a role is one of the account, not of a project
            base = (
                KeyLogin(profile, secret)
                if profile.access_key
                else PasswordLogin(profile, secret, whole_account=True, refusals=refusals)
            )
            return AgencyLogin(profile, base, whole_account=whole_account)
