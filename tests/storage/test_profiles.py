"""The file of profiles: read with care, changed without losing a comment."""

import os
import stat
from pathlib import Path

import pytest
from msgspec.structs import replace

from cbr_desktop.domain.endpoint import endpoint
from cbr_desktop.domain.error import Damaged, NotSaved, ProfileError
from cbr_desktop.domain.profile import AddressFamily, Environment, NameRules, Profile, ProxyMode, Way
from cbr_desktop.storage import profiles
from cbr_desktop.storage.tomlprofiles import TomlProfiles
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
    changing = TomlProfiles(path)
    for change in (
        lambda: changing.save(profile()),
        lambda: changing.save(profile(), ""),
        lambda: changing.remove("Production"),
        lambda: changing.move("Production", 1),
    ):
        with pytest.raises(Damaged):
            change()
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
    TomlProfiles(path).save(profile(), "")
    assert profiles.read(path) == ([profile()], [])
    assert "beta_fields" not in path.read_text(encoding="utf-8")
    if os.name == "posix":
        assert [stat.S_IMODE(item.stat().st_mode) for item in (path.parent, path)] == [0o700, 0o600]


def test_every_field_survives_saving(path: Path) -> None:
    TomlProfiles(path).save(PRODUCTION, "")
    TomlProfiles(path).save(profile(name="Zweite"), "")
    assert profiles.read(path) == ([PRODUCTION, profile(name="Zweite")], [])


def test_a_change_touches_its_own_line_alone(path: Path) -> None:
    path.write_text(WHOLE, encoding="utf-8")
    TomlProfiles(path).save(replace(PRODUCTION, user="other"))
    before, after = WHOLE.splitlines(), path.read_text(encoding="utf-8").splitlines()
    changed = [line for line in after if line not in before]
    assert 'user = "other"' in changed
    # the endpoints were written in a form of their own, and are brought into ours
    assert len(changed) == 3
    assert profiles.read(path)[0][0] == replace(PRODUCTION, user="other")
    assert "# mind the gap" in path.read_text(encoding="utf-8")


def test_a_profile_is_renamed_added_behind_and_removed(path: Path) -> None:
    path.write_text(WHOLE, encoding="utf-8")
    TomlProfiles(path).save(replace(PRODUCTION, name="Prod"), "Production")
    TomlProfiles(path).save(profile(name="New"), "")
    assert [item.name for item in profiles.read(path)[0]] == ["Prod", "Lab", "New"]
    TomlProfiles(path).remove("Prod")
    TomlProfiles(path).remove("Unknown")
    assert [item.name for item in profiles.read(path)[0]] == ["Lab", "New"]
    assert "wide = true" in path.read_text(encoding="utf-8")


def test_two_profiles_never_share_a_name(path: Path) -> None:
    path.write_text(WHOLE, encoding="utf-8")
    for change in (
        lambda: TomlProfiles(path).save(profile(name="Lab"), ""),
        lambda: TomlProfiles(path).save(replace(PRODUCTION, name="Lab"), "Production"),
    ):
        with pytest.raises(ProfileError):
            change()
    assert path.read_text(encoding="utf-8") == WHOLE


def test_what_would_not_be_read_is_not_written(path: Path) -> None:
    for bad in (profile(user=""), profile(iam_endpoint="http://iam.example"), profile(environment=Environment.DEMO)):
        with pytest.raises(ProfileError):
            TomlProfiles(path).save(bad, "")
    assert not path.exists()


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises((NotSaved, Damaged)):
        TomlProfiles(tmp_path / "file" / "profiles.toml").save(profile(), "")


COMMENTED = """\
# Our clouds; ask Ada before you change them.

# the one that matters
[[profile]]
name = "One"  # mind the gap
iam_endpoint = "https://iam.example"
cbr_endpoint = "https://cbr.example"
project = "p"
user = "u"
domain = "d"
notes = '''
[[profile]]
# not a comment'''
# end of one

# --- loose ---

[window]
wide = true

# the second
# in two lines
[[profile]]
name = "Two"
iam_endpoint = "https://iam.example"
cbr_endpoint = "https://cbr.example"
project = "p"
user = "u"
domain = "d"
shades = [
  "red",  # first
  ["profile"],
]
[profile.extra]
deep = 1
# the third
[[profile]]
name = "Three"
iam_endpoint = "https://iam.example"
cbr_endpoint = "https://cbr.example"
project = "p"
user = "u"
domain = "d"

# last words
"""

ONE = """\
# the one that matters
[[profile]]
name = "One"  # mind the gap
iam_endpoint = "https://iam.example"
cbr_endpoint = "https://cbr.example"
project = "p"
user = "u"
domain = "d"
notes = '''
[[profile]]
# not a comment'''
# end of one
"""


