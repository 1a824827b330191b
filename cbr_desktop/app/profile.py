"""Which profile: the one named, the only one, or the demo cloud."""

from cbr_desktop.domain.error import ProfileError
from cbr_desktop.domain.profile import Environment, Profile
from cbr_desktop.storage import profiles
from cbr_desktop.storage.paths import Places

DEMO = Profile(
    name="Demo",
    iam_endpoint="https://iam.demo.invalid",
    cbr_endpoint="https://cbr.demo.invalid",
    project="eu-de_prod",
    user="operator",
    domain="demo",
    region="eu-de",
    environment=Environment.DEMO,
    beta_fields=True,
)
"""Leads to the built-in demo cloud; its hosts exist nowhere."""
DEMO_PROFILES = (DEMO,)


def all_profiles(places: Places) -> list[Profile]:
    """Return the profiles that can be used; what is wrong in the file is not told here."""
    return profiles.read(places.profiles_file)[0]


def find_profile(places: Places, name: str | None) -> Profile:
    """Return the profile called ``name``, or the only one there is; raises ``HouseError`` when that is not one."""
    known, problems = profiles.read(places.profiles_file)
    found = known[0] if name is None and len(known) == 1 else profiles.find(known, name or "")
    if found is not None:
        return found
    if problems and (name is None or not known):
        raise problems[0]
    if name is not None:
        raise ProfileError(name, "name", f"there is no profile of this name in {places.profiles_file}")
    detail = "name one of " + ", ".join(profile.name for profile in known) if known else "there is no profile yet"
    raise ProfileError("", "profile", f"{detail} in {places.profiles_file}; --demo needs none")
