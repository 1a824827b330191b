"""The words of a diagnosis: what was found on each line and what to do next, for a window, a terminal and a report."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Any

from cbr_desktop.domain.diagnosis import Check, CheckKind, Diagnosis, Verdict, Why
from cbr_desktop.domain.error import (
    CbrError,
    Forbidden,
    LoginRefused,
    ProfileError,
    Redirected,
    Refused,
    SecretMissing,
    SignInPage,
    Unreachable,
)
from cbr_desktop.domain.profile import AddressFamily, Profile, ProxyMode, Way
from cbr_desktop.text.errors import error_sentence, login_remedy, refusal_sentence
from cbr_desktop.text.states import count_words, duration_words, quoted, shown

KINDS = {
    CheckKind.SETTINGS: "Settings",
    CheckKind.ENVIRONMENT: "Environment",
    CheckKind.NAME: "Name",
    CheckKind.PROXY: "Proxy",
    CheckKind.CONNECTION: "Connection",
    CheckKind.CERTIFICATE: "Certificate",
    CheckKind.CLOCK: "Clock",
    CheckKind.SERVICE: "Service",
    CheckKind.LOGIN: "Login",
    CheckKind.SCOPE: "Project",
    CheckKind.PERMISSION: "Permission",
    CheckKind.FEATURE: "Feature",
}
SIGNS = {Verdict.PASS: "●", Verdict.WARN: "▲", Verdict.FAIL: "✕", Verdict.SKIPPED: "○"}
"""What stands for a verdict where only text can be shown."""

_VERDICTS = {
    Verdict.PASS: "Passed",
    Verdict.WARN: "Warning",
    Verdict.FAIL: "Failed",
    Verdict.SKIPPED: "Skipped",
}
_BUSY = {
    CheckKind.SETTINGS: "the settings",
    CheckKind.ENVIRONMENT: "the environment",
    CheckKind.NAME: "the names of the hosts",
    CheckKind.PROXY: "the proxy",
    CheckKind.CONNECTION: "the connections",
    CheckKind.CERTIFICATE: "the certificates",
    CheckKind.CLOCK: "the clocks",
    CheckKind.SERVICE: "the services",
    CheckKind.LOGIN: "the login",
    CheckKind.SCOPE: "the project",
    CheckKind.PERMISSION: "the permissions",
    CheckKind.FEATURE: "what this region has",
}
_FIELDS = {
    "name": "name",
    "iam_endpoint": "identity endpoint",
    "cbr_endpoint": "backup endpoint",
    "project": "project",
    "user": "user",
    "domain": "account",
    "access_key": "access key",
    "agency": "agency",
    "agency_domain": "account of the agency",
}
_WAYS = {
    Way.PASSWORD: "password",
    Way.TOKEN: "a pasted token",
    Way.KEYS: "an access key",
    Way.TEMPORARY_KEYS: "a temporary access key",
    Way.AGENCY: "an agency",
}
_ACTIONS = {
    "cbr:vaults:list": "Without it this program can show nothing.",
    "cbr:vaults:get": "Without it a vault cannot be looked at closely.",
    "cbr:backups:list": "Without it backups are not shown, and a lost answer is harder to settle.",
    "cbr:tasks:list": "Without it progress is not shown, and a lost answer is settled by backups alone.",
    "cbr:policies:list": "Without it the policies of vaults are not shown.",
    "cbr:vaults:listProtectables": "Without it resources outside vaults are not shown.",
}
_FEATURES = {
    "protectables/server": "Servers outside vaults cannot be listed here. All else works.",
    "protectables/disk": "Disks outside vaults cannot be listed here. All else works.",
    "protectables/turbo": "File systems outside vaults cannot be listed here. All else works.",
    "vaults/summary": "Sums are added up from the vaults instead. All else works.",
    "policies": "Policies are not shown here. All else works.",
}
_ADMINISTRATORS = ("te_admin", "cbr_adm", "secu_admin")
"""Beginnings of roles that usually include making backups."""


# one line


def check_verdict_words(check: Check) -> str:
    """Return how a line ended, in a word or two."""
    if check.why is Why.NOT_HERE:
        return "Not here"
    if check.why is Why.ONLY_SENDING_SHOWS:
        return "Not tried"
    return _VERDICTS[check.verdict]


def check_subject_words(check: Check) -> str:
    """Return the thing that a line is about."""
    return shown(check.subject)


def busy_sentence(kind: CheckKind) -> str:
    """Return what is being looked at."""
    return f"Looking at {_BUSY[kind]} …"


def found_sentence(check: Check) -> str:
    """Return what was found."""
    return _words(check)[0]


def next_sentence(check: Check) -> str:
    """Return what to do next; empty where there is nothing to do."""
    return _words(check)[1]


def time_words(check: Check) -> str:
    """Return how long a line took."""
    return "" if check.millis is None else f"{max(1, round(check.millis))} ms"


def diagnosis_sentence(diagnosis: Diagnosis) -> str:
    """Return how it all ended."""
    failed, warned = diagnosis.count(Verdict.FAIL), diagnosis.count(Verdict.WARN)
    if failed:
        first = next(check for check in diagnosis.checks if check.verdict is Verdict.FAIL)
        where = f"{KINDS[first.kind]}, {check_subject_words(first)}"
        begin = f" failed: {where}." if failed == 1 else f" failed. Begin with the first: {where}."
        more = f" {count_words(warned, 'warning')}." if warned else ""
        return f"{count_words(failed, 'line')}{begin}{more}"
    if warned:
        return f"It works, with {count_words(warned, 'warning')}."
    return "All is well." if diagnosis.count(Verdict.PASS) else "Nothing could be looked at."


def _words(check: Check) -> tuple[str, str]:
    why = check.why
    if why is Why.EARLIER:
        after = check.fact("after")
        name = KINDS[after].lower() if isinstance(after, CheckKind) else "line"
        return f"Not looked at, since the {name} above did not pass.", ""
    if why is not None and why in _WHYS:
        return _WHYS[why](check)
    if check.error is not None:
        return _error_words(check, check.error)
    return _KIND_WORDS[check.kind](check), ""


# lines that are good


def _settings(_check: Check) -> str:
    return "Endpoints and way in are complete."


def _environment(check: Check) -> str:
    proxies, ignored = _list(check, "proxies"), _list(check, "ignored")
    way = f"Requests go through {proxies}." if proxies else "Requests go directly."
    return f"{way} Set, but not heeded: {ignored}." if ignored else way


def _name(check: Check) -> str:
    return f"{_list(check, 'families', ' and ')}: {_list(check, 'addresses')}."


def _proxy(check: Check) -> str:
    login = ", and it took the login" if check.fact("login") else ""
    return f"It makes connections{login}."


def _connection(check: Check) -> str:
    proxy = check.fact("proxy")
    return f"Through the proxy {shown(proxy)}." if proxy else f"{check.fact('family')}, {shown(check.fact('address'))}."


def _certificate(check: Check) -> str:
    parts = [
        f"For {shown(check.fact('subject') or check.subject)}, issued by {shown(check.fact('issuer') or 'nobody')}"
    ]
    parts += _validity(check)
    if check.fact("protocol"):
        parts.append(shown(check.fact("protocol")))
    names = _list(check, "names")
    return ", ".join(parts) + "." + (f" Names: {names}." if names else "")


def _validity(check: Check) -> list[str]:
    ends_at, left = check.fact("ends_at"), check.fact("days_left")
    if not isinstance(ends_at, datetime) or not isinstance(left, int):
        return []
    day = f"{ends_at.astimezone(UTC):%Y-%m-%d}"
    return [f"ended on {day}" if left < 0 else f"valid until {day}, {count_words(left, 'day')} left"]


def _clock(check: Check) -> str:
    offset = check.fact("offset_seconds")
    return f"This machine's clock differs by {abs(offset) if isinstance(offset, int) else 0} s from the service's."


def _service(check: Check) -> str:
    turned_away = check.fact("status") in (401, 403)
    return "The service answers; it turns strangers away, as it should." if turned_away else "The service answers."


def _login(check: Check) -> str:
    left = check.fact("minutes_left")
    how = _WAYS.get(Way(str(check.fact("way"))), "")
    if isinstance(left, int):
        return f"Accepted by {how}; it lasts {duration_words(timedelta(minutes=left))} more."
    return f"Accepted by {how}."


def _scope(check: Check) -> str:
    name, id, region = check.fact("project"), check.fact("project_id"), check.fact("region")
    named = f"{quoted(name)}, id {shown(id)}" if name else f"Id {shown(id)}"
    return f"{named}, region {shown(region)}." if region else f"{named}."


def _permission(_check: Check) -> str:
    return "Allowed."


def _feature(check: Check) -> str:
    return "This region has it" + (", but this account may not use it." if check.fact("forbidden") else ".")


_KIND_WORDS: Mapping[CheckKind, Callable[[Check], str]] = {
    CheckKind.SETTINGS: _settings,
    CheckKind.ENVIRONMENT: _environment,
    CheckKind.NAME: _name,
    CheckKind.PROXY: _proxy,
    CheckKind.CONNECTION: _connection,
    CheckKind.CERTIFICATE: _certificate,
    CheckKind.CLOCK: _clock,
    CheckKind.SERVICE: _service,
    CheckKind.LOGIN: _login,
    CheckKind.SCOPE: _scope,
    CheckKind.PERMISSION: _permission,
    CheckKind.FEATURE: _feature,
}


# lines that are not simply good, and say why


def _proxy_resolves(_check: Check) -> tuple[str, str]:
    return "The proxy looks the name up.", ""


def _built_in(_check: Check) -> tuple[str, str]:
    return "Built-in cloud: there is no network between.", ""


def _not_secured(_check: Check) -> tuple[str, str]:
    return "Plain HTTP on this machine: there is no certificate.", ""


def _no_secret(check: Check) -> tuple[str, str]:
    return "Not tried: what the login needs is not known.", _sentence(check.error)


def _no_date(_check: Check) -> tuple[str, str]:
    return "No answer told a time that can be trusted.", "Compare this machine's date and time with another clock."


def _no_vault(_check: Check) -> tuple[str, str]:
    return "There is no vault that could be read.", ""


def _not_here(check: Check) -> tuple[str, str]:
    feature = check.subject if check.kind is CheckKind.FEATURE else "protectables/server"
    return "This region does not have it.", _FEATURES.get(feature, "")


def _only_sending(check: Check) -> tuple[str, str]:
    found = "Only sending a checkpoint shows it, and nothing that changes something was sent."
    held = check.fact("roles")
    roles = [role for role in held if role.startswith(_ADMINISTRATORS)] if isinstance(held, tuple) else []
    if roles:
        return f"{found} The role {quoted(roles[0], 60)} usually includes it.", ""
    return found, "Ask the account's administrator whether this action is granted."


def _variables_used(check: Check) -> tuple[str, str]:
    ignored = _list(check, "ignored")
    more = f" Set, but not heeded: {ignored}." if ignored else ""
    proxies = _list(check, "proxies")
    way = f"Requests go through {proxies}." if proxies else "Requests go directly."
    step = "If that is not wanted, choose no proxy or a fixed one in the profile."
    return f"{way} Set, and heeded: {_list(check, 'used')}.{more}", step


def _proxy_unfit(check: Check) -> tuple[str, str]:
    return f"The proxy cannot be used: its address {shown(check.fact('problem'))}.", "Correct the proxy in the profile."


def _family_dead(check: Check) -> tuple[str, str]:
    dead, family = _list(check, "dead", " and "), check.fact("family")
    found = f"{dead} did not answer; {family} did, {shown(check.fact('address'))}."
    return found, f"Every new connection loses time that way. Choose {family} in the profile."


def _ends_soon(check: Check) -> tuple[str, str]:
    return _certificate(check), "Tell whoever runs the service, or the proxy that shows it, to renew it."


def _region_differs(check: Check) -> tuple[str, str]:
    region = shown(check.fact("region"))
    others = {"backup": check.fact("endpoint_region"), "identity": check.fact("iam_region")}
    odd = {what: shown(other) for what, other in others.items() if other and other != check.fact("region")}
    where = " and ".join(f"the {what} endpoint is in {other}" for what, other in odd.items())
    if len(odd) == 2 and len(set(odd.values())) == 1:
        where = f"both endpoints are in {odd['backup']}"
    return (
        f"{_scope(check)} But {where}.",
        f"Choose the endpoints of {region}, or a project of {next(iter(odd.values()), region)}.",
    )


def _clock_off(check: Check) -> tuple[str, str]:
    offset = check.fact("offset_seconds")
    seconds = offset if isinstance(offset, int) else 0
    span = duration_words(timedelta(seconds=abs(seconds)))
    found = f"The clock of this machine is {span} {'behind' if seconds > 0 else 'ahead of'} the service's."
    risk = " From 15 min on, signed requests are refused." if check.verdict is Verdict.FAIL else ""
    return found, f"Set this machine's clock, best by a time server, and check its time zone.{risk}"


def _fields_empty(check: Check) -> tuple[str, str]:
    return f"Empty: {_fields(check)}.", "Fill that in: edit the profile."


def _not_https(check: Check) -> tuple[str, str]:
    return f"No https:// address: {_fields(check)}.", "Edit the profile: an endpoint is https://host, without a path."


def _no_service(check: Check) -> tuple[str, str]:
    code = f", code {shown(check.fact('code'), 60)}" if check.fact("code") else ""
    found = f"Something answers, but not this service (HTTP {check.fact('status')}{code})."
    return found, "Check the endpoint in the profile: host and region. A proxy or a portal may answer in its place."


def _refused_before(check: Check) -> tuple[str, str]:
    found = "Not tried again: these credentials were refused before, and each try may lock the account."
    remedy = login_remedy(check.error) if isinstance(check.error, LoginRefused) else ""
    return found, f"Give them anew by logging in, then run again. {remedy}".strip()


_WHYS: Mapping[Why, Callable[[Check], tuple[str, str]]] = {
    Why.PROXY_RESOLVES: _proxy_resolves,
    Why.BUILT_IN: _built_in,
    Why.NOT_SECURED: _not_secured,
    Why.NO_SECRET: _no_secret,
    Why.NO_DATE: _no_date,
    Why.NO_VAULT: _no_vault,
    Why.NOT_HERE: _not_here,
    Why.ONLY_SENDING_SHOWS: _only_sending,
    Why.VARIABLES_USED: _variables_used,
    Why.PROXY_UNFIT: _proxy_unfit,
    Why.FAMILY_DEAD: _family_dead,
    Why.ENDS_SOON: _ends_soon,
    Why.REGION_DIFFERS: _region_differs,
    Why.CLOCK_OFF: _clock_off,
    Why.FIELDS_EMPTY: _fields_empty,
    Why.NOT_HTTPS: _not_https,
    Why.NO_SERVICE: _no_service,
    Why.REFUSED_BEFORE: _refused_before,
}


# lines with an error


def _error_words(check: Check, error: CbrError) -> tuple[str, str]:
    if isinstance(error, Unreachable) and error.reason in _REASONS:
        found, step = _REASONS[error.reason]
        shown_there = _certificate(check) if check.fact("ends_at") else ""
        detail = f" ({shown(error.detail)})" if error.detail and not shown_there else ""
        return f"{found}{detail}. {shown_there}".strip(), step
    if isinstance(error, SignInPage):
        return (
            "A web page answered in place of the service: most likely this network wants a sign-in.",
            "Sign in with a browser, then run again.",
        )
    if isinstance(error, Redirected):
        place = f" to {quoted(error.detail)}" if error.detail else ""
        return (
            f"It points elsewhere{place}; that was not followed.",
            "If that is this network's sign-in page, sign in with a browser. Else correct the endpoint in the profile.",
        )
    if isinstance(error, Forbidden) and check.kind is CheckKind.PERMISSION:
        return (
            f"Not allowed. {_refusal(error)}".strip(),
            f"Ask the account's administrator for {check.subject}. {_ACTIONS.get(check.subject, '')}".strip(),
        )
    if isinstance(error, LoginRefused) and check.kind is CheckKind.LOGIN:
        if error.refused_at is not None:
            return _sentence(error), ""
        once = " It was tried once: wrong tries lock the account." if error.reason in _TYPED else ""
        return f"The login was not accepted. {_refusal(error)}".strip(), f"{login_remedy(error)}{once}"
    if isinstance(error, SecretMissing | ProfileError | Unreachable):
        return _sentence(error), ""
    return _sentence(error), "Run again. If it stays so, hand the report to whoever runs the service."


_TYPED = ("", "locked", "passcode", "domain", "project")
"""Reasons of a refusal after which somebody may be tempted to try passwords."""
_REASONS = {
    "name": (
        "The name could not be resolved",
        "Check the host in the profile for typing errors, then the network or the VPN of this machine.",
    ),
    "connection": (
        "No connection could be made",
        "Check VPN, firewall and port. If this network needs a proxy, set it in the profile.",
    ),
    "timeout": (
        "It did not answer in time",
        "Most likely a firewall drops it, or a VPN is missing. Ask whoever runs the network to let it pass.",
    ),
    "proxy": (
        "The proxy did not make the connection",
        "Check the address of the proxy in the profile, and whether it lets this host pass.",
    ),
    "proxy-login": (
        "The proxy wants a login, or another one",
        "Put the user into the profile, and give the password of the proxy when you log in.",
    ),
    "ca-file": (
        "The file with the company's authorities cannot be read",
        "Choose a PEM file with certificates in the profile.",
    ),
    "self-signed": (
        "The certificate is signed by itself alone",
        "If this is a private cloud, get its certificate from whoever runs it and choose it as CA file in the profile."
        " Else somebody stands in between: do not log in here.",
    ),
    "expired": (
        "The certificate is not valid at this time",
        "Check this machine's date first. If that is right, whoever runs the service has to renew it.",
    ),
    "wrong-name": (
        "The certificate is for other names",
        "Check the host in the profile. A proxy or a sign-in page may answer in its place.",
    ),
    "unknown-authority": (
        "Nobody that this machine trusts vouches for the certificate",
        "If the company inspects connections, choose its CA certificate as CA file in the profile, or have it installed"
        " on this machine.",
    ),
    "tls": (
        "No secure connection could be made",
        "Something in between may cut it off. Ask whoever runs the network or the proxy to let it pass untouched.",
    ),
}


def _refusal(error: Refused) -> str:
    code = f"Code {shown(error.code, 60)}. " if error.code else ""
    return code + refusal_sentence("", error.message, error.request_id)


def _sentence(error: CbrError | None) -> str:
    return "" if error is None else error_sentence(error)


def _list(check: Check, name: str, joint: str = ", ") -> str:
    """Return a fact that is a row of texts, cut after a few."""
    found = check.fact(name)
    if not isinstance(found, tuple):
        return ""
    more = f" and {len(found) - 4} more" if len(found) > 4 else ""
    return joint.join(shown(text, 80) for text in found[:4]) + more


def _fields(check: Check) -> str:
    found = check.fact("fields")
    return ", ".join(_FIELDS.get(name, name) for name in found) if isinstance(found, tuple) else ""


# all lines


def check_record(check: Check) -> dict[str, Any]:
    """Return a line for JSON: words of the domain, and the sentences."""
    return {
        "kind": str(check.kind),
        "subject": check.subject,
        "verdict": str(check.verdict),
        "facts": {name: _plain_fact(fact) for name, fact in check.facts},
        "error": type(check.error).__name__ if check.error else None,
        "millis": None if check.millis is None else round(check.millis, 1),
        "found": found_sentence(check),
        "next": next_sentence(check),
    }


def diagnosis_record(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return all of it for JSON."""
    return {
        "profile": diagnosis.profile,
        "started_at": diagnosis.started_at.isoformat(),
        "verdict": str(diagnosis.verdict),
        "summary": diagnosis_sentence(diagnosis),
        "checks": [check_record(check) for check in diagnosis.checks],
    }


