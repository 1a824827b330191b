"""A whole day with the program: every way in by commands and at the window, a crash, and what is left behind."""

import asyncio
import base64
import json
import ssl
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import trustme
from msgspec.structs import replace

from cbr_desktop.domain.profile import Profile, ProxyMode, Way
from cbr_desktop.domain.secret import VARIABLES, SecretKind
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.clock import RunningClock
from cbr_desktop.simulator.serve import running
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from tests.cloud.faults import Tunnel, serving

from .canaries import Canary, canary, plain_canary
from .gateway import TokenCloud, profile_to, served
from .ground import PATIENCE_SECONDS, Ground, Home, cbr_desktop, ended, program

FIRST = "Password"
_AWAY = "https://cbr.canary.example"
"""Leads through the tunnel; no name server knows it, and none is to be asked."""
_ABORTED = 128 + 6
_FILE, _FOLDER = 0o600, 0o700


@dataclass
class Day:
    """What came of it. ``said`` are all outputs and ``commands`` all command lines of all processes."""

    home: Home
    canaries: list[Canary]
    said: dict[str, bytes] = field(default_factory=dict)
    commands: set[str] = field(default_factory=set)
    wide: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    tunnels: int = 0


_days: dict[int, Day] = {}


def day(ground: Ground, umask: int) -> Day:
    """Return the day with a umask, which is lived once."""
    if umask not in _days:
        _days[umask] = asyncio.run(_lived(ground, umask))
    return _days[umask]


class DayClouds:
    """The clouds that the day's profiles lead to, and the secrets that are good there."""

    def __init__(self, service: Service, url: str) -> None:
        self.service = service
        self.url = url
        self.password, self.wrong = canary("password"), canary("wrong password")
        self.passcode = canary("passcode", digits=True)
        self.secret_key, self.proxy_password = plain_canary("secret key"), canary("proxy password")
        self.away_password = canary("password behind the proxy")
        self.away_token = plain_canary("token issued behind the proxy")
        user = service.estate.users[estate.DEMO_USER]
        user.password = self.password.text
        user.keys = {"AKOFTHEDAY0000000000": self.secret_key.text}
        self.user_id = user.id
        project = service.estate.projects[0]
        self.pasted = service.identity.issue(user, project, service.clock.now(), service.modes)
        headers = {"X-Auth-Token": self.pasted}
        asked = {"auth": {"identity": {"methods": ["token"], "token": {"duration_seconds": 86400}}}}
        answer = httpx.post(f"{url}/v3.0/OS-CREDENTIAL/securitytokens", headers=headers, json=asked)
        self.temporary = answer.json()["credential"]

    def canaries(self) -> list[Canary]:
        """Return every secret that there was; of the long ones the beginning and the end are looked for."""
        temporary = self.temporary
        ours = [self.password, self.wrong, self.passcode, self.secret_key, self.proxy_password]
        ours += [self.away_password, self.away_token]
        ours += [Canary(f"temporary {name}", temporary[name], temporary[name]) for name in ("access", "secret")]
        long = [("security token", temporary["securitytoken"])]
        long += [("token", text) for text in self.service.identity.tokens._given]
        for name, text in long:
            ours += [Canary(f"{name}, its start", text, text[8:40]), Canary(f"{name}, its end", text, text[-32:])]
        return ours

    def profiles(self, proxied: Profile) -> dict[Profile, dict[SecretKind, str]]:
        """Return a profile for each way in, with the secrets it takes."""
        base = replace(profile_to(self.url), name=FIRST, project=estate.DEMO_PROJECT, user_id=self.user_id)
        temporary = self.temporary
        password = {SecretKind.PASSWORD: self.password.text}
        lent = {"agency": next(iter(self.service.identity.agencies)), "agency_domain": estate.DEMO_DOMAIN}
        return {
            base: password,
            replace(base, name="Passcode", mfa=True): {**password, SecretKind.PASSCODE: self.passcode.text},
            replace(base, name="Token", way=Way.TOKEN): {SecretKind.TOKEN: self.pasted},
            replace(base, name="Keys", way=Way.KEYS, access_key="AKOFTHEDAY0000000000"): {
                SecretKind.SECRET_KEY: self.secret_key.text
            },
            replace(base, name="Temporary", way=Way.TEMPORARY_KEYS): {
                SecretKind.ACCESS_KEY: temporary["access"],
                SecretKind.SECRET_KEY: temporary["secret"],
                SecretKind.SECURITY_TOKEN: temporary["securitytoken"],
            },
            replace(base, name="Agency", way=Way.AGENCY, **lent): password,
            proxied: {
                SecretKind.PASSWORD: self.away_password.text,
                SecretKind.PROXY_PASSWORD: self.proxy_password.text,
            },
        }


