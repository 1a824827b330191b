"""The words of the rehearsal of a restore: the table of its disks, and the sheet that is printed and approved."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from cbr_desktop.domain.finding import Severity
from cbr_desktop.domain.intent import Approval
from cbr_desktop.domain.profile import Environment, Profile
from cbr_desktop.domain.protectable import Disk
from cbr_desktop.domain.restore import CODES, DiskBackup, PairRow, Rule, TargetKind
from cbr_desktop.text.backups import told_words
from cbr_desktop.text.catalogue import N_, _, listed, ngettext
from cbr_desktop.text.consequences import loss_sentences
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.markup import escape, page
from cbr_desktop.text.operations import words_for
from cbr_desktop.text.preview import request_text
from cbr_desktop.text.states import (
    clock_words,
    duration_words,
    gb_words,
    grouped,
    quoted,
    shown,
    status_words,
    utc_words,
    whole_times,
)
from cbr_desktop.text.tasks import task_type_words
from cbr_desktop.text.words import NONE, environment_words
from cbr_desktop.workflows.rehearsal import Compared, Rehearsal, Trait

BY_HAND = "_" * 40
"""What stands where something is to be written by hand."""
_UNTOLD = N_("not told")
_RULES = {
    Rule.TOO_SMALL: N_("Too small"),
    Rule.DISK_TYPE: N_("Unfit type of disk"),
    Rule.DISK_STATUS: N_("Unfit state of the disk"),
    Rule.DATA_TO_SYSTEM: N_("Data would go to the system disk"),
    Rule.SYSTEM_TO_ENCRYPTED: N_("System would go to an encrypted disk"),
    Rule.SYSTEM_TO_SCSI: N_("System would go to a SCSI disk"),
    Rule.DISK_UNKNOWN: N_("No such disk today"),
    Rule.BACKUP_UNKNOWN: N_("No such disk in the backup"),
    Rule.NAMED_TWICE: N_("Chosen twice"),
}
_TRAITS = {
    Trait.NAME: N_("Name"),
    Trait.FLAVOR: N_("Flavor"),
    Trait.AZ: N_("Availability zone"),
    Trait.OS: N_("Operating system"),
    Trait.ADDRESSES: N_("Addresses"),
    Trait.DISKS: N_("Disks in GB"),
    Trait.SIZE: N_("Size in GB"),
    Trait.ENCRYPTED: N_("Encrypted"),
    Trait.TYPE: N_("Type of disk"),
    Trait.STATE: N_("State"),
}


class SheetSection(NamedTuple):
    """A part of the sheet: facts with their titles, then a table, then lines."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    lines: tuple[str, ...] = ()


class RehearsalSheet(NamedTuple):
    """The rehearsal to be printed, read and signed.

    ``verdict`` says whether it could be sent, ``stake`` what is at stake in its profile.
    """

    title: str
    verdict: str
    is_blocked: bool
    sections: tuple[SheetSection, ...]
    stake: str = ""


# the disks


def disk_columns() -> tuple[str, ...]:
    """Return the titles of the table of disks."""
    return (_("Disk in the backup"), _("Size"), _("Kind"), _("Encrypted"), _("Written over"), _("Judgement"))


def saved_cells(saved: DiskBackup) -> tuple[str, ...]:
    """Return what is told of the backup of a disk: name, size, kind, whether it is encrypted."""
    return (
        shown(saved.name or saved.volume_id, 80),
        gb_words(saved.size_gb),
        _kind_words(saved.is_system),
        told_words(saved.is_encrypted),
    )


def saved_words(saved: DiskBackup) -> str:
    """Return what is told of the backup of a disk, on two lines."""
    name, size, kind, _encrypted = saved_cells(saved)
    encrypted = {True: _("encrypted"), False: _("not encrypted"), None: ""}[saved.is_encrypted]
    return f"{name}\n{' · '.join(part for part in (size, kind, encrypted) if part and part != NONE)}"


def choice_columns() -> tuple[str, ...]:
    """Return the titles of the table in which disks are chosen."""
    return (_("Disk in the backup"), _("Written over"), _("Judgement"))


def disk_words(disk: Disk) -> str:
    """Return what a disk of the target is today, in one line."""
    parts = [
        shown(disk.device, 20),
        gb_words(disk.size_gb),
        _kind_words(disk.bootable),
        shown(disk.name or disk.id, 60),
        _("encrypted") if disk.encrypted else "",
        _("shared") if disk.shared else "",
        "SCSI" if disk.scsi else "",
        shown(disk.status, 20),
    ]
    return " · ".join(part for part in parts if part)


def not_restored_words() -> str:
    """Return what is said in place of a disk when a backup of a disk is left out."""
    return _("Not restored")


