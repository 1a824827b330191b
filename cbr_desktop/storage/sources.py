"""Other programs' settings, from which profiles can be taken over; a secret in them is left where it is.

What is found is untrusted: a file may be huge, binary, a trap for parsers, or lead to a host that collects passwords.
Nothing here raises; what is wrong is said in a remark, and no remark quotes a value.
"""

import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from msgspec import Struct, field
from msgspec.structs import replace

from cbr_desktop.domain.error import ProfileError
from cbr_desktop.domain.profile import Profile, ProxyMode, Way
from cbr_desktop.domain.region import REGIONS, is_public_cloud
from cbr_desktop.domain.source import ProfileSource, Remark, RemarkKind, SourceKind, Unusable
from cbr_desktop.storage.files import NotPlain, open_plain, reason
from cbr_desktop.storage.profiles import TooMuch, checked, parsed

SIZE_LIMIT = 256 * 1024
"""Bytes of a file that is looked into: hundreds of profiles fit in."""
PROFILE_LIMIT = 500

_SECRET_KEY = re.compile(r"(?i)pass(word|wd|code|phrase)|secret|token|credential|private_?key|(^|_)(sk|pwd)$")
# these speak of a secret without being one
_NO_SECRET = frozenset({"auth_type", "application_credential_id", "application_credential_name"})
_ACCESS_KEY = re.compile(r"[A-Z0-9]{16,40}\Z")
# what a file of PROFILE_LIMIT profiles may have; a link is a few letters that stand for all that it leads to
_NODES = 20_000
_LINKS = 500
_LEVELS = 30
_MERGED_PAIRS = 10_000
_SECRETS_LOOKED_AT = 1000
_NAME = 200
_CLOUDS_NAMES = ("clouds.yaml", "clouds.yml", "clouds.json")
_OTC = "https://iam.{region}.otc.t-systems.com"

Values = Mapping[str, Any]


class SourceFolders(Struct, frozen=True):
    """What lies around this program: its environment, the home folder, the folder it was started in, ``/etc``."""

    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    home: Path = field(default_factory=Path.home)
    folder: Path = field(default_factory=Path.cwd)
    system: Path = Path("/etc")

    def __repr__(self) -> str:
        """Return the folders alone: an environment has secrets."""
        return f"SourceFolders(home={self.home!r}, folder={self.folder!r}, system={self.system!r})"

    def look_around(self) -> list[ProfileSource]:
        """Return what other programs have here, one source for each place that has something to say."""
        sources = list(_environment(self.environ))
        koocli = self.home / ".hcloud" / "config.json"
        sources += [_look(path, _KOOCLI) for path in (koocli,) if _is_there(path)]
        seen: set[Path] = set()
        for path in self._clouds_files():
            if _is_there(path) and path.resolve() not in seen:
                seen.add(path.resolve())
                sources.append(_look(path, _CLOUDS))
        return [source for source in sources if source.profiles or source.remarks]

    def look_into(self, path: Path) -> ProfileSource:
        """Return what a chosen file has; what it is is told by its content."""
        return _look(path, None)

    def _clouds_files(self) -> Iterator[Path]:
        """Yield the places in the order in which the clients of OpenStack look."""
        if named := self.environ.get("OS_CLIENT_CONFIG_FILE"):
            with suppress(RuntimeError):  # it begins with the home folder of a user that there is not
                yield Path(named).expanduser()
        for folder in (self.folder, self.home / ".config" / "openstack", self.system / "openstack"):
            for name in _CLOUDS_NAMES:
                yield folder / name


# files


class _Form(Struct, frozen=True):
    """A form of settings: whether a document has it, and the drafts in it."""

    kind: SourceKind
    list: str
    drafts: Callable[[Any], Iterable["_Draft"]]


