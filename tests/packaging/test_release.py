"""Who stands behind the packages is said in one place; nothing is invented, and what cannot be ends the build."""

import re
import tomllib
from pathlib import Path

import pytest

import release
from linux import texts
from release import Release, understood
from windows import installer

ROOT = Path(__file__).resolve().parents[2]
WHOLE = {
    "publisher": "Müller & Söhne GmbH",
    "maintainer": "Backups of Müller <backups@mueller.home.arpa>",
    "homepage": "https://backups.mueller.home.arpa/cbr-desktop",
}


def test_with_all_three_packages_may_be_published():
    found = understood(WHOLE)
    assert (found.publisher, found.maintainer, found.homepage) == tuple(WHOLE.values())
    assert found.verdict == ""


def test_without_them_one_line_says_that_packages_are_not_for_publication():
    assert understood({}).verdict == (
        "Not for publication: pyproject.toml names no publisher, maintainer and homepage under"
        " [tool.cbr-desktop.release]."
    )
    two = {key: WHOLE[key] for key in ("publisher", "maintainer")}
    assert understood(two).verdict == (
        "Not for publication: pyproject.toml names no homepage under [tool.cbr-desktop.release]."
    )


def test_this_project_can_be_built():
    assert isinstance(release.release(), Release)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("publisher", ""),
        ("publisher", '"; ExecShell'),
        ("publisher", "$INSTDIR"),
        ("publisher", "%{expand:x}"),
        ("publisher", "two\nlines"),
        ("publisher", "ends with a blank "),
        ("publisher", "x" * 101),
        ("publisher", 7),
        ("maintainer", "Backups"),
        ("maintainer", "Backups <backups>"),
        ("maintainer", "Backups <a@b.home.arpa> <c@d.home.arpa>"),
        ("maintainer", "Backups\nDepends: x <a@b.home.arpa>"),
        ("maintainer", "Backups <backups@localhost>"),
        ("maintainer", "Backups <backups@mail.example.com>"),
        ("maintainer", "Backups <backups@host.localdomain>"),
        ("homepage", "http://backups.home.arpa/"),
        ("homepage", "https://user@backups.home.arpa/"),
        ("homepage", "https://backups.home.arpa/?a=b"),
        ("homepage", "https://backups.home.arpa/%{x}"),
        ("homepage", "https://cbr-desktop.invalid/"),
        ("homepage", "https://EXAMPLE.org/cbr"),
        ("homepage", "https://backups"),
        ("web", "https://backups.home.arpa/"),
    ],
)
def test_what_cannot_be_ends_the_build(key, value):
    with pytest.raises(SystemExit, match=r"\[tool\.cbr-desktop\.release\]"):
        understood({key: value})


def test_software_centres_and_windows_are_told_who_stands_behind_it(tmp_path):
    told = understood(WHOLE)
    assert "<developer_name>Müller &amp; Söhne GmbH</developer_name>" in texts.metadata(told)
    assert f'<url type="homepage">{WHOLE["homepage"]}</url>' in texts.metadata(told)
    words = installer.words(tmp_path, tmp_path / "setup.exe", told)
    assert (words["COMPANY"], words["HOMEPAGE"]) == (WHOLE["publisher"], WHOLE["homepage"])


def test_nobody_is_told_what_nobody_has_said(tmp_path):
    told = understood({})
    assert "homepage" not in texts.metadata(told)
    assert "HOMEPAGE" not in installer.words(tmp_path, tmp_path / "setup.exe", told)


def test_there_is_one_place_for_it():
    """No other file of the packaging names an address of its own."""
    texts_of = {path: path.read_text("utf-8") for path in (ROOT / "packaging").rglob("*.py")}
    found = {path.name for path, text in texts_of.items() if re.search(r"@localhost|\.invalid/", text)}
    assert found <= {"release.py", "try.py"}
    assert "release" in tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["cbr-desktop"]
