"""A profile: which cloud, which project, as whom."""

from dataclasses import dataclass, field
from enum import StrEnum


class NameRules(StrEnum):
    """Which characters a checkpoint's name may have; the vendor's sources disagree, so each profile chooses."""

    ASCII = "ascii"
    """Letters, digits, ``_`` and ``-``: accepted everywhere, the only form that Open Telekom Cloud documents."""
    CJK = "cjk"
    """The same plus Chinese ideographs, as the machine-readable definition has it."""


class Environment(StrEnum):
    """What is at stake in a profile; shown as word and colour."""

    PRODUCTION = "production"
    STAGING = "staging"
    TEST = "test"
    DEMO = "demo"


@dataclass(frozen=True, slots=True)
class Profile:
    """Where a profile leads. Endpoints are ``https://host[:port]`` without a path; no secret is part of it."""

    name: str
    iam_endpoint: str
    cbr_endpoint: str
    project: str
    user: str
    domain: str
    region: str = ""
    environment: Environment = Environment.PRODUCTION
    name_rules: NameRules = NameRules.ASCII
    beta_fields: bool = False
    name_template: str = field(default="manualbk_{vault|trunc:30}-{rand:6}")
