"""The words of the renaming of a backup."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate
from cbr_desktop.text.operations.words import Words
from cbr_desktop.text.states import quoted, shown


def _backup(intent: Intent) -> str:
    return f"backup {quoted(intent.subject.label)}"


RENAME_BACKUP = Words(
    title="Rename backup",
    thing="backup",
    things="backups",
    place="the backup",
    undone="the backup has its name still",
    found="reading has shown that the backup has its new name",
    accepted="Accepted; the backup has its new name.",
    running="Renaming",
    done="Renamed",
    partly="Partly renamed",
    failed="Not renamed",
    line="Backup",
    lines="Backups",
    twice="If the first one came late after all, the second one gives the same name once more.",
    name=lambda intent: f"Rename to {shown(intent.name, 64)}",
    what=lambda intent: f"to rename {_backup(intent)} to {quoted(intent.name, 64)}",
    sought=lambda intent: f"the new name of {_backup(intent)}",
    searched=_backup,
    looking=lambda intent: (
        f"Reading which name {_backup(intent)} has. If it is the old one, the renaming is sent again by itself, at most"
        " twice, while your confirmation is fresh."
    ),
    untraceable=lambda intent: f"{_backup(intent).capitalize()} had its old name",
    outcome=lambda intent, _outcome: f"Renamed: the backup is called {quoted(intent.name)}.",
    report=lambda intent: [
        f"Rename backup: {shown(intent.subject.name) or '(name unknown)'} ({intent.subject.id})",
        f"New name: {shown(intent.name)}",
    ],
    past="renamed",
    fates={Fate.DONE: "Renamed"},
)