def names(path: Path) -> list[str]:
    found, errors = profiles.read(path)
    assert errors == []
    return [item.name for item in found]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_profile_that_is_moved_takes_its_own_comments_along(path: Path, line_end: str) -> None:
    path.write_bytes(COMMENTED.replace("\n", line_end).encode())
    before = sorted(line for line in COMMENTED.splitlines() if line)
    for name, place, order in (
        ("One", 2, ["Two", "Three", "One"]),
        ("Three", 0, ["Three", "Two", "One"]),
        ("One", 0, ["One", "Three", "Two"]),
        ("Two", 1, ["One", "Two", "Three"]),
        ("Nobody", 1, ["One", "Two", "Three"]),
        ("One", 99, ["Two", "Three", "One"]),
        ("One", -1, ["One", "Two", "Three"]),
    ):
        TomlProfiles(path).move(name, place)
        assert names(path) == order
        text = path.read_bytes().decode()
        assert text.count("\n") == text.count(line_end)
        text = text.replace(line_end, "\n")
        assert sorted(line for line in text.splitlines() if line) == before
        assert ONE in text
        assert '# the second\n# in two lines\n[[profile]]\nname = "Two"' in text
        assert '# the third\n[[profile]]\nname = "Three"' in text
        assert text.startswith("# Our clouds; ask Ada before you change them.\n\n")
        assert "# --- loose ---\n\n[window]\nwide = true\n" in text
        assert text.endswith("\n\n# last words\n")


def test_a_profile_that_is_removed_takes_its_own_comments_alone(path: Path) -> None:
    path.write_text(COMMENTED, encoding="utf-8")
    TomlProfiles(path).remove("One")
    assert path.read_text(encoding="utf-8") == COMMENTED.replace(ONE + "\n", "")
    TomlProfiles(path).remove("Three")
    TomlProfiles(path).remove("Two")
    assert names(path) == []
    left = path.read_text(encoding="utf-8")
    assert [line for line in left.splitlines() if line.startswith("#")] == [
        "# Our clouds; ask Ada before you change them.",
        "# --- loose ---",
        "# last words",
    ]
    TomlProfiles(path).save(profile())
    assert names(path) == ["Production"]
    assert path.read_text(encoding="utf-8").startswith(left)


def test_a_profile_that_is_changed_keeps_every_comment_and_foreign_key(path: Path) -> None:
    path.write_text(COMMENTED, encoding="utf-8")
    changing = TomlProfiles(path)
    two = next(each for each in changing.read()[0] if each.name == "Two")
    changing.save(replace(two, user="other", way=Way.KEYS, access_key="AK1", read_only=True, colour="#D32F2F"))
    text = path.read_text(encoding="utf-8")
    expected = COMMENTED.replace('"Two"', "\0").split("\0")
    expected[1] = expected[1].replace('"u"', '"other"', 1)
    added = 'way = "keys"\naccess_key = "AK1"\nread_only = true\ncolour = "#d32f2f"\n\n'
    expected[1] = expected[1].replace("[profile.extra]", added + "[profile.extra]", 1)
    assert text == '"Two"'.join(expected)
    changing.save(replace(profiles.read(path)[0][1], read_only=None))
    assert path.read_text(encoding="utf-8") == text.replace("read_only = true\n", "")
    one = next(each for each in changing.read()[0] if each.name == "One")
    changing.save(replace(one, name="Uno"), "One")
    assert 'name = "Uno"  # mind the gap' in path.read_text(encoding="utf-8")


def test_a_table_that_cannot_be_used_is_no_place_and_stays(path: Path) -> None:
    path.write_text(COMMENTED.replace('user = "u"\n', "", 1), encoding="utf-8")
    assert len(profiles.read(path)[1]) == 1
    TomlProfiles(path).move("Three", 0)
    assert [item.name for item in profiles.read(path)[0]] == ["Three", "Two"]
    TomlProfiles(path).move("Three", 1)
    assert [item.name for item in profiles.read(path)[0]] == ["Two", "Three"]
    # it is mended by saving it under its name
    TomlProfiles(path).save(profile(name="One"))
    assert names(path) == ["One", "Two", "Three"]


@pytest.mark.parametrize(
    "content", ["profile = []\n", 'profile = [{ name = "x" }]\n', "nan = nan\nprofile = [\n[['profile']]]"]
)
def test_a_list_in_another_form_is_left_to_its_author(path: Path, content: str) -> None:
    path.write_text(content, encoding="utf-8")
    with pytest.raises(Damaged):
        TomlProfiles(path).save(profile())
    assert path.read_text(encoding="utf-8") == content


