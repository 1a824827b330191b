"""The way that a profile's requests really take: which proxy and why, whose authorities, and what has no say."""

from enum import StrEnum

from msgspec import Struct

from cbr_desktop.domain.profile import AddressFamily


class RouteReason(StrEnum):
    """Why an endpoint is reached through a proxy, or without one."""

    MANUAL = "manual"
    """The profile names the proxy."""
    SYSTEM = "system"
    """The system's settings or a variable of the environment name the proxy."""
    NONE = "none"
    """The profile wants no proxy."""
    LOOPBACK = "loopback"
    """The endpoint is this machine; no proxy is ever asked."""
    EXEMPT = "exempt"
    """The system has a proxy, but this host is among the exceptions."""
    NOT_SET = "not-set"
    """The system has no proxy for this endpoint."""


class Route(Struct, frozen=True):
    """How one endpoint is reached. ``proxy`` is its address with any login masked, empty for a direct connection."""

    endpoint: str
    proxy: str
    reason: RouteReason


class Variable(Struct, frozen=True):
    """A variable of the environment that programs of this kind may obey, its value with any login masked.

    ``used`` tells whether it decides anything for this profile.
    """

    name: str
    value: str
    used: bool


class EffectiveNetwork(Struct, frozen=True):
    """What counts for a profile, worked out without sending anything.

    ``authorities`` are the files and folders of the system's certificate authorities, empty where the system is asked
    itself (Windows, macOS); ``ca_file`` is the company's file on top of them, empty for none. ``proxy_problem`` says
    why a proxy that is set cannot be used. ``variables`` are those that are set, used or not.
    """

    routes: tuple[Route, ...]
    authorities: tuple[str, ...]
    ca_file: str
    address_family: AddressFamily
    variables: tuple[Variable, ...]
    proxy_problem: str = ""
