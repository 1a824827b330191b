"""Taking profiles over from other programs: their settings are read, their secrets stay where they are."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from cbr_desktop.domain.profile import ProxyMode, Way
from cbr_desktop.domain.source import ProfileSource, Remark, RemarkKind, SourceKind
from cbr_desktop.storage.sources import SIZE_LIMIT, SourceFolders
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from tests.storage.values import profile

CANARY = "canary-7Hq2"

KOOCLI = {
    "language": "en",
    "current": "deploy",
    "profiles": [
        {
            "name": "default",
            "mode": "AKSK",
            "accessKeyId": "HPUA1234567890ABCDEF",
            "secretAccessKey": CANARY,
            "securityToken": "",
            "region": "eu-de",
            "projectId": "0123456789abcdef0123456789abcdef",
            "domainId": "d-1",
            "skipSecureVerify": "false",
            "readTimeout": 10,
        },
        {
            "name": "deploy",
            "mode": "AKSK",
            "accessKeyId": "HSTA1234567890ABCDEF",
            "secretAccessKey": CANARY,
            "securityToken": CANARY,
            "region": "ap-southeast-1",
        },
        {"name": "pasted", "mode": "token", "xAuthToken": CANARY, "region": "eu-nl", "projectId": "p"},
        {
            "name": "lent",
            "mode": "agency",
            "agencyName": "backup",
            "agencyDomainName": "OTC-2",
            "sourceProfile": "default",
            "region": "eu-de",
        },
        {"name": "locked", "mode": "AKSK", "accessKeyId": "a1b2/encrypted==", "region": "eu-de"},
        {"name": "machine", "mode": "ecsAgency", "region": "eu-de"},
        {
            "name": "portal",
            "mode": "SSO",
            "region": "eu-de",
            "ssoAuth": {"stsToken": {"secretAccessKey": CANARY, "accessKeyId": "X"}},
        },
        {"name": "elsewhere", "mode": "AKSK", "accessKeyId": "HPUA1234567890ABCDEF", "region": "mars-1"},
        "no profile at all",
    ],
}

CLOUDS = f"""\
shared: &shared
  user_domain_name: OTC-1
  username: operator
  password: {CANARY}
clouds:
  germany:
    profile: otc
    region_name: eu-de
    auth:
      <<: *shared
      project_name: eu-de_prod
  both:
    profile: otc
    regions: [eu-de, {{name: eu-nl}}]
    auth: {{username: 4711, domain_name: OTC-1, password: {CANARY}, project_id: p-1}}
  keys:
    auth: {{auth_url: "https://iam.eu-nl.otc.t-systems.com/v3", ak: HPUA1234567890ABCDEF, sk: {CANARY}}}
    project_name: p
  private:
    auth: {{auth_url: "https://iam.cloud.example:8443/v3", username: u, password: {CANARY}, user_domain_name: d}}
    region_name: north
    cacert: /etc/ssl/company.pem
    cbr_endpoint_override: https://backup.cloud.example/v3/0123
  guessed:
    auth: {{auth_url: "https://iam.cloud.example", username: u, user_domain_name: d, project_name: p}}
  plain:
    auth: {{auth_url: "http://iam.cloud.example", username: u, user_domain_name: d, project_name: p}}
  inside:
    auth: {{auth_url: "https://u:{CANARY}@iam.cloud.example", username: u, user_domain_name: d, project_name: p}}
  other:
    auth: {{auth_url: "https://auth.other.example/v3", username: u, user_domain_name: d, project_name: p}}
  nobody:
    auth_type: v3applicationcredential
    region_name: eu-de
    auth: {{application_credential_id: x, application_credential_secret: {CANARY}}}
  pasted:
    auth_type: v3token
    region_name: eu-de
    auth: {{token: {CANARY}, project_name: p}}
  empty:
