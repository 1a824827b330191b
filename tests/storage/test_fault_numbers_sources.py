"""The fault of the catalogue that is about profiles from outside that harm their reader, by number: 89."""

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from cbr_desktop.domain.error import Damaged, ProfileError
from cbr_desktop.domain.source import ProfileSource, RemarkKind
from cbr_desktop.storage import sources
from cbr_desktop.storage.profiles import read
from cbr_desktop.storage.sources import PROFILE_LIMIT, SIZE_LIMIT, SourceFolders
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from tests.storage.values import profile

PROFILE = """\
[[profile]]
name = "{name}"
iam_endpoint = "https://iam.eu-de.otc.t-systems.com"
cbr_endpoint = "https://cbr.eu-de.otc.t-systems.com"
project = "p"
user = "u"
domain = "d"
"""
MEGABYTE = 2**20


def look(folder: Path, text: str, name: str = "given") -> ProfileSource:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return SourceFolders({}, folder, folder, folder).look_into(path)


def peak_of(work: Callable[[], object]) -> int:
    """Return the bytes that work holds at most."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


DOTTED = {
    "a key": lambda count: "a" + ".a" * count + " = 1\n",
    "a key of quotes": lambda count: '"a"' + ". 'a'" * (count // 3) + " = 1\n",
    "a table": lambda count: "[a" + ".a" * count + "]\n",
    "a list": lambda count: "[[a" + ".a" * count + "]]\n",
    "in a value": lambda count: "x = {a" + ".a" * count + " = 1}\n",
    "after a text": lambda count: 'x = {y = "#", a' + ".a" * count + " = 1}\n",
}


@pytest.mark.parametrize("what", DOTTED)
def test_fault_89_keys_of_many_parts_are_refused_before_they_are_parsed(tmp_path: Path, what: str) -> None:
    keys_of_many_parts_are_refused(tmp_path, what, 3_000)


def keys_of_many_parts_are_refused(tmp_path: Path, what: str, count: int) -> None:
    text = DOTTED[what](count) + PROFILE.format(name="P")
    (tmp_path / "warm.toml").write_text(PROFILE.format(name="P"), encoding="utf-8")
    SourceFolders({}, tmp_path, tmp_path, tmp_path).look_into(tmp_path / "warm.toml")
    found: list[ProfileSource] = []
    assert peak_of(lambda: found.append(look(tmp_path, text))) < 10 * MEGABYTE
    assert [(remark.kind, remark.detail) for remark in found[0].remarks] == [
        (RemarkKind.UNUSABLE, "a key in it has far too many parts")
    ]


@pytest.mark.parametrize("what", DOTTED)
def test_fault_89_keys_of_many_parts_in_our_own_file_are_refused_as_well(tmp_path: Path, what: str) -> None:
    path = tmp_path / "profiles.toml"
    path.write_text(DOTTED[what](3_000) + PROFILE.format(name="P"), encoding="utf-8")
    found, (problem,) = read(path)
    assert found == []
    assert isinstance(problem, Damaged)
    assert "far too many parts" in problem.detail
    with pytest.raises(Damaged, match="far too many parts"):
        TomlProfiles(path).save(profile())


def many_short_keys() -> str:
    lines = "".join(f"k{number}.a.b.c.d.e.f = 1\n" for number in range(9_000))[: SIZE_LIMIT - 1000]
    return lines[: lines.rindex("\n") + 1] + PROFILE.format(name="P")


def test_fault_89_many_short_keys_are_read(tmp_path: Path) -> None:
    text = many_short_keys()
    assert [found.name for found in look(tmp_path, text).profiles] == ["P"]


def test_fault_89_dots_of_addresses_and_remarks_are_no_parts_of_keys(tmp_path: Path) -> None:
    text = "# " + "." * 500 + "\n" + PROFILE.format(name="." * 100) + f"colour = '#d32f2f' # {'.' * 500}\n"
    assert [found.name for found in look(tmp_path, text).profiles] == ["." * 100]


LAUGHS = "\n".join(["a0: &a0 {k: v}", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40))])
MERGES = "m0: &m0 {k0: v}\n" + "\n".join(
    f"m{n}: &m{n}\n  <<: [{', '.join([f'*m{n - 1}'] * 9)}]\n  k{n}: v" for n in range(1, 40)
)
CLOUD = "clouds:\n  one: {profile: otc, region_name: eu-de, auth: {username: u, domain_name: d}}\n"


def merged_everywhere() -> str:
    keys = ", ".join(f"k{number}: v" for number in range(5_000))
    return f"all: &all {{{keys}}}\nclouds:\n" + "".join(f"  c{number}: {{<<: *all}}\n" for number in range(8_000))


def secrets_of_secrets() -> str:
    inner = ", ".join(f"password{number}: v" for number in range(200))
    outer = [", ".join(f"k{number}: *l{level}" for number in range(200)) for level in (0, 1)]
    return f"l0: &l0 {{{inner}}}\nl1: &l1 {{{outer[0]}}}\nl2: &l2 {{{outer[1]}}}\nclouds:\n" + "".join(
        f"  c{number}: *l2\n" for number in range(400)
    )


YAML = {
    "one large merge everywhere": merged_everywhere()[:SIZE_LIMIT],
    "aliases of secrets": secrets_of_secrets(),
    "many nodes": CLOUD + "x: [1,2]\n" * 6_000,
    "nested lists": CLOUD + "x: " + "[" * 100_000,
    "nested blocks": CLOUD + "x:\n  " + "- " * 100_000,
    "anchors": CLOUD + "".join(f"x{number}: &x{number} 1\n" for number in range(11_000)),
}


@pytest.mark.parametrize("what", YAML)
def test_fault_89_yaml_that_grows_is_refused(tmp_path: Path, what: str) -> None:
    found = look(tmp_path, YAML[what], "clouds.yaml")
    assert found.profiles == ()
    (remark,) = found.remarks
    assert (remark.kind, remark.detail) == (RemarkKind.UNUSABLE, "it is nested, linked or filled beyond all need")


@pytest.mark.parametrize(("text", "last"), [(LAUGHS, "a39"), (MERGES, "m39")])
def test_fault_89_links_to_links_stay_what_they_are(tmp_path: Path, text: str, last: str) -> None:
    found: list[ProfileSource] = []
    laughs = text + "\n" + CLOUD.replace("auth: {", f"more: *{last}, auth: {{")
    assert peak_of(lambda: found.append(look(tmp_path, laughs, "clouds.yaml"))) < 20 * MEGABYTE
    assert [profile.name for profile in found[0].profiles] == ["one"]


def test_fault_89_the_secrets_of_one_profile_are_looked_for_in_a_bounded_part_of_it() -> None:
    steps = [0]

    class Counting(dict[str, object]):
        def items(self):  # type: ignore[no-untyped-def]
            for item in super().items():
                steps[0] += 1
                yield item

    inner = Counting({f"password{number}": "v" for number in range(200)})
    middle = Counting({f"k{number}": inner for number in range(200)})
    assert sources.secret_keys(Counting({f"k{number}": middle for number in range(200)}))
    assert steps[0] < 5_000


@pytest.mark.parametrize("form", ["toml", "yaml", "json"])
def test_fault_89_of_ten_thousand_profiles_the_first_are_shown_and_the_others_counted_out(
    tmp_path: Path, form: str
) -> None:
    count = 1_200
    auth = {"username": "u", "domain_name": "d"}
    clouds = {f"c{number}": {"profile": "otc", "region_name": "eu-de", "auth": auth} for number in range(count)}
    text = {
        "toml": "".join(f'[[profile]]\nname = "p{number}"\n' for number in range(10_000))[:SIZE_LIMIT],
        "yaml": "clouds:\n"
        + "".join(f"  c{n}: {{profile: otc, region_name: eu-de, auth: {{username: u}}}}\n" for n in range(count)),
        "json": json.dumps({"clouds": clouds}),
    }[form]
    found = look(tmp_path, text[: text.rindex("\n") + 1] if form == "toml" else text)
    names = {profile.name for profile in found.profiles} | {remark.name for remark in found.remarks}
    assert len(names) <= PROFILE_LIMIT + 1
    assert found.remarks[-1].kind is RemarkKind.UNUSABLE
    assert f"more than {PROFILE_LIMIT}" in found.remarks[-1].detail


def test_fault_89_texts_that_are_no_values_of_a_profile_are_refused(tmp_path: Path) -> None:
    (remark,) = look(tmp_path, PROFILE.format(name="n" * 100_000)).remarks
    assert (remark.kind, remark.detail) == (RemarkKind.UNUSABLE, "name: longer than 2000 characters")
    assert len(remark.name) < 300
    path = tmp_path / "profiles.toml"
    path.write_text(PROFILE.format(name="n").replace('"p"', f'"{"p" * 5_000}"'), encoding="utf-8")
    found, (problem,) = read(path)
    assert found == []
    assert isinstance(problem, ProfileError)
    assert (problem.profile, problem.field) == ("n", "project")


def test_fault_89_names_of_our_own_file_are_compared_in_one_pass(tmp_path: Path) -> None:
    path = tmp_path / "profiles.toml"
    path.write_text("".join(PROFILE.format(name=f"p{number}") for number in range(4_000)), encoding="utf-8")
    found, problems = read(path)
    assert (len(found), problems) == (4_000, [])


def test_a_home_folder_that_nobody_has_is_no_reason_to_fail(tmp_path: Path) -> None:
    environ = {"OS_CLIENT_CONFIG_FILE": "~nobody-at-all/clouds.yaml"}
    assert SourceFolders(environ, tmp_path, tmp_path, tmp_path).look_around() == []
