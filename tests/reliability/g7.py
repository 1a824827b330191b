"""G7: nothing with a secret in it goes to a host that is not the profile's, whatever an answer or a file suggests."""

import asyncio
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from cbr_desktop.app.clock import WallClock
from cbr_desktop.cloud.account import Account
from cbr_desktop.cloud.api import CbrCloud
from cbr_desktop.cloud.network import Network
from cbr_desktop.cloud.sign_in import login_of
from cbr_desktop.domain.checkpoint import CheckpointId
from cbr_desktop.domain.error import CbrError, SecretMissing
from cbr_desktop.domain.profile import Profile, ProxyMode, Way
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.storage.secrets import Secrets
from cbr_desktop.storage.sources import SourceFolders
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from tests.checkpoint_change import checkpoint_change_of
from tests.cloud.faults import FaultServer, answering, response, serving
from tests.cloud.values import BODY, examples

from .canaries import canary, plain_canary
from .day import tunnel_to_a_cloud
from .finding import Finding
from .gateway import ACCESS_KEY, PROJECT, TokenCloud, profile_to, served
from .ground import PATIENCE_SECONDS, Ground, Home, cbr_desktop, ended, program

STATUSES = (300, 301, 302, 303, 305, 307, 308)
CHECKPOINT = CheckpointId("8b0851a8-adf3-4f4c-a914-dead08bf9664")
WAYS = (Way.PASSWORD, Way.TOKEN, Way.KEYS, Way.TEMPORARY_KEYS, Way.AGENCY)
_LISTS = {"vaults": "ListVault", "backups": "ListBackups", "operation-logs": "ListOpLogs", "policies": "ListPolicies"}


class Lure(TokenCloud):
    """Points to another server: ``redirect`` is the status for what its path contains, all else is full of links."""

    def __init__(self, sink: str, redirect: tuple[int, str] = (0, "")) -> None:
        super().__init__()
        self._sink = sink
        self._redirect = redirect

    def answer(self, request: bytes) -> bytes:
        """Return a redirect, or a good answer with links wherever one can stand."""
        target = request.split(b" ", 2)[1].decode()
        headers = [f"{name}: {value}".encode() for name, value in self._pointers(target)]
        status, part = self._redirect
        if status and part in target:
            return response(b"{}", *headers, status=f"{status} Elsewhere".encode())
        usual = super().answer(request) if request.startswith(b"POST /v3/auth/tokens") else None
        if usual is not None:
            head, _, body = usual.partition(b"\r\n\r\n")
            kept = [line for line in head.split(b"\r\n") if line.lower().startswith(b"x-subject-token")]
            return response(self._luring(json.loads(body)), *kept, *headers, status=b"201 Created")
        return response(self._luring(self._found(target)), *headers)

    def _found(self, target: str) -> dict[str, Any]:
        if "/auth/tokens" in target:
            project = {"id": PROJECT, "name": "p"}
            return {"token": {"expires_at": "2099-01-01T00:00:00.000000Z", "project": project}}
        if "projects" in target:
            return {"projects": [{"id": PROJECT, "name": "by name", "links": {"self": self._sink}}]}
        name = next((example for part, example in _LISTS.items() if f"/{part}" in target), "ShowCheckpoint")
        found: dict[str, Any] = json.loads(examples(name)[0])
        return found

    def _luring(self, body: dict[str, Any]) -> bytes:
        """Return a body with links in it, and names that are links and pictures."""
        links = [{"rel": rel, "href": f"{self._sink}/{rel}"} for rel in ("next", "self", "previous")]
        catalog = [{"type": kind, "endpoints": [{"url": self._sink, "region": "*"}]} for kind in ("cbr", "iam")]
        for each in [body, *(part for part in body.values() if isinstance(part, dict))]:
            each |= {"links": {"next": f"{self._sink}/next"}, "next": f"{self._sink}/more", "catalog": catalog}
        for rows in body.values():
            for row in rows if isinstance(rows, list) else ():
                markup = f'<a href="{self._sink}/a">x</a><img src="{self._sink}/i.png">'
                row |= {"links": links, "href": self._sink, "name": markup, "description": markup}
        return json.dumps(body).encode()

    def _pointers(self, target: str) -> Iterator[tuple[str, str]]:
        away = f"{self._sink}{target}"
        yield from (("Location", away), ("Content-Location", away), ("Refresh", f"0; url={away}"))
        yield from (("Link", f'<{away}>; rel="next"'), ("Alt-Svc", f'h2="{self._sink[7:]}"'))
        yield "Set-Cookie", "session=1; Path=/"


