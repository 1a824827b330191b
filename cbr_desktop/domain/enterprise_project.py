"""Enterprise projects: what an account sorts its resources into, across regions and projects.

They are kept by a service of their own beside the backup service (EPS). Source of its requests: the vendor's SDK,
huaweicloudsdkeps 3.1.219 (ListEnterpriseProject, MigrateResource), and what the vendor's Terraform provider sends for a
vault.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar

from msgspec import Struct

from cbr_desktop.domain.ids import DEFAULT_ENTERPRISE_PROJECT, VaultId
from cbr_desktop.domain.profile import Profile, Way
from cbr_desktop.domain.region import eps_endpoint

VAULT_TYPE = "vault"
"""What the service calls a vault among the types of resources."""


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


class Placing(StrEnum):
    """How far a vault is on its way into another enterprise project; words of ours, the service has no task for it."""

    ASKED = "asked"
    """The service has taken the request, and the vault does not show it yet."""
    PLACED = "placed"
    UNSEEN = "unseen"
    """The vault cannot be seen any more: the user may see nothing of where it is now, or it is gone."""


class EnterpriseProjectChange(Struct, frozen=True):
    """What a person fills in to put a vault into another enterprise project.

    ``project_id`` is the project that the vault is in, ``region`` its region, empty where the profile names none.
    """

    change_kind: ClassVar[str] = "MigrateResource"

    vault_id: VaultId
    enterprise_project_id: str
    project_id: str
    region: str = ""


def hindrance_of(profile: Profile) -> Hindrance | None:
    """Return why a profile cannot ask the service for anything, ``None`` where it can."""
    if not eps_endpoint(profile.cbr_endpoint):
        return Hindrance.NO_ENDPOINT
    if profile.way is Way.TOKEN:
        return Hindrance.PASTED_TOKEN
    logs_in = profile.way is Way.PASSWORD or (profile.way is Way.AGENCY and not profile.access_key)
    return Hindrance.PASSCODE if logs_in and profile.mfa else None


def enterprise_project_body(draft: EnterpriseProjectChange) -> bytes:
    """Return the body of MigrateResource for a vault, as UTF-8 JSON."""
    body: dict[str, Any] = {"project_id": draft.project_id}
    if draft.region:
        body["region_id"] = draft.region
    body |= {"resource_id": draft.vault_id, "resource_type": VAULT_TYPE, "associated": False}
    return json.dumps(body, ensure_ascii=False, indent=2).encode("utf-8", "surrogatepass")


def read_enterprise_project_change(body: bytes, enterprise_project_id: str) -> EnterpriseProjectChange | None:
    """Return what a body of ``enterprise_project_body`` asks for, ``None`` for one that is of no vault."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, Mapping) or found.get("resource_type") != VAULT_TYPE:
        return None
    vault, project, region = (found.get(key, "") for key in ("resource_id", "project_id", "region_id"))
    if not all(isinstance(each, str) for each in (vault, project, region)):
        return None
    return EnterpriseProjectChange(VaultId(vault), enterprise_project_id, project, region)