def pair_words(row: PairRow) -> str:
    """Return how a pair is judged, in a few words with the service's code."""
    if row.broken:
        first = row.broken[0]
        return _("{rule} (code {code})").format(rule=_(_RULES[first]), code=CODES[first])
    if row.disk is None:
        return _("Not judged: the disks of today are not known")
    is_same = row.saved is not None and row.saved.volume_id.lower() == row.pair.volume_id.lower()
    return _("Fits: the very disk") if is_same else _("Fits, but is another disk")


def _kind_words(is_system: bool | None) -> str:
    return NONE if is_system is None else _("System disk") if is_system else _("Data disk")


def disk_rows(rehearsal: Rehearsal) -> list[tuple[str, ...]]:
    """Return the cells of the table of disks: first the pairs, then what is not restored."""
    rows = []
    for row in rehearsal.rows:
        saved = saved_cells(row.saved) if row.saved is not None else (shown(row.pair.backup_id, 64), NONE, NONE, NONE)
        disk = disk_words(row.disk) if row.disk is not None else shown(row.pair.volume_id, 64)
        rows.append((*saved, disk, pair_words(row)))
    return [*rows, *((*saved_cells(each), not_restored_words(), NONE) for each in rehearsal.left)]


def untouched_words(rehearsal: Rehearsal) -> str:
    """Return which disks of the target stay as they are, empty when there are none."""
    if not rehearsal.untouched:
        return ""
    names = listed([disk_words(disk) for disk in rehearsal.untouched])
    return _("Stays untouched: {disks}").format(disks=names)


# what is told besides


def trait_words(compared: Compared) -> tuple[str, str, str]:
    """Return a trait of the target, as it was saved and as it is today."""
    saved, today = (_trait_value(compared.trait, text) for text in (compared.saved, compared.today))
    return (_(_TRAITS[compared.trait]), saved, today)


def _trait_value(trait: Trait, text: str) -> str:
    if not text:
        return _(_UNTOLD)
    return told_words(text == "true") if trait is Trait.ENCRYPTED else shown(text, 200)


def compared_columns() -> tuple[str, str, str]:
    """Return the titles of the table of the target then and today."""
    return (_("Target"), _("In the backup"), _("Today"))


def running_words(rehearsal: Rehearsal) -> list[str]:
    """Return the tasks that have not ended of the target and its vault, in sentences."""
    told = []
    for task in rehearsal.running:
        progress = "" if task.progress_percent is None else f" {task.progress_percent} %"
        told.append(
            _("{type}{progress} of {resource} in vault {vault}").format(
                type=task_type_words(task.type),
                progress=progress,
                resource=quoted(task.resource_name or task.resource_id or NONE, 80),
                vault=quoted(task.vault_name or task.vault_id or NONE, 80),
            )
        )
    return told


def metadata_words(rehearsal: Rehearsal) -> str:
    """Return why nothing can be compared with what was saved of a server, empty when it can."""
    opened = rehearsal.opened
    if rehearsal.asked.kind is not TargetKind.SERVER or rehearsal.compared:
        return ""
    if opened is None or opened.details is None:
        return _("What was saved with the backup has not been read.")
    if opened.metadata_error is not None:
        return _("What was saved with the backup could not be read.")
    return _("The service does not have ready yet what was saved with the backup.")


def as_of_words(rehearsal: Rehearsal, now: datetime) -> str:
    """Return how old what this is judged by is."""
    if rehearsal.as_of is None:
        return _("Not all that this is judged by has been read yet.")
    return _("Judged by what was read at {as_of}, {age} ago.").format(
        as_of=clock_words(rehearsal.as_of, now), age=duration_words(now - rehearsal.as_of)
    )


def rehearsal_verdict_words(rehearsal: Rehearsal) -> str:
    """Return whether the service would take the restore, by what is known."""
    blocks = [each for each in rehearsal.findings if each.severity is Severity.BLOCK]
    warnings = [each for each in rehearsal.findings if each.severity is Severity.WARN]
    if blocks:
        return _("The service would refuse it: {first}").format(first=finding_sentence(blocks[0]))
    if warnings:
        return ngettext(
            "It could be sent, with {count} warning: {first}",
            "It could be sent, with {count} warnings: {first}",
            len(warnings),
        ).format(count=grouped(len(warnings)), first=finding_sentence(warnings[0]))
    return _("As far as is known, the service would accept it.")


def headline(rehearsal: Rehearsal) -> str:
    """Return what is restored from what."""
    backup = rehearsal.backup
    name = backup.name if backup is not None else rehearsal.asked.backup_id
    return _("Restore {target} from {backup}").format(
        target=quoted(rehearsal.change.subject.label, 80), backup=quoted(name, 80)
    )