class _Draft(Struct):
    """What a source says of one profile, by the names of our fields; ``said`` is all that stands there."""

    name: str
    values: dict[str, Any]
    said: Any
    guessed: list[str] = field(default_factory=list)
    unusable: str = ""


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _look(path: Path, form: _Form | None) -> ProfileSource:
    is_chosen = form is None
    kind = SourceKind.FILE if form is None else form.kind
    try:
        text = _text(path)
        document, form = _document(path, text, form)
        kind = form.kind
        source = _source(kind, str(path), form.drafts(document.get(form.list)))
        if is_chosen and not source.profiles and not source.remarks:
            raise _NotThisForm(Unusable.NO_PROFILES)
        return source
    except NotPlain:
        return _unusable(kind, path, Unusable.NO_FILE)
    except OSError as error:
        return _unusable(kind, path, reason(error))
    except RecursionError:
        return _unusable(kind, path, Unusable.NESTED)
    except _NotThisForm as error:
        return _unusable(kind, path, str(error))


class _NotThisForm(Exception):
    """A file is not what it should be; the text says why and quotes nothing."""


def _unusable(kind: SourceKind, path: Path, why: str) -> ProfileSource:
    return ProfileSource(kind, str(path), (), (Remark(path.name, RemarkKind.UNUSABLE, why),))


def _text(path: Path) -> str:
    with open_plain(path) as file:
        data = file.read(SIZE_LIMIT + 1)
    if len(data) > SIZE_LIMIT:
        raise _NotThisForm(f"it is larger than {SIZE_LIMIT // 1024} KiB")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _NotThisForm(Unusable.NO_TEXT) from None
    if "\x00" in text:
        raise _NotThisForm(Unusable.NO_TEXT)
    return text


def _document(_path: Path, text: str, form: _Form | None) -> tuple[Values, _Form]:
    """Return what stands in a text, and its form; ``form`` is the one that it must have."""
    too_much = None
    for parse in (_json, _toml, _yaml):
        try:
            document = parse(text)
        except TooMuch as error:
            too_much = too_much or error
            continue
        if isinstance(document, dict):
            for known in _FORMS if form is None else (form,):
                if isinstance(document.get(known.list), list | dict):
                    return document, known
    if too_much is not None:
        raise _NotThisForm(str(too_much))
    if form is None:
        raise _NotThisForm(Unusable.NO_PROFILES)
    raise _NotThisForm(Unusable.DAMAGED)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _toml(text: str) -> Any:
    try:
        return parsed(text)
    except TooMuch:
        raise
    except ValueError:
        return None


def _yaml(text: str) -> Any:
    try:
        return yaml.load(text, _BoundedLoader)  # noqa: S506 - it is a SafeLoader
    except TooMuch:
        raise
    # a date that is none raises ValueError, a key that is a list TypeError
    except (yaml.YAMLError, ValueError, TypeError):
        return None


class _BoundedLoader(yaml.SafeLoader):  # type: ignore[misc]
    """The safe loader, which ends as soon as a text says more than one of its length should."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._nodes = self._links = self._levels = self._merged = 0

    def compose_node(self, parent: yaml.Node, index: int) -> yaml.Node:
        self._links += self.check_event(yaml.AliasEvent)
        self._nodes += 1
        self._levels += 1
        self._refuse_too_much()
        node = super().compose_node(parent, index)
        self._levels -= 1
        return node

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        before = len(node.value)
        super().flatten_mapping(node)
        self._merged += max(0, len(node.value) - before)
        self._refuse_too_much()

    def _refuse_too_much(self) -> None:
        if self._nodes > _NODES or self._links > _LINKS or self._levels > _LEVELS or self._merged > _MERGED_PAIRS:
            raise TooMuch(Unusable.TANGLED)


# from drafts to profiles


_OTHER_MACHINE = ("\\\\", "//")
"""How a path begins that leads to a share; Windows logs in there with the operator's own name."""


