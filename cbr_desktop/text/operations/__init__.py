"""The words of the operations, one file each."""

from cbr_desktop.domain.change import Kind, Subject, SubjectType
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.text.operations.apply_policy import APPLY_POLICY
from cbr_desktop.text.operations.create_checkpoint import CREATE_CHECKPOINT
from cbr_desktop.text.operations.create_policy import CREATE_POLICY
from cbr_desktop.text.operations.delete_backup import DELETE_BACKUP
from cbr_desktop.text.operations.delete_policy import DELETE_POLICY
from cbr_desktop.text.operations.remove_policy import REMOVE_POLICY
from cbr_desktop.text.operations.rename_backup import RENAME_BACKUP
from cbr_desktop.text.operations.update_policy import UPDATE_POLICY
from cbr_desktop.text.operations.words import Words
from cbr_desktop.text.states import shown, status_words
from cbr_desktop.text.words import NONE

WORDS: dict[Kind, Words] = {
    Kind.CREATE_CHECKPOINT: CREATE_CHECKPOINT,
    Kind.CREATE_POLICY: CREATE_POLICY,
    Kind.UPDATE_POLICY: UPDATE_POLICY,
    Kind.DELETE_POLICY: DELETE_POLICY,
    Kind.APPLY_POLICY: APPLY_POLICY,
    Kind.REMOVE_POLICY: REMOVE_POLICY,
    Kind.DELETE_BACKUP: DELETE_BACKUP,
    Kind.RENAME_BACKUP: RENAME_BACKUP,
}


def words_of(intent: Intent) -> Words:
    """Return the words of what a request does."""
    return WORDS[intent.change.kind]


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
    words = WORDS[kind]
    if words.unnamed:
        return shown(name, 80) if name else unnamed or words.unnamed
    return f"{words.title}: {shown(name, 80)}" if name else words.title


def subject_words(subject: Subject | None) -> str:
    """Return what a request is done to, with its type where that is no vault."""
    if subject is None:
        return ""
    label = shown(subject.label, 80)
    return label if subject.type is SubjectType.VAULT else f"{subject.type} {label}"
