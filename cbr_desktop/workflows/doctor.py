"""The doctor: looks at everything between this machine and a project in turn, and says of each how it is.

::

    settings ─ environment ─ name ─ proxy ─ connection ─ certificate ─ clock ─ service ─ login ─ scope ─ permissions
                                                                                                       └─ features

A line whose outcome an earlier failure has decided is skipped. Nothing is sent that could change something.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from cbr_desktop.domain.diagnosis import (
    CERTIFICATE_WARN_DAYS,
    CHECK_SECONDS,
    CLOCK_FAIL_SECONDS,
    CLOCK_WARN_SECONDS,
    Certificate,
    Check,
    CheckKind,
    Contact,
    Diagnosis,
    FactValue,
    Greeting,
    HostPort,
    LoginResult,
    Verdict,
    Why,
)
from cbr_desktop.domain.endpoint import endpoint as proper_endpoint
from cbr_desktop.domain.error import (
    CbrError,
    Forbidden,
    NoAnswer,
    NotFound,
    SecretMissing,
    SecretUnfit,
    Unreachable,
    UnreachableReason,
)
from cbr_desktop.domain.network import EffectiveNetwork
from cbr_desktop.domain.profile import Profile, ProxyMode
from cbr_desktop.domain.region import REGIONS, is_public_cloud
from cbr_desktop.workflows.ports import Clock

_ONE_VAULT = "vaults/{vault}"
PERMISSIONS = (
    ("cbr:vaults:list", "vaults"),
    ("cbr:vaults:get", _ONE_VAULT),
    ("cbr:backups:list", "backups"),
    ("cbr:tasks:list", "operation-logs"),
    ("cbr:policies:list", "policies"),
    ("cbr:vaults:listProtectables", "protectables/server/instances"),
)
"""Actions that a harmless read shows, and the path below the project that is read for it."""
BACKUP = "cbr:vaults:backup"
FEATURES = (
    ("protectables/server", "protectables/server/instances"),
    ("protectables/disk", "protectables/disk/instances"),
    ("protectables/turbo", "protectables/turbo/instances"),
    ("vaults/summary", "vaults/summary"),
    ("policies", "policies"),
)
"""Parts of the service that some regions lack, and the path that is read for each."""
_NOT_PUBLISHED = ".0101"
"""The end of the gateway's code for an operation that it does not know."""


class Probe(Protocol):
    """Measures one thing at a time. Every method raises ``CbrError`` when there is nothing to measure."""

    @property
    def is_built_in(self) -> bool:
        """Whether the cloud is part of this program, so that there is no network to look at."""
        ...

    async def network(self) -> EffectiveNetwork:
        """Return which way requests take, and what of the environment has a say in it."""
        ...

    async def resolve(self, endpoint: str) -> tuple[str, ...]:
        """Return the addresses of a host."""
        ...

    async def connect(self, endpoint: str) -> Contact:
        """Open a connection, by the proxy if there is one, and close it again."""
        ...

    async def certificate(self, endpoint: str) -> Certificate:
        """Return what a server shows, accepted or not; nothing is said to it."""
        ...

    def refused_before(self) -> CbrError | None:
        """Return what became of these secrets elsewhere in the program, if they were refused."""
        ...

    async def greet(self, endpoint: str) -> Greeting:
        """Ask a service something that it refuses without a login, or answers to everybody."""
        ...

    async def log_in(self) -> LoginResult:
        """Log in, once. What was refused before is refused again without a request."""
        ...

    async def ask(self, path: str) -> str:
        """Read the first row below the project and return its id, empty when there is none."""
        ...


Tell = Callable[[Check], object]
Begin = Callable[[CheckKind], object]
Look = Callable[[], Awaitable[Check]]