"""


def remarks(source: ProfileSource, kind: RemarkKind) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for remark in source.remarks:
        if remark.kind is kind:
            found.setdefault(remark.name, []).append(remark.detail)
    return found


@pytest.fixture
def around(tmp_path: Path) -> dict[str, Any]:
    return {
        "environ": {},
        "home": tmp_path / "home",
        "folder": tmp_path / "here",
        "system": tmp_path / "etc",
    }


def put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_machine_without_other_programs_has_nothing(around: dict[str, Any]) -> None:
    assert SourceFolders(**around).look_around() == []


def test_koocli_gives_its_profiles_and_keeps_its_secrets(around: dict[str, Any]) -> None:
    path = put(around["home"] / ".hcloud" / "config.json", json.dumps(KOOCLI))
    (source,) = SourceFolders(**around).look_around()
    assert (source.kind, source.place) == (SourceKind.KOOCLI, str(path))
    assert [(found.name, found.way, found.access_key) for found in source.profiles] == [
        ("default", Way.KEYS, "HPUA1234567890ABCDEF"),
        ("deploy", Way.TEMPORARY_KEYS, ""),
        ("pasted", Way.TOKEN, ""),
        ("lent", Way.AGENCY, "HPUA1234567890ABCDEF"),
    ]
    default, deploy, _, lent = source.profiles
    assert default.iam_endpoint == "https://iam.eu-de.otc.t-systems.com"
    assert default.project == "0123456789abcdef0123456789abcdef"
    assert (deploy.cbr_endpoint, deploy.project) == ("https://cbr.ap-southeast-1.myhuaweicloud.com", "ap-southeast-1")
    assert (lent.agency, lent.agency_domain) == ("backup", "OTC-2")
    assert all(found.is_read_only for found in source.profiles)
    assert remarks(source, RemarkKind.GUESSED) == {"deploy": ["project"], "lent": ["project"]}
    assert remarks(source, RemarkKind.SECRET_LEFT) == {
        "default": ["secretAccessKey"],
        "deploy": ["secretAccessKey", "securityToken"],
        "pasted": ["xAuthToken"],
        "portal": ["secretAccessKey"],
    }
    assert set(remarks(source, RemarkKind.UNUSABLE)) == {"locked", "machine", "portal", "elsewhere"}
    assert remarks(source, RemarkKind.ENDPOINT_UNKNOWN) == {}
    assert CANARY not in repr(source)


def test_clouds_yaml_gives_its_clouds_and_keeps_its_secrets(around: dict[str, Any]) -> None:
    put(around["folder"] / "clouds.yaml", CLOUDS)
    put(around["folder"] / "secure.yaml", f"clouds: {{germany: {{auth: {{password: {CANARY}}}}}}}")
    (source,) = SourceFolders(**around).look_around()
    by_name = {found.name: found for found in source.profiles}
    assert list(by_name) == ["germany", "both eu-de", "both eu-nl", "keys", "private", "guessed", "pasted"]
    germany = by_name["germany"]
    assert (germany.user, germany.domain, germany.project) == ("operator", "OTC-1", "eu-de_prod")
    assert germany.cbr_endpoint == "https://cbr.eu-de.otc.t-systems.com"
    assert by_name["both eu-nl"].iam_endpoint == "https://iam.eu-nl.otc.t-systems.com"
    assert by_name["both eu-nl"].user == "4711"
    assert (by_name["keys"].way, by_name["keys"].region) == (Way.KEYS, "eu-nl")
    private = by_name["private"]
    assert private.iam_endpoint == "https://iam.cloud.example:8443"
    assert private.cbr_endpoint == "https://backup.cloud.example"
    assert private.ca_file == "/etc/ssl/company.pem"
    assert by_name["guessed"].cbr_endpoint == "https://cbr.cloud.example"
    assert by_name["pasted"].way is Way.TOKEN
    assert remarks(source, RemarkKind.ENDPOINT_UNKNOWN) == {
        "private": ["iam.cloud.example", "backup.cloud.example"],
        "guessed": ["iam.cloud.example", "cbr.cloud.example"],
    }
    assert remarks(source, RemarkKind.GUESSED) == {
        "keys": ["region"],
        "private": ["project"],
        "guessed": ["cbr_endpoint"],
    }
    unusable = remarks(source, RemarkKind.UNUSABLE)
    assert set(unusable) == {"plain", "inside", "other", "nobody"}
    assert unusable["plain"] == ["iam_endpoint: must begin with https://"]
    assert remarks(source, RemarkKind.SECRET_LEFT)["nobody"] == ["application_credential_secret"]
    assert CANARY not in repr(source)


def test_every_place_of_clouds_yaml_is_looked_at_in_order(around: dict[str, Any]) -> None:
    text = "clouds: {one: {profile: otc, region_name: eu-de, auth: {username: u, user_domain_name: d}}}"
    named = put(around["home"] / "named.yaml", text)
    around["environ"] = {"OS_CLIENT_CONFIG_FILE": str(named)}
    places = [
        named,
        put(around["folder"] / "clouds.yml", text),
        put(around["home"] / ".config" / "openstack" / "clouds.yaml", text),
        put(around["system"] / "openstack" / "clouds.yaml", text),
    ]
    assert [source.place for source in SourceFolders(**around).look_around()] == [str(path) for path in places]


@pytest.mark.parametrize(
    ("environ", "place", "way", "region", "left"),
    [
        (
            {"HUAWEICLOUD_SDK_AK": "HPUA1234567890ABCDEF", "HUAWEICLOUD_SDK_SK": CANARY}
            | {"HUAWEICLOUD_SDK_PROJECT_ID": "p", "HUAWEICLOUD_SDK_REGION_NAME": "eu-de"},
            "HUAWEICLOUD_SDK_*",
            Way.KEYS,
            "eu-de",
            ["HUAWEICLOUD_SDK_SK"],
        ),
        (
            {"HW_USERNAME": "u", "HW_PASSWORD": CANARY, "HW_DOMAIN_NAME": "d", "HW_REGION_NAME": "cn-north-4"},
            "HW_*",
            Way.PASSWORD,
            "cn-north-4",
            ["HW_PASSWORD"],
        ),
        (
            {"HW_ACCESS_KEY": "HSTA1234567890ABCDEF", "HW_SECRET_KEY": CANARY, "HW_SECURITY_TOKEN": CANARY}
            | {"HW_REGION_NAME": "tr-west-1", "HW_PROJECT_NAME": "p"},
            "HW_*",
            Way.TEMPORARY_KEYS,
            "tr-west-1",
            ["HW_SECRET_KEY", "HW_SECURITY_TOKEN"],
        ),
        (
            {"OS_AUTH_URL": "https://iam.eu-de.otc.t-systems.com/v3", "OS_USERNAME": "u", "OS_PASSWORD": CANARY}
            | {"OS_USER_DOMAIN_NAME": "d", "OS_PROJECT_NAME": "p"},
            "OS_*",
            Way.PASSWORD,
            "eu-de",
            ["OS_PASSWORD"],
        ),
        (
            {"OS_AUTH_URL": "https://iam.ap-southeast-1.myhuaweicloud.com/v3", "OS_ACCESS_KEY": "HPUA1234567890ABCDEF"}
            | {"OS_SECRET_KEY": CANARY},
            "OS_*",
            Way.KEYS,
            "ap-southeast-1",
            ["OS_SECRET_KEY"],
        ),
    ],
)
def test_the_environment_gives_a_profile(
    around: dict[str, Any], environ: dict[str, str], place: str, way: Way, region: str, left: list[str]
) -> None:
    around["environ"] = environ
    (source,) = SourceFolders(**around).look_around()
    (found,) = source.profiles
    assert (source.kind, source.place, found.way, found.region) == (SourceKind.ENVIRONMENT, place, way, region)
    assert found.cbr_endpoint.startswith(f"https://cbr.{region}.")
    assert remarks(source, RemarkKind.SECRET_LEFT) == {found.name: left}
    assert CANARY not in repr(source)
    assert CANARY not in repr(SourceFolders(**around))


def test_an_environment_that_only_hints_at_a_cloud_is_none(around: dict[str, Any]) -> None:
    around["environ"] = {"OS_CLOUD": "x", "HW_REGION_NAME": "eu-de", "HUAWEICLOUD_SDK_SK": CANARY}
    assert SourceFolders(**around).look_around() == []


def test_what_was_exported_comes_back(around: dict[str, Any], tmp_path: Path) -> None:
    ours = TomlProfiles(tmp_path / "profiles.toml", SourceFolders(**around))
    ours.save(profile(iam_endpoint="https://iam.eu-de.otc.t-systems.com", way=Way.KEYS, access_key="AK1"))
    ours.save(profile(name="Private"))
    target = tmp_path / "exported"
    ours.export(str(target), ["Production", "Private"])
    target.write_text(target.read_text("utf-8") + f'password = "{CANARY}"\n', encoding="utf-8")
    source = ours.look_into(str(target))
    assert source.kind is SourceKind.FILE
    assert list(source.profiles) == ours.read()[0]
    assert source.remarks == (
        Remark("Production", RemarkKind.ENDPOINT_UNKNOWN, "cbr.example"),
        Remark("Private", RemarkKind.SECRET_LEFT, "password"),
        Remark("Private", RemarkKind.ENDPOINT_UNKNOWN, "iam.example"),
        Remark("Private", RemarkKind.ENDPOINT_UNKNOWN, "cbr.example"),
    )
    assert CANARY not in repr(source)


@pytest.mark.parametrize(("name", "text"), [("a.txt", json.dumps(KOOCLI)), ("b", CLOUDS)])
def test_a_chosen_file_is_known_by_its_content(around: dict[str, Any], tmp_path: Path, name: str, text: str) -> None:
    source = SourceFolders(**around).look_into(put(tmp_path / name, text))
    assert source.kind is (SourceKind.KOOCLI if name == "a.txt" else SourceKind.CLOUDS_YAML)
    assert source.profiles


BOMB = "a: &a {k: 1}\n" + "".join(
    f"{name}: &{name} {{<<: [{', '.join([f'*{before}'] * 9)}]}}\n"
    for before, name in zip("abcdefghij", "bcdefghijk", strict=True)
)
LAUGHS = "a: &a [x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, name in zip("abcdefghij", "bcdefghijk", strict=True)
)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\xff",
        "clouds: \u00e4".encode("utf-16"),
        b"clouds: [",
        b"clouds: 5",
        b"[" * 100_000,
        b"{" * 100_000,
        b'{"profiles": ' + b"[" * 100_000,
        b"a: !!python/object/apply:os.system [true]\nclouds: {}",
        b"x: 2020-99-99\nclouds: {}",
        (BOMB + "clouds: *k\n").encode(),
        b"clouds: {}" + b" " * SIZE_LIMIT,
    ],
)
def test_a_file_that_is_none_of_these_is_told_of(around: dict[str, Any], tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "chosen"
    path.write_bytes(content)
    source = SourceFolders(**around).look_into(path)
    assert source.profiles == ()
    assert [remark.kind for remark in source.remarks] == [RemarkKind.UNUSABLE]
    assert source.remarks[0].name == "chosen"


def test_a_bomb_of_aliases_does_no_harm(around: dict[str, Any], tmp_path: Path) -> None:
    text = LAUGHS + "clouds: {x: {regions: *k, profile: otc, auth: *k, password: *k, deep: {a: {b: *k}}}}"
    source = SourceFolders(**around).look_into(put(tmp_path / "clouds.yaml", text))
    assert source.profiles == ()
    assert len(repr(source)) < 2000


def test_odd_files_are_told_of_or_left_alone(around: dict[str, Any], tmp_path: Path) -> None:
    around["folder"].mkdir()
    (around["folder"] / "clouds.yml").mkdir()
    looked = [around["folder"] / "clouds.yml"]
    if hasattr(os, "mkfifo"):
        os.mkfifo(around["folder"] / "clouds.yaml")
        (around["folder"] / "clouds.json").symlink_to("/dev/zero")
        (around["home"] / ".hcloud").mkdir(parents=True)
        (around["home"] / ".hcloud" / "config.json").symlink_to(tmp_path / "nowhere")
        looked = [around["folder"] / name for name in ("clouds.yaml", "clouds.yml", "clouds.json")]
    sources = SourceFolders(**around).look_around()
    assert [source.place for source in sources] == [str(path) for path in looked]
    assert {remark.detail for source in sources for remark in source.remarks} == {"it is no file"}
    missing = SourceFolders(**around).look_into(tmp_path / "missing")
    assert [remark.kind for remark in missing.remarks] == [RemarkKind.UNUSABLE]


def test_names_that_are_used_twice_are_told_apart(around: dict[str, Any], tmp_path: Path) -> None:
    twice = KOOCLI["profiles"][0]  # type: ignore[index]
    path = put(tmp_path / "config.json", json.dumps({"profiles": [twice, twice, {**twice, "name": ""}]}))
    source = SourceFolders(**around).look_into(path)
    assert [found.name for found in source.profiles] == ["default", "default 2", "?"]


def test_whoever_sent_a_profile_does_not_decide_whom_is_trusted(around: dict[str, Any], tmp_path: Path) -> None:
    sent = TomlProfiles(tmp_path / "sent.toml")
    proxy = {"proxy": ProxyMode.MANUAL, "proxy_url": "http://proxy.evil.example:8080"}
    sent.save(profile(name="Sent", ca_file="\\\\evil.example\\share\\ca.pem", **proxy))
    source = SourceFolders(**around).look_into(tmp_path / "sent.toml")
    (found,) = source.profiles
    assert found.ca_file == ""
    kinds = [remark.kind for remark in source.remarks]
    assert {RemarkKind.AUTHORITY_LEFT, RemarkKind.PROXY, RemarkKind.ENDPOINT_UNKNOWN} <= set(kinds)
