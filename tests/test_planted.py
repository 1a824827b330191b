"""The bugs that are planted to test the tests: each still finds its place, and the tests that must see it are there."""

import pytest

from tests.reliability.g20 import Plant, plants
from tests.reliability.ground import ROOT


@pytest.fixture(params=plants(), ids=lambda plant: plant.name)
def plant(request: pytest.FixtureRequest) -> Plant:
    found: Plant = request.param
    return found


def test_a_bug_has_its_place_and_makes_a_program_of_the_same_language(plant: Plant) -> None:
    text = (ROOT / plant.file).read_text("utf-8")
    compile(plant.planted(text), plant.file, "exec")


def test_the_tests_that_must_see_a_bug_are_there(plant: Plant) -> None:
    assert plant.tests
    assert [test for test in plant.tests if not (ROOT / test).is_file()] == []


def test_a_bug_without_its_place_is_told() -> None:
    with pytest.raises(ValueError, match="found 0 times"):
        plants()[0].planted("another text")
