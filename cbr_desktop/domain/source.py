"""Where profiles can be taken over from, and what was left behind on the way."""

from enum import StrEnum

from msgspec import Struct

from cbr_desktop.domain.profile import Profile


class SourceKind(StrEnum):
    """What a source is."""

    KOOCLI = "koocli"
    """The configuration of the vendor's command line (``~/.hcloud/config.json``)."""
    CLOUDS_YAML = "clouds-yaml"
    """``clouds.yaml`` of the OpenStack clients."""
    ENVIRONMENT = "environment"
    """``HUAWEICLOUD_*``, ``HW_*``, ``OS_*`` and the like."""
    FILE = "file"
    """Profiles that this program exported."""


class RemarkKind(StrEnum):
    """What is to be said of a profile that was found."""

    SECRET_LEFT = "secret-left"  # noqa: S105
    """The source holds a secret in ``detail`` (its key's name, never its value); it was not read."""
    ENDPOINT_UNKNOWN = "endpoint-unknown"
    """It leads to a host (``detail``) of no public cloud: its name has to be typed before it is trusted."""
    GUESSED = "guessed"
    """A field (``detail``) was not in the source and was filled in."""
    AUTHORITY_LEFT = "authority-left"
    """It names a file of further authorities (``detail``), which was left out: who is trusted is decided here."""
    PROXY = "proxy"
    """Its requests go through a proxy (``detail``)."""
    UNUSABLE = "unusable"
    """It cannot be taken over; ``detail`` says why: an ``Unusable``, or the words of what read it."""


class Unusable(StrEnum):
    """Why a place or a profile of it cannot be taken over, if it is one of these; the values are words for the log."""

    NO_FILE = "it is no file"
    NESTED = "nested too deeply"
    DAMAGED = "it is damaged, or has no profiles"
    NO_TEXT = "it is no text"
    NO_PROFILES = "there are no profiles in it"
    TANGLED = "it is nested, linked or filled beyond all need"
    KEY_ENCRYPTED = "its access key is encrypted"
    REGION_UNKNOWN = "its region is not known"
    NO_REGION = "it names no region"
    NO_SERVICE = "it does not say where the backup service is"
    NO_PERSON = "its way in is not one of a person"


class Remark(Struct, frozen=True):
    """Something to be said of the profile called ``name`` in a source."""

    name: str
    kind: RemarkKind
    detail: str = ""


class ProfileSource(Struct, frozen=True):
    """What was found in one place: profiles without secrets, in the order of the place, and remarks on them."""

    kind: SourceKind
    place: str
    profiles: tuple[Profile, ...]
    remarks: tuple[Remark, ...] = ()
