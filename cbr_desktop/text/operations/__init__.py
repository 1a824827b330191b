"""The words of the operations, one file each."""

from collections.abc import Callable
from functools import cache
from gettext import NullTranslations

from cbr_desktop.domain.change import Kind, Subject, SubjectType
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.text.catalogue import N_, _, translations
from cbr_desktop.text.operations.answer_share import answer_share
from cbr_desktop.text.operations.apply_policy import apply_policy
from cbr_desktop.text.operations.associate_resources import associate_resources
from cbr_desktop.text.operations.change_enterprise_project import change_enterprise_project
from cbr_desktop.text.operations.change_tags import change_tags
from cbr_desktop.text.operations.create_checkpoint import create_checkpoint
from cbr_desktop.text.operations.create_policy import create_policy
from cbr_desktop.text.operations.create_vault import create_vault
from cbr_desktop.text.operations.delete_backup import delete_backup
from cbr_desktop.text.operations.delete_policy import delete_policy
from cbr_desktop.text.operations.delete_vault import delete_vault
from cbr_desktop.text.operations.dissociate_resources import dissociate_resources
from cbr_desktop.text.operations.lock_vault import lock_vault
from cbr_desktop.text.operations.migrate_resources import migrate_resources
from cbr_desktop.text.operations.remove_policy import remove_policy
from cbr_desktop.text.operations.rename_backup import rename_backup
from cbr_desktop.text.operations.replicate_backup import replicate_backup
from cbr_desktop.text.operations.replicate_vault import replicate_vault
from cbr_desktop.text.operations.restore_backup import restore_backup
from cbr_desktop.text.operations.set_protection import set_protection
from cbr_desktop.text.operations.share_backup import share_backup
from cbr_desktop.text.operations.update_all_vaults import update_all_vaults
from cbr_desktop.text.operations.update_expiration import update_expiration
from cbr_desktop.text.operations.update_policy import update_policy
from cbr_desktop.text.operations.update_vault import update_vault
from cbr_desktop.text.operations.withdraw_share import withdraw_share
from cbr_desktop.text.operations.words import PlanWords, Words
from cbr_desktop.text.states import counted, grouped, shown, status_words
from cbr_desktop.text.words import NONE

_WORDS: dict[Kind, Callable[[], Words]] = {
    Kind.CREATE_CHECKPOINT: create_checkpoint,
    Kind.CREATE_POLICY: create_policy,
    Kind.UPDATE_POLICY: update_policy,
    Kind.DELETE_POLICY: delete_policy,
    Kind.APPLY_POLICY: apply_policy,
    Kind.REMOVE_POLICY: remove_policy,
    Kind.ASSOCIATE_RESOURCES: associate_resources,
    Kind.DISSOCIATE_RESOURCES: dissociate_resources,
    Kind.MIGRATE_RESOURCES: migrate_resources,
    Kind.SET_PROTECTION: set_protection,
    Kind.DELETE_BACKUP: delete_backup,
    Kind.RENAME_BACKUP: rename_backup,
    Kind.SHARE_BACKUP: share_backup,
    Kind.WITHDRAW_SHARE: withdraw_share,
    Kind.ANSWER_SHARE: answer_share,
    Kind.REPLICATE_BACKUP: replicate_backup,
    Kind.REPLICATE_VAULT: replicate_vault,
    Kind.CREATE_VAULT: create_vault,
    Kind.RESTORE_BACKUP: restore_backup,
    Kind.UPDATE_VAULT: update_vault,
    Kind.LOCK_VAULT: lock_vault,
    Kind.DELETE_VAULT: delete_vault,
    Kind.UPDATE_ALL_VAULTS: update_all_vaults,
    Kind.CHANGE_TAGS: change_tags,
    Kind.UPDATE_EXPIRATION: update_expiration,
    Kind.CHANGE_ENTERPRISE_PROJECT: change_enterprise_project,
}


def words_for(kind: Kind) -> Words:
    """Return the words of an operation."""
    return _spoken(kind, translations())


@cache
def _spoken(kind: Kind, _translations: NullTranslations) -> Words:
    """Return the words of an operation in a language; tables ask for them cell by cell."""
    return _WORDS[kind]()


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
