"""The address book of a profile stands in its table: kept beside all else, and kept by those who do not know it."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from cbr_desktop.domain.error import Damaged, ProfileError
from cbr_desktop.domain.ids import ProjectId
from cbr_desktop.storage.addressbook import ProfileAddressBook
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from tests.storage.test_profiles import PRODUCTION, WHOLE

AUDIT, OPS = ProjectId("0123456789abcdef" * 2), ProjectId("f" * 32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "profiles.toml"
    path.write_text(WHOLE, encoding="utf-8")
    return path


def test_a_file_of_before_has_an_empty_book_and_is_left_as_it_is(path: Path) -> None:
    book = ProfileAddressBook(path, "Production")
    assert book.entries() == {}
    book.forget("nobody")
    assert path.read_text(encoding="utf-8") == WHOLE


def test_projects_are_kept_by_name_and_everything_else_stays(path: Path) -> None:
    book = ProfileAddressBook(path, "Production")
    book.remember("ops", OPS)
    book.remember("Revision “Süd”", AUDIT)
    assert ProfileAddressBook(path, "Production").entries() == {"Revision “Süd”": AUDIT, "ops": OPS}
    assert ProfileAddressBook(path, "Lab").entries() == {}
    text = path.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("share_members"))
    assert text.replace(f"{line}\n", "") == WHOLE
    book.remember("audit", AUDIT)
    assert book.entries() == {"audit": AUDIT, "ops": OPS}
    book.forget("audit")
    book.forget("ops")
    assert path.read_text(encoding="utf-8") == WHOLE


def test_the_book_survives_what_knows_nothing_of_it(path: Path) -> None:
    """A profile that is edited, renamed and moved keeps its book, as it keeps every key of others."""
    ProfileAddressBook(path, "Production").remember("ops", OPS)
    profiles = TomlProfiles(path)
    profiles.save(replace(PRODUCTION, name="Prod", user="other"), "Production")
    profiles.move("Prod", 1)
    assert ProfileAddressBook(path, "Prod").entries() == {"ops": OPS}
    found, problems = profiles.read()
    assert ([each.name for each in found], problems) == (["Lab", "Prod"], [])


def test_what_somebody_wrote_wrongly_is_passed_over_and_stays(path: Path) -> None:
    odd = f'share_members = {{ good = "{OPS}", bad = "eu-de_prod", worse = 7 }}'
    path.write_text(WHOLE.replace('shade = "red"', f'{odd}\nshade = "red"'), encoding="utf-8")
    book = ProfileAddressBook(path, "Production")
    assert book.entries() == {"good": OPS}
    book.remember("audit", AUDIT)
    assert book.entries() == {"audit": AUDIT, "good": OPS}
    assert TomlProfiles(path).further("Production", "share_members").keys() == {"good", "bad", "worse", "audit"}


def test_what_cannot_be_kept_is_told(path: Path) -> None:
    book = ProfileAddressBook(path, "Production")
    for name, id in (("", OPS), (" ops", OPS), ("a\nb", OPS), ("x" * 65, OPS), ("ops", ProjectId("eu-de"))):
        with pytest.raises(ProfileError):
            book.remember(name, id)
    with pytest.raises(ProfileError):
        ProfileAddressBook(path, "Nowhere").remember("ops", OPS)
    assert path.read_text(encoding="utf-8") == WHOLE
    path.write_text("[[profile]\n", encoding="utf-8")
    assert book.entries() == {}
    with pytest.raises(Damaged):
        book.remember("ops", OPS)
