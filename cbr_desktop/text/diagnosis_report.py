"""A diagnosis as a whole: a record for machines, and a report to be handed on, in which names are veiled."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from cbr_desktop.domain.diagnosis import Check, Diagnosis
from cbr_desktop.domain.profile import AddressFamily, Profile, ProxyMode
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.text.diagnosis import (
    SIGNS,
    WAYS,
    check_kind_words,
    check_subject_words,
    check_verdict_words,
    diagnosis_sentence,
    found_sentence,
    next_sentence,
    time_words,
)

_UUID = re.compile(r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b")


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
    kind = check_kind_words(check.kind)
    head = f"{SIGNS[check.verdict]} {check_verdict_words(check):<9}  {kind:<11}  {check_subject_words(check)}{took}"
    step = next_sentence(check)
    return f"{head}\n    {found_sentence(check)}" + (f"\n    → {step}" if step else "")


def diagnosis_text(diagnosis: Diagnosis, profile: Profile, versions: Sequence[tuple[str, str]], salt: bytes) -> str:
    """Return a report that may be handed on: names are veiled by ``salt``, hosts are kept, secrets never were in it."""
    veil = Veil(_names(diagnosis, profile), salt)
    taken = _("Taken {at}.").format(at=f"{diagnosis.started_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC")
    lines = [
        _("CBR Desktop: connection report"),
        sentences(taken, veil.over(diagnosis_sentence(diagnosis))),
        _(
            "Names of users, accounts, projects, vaults and profiles are cut to their first letters and a mark. The"
            " same name has the same mark within this report and another one in the next. Hosts are as they are."
        ),
        "",
        *(f"{name} {version}" for name, version in versions),
        "",
        *(veil.over(line) for line in _profile_lines(profile)),
        "",
        *(veil.over(check_text(check)) for check in diagnosis.checks),
    ]
    return "\n".join(lines) + "\n"


def _profile_lines(profile: Profile) -> Iterable[str]:
    yield _("Profile {profile}, {environment}, region {region}").format(
        profile=profile.name, environment=profile.environment, region=profile.region or _("not given")
    )
    yield _("Identity endpoint {endpoint}").format(endpoint=profile.iam_endpoint)
    yield _("Backup endpoint {endpoint}").format(endpoint=profile.cbr_endpoint)
    yield _("Project {project}").format(project=profile.project)
    way = _("Sign-in by {way} with passcode") if profile.mfa else _("Sign-in by {way}")
    yield way.format(way=_(WAYS[profile.way]))
    if profile.user:
        yield _("User {name}").format(name=profile.user)
    if profile.domain:
        yield _("Account {name}").format(name=profile.domain)
    if profile.agency:
        yield _("Agency {name}").format(name=profile.agency)
    manual = _("Proxy {url} with login") if profile.proxy_user else _("Proxy {url}")
    yield {
        ProxyMode.SYSTEM: _("Proxy as the system has it"),
        ProxyMode.NONE: _("No proxy"),
        ProxyMode.MANUAL: manual.format(url=profile.proxy_url),
    }[profile.proxy]
    yield _("CA file {name}").format(name=PurePath(profile.ca_file).name) if profile.ca_file else _("No CA file")
    if profile.address_family is not AddressFamily.ANY:
        yield _("{family} only").format(family=profile.address_family)


def _names(diagnosis: Diagnosis, profile: Profile) -> Iterable[str]:
    yield from (profile.name, profile.user, profile.domain, profile.project, profile.user_id, profile.access_key)
    yield from (profile.agency, profile.agency_domain, profile.proxy_user, profile.group)
    for check in diagnosis.checks:
        yield from (str(check.fact(name) or "") for name in ("project", "project_id"))


class Veil:
    """Puts its first letters and a mark in the place of each name, wherever it stands as a word of its own.

    The mark comes from a keyed hash: without ``salt`` names cannot be tried until one fits.
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
