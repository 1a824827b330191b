"""A diagnosis: what was looked at between this machine and a project, one thing a line, as facts without sentences."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from cbr_desktop.domain.error import HouseError

CHECK_SECONDS = 10.0
"""The longest that one check may take."""
CERTIFICATE_WARN_DAYS = 14
"""A certificate that ends sooner is warned of."""
CLOCK_WARN_SECONDS = 60
"""A clock that is further off is warned of."""
CLOCK_FAIL_SECONDS = 15 * 60
"""A clock that is further off makes the service refuse every signed request."""

FactValue = str | int | float | bool | datetime | tuple[str, ...]
Facts = tuple[tuple[str, FactValue], ...]


class CheckKind(StrEnum):
    """What is looked at, in the order of the lines. The facts that may come with each are named in its comment."""

    SETTINGS = "settings"  # fields (empty or unusable ones)
    ENVIRONMENT = "environment"  # used, ignored (names of variables)
    NAME = "name"  # addresses, families
    PROXY = "proxy"  # proxy (host:port), status, login (a name and a password are given)
    CONNECTION = "connection"  # address, family, proxy
    CERTIFICATE = "certificate"  # subject, issuer, names, ends_at, days_left, protocol
    CLOCK = "clock"  # offset_seconds (how far the service's clock is ahead of ours)
    SERVICE = "service"  # status, server
    LOGIN = "login"  # way, expires_at, minutes_left, roles
    SCOPE = "scope"  # project_id, project, region, endpoint_region
    PERMISSION = "permission"  # status, rows
    FEATURE = "feature"  # status


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
    """Something before it failed, and so nothing can be learned; the fact ``after`` names the kind."""
    PROXY_RESOLVES = "proxy-resolves"
    """A proxy looks the name up, not this machine."""
    NO_PROXY = "no-proxy"
    BUILT_IN = "built-in"
    """The cloud is part of this program: there is no network between."""
    NO_SECRET = "no-secret"  # noqa: S105
    """No password, key or token is at hand; none is asked for. The fact ``secret`` is a word of ``SecretKind``."""
    REFUSED_BEFORE = "refused-before"
    """These very credentials were refused before; trying them again could lock the account."""
    ONLY_SENDING_SHOWS = "only-sending-shows"
    """Nothing short of the request itself tells, and that would change something; ``hint`` is what the roles say."""
    STOPPED = "stopped"
    # warned or failed
    FIELDS_EMPTY = "fields-empty"
    NOT_HTTPS = "not-https"
    VARIABLES_USED = "variables-used"
    """Variables of the environment decide the way through the network."""
    ENDS_SOON = "ends-soon"
    CLOCK_OFF = "clock-off"
    NO_DATE = "no-date"
    NO_SERVICE = "no-service"
    """What answers is neither this service nor a sign-in page that was recognised."""
    REGION_DIFFERS = "region-differs"
    FORBIDDEN = "forbidden"
    # noted
    NOT_HERE = "not-here"
    """This region does not have it."""
    SIGNED = "signed"
    """Nobody logs in: every request is signed by itself."""


@dataclass(frozen=True, slots=True)
class Check:
    """One line. ``subject`` is the thing it is about: a host with its port, a project, an action, a feature.

    ``facts`` are named by the kind; ``millis`` is how long it took, ``None`` where nothing was waited for.
    """

    kind: CheckKind
    subject: str
    verdict: Verdict
    facts: Facts = ()
    error: HouseError | None = None
    millis: float | None = None

    def fact(self, name: str) -> FactValue | None:
        """Return a fact by its name, or ``None``."""
        return dict(self.facts).get(name)

    @property
    def why(self) -> Why | None:
        """Why the line is not simply good, where no error says it."""
        found = self.fact("why")
        return found if isinstance(found, Why) else None


@dataclass(frozen=True, slots=True)
class Diagnosis:
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
