"""What the sentences must know of one kind of change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one operation. Those that begin small stand inside a sentence, the others begin one.

    ``title`` names the operation as something to be done, ``what`` what one request does. ``thing`` and ``things`` are
    what it makes or changes, ``place`` what takes one such request at a time, ``undone`` how things stand when it is
    not carried out. ``found`` follows "The answer had been lost;". ``sought`` is what is looked for after that and
    where, ``searched`` the place alone, ``looking`` says that it is being looked for and what follows,
    ``untraceable`` that it was not found. ``accepted`` is said while nothing more is known, ``outcome`` what became of
    it; ``running``, ``done``, ``partly`` and ``failed`` are the same in a few words. ``report`` are the first lines of
    a report, ``lines`` the heading of the rest, ``line`` of one of them. ``name`` stands for a request among others,
    ``twice`` says what comes of it when the first one came late and it is sent again. ``past`` is
    what everything, a part or nothing of a plan is at its end. ``unnamed`` stands for the name of a request that gives
    none, where it is known by its name.

    ``is_counted`` is whether what became of it is told as so many of so many, each with its progress. ``fates`` are the
    words of the fates that are not called as usual, ``remedies`` what to do after each. ``notice`` tells of its end, or
    of where it stands in the given words, where that is not ``title``, subject and those words.
    """

    title: str
    thing: str
    things: str
    place: str
    undone: str
    found: str
    accepted: str
    running: str
    done: str
    partly: str
    failed: str
    line: str
    lines: str
    twice: str
    name: Callable[[Intent], str]
    what: Callable[[Intent], str]
    sought: Callable[[Intent], str]
    searched: Callable[[Intent], str]
    looking: Callable[[Intent], str]
    untraceable: Callable[[Intent], str]
    outcome: Callable[[Intent, Outcome], str]
    report: Callable[[Intent], list[str]]
    past: str
    unnamed: str = ""
    is_counted: bool = False
    fates: Mapping[Fate, str] = field(default_factory=dict)
    remedies: Mapping[Fate, str] = field(default_factory=dict)
    notice: Callable[[Intent, Outcome | None, str], str] | None = None


def tally(outcome: Outcome, word: str = "") -> str:
    """Return how many of the resources asked for are backed up, with every loss: ``5 of 7, 2 skipped``."""
    losses = {Fate.FAILED: "failed", Fate.SKIPPED: "skipped", Fate.UNCERTAIN: "uncertain"}
    parts = [f"{outcome.count(Fate.DONE)} of {outcome.total}{word}"]
    parts += [f"{outcome.count(fate)} {word}" for fate, word in losses.items() if outcome.count(fate)]
    return ", ".join(parts)