class Doctor:
    """Examines one profile by a probe; ``seconds`` is the longest that one line may take."""

    def __init__(self, profile: Profile, probe: Probe, clock: Clock, seconds: float = CHECK_SECONDS) -> None:
        self._profile = profile
        self._probe = probe
        self._clock = clock
        self._seconds = seconds

    async def run(self, tell: Tell, begin: Begin = lambda _kind: None) -> Diagnosis:
        """Look at everything and return all of it; ``tell`` hears each line at once, ``begin`` what comes next."""
        started_at = self._clock.now()
        examination = _Examination(self._profile, self._probe, self._clock, self._seconds, tell, begin)
        await examination.all()
        return Diagnosis(self._profile.name, started_at, tuple(examination.checks))


class _Read(Struct, frozen=True):
    """What came of reading a path: the id of its first row, or why there is none, and how long it took."""

    first: str = ""
    error: CbrError | None = None
    millis: float = 0.0


class _Examination:
    """One run: the lines so far, and what they make pointless."""

    def __init__(self, profile: Profile, probe: Probe, clock: Clock, seconds: float, tell: Tell, begin: Begin) -> None:
        self.checks: list[Check] = []
        self._profile = profile
        self._probe = probe
        self._clock = clock
        self._seconds = seconds
        self._tell = tell
        self._begin = begin
        self._endpoints = tuple(dict.fromkeys((profile.iam_endpoint, profile.cbr_endpoint)))
        self._broken: dict[str, CheckKind] = {}
        """Endpoints that there is no use in asking any more, by the kind of the line that failed."""
        self._shut: CheckKind | None = None
        """Why there is no use in asking with a login."""
        self._greetings: dict[str, Greeting] = {}
        self._proxies: dict[str, str] = {}
        """The proxies of endpoints that have one, without their logins."""
        self._entry: LoginResult | None = None
        self._reads: dict[str, asyncio.Task[_Read]] = {}

    async def all(self) -> None:
        """Look at everything, in order."""
        settings = self._settings()
        self._put(settings)
        if settings.why is Why.NOT_HTTPS:
            return
        await self._environment()
        await self._network()
        await self._services()
        await self._account()
        await self._project()

    def _put(self, check: Check) -> None:
        self.checks.append(check)
        self._tell(check)

    # before anything is asked

    def _settings(self) -> Check:
        self._begin(CheckKind.SETTINGS)
        profile = self._profile
        odd = tuple(name for name in ("iam_endpoint", "cbr_endpoint") if not _is_endpoint(getattr(profile, name)))
        if odd:
            return _check(CheckKind.SETTINGS, profile.name, Verdict.FAIL, why=Why.NOT_HTTPS, fields=odd)
        empty = tuple(name for name in profile.needed if not getattr(profile, name))
        if empty:
            self._shut = CheckKind.SETTINGS
            return _check(CheckKind.SETTINGS, profile.name, Verdict.FAIL, why=Why.FIELDS_EMPTY, fields=empty)
        return _check(CheckKind.SETTINGS, profile.name, Verdict.PASS)

    async def _environment(self) -> None:
        """Find out which way requests take, and what has a say in it."""
        self._begin(CheckKind.ENVIRONMENT)
        check = await self._bounded(CheckKind.ENVIRONMENT, self._profile.name, self._ways)
        if check.verdict is Verdict.FAIL:
            behind = self._proxies or dict.fromkeys(self._endpoints, "")
            self._broken.update(dict.fromkeys(behind, CheckKind.ENVIRONMENT))
        self._put(replace(check, millis=None))

    async def _ways(self) -> Check:
        network = await self._probe.network()
        if not self._probe.is_built_in:
            self._proxies = {route.endpoint: route.proxy for route in network.routes if route.proxy}
        facts: _Facts = {
            "used": tuple(variable.name for variable in network.variables if variable.used),
            "ignored": tuple(variable.name for variable in network.variables if not variable.used),
            "proxies": tuple(dict.fromkeys(map(_bare, self._proxies.values()))),
            "problem": network.proxy_problem,
        }
        if self._probe.is_built_in:
            return _check(CheckKind.ENVIRONMENT, self._profile.name, Verdict.SKIPPED, why=Why.BUILT_IN, **facts)
        if network.proxy_problem:
            return _check(CheckKind.ENVIRONMENT, self._profile.name, Verdict.FAIL, why=Why.PROXY_UNFIT, **facts)
        verdict, why = (Verdict.WARN, Why.VARIABLES_USED) if facts["used"] else (Verdict.PASS, None)
        return _check(CheckKind.ENVIRONMENT, self._profile.name, verdict, why=why, **facts)

    # the network

    async def _network(self) -> None:
        if self._probe.is_built_in:
            for kind in (CheckKind.NAME, CheckKind.CONNECTION, CheckKind.CERTIFICATE):
                for endpoint in self._endpoints:
                    self._put(_check(kind, _subject(kind, endpoint), Verdict.SKIPPED, why=Why.BUILT_IN))
            return
        await self._each(CheckKind.NAME, self._name)
        await self._try_proxies()
        await self._each(CheckKind.CONNECTION, self._connection)
        await self._each(CheckKind.CERTIFICATE, self._certificate)

    async def _each(self, kind: CheckKind, look: Callable[[str], Awaitable[Check]]) -> None:
        """Look at all endpoints at the same time, and tell of them in their order."""
        self._begin(kind)
        async with asyncio.TaskGroup() as group:
            looks = {
                endpoint: group.create_task(self._bounded(kind, _subject(kind, endpoint), partial(look, endpoint)))
                for endpoint in self._endpoints
                if endpoint not in self._broken
            }
            for endpoint in self._endpoints:
                if endpoint not in looks:
                    self._put(_skipped(kind, _subject(kind, endpoint), self._broken[endpoint]))
                    continue
                check = await looks[endpoint]
                if check.verdict is Verdict.FAIL:
                    self._broken[endpoint] = kind
                self._put(check)

    async def _name(self, endpoint: str) -> Check:
        host = HostPort.of(endpoint).host
        if endpoint in self._proxies:
            return _check(CheckKind.NAME, host, Verdict.SKIPPED, why=Why.PROXY_RESOLVES)
        addresses = await self._probe.resolve(endpoint)
        families = tuple(dict.fromkeys(_family(address) for address in addresses))
        return _check(CheckKind.NAME, host, Verdict.PASS, addresses=addresses, families=families)

    async def _try_proxies(self) -> None:
        """Try each proxy once, by asking it for the way to one of the endpoints behind it."""
        for proxy in dict.fromkeys(self._proxies.values()):
            endpoints = [endpoint for endpoint, other in self._proxies.items() if other == proxy]
            if any(endpoint in self._broken for endpoint in endpoints):
                continue
            self._begin(CheckKind.PROXY)
            check = await self._bounded(CheckKind.PROXY, _bare(proxy), partial(self._through, proxy, endpoints[0]))
            if check.verdict is Verdict.FAIL:
                self._broken.update(dict.fromkeys(endpoints, CheckKind.PROXY))
            self._put(check)

    async def _through(self, proxy: str, endpoint: str) -> Check:
        await self._probe.connect(endpoint)
        login = "@" in proxy or (self._profile.proxy is ProxyMode.MANUAL and bool(self._profile.proxy_user))
        return _check(CheckKind.PROXY, _bare(proxy), Verdict.PASS, login=login or None)

    async def _connection(self, endpoint: str) -> Check:
        name = str(HostPort.of(endpoint))
        contact = await self._probe.connect(endpoint)
        if endpoint in self._proxies:
            return _check(CheckKind.CONNECTION, name, Verdict.PASS, proxy=_bare(self._proxies[endpoint]))
        verdict, why = (Verdict.WARN, Why.FAMILY_DEAD) if contact.dead else (Verdict.PASS, None)
        facts: _Facts = {"address": contact.address, "family": _family(contact.address), "dead": contact.dead}
        return _check(CheckKind.CONNECTION, name, verdict, why=why, **facts)

    async def _certificate(self, endpoint: str) -> Check:
        place = HostPort.of(endpoint)
        if not place.secure:
            return _check(CheckKind.CERTIFICATE, str(place), Verdict.SKIPPED, why=Why.NOT_SECURED)
        found = await self._probe.certificate(endpoint)
        left = None if found.ends_at is None else (found.ends_at - self._clock.now()) // timedelta(days=1)
        facts: _Facts = {
            "subject": found.subject,
            "issuer": found.issuer,
            "names": found.names,
            "ends_at": found.ends_at,
            "days_left": left,
            "protocol": found.protocol,
        }
        if found.error is not None:
            return replace(_check(CheckKind.CERTIFICATE, str(place), Verdict.FAIL, **facts), error=found.error)
        if left is not None and left < CERTIFICATE_WARN_DAYS:
            return _check(CheckKind.CERTIFICATE, str(place), Verdict.WARN, why=Why.ENDS_SOON, **facts)
        return _check(CheckKind.CERTIFICATE, str(place), Verdict.PASS, **facts)

    # the services

    async def _services(self) -> None:
        """Greet the services; how the clocks stand is told before what the services are."""
        self._begin(CheckKind.CLOCK)
        async with asyncio.TaskGroup() as group:
            looks = {
                endpoint: group.create_task(
                    self._bounded(CheckKind.SERVICE, HostPort.of(endpoint).host, partial(self._service, endpoint))
                )
                for endpoint in self._endpoints
                if endpoint not in self._broken
            }
        self._put(self._clocks())
        self._begin(CheckKind.SERVICE)
        for endpoint in self._endpoints:
            if endpoint not in looks:
                self._put(_skipped(CheckKind.SERVICE, HostPort.of(endpoint).host, self._broken[endpoint]))
                continue
            check = looks[endpoint].result()
            if check.verdict is Verdict.FAIL:
                self._broken[endpoint] = CheckKind.SERVICE
            self._put(check)

    async def _service(self, endpoint: str) -> Check:
        host = HostPort.of(endpoint).host
        greeting = self._greetings[endpoint] = await self._probe.greet(endpoint)
        facts: _Facts = {"status": greeting.status, "code": greeting.code}
        if greeting.error is not None:
            return replace(_check(CheckKind.SERVICE, host, Verdict.FAIL, **facts), error=greeting.error)
        if not greeting.is_service:
            return _check(CheckKind.SERVICE, host, Verdict.FAIL, why=Why.NO_SERVICE, **facts)
        return _check(CheckKind.SERVICE, host, Verdict.PASS, **facts)

    def _clocks(self) -> Check:
        """Compare our clock with that of the backup service, or of the other when that one did not tell."""
        for endpoint in reversed(self._endpoints):
            greeting = self._greetings.get(endpoint)
            if greeting is not None and greeting.clock_offset is not None:
                return _clock(HostPort.of(endpoint).host, greeting.clock_offset)
        host = HostPort.of(self._profile.cbr_endpoint).host
        after = self._broken.get(self._profile.cbr_endpoint)
        if after is not None:
            return _skipped(CheckKind.CLOCK, host, after)
        return _check(CheckKind.CLOCK, host, Verdict.SKIPPED, why=Why.NO_DATE)

    # the account

    async def _account(self) -> None:
        self._begin(CheckKind.LOGIN)
        self._shut = self._shut or self._broken.get(self._profile.iam_endpoint)
        if self._shut is not None:
            self._put(_skipped(CheckKind.LOGIN, self._profile.name, self._shut))
        else:
            self._put(await self._bounded(CheckKind.LOGIN, self._profile.name, self._login))
            self._shut = None if self._entry else CheckKind.LOGIN
        self._begin(CheckKind.SCOPE)
        if self._entry is None:
            self._put(_skipped(CheckKind.SCOPE, self._profile.project, self._shut or CheckKind.LOGIN))
        else:
            self._put(_scope(self._profile, self._entry))

    async def _login(self) -> Check:
        way = str(self._profile.way)
        before = self._probe.refused_before()
        if before is not None:
            failed = _check(CheckKind.LOGIN, self._profile.name, Verdict.FAIL, why=Why.REFUSED_BEFORE, way=way)
            return replace(failed, error=before)
        try:
            entry = self._entry = await self._probe.log_in()
        except SecretUnfit:
            raise
        except SecretMissing as error:
            return replace(
                _check(CheckKind.LOGIN, self._profile.name, Verdict.SKIPPED, why=Why.NO_SECRET, way=way), error=error
            )
        left = None if entry.expires_at is None else (entry.expires_at - self._clock.now()) // timedelta(minutes=1)
        facts: _Facts = {"way": way, "expires_at": entry.expires_at, "minutes_left": left, "roles": entry.roles}
        return _check(CheckKind.LOGIN, self._profile.name, Verdict.PASS, **facts)

    # what may be done, and what is there

    async def _project(self) -> None:
        """Read a row of everything, each path once."""
        self._begin(CheckKind.PERMISSION)
        after = self._shut or self._broken.get(self._profile.cbr_endpoint)
        if after is not None:
            self._skip_project(after)
            return
        async with asyncio.TaskGroup() as group:
            for path in dict.fromkeys(path for _, path in (*PERMISSIONS, *FEATURES)):
                self._reads[path] = group.create_task(self._read(path))
            for action, path in PERMISSIONS:
                self._put(_permission(action, await self._reads[path]))
            self._put(self._backup())
            self._begin(CheckKind.FEATURE)
            for feature, path in FEATURES:
                self._put(_feature(feature, await self._reads[path]))

    def _skip_project(self, after: CheckKind) -> None:
        for action, _ in PERMISSIONS:
            self._put(_skipped(CheckKind.PERMISSION, action, after))
        self._put(_skipped(CheckKind.PERMISSION, BACKUP, after))
        for feature, _ in FEATURES:
            self._put(_skipped(CheckKind.FEATURE, feature, after))

    def _backup(self) -> Check:
        """Say that it cannot be known before a request is sent, and what the roles let one hope."""
        roles = self._entry.roles if self._entry else ()
        return _check(CheckKind.PERMISSION, BACKUP, Verdict.SKIPPED, why=Why.ONLY_SENDING_SHOWS, roles=roles)

    async def _read(self, path: str) -> _Read:
        vault = ""
        if path == _ONE_VAULT:
            vaults = await self._reads["vaults"]
            if not vaults.first:
                return _Read()
            vault = vaults.first
        started = time.perf_counter()
        error: CbrError | None = None
        first = ""
        try:
            async with asyncio.timeout(self._seconds):
                first = await self._probe.ask(path.format(vault=vault))
        except TimeoutError:
            error = NoAnswer(HostPort.of(self._profile.cbr_endpoint).host, f"not within {self._seconds:g} s")
        except CbrError as refused:
            error = refused
        return _Read(first, error, (time.perf_counter() - started) * 1000)

    # each line

    async def _bounded(self, kind: CheckKind, subject: str, look: Look) -> Check:
        """Take one look; what is raised, or takes too long, becomes a failed line."""
        started = time.perf_counter()
        try:
            async with asyncio.timeout(self._seconds):
                check = await look()
        except TimeoutError:
            detail = f"not within {self._seconds:g} s"
            is_ours = kind in (CheckKind.SERVICE, CheckKind.LOGIN)
            late = NoAnswer(subject, detail) if is_ours else Unreachable(subject, detail, UnreachableReason.TIMEOUT)
            check = Check(kind, subject, Verdict.FAIL, error=late)
        except CbrError as error:
            check = Check(kind, subject, Verdict.FAIL, error=error)
        if check.verdict is Verdict.SKIPPED:
            return check
        return replace(check, millis=(time.perf_counter() - started) * 1000)


