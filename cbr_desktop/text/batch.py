"""Batches as people read them: the lines of the table, what all of it destroys, and what is to be typed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from cbr_desktop.domain.blast import Blast, LostBackups, Tie
from cbr_desktop.domain.change import Subject
from cbr_desktop.domain.finding import Finding, FindingKind, Severity
from cbr_desktop.domain.sharing import SharesLost
from cbr_desktop.text.catalogue import _, ngettext, sentences
from cbr_desktop.text.consequences import loss_sentences, shares_sentences
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.marks import BAD, GOOD, NEUTRAL, Mark, Shape
from cbr_desktop.text.plans import stand_mark, stand_words, step_sentence
from cbr_desktop.text.states import clock_words, counted, duration_words, grouped, quoted, shown
from cbr_desktop.text.tone import Tone
from cbr_desktop.text.words import NONE
from cbr_desktop.workflows.batch import BatchRow, NameToType, Remainder, remainders
from cbr_desktop.workflows.plan_report import StepRow

RESOURCES_NAMED = 12
"""How many resources are told of one by one; those with the least left come first."""
_WARNED = Mark(Shape.UP, Tone.WARN)
_NOTED = Mark(Shape.RING, Tone.IDLE)
_SEVERITIES = {Severity.BLOCK: BAD, Severity.WARN: _WARNED, Severity.INFO: _NOTED}
_LEFT_OUT = Mark(Shape.SQUARE, Tone.IDLE)


def batch_columns() -> tuple[str, ...]:
    """Return the titles of the table of a batch before it goes."""
    return _("No."), _("Verdict"), _("Profile"), _("Done to"), _("Name"), _("Resource"), _("Made"), _("What was found")


def run_columns() -> tuple[str, ...]:
    """Return the titles of the table of a batch that has gone."""
    return _("No."), _("State"), _("Profile"), _("Done to"), _("Took"), _("What happened")


PROFILE_COLUMN = 2
NAME_COLUMN = 4
"""What only a batch that makes something has something to say in."""
RESOURCE_COLUMNS = (5, 6)
"""What only a batch that destroys backups has something to say in."""


def batch_line(
    row: BatchRow,
    now: datetime,
    lacking: str,
    alike: Mapping[str, str],
    *,
    is_uncounted: bool,
    is_open: bool = False,
) -> tuple[tuple[str, ...], Mark]:
    """Return the words of a row before it goes, and its mark.

    ``lacking`` is why nothing can be asked for, ``alike`` what is put beside names that look alike, by ids,
    ``is_uncounted`` whether what it destroys could not be counted afresh, ``is_open`` whether it lacks only what has
    still to be filled in for all of the rows.
    """
    lost = row.blast.backups[0] if len(row.blast.lost) == len(row.blast.backups) == 1 else None
    resource, made = NONE, NONE
    if lost is not None and lost.at is None:
        resource = shown(lost.resource_name, 80) or NONE
        if lost.created_at is not None:
            made = _("{ago} ago").format(ago=duration_words(now - lost.created_at))
    told = [finding_sentence(each) for each in row.findings if each.severity is not Severity.INFO]
    if is_uncounted:
        told.insert(0, _("What it destroys could not be counted afresh."))
    if row.change is None:
        told.append(lacking or _("Something is missing."))
    if all(each.kind is not FindingKind.DELETION_BACKUPS for each in row.findings):
        told += _row_losses(row.blast, now)
    words, mark = _verdict(row, is_uncounted=is_uncounted, is_open=is_open)
    name = shown(row.name, 80) or NONE
    found, where = sentences(*told) or NONE, _subject_words(row.subject, alike)
    return (str(row.number), words, shown(row.profile, 60), where, name, resource, made, found), mark


def _subject_words(subject: Subject | None, alike: Mapping[str, str]) -> str:
    """Return what a row is done to, with the part of its id that tells it from others of a like name."""
    if subject is None:
        return NONE
    label = shown(subject.label, 80)
    return f"{label} · {alike[subject.id]}" if subject.name and subject.id in alike else label


def _row_losses(blast: Blast, now: datetime) -> list[str]:
    """Return what a row loses, unless columns of the table tell it: of one resource in words, of several in numbers."""
    if len(blast.backups) == len(blast.lost):
        return []
    if len(blast.lost) == 1 or not all(isinstance(each, LostBackups) and each.at is None for each in blast.lost):
        return loss_sentences(blast, now)[:1]
    count = blast.more + sum(each.count for each in blast.lost if isinstance(each, LostBackups))
    return [counted("{count} backup is deleted for good.", "{count} backups are deleted for good.", count)]


def _verdict(row: BatchRow, *, is_uncounted: bool, is_open: bool) -> tuple[str, Mark]:
    if row.is_left_out:
        return _("Left out"), _LEFT_OUT
    if is_open:
        return _("Not yet"), _NOTED
    if row.is_blocked:
        return _("Not possible"), BAD
    if is_uncounted:
        return _("Not counted"), BAD
    if any(each.severity is Severity.WARN for each in row.findings):
        return _("Look at it"), _WARNED
    return _("Ready"), GOOD


def run_lines(rows: Sequence[StepRow], now: datetime, alike: Mapping[str, str]) -> list[tuple[tuple[str, ...], Mark]]:
    """Return the words of each step of a batch that has gone, with its mark."""
    return [
        (
            (
                str(row.number),
                stand_words(row),
                shown(row.profile, 60),
                _subject_words(row.subject, alike),
                duration_words(row.took) if row.took is not None else NONE,
                step_sentence(row, now),
            ),
            stand_mark(row),
        )
        for row in rows
    ]


def consequence_lines(
    blast: Blast, now: datetime, shares: SharesLost | None = None, sums: Sequence[Finding] = ()
) -> list[tuple[Mark, str]]:
    """Return all that a batch destroys in lines, the gravest first; of one that destroys nothing a single one.

    ``shares`` tells which of the backups are shared, ``None`` where that is not read; ``sums`` are said of the batch.
    """
    summed = [
        (BAD if each.kind is FindingKind.DELETION_LAST else _SEVERITIES[each.severity], finding_sentence(each))
        for each in sums
    ]
    if blast.is_empty:
        return summed or [(NEUTRAL, _("Nothing is deleted by that."))]
    if len(blast.backups) < len(blast.lost) or any(each.at is not None for each in blast.backups):
        return [*(summed or _total_lines(blast)), *_share_lines(shares), *_resource_lines(blast, now)]
    told = remainders(blast)
    lines = [(_WARNED, _head(blast, len(told), now))]
    lines += [
        (BAD if each.is_last or each.left is None else _WARNED if each.left == 0 else _NOTED, _remainder(each, now))
        for each in told[:RESOURCES_NAMED]
    ]
    more = told[RESOURCES_NAMED:]
    if more:
        least = min((each.left for each in more if each.left is not None), default=0)
        lines.append(
            (
                _NOTED,
                ngettext(
                    "{count} more resource keeps at least {least} of its good backups.",
                    "{count} more resources keep at least {least} of their good backups each.",
                    len(more),
                ).format(count=grouped(len(more)), least=grouped(least)),
            )
        )
    lines += _share_lines(shares)
    lines += [(_NOTED, words) for words in _tied(blast)]
    if shares is None:
        unread = _("A backup that is shared with other projects is lost to them as well; shares are not read for this.")
        lines.append((_NOTED, unread))
    return summed + lines


def _total_lines(blast: Blast) -> list[tuple[Mark, str]]:
    """Return how many backups all resources lose, none where that is said of one resource already."""
    own = [each for each in blast.lost if isinstance(each, LostBackups) and each.at is None]
    if len(own) < len(blast.lost) or len(own) == 1:
        return []
    count = blast.more + sum(each.count for each in own)
    if blast.more:
        return [(_WARNED, counted("{count} backup is lost for good.", "{count} backups are lost for good.", count))]
    return [(_WARNED, _lost_of(count, len({each.id for each in own})))]


def _lost_of(count: int, resources: int) -> str:
    return ngettext(
        "{count} backup of {resources} is lost for good.", "{count} backups of {resources} are lost for good.", count
    ).format(count=grouped(count), resources=counted("{count} resource", "{count} resources", resources))


def _resource_lines(blast: Blast, now: datetime) -> list[tuple[Mark, str]]:
    """Return what each resource loses in its vaults, or by a day, those first of which nothing good is left."""
    ranked = sorted(blast.lost, key=lambda each: not each.is_last)
    rest = ranked[RESOURCES_NAMED:]
    unnamed = sum(each.count if isinstance(each, LostBackups) else 1 for each in rest)
    named = Blast(tuple(ranked[:RESOURCES_NAMED]), blast.as_of, blast.more + unnamed)
    later = sum(each.at is not None for each in blast.backups) + blast.more
    lines = []
    if later == len(blast.lost) + blast.more:
        head = counted(
            "{count} backup is deleted by policies that would stay longer otherwise.",
            "{count} backups are deleted by policies that would stay longer otherwise.",
            later,
        )
        lines = [(_WARNED, head)]
    marks = [BAD if each.is_last else _WARNED for each in named.lost]
    said = loss_sentences(named, now)
    return lines + list(zip([*marks, *[_WARNED] * (len(said) - len(marks))], said, strict=True))


def _share_lines(shares: SharesLost | None) -> list[tuple[Mark, str]]:
    if shares is None or not shares.total:
        return []
    mark = _WARNED if shares.shared or shares.unread else _NOTED
    return [(mark, words) for words in shares_sentences(shares)]


def _head(blast: Blast, resources: int, now: datetime) -> str:
    count = len(blast.lost) + blast.more
    times = sorted(each.created_at for each in blast.backups if each.created_at is not None)
    if not times:
        return _lost_of(count, resources)
    if times[0] == times[-1]:
        words = ngettext(
            "{count} backup of {resources} is lost for good, made at {first}.",
            "{count} backups of {resources} are lost for good, made at {first}.",
            count,
        )
    else:
        words = ngettext(
            "{count} backup of {resources} is lost for good, made between {first} and {last}.",
            "{count} backups of {resources} are lost for good, made between {first} and {last}.",
            count,
        )
    of = counted("{count} resource", "{count} resources", resources)
    first, last = (clock_words(each, now) for each in (times[0], times[-1]))
    return words.format(count=grouped(count), resources=of, first=first, last=last)


def _remainder(told: Remainder, now: datetime) -> str:
    resource = quoted(told.resource_name, 80) if told.resource_name else _("A resource without a name")
    lost = counted("{count} of its backups is lost.", "{count} of its backups are lost.", told.lost)
    if told.left is None:
        return sentences(_("{resource}: how many good backups stay is not known.").format(resource=resource), lost)
    if told.is_last:
        return sentences(_("{resource} has no good backup left then.").format(resource=resource), lost)
    if not told.left:
        return sentences(_("{resource} has no good backup now, nor then.").format(resource=resource), lost)
    keeps = ngettext(
        "{resource} keeps {count} good backup.", "{resource} keeps {count} good backups.", told.left
    ).format(resource=resource, count=grouped(told.left))
    if told.next_at is not None:
        keeps = ngettext(
            "{resource} keeps {count} good backup, made {made} ({ago} ago).",
            "{resource} keeps {count} good backups, the newest made {made} ({ago} ago).",
            told.left,
        ).format(
            resource=resource,
            count=grouped(told.left),
            made=clock_words(told.next_at, now),
            ago=duration_words(now - told.next_at),
        )
    return sentences(keeps, lost)


def _tied(blast: Blast) -> list[str]:
    """Return what else hangs on the backups that are lost, as far as it is known here."""
    count = Counter(tie for each in blast.backups for tie in each.ties)
    told = []
    if count[Tie.IMAGE]:
        told.append(
            counted("{count} of them has an image.", "{count} of them have images.", count[Tie.IMAGE]),
        )
    if count[Tie.REPLICA]:
        told.append(
            counted(
                "{count} of them has a copy in another region, which stays there.",
                "{count} of them have copies in other regions, which stay there.",
                count[Tie.REPLICA],
            )
        )
    if count[Tie.AUTOMATIC]:
        told.append(
            counted(
                "{count} of them was made by a policy; where that keeps a number of backups, older ones stay longer.",
                "{count} of them were made by policies; where those keep a number of backups, older ones stay longer.",
                count[Tie.AUTOMATIC],
            )
        )
    return told


def typed_wish(typed: NameToType, total: int) -> str:
    """Return what is to be typed, and of what it is the name."""
    name = quoted(typed.name, 80)
    if typed.of == "resource":
        return _("To go on, type {name}, the resource of all of them.").format(name=name)
    if typed.of == "vaults" and typed.count == 1:
        return _("To go on, type {name}, the name of the vault.").format(name=name)
    if typed.of == "vaults" and typed.count == total:
        return ngettext(
            "To go on, type the name of {count} vault: {name}.",
            "To go on, type the names of all {count} vaults, with commas between: {name}.",
            typed.count,
        ).format(count=grouped(typed.count), name=name)
    if typed.of == "vaults":
        return ngettext(
            "To go on, type the name of the vault that loses the most: {name}.",
            "To go on, type the names of the {count} vaults that lose the most, with commas between: {name}.",
            typed.count,
        ).format(count=grouped(typed.count), name=name)
    if typed.of == "vault" and typed.count == total:
        return _("To go on, type {name}, the vault of all of them.").format(name=name)
    if typed.of == "vault":
        return ngettext(
            "To go on, type {name}, the vault of {count} of them.",
            "To go on, type {name}, the vault of {count} of them.",
            typed.count,
        ).format(name=name, count=grouped(typed.count))
    return _("To go on, type {name}, the first of them.").format(name=name)


def profiles_words(names: Sequence[str]) -> str:
    """Return the profiles that a batch goes through, in a line."""
    return " · ".join(shown(name, 60) for name in names)
