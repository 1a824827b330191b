"""What a person decides about a restore: which disk each saved disk goes to, and whether the server is started."""

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QLineEdit,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.ids import VolumeId
from cbr_desktop.domain.restore import BackupRestore, DiskBackup, DiskPair, PairRow, TargetKind
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.marks import GOOD, Mark, Shape
from cbr_desktop.text.plain import tooltip
from cbr_desktop.text.rehearsal import (
    choice_columns,
    disk_words,
    not_restored_words,
    pair_words,
    saved_words,
    untouched_words,
)
from cbr_desktop.text.tone import Tone
from cbr_desktop.text.words import NONE
from cbr_desktop.ui.kit.icons import mark_icon
from cbr_desktop.ui.kit.lines import NoWheelComboBox, WrappedBox, label
from cbr_desktop.ui.kit.tables.fitted_columns import FittedColumns
from cbr_desktop.ui.kit.tables.fitting import Wish
from cbr_desktop.ui.kit.widgets import set_up_table, words_height
from cbr_desktop.workflows.rehearsal import Rehearsal

_SAVED, _TARGET, _VERDICT = range(3)
_LEAST_LETTERS = 24
"""Letters of a disk that are seen at the least."""
_WISHES = (
    Wish(104, 190, 240, yields=False),
    Wish(170, 300, 420, yields=False, elastic=True),
    Wish(146, 160, 260, yields=False),
)
_ROWS = 6
"""Disks that are seen without scrolling."""
_BROKEN = Mark(Shape.CROSS, Tone.BAD)
_MOVED = Mark(Shape.UP, Tone.WARN)
_UNKNOWN = Mark(Shape.QUESTION, Tone.WARN)


def _tell_whole(box: NoWheelComboBox, text: str) -> None:
    """Have the tooltip say what the box has no room for."""
    box.setToolTip(tooltip(text))


