"""What stands over the rows of a page: its title, how many there are, the filter, and buttons."""

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import tooltip
from cbr_desktop.text.tone import Tone
from cbr_desktop.text.words import page_noun, page_title
from cbr_desktop.ui.kit.action_row import ActionRow
from cbr_desktop.ui.kit.chips import Chips
from cbr_desktop.ui.kit.elided_label import Line
from cbr_desktop.ui.kit.icons import icon
from cbr_desktop.ui.kit.theme import set_type, tone_colour
from cbr_desktop.ui.kit.tokens import NEAR

_FILTER_MS = 30
_FILTER_WIDTH = 220
"""What the filter has at least beside buttons that can give way, in device-independent pixels."""
_FILTER_SHARE = 5
"""What part of the page it has at least where that is more: one in so many."""
_LETTERS, _LEAST_LETTERS = 34, 15
_REMARK_LETTERS = 44
"""The average letters of a remark that quick filters give way to."""


class PageHead(QObject):
    """Fills a row, ``layout``, with the head of the page ``name``; its widgets are children of ``page``.

    Signals:
        rearranged: its widgets stand in another order now, or are others.
    """

    rearranged = Signal()

    def __init__(self, name: str, filter: "FilterLine", page: QWidget) -> None:
        super().__init__(page)
        self._name = name
        self._page = page
        self._tools: list[QWidget] = []
        self._rows: list[ActionRow] = []
        self.titles = Titles(name, page)
        self.filter = filter
        self.gear = self._button("columns", "columnsOf", _("Columns of {rows}"), _("Choose the columns"))
        self.filters = self._button(
            *("bookmark", "filtersOf", _("Saved filters of {rows}"), _("Saved filters: use one, save this one"))
        )
        self.layout = QHBoxLayout()
        self.layout.setSpacing(NEAR)
        self.layout.addWidget(self.titles)
        self.layout.addWidget(filter, 1)
        self.layout.addWidget(self.filters)
        self.layout.addWidget(self.gear)

    @property
    def members(self) -> list[QWidget]:
        """What the focus goes through, in the order in which it is seen."""
        buttons = [button for row in self._rows for button in row.members]
        return [self.filter, self.filters, *self._tools, *buttons, self.gear]

    def add_tool(self, tool: QWidget) -> None:
        """Put a button beside that of the columns, which is always to be seen."""
        self._tools.append(tool)
        self.layout.insertWidget(self.layout.indexOf(self.gear), tool)
        self.rearranged.emit()

    def new_row(self) -> ActionRow:
        """Return a row for buttons, which ``add_row`` puts into its place."""
        return ActionRow(f"actionsOf{self._name}", self._page)

    def add_row(self, row: ActionRow, buttons: Iterable[QAbstractButton]) -> None:
        """Put buttons where those of every page are."""
        row.add(buttons)
        self._rows.append(row)
        self.layout.insertWidget(self.layout.count() - 1, row)
        row.rearranged.connect(self.rearranged)
        self.rearranged.emit()

    def share(self, room: int) -> None:
        """Let buttons give way before what is told and typed does: they have a menu for the others."""
        beside = max(_FILTER_WIDTH, room // _FILTER_SHARE)
        rest = self.titles.sizeHint().width() + beside + 2 * self.gear.sizeHint().width() + 4 * NEAR
        for row in self._rows:  # one that shows nothing now may have something to show at any time
            row.setMaximumWidth(max(row.more.sizeHint().width(), room - rest))

    def _button(self, picture: str, key: str, words: str, help: str) -> QToolButton:
        made = QToolButton(self._page)
        made.setObjectName(f"{key}{self._name}")
        made.setAccessibleName(words.format(rows=page_noun(self._name)))
        made.setToolTip(tooltip(help))
        made.setIcon(icon(picture))
        made.setAutoRaise(True)
        return made


class Titles(QWidget):
    """The title of a page over how many rows it has: as wide on every page, so that what stands beside it stays."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("titles")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.title = QLabel(page_title(name), self)
        self.title.setObjectName(f"{name.lower()}Title")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        set_type(self.title, "title", bold=True)
        self.count = Line(f"{name.lower()}Count", self)
        self.count.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        set_type(self.count, "small")
        self._title_width = self.title.sizeHint().width()
        self._letter = self.count.fontMetrics().averageCharWidth()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.title)
        column.addWidget(self.count)

    def sizeHint(self) -> QSize:
        """Return the width of a usual line."""
        return QSize(max(self._letter * _LETTERS, self._title_width), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """Return the width that is left on a small screen."""
        return QSize(max(self._letter * _LEAST_LETTERS, self._title_width), super().minimumSizeHint().height())


class FilterLine(QLineEdit):
    """Takes the filter of the page ``name``; ``hint`` is an example, ``fields`` are the names that it can ask for.

    Where the rows are too many to be filtered with each key, which ``is_long`` says, it waits for a short rest.

    Signals:
        settled: the rows should be filtered by what stands here.
    """

    settled = Signal()

    def __init__(self, name: str, hint: str, fields: Iterable[str], is_long: Callable[[], bool], page: QWidget) -> None:
        super().__init__(page)
        self._is_long = is_long
        help = _("Words, or fields: {names}. For instance {hint}. A minus in front turns a part round.").format(
            names=", ".join(fields), hint=hint
        )
        self.setObjectName(f"filter{name}")
        self.setAccessibleName(_("Filter {rows}").format(rows=page_noun(name)))
        self.setPlaceholderText(_("Filter: {hint}   (Ctrl+F)").format(hint=hint))
        self.setToolTip(tooltip(help))
        self.setAccessibleDescription(help)
        self.setMinimumWidth(120)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_FILTER_MS)
        self._rest.timeout.connect(self.settled)
        self.textChanged.connect(self._settle_soon)

    def use(self, text: str) -> None:
        """Ask for the rows that a filter keeps, now."""
        self.setText(text)
        if self._rest.isActive():
            self._settle()

    def _settle_soon(self) -> None:
        self.setClearButtonEnabled(True)  # which takes time, and an empty line shows none
        if self._is_long():
            self._rest.start()
        else:
            self._settle()

    def _settle(self) -> None:
        self._rest.stop()
        self.settled.emit()


class TableBar(QWidget):
    """Stands between the head of the page ``name`` and its table: quick filters, a remark, and what else joins them.

    It keeps its height, so that the table stays where it is whatever is said above it. ``chips`` are the quick filters:
    their words, and what each puts into the filter.
    """

    def __init__(self, name: str, chips: Sequence[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent)
        self._is_warning = False
        self.setObjectName(f"{name.lower()}TableBar")
        self.setMinimumHeight(self.fontMetrics().height() + 14)
        self.remark = QLabel(self)
        self.remark.setObjectName(f"{name.lower()}Remark")
        self.remark.setTextFormat(Qt.TextFormat.PlainText)
        self.remark.setWordWrap(True)
        self.remark.hide()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(NEAR)
        self._row.addWidget(self.remark, 3)
        self._row.addStretch(0)  # what is said has all the room beside the chips
        self.chips: Chips | None = None
        if chips:
            self.chips = Chips(f"chipsOf{name}", chips, self)
            self._row.insertWidget(0, self.chips)

    @property
    def members(self) -> Sequence[QWidget]:
        """What the focus goes through, in the order in which it is seen."""
        return self.chips.members if self.chips is not None else ()

    def add(self, widget: QWidget, stretch: int) -> None:
        """Put something at the end."""
        self._row.addWidget(widget, stretch)

    def say(self, text: str, *, is_warning: bool = False) -> None:
        """Say what there is to know about the rows, or nothing."""
        self.remark.setText(text)
        self.remark.setVisible(bool(text))
        self._is_warning = is_warning
        self._colour()

    def share(self, room: int, *, beside: int) -> None:
        """Let quick filters give way before the remark, and what takes ``beside`` pixels, does."""
        if self.chips is None:
            return
        metrics = self.fontMetrics()
        wanted = min(metrics.averageCharWidth() * _REMARK_LETTERS, metrics.horizontalAdvance(self.remark.text()))
        rest = (0 if self.remark.isHidden() else wanted) + 2 * NEAR + (beside + NEAR if beside else 0)
        self.chips.setMaximumWidth(max(self.chips.minimumSizeHint().width(), room - rest))

    def changeEvent(self, event: QEvent) -> None:
        """Take the colour of the remark from the theme that is on now."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._colour()

    def _colour(self) -> None:
        colours = self.palette()
        if self._is_warning:
            colours.setColor(QPalette.ColorRole.WindowText, tone_colour(Tone.WARN, colours))
        self.remark.setPalette(colours)
