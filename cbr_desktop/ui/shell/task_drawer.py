"""The task drawer: what was asked for and how it stands, as a list, and as a line that tells the most urgent of it."""

from collections import deque
from collections.abc import Iterable, Sequence
from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.ids import IntentId
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.plain import tooltip
from cbr_desktop.text.requests import Request, RequestGroup, group_title, requests
from cbr_desktop.ui.kit.elided_label import Line
from cbr_desktop.ui.kit.icons import icon
from cbr_desktop.ui.kit.mark_sign import MarkSign
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Part

_ROWS_HIGH = 5
_NAME_LETTERS = 42
_DISMISSED = "drawer/dismissed"
_DISMISSED_KEPT = 500
_NOTICES_KEPT = 100


_SHOW = {
    RequestGroup.NEEDS_YOU: N_("Show needs you"),
    RequestGroup.RUNNING: N_("Show running"),
    RequestGroup.QUEUED: N_("Show queued"),
    RequestGroup.DONE: N_("Show done in 24 h"),
}
_SHOW_ONLY = {
    RequestGroup.NEEDS_YOU: N_("Show only: needs you"),
    RequestGroup.RUNNING: N_("Show only: running"),
    RequestGroup.QUEUED: N_("Show only: queued"),
    RequestGroup.DONE: N_("Show only: done in 24 h"),
}