class RestoreFields(QWidget):
    """The table of disks of a server, and what else can be chosen. What a person has chosen stays when data are read.

    Signals:
        changed: it asks for something else now.
    """

    changed = Signal()

    def __init__(self, asked: BackupRestore, *, has_folder: bool = False) -> None:
        super().__init__()
        self.setObjectName("restoreFields")
        self._asked = asked
        self._is_touched = False
        self._saved: tuple[DiskBackup, ...] = ()
        self._targets: list[WrappedBox] = []
        self.table = QTableWidget(0, len(choice_columns()))
        set_up_table(self.table, "restoreDisks", _("Which disk is written over by which"))
        self.table.setHorizontalHeaderLabels(list(choice_columns()))
        self._columns = FittedColumns(self.table.horizontalHeader())
        self._columns.wish(_WISHES)
        self._fitted_width = 0
        # a scroll bar that comes or goes changes the width as well
        self.table.viewport().installEventFilter(self)
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.untouched = label(name="restoreUntouched")
        self.power_on = QCheckBox(_("S&tart the server afterwards"))
        self.power_on.setObjectName("restorePowerOn")
        self.power_on.setChecked(asked.power_on)
        self.folder_words = label(_("&Folder to restore to"), "restoreFolderWords")
        self.folder = QLineEdit(asked.path)
        self.folder.setObjectName("restoreFolder")
        self.folder.setAccessibleName(_("Folder to restore to"))
        self.folder.setPlaceholderText(_("empty: where it was"))
        self.folder_words.setBuddy(self.folder)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.table, self.untouched, self.power_on, self.folder_words, self.folder):
            layout.addWidget(widget)
        is_server = asked.kind is TargetKind.SERVER
        for widget, is_shown in ((self.table, is_server), (self.power_on, is_server), (self.untouched, False)):
            widget.setVisible(is_shown)
        for widget in (self.folder_words, self.folder):
            widget.setVisible(has_folder)
        self.power_on.toggled.connect(self._touch)
        self.folder.textEdited.connect(self._touch)

    def asked(self) -> BackupRestore:
        """Return the restore that is asked for now."""
        pairs = self._asked.pairs
        if self._targets:
            chosen = [(saved, box.currentData()) for saved, box in zip(self._saved, self._targets, strict=True)]
            pairs = tuple(DiskPair(saved.id, VolumeId(volume)) for saved, volume in chosen if volume)
        return BackupRestore(
            self._asked.backup_id,
            self._asked.kind,
            self._asked.target_id,
            pairs,
            power_on=self.power_on.isChecked(),
            path=self.folder.text(),
        )

    def offer(self, usual: BackupRestore) -> None:
        """Ask for what is usual by newer data, unless a person has chosen something already."""
        if not self._is_touched and usual != self._asked:
            self._asked = usual
            self._targets = []

    def show_rehearsal(self, rehearsal: Rehearsal) -> None:
        """Show the disks of both sides as they are known, and how each pair is judged."""
        if self._asked.kind is not TargetKind.SERVER:
            return
        if not self._targets or rehearsal.saved != self._saved or self._offered(rehearsal) != self._held():
            self._lay_out_rows(rehearsal)
        rows = {row.pair.backup_id.lower(): row for row in rehearsal.rows}
        for place, saved in enumerate(self._saved):
            self._judge(place, rows.get(saved.id.lower()))
        self._fit()
        words = untouched_words(rehearsal)
        self.untouched.setText(words)
        self.untouched.setVisible(bool(words))

    def _offered(self, rehearsal: Rehearsal) -> list[tuple[str, str]]:
        """Return the disks that can be chosen, with their words; where they are not known, those that were saved."""
        if rehearsal.disks is not None:
            return [(disk.id, disk_words(disk)) for disk in rehearsal.disks]
        return [(saved.volume_id, saved.name or saved.volume_id) for saved in rehearsal.saved]

    def _held(self) -> list[tuple[str, str]]:
        box = self._targets[0]
        return [(box.itemData(place), box.itemText(place)) for place in range(1, box.count())]

    def _lay_out_rows(self, rehearsal: Rehearsal) -> None:
        chosen = {pair.backup_id.lower(): pair.volume_id.lower() for pair in self.asked().pairs}
        offered = self._offered(rehearsal)
        self._saved, self._targets = rehearsal.saved, []
        self.table.setRowCount(len(self._saved))
        for place, saved in enumerate(self._saved):
            item = QTableWidgetItem(saved_words(saved))
            item.setToolTip(tooltip(saved.name, saved.id))
            self.table.setItem(place, _SAVED, item)
            box = WrappedBox()
            box.setObjectName(f"restoreTarget{place}")
            box.setAccessibleName(_("Disk that {disk} is written to").format(disk=saved.name or saved.volume_id))
            box.setAccessibleDescription(box.accessibleName())
            box.setSizeAdjustPolicy(NoWheelComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(_LEAST_LETTERS)
            box.addItem(not_restored_words(), "")
            for id, words in offered:
                box.addItem(words, id)
            wanted = chosen.get(saved.id.lower(), "")
            ids = [id.lower() for id, _words in offered]
            box.setCurrentIndex(ids.index(wanted) + 1 if wanted in ids else 0)
            box.setToolTip(tooltip(box.currentText()))
            box.currentTextChanged.connect(partial(_tell_whole, box))
            box.currentIndexChanged.connect(self._touch)
            self._targets.append(box)
            self.table.setCellWidget(place, _TARGET, box)
        self._fit()

    def _judge(self, place: int, row: PairRow | None) -> None:
        item = QTableWidgetItem(pair_words(row) if row is not None else NONE)
        if row is not None:
            is_same = row.saved is not None and row.saved.volume_id.lower() == row.pair.volume_id.lower()
            mark = _BROKEN if row.broken else _UNKNOWN if row.disk is None else GOOD if is_same else _MOVED
            item.setIcon(mark_icon(mark))
        item.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.setItem(place, _VERDICT, item)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Share another width out among the columns of the disks, whose words then need other heights."""
        if event.type() == QEvent.Type.Resize and self.table.viewport().width() != self._fitted_width:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        """Make rows as high as their words need by the widths there are, and the table as its rows, up to some."""
        self._fitted_width = self.table.viewport().width()
        self._columns.fit(self._fitted_width)
        width = self.table.columnWidth(_TARGET)
        for place, box in enumerate(self._targets):
            said = [self.table.item(place, column) for column in range(self.table.columnCount())]
            words = [item.text() if item is not None else "" for item in said]
            lines = words_height(self.table, words, _VERDICT) + 14
            self.table.setRowHeight(place, max(box.sizeHint().height() + 14, lines, box.height_for(width)))
        shown = min(len(self._targets), _ROWS)
        rows = sum(self.table.rowHeight(place) for place in range(shown))
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.table.setFixedHeight(self.table.horizontalHeader().sizeHint().height() + rows + 4)

    def _touch(self, *_rest: object) -> None:
        self._is_touched = True
        self._fit()
        self.changed.emit()
