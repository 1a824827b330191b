"""What the sentences must know of one kind of change."""

from collections.abc import Callable, Mapping

from msgspec import Struct, field

from cbr_desktop.domain.association import resource_ids
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.text.catalogue import _, listed, ngettext
from cbr_desktop.text.states import counted, grouped, quoted, shown


class PlanWords(Struct, frozen=True):
    """What a plan of one operation is at its end.

    ``whole``, ``part`` and ``none`` are the heads of a sentence, ``partly`` and ``nothing`` are said in a cell,
    ``without`` tells of so many steps that ended with nothing done.
    """

    whole: str
    part: str
    none: str
    partly: str
    nothing: str
    without: Callable[[int], str]


class Words(Struct, frozen=True):
    """The words of one operation, in the language that is spoken.

    Sentences: ``found`` that a lost answer was settled by reading, ``refused`` and ``taken_back`` how things stand when
    it is not carried out, ``accepted`` what is said while nothing more is known, ``outcome`` what became of it,
    ``looking`` that it is being looked for and what follows, ``untraceable`` that it was not found until a point in
    time, ``twice`` what comes of it when the first one came late and it is sent again.

    Names: ``title`` is the operation as something to be done, ``name`` stands for a request among others, ``request``
    and ``request_inside`` tell by its id what a request does, at the head of a sentence and within one,
    ``unproved_request`` does so at the head and without the id. ``thing`` and ``things`` are what it makes or changes,
    ``thing_title`` and ``id_title`` are the titles of that and of its id, ``place`` what takes one such request at a
    time, ``sought`` what is looked for after a lost answer and where, ``searched`` the place alone; all but the titles
    stand within a sentence. ``unnamed`` stands for the name of a request that gives none and is known by its name.

    ``running``, ``done``, ``partly`` and ``failed`` are what became of it in a few words, ``plan`` what becomes of a
    plan of such requests, ``report`` are the first lines of a report, ``lines`` the heading of the rest, ``line`` that
    of one of them. ``is_counted`` is whether what became of it is told as so many of so many, each with its progress.
    ``fates`` are the words of the fates that are not called as usual, ``remedies`` what to do after each. ``notice``
    tells of its end, or of where it stands in the given words, where that is not ``title``, subject and those words.
    ``batch`` is the operation done to so many things, as something to be done.
    ``ambiguity`` is why a person alone can tell whose a candidate is, where that is not for the sake of a name, and
    ``checks`` what a person looks at once it has ended.
    """

    title: str
    thing: str
    things: str
    thing_title: str
    id_title: str
    place: str
    refused: str
    taken_back: str
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
    request: Callable[[Intent], str]
    request_inside: Callable[[Intent], str]
    unproved_request: Callable[[Intent], str]
    sought: Callable[[Intent], str]
    searched: Callable[[Intent], str]
    looking: Callable[[Intent], str]
    untraceable: Callable[[Intent, str], str]
    outcome: Callable[[Intent, Outcome], str]
    report: Callable[[Intent], list[str]]
    plan: PlanWords
    unnamed: str = ""
    ambiguity: str = ""
    is_counted: bool = False
    fates: Mapping[Fate, str] = field(default_factory=dict)
    remedies: Mapping[Fate, str] = field(default_factory=dict)
    notice: Callable[[Intent, Outcome | None, str], str] | None = None
    batch: Callable[[int], str] | None = None
    checks: Callable[[], list[str]] = list


def short_id(intent: Intent) -> str:
    """Return the beginning of a request's id, by which commands name it."""
    return intent.id[:8]


def subject_name(intent: Intent) -> str:
    """Return what a request is about, quoted."""
    return quoted(intent.subject.label)


def known_name(intent: Intent) -> str:
    """Return the name of what a request is about, in a report; where it is not known, that."""
    return shown(intent.subject.name) or _("(name unknown)")


def policy_name(intent: Intent) -> str:
    """Return the policy that a request applies or removes, quoted; one still to be made by another has no name yet."""
    return quoted(intent.name, 64) if intent.name else _("(not made yet)")


def resources_words(intent: Intent) -> str:
    """Return the resources that a request names: the one by its name, several by their number."""
    ids = resource_ids(intent.body)
    if len(ids) == 1:
        return quoted(intent.name or ids[0], 64)
    return counted("{count} resource", "{count} resources", len(ids))


def resources_request(whole: str, intent: Intent) -> str:
    """Return a message on a request with its id, the resources that it names, and its vault."""
    return whole.format(id=short_id(intent), resources=resources_words(intent), vault=subject_name(intent))


def resources_report(title: str, intent: Intent) -> list[str]:
    """Return the first lines of a report on a request for resources of a vault."""
    return [
        _("{title}: {names}").format(title=title, names=shown(intent.name)),
        _("Vault: {name} ({id})").format(name=known_name(intent), id=intent.subject.id),
    ]


def tally(outcome: Outcome) -> str:
    """Return how many of the resources asked for are backed up, with every loss: ``5 of 7, 2 skipped``."""
    head = _("{count} of {total}").format(count=outcome.count(Fate.DONE), total=outcome.total)
    return listed([head, *losses(outcome)])


def running_tally(outcome: Outcome) -> str:
    """Return how many of the resources asked for are backed up so far: ``5 of 7 done, 2 skipped``."""
    head = _("{count} of {total} done").format(count=outcome.count(Fate.DONE), total=outcome.total)
    return listed([head, *losses(outcome)])


def losses(outcome: Outcome) -> list[str]:
    """Return how many resources are not backed up or not known to be, each kind apart: ``2 skipped``."""
    counts = {fate: outcome.count(fate) for fate in (Fate.FAILED, Fate.SKIPPED, Fate.UNCERTAIN)}
    words = {
        Fate.FAILED: ngettext("{count} failed", "{count} failed", counts[Fate.FAILED]),
        Fate.SKIPPED: ngettext("{count} skipped", "{count} skipped", counts[Fate.SKIPPED]),
        Fate.UNCERTAIN: ngettext("{count} uncertain", "{count} uncertain", counts[Fate.UNCERTAIN]),
    }
    return [words[fate].format(count=grouped(count)) for fate, count in counts.items() if count]