def measure(ground: Ground) -> Iterator[Finding]:
    """Count what comes to a second server, and what the kernel is asked to connect to."""
    yield asyncio.run(_redirects())
    yield asyncio.run(_links())
    yield asyncio.run(_imports(ground))
    yield from asyncio.run(_connections(ground))


async def _redirects() -> Finding:
    asked, tries = 0, 0
    async with serving(answering(response(b"{}"))) as sink:
        for status, way, part in product(STATUSES, WAYS, ("/auth/tokens", "/vaults", "/checkpoints", "/projects")):
            async with served(Lure(sink.url, (status, part))) as lure:
                await _everything(profile_of(lure.server.url, way))
                asked += len(lure.server.requests)
                tries += 1
        came = sink.connections
    what = f"{tries} runs with redirects by {len(STATUSES)} statuses, {len(WAYS)} ways in, 4 places: {asked:,} requests"
    return Finding("G7", what, f"{came} connections to the other server", "0", came == 0 and asked > tries)


async def _links() -> Finding:
    asked = 0
    async with serving(answering(response(b"{}"))) as sink:
        for way in WAYS:
            async with served(Lure(sink.url)) as lure:
                await _everything(profile_of(lure.server.url, way))
                asked += len(lure.server.requests)
        came = sink.connections
    what = f"links, catalogs, next pages and headers that point elsewhere, {len(WAYS)} ways in: {asked} requests"
    return Finding("G7", what, f"{came} connections to the other server", "0", came == 0 and asked > 0)


def profile_of(url: str, way: Way) -> Profile:
    """Return a profile of a way in whose project has to be looked up where that is possible."""
    by_keys = way in (Way.KEYS, Way.TEMPORARY_KEYS)
    project = "by name" if by_keys else PROJECT
    return profile_to(url, way=way, access_key=ACCESS_KEY, project=project, agency="a", agency_domain="b")


async def _everything(profile: Profile) -> None:
    """Ask for everything there is to ask for."""

    async def secret(kind: SecretKind) -> str:
        return f"CANARY{kind.name}"

    cloud = CbrCloud(profile, login_of(profile, secret), Network(profile), _Quick(), lambda _connection: None)
    asked = [cloud.vaults(), cloud.backups(), cloud.tasks(), cloud.policies(), cloud.protectables("server")]
    asked += [cloud.checkpoint(CHECKPOINT), cloud.send(checkpoint_change_of(BODY), PROJECT)]
    asked += [Account(lambda profile, _secret: Network(profile), _Quick()).projects(profile, {SecretKind.TOKEN: "t"})]
    for question in asked:
        try:
            await question
        except CbrError:
            continue
    await cloud.aclose()


class _Quick(WallClock):
    """A clock that does not wait."""

    async def sleep(self, _seconds: float) -> None:
        """Go on at once."""
        await asyncio.sleep(0)