@asynccontextmanager
async def tunnel_to_a_cloud(home: Home, token: Canary, password: Canary) -> AsyncIterator[tuple[Tunnel, Profile]]:
    """Serve a cloud behind TLS and a proxy with a login; yield the proxy, and a profile that leads through it."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(_AWAY.partition("://")[2]).configure_cert(context)
    ca_file = home.user / "company.pem"
    ca_file.write_bytes(authority.cert_pem.bytes())
    login = base64.b64encode(f"clerk:{password.text}".encode())
    async with served(TokenCloud(lambda number: f"{token.text}-{number}"), context) as cloud:
        tunnel = Tunnel(cloud.server.port, b"Basic " + login)
        async with serving(tunnel, at_once=True) as proxy:
            way = {"proxy": ProxyMode.MANUAL, "proxy_url": proxy.url, "proxy_user": "clerk", "ca_file": str(ca_file)}
            yield tunnel, replace(profile_to(_AWAY, **way), name="Proxy")


async def _lived(ground: Ground, umask: int) -> Day:
    home = ground.home()
    clock = RunningClock()
    service = Service(estate.demo(clock.now()), clock)
    service.modes.schedules = False
    with running(service) as url:
        clouds = DayClouds(service, url)
        today = Day(home, [])
        tunneled = tunnel_to_a_cloud(home, clouds.away_token, clouds.proxy_password)
        async with tunneled as (tunnel, proxied), asyncio.TaskGroup() as tasks:
            profiles = clouds.profiles(proxied)
            for profile in profiles:
                TomlProfiles(home.places.profiles_file).save(profile, "")
            process = Processes(today, umask)
            watch = tasks.create_task(process.watch())
            await _at_the_terminal(process, clouds, profiles)
            await _at_the_window(process, profiles)
            watch.cancel()
            today.tunnels = len(tunnel.heads)
        today.canaries = clouds.canaries()
    return today


async def _at_the_terminal(
    process: "Processes", clouds: DayClouds, profiles: dict[Profile, dict[SecretKind, str]]
) -> None:
    """Use every command that asks a cloud with every profile, with the secrets in the environment."""
    for profile, secrets in profiles.items():
        given = {VARIABLES[kind]: text for kind, text in secrets.items()}
        named = ("--profile", profile.name)
        await process.ended(cbr_desktop("vaults", *named), given, {0})
        await process.ended(cbr_desktop("doctor", *named, "--json"), given, {0, 1, 3})
        await process.ended(cbr_desktop("doctor", *named, "--report"), given, {0, 1, 3})
    request = process.today.home.user / "request.json"
    request.write_text(json.dumps({"checkpoint": {"vault_id": estate.REFERENCE_VAULT_ID, "parameters": {}}}))
    good = {VARIABLES[SecretKind.PASSWORD]: clouds.password.text}
    await process.ended(cbr_desktop("check", str(request)), good, {0, 1})
    await process.ended(cbr_desktop("send", "--profile", FIRST, str(request)), good, {0})
    bad = {VARIABLES[SecretKind.PASSWORD]: clouds.wrong.text}
    await process.ended(cbr_desktop("vaults", "--profile", FIRST), bad, {2})


async def _at_the_window(process: "Processes", profiles: dict[Profile, dict[SecretKind, str]]) -> None:
    """Type every secret at the window, keep them in a Secret Service, crash, and start once more."""
    typed = json.dumps({profile.name: secrets for profile, secrets in profiles.items()}).encode()
    for how, code in (("abort", _ABORTED), ("leave", 0)):
        command = ["dbus-run-session", "--", *program("with_keyring"), *program("session", how, FIRST)]
        said = await process.ended(command, {}, {code}, typed)
        online = sum(line.endswith(" ONLINE") for line in said.splitlines())
        wanted = len(profiles) if how == "abort" else 1
        if online != wanted or not said.endswith("done\n"):
            process.today.problems.append(f"at the window, {how}: {online} of {wanted} online; it said {said[-300:]!r}")


class Processes:
    """Runs the day's processes and keeps an eye on their command lines and on the rights of the program's files."""

    def __init__(self, today: Day, umask: int) -> None:
        self.today = today
        self._umask = umask
        self._session = 0

    async def ended(self, command: list[str], more: dict[str, str], codes: set[int], given: bytes | None = None) -> str:
        """Run a command to its end and return what it printed; keep all that it said."""
        home = self.today.home
        child = await asyncio.create_subprocess_exec(
            *command,
            env=home.environment(**more),
            cwd=home.started_in,
            umask=self._umask,
            start_new_session=True,
            stdin=asyncio.subprocess.PIPE if given is not None else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        self._session = child.pid
        out, err = await ended(child, PATIENCE_SECONDS, given)
        name = f"{len(self.today.said)} {' '.join(command[1:])}"
        self.today.said |= {f"{name}, output": out, f"{name}, errors": err}
        if child.returncode not in codes:
            told = (out[-400:] + err[-1200:]).decode("utf-8", "replace")
            self.today.problems.append(f"{name} ended with {child.returncode}: {told}")
        return out.decode("utf-8", "replace")

    async def watch(self) -> None:
        """Look again and again, for ever: logs of a database are there for a moment only."""
        while True:
            self._look_at_processes()
            self.today.wide |= wide(self.today.home.own)
            await asyncio.sleep(0.05)

    def _look_at_processes(self) -> None:
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                fields = (folder / "stat").read_text("ascii", "replace").rpartition(")")[2].split()
                if int(fields[3]) == self._session:
                    line = (folder / "cmdline").read_bytes()
                    self.today.commands.add(line.replace(b"\0", b" ").decode("utf-8", "replace"))
            except OSError:
                continue


def wide(folder: Path) -> dict[str, int]:
    """Return what below ``folder`` others may read or write, or its owner execute: modes by path."""
    found = {}
    for path in (folder, *folder.rglob("*")):
        try:
            mode = path.lstat().st_mode
        except OSError:
            continue
        allowed = _FOLDER if stat.S_ISDIR(mode) else _FILE
        if not stat.S_ISLNK(mode) and stat.S_IMODE(mode) & ~allowed:
            found[str(path)] = stat.S_IMODE(mode)
    return found


def cores(home: Home) -> list[Path]:
    """Return the core files that were left."""
    return [path for path in home.folder.rglob("core*") if path.is_file() and path.read_bytes()[:4] == b"\x7fELF"]