def _source(kind: SourceKind, place: str, drafts: Iterable[_Draft]) -> ProfileSource:
    profiles: dict[str, Profile] = {}
    remarks: list[Remark] = []
    drafts = iter(drafts)
    for draft in islice(drafts, PROFILE_LIMIT):
        name = _free(draft.name.strip() or "?", profiles)
        remarks += [Remark(name[:_NAME], RemarkKind.SECRET_LEFT, key) for key in secret_keys(draft.said)]
        try:
            if draft.unusable:
                raise ProfileError(name, "", draft.unusable)
            profile = checked({**draft.values, "name": name}, name)
        except ProfileError as error:
            why = f"{error.field}: {error.detail}" if error.field else error.detail
            remarks.append(Remark(name[:_NAME], RemarkKind.UNUSABLE, why))
            continue
        if profile.ca_file and (kind is SourceKind.FILE or profile.ca_file.startswith(_OTHER_MACHINE)):
            # a file that comes with the import could vouch for any host
            remarks.append(Remark(name, RemarkKind.AUTHORITY_LEFT, profile.ca_file))
            profile = replace(profile, ca_file="")
        if profile.proxy is ProxyMode.MANUAL:
            remarks.append(Remark(name, RemarkKind.PROXY, profile.proxy_url))
        profiles[name] = profile
        remarks += [Remark(name, RemarkKind.GUESSED, key) for key in draft.guessed]
        strange = [address for address in (profile.iam_endpoint, profile.cbr_endpoint) if not is_public_cloud(address)]
        hosts = dict.fromkeys(urlsplit(address).hostname or "" for address in strange)
        remarks += [Remark(name, RemarkKind.ENDPOINT_UNKNOWN, host) for host in hosts]
    if next(drafts, None) is not None:
        why = f"it has more than {PROFILE_LIMIT} profiles, and only the first of them are shown"
        remarks.append(Remark(Path(place).name, RemarkKind.UNUSABLE, why))
    return ProfileSource(kind, place, tuple(profiles.values()), tuple(remarks))


def _free(name: str, taken: Mapping[str, Profile]) -> str:
    """Return ``name``, or the first of ``name 2``, ``name 3`` ... that is not taken."""
    names = (name if number == 1 else f"{name} {number}" for number in range(1, PROFILE_LIMIT + 2))
    return next(free for free in names if free not in taken)


def secret_keys(said: Any) -> list[str]:
    """Return the names of the keys that hold secrets; their values are not looked at."""
    looked_at = islice(_leaves(said, 3), _SECRETS_LOOKED_AT)
    found = [
        key
        for key, value in looked_at
        if value and isinstance(key, str) and key not in _NO_SECRET and _SECRET_KEY.search(key[:_NAME])
    ]
    return list(dict.fromkeys(found))


def _leaves(said: Any, levels: int) -> Iterator[tuple[object, object]]:
    """Yield the keys and values of tables within each other; a table itself counts as well, however empty it is."""
    for key, value in said.items() if isinstance(said, dict) and levels else ():
        yield key, None if isinstance(value, dict) else value
        yield from _leaves(value, levels - 1)


def _word(said: Values, *keys: str) -> str:
    """Return the first of some keys that says something; numbers are names too."""
    for key in keys:
        value = said.get(key)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


def _table(said: Values, key: str) -> Values:
    value = said.get(key)
    return value if isinstance(value, dict) else {}


def _draft(name: str, said: Any, *, region: str, iam: str = "", cbr: str = "", **values: Any) -> _Draft:
    """Return a draft with the endpoints that a region has, or that an identity endpoint lets one guess."""
    draft = _Draft(name, {}, said)
    if not region and iam:
        region = _region_of(iam)
        draft.guessed += ["region"] if region else []
    known = REGIONS.get(region)
    if known is not None:
        iam, cbr = iam or known.iam, cbr or known.cbr
    elif not cbr and iam and "//iam." in iam:
        # both services of a private cloud have the same domain, as a rule
        cbr = _without_path(iam.replace("//iam.", "//cbr.", 1))
        draft.guessed.append("cbr_endpoint")
    elif not iam:
        draft.unusable = Unusable.REGION_UNKNOWN if region else Unusable.NO_REGION
    elif not cbr:
        draft.unusable = Unusable.NO_SERVICE
    draft.values = {key: value for key, value in values.items() if value}
    draft.values |= {"region": region, "iam_endpoint": iam, "cbr_endpoint": cbr}
    if not draft.values.get("project") and region:
        # every account has a project of the region's name
        draft.values["project"] = region
        draft.guessed.append("project")
    return draft