class DraftStore(dict[tuple[str, str], str]):
    """A store as the system has one."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return a secret."""
        return self.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""
        self[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret."""
        del self[service, username]


async def _imports(ground: Ground) -> Finding:
    """Keep secrets for a profile, take others over that call themselves the same, and ask with those."""
    home = ground.home()
    draft_store = DraftStore()
    secrets = Secrets({}, lambda: draft_store, allowed=(f"{DraftStore.__module__}.{DraftStore.__qualname__}",))
    refused = given = 0
    async with served(TokenCloud()) as cloud, serving(answering(response(b"{}"))) as sink:
        proxy = {"proxy": ProxyMode.MANUAL, "proxy_url": cloud.server.url, "proxy_user": "clerk"}
        mine = profile_to(cloud.server.url, access_key=ACCESS_KEY, **proxy)
        for kind in SecretKind:
            assert await secrets.keep(mine, kind, f"CANARY{kind.name}") or kind not in ("password", "secret-key")
        assert await secrets.get(mine, SecretKind.PASSWORD) == "CANARYPASSWORD"
        proxied = {"proxy": ProxyMode.MANUAL, "proxy_url": sink.url, "proxy_user": "clerk"}
        others = [*_taken_over(home, sink, mine), *_edited(mine, sink.url)]
        found = [replace(other, **proxied) for other in others]  # type: ignore[arg-type]
        for profile, way in product(found, WAYS):
            other = replace(profile, way=way, agency="a", agency_domain="b", access_key=ACCESS_KEY)
            for kind in SecretKind:
                given += await secrets.get(other, kind) is not None
            refused += await _asked(other, secrets)
        came = sink.connections
    tries = len(found) * len(WAYS)
    what = f"{len(found)} imported or edited profiles of the same name and user, {len(WAYS)} ways in, secrets kept"
    figure = f"{given} secrets given, {came} connections to the other server"
    good = given == came == 0 and refused == tries and len(found) >= 8
    return Finding("G7", what, figure, "0, 0", good)


async def _asked(profile: Profile, secrets: Secrets) -> bool:
    """Ask with a profile; tell whether that ended for want of a secret."""

    async def secret(kind: SecretKind) -> str:
        text = await secrets.get(profile, kind)
        if not text:
            raise SecretMissing(profile.name, kind)
        return text

    cloud = CbrCloud(profile, login_of(profile, secret), Network(profile), _Quick(), lambda _connection: None)
    try:
        await cloud.vaults()
    except SecretMissing:
        return True
    except CbrError as error:
        print(f"{profile.way}: {error!r}", file=sys.stderr)
    finally:
        await cloud.aclose()
    return False


def _taken_over(home: Home, sink: FaultServer, mine: Profile) -> list[Profile]:
    """Write settings of other programs that lead to the other server, with secrets in them, and take them over."""
    away = replace(mine, iam_endpoint=sink.url, cbr_endpoint=sink.url)
    book = home.user / "exported.toml"
    TomlProfiles(book).save(away, "")
    auth = {"auth_url": f"{sink.url}/v3", "username": mine.user, "user_domain_name": mine.domain, "password": "CANARY"}
    clouds = {"clouds": {mine.name: {"auth": auth | {"project_id": PROJECT}, "cbr_endpoint_override": sink.url}}}
    (home.started_in / "clouds.yaml").write_text(json.dumps(clouds), encoding="utf-8")
    environ = {"OS_AUTH_URL": f"{sink.url}/v3", "OS_USERNAME": mine.user, "OS_USER_DOMAIN_NAME": mine.domain}
    environ |= {
        "OS_PASSWORD": "CANARY",
        "OS_PROJECT_ID": PROJECT,
        "OS_TOKEN": "CANARY",
        "OS_CBR_ENDPOINT_OVERRIDE": sink.url,
    }
    around = SourceFolders(environ, home.user, home.started_in, home.temporary)
    sources = [around.look_into(book), *around.look_around()]
    assert len(sources) == 3 and all(source.profiles for source in sources), [source.remarks for source in sources]
    taken = [replace(each, name=mine.name) for source in sources for each in source.profiles]
    return [replace(each, cbr_endpoint=sink.url) for each in taken]


def _edited(mine: Profile, url: str) -> list[Profile]:
    port = url.rpartition(":")[2]
    addresses = (url, f"http://localhost:{port}", f"http://[::1]:{port}", f"https://127.0.0.1:{port}")
    both = [replace(mine, iam_endpoint=address, cbr_endpoint=address) for address in addresses]
    return [*both, replace(mine, iam_endpoint=url), replace(mine, cbr_endpoint=url)]


async def _connections(ground: Ground) -> list[Finding]:
    """Trace what the program connects to: at the terminal, at the window, and through a proxy."""
    home = ground.home()
    traces: dict[str, Counter[str]] = {}
    token, password, login = plain_canary("token"), canary("password"), canary("proxy password")
    secrets = {"CBR_DESKTOP_PASSWORD": password.text, "CBR_DESKTOP_PROXY_PASSWORD": login.text}
    async with (
        serving(answering(response(b"{}"))) as sink,
        served(Lure(sink.url)) as lure,
        tunnel_to_a_cloud(home, token, login) as (tunnel, proxied),
    ):
        direct = replace(profile_to(lure.server.url), name="Direct")
        for profile in (direct, replace(proxied, name="Proxied", project=PROJECT)):
            TomlProfiles(home.places.profiles_file).save(profile, "")
        own = {"Direct": lure.server.port, "Proxied": int(proxied.proxy_url.rpartition(":")[2])}
        for name in own:
            for how in ("vaults", "doctor"):
                trace = await _traced(home, cbr_desktop(how, "--profile", name), secrets)
                traces.setdefault(name, Counter()).update(trace)
        typed = json.dumps({"Direct": {"password": password.text}}).encode()
        traces["Direct"] += await _traced(home, program("session", "look", "Direct"), {}, typed)
        came, tunnels = sink.connections, len(tunnel.heads)
    findings = []
    for name, seen in traces.items():
        strange = {place: count for place, count in seen.items() if place != f"127.0.0.1:{own[name]}" and ":" in place}
        names = sum(count for place, count in strange.items() if place.endswith(":53"))
        print(name, dict(seen), file=sys.stderr)
        how = "by commands and at the window" if name == "Direct" else f"by commands, {tunnels} tunnels"
        what = f"{name.lower()}, {how}: {seen[f'127.0.0.1:{own[name]}']} connections traced by strace"
        figure = f"{sum(strange.values())} to others {list(strange)[:2] or ''}, {names} for names"
        good = not strange and came == 0 and seen[f"127.0.0.1:{own[name]}"] > 0
        findings.append(Finding("G7", what, figure, "0, 0", good))
    return findings


_CONNECT = re.compile(r'sin6?_port=htons\((\d+)\).*?inet_(?:addr|pton)\((?:AF_INET6, )?"([^"]+)"')
_FILE = re.compile(r'sun_path=@?"([^"]+)"')


async def _traced(home: Home, command: list[str], more: Mapping[str, str], given: bytes | None = None) -> Counter[str]:
    """Run a command and return what it and its children connected to: ``host:port`` or a file, and how often."""
    trace = home.folder / "trace"
    child = await asyncio.create_subprocess_exec(
        *("strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=connect,sendto,sendmsg", "-o", str(trace), *command),
        env=home.environment(**more),
        cwd=home.started_in,
        stdin=asyncio.subprocess.PIPE if given is not None else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await ended(child, PATIENCE_SECONDS, given)
    said = (out[-500:] + err[-1500:]).decode("utf-8", "replace")
    assert child.returncode in (0, 1, 3), f"{command[2:]} ended with {child.returncode}: {said}"
    return _places(trace)


def _places(trace: Path) -> Counter[str]:
    places: Counter[str] = Counter()
    for line in trace.read_text("utf-8", "replace").splitlines():
        if found := _CONNECT.search(line):
            places[f"{found[2]}:{found[1]}"] += 1
        elif found := _FILE.search(line):
            places[f"file {found[1]}"] += 1
    return places
