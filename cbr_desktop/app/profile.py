"""Which profile: the one named, the only one, or the demo cloud."""

from cbr_desktop.domain.error import CbrError, Damaged, NoProfile, ProfileError
from cbr_desktop.domain.profile import Environment, NameRules, Profile, Way
from cbr_desktop.storage.kept_profiles import recall
from cbr_desktop.storage.paths import Places

DEMO = Profile(
    name="Prod · eu-de",
    iam_endpoint="https://iam.eu-de.demo.invalid",
    cbr_endpoint="https://cbr.eu-de.demo.invalid",
    project="eu-de_prod",
    user="operator",
    domain="demo",
    region="eu-de",
    environment=Environment.PRODUCTION,
    beta_fields=True,
    read_only=False,
    group="prod",
)
"""Leads to the first project of the built-in demo cloud; its hosts exist nowhere."""

DEMO_PROFILES = (
    DEMO,
    Profile(
        name="Prod · eu-nl",
        iam_endpoint="https://iam.eu-nl.demo.invalid",
        cbr_endpoint="https://cbr.eu-nl.demo.invalid",
        project="eu-nl_prod",
        user="operator",
        domain="demo",
        region="eu-nl",
        environment=Environment.PRODUCTION,
        group="prod",
    ),
    Profile(
        name="Staging · eu-de",
        iam_endpoint="https://iam.eu-de.demo.invalid",
        cbr_endpoint="https://cbr.eu-de.demo.invalid",
        project="eu-de",
        user="operator",
        domain="demo",
        region="eu-de",
        environment=Environment.STAGING,
        way=Way.TOKEN,
        read_only=False,
    ),
    Profile(
        name="HQ · sa-brazil-1",
        iam_endpoint="https://iam.sa-brazil-1.demo.invalid",
        cbr_endpoint="https://cbr.sa-brazil-1.demo.invalid",
        project="sa-brazil-1",
        user="operator",
        domain="demo",
        region="sa-brazil-1",
        environment=Environment.TEST,
        name_rules=NameRules.CJK,
        beta_fields=True,
        way=Way.KEYS,
        access_key="AKDEMO0000000000DEMO",
        read_only=False,
    ),
)
"""One for each project of the demo cloud: ordinary, read-only without ``protectables``, with a token that has ended,
and far away (slow) with keys."""


def find_demo(name: str | None) -> Profile:
    """Return the profile of the demo cloud that has this name or project, by default the first one."""
    found = [profile for profile in DEMO_PROFILES if name in (None, profile.name, profile.project)]
    if not found:
        raise NoProfile(name or "", tuple(profile.name for profile in DEMO_PROFILES), "")
    return found[0]


def all_profiles(places: Places) -> list[Profile]:
    """Return the profiles that can be used; what is wrong in the file is not told here."""
    return _read(places)[0]


def profiles_read(places: Places) -> list[Profile]:
    """Return the profiles that can be used, for what depends on which there are. ``Damaged`` for a file that is none.

    It is ``all_profiles`` for who must not take a profile for missing that cannot be read.
    """
    known, problems = _read(places)
    for problem in problems:
        if isinstance(problem, Damaged):
            raise problem
    return known


def find_profile(places: Places, name: str | None) -> Profile:
    """Return the profile called ``name``, or the only one there is; raises ``CbrError`` when that is not one."""
    known, problems = _read(places)
    named = (profile for profile in known if profile.name == name)
    found = known[0] if name is None and len(known) == 1 else next(named, None)
    if found is not None:
        return found
    own = [each for each in problems if isinstance(each, ProfileError) and each.profile == name]
    if own or (problems and (name is None or not known)):
        raise [*own, *problems][0]
    raise NoProfile(name or "", tuple(profile.name for profile in known), str(places.profiles_file))


def _read(places: Places) -> tuple[list[Profile], list[CbrError]]:
    """Return the profiles that can be used and what is wrong with the others."""
    kept = recall(places.kept_profiles_file, places.profiles_file)
    if kept is not None:
        return kept, []
    from cbr_desktop.storage import profiles

    return profiles.read(places.profiles_file)
