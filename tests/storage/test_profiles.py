"""The file of profiles: read with care, changed without losing a comment."""

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from cbr_desktop.domain.endpoint import endpoint
from cbr_desktop.domain.error import Damaged, NotSaved, ProfileError
from cbr_desktop.domain.profile import Environment, NameRules, Profile
from cbr_desktop.storage import profiles
from tests.storage.values import profile

WHOLE = """\
# our clouds
[[profile]]
name = "Production"   # mind the gap
iam_endpoint = "https://iam.eu-de.otc.t-systems.com/v3/"
cbr_endpoint = "https://CBR.eu-de.otc.t-systems.com:443/"
project = "eu-de_prod"
user = "operator"
domain = "OTC-EU-DE-000000"
region = "eu-de"
environment = "staging"
name_rules = "cjk"
beta_fields = true
name_template = "{vault}-{date}"
shade = "red"        # of a later version

[[profile]]
name = "Lab"
iam_endpoint = "http://127.0.0.1:8080"
cbr_endpoint = "http://localhost:8081"
project = "lab"
user = "operator"
domain = "Lab"

[window]
wide = true
"""

PRODUCTION = Profile(
    name="Production",
    iam_endpoint="https://iam.eu-de.otc.t-systems.com",
    cbr_endpoint="https://cbr.eu-de.otc.t-systems.com",
    project="eu-de_prod",
    user="operator",
    domain="OTC-EU-DE-000000",
    region="eu-de",
    environment=Environment.STAGING,
    name_rules=NameRules.CJK,
    beta_fields=True,
    name_template="{vault}-{date}",
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "profiles.toml"


def test_profiles_are_read_in_the_order_of_the_file(path: Path) -> None:
    path.write_text(WHOLE, encoding="utf-8")
    found, errors = profiles.read(path)
    assert errors == []
    assert found[0] == PRODUCTION
    assert (found[1].name, found[1].environment, found[1].beta_fields) == ("Lab", Environment.PRODUCTION, False)
    assert profiles.find(found, "Lab") is found[1]
    assert profiles.find(found, "lab") is None


@pytest.mark.parametrize("content", ["", "# nothing yet\n", "[window]\nwide = true\n"])
def test_a_file_without_profiles_has_nothing_wrong(path: Path, content: str) -> None:
    assert profiles.read(path) == ([], [])
    path.write_text(content, encoding="utf-8")
    assert profiles.read(path) == ([], [])


def test_a_file_from_an_editor_of_windows_is_read(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + WHOLE.replace("\n", "\r\n").encode())
    assert profiles.read(path)[0][0] == PRODUCTION


@pytest.mark.parametrize(
    ("old", "new", "field", "detail"),
    [
        ('name = "Production"', "", "name", "missing"),
        ('user = "operator"', "", "user", "missing"),
        ('project = "eu-de_prod"', 'project = " "', "project", "empty"),
        ('project = "eu-de_prod"', "project = 5", "project", "must be text"),
        ("beta_fields = true", "beta_fields = 1", "beta_fields", "must be true or false"),
        ('"staging"', '"demo"', "environment", "must be one of production, staging, test, development"),
        ('"cjk"', '"klingon"', "name_rules", "must be one of ascii, cjk"),
        ("https://iam.", "http://iam.", "iam_endpoint", "must begin with https://"),
        ("https://CBR.", "ftp://CBR.", "cbr_endpoint", "must begin with https://"),
    ],
)
def test_what_is_wrong_is_named_and_hides_no_other(path: Path, old: str, new: str, field: str, detail: str) -> None:
    path.write_text(WHOLE.replace(old, new, 1), encoding="utf-8")
    found, (error,) = profiles.read(path)
    assert [item.name for item in found] == ["Lab"]
    assert isinstance(error, ProfileError)
    assert (error.profile, error.field, error.detail) == ("#1" if field == "name" else "Production", field, detail)


def test_a_name_that_is_used_twice_is_told(path: Path) -> None:
    path.write_text(WHOLE.replace('"Lab"', '"Production"', 1), encoding="utf-8")
    found, (error,) = profiles.read(path)
    assert found == [PRODUCTION]
    assert error.args == ("Production", "name", "used twice")


@pytest.mark.parametrize(
    "content",
    [
        b"[[profile]\n",
        b"\xff\xfe",
        b'profile = "x"',
        b"[profile]\nname = 'x'",
        b"profile = [1]",
        b"x = [" * 5000,
        b"\0",
    ],
)
def test_a_bad_file_is_told_of_and_never_written_over(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    found, (error,) = profiles.read(path)
    assert found == []
    assert isinstance(error, Damaged)
    for change in (profiles.add, profiles.save):
        with pytest.raises(Damaged):
            change(path, profile())
    with pytest.raises(Damaged):
        profiles.remove(path, "Production")
    assert path.read_bytes() == content


def test_a_huge_file_a_folder_and_a_pipe_are_told_of(tmp_path: Path) -> None:
    huge, folder = tmp_path / "huge.toml", tmp_path / "folder"
    folder.mkdir()
    with huge.open("wb") as file:
        file.truncate(1 << 40)
    paths = [huge, folder]
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        paths.append(tmp_path / "pipe")
    for path in paths:
        assert [type(error) for error in profiles.read(path)[1]] == [Damaged]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://iam.example", "https://iam.example"),
        (" https://IAM.example/ ", "https://iam.example"),
        ("https://iam.example/v3", "https://iam.example"),
        ("https://iam.example:443/v3/", "https://iam.example"),
        ("https://iam.example:8443", "https://iam.example:8443"),
        ("http://localhost:80", "http://localhost"),
        ("http://[::1]:9", "http://[::1]:9"),
        ("https://[fd00::1]", "https://[fd00::1]"),
    ],
)
def test_endpoints_have_one_form(text: str, expected: str) -> None:
    assert endpoint(text) == expected
    assert endpoint(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "iam.example",
        "https://",
        "https:///v3",
        "http://iam.example",
        "http://127.0.0.1.evil.example",
        "http://localhost.evil.example",
        "https://user:secret@iam.example",
        "https://iam.example@evil.example",
        "https://iam.example/v2",
        "https://iam.example/v3/../x",
        "https://iam.example?x=1",
        "https://iam.example#x",
        "https://iam example",
        "https://iam.example\\@evil",
        "https://iam.\u202eexample",
        "https://iam.example:99999",
        "https://iam.example:port",
        "https://[nonsense]",
        "https://-",
        "javascript:alert(1)",
    ],
)
def test_other_addresses_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        endpoint(text)


