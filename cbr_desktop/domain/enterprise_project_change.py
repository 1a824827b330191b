"""Putting a vault into another enterprise project: what is filled in, what is sent, and how far it has come.

Source of the request: the vendor's SDK, huaweicloudsdkeps 3.1.219 (MigrateResource), and what the vendor's Terraform
provider sends for a vault.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar

from msgspec import Struct

from cbr_desktop.domain.ids import VaultId

VAULT_TYPE = "vault"
"""What the service calls a vault among the types of resources."""


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