def _region_of(iam: str) -> str:
    """Return the region to which an identity endpoint belongs, if it is one alone."""
    host = _host(iam)
    regions = [region for region, known in REGIONS.items() if _host(known.iam) == host]
    if len(regions) == 1:
        return regions[0]
    parts = host.split(".")
    return parts[1] if len(parts) > 1 and parts[1] in REGIONS and is_public_cloud(f"https://{host}") else ""


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _without_path(address: str) -> str:
    """Return an address up to its path; the services' own addresses have a version and a project there."""
    scheme, separator, rest = address.partition("://")
    return f"{scheme}{separator}{rest.partition('/')[0]}"


# the forms


def _koocli(profiles: Any) -> Iterator[_Draft]:
    tables = [table for table in profiles if isinstance(table, dict)] if isinstance(profiles, list) else []
    by_name = {_word(table, "name"): table for table in tables}
    for table in tables:
        draft = _draft(
            _word(table, "name"),
            table,
            region=_word(table, "region"),
            project=_word(table, "projectId", "projectName"),
        )
        mode = _word(table, "mode").lower()
        if mode in ("", "aksk"):
            _keys(draft, _word(table, "accessKeyId"), is_temporary=bool(_word(table, "securityToken")))
        elif mode == "token":
            draft.values["way"] = Way.TOKEN
        elif mode == "agency":
            source = by_name.get(_word(table, "sourceProfile"), {})
            _keys(draft, _word(source, "accessKeyId"), is_temporary=False)
            draft.values["way"] = Way.AGENCY
            draft.values["agency"] = _word(table, "agencyName")
            draft.values["agency_domain"] = _word(table, "agencyDomainName")
        elif _word(table, "username", "userName"):
            draft.values["user"] = _word(table, "username", "userName")
            draft.values["domain"] = _word(table, "domain", "domainName")
        else:
            draft.unusable = f"its way in is {mode!r}, which works in that program alone"
        yield draft


def _keys(draft: _Draft, access_key: str, *, is_temporary: bool) -> None:
    if is_temporary:
        # the id is pasted with the secrets: it lasts no longer than they do
        draft.values["way"] = Way.TEMPORARY_KEYS
        return
    draft.values["way"] = Way.KEYS
    if _ACCESS_KEY.match(access_key):
        draft.values["access_key"] = access_key
    elif access_key:
        draft.unusable = Unusable.KEY_ENCRYPTED


def _clouds(clouds: Any) -> Iterator[_Draft]:
    for name, said in clouds.items() if isinstance(clouds, dict) else ():
        if isinstance(said, dict):
            for region, label in _regions(said, str(name)):
                yield _cloud(label, said, region)


def _regions(said: Values, name: str) -> Iterator[tuple[str, str]]:
    """Yield the regions of a cloud, each with the name of its profile."""
    listed = said.get("regions")
    listed = listed[:PROFILE_LIMIT] if isinstance(listed, list) else []
    regions = [_word(region if isinstance(region, dict) else {"name": region}, "name") for region in listed]
    if one := _word(said, "region_name"):
        regions = [one]
    if len(regions) < 2:
        yield (regions[0] if regions else ""), name
    else:
        for region in regions:
            yield region, f"{name} {region}"


