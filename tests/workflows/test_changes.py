"""Changes: a list is compared with what the operator has seen of it, profile by profile."""

from datetime import timedelta
from operator import eq

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.error import NotFound
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.vault import Vault
from cbr_desktop.workflows.changes import Seen
from cbr_desktop.workflows.ledger import Ledger, Part
from tests.stage import START

LATER = START + timedelta(hours=1)


def seen(**lists: dict[str, str]) -> Seen[str]:
    made: Seen[str] = Seen(eq)
    for profile, rows in lists.items():
        made.accept(profile, rows, START)
    return made


def test_what_is_new_other_or_gone_is_told_against_what_was_seen() -> None:
    changes = seen(prod={"a": "1", "b": "2", "c": "3"}).compare({"prod": ({"a": "1", "b": "two", "d": "4"}, True)})
    assert changes == (frozenset({"d"}), {"b": "2"}, {"c": "3"})


def test_marks_stay_until_somebody_has_looked() -> None:
    eyes = seen(prod={"a": "1"})
    now = {"a": "one", "b": "2"}
    assert eyes.compare({"prod": (now, True)}) == eyes.compare({"prod": (now, True)}) == ({"b"}, {"a": "1"}, {})
    eyes.accept("prod", now, LATER)
    assert eyes.compare({"prod": (now, True)}) == (frozenset(), {}, {})
    assert eyes.since(["prod"]) == LATER


def test_what_comes_back_as_it_was_is_no_change() -> None:
    assert seen(prod={"a": "1"}).compare({"prod": ({"a": "1"}, True)}) == (frozenset(), {}, {})


def test_nothing_of_a_profile_is_new_before_it_was_seen() -> None:
    eyes = seen(prod={"a": "1"})
    assert not eyes.knows("lab")
    assert eyes.compare({"prod": ({"a": "1"}, True), "lab": ({"x": "1"}, True)}) == (frozenset(), {}, {})
    assert eyes.since(["lab"]) is None


def test_from_a_list_that_may_lack_rows_nothing_is_gone() -> None:
    assert seen(prod={"a": "1", "b": "2"}).compare({"prod": ({"a": "1"}, False)}).gone == {}


def test_two_profiles_of_one_project_do_not_tell_of_one_row_twice() -> None:
    eyes = seen(first={"a": "1", "b": "2"}, second={"b": "2"})
    lists = {"first": ({"b": "2", "c": "3"}, True), "second": ({"a": "1", "b": "2", "c": "3"}, True)}
    assert eyes.compare(lists) == (frozenset({"c"}), {}, {})


def vault(id: str, **more: object) -> Vault:
    return Vault(VaultId(id), id, "server", "backup", "available", 10, 0, **more)  # type: ignore[arg-type]


def test_a_ledger_remembers_the_list_with_which_it_opened() -> None:
    ledger = Ledger(DEMO, lambda _part: None)
    ledger.put_vaults(Listing([vault("a")], START, False), from_cache=True)
    assert Part.VAULTS not in ledger.first, "the first page of the cache is not all that was seen"
    ledger.put_vaults(Listing([vault("a"), vault("b")], START), from_cache=True)
    ledger.put_vaults(Listing([vault("c")], LATER))
    ledger.put_vaults(Listing([vault("c"), vault("d")], LATER))
    assert (list(ledger.first[Part.VAULTS].rows), ledger.first[Part.VAULTS].as_of) == (["a", "b"], START)


def test_a_first_list_that_lacks_what_the_region_does_not_tell_is_whole() -> None:
    ledger = Ledger(DEMO, lambda _part: None)
    ledger.put_protectables(Listing([], START, False, NotFound("host", status=404)), from_cache=True)
    assert Part.PROTECTABLES in ledger.first


def test_reading_vaults_does_not_alter_what_was_seen() -> None:
    ledger = Ledger(DEMO, lambda _part: None)
    ledger.put_vaults(Listing([vault("a")], START))
    before = ledger.vaults
    ledger.put_vaults(Listing([vault("a", auto_expand=True)], LATER))
    assert not before[VaultId("a")].auto_expand