def _plain_fact(fact: object) -> object:
    if isinstance(fact, datetime):
        return fact.isoformat()
    return list(fact) if isinstance(fact, tuple) else fact


def check_text(check: Check) -> str:
    """Return a line as a few lines of plain text."""
    took = f"  ({time_words(check)})" if check.millis is not None else ""
    verdict = f"{SIGNS[check.verdict]} {check_verdict_words(check):<9}"
    head = f"{verdict}  {KINDS[check.kind]:<11}  {check_subject_words(check)}{took}"
    step = next_sentence(check)
    return f"{head}\n    {found_sentence(check)}" + (f"\n    → {step}" if step else "")


def diagnosis_text(diagnosis: Diagnosis, profile: Profile, versions: Sequence[tuple[str, str]], salt: bytes) -> str:
    """Return a report that may be handed on: names are veiled by ``salt``, hosts are kept, secrets never were in it."""
    veil = Veil(_names(diagnosis, profile), salt)
    lines = [
        "CBR Desktop: connection report",
        f"Taken {diagnosis.started_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC."
        f" {veil.over(diagnosis_sentence(diagnosis))}",
        "Names of users, accounts, projects, vaults and profiles are cut to their first letters and a mark. The same"
        " name has the same mark within this report and another one in the next. Hosts are as they are.",
        "",
        *(f"{name} {version}" for name, version in versions),
        "",
        *(veil.over(line) for line in _profile_lines(profile)),
        "",
        *(veil.over(check_text(check)) for check in diagnosis.checks),
    ]
    return "\n".join(lines) + "\n"