def _is_endpoint(text: str) -> bool:
    """Tell whether something is ``https://host[:port]``; plain HTTP is for this machine only."""
    try:
        return bool(proper_endpoint(text))
    except ValueError:
        return False


_Facts = dict[str, FactValue | None]


def _check(kind: CheckKind, subject: str, verdict: Verdict, /, **facts: FactValue | None) -> Check:
    """Return a line with the facts that are known; empty ones are left out."""
    return Check(
        kind, subject, verdict, tuple((name, fact) for name, fact in facts.items() if fact not in (None, "", ()))
    )


def _skipped(kind: CheckKind, subject: str, after: CheckKind) -> Check:
    return _check(kind, subject, Verdict.SKIPPED, why=Why.EARLIER, after=after)


def _subject(kind: CheckKind, endpoint: str) -> str:
    """Return what a line of the network is about: a name has no port."""
    place = HostPort.of(endpoint)
    return place.host if kind is CheckKind.NAME else str(place)


def _bare(proxy: str) -> str:
    """Return the address of a proxy without what stands in for its login."""
    return proxy.rpartition("@")[2].rpartition("://")[2].rstrip("/")


def _family(address: str) -> str:
    return "IPv6" if ":" in address else "IPv4"


def _clock(host: str, offset: timedelta) -> Check:
    seconds = round(offset.total_seconds())
    if abs(seconds) < CLOCK_WARN_SECONDS:
        return _check(CheckKind.CLOCK, host, Verdict.PASS, offset_seconds=seconds)
    verdict = Verdict.FAIL if abs(seconds) >= CLOCK_FAIL_SECONDS else Verdict.WARN
    return _check(CheckKind.CLOCK, host, verdict, why=Why.CLOCK_OFF, offset_seconds=seconds)


