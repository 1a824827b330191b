"""The words of the operations, one file each: the module and the function in it are named as the kind is."""

import importlib
from functools import cache
from gettext import NullTranslations

from cbr_desktop.domain.change import Kind, Subject, SubjectType
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.text.catalogue import N_, _, translations
from cbr_desktop.text.operations.words import PlanWords, Words
from cbr_desktop.text.states import counted, grouped, shown, status_words
from cbr_desktop.text.words import NONE


def words_for(kind: Kind) -> Words:
    """Return the words of an operation."""
    return _spoken(kind, translations())


@cache
def _spoken(kind: Kind, _translations: NullTranslations) -> Words:
    """Return the words of an operation in a language; tables ask for them cell by cell."""
    name = kind.name.lower()
    words: Words = getattr(importlib.import_module(f"{__name__}.{name}"), name)()
    return words


def batch_words(kind: Kind, count: int) -> str:
    """Return an operation done to so many things, as something to be done: ``Delete 3 backups``."""
    words = words_for(kind)
    if words.batch is not None:
        return words.batch(count)
    return _("{title} ({count})").format(title=words.title, count=grouped(count))


def words_of(intent: Intent) -> Words:
    """Return the words of what a request does."""
    return words_for(intent.change.kind)


def plan_words() -> PlanWords:
    """Return what a plan of several operations is at its end."""
    return PlanWords(
        whole=_("Finished: everything is done"),
        part=_("Ended: only a part is done"),
        none=_("Ended: nothing is done"),
        partly=_("Partly done"),
        nothing=_("Nothing done"),
        without=lambda count: counted("{count} with nothing done", "{count} with nothing done", count),
    )


def state_of(intent: Intent) -> str:
    """Return where a request stands while nothing is known of what became of it."""
    return words_of(intent).running if intent.state is IntentState.ACCEPTED else status_words(intent.state)


def fate_of(intent: Intent, fate: Fate) -> str:
    """Return what became of one thing of a request."""
    return words_of(intent).fates.get(fate) or status_words(fate)


def asked_for_words(kind: Kind | None, name: str, unnamed: str = "") -> str:
    """Return what a request asks for: the name of what is made, or what is done and to which name.

    ``unnamed`` stands for a name that is not given, by default in the words of the operation.
    """
    if kind is None:
        return shown(name, 80) if name else NONE
    words = words_for(kind)
    if words.unnamed:
        return shown(name, 80) if name else unnamed or words.unnamed
    return _("{title}: {name}").format(title=words.title, name=shown(name, 80)) if name else words.title


def subject_words(subject: Subject | None) -> str:
    """Return what a request is done to, with its type where that is no vault."""
    if subject is None:
        return ""
    label = shown(subject.label, 80)
    if subject.type is SubjectType.VAULT:
        return label
    return typed_words(subject.type, label)


_TYPED = {
    SubjectType.VAULT: N_("vault {name}"),
    SubjectType.BACKUP: N_("backup {name}"),
    SubjectType.POLICY: N_("policy {name}"),
    SubjectType.RESOURCE: N_("resource {name}"),
    SubjectType.PROJECT: N_("project {name}"),
}


_TYPES = {
    SubjectType.VAULT: N_("vault"),
    SubjectType.BACKUP: N_("backup"),
    SubjectType.POLICY: N_("policy"),
    SubjectType.RESOURCE: N_("resource"),
    SubjectType.PROJECT: N_("project"),
}


def subject_type(type: SubjectType) -> str:
    """Return what a request is done to, within a sentence: ``backup``."""
    return _(_TYPES[type])


def typed_words(type: SubjectType, name: str) -> str:
    """Return the name of what a request is done to, after what that is: ``backup nightly``."""
    return _(_TYPED[type]).format(name=name)
