"""The words of the operations, one file each."""

from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.intent import Intent
from cbr_desktop.text.operations.create_checkpoint import CREATE_CHECKPOINT
from cbr_desktop.text.operations.create_policy import CREATE_POLICY
from cbr_desktop.text.operations.delete_backup import DELETE_BACKUP
from cbr_desktop.text.operations.rename_backup import RENAME_BACKUP
from cbr_desktop.text.operations.words import Words

WORDS: dict[Kind, Words] = {
    Kind.CREATE_CHECKPOINT: CREATE_CHECKPOINT,
    Kind.CREATE_POLICY: CREATE_POLICY,
    Kind.DELETE_BACKUP: DELETE_BACKUP,
    Kind.RENAME_BACKUP: RENAME_BACKUP,
}


def words_of(intent: Intent) -> Words:
    """Return the words of what a request does."""
    return WORDS[intent.change.kind]