# the sheet


def sheet(
    rehearsal: Rehearsal, profile: Profile, environment: Environment, now: datetime, approval: Approval | None = None
) -> RehearsalSheet:
    """Return the rehearsal as a sheet; a reason or an approver not given is left to be written by hand.

    Its times are in UTC: it is read elsewhere and on another day. ``environment`` is what is at stake in the profile.
    """
    stake = environment_words(environment)
    if environment is Environment.DEMO:
        stake = _("{environment}: nothing here is real").format(environment=stake)
    with whole_times():
        sections = tuple(_sections(rehearsal, profile, now, approval))
        return RehearsalSheet(
            headline(rehearsal), rehearsal_verdict_words(rehearsal), rehearsal.is_blocked, sections, stake
        )


def _sections(
    rehearsal: Rehearsal, profile: Profile, now: datetime, approval: Approval | None
) -> Iterator[SheetSection]:
    yield SheetSection(_("What is restored"), facts=tuple(_facts(rehearsal, profile, now)))
    yield SheetSection(_("What is lost"), lines=tuple(loss_sentences(rehearsal.blast, now)))
    if rehearsal.asked.kind is TargetKind.SERVER:
        untouched = untouched_words(rehearsal)
        lines = (untouched,) if untouched else ()
        yield SheetSection(_("Disks"), columns=disk_columns(), rows=tuple(disk_rows(rehearsal)), lines=lines)
    judged = [(status_words(f.severity), f.code or NONE, finding_sentence(f)) for f in rehearsal.findings]
    columns = (_("Weight"), _("Code"), _("Finding"))
    nothing = () if judged else (_("Nothing that is known speaks against it."),)
    yield SheetSection(_("Judgement"), columns=columns if judged else (), rows=tuple(judged), lines=nothing)
    rows = tuple(trait_words(each) for each in rehearsal.compared)
    missing = metadata_words(rehearsal)
    heads = compared_columns() if rows else ()
    yield SheetSection(_("Then and today"), columns=heads, rows=rows, lines=(missing,) if missing else ())
    running = running_words(rehearsal) or [_("Nothing runs there, as far as is known.")]
    yield SheetSection(_("Running now"), lines=tuple(running))
    yield SheetSection(_("The request"), lines=(request_text(rehearsal.change, profile),))
    yield SheetSection(
        _("Reason and approval"),
        facts=(
            (_("Reason"), approval.reason if approval is not None and approval.reason else BY_HAND),
            (_("Approved by"), approval.approver if approval is not None and approval.approver else BY_HAND),
            (_("Date and signature"), BY_HAND),
        ),
    )
    checks = words_for(rehearsal.change.kind).checks()
    yield SheetSection(_("What to check afterwards"), lines=tuple(f"☐ {check}" for check in checks))


def _facts(rehearsal: Rehearsal, profile: Profile, now: datetime) -> Iterator[tuple[str, str]]:
    backup, subject = rehearsal.backup, rehearsal.change.subject
    yield _("Written over"), _("{name} ({id})").format(name=shown(subject.name, 120) or NONE, id=subject.id)
    if backup is not None:
        yield _("From backup"), _("{name} ({id})").format(name=shown(backup.name, 120) or NONE, id=backup.id)
        yield _("Backup made"), utc_words(backup.created_at) if backup.created_at is not None else NONE
    over = rehearsal.blast.overwritten
    if over is not None and over.data_at is not None:
        yield _("Data of"), utc_words(over.data_at)
    yield _("Vault"), shown(rehearsal.vault.name, 120) if rehearsal.vault is not None else NONE
    region = "" if profile.region in profile.name or profile.region in profile.project else profile.region
    yield _("Profile"), " · ".join(shown(part, 60) for part in (profile.name, region, profile.project) if part)
    if rehearsal.asked.kind is TargetKind.SERVER:
        yield _("Afterwards"), _("the server is started") if rehearsal.asked.power_on else _("the server stays off")
    yield _("Written in total"), gb_words(rehearsal.written_gb)
    yield _("Sheet made"), utc_words(now)
    yield _("Judged by data of"), utc_words(rehearsal.as_of) if rehearsal.as_of is not None else NONE


def sheet_text(made: RehearsalSheet) -> str:
    """Return a sheet as lines of text."""
    lines = [*([made.stake] if made.stake else []), made.title, made.verdict]
    for section in made.sections:
        lines += ["", section.title, "-" * len(section.title)]
        width = max((len(title) for title, _value in section.facts), default=0)
        lines += [f"  {title:<{width}}  {value}" for title, value in section.facts]
        if section.rows:
            table = (section.columns, *section.rows)
            widths = [max(map(len, column)) for column in zip(*table, strict=True)]
            lines += ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in table]
        lines += [f"  {line}" for text in section.lines for line in text.split("\n")]
    return "\n".join([*lines, ""])


