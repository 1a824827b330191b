"""The window that cleans up backups which persons made: a rule, what goes by it and what stays.

Nothing is sent from here: what goes is handed to the window of a batch, which counts afresh what is lost.
"""

from collections.abc import Callable, Iterator, Sequence
from heapq import merge
from typing import NamedTuple

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from cbr_desktop.domain.cleanup import DAYS_LIMIT, KEEP_LIMIT, CleanUpRule, Sorted, sorting_out
from cbr_desktop.domain.finding import Severity
from cbr_desktop.text.catalogue import N_, _, sentences
from cbr_desktop.text.cleanup import cleanup_sentence, first_sentence, going_words, stay_words
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.marks import BAD, GOOD, Mark
from cbr_desktop.text.plain import accessible, tooltip
from cbr_desktop.text.states import counted, shown
from cbr_desktop.text.words import NONE, Times, stale_sentence
from cbr_desktop.ui.kit.announcer import AnnouncedLine
from cbr_desktop.ui.kit.chips import Chips
from cbr_desktop.ui.kit.lines import READY, SEVERITY_MARKS, NoWheelSpinBox, label
from cbr_desktop.ui.kit.pieces import Pieces
from cbr_desktop.ui.kit.tables.column import Column, TextField
from cbr_desktop.ui.kit.tables.filter import parse
from cbr_desktop.ui.kit.tables.model import TableModel
from cbr_desktop.ui.kit.tables.view import TableView
from cbr_desktop.ui.kit.task_owner import TaskOwner, is_at_work
from cbr_desktop.ui.kit.tokens import NEAR
from cbr_desktop.ui.kit.widgets import button_row, push_button
from cbr_desktop.ui.kit.window_size import take_room
from cbr_desktop.ui.operations.batch import BatchWindow
from cbr_desktop.ui.operations.form import BatchForm
from cbr_desktop.ui.operations.window import OperationWindow, PlacesLine
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.batch import LIMIT
from cbr_desktop.workflows.ledger import Part

_SIZE = QSize(1080, 660)
_SMALLEST = QSize(640, 420)
_REST_MS = 80
_SETTING = "cleanup/rule"
_PARTS = frozenset({Part.VAULTS, Part.BACKUPS})
_CHIPS = ((N_("Goes"), "verdict:goes"), (N_("Stays"), "verdict:stays"))


class CleanUpRow(NamedTuple):
    """A backup that a person made, whether it goes, and the profile that tells of it."""

    context: ProfileContext
    told: Sorted