def test_a_first_profile_makes_the_file(tmp_path: Path) -> None:
    path = tmp_path / "config" / "profiles.toml"
    profiles.add(path, profile())
    assert profiles.read(path) == ([profile()], [])
    assert "beta_fields" not in path.read_text(encoding="utf-8")
    if os.name == "posix":
        assert [stat.S_IMODE(item.stat().st_mode) for item in (path.parent, path)] == [0o700, 0o600]


def test_every_field_survives_saving(path: Path) -> None:
    profiles.add(path, PRODUCTION)
    profiles.add(path, profile(name="Zweite"))
    assert profiles.read(path) == ([PRODUCTION, profile(name="Zweite")], [])


def test_a_change_touches_its_own_line_alone(path: Path) -> None:
    path.write_text(WHOLE, encoding="utf-8")
    profiles.save(path, replace(PRODUCTION, user="other"))
    before, after = WHOLE.splitlines(), path.read_text(encoding="utf-8").splitlines()
    changed = [line for line in after if line not in before]
    assert 'user = "other"' in changed
    # the endpoints were written in a form of their own, and are brought into ours
    assert len(changed) == 3
    assert profiles.read(path)[0][0] == replace(PRODUCTION, user="other")
    assert "# mind the gap" in path.read_text(encoding="utf-8")


def test_a_profile_is_renamed_added_behind_and_removed(path: Path) -> None:
    path.write_text(WHOLE, encoding="utf-8")
    profiles.save(path, replace(PRODUCTION, name="Prod"), "Production")
    profiles.add(path, profile(name="New"))
    assert [item.name for item in profiles.read(path)[0]] == ["Prod", "Lab", "New"]
    profiles.remove(path, "Prod")
    profiles.remove(path, "Unknown")
    assert [item.name for item in profiles.read(path)[0]] == ["Lab", "New"]
    assert "wide = true" in path.read_text(encoding="utf-8")


def test_two_profiles_never_share_a_name(path: Path) -> None:
    path.write_text(WHOLE, encoding="utf-8")
    for change in (
        lambda: profiles.add(path, profile(name="Lab")),
        lambda: profiles.save(path, replace(PRODUCTION, name="Lab"), "Production"),
    ):
        with pytest.raises(ProfileError):
            change()
    assert path.read_text(encoding="utf-8") == WHOLE


def test_what_would_not_be_read_is_not_written(path: Path) -> None:
    for bad in (profile(user=""), profile(iam_endpoint="http://iam.example"), profile(environment=Environment.DEMO)):
        with pytest.raises(ProfileError):
            profiles.add(path, bad)
    assert not path.exists()


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises((NotSaved, Damaged)):
        profiles.add(tmp_path / "file" / "profiles.toml", profile())
