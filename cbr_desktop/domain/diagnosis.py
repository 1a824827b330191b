"""A diagnosis: what was looked at between this machine and a project, one thing a line, as facts without sentences."""

from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from msgspec import Struct, field

from cbr_desktop.domain.error import CbrError, Unreachable
from cbr_desktop.domain.ids import ProjectId

CHECK_SECONDS = 10.0
"""The longest that one check may take."""
CERTIFICATE_WARN_DAYS = 14
"""A certificate that ends sooner is warned of."""
CLOCK_WARN_SECONDS = 60
"""A clock that is further off is warned of."""
CLOCK_FAIL_SECONDS = 15 * 60
"""A clock that is further off makes the service refuse every signed request."""

FactValue = str | int | float | bool | datetime | tuple[str, ...]
CheckFacts = tuple[tuple[str, FactValue], ...]


class CheckKind(StrEnum):
    """What is looked at, in the order of the lines. The facts that may come with each are named in its comment."""

    SETTINGS = "settings"  # fields (empty or unusable ones)
    ENVIRONMENT = "environment"  # used, ignored (names of variables), proxies, problem (of a proxy's address)
    NAME = "name"  # addresses, families
    PROXY = "proxy"  # login (a name is given)
    CONNECTION = "connection"  # address, family, proxy, dead (families that did not answer)
    CERTIFICATE = "certificate"  # subject, issuer, names, ends_at, days_left, protocol
    CLOCK = "clock"  # offset_seconds (how far the service's clock is ahead of ours)
    SERVICE = "service"  # status, code
    LOGIN = "login"  # way, expires_at, minutes_left, roles
    SCOPE = "scope"  # project, project_id, region, endpoint_region, iam_region
    PERMISSION = "permission"  # roles
    FEATURE = "feature"  # forbidden (it is here, and this account may not use it)


class Verdict(StrEnum):
    """What became of a check."""

    PASS = "pass"  # noqa: S105
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"


class Why(StrEnum):
    """Why a line is not simply good, where no error says it."""

    # skipped
    EARLIER = "earlier"
    """Something before it failed, so that nothing can be learned; the fact ``after`` is the kind of that line."""
    PROXY_RESOLVES = "proxy-resolves"
    """A proxy looks the name up, not this machine."""
    BUILT_IN = "built-in"
    """The cloud is part of this program: there is no network between."""
    NOT_SECURED = "not-secured"
    """The endpoint is of this machine and speaks plain HTTP."""
    NO_SECRET = "no-secret"  # noqa: S105
    """No password, key or token is at hand, and none is asked for; or what is at hand cannot be one."""
    NO_DATE = "no-date"
    """No answer told a time that can be trusted."""
    NO_VAULT = "no-vault"
    """There is no vault that could be read."""
    NOT_HERE = "not-here"
    """This region does not have it, which is no fault."""
    ONLY_SENDING_SHOWS = "only-sending-shows"
    """Nothing short of the request itself tells, and that would change something."""
    # warned
    VARIABLES_USED = "variables-used"
    """Variables of the environment decide the way through the network."""
    FAMILY_DEAD = "family-dead"
    """Addresses of one family do not answer, so that every connection loses time."""
    ENDS_SOON = "ends-soon"
    REGION_DIFFERS = "region-differs"
    CLOCK_OFF = "clock-off"
    # failed
    PROXY_UNFIT = "proxy-unfit"
    """The proxy that is set cannot be used as it is written."""
    FIELDS_EMPTY = "fields-empty"
    NOT_HTTPS = "not-https"
    NO_SERVICE = "no-service"
    """What answers is not this service."""
    REFUSED_BEFORE = "refused-before"
    """These very credentials were refused before; trying them again could lock the account."""


class Check(Struct, frozen=True):
    """One line. ``subject`` is the thing it is about: a host with its port, a project, an action, a feature.

    ``facts`` are named by the kind; ``millis`` is how long it took, ``None`` where nothing was waited for.
    """

    kind: CheckKind
    subject: str
    verdict: Verdict
    facts: CheckFacts = ()
    error: CbrError | None = None
    millis: float | None = None

    def fact(self, name: str) -> FactValue | None:
        """Return a fact by its name, or ``None``."""
        return dict(self.facts).get(name)

    @property
    def why(self) -> Why | None:
        """Why the line is not simply good, where no error says it."""
        found = self.fact("why")
        return found if isinstance(found, Why) else None


class Diagnosis(Struct, frozen=True):
    """All lines of one run, in their order. ``started_at`` is aware UTC."""

    profile: str
    started_at: datetime
    checks: tuple[Check, ...] = field(default=())

    @property
    def verdict(self) -> Verdict:
        """The worst of the lines: FAIL, WARN or PASS; skipped ones count for nothing."""
        found = {check.verdict for check in self.checks}
        return next((verdict for verdict in (Verdict.FAIL, Verdict.WARN) if verdict in found), Verdict.PASS)

    def count(self, verdict: Verdict) -> int:
        """Return how many lines ended so."""
        return sum(check.verdict is verdict for check in self.checks)


# what is measured


class HostPort(Struct, frozen=True):
    """A host and its port; ``secure`` where TLS is spoken."""

    host: str
    port: int
    secure: bool = True

    @classmethod
    def of(cls, endpoint: str) -> "HostPort":
        """Return host and port of ``https://host[:port]``. Raises ``ValueError`` for what is no address."""
        parts = urlsplit(endpoint)
        if not parts.hostname or parts.scheme not in ("http", "https"):
            raise ValueError("no address")
        secure = parts.scheme == "https"
        return cls(parts.hostname, parts.port or (443 if secure else 80), secure)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class Contact(Struct, frozen=True):
    """A connection that came about: to which address, and which families did not answer before."""

    address: str
    dead: tuple[str, ...] = ()


class Certificate(Struct, frozen=True):
    """The certificate that a server shows. ``error`` is why it is not accepted; then texts may be empty."""

    subject: str = ""
    issuer: str = ""
    names: tuple[str, ...] = ()
    ends_at: datetime | None = None
    protocol: str = ""
    error: Unreachable | None = None


class Greeting(Struct, frozen=True):
    """An answer to a request without a login. ``clock_offset`` is how far the server's clock is ahead of ours."""

    status: int
    code: str = ""
    is_service: bool = True
    clock_offset: timedelta | None = None
    error: CbrError | None = None


class LoginResult(Struct, frozen=True):
    """What a login brought; ``expires_at`` is ``None`` where nothing ends, names are empty where they were not told."""

    project_id: ProjectId
    project: str = ""
    expires_at: datetime | None = None
    roles: tuple[str, ...] = ()
