"""The regions of the public clouds and where they answer. Any other endpoint may be typed in."""

from enum import StrEnum
from typing import NamedTuple


class Endpoints(NamedTuple):
    """``https://host`` of the backup service and of the identity service."""

    cbr: str
    iam: str


_HUAWEI_CLOUD = (
    "ae-ad-1",
    "af-north-1",
    "af-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "cn-east-2",
    "cn-east-3",
    "cn-east-4",
    "cn-east-5",
    "cn-north-1",
    "cn-north-11",
    "cn-north-12",
    "cn-north-2",
    "cn-north-4",
    "cn-north-9",
    "cn-south-1",
    "cn-south-2",
    "cn-south-4",
    "cn-southwest-2",
    "cn-southwest-3",
    "la-north-2",
    "la-south-2",
    "me-east-1",
    "my-kualalumpur-1",
    "na-mexico-1",
    "ru-moscow-1",
    "ru-northwest-2",
    "sa-brazil-1",
    "tr-west-1",
)

REGIONS: dict[str, Endpoints] = {
    **{
        region: Endpoints(f"https://cbr.{region}.myhuaweicloud.com", "https://iam.myhuaweicloud.com")
        for region in _HUAWEI_CLOUD
    },
    # Huawei Cloud Europe: one of the vendor's clients says .com for the backup service, the others .eu
    "eu-west-101": Endpoints("https://cbr.eu-west-101.myhuaweicloud.eu", "https://iam.eu-west-101.myhuaweicloud.eu"),
    # Orange Flexible Engine
    "eu-west-0": Endpoints(
        "https://cbr.eu-west-0.prod-cloud-ocb.orange-business.com",
        "https://iam.eu-west-0.prod-cloud-ocb.orange-business.com",
    ),
    # Open Telekom Cloud; the Swiss name follows the pattern and is unconfirmed
    "eu-de": Endpoints("https://cbr.eu-de.otc.t-systems.com", "https://iam.eu-de.otc.t-systems.com"),
    "eu-nl": Endpoints("https://cbr.eu-nl.otc.t-systems.com", "https://iam.eu-nl.otc.t-systems.com"),
    "eu-ch2": Endpoints("https://cbr.eu-ch2.sc.otc.t-systems.com", "https://iam-pub.eu-ch2.sc.otc.t-systems.com"),
}
"""Regions of Huawei Cloud (by the list of the vendor's client), Orange and Telekom, each with its endpoints."""

_ZONES = {
    "ae-ad-1": "Asia/Dubai",
    "af-north-1": "Africa/Cairo",
    "af-south-1": "Africa/Johannesburg",
    "ap-southeast-1": "Asia/Hong_Kong",
    "ap-southeast-2": "Asia/Bangkok",
    "ap-southeast-3": "Asia/Singapore",
    "ap-southeast-4": "Asia/Jakarta",
    "ap-southeast-5": "Asia/Manila",
    "eu-ch2": "Europe/Zurich",
    "eu-de": "Europe/Berlin",
    "eu-nl": "Europe/Amsterdam",
    "eu-west-0": "Europe/Paris",
    "eu-west-101": "Europe/Dublin",
    "la-north-2": "America/Mexico_City",
    "la-south-2": "America/Santiago",
    "me-east-1": "Asia/Riyadh",
    "my-kualalumpur-1": "Asia/Kuala_Lumpur",
    "na-mexico-1": "America/Mexico_City",
    "ru-moscow-1": "Europe/Moscow",
    "ru-northwest-2": "Europe/Moscow",
    "sa-brazil-1": "America/Sao_Paulo",
    "tr-west-1": "Europe/Istanbul",
}


def zone_name(region: str) -> str:
    """Return the time zone of where a region is, ``Europe/Berlin``; empty for one that is not in the list."""
    return _ZONES.get(region, "Asia/Shanghai" if region.startswith("cn-") and region in REGIONS else "")


