"""What is wrong with a profile as it stands in the form, field by field, in words."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from cbr_desktop.domain.endpoint import endpoint, proxy_address
from cbr_desktop.domain.error import FieldFault
from cbr_desktop.domain.profile import NameRules, Profile, ProxyMode, Way
from cbr_desktop.domain.region import Endpoints, is_public_cloud
from cbr_desktop.domain.template import TOKENS, render
from cbr_desktop.text.catalogue import N_, _, sentences
from cbr_desktop.text.identity import fault_sentence, host_of
from cbr_desktop.text.request_findings import template_sentence
from cbr_desktop.text.states import quoted

BLANK = Profile(name="", iam_endpoint="", cbr_endpoint="", project="")
"""A profile in which nothing was entered."""
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\Z")
_CONTRAST = 3.0
"""The least contrast that large white letters need to be read (WCAG 2, level AA)."""
_EMPTY = {
    "project": N_("Name the project, or list the projects and choose one."),
    "user": N_("Name the user."),
    "domain": N_("Name the account (domain) of the user."),
    "access_key": N_("Enter the id of the access key (AK)."),
    "agency": N_("Name the agency."),
    "agency_domain": N_("Name the account that lent the agency."),
}


class Problem(NamedTuple):
    """Something about a field; what does not block is only said."""

    field: str
    sentence: str
    blocks: bool = True


def judge(
    profile: Profile, taken: Collection[str], regions: Mapping[str, Endpoints], unproved: Collection[str]
) -> list[Problem]:
    """Return what is wrong, the first field first.

    ``taken`` are the names of the other profiles, ``unproved`` the endpoint fields with an unconfirmed host.
    """
    found = [*_name(profile, taken), *_endpoints(profile, unproved)]
    found += [Problem(field, _(_EMPTY[field])) for field in _EMPTY if _is_missing(profile, field)]
    found += [*_mfa(profile), *_region_of_project(profile, regions), *_care(profile), *_network(profile)]
    return sorted(found, key=lambda problem: not problem.blocks)


def unproved_hosts(profile: Profile, trusted: Collection[str], proofs: Collection[str]) -> list[tuple[str, str]]:
    """Return endpoint fields that lead to a host of no public cloud, with that host, unless its name was typed."""
    found: list[tuple[str, str]] = []
    for field in ("iam_endpoint", "cbr_endpoint"):
        address: str = getattr(profile, field)
        host = host_of(address)
        known = {*trusted, *(proof.strip().casefold() for proof in proofs), *(host for _field, host in found)}
        if host and host not in known and not is_public_cloud(address) and _is_endpoint(address):
            found.append((field, host))
    return found


def hosts(profiles: Iterable[Profile]) -> set[str]:
    """Return the hosts that profiles lead to."""
    return {host_of(address) for profile in profiles for address in (profile.iam_endpoint, profile.cbr_endpoint)}


def free_name(name: str, taken: Collection[str]) -> str:
    """Return a name that no profile has: ``Prod``, ``Prod 2``, ``Prod 3``."""
    name = name.strip() or _("New profile")
    if name not in taken:
        return name
    return next(made for number in range(2, len(taken) + 3) if (made := f"{name} {number}") not in taken)


def same_endpoint(one: str, other: str) -> bool:
    """Tell whether two addresses are of one scheme, host and port."""
    try:
        return endpoint(one) == endpoint(other)
    except ValueError:
        return one.strip() == other.strip()


def _is_endpoint(address: str) -> bool:
    try:
        endpoint(address)
    except ValueError:
        return False
    return True


def _name(profile: Profile, taken: Collection[str]) -> list[Problem]:
    if not profile.name:
        return [Problem("name", _("Give the profile a name."))]
    if profile.name in taken:
        return [
            Problem(
                "name",
                _("There is a profile called {profile} already. Choose another name.").format(
                    profile=quoted(profile.name, 60)
                ),
            )
        ]
    return []


def _endpoints(profile: Profile, unproved: Collection[str]) -> list[Problem]:
    if not profile.iam_endpoint and not profile.cbr_endpoint:
        if profile.region:
            words = _("{region} is no region of the list.").format(region=quoted(profile.region, 60))
            return [Problem("region", sentences(words, _("Choose one, or ‘Other endpoints…’.")))]
        return [Problem("region", _("Choose a region, or ‘Other endpoints…’ at the end of the list."))]
    found = []
    addresses = (
        ("iam_endpoint", _("The address of the identity service")),
        ("cbr_endpoint", _("The address of the backup service")),
    )
    for field, words in addresses:
        address = getattr(profile, field)
        try:
            if not address:
                raise ValueError(FieldFault.IS_MISSING)
            endpoint(address)
        except ValueError as error:
            found.append(Problem(field, fault_sentence(str(error), words)))
        else:
            if field in unproved:
                host = quoted(host_of(address), 80)
                found.append(Problem(f"{field}_proof", _("Type the host name {host} to confirm it.").format(host=host)))
    return found


def _is_missing(profile: Profile, field: str) -> bool:
    return field in profile.needed and not getattr(profile, field)


def _mfa(profile: Profile) -> list[Problem]:
    logs_in = profile.way is Way.PASSWORD or (profile.way is Way.AGENCY and not profile.access_key)
    if logs_in and profile.mfa and not profile.user_id:
        return [Problem("user_id", _("Enter the user's id: a login with a passcode goes by it, not by the name."))]
    return []


def _region_of_project(profile: Profile, regions: Mapping[str, Endpoints]) -> list[Problem]:
    region = profile.project.partition("_")[0]
    if region in regions and profile.region in regions and region != profile.region:
        words = _("Project {project} belongs to region {region}, not to {other}.").format(
            project=quoted(profile.project, 60), region=region, other=profile.region
        )
        return [Problem("project", words, blocks=False)]
    return []


def _care(profile: Profile) -> list[Problem]:
    found = []
    if profile.colour and not _COLOUR.match(profile.colour):
        found.append(Problem("colour", _("A colour is written as # and six digits, like #a3161a.")))
    elif profile.colour and _contrast_with_white(profile.colour) < _CONTRAST:
        found.append(
            Problem("colour", _("White words cannot be read well on this. Choose a darker colour."), blocks=False)
        )
    rendered = render(profile.name_template, dict.fromkeys(TOKENS, lambda _width: "x"), NameRules.CJK)
    found += [Problem("name_template", template_sentence(problem)) for problem in rendered.problems[:1]]
    return found


def _network(profile: Profile) -> list[Problem]:
    found = []
    if profile.proxy is ProxyMode.MANUAL:
        words = _proxy_problem(profile.proxy_url)
        found += [Problem("proxy_url", words)] if words else []
    if profile.ca_file and not re.match(r"([A-Za-z]:)?[\\/]|~", profile.ca_file):
        found.append(Problem("ca_file", _("Give the whole path of the file, or choose it.")))
    return found


def _proxy_problem(address: str) -> str:
    if not address:
        return _("Enter the proxy's address, like http://proxy.example.com:3128.")
    if "@" in address:
        return _("Leave the login out of the address: the user has a field, and the password is asked for.")
    try:
        proxy_address(address)
    except ValueError as error:
        return fault_sentence(str(error), _("The proxy's address"))
    return ""


def _contrast_with_white(colour: str) -> float:
    """Return the contrast of white on a colour, by the formula of WCAG 2: from 1 (white) to 21 (black)."""
    light = 0.0
    for weight, start in ((0.2126, 1), (0.7152, 3), (0.0722, 5)):
        part = int(colour[start : start + 2], 16) / 255
        light += weight * (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
    return 1.05 / (light + 0.05)