def _profile_lines(profile: Profile) -> Iterable[str]:
    yield f"Profile {profile.name}, {profile.environment}, region {profile.region or 'not given'}"
    yield f"Identity endpoint {profile.iam_endpoint}"
    yield f"Backup endpoint {profile.cbr_endpoint}"
    yield f"Project {profile.project}"
    yield f"Way in by {_WAYS[profile.way]}{' with passcode' if profile.mfa else ''}"
    for words, value in (("User", profile.user), ("Account", profile.domain), ("Agency", profile.agency)):
        if value:
            yield f"{words} {value}"
    yield {
        ProxyMode.SYSTEM: "Proxy as the system has it",
        ProxyMode.NONE: "No proxy",
        ProxyMode.MANUAL: f"Proxy {profile.proxy_url}{' with login' if profile.proxy_user else ''}",
    }[profile.proxy]
    yield f"CA file {PurePath(profile.ca_file).name}" if profile.ca_file else "No CA file"
    if profile.address_family is not AddressFamily.ANY:
        yield f"{profile.address_family} alone"


def _names(diagnosis: Diagnosis, profile: Profile) -> Iterable[str]:
    yield from (profile.name, profile.user, profile.domain, profile.project, profile.user_id, profile.access_key)
    yield from (profile.agency, profile.agency_domain, profile.proxy_user, profile.group)
    for check in diagnosis.checks:
        yield from (str(check.fact(name) or "") for name in ("project", "project_id"))


class Veil:
    """Puts its first letters and a mark in the place of each name, wherever it stands as a word of its own.

    The mark comes from a keyed hash: without ``salt`` nobody can try names until one fits.
    """

    def __init__(self, names: Iterable[str], salt: bytes) -> None:
        self._salt = salt
        known = sorted({name for name in names if name}, key=len, reverse=True)
        # a name within a host or a path is left alone
        words = "|".join(map(re.escape, known))
        self._pattern = re.compile(rf"(?<![\w.-])(?:{words})(?![\w-]|\.\w)", re.IGNORECASE) if known else None

    def over(self, text: str) -> str:
        """Return a text with its names veiled; ids of objects are cut as well."""
        if self._pattern is not None:
            text = self._pattern.sub(lambda match: self._veiled(match[0]), text)
        return _UUID.sub(lambda match: f"{match[0][:4]}…", text)

    def _veiled(self, name: str) -> str:
        mark = hashlib.blake2b(name.casefold().encode("utf-8", "replace"), key=self._salt, digest_size=2).hexdigest()
        return f"{name[: 2 if len(name) > 5 else 1]}…{mark}"


_UUID = re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")
