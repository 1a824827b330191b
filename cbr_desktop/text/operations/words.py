"""What the sentences must know of one kind of change."""

from collections.abc import Callable
from dataclasses import dataclass

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one operation. Those that begin small stand inside a sentence, the others begin one.

    ``title`` names the operation as something to be done, ``what`` what one request does. ``thing`` and ``things`` are
    what it makes or changes, ``place`` what takes one such request at a time, ``undone`` how things stand when it is
    not carried out. ``found`` follows "The answer had been lost;". ``sought`` is what is looked for after that and
    where, ``searched`` the place alone, ``looking`` says that it is being looked for and what follows,
    ``untraceable`` that it was not found. ``accepted`` is said while nothing more is known, ``outcome`` what became of
    it; ``running``, ``done``, ``partly`` and ``failed`` are the same in a few words. ``report`` are the first lines of
    a report, ``lines`` the heading of the rest. ``past`` is what everything, a part or nothing of a plan is at its end.
    ``unnamed`` stands for the name of a request that gives none, where it is known by its name.
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
    lines: str
    what: Callable[[Intent], str]
    sought: Callable[[Intent], str]
    searched: Callable[[Intent], str]
    looking: Callable[[Intent], str]
    untraceable: Callable[[Intent], str]
    outcome: Callable[[Intent, Outcome], str]
    report: Callable[[Intent], list[str]]
    past: str
    unnamed: str = ""
