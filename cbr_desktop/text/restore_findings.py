"""What is found of a restore, as sentences for people."""

from collections.abc import Mapping

from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.restore import Rule
from cbr_desktop.text.catalogue import N_, _, listed, ngettext
from cbr_desktop.text.finding_words import FindingWords
from cbr_desktop.text.states import grouped, quoted, shown, status_words

_DISKS_IN_A_ROW = 8


def _restore_status(finding: Finding) -> str:
    said = (
        _("Backup {backup} is being restored already. Wait for the end of that.")
        if finding.code == "2010"
        else _("Backup {backup} is in state {status}; only one that is available can be restored.")
    )
    return said.format(backup=quoted(finding.facts["backup"], 80), status=status_words(finding.facts["status"]))


def _target_status(finding: Finding) -> str:
    usual = _("{target} is in state {status}, in which it cannot be restored. Wait until that changes.")
    said = {
        "2007": _("Server {target} is deleted ({status}) and cannot be restored."),
        "2008": _("Server {target} is in state {status}; it must run or be stopped. Wait for that."),
        "2011": _("Disk {target} is in state {status}; stop its server and detach it first, so that it is available."),
    }.get(finding.code, usual)
    return said.format(target=quoted(finding.facts["target"], 80), status=quoted(finding.facts["status"], 40))


_PAIR_RULES = {
    Rule.TOO_SMALL: N_(
        "Disk ‘{disk}’ has {size_gb} GB, and the backup of disk ‘{backup}’ has {saved_gb} GB: it does not fit."
        " Choose a disk of that size or a larger one."
    ),
    Rule.DISK_TYPE: N_("Nothing is restored to disk ‘{disk}’ of type {type}. Choose another disk."),
    Rule.DISK_STATUS: N_("Disk ‘{disk}’ is in state {status} and cannot be written over now. Wait, or choose another."),
    Rule.DATA_TO_SYSTEM: N_(
        "‘{disk}’ is the system disk of the server, and ‘{backup}’ the backup of a data disk: the server would not"
        " start any more. Choose a data disk."
    ),
    Rule.SYSTEM_TO_ENCRYPTED: N_(
        "Disk ‘{disk}’ is encrypted, and an encrypted disk cannot take the system disk ‘{backup}’. Choose another disk."
    ),
    Rule.SYSTEM_TO_SCSI: N_(
        "Disk ‘{disk}’ is a SCSI disk, which cannot take the system disk ‘{backup}’. Choose another disk."
    ),
    Rule.DISK_UNKNOWN: N_("The server has no disk ‘{disk}’ today. Choose one that it has, or leave ‘{backup}’ out."),
    Rule.BACKUP_UNKNOWN: N_("The backup has no disk of the id ‘{backup}’. Choose one that it has."),
    Rule.NAMED_TWICE: N_(
        "‘{backup}’ to ‘{disk}’: each backup of a disk and each disk may be named only once. Choose another disk."
    ),
}


def _pair_rule(finding: Finding) -> str:
    facts = {name: shown(value, 80) for name, value in finding.facts.items()}
    return _(_PAIR_RULES[Rule(str(finding.facts["rule"]))]).format(**facts)


def _disks_left_out(finding: Finding) -> str:
    names = finding.facts["names"]
    assert isinstance(names, list | tuple)  # noqa: S101  # what is judged says so
    return ngettext(
        "{count} disk of the backup is not restored and stays as it is today: {names}. Files that belong together may"
        " then be of different times.",
        "{count} disks of the backup are not restored and stay as they are today: {names}. Files that belong together"
        " may then be of different times.",
        len(names),
    ).format(count=grouped(len(names)), names=listed([quoted(name, 60) for name in names[:_DISKS_IN_A_ROW]]))


def _disk_swapped(finding: Finding) -> str:
    facts = {name: quoted(finding.facts[name], 80) for name in ("backup", "disk", "other")}
    said = (
        _("{backup} goes to {disk}, which it was not made of; what {other} holds is of its own backup, or stays.")
        if finding.facts["other"]
        else _("{backup} goes to {disk}, which it was not made of.")
    )
    return said.format(**facts)


RESTORE_FINDINGS: Mapping[FindingKind, FindingWords] = {
    FindingKind.RESTORE_TARGETS: N_(
        "The request must name exactly one target: server_id, volume_id or resource_id. Correct the file."
    ),
    FindingKind.RESTORE_UNREAD: N_(
        "The backups of the disks in ‘{backup}’ are not read yet, so that it is not judged which fits where. They are"
        " read before it is sent."
    ),
    FindingKind.RESTORE_STATUS: _restore_status,
    FindingKind.RESTORE_NOT_POSSIBLE: N_("The service says that nothing can be restored from ‘{backup}’."),
    FindingKind.RESTORE_IN_PLACE: N_(
        "File system ‘{resource}’ cannot be restored in place. Create a new file system from ‘{backup}’ in the console."
    ),
    FindingKind.RESTORE_REPLICA: N_(
        "‘{backup}’ is a replica of a backup of another region; its resource is not here. Make an image or a disk of"
        " it."
    ),
    FindingKind.RESTORE_VAULT: N_(
        "Vault ‘{vault}’ is in the state {status}; a backup in it can be restored once it is available."
    ),
    FindingKind.RESTORE_ELSEWHERE: N_(
        "‘{backup}’ was made of ‘{resource}’ and is restored only to that, not to ‘{target}’. For another server"
        " or disk make an image or a new disk of it in the console."
    ),
    FindingKind.RESTORE_WRONG_KEY: N_("What this backup was made of is named by {expected}, not by {key}."),
    FindingKind.TARGET_UNKNOWN: N_(
        "No resource {target} is known here; it may be gone, or of another project. Read again to be sure."
    ),
    FindingKind.TARGET_UNREAD: N_(
        "What disks ‘{target}’ has today could not be read, so that their sizes and states are not judged here."
        " The service judges them."
    ),
    FindingKind.TARGET_STATUS: _target_status,
    FindingKind.RESTORE_ASKED: N_(
        "A restore of ‘{target}’ was asked for before: {state}. Look at it in the outbox; a second one would write over"
        " the first."
    ),
    FindingKind.TARGET_RESTORING: N_("‘{target}’ is being restored already. Wait for the end of that."),
    FindingKind.TARGET_BACKED_UP: N_("‘{target}’ is being backed up. Wait until the backup is complete."),
    FindingKind.TARGET_REMOVED: N_("‘{target}’ is being taken out of its vault, and its backups with it."),
    FindingKind.PAIR_RULE: _pair_rule,
    FindingKind.PAIRS_MISSING: N_(
        "No disk is chosen. A server is restored disk by disk: choose where at least one of ‘{backup}’ goes."
    ),
    FindingKind.DISKS_LEFT_OUT: _disks_left_out,
    FindingKind.DISK_SWAPPED: _disk_swapped,
    FindingKind.PATH_RANGE: N_("The folder has {length} characters; it may have {limit}. Shorten it."),
}