class CleanUpWindow(OperationWindow):
    """Shows what a rule comes to in the profiles that are looked at; what it takes is deleted by a batch.

    ``deletions`` returns the form of that batch.
    """

    def __init__(
        self,
        workspace: Workspace,
        contexts: Sequence[ProfileContext],
        deletions: Callable[[], BatchForm],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("cleanUpWindow", _("Clean up backups made by persons"), parent)
        self._workspace = workspace
        self._contexts = list(contexts)
        self._deletions = deletions
        self._times = Times(workspace.clock, utc=workspace.settings.get("window/times", "local") == "utc")
        self._rule = _stored(workspace.settings.get(_SETTING, None))
        self._rows: list[CleanUpRow] = []
        self._tasks = TaskOwner(self)
        self._pieces = Pieces(self)
        self._make_parts()
        self._lay_out()
        self._connect()
        self.refresh()
        self.leave.setFocus()

    def open(self) -> None:
        """Show the window beside the others, and read afresh what the rule is applied to."""
        super().open()
        if is_at_work():
            for context in self._contexts:
                self._tasks.start(context.refresh.once(_PARTS), group=context.profile.name)

    def _reading_changed(self, is_busy: bool) -> None:
        """Apply the rule to what was read; while it is being read nothing else is known than before."""
        if is_busy:
            self._tell()
        else:
            self.refresh()

    def rule(self) -> CleanUpRule:
        """Return the rule that is written here."""
        return CleanUpRule(self.keep.value(), self.days.value(), self.pattern.text().strip(), self.failed.isChecked())

    @property
    def goes(self) -> list[CleanUpRow]:
        """What goes by the rule, the oldest first."""
        return [row for row in self._rows if row.told.stays is None]

    def refresh(self, *_rest: object) -> None:
        """Apply the rule to what is known now, in pieces where the loop runs."""
        self._resting.stop()
        self._rule = self.rule()
        self._pieces.begin(self._sorting(), at_once=not is_at_work())
        if self._pieces.is_at_work:
            self._tell()

    def _sorting(self) -> Iterator[None]:
        now, found, seen = self._workspace.clock.now(), list[list[CleanUpRow]](), set[str]()
        for context in self._contexts:
            told = yield from sorting_out(context.ledger.backups.values(), self._rule, now)
            # of two profiles that lead to the same project the first one tells
            found.append([CleanUpRow(context, each) for each in told if each.backup.id not in seen])
            seen.update(each.backup.id for each in told)
            yield
        self._rows = list(merge(*found, key=lambda row: (row.told.backup.created_at or now, row.told.backup.id)))
        yield
        self.model.put(self._rows)
        self._tell(is_done=True)

    def _tell(self, *_rest: object, is_done: bool = False) -> None:
        """Say what goes; until the rule ``is_done`` with what is known now, what went by the one before stands here."""
        now, goes = self._workspace.clock.now(), self.goes
        is_sorted = is_done or not self._pieces.is_at_work
        rest = _("Reading the backups afresh…") if self._tasks.is_busy else ""
        rest = rest if is_sorted or rest else _("Applying the rule…")
        told = cleanup_sentence([row.told for row in self._rows], now)
        self.summary.say(
            SEVERITY_MARKS[Severity.WARN] if goes else READY, sentences(told, first_sentence(LIMIT, len(goes)))
        )
        self.note.setText(sentences(rest, *self._shortcomings()))
        self.note.setVisible(bool(self.note.text()))
        count = min(len(goes), LIMIT)
        self.delete.setText(counted("&Delete {count} backup…", "&Delete {count} backups…", count))
        self.delete.setAccessibleName(accessible(self.delete.text()))
        self.delete.setEnabled(bool(goes) and is_sorted and not self._tasks.is_busy)

    def _shortcomings(self) -> list[str]:
        """Return what of the lists is missing or old, of each profile."""
        told = []
        for context in self._contexts:
            freshness = context.ledger.freshness[Part.BACKUPS]
            if freshness.error is not None:
                told.append(error_sentence(freshness.error))
            else:
                told.append(stale_sentence(_("backups"), [freshness], self._times))
        return [words for words in dict.fromkeys(told) if words]

    def ask(self) -> None:
        """Open the window that deletes what goes; the rule is remembered."""
        goes = self.goes[:LIMIT]
        if not goes or not self.delete.isEnabled():
            return
        rule = self._rule
        self._workspace.settings.put(_SETTING, [rule.keep, rule.days, rule.pattern, rule.failed])
        asked = [(row.context, row.told.backup) for row in goes]
        BatchWindow(self._workspace, asked, self._deletions(), self.parentWidget(), at_once=False).open()

    # building

    def _make_parts(self) -> None:
        rule = self._rule
        self.place = PlacesLine("cleanUpPlace")
        self.place.show_contexts(self._contexts)
        self.keep = _number("cleanUpKeep", _("How many of the newest stay"), KEEP_LIMIT, rule.keep)
        self.days = _number("cleanUpDays", _("How many days old the others are at least"), DAYS_LIMIT, rule.days)
        self.pattern = QLineEdit(rule.pattern)
        self.pattern.setObjectName("cleanUpPattern")
        self.pattern.setAccessibleName(_("What a name matches"))
        self.pattern.setPlaceholderText(_("any; * stands for anything"))
        self.pattern.setToolTip(tooltip(_("The whole name, with * and ?; capitals make no difference")))
        self.failed = QCheckBox(_("&Failed ones as well"))
        self.failed.setObjectName("cleanUpFailed")
        self.failed.setChecked(rule.failed)
        self.summary = AnnouncedLine("cleanUpSummary")
        self.note = label(name="cleanUpNote")
        self.model: TableModel[CleanUpRow] = TableModel(self._columns(), lambda row: row.told.backup.id, _search, self)
        self.view: TableView[CleanUpRow] = TableView(
            "CleanUp",
            self.model,
            self._workspace.settings,
            lambda row: (row.told.backup.id, row.told.backup.name),
            ("verdict", Qt.SortOrder.AscendingOrder),
            self,
        )
        self.view.setAccessibleName(_("Backups made by persons"))
        self.chips = Chips("cleanUpChips", _CHIPS, self)
        self.leave = push_button(_("&Close"), "cleanUpClose", self.close)
        self.leave.setDefault(True)
        self.delete = push_button("", "cleanUpDelete", self.ask)
        self.delete.setProperty("primary", True)
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(_REST_MS)

    def _columns(self) -> tuple[Column[CleanUpRow], ...]:
        times = self._times
        several = len(self._contexts) > 1

        def vault(row: CleanUpRow) -> str:
            known = row.context.ledger.vaults.get(row.told.backup.vault_id)
            return known.name if known is not None else row.told.backup.vault_id or NONE

        return (
            Column("verdict", _("Verdict"), _verdict, _verdict, 9, mark=_mark),
            Column("name", _("Name"), _name, _name, 24, middle=True, elastic=True, hint=lambda row: row.told.backup.id),
            Column(
                "profile",
                _("Profile"),
                lambda row: shown(row.context.profile.name, 60),
                lambda row: row.context.profile.name,
                14,
                shown=several,
            ),
            Column("resource", _("Resource"), _resource, _resource, 18, middle=True),
            Column("vault", _("Vault"), vault, vault, 16, middle=True),
            Column(
                "made",
                _("Made"),
                lambda row: times.short_age(row.told.backup.created_at),
                lambda row: row.told.backup.created_at,
                12,
                hint=lambda row: times.both(row.told.backup.created_at),
            ),
            Column("why", _("Why it stays"), self._why, self._why, 44, hint=self._why),
        )

    def _why(self, row: CleanUpRow) -> str:
        return stay_words(row.told, self._rule)

    def _connect(self) -> None:
        for changed in (self.keep.valueChanged, self.days.valueChanged, self.pattern.textChanged, self.failed.toggled):
            changed.connect(self._resting.start)
        self._resting.timeout.connect(self.refresh)
        self._tasks.busy_changed.connect(self._reading_changed)
        self._workspace.signals.changed.connect(self._changed)
        self.chips.chosen.connect(self._choose)

    def _choose(self, filter: str) -> None:
        fields = (TextField[CleanUpRow]("verdict", lambda row: "goes" if row.told.stays is None else "stays"),)
        self.model.set_filter(parse(filter, fields))
        self.chips.tell(filter)

    def _changed(self, part: Part) -> None:
        if part in _PARTS and not self._resting.isActive():
            self._resting.start()

    def _lay_out(self) -> None:
        self.setMinimumSize(_SMALLEST)
        rows = (
            ((_("&Keep the newest"), self.keep), (_("of each resource, and what is younger in &days than"), self.days)),
            ((_("&Names that match"), self.pattern),),
        )
        fields = [QHBoxLayout() for _row in rows]
        for row, held in zip(fields, rows, strict=True):
            row.setSpacing(NEAR)
            for words, field in held:
                title = label(words, "cleanUpWords")
                title.setWordWrap(False)
                title.setBuddy(field)
                row.addWidget(title)
                row.addWidget(field, 1 if field is self.pattern else 0)
        fields[0].addStretch(1)
        fields[1].addWidget(self.failed)
        foot = button_row(self.leave, self.delete)
        layout = QVBoxLayout(self)
        layout.setSpacing(NEAR)
        layout.addWidget(self.place)
        for row in fields:
            layout.addLayout(row)
        layout.addWidget(self.chips)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.note)
        layout.addWidget(self.summary)
        layout.addLayout(foot)
        take_room(self, _SIZE, self._workspace.settings)


def _number(name: str, words: str, limit: int, value: int) -> NoWheelSpinBox:
    made = NoWheelSpinBox()
    made.setObjectName(name)
    made.setAccessibleName(words)
    made.setRange(0, limit)
    made.setValue(value)
    return made


def _stored(value: object) -> CleanUpRule:
    """Return the rule of the last time, or the usual one."""
    match value:
        case [int(keep), int(days), str(pattern), bool(failed)] if 0 <= keep <= KEEP_LIMIT and 0 <= days <= DAYS_LIMIT:
            return CleanUpRule(keep, days, pattern, failed)
    return CleanUpRule()


def _verdict(row: CleanUpRow) -> str:
    return going_words(row.told)


def _mark(row: CleanUpRow) -> Mark:
    return BAD if row.told.stays is None else GOOD


def _name(row: CleanUpRow) -> str:
    return shown(row.told.backup.name) or NONE


def _resource(row: CleanUpRow) -> str:
    backup = row.told.backup
    return shown(backup.resource_name, 80) or backup.resource_id or NONE


def _search(row: CleanUpRow) -> str:
    return f"{row.told.backup.name}\n{row.told.backup.resource_name}"
