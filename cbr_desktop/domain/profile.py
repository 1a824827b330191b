"""A profile: which cloud, which project, as whom, and by which way through the network."""

from enum import StrEnum

from msgspec import Struct, field


class NameRules(StrEnum):
    """Which characters a checkpoint's name may have; the vendor's sources disagree, so each profile chooses."""

    ASCII = "ascii"
    """Letters, digits, ``_`` and ``-``: accepted everywhere, the only form that Open Telekom Cloud documents."""
    CJK = "cjk"
    """The same plus Chinese ideographs, as the machine-readable definition has it."""


class Environment(StrEnum):
    """What is at stake in a profile; shown as word and colour."""

    PRODUCTION = "production"
    STAGING = "staging"
    TEST = "test"
    DEVELOPMENT = "development"
    DEMO = "demo"


class Way(StrEnum):
    """How a profile proves who asks."""

    PASSWORD = "password"  # noqa: S105
    """Name and password of an IAM user, with a passcode where ``mfa`` is set."""
    TOKEN = "token"  # noqa: S105
    """A token that was made elsewhere and is pasted; it cannot be renewed."""
    KEYS = "keys"
    """A permanent access key (AK/SK): requests are signed, there is no login."""
    TEMPORARY_KEYS = "temporary-keys"
    """An access key that lasts for hours, with its security token; all three are pasted."""
    AGENCY = "agency"
    """A role in another account, taken on after a login by password, or by keys where ``access_key`` is set."""


class ProxyMode(StrEnum):
    """Where the address of a proxy comes from."""

    SYSTEM = "system"
    """The system's settings: the registry of Windows, ``HTTPS_PROXY`` and ``NO_PROXY`` elsewhere."""
    NONE = "none"
    MANUAL = "manual"
    """``proxy_url`` of the profile."""


class AddressFamily(StrEnum):
    """Which addresses of a host are used."""

    ANY = "any"
    IPV4 = "ipv4"
    IPV6 = "ipv6"


class Profile(Struct, frozen=True):
    """Where a profile leads. Endpoints are ``https://host[:port]`` without a path; no secret is part of it.

    ``project`` is a name or an id. ``user`` and ``domain`` (the account) belong to PASSWORD and AGENCY, ``user_id`` to
    a login with a passcode, ``access_key`` to KEYS, ``agency`` and ``agency_domain`` (the account that lent it) to
    AGENCY. ``proxy_url`` is ``http://host:port`` without a login, ``ca_file`` a PEM file with further authorities.
    ``read_only`` decides whether requests need arming first; ``None`` leaves that to the environment. ``group`` names
    profiles that are looked at together, ``colour`` (``#rrggbb``) is used in place of the environment's.
    """

    name: str
    iam_endpoint: str
    cbr_endpoint: str
    project: str
    user: str = ""
    domain: str = ""
    region: str = ""
    environment: Environment = Environment.PRODUCTION
    name_rules: NameRules = NameRules.ASCII
    beta_fields: bool = False
    name_template: str = field(default="manualbk_{vault|trunc:30}-{rand:6}")
    way: Way = Way.PASSWORD
    mfa: bool = False
    user_id: str = ""
    access_key: str = ""
    agency: str = ""
    agency_domain: str = ""
    read_only: bool | None = None
    group: str = ""
    colour: str = ""
    proxy: ProxyMode = ProxyMode.SYSTEM
    proxy_url: str = ""
    proxy_user: str = ""
    ca_file: str = ""
    address_family: AddressFamily = AddressFamily.ANY

    @property
    def needed(self) -> tuple[str, ...]:
        """The names of the fields that must not be empty, by the way in and the proxy."""
        logging_in = ("user", "domain") if self.way is Way.AGENCY and not self.access_key else ()
        passcode = ("user_id",) if self.mfa and self.way in (Way.PASSWORD, Way.AGENCY) and not self.access_key else ()
        proxy = ("proxy_url",) if self.proxy is ProxyMode.MANUAL else ()
        return (
            "name",
            "iam_endpoint",
            "cbr_endpoint",
            "project",
            *_NEEDED_BY_WAY[self.way],
            *logging_in,
            *passcode,
            *proxy,
        )

    @property
    def is_read_only(self) -> bool:
        """Whether nothing may be changed through this profile before it is armed."""
        return self.environment is Environment.PRODUCTION if self.read_only is None else self.read_only


_NEEDED_BY_WAY = {
    Way.PASSWORD: ("user", "domain"),
    Way.TOKEN: (),
    Way.KEYS: ("access_key",),
    Way.TEMPORARY_KEYS: (),
    Way.AGENCY: ("agency", "agency_domain"),
}