def _cloud(name: str, said: Values, region: str) -> _Draft:
    auth = _table(said, "auth")
    # what a cloud says at its top counts as well
    both = {**said, **auth}
    iam = _word(auth, "auth_url")
    vendor = _word(said, "profile", "cloud").lower()
    if not iam and vendor == "otc" and region:
        iam = _OTC.format(region=region)
    override = _word(said, "cbr_endpoint_override", "cbrv3_endpoint_override")
    draft = _draft(
        name,
        said,
        region=region,
        iam=iam,
        cbr=_without_path(override),
        project=_word(both, "project_name", "project_id", "tenant_name", "tenant_id"),
        ca_file=_word(said, "cacert"),
    )
    kind = _word(said, "auth_type").lower().removeprefix("v3")
    if access_key := _word(both, "ak", "access_key"):
        _keys(draft, access_key, is_temporary=bool(_word(both, "security_token")))
    elif kind == "token" or (not kind and _word(auth, "token") and not _word(auth, "username", "user_id")):
        draft.values["way"] = Way.TOKEN
    elif kind in ("", "password", "multifactor", "totp"):
        draft.values["user"] = _word(auth, "username")
        draft.values["domain"] = _word(auth, "user_domain_name", "domain_name", "project_domain_name")
        draft.values["mfa"] = kind in ("multifactor", "totp")
        draft.values["user_id"] = _word(auth, "user_id")
        draft.values = {key: value for key, value in draft.values.items() if value}
    else:
        draft.unusable = Unusable.NO_PERSON
    return draft


def _ours(tables: Any) -> Iterator[_Draft]:
    for table in tables if isinstance(tables, list) else ():
        if isinstance(table, dict):
            yield _Draft(_word(table, "name"), dict(table), table)


_KOOCLI = _Form(SourceKind.KOOCLI, "profiles", _koocli)
_CLOUDS = _Form(SourceKind.CLOUDS_YAML, "clouds", _clouds)
_FORMS = (_Form(SourceKind.FILE, "profile", _ours), _CLOUDS, _KOOCLI)


# the environment


def _environment(environ: Mapping[str, str]) -> Iterator[ProfileSource]:
    """Yield what the variables of each family of programs say."""
    for prefix, draft_of in (("HUAWEICLOUD_SDK_", _sdk), ("HW_", _terraform), ("OS_", _openstack)):
        said = {key: value for key, value in environ.items() if key.startswith(prefix) and value.strip()}
        short = {key.removeprefix(prefix).lower(): value for key, value in said.items()}
        draft = draft_of(short)
        if draft is not None:
            draft.said = said
            yield _source(SourceKind.ENVIRONMENT, f"{prefix}*", [draft])


def _sdk(said: Values) -> _Draft | None:
    access_key = _word(said, "ak")
    if not access_key:
        return None
    region = _word(said, "region", "region_id", "region_name")
    iam = _word(said, "iam_endpoint")
    draft = _draft("HUAWEICLOUD_SDK", said, region=region, iam=iam, project=_word(said, "project_id"))
    _keys(draft, access_key, is_temporary=bool(_word(said, "security_token")))
    return draft


def _terraform(said: Values) -> _Draft | None:
    access_key, user = _word(said, "access_key"), _word(said, "username", "user_name")
    if not access_key and not user:
        return None
    draft = _draft(
        "HW",
        said,
        region=_word(said, "region_name"),
        iam=_word(said, "auth_url"),
        project=_word(said, "project_name", "project_id", "tenant_name"),
    )
    if access_key:
        _keys(draft, access_key, is_temporary=bool(_word(said, "security_token")))
    else:
        draft.values["user"] = user
        draft.values["domain"] = _word(said, "domain_name", "user_domain_name")
    return draft


def _openstack(said: Values) -> _Draft | None:
    if not _word(said, "auth_url") or not _word(said, "username", "access_key", "ak", "token", "auth_token"):
        return None
    auth = {**said, "token": _word(said, "token", "auth_token")}
    cloud = {**said, "auth": auth}
    return _cloud("OS", cloud, _word(said, "region_name"))
