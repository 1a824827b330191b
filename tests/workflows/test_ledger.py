"""The ledger tells everybody who listens, in order, whatever one of them does with it."""

from operator import is_

import pytest

from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.connection import Connection, Reach
from cbr_desktop.workflows.ledger import Ledger, Part


def test_listeners_hear_in_the_order_in_which_they_subscribed_until_they_leave() -> None:
    heard: list[tuple[str, Part]] = []
    ledger = Ledger(DEMO, lambda part: heard.append(("first", part)))
    leave = ledger.subscribe(lambda part: heard.append(("second", part)))
    ledger.subscribe(lambda part: heard.append(("third", part)))
    ledger.put_connection(Connection(Reach.ONLINE))
    assert heard == [(name, Part.CONNECTION) for name in ("first", "second", "third")]
    leave()
    leave()
    heard.clear()
    ledger.notify(Part.TASKS)
    assert heard == [("first", Part.TASKS), ("third", Part.TASKS)]


def test_a_listener_that_fails_keeps_no_other_from_hearing_and_its_defect_is_not_swallowed() -> None:
    heard: list[Part] = []
    ledger = Ledger(DEMO)

    def broken(_part: Part) -> None:
        raise KeyError("a defect")

    ledger.subscribe(broken)
    ledger.subscribe(heard.append)
    with pytest.raises(KeyError, match="a defect"):
        ledger.notify(Part.TASKS)
    assert heard == [Part.TASKS]
    ledger.subscribe(broken)
    with pytest.raises(ExceptionGroup) as found:
        ledger.notify(Part.VAULTS)
    assert (len(found.value.exceptions), heard) == (2, [Part.TASKS, Part.VAULTS])


def test_a_listener_may_leave_while_it_is_told() -> None:
    heard: list[str] = []
    ledger = Ledger(DEMO)

    def once(_part: Part) -> None:
        heard.append("once")
        leave()

    leave = ledger.subscribe(once)
    ledger.subscribe(lambda _part: heard.append("always"))
    ledger.notify(Part.TASKS)
    ledger.notify(Part.TASKS)
    assert heard == ["once", "always", "always"]


def test_what_each_part_holds_is_the_very_same_until_it_is_another() -> None:
    ledger = Ledger(DEMO)
    held = {part: ledger.contents(part) for part in Part}
    for part in Part:
        assert all(map(is_, ledger.contents(part), held[part]))
    ledger.put_connection(Connection(Reach.ONLINE))
    assert [part for part in Part if ledger.contents(part) != held[part]] == [Part.CONNECTION]
