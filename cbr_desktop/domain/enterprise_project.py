"""Enterprise projects: what an account sorts its resources into, across regions and projects.

They are kept by a service of their own beside the backup service (EPS). Source of its requests: the vendor's SDK,
huaweicloudsdkeps 3.1.219 (ListEnterpriseProject).
"""

from enum import StrEnum

from msgspec import Struct

from cbr_desktop.domain.ids import DEFAULT_ENTERPRISE_PROJECT
from cbr_desktop.domain.profile import Profile, Way
from cbr_desktop.domain.region import eps_endpoint


class EnterpriseProject(Struct, frozen=True):
    """An enterprise project; one that is not ``enabled`` takes nothing in."""

    id: str
    name: str
    enabled: bool = True

    @property
    def is_default(self) -> bool:
        """Whether it is the one that everything is in that was put into none."""
        return self.id == DEFAULT_ENTERPRISE_PROJECT


class Hindrance(StrEnum):
    """Why a profile cannot ask the service at all."""

    NO_ENDPOINT = "no-endpoint"
    """Where it answers in this cloud is not known."""
    PASTED_TOKEN = "pasted-token"  # noqa: S105
    """A token that is pasted is one for the project, and the service wants one for the account."""
    PASSCODE = "passcode"
    """A login for the account would take another passcode, which is not asked for besides."""


def hindrance_of(profile: Profile) -> Hindrance | None:
    """Return why a profile cannot ask the service for anything, ``None`` where it can."""
    if not eps_endpoint(profile.cbr_endpoint):
        return Hindrance.NO_ENDPOINT
    if profile.way is Way.TOKEN:
        return Hindrance.PASTED_TOKEN
    logs_in = profile.way is Way.PASSWORD or (profile.way is Way.AGENCY and not profile.access_key)
    return Hindrance.PASSCODE if logs_in and profile.mfa else None