def _scope(profile: Profile, entry: LoginResult) -> Check:
    """Judge whether project and endpoints belong together, as far as their names tell."""
    name = entry.project or ("" if entry.project_id == profile.project else profile.project)
    region = name.partition("_")[0]
    endpoint_region, iam_region = _region_of(profile.cbr_endpoint), _region_of(profile.iam_endpoint)
    facts: _Facts = {
        "project": name,
        "project_id": entry.project_id,
        "region": region,
        "endpoint_region": endpoint_region,
        "iam_region": iam_region,
    }
    differs = region and {endpoint_region, iam_region} - {"", region}
    verdict, why = (Verdict.WARN, Why.REGION_DIFFERS) if differs else (Verdict.PASS, None)
    return _check(CheckKind.SCOPE, name or profile.project, verdict, why=why, **facts)


def _region_of(endpoint: str) -> str:
    """Return the region that the host of a public cloud names; a global one names none."""
    if not is_public_cloud(endpoint):
        return ""
    part = HostPort.of(endpoint).host.split(".")[1]
    return part if part in REGIONS else ""


def _permission(action: str, read: _Read) -> Check:
    error = read.error
    if error is None and action == "cbr:vaults:get" and not read.first:
        return _check(CheckKind.PERMISSION, action, Verdict.SKIPPED, why=Why.NO_VAULT)
    if _is_not_here(error):
        return _check(CheckKind.PERMISSION, action, Verdict.SKIPPED, why=Why.NOT_HERE)
    verdict = Verdict.PASS if error is None else Verdict.FAIL
    return Check(CheckKind.PERMISSION, action, verdict, error=error, millis=read.millis)


def _feature(feature: str, read: _Read) -> Check:
    error = read.error
    if _is_not_here(error):
        return _check(CheckKind.FEATURE, feature, Verdict.SKIPPED, why=Why.NOT_HERE)
    if isinstance(error, Forbidden):
        return replace(_check(CheckKind.FEATURE, feature, Verdict.PASS, forbidden=True), millis=read.millis)
    verdict = Verdict.PASS if error is None else Verdict.FAIL
    return Check(CheckKind.FEATURE, feature, verdict, error=error, millis=read.millis)


def _is_not_here(error: CbrError | None) -> bool:
    """Tell whether a refusal means that the region does not have an operation."""
    return isinstance(error, NotFound) and error.code.endswith(_NOT_PUBLISHED)