class Drawer(QFrame):
    """Lists requests, grouped by what they need.

    ``head`` is the line of it, which belongs into the status bar of the window; the list is shown while it is unfolded.

    Signals:
        lines_requested: lines should be shown beside the window: their title, and a list of them.
        outcome_requested: the id of the request whose outcome should open.
        remarked: something about what was just done, in words.
        toggled: whether the drawer is open now.
        counted: how many requests need the operator, whenever they are counted.
    """

    outcome_requested = Signal(object)
    remarked = Signal(str)
    lines_requested = Signal(str, object)
    toggled = Signal(bool)
    counted = Signal(int)

    def __init__(self, workspace: Workspace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("taskDrawer")
        self.setAccessibleName(_("Task drawer"))
        self._workspace = workspace
        self._group: RequestGroup | None = None
        self._rows: dict[IntentId, RequestRow] = {}
        self._list: RequestArea | None = None
        self._inside = QVBoxLayout()
        self._shown: list[Request] = []
        self._notices: deque[str] = deque(maxlen=_NOTICES_KEPT)
        self._taking = QTimer(self)
        self._taking.setSingleShot(True)
        self._taking.setInterval(0)
        self._taking.timeout.connect(self.take)
        self._build()
        self.take()

    @property
    def is_open(self) -> bool:
        """Whether the list is shown."""
        return self.handle.isChecked()

    def toggle(self) -> None:
        """Open the drawer, or fold it."""
        self.handle.toggle()

    def notice(self, part: Part) -> None:
        """Take note of a change of the ledger."""
        if part in (Part.INTENTS, Part.TASKS):
            self._taking.start()

    def take(self) -> None:
        """Show how the requests stand now."""
        self._shown = requests(self._workspace.open, self._workspace.clock.now(), self._dismissed())
        for group, button in self.groups.items():
            count = sum(request.group is group for request in self._shown)
            button.setText(_("{group}: {count}").format(group=group_title(group), count=count))
            self.head.want(button, bool(count) or group is self._group)
        self.counted.emit(sum(request.group is RequestGroup.NEEDS_YOU for request in self._shown))
        self._tell_ticker()
        if self.is_open:
            self._tell_rows([r for r in self._shown if self._group in (None, r.group)])

    def note(self, words: str) -> None:
        """Keep the words of a notice, to be read again."""
        self._notices.appendleft(f"{self._workspace.clock.now().astimezone():%H:%M}  {words}")
        self.notices.setText(_("Notices: {count}").format(count=len(self._notices)))
        self.head.want(self.notices, True)

    # building

    def _build(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 3, 8, 0)
        layout.setSpacing(2)
        self.head = TaskLine(self)
        head = self.head.row
        self.handle = QToolButton(self.head)
        self.handle.setObjectName("toggleTaskDrawer")
        self.handle.setAccessibleName(_("Toggle task drawer"))
        self.handle.setText(_("Tasks"))
        self.handle.setToolTip(tooltip(_("What was asked for and how it stands (F8)")))
        self.handle.setIcon(icon("up"))
        self.handle.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.handle.setCheckable(True)
        self.handle.setAutoRaise(True)
        self.handle.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.handle.toggled.connect(self._unfold)
        head.addWidget(self.handle)
        self.groups = {group: self._group_button(group) for group in RequestGroup}
        for button in self.groups.values():
            head.addWidget(button)
        self.notices = QToolButton(self.head)
        self.notices.setObjectName("showNotices")
        self.notices.setAccessibleName(_("Show notices"))
        self.notices.setToolTip(tooltip(_("Recent notices")))
        self.notices.setAutoRaise(True)
        self.notices.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.notices.clicked.connect(lambda: self.lines_requested.emit(_("Notices"), list(self._notices)))
        self.notices.hide()
        self.ticker_mark = MarkSign(self.head)
        self.ticker = Line("taskTicker", self.head)
        head.addWidget(self.notices)
        head.addSpacing(4)
        head.addWidget(self.ticker_mark)
        head.addWidget(self.ticker, 1)
        head.addStretch(0)  # where nothing is told beside them, the buttons stay where they are
        self.head.keep((*self.groups.values(), self.notices), (self.ticker_mark, self.ticker))
        layout.addWidget(self.head)
        self._layout = layout

    def _group_button(self, group: RequestGroup) -> QToolButton:
        button = QToolButton(self.head)
        button.setObjectName("show" + group.name.title().replace("_", ""))
        button.setAccessibleName(_(_SHOW[group]))
        button.setToolTip(tooltip(_(_SHOW_ONLY[group])))
        button.setCheckable(True)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(partial(self._choose_group, group))
        return button

    def _make_list(self) -> "RequestArea":
        area = RequestArea(self)
        area.setObjectName("requests")
        area.setAccessibleName(_("Requests"))
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        inside.setObjectName("requestsInside")
        self._inside = QVBoxLayout(inside)
        self._inside.setContentsMargins(6, 4, 6, 4)
        self._inside.setSpacing(4)
        self.nothing = Line("noRequests", inside)
        self.nothing.tell(_("No requests here. What you send with Create checkpoint shows up in this place."))
        self._inside.addWidget(self.nothing)
        self._inside.addStretch()
        area.setWidget(inside)
        self._layout.addWidget(area)
        return area

    # slots

    def _unfold(self, is_open: bool) -> None:
        self.handle.setIcon(icon("down" if is_open else "up"))
        if self._list is None:
            self._list = self._make_list()
        self._list.setVisible(is_open)
        self.setVisible(is_open or self.head.parent() is self)
        self.take()
        self.toggled.emit(is_open)

    def _choose_group(self, group: RequestGroup) -> None:
        self._group = None if self._group is group else group
        for other, button in self.groups.items():
            button.setChecked(other is self._group)
        if not self.is_open:
            self.handle.setChecked(True)
        self.take()

    def _tell_ticker(self) -> None:
        first = self._shown[0] if self._shown else None
        is_told = first is not None and not self.is_open
        self.head.want_rest(is_told)
        self.ticker.tell(_ticker_words(first) if first is not None and not self.is_open else "")
        if first is not None:
            self.ticker_mark.tell(first.mark)

    def _tell_rows(self, shown: Sequence[Request]) -> None:
        ids = [request.id for request in shown]
        for id in [id for id in self._rows if id not in set(ids)]:
            row = self._rows.pop(id)
            row.hide()
            row.deleteLater()
        for place, request in enumerate(shown):
            row = self._rows.get(request.id) or self._new_row(request)
            if self._inside.indexOf(row) != place + 1:
                self._inside.insertWidget(place + 1, row)
            row.tell(request)
        self.nothing.setVisible(not shown)
        if self._list is not None:
            high = next(iter(self._rows.values())).sizeHint().height() + 4 if self._rows else 28
            self._list.show_heights(high + 6, max(1, min(_ROWS_HIGH, len(shown))) * high + 6)

    def _new_row(self, request: Request) -> "RequestRow":
        row = RequestRow(request)
        row.opened.connect(self.outcome_requested)
        row.cancelled.connect(self._cancel)
        row.dismissed.connect(self._dismiss)
        self._rows[request.id] = row
        return row

    def _cancel(self, id: IntentId) -> None:
        if not self._workspace.context_of_intent(id).outbox.cancel(id):
            self.remarked.emit(_("Too late to cancel: the request has been sent already."))

    def _dismiss(self, id: IntentId) -> None:
        self._workspace.settings.put(_DISMISSED, [*self._dismissed(), str(id)][-_DISMISSED_KEPT:])
        self.take()

    def _dismissed(self) -> list[str]:
        stored = self._workspace.settings.get(_DISMISSED, [])
        return [str(id) for id in stored] if isinstance(stored, list) else []


_REST_LETTERS = 26
"""With room for fewer, the newest request is not told beside the buttons."""


class TaskLine(QWidget):
    """The line of the tasks: of its buttons it shows those that there is room for, the first of them before others."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("taskLine")
        self.row = QHBoxLayout(self)
        self.row.setContentsMargins(4, 0, 4, 0)
        self.row.setSpacing(4)
        self._buttons: dict[QToolButton, bool] = {}
        self._rest: tuple[QWidget, ...] = ()
        self._is_rest_wanted = False

    def keep(self, buttons: Iterable[QToolButton], rest: tuple[QWidget, ...]) -> None:
        """Show these where there is room and they are wanted; the ``rest`` takes what they leave, if that is enough."""
        self._buttons = {button: not button.isHidden() for button in buttons}
        self._rest = rest

    def want_rest(self, is_wanted: bool) -> None:
        """Show the rest where there is room, or not at all."""
        self._is_rest_wanted = is_wanted
        self._fit()

    def want(self, button: QToolButton, is_wanted: bool) -> None:
        """Show a button where there is room, or not at all."""
        self._buttons[button] = is_wanted
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Return the size of the one button that is always there."""
        first = self.row.itemAt(0)
        return first.sizeHint() + QSize(8, 0) if first is not None else QSize(0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what there is room for now."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = self.width() - self.minimumSizeHint().width()
        for button, is_wanted in self._buttons.items():
            room -= button.sizeHint().width() + self.row.spacing() if is_wanted else 0
            button.setVisible(is_wanted and room >= 0)
        enough = _REST_LETTERS * self.fontMetrics().averageCharWidth()
        for widget in self._rest:
            widget.setVisible(self._is_rest_wanted and room >= enough)


class RequestRow(QWidget):
    """One request: mark, name, words, progress, and what can be done about it.

    Signals:
        opened: its outcome should open.
        cancelled: it should be taken back.
        dismissed: it has been seen and should not be shown any more.
    """

    opened = Signal(object)
    cancelled = Signal(object)
    dismissed = Signal(object)

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.setObjectName("request")
        self._id = request.id
        self.mark = MarkSign(self)
        self.name = Line("requestName", self)
        font = self.name.font()
        font.setBold(True)
        self.name.setFont(font)
        self.words = Line("requestWords", self)
        self.bar = QProgressBar(self)
        self.bar.setObjectName("requestProgress")
        self.bar.setAccessibleName(_("Progress of {request}").format(request=request.name))
        self.bar.setFormat("%p %")
        self.bar.setFixedWidth(150)
        self.open = self._button("open", _("Open"), request.name)
        self.open.clicked.connect(lambda: self.opened.emit(self._id))
        self.cancel = self._button("cancel", _("Take back"), request.name)
        self.cancel.clicked.connect(lambda: self.cancelled.emit(self._id))
        self.dismiss = self._button("dismiss", _("Dismiss"), request.name)
        self.dismiss.clicked.connect(lambda: self.dismissed.emit(self._id))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 0, 2, 0)
        layout.setSpacing(8)
        layout.addWidget(self.mark)
        layout.addWidget(self.name)
        layout.addWidget(self.bar)
        layout.addWidget(self.words, 1)
        for button in (self.dismiss, self.cancel, self.open):
            layout.addWidget(button)
        self.name.setFixedWidth(_NAME_LETTERS * self.fontMetrics().averageCharWidth())
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def tell(self, request: Request) -> None:
        """Show how the request stands."""
        self.mark.tell(request.mark)
        self.name.tell(request.name)
        self.words.tell(row_words(request))
        self.bar.setVisible(request.progress_percent is not None)
        if request.progress_percent is not None:
            self.bar.setValue(request.progress_percent)
        self.cancel.setVisible(request.can_cancel)
        self.dismiss.setVisible(request.can_dismiss)

    def _button(self, name: str, word: str, request_name: str) -> QPushButton:
        button = QPushButton(word, self)
        button.setObjectName(name)
        button.setAccessibleName(f"{word} {request_name}")
        button.setAutoDefault(False)
        return button


def row_words(request: Request) -> str:
    """Return the words of a row: the short ones where there is a number to tell, else the whole sentence."""
    if request.group in (RequestGroup.RUNNING, RequestGroup.DONE):
        return request.words
    return request.sentence


def _ticker_words(request: Request) -> str:
    percent = f", {request.progress_percent} %" if request.progress_percent is not None else ""
    return f"{request.name}: {request.words}{percent}"


class RequestArea(QScrollArea):
    """As high as its rows, up to some of them; on a small screen it gives way down to one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._least, self._preferred = 0, 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def show_heights(self, least: int, preferred: int) -> None:
        """Take another height, and another least one."""
        self._least, self._preferred = least, preferred
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the height that is preferred."""
        return QSize(super().sizeHint().width(), self._preferred)

    def minimumSizeHint(self) -> QSize:
        """Return the least height."""
        return QSize(super().minimumSizeHint().width(), self._least)
