"""What is kept of order and filter shows the rows that working them out anew does, whatever was done before."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from cbr_desktop.ui.kit.tables.arrangement import Arrangement
from cbr_desktop.ui.kit.tables.column import IDS, Column, NumberField, SortKey, TextField
from cbr_desktop.ui.kit.tables.filter import Asked, Filter, parse

WORDS = ("erp", "Erp-web", "web", "wEb-01", "ab", "a", "", "größe")
STATES = ("available", "error", "deleting")
LINES = (
    *("erp", "erp-web", "-erp-we", "web ab", 'a "b"', "-web a"),
    *("state:available", "-state:err", "state=error,available", "state=error", "-state=error", "state:err,del"),
    *("size>2 web", "size<3 state:a", "seen:yes a", "-seen:yes", "name:GRÖSSE", "name=web", "name:web"),
    *("nothing:x", "state:", "state:,", "0a", "-0a b", "1-a", "q1", "7"),
)


@dataclass(frozen=True)
class Thing:
    """A row; two of the same number are different rows, as two readings of a list give them."""

    number: int
    name: str
    state: str
    size: int | None


class Table:
    """An arrangement, and what it has to come to: the same rows filtered and sorted with nothing kept."""

    def __init__(self) -> None:
        self.seen: set[int] = set()
        """What rows say besides what they hold, as a page knows with how many projects a backup is shared."""
        self.suffix = ""
        self.sort: list[Callable[[Thing], SortKey]] = [
            lambda thing: thing.name or None,
            lambda thing: thing.size,
            lambda thing: thing.name if thing.number % 3 else thing.number,
            lambda thing: thing.number in self.seen,
        ]
        columns = [Column(str(n), str(n), str, sort, live=n == 3) for n, sort in enumerate(self.sort)]
        self.fields = (
            TextField[Thing]("name", lambda thing: thing.name),
            TextField[Thing]("state", lambda thing: thing.state),
            TextField[Thing]("seen", lambda thing: "yes" if thing.number in self.seen else "no", live=True),
            NumberField[Thing]("size", lambda thing: thing.size),
        )
        self.searched = 0
        self.arrangement = Arrangement(columns, self.search, many=0, piece=3)

    def search(self, thing: Thing) -> str:
        """Return what words are looked for in."""
        self.searched += 1
        odd = "q" if thing.number % 7 == 1 else ""  # no id has to be of digits alone
        return f"{thing.name}\n{thing.state}{self.suffix}{IDS}{odd}{abs(thing.number) % 97:02x}-a\n{thing.number:x}"

    def shown(self, text: str, column: int, *, descending: bool) -> list[Thing]:
        """Return what the arrangement shows."""
        places = self.arrangement.places(parse(text, self.fields), column, descending=descending)
        return [self.arrangement.rows[place] for place in places]

    def expected(self, text: str, column: int, *, descending: bool) -> list[Thing]:
        """Return what is to be shown."""
        asked: Filter[Thing] = parse(text, self.fields)
        rows = [
            row
            for row in self.arrangement.rows
            if all(self._is_kept(one, row) for one in asked.asked) and all(test(row) for test in asked.tests)
        ]
        if column < 0:
            return rows
        known = [row for row in rows if self.sort[column](row) is not None]
        known.sort(key=lambda row: _comparable(self.sort[column](row)), reverse=descending)
        return [*known, *(row for row in rows if self.sort[column](row) is None)]

    def _is_kept(self, asked: Asked[Thing], row: Thing) -> bool:
        text = (self.search(row) if asked.field is None else asked.field.value(row)).casefold()
        return (text in asked.wanted if asked.is_whole else any(one in text for one in asked.wanted)) != asked.is_turned


def _comparable(key: SortKey) -> object:
    """Return what rows are compared by: numbers come before words, capitals make no difference."""
    return (1, key.casefold()) if isinstance(key, str) else (0, key)


@pytest.mark.parametrize("seed", range(6))
def test_any_keys_backspaces_orders_and_rows_show_what_a_fresh_filter_and_order_do(seed: int) -> None:
    dice = random.Random(seed)
    table = Table()
    rows: list[Thing] = []
    line, text, order = "", "", (-1, False)
    for number in range(400):
        act = dice.random()
        if act < 0.35:
            if not line.startswith(text) or text == line:
                line = dice.choice(LINES)
                text = line[: dice.randrange(len(line))] if dice.random() < 0.7 else text
            text = line[: len(text) + 1] if line.startswith(text) else f"{text} {dice.choice(LINES)}"[:40]
        elif act < 0.6:
            text = text[:-1]
        elif act < 0.75:
            text = dice.choice(LINES)
        elif act < 0.85:
            order = (dice.randrange(-1, 4), dice.random() < 0.5)
        elif act < 0.92:
            table.seen.symmetric_difference_update(row.number for row in rows if dice.random() < 0.2)
        elif act < 0.95:
            table.arrangement.prepare()
        else:
            made = Thing(number, dice.choice(WORDS), dice.choice(STATES), dice.choice((None, 1, 2, 3, 4)))
            rows = [row if dice.random() < 0.9 else replace(row, state=dice.choice(STATES)) for row in rows[-40:]]
            rows.insert(dice.randrange(len(rows) + 1), made)
            rows[len(rows) :] = [replace(made, number=-number - n, name=dice.choice(WORDS)) for n in range(3)]
            table.suffix = dice.choice(("", "\nb"))
            table.arrangement.put(rows, table.suffix if dice.random() < 0.7 else None)
        column, descending = order
        assert table.shown(text, column, descending=descending) == table.expected(text, column, descending=descending)


def test_whatever_was_asked_before_does_not_change_what_a_filter_keeps() -> None:
    table = Table()
    table.seen = {1, 2, 5}
    names = [(name, state) for name in WORDS for state in STATES]
    table.arrangement.put([Thing(n, *pair, n % 5 or None) for n, pair in enumerate(names)])
    for before in LINES:
        for line in LINES:
            table.shown(before, 0, descending=True)
            assert table.shown(line, 0, descending=True) == table.expected(line, 0, descending=True)


def test_what_is_kept_is_not_worked_out_again() -> None:
    table = Table()
    rows = [Thing(n, f"web-{n}", "error", n) for n in range(10)]
    table.arrangement.put(rows, "")
    while table.arrangement.prepare():
        pass
    assert table.searched == 10
    for text in ("w", "we", "web", "we", "", "web-3"):
        table.shown(text, 0, descending=True)
    assert table.searched == 10
    table.arrangement.put([Thing(10, "web-10", "error", 10), *rows[1:]], "")
    table.shown("web", 0, descending=True)
    assert table.searched == 11
    table.arrangement.put(rows[1:], None)
    table.shown("web", 0, descending=True)
    assert table.searched == 20


@pytest.mark.parametrize("column", range(4))
def test_an_order_worked_out_ahead_in_pieces_is_the_one_of_the_rows_that_are_put(column: int) -> None:
    dice, table = random.Random(column), Table()
    for number, count in enumerate((0, 1, 2, 50, 9_000, 9_000)):
        descending = bool(number % 2)
        rows = [
            Thing(place, dice.choice(WORDS), dice.choice(STATES), dice.choice([None, 1, 2, 3]))
            for place in range(count)
        ]
        pieces = sum(1 for _ in table.arrangement.order_ahead(rows, column, descending=descending))
        assert pieces >= count // 3 or column == 3
        # what was worked out ahead is of these very rows and no others
        table.arrangement.put(rows if number < 5 else rows[::-1])
        assert table.shown("", column, descending=descending) == table.expected("", column, descending=descending)