_HOSTS = frozenset(
    {
        *(endpoint.removeprefix("https://") for endpoints in REGIONS.values() for endpoint in endpoints),
        *(f"iam.{region}.myhuaweicloud.com" for region in _HUAWEI_CLOUD),
        "iam.myhuaweicloud.eu",
        # one of the vendor's clients has the name of this region so
        "cbr.eu-west-101.myhuaweicloud.com",
    }
)


class ConsolePage(StrEnum):
    """The pages of a console that this program leads to; a row cannot be chosen there by an address.

    Source: links in the vendor's documentation and samples, and the ``console_url`` in the example of the definition.
    """

    BACKUP = "/cbr/?region={region}#/cbr/manager/csbs/vaultList"
    SERVERS = "/ecm/?region={region}#/ecs/manager/vmList"


def _console_host(region: str) -> str:
    """Return the host of the console for a region, empty where it is not known.

    Accounts of the Chinese and of the international site have consoles of their own; the region is what tells them
    apart here.
    """
    if region in _HUAWEI_CLOUD:
        return "console.huaweicloud.com" if region.startswith("cn-") else "console-intl.huaweicloud.com"
    own = {
        "eu-west-101": "console.eu.huaweicloud.com",
        "eu-de": "console.otc.t-systems.com",
        "eu-nl": "console.otc.t-systems.com",
        "eu-ch2": "console.sc.otc.t-systems.com",
    }
    return own.get(region, "")


CONSOLE_HOSTS = frozenset(filter(None, map(_console_host, REGIONS)))
"""The hosts of the consoles that are known."""


def console_url(cbr_endpoint: str, page: ConsolePage) -> str:
    """Return the address of a page in the console beside a backup service, empty where that is not known."""
    endpoint = cbr_endpoint.rstrip("/").lower()
    region = next((name for name, known in REGIONS.items() if known.cbr == endpoint), "")
    host = _console_host(region)
    return f"https://{host}{page.format(region=region)}" if host else ""


_EPS = {
    "eu-west-101": "https://eps.eu-west-101.myhuaweicloud.eu",
    "my-kualalumpur-1": "https://eps.my-kualalumpur-1.myhuaweicloud.com",
    "ru-moscow-1": "https://eps.ru-moscow-1.myhuaweicloud.com",
    **dict.fromkeys(("eu-de", "eu-nl", "eu-ch2", "eu-west-0"), ""),
}
"""Where the enterprise project service answers in regions that have one of their own, or none that is known."""
_DEMO = ".demo.invalid"
"""The end of the hosts of the built-in demo cloud, which exist nowhere."""
_HERE = ("http://127.0.0.1:", "http://localhost:", "http://[::1]:")
"""How the address of a program on this machine begins; such a one plays every service."""


def eps_endpoint(cbr_endpoint: str) -> str:
    """Return where the enterprise project service (EPS) answers beside a backup service, empty where not known.

    It is one for all regions of Huawei Cloud but those of the vendor's list that have their own (huaweicloudsdkeps
    3.1.219, ``eps_region``).
    """
    endpoint = cbr_endpoint.rstrip("/").lower()
    region = next((name for name, known in REGIONS.items() if known.cbr == endpoint), "")
    if region:
        return _EPS.get(region, "https://eps.myhuaweicloud.com")
    if endpoint.startswith(_HERE):
        return endpoint
    return f"https://eps{_DEMO}" if endpoint.endswith(_DEMO) else ""


def is_public_cloud(endpoint: str) -> bool:
    """Tell whether an endpoint (``https://host``) is of a cloud in the list, so that its name needs no second look.

    Only these very hosts are, at the usual port: object storage gives tenants names under the same domains.
    """
    scheme, _, rest = endpoint.partition("://")
    authority = rest.partition("/")[0]
    return scheme == "https" and authority.isascii() and authority.lower().removesuffix(":443") in _HOSTS
