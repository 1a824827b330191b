"""The profiles of the window as a list over their file, without any widget."""

from dataclasses import dataclass

import pytest
from msgspec.structs import replace

from cbr_desktop.domain.profile import Profile
from cbr_desktop.ui.profiles.draft import BLANK, Problem
from cbr_desktop.ui.profiles.model import Possible, ProfileList
from tests.ui.profilebook import HQ, PROD, STAGING, Book


@dataclass
class Filled:
    """A form in which a profile was typed."""

    typed: Profile
    is_changed: bool = True
    block: Problem | None = None

    def profile(self) -> Profile:
        return self.typed


@pytest.fixture
def book() -> Book:
    return Book([PROD, STAGING, HQ])


@pytest.fixture
def model(book: Book) -> ProfileList:
    made = ProfileList(book)
    made.reload()
    return made


def names(model: ProfileList) -> list[str]:
    return [row.name for row in model.rows]


def test_what_may_be_done_follows_from_how_a_row_stands(model: ProfileList) -> None:
    first, second, last = model.rows
    assert model.possible(None, is_working=False) == Possible()
    assert model.possible(first, is_working=False) == Possible(test=True, open=True, any=True, down=True)
    second.form = Filled(replace(STAGING, name="other"))
    changed = Possible(save=True, revert=True, test=True, any=True, up=True, down=True)
    assert (model.possible(second, is_working=False), second.state) == (changed, "not saved")
    second.form.block = Problem("name", "Name it.")
    blocked = model.possible(second, is_working=False)
    assert (blocked.save, blocked.test, second.hindrance) == (False, False, "Name it.")
    assert model.possible(second, is_working=True).test
    assert not model.possible(last, is_working=False).down


def test_what_was_typed_outlives_the_reading_of_the_file(model: ProfileList, book: Book) -> None:
    typed = model.rows[1]
    typed.form = Filled(replace(STAGING, group="mine"))
    book.remove(STAGING.name)
    book.save(replace(HQ, group="theirs"), HQ.name)
    gone = model.reload()
    assert gone == []
    assert (typed.saved, typed.profile.group, typed.state) == (None, "mine", "new, not saved")
    assert model.unsaved == [typed]
    assert next(row for row in model.rows if row.name == HQ.name).profile.group == "theirs"


def test_a_deleted_profile_comes_back_to_its_place(model: ProfileList, book: Book) -> None:
    place = model.delete(model.rows[1])
    assert names(model) == [PROD.name, HQ.name]
    model.bring_back(place)
    model.reload()
    assert names(model) == [PROD.name, STAGING.name, HQ.name]
    assert [profile.name for profile in book.read()[0]] == names(model)


def test_a_new_row_is_blank_until_something_is_entered(model: ProfileList) -> None:
    row = model.add(BLANK)
    assert (row.is_blank, row.is_changed, model.unsaved) == (True, True, [])
    copy = model.copy(model.rows[0])
    assert copy.name == f"{PROD.name} 2"
    assert model.unsaved == [copy]
    assert not model.owns_login(model.rows[0]) or copy.saved is None