def sheet_html(made: RehearsalSheet) -> str:
    """Return a sheet as a page to print: whole in itself, nothing in it is run or fetched."""
    state = "blocked" if made.is_blocked else "clear"
    stake = f'<p class="stake">{escape(made.stake)}</p>' if made.stake else ""
    body = "".join(map(_section_html, made.sections))
    head = f'{stake}<h1>{escape(made.title)}</h1><p class="{state}">{escape(made.verdict)}</p>\n'
    return page(made.title, head + body, _STYLE)


def _section_html(section: SheetSection) -> str:
    facts = "".join(
        f"<tr><th>{escape(title)}</th><td{_HAND if value == BY_HAND else ''}>{escape(value)}</td></tr>\n"
        for title, value in section.facts
    )
    heads = "".join(f"<th>{escape(title)}</th>" for title in section.columns)
    rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>\n" for row in section.rows)
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>\n{rows}</tbody></table>" if rows else ""
    lines = "".join(
        f"<p>{escape(line)}</p>\n" if "\n" not in line else f"<pre>{escape(line)}</pre>\n" for line in section.lines
    )
    told = f'<table class="facts">\n{facts}</table>' if facts else ""
    return f"<section><h2>{escape(section.title)}</h2>\n{told}{table}{lines}</section>\n"


_HAND = ' class="hand"'
_STYLE = (
    "h1{font-size:15pt}h2{font-size:11pt;margin:12pt 0 4pt}p{margin:3pt 0}section{break-inside:avoid}"
    "th,td{padding:2pt 6pt 2pt 0}.facts th{width:28%;font-weight:normal;color:#444}"
    "pre{font:9pt monospace;white-space:pre-wrap}"
    ".hand{height:1cm;vertical-align:bottom}"
    ".stake{display:inline-block;font-weight:bold;border:1px solid #000;padding:2pt 6pt}"
)


def rehearsal_record(rehearsal: Rehearsal, now: datetime) -> dict[str, Any]:
    """Return a rehearsal for JSON."""
    asked, backup = rehearsal.asked, rehearsal.backup
    over = rehearsal.blast.overwritten

    def moment(at: datetime | None) -> str | None:
        return None if at is None else at.isoformat()

    return {
        "verdict": "bad" if rehearsal.is_blocked else "good",
        "operation": str(rehearsal.change.kind),
        "backup": {"id": asked.backup_id, "name": backup.name if backup is not None else ""},
        "target": {"kind": str(asked.kind), "id": asked.target_id, "name": rehearsal.change.subject.name},
        "power_on": asked.power_on if asked.kind is TargetKind.SERVER else None,
        "data_at": moment(over.data_at) if over is not None else None,
        "newer_backup": {"name": over.newer, "created_at": moment(over.newer_at)}
        if over is not None and over.newer
        else None,
        "disks": [_pair_record(row) for row in rehearsal.rows],
        "not_restored": [{"backup_id": each.id, "name": each.name, "size_gb": each.size_gb} for each in rehearsal.left],
        "untouched": [
            {"volume_id": each.id, "name": each.name, "size_gb": each.size_gb} for each in rehearsal.untouched
        ],
        "written_gb": rehearsal.written_gb,
        "losses": loss_sentences(rehearsal.blast, now),
        "findings": [
            {"severity": each.severity.name.lower(), "code": each.code, "message": finding_sentence(each)}
            for each in rehearsal.findings
        ],
        "then_and_today": [
            {"trait": str(each.trait), "saved": each.saved, "today": each.today} for each in rehearsal.compared
        ],
        "running": [
            {"id": each.id, "type": str(each.type), "resource": each.resource_name} for each in rehearsal.running
        ],
        "judged_by": moment(rehearsal.as_of),
    }


def _pair_record(row: PairRow) -> dict[str, Any]:
    saved, disk = row.saved, row.disk
    return {
        "backup_id": row.pair.backup_id,
        "volume_id": row.pair.volume_id,
        "name": saved.name if saved is not None else "",
        "saved_gb": saved.size_gb if saved is not None else None,
        "is_system": saved.is_system if saved is not None else None,
        "disk": disk.name if disk is not None else "",
        "size_gb": disk.size_gb if disk is not None else None,
        "status": disk.status if disk is not None else "",
        "codes": [CODES[rule] for rule in row.broken],
    }