def test_a_new_profile_stands_behind_the_last_and_apart(path: Path) -> None:
    path.write_text("nan = nan\n\n" + WHOLE.rstrip("\n"), encoding="utf-8")
    TomlProfiles(path).save(profile(name="New"))
    before, behind = WHOLE.split("[window]")
    text = path.read_text(encoding="utf-8")
    assert text.startswith("nan = nan\n\n" + before + "[[profile]]\n")
    assert text.endswith("\n\n[window]" + behind.rstrip("\n"))


EVERY_FIELD = profile(
    way=Way.AGENCY,
    access_key="AK1",
    agency="backup",
    agency_domain="OTC-2",
    mfa=True,
    user_id="u-1",
    read_only=False,
    group="Nord",
    colour="#00aa11",
    proxy=ProxyMode.MANUAL,
    proxy_url="http://proxy.example:3128",
    proxy_user="me",
    ca_file="/etc/ssl/company.pem",
    address_family=AddressFamily.IPV6,
)


def test_the_ways_and_the_network_of_a_profile_survive(path: Path) -> None:
    TomlProfiles(path).save(EVERY_FIELD)
    assert profiles.read(path) == ([EVERY_FIELD], [])


@pytest.mark.parametrize(
    ("changes", "field", "part"),
    [
        ({"proxy_url": "http://me:geheim@proxy.example:3128"}, "proxy_url", "proxy_user"),
        ({"proxy_url": "me@proxy.example:3128"}, "proxy_url", "proxy_user"),
        ({"proxy_url": "ftp://proxy.example"}, "proxy_url", "must begin with http://"),
        ({"proxy_url": "proxy.example:3128"}, "proxy_url", "must begin with http://"),
        ({"proxy_url": "http://proxy.example/path"}, "proxy_url", "path"),
        ({"proxy_url": "http://"}, "proxy_url", "host"),
        ({"proxy_url": "http://proxy.example:99999"}, "proxy_url", "ort"),
        ({"proxy_url": "http://proxy example"}, "proxy_url", "address"),
        ({"proxy": ProxyMode.MANUAL}, "proxy_url", "empty"),
        ({"proxy_user": "me:geheim"}, "proxy_user", "colon"),
        ({"colour": "red"}, "colour", "#d32f2f"),
        ({"colour": "#12345"}, "colour", "#d32f2f"),
        ({"ca_file": "/etc/x\n[[profile]]"}, "ca_file", "one line"),
        ({"name": "a\x00b"}, "name", "one line"),
        ({"way": Way.KEYS}, "access_key", "empty"),
        ({"way": Way.AGENCY, "agency_domain": "d"}, "agency", "empty"),
        ({"way": Way.AGENCY, "agency": "a", "agency_domain": "d", "user": ""}, "user", "empty"),
    ],
)
def test_what_a_way_or_the_network_needs_is_checked(
    path: Path, changes: dict[str, object], field: str, part: str
) -> None:
    with pytest.raises(ProfileError) as caught:
        TomlProfiles(path).save(profile(**changes))
    assert caught.value.field == field
    assert part in caught.value.detail
    assert "geheim" not in str(caught.value)
    assert not path.exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HTTP://Proxy.Example:3128/", "http://proxy.example:3128"),
        ("socks5://10.0.0.1", "socks5://10.0.0.1:1080"),
        ("https://[fd00::1]:8443", "https://[fd00::1]:8443"),
        ("http://proxy", "http://proxy:80"),
    ],
)
def test_a_proxy_has_one_form(path: Path, text: str, expected: str) -> None:
    TomlProfiles(path).save(profile(proxy_url=text))
    assert profiles.read(path)[0][0].proxy_url == expected


def test_an_export_holds_the_chosen_profiles_and_nothing_else(path: Path, tmp_path: Path) -> None:
    path.write_text(COMMENTED.replace('user = "u"', 'user = "u"\npassword = "geheim"'), encoding="utf-8")
    TomlProfiles(path).save(EVERY_FIELD)
    target = tmp_path / "exported.toml"
    TomlProfiles(path).export(str(target), ["Production", "One"])
    found, errors = profiles.read(target)
    assert errors == []
    assert found == [profiles.read(path)[0][0], EVERY_FIELD]
    text = target.read_text(encoding="utf-8")
    assert not [word for word in ("geheim", "password =", "notes", "matters", "window") if word in text]
    with pytest.raises(ProfileError):
        TomlProfiles(path).export(str(target), ["One", "Nobody"])
    assert target.read_text(encoding="utf-8") == text
