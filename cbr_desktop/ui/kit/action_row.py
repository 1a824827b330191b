"""A row of buttons that gives way: those at the end go into a menu where there is no room for them."""

from collections.abc import Iterable
from functools import partial

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QToolButton, QWidget

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import tooltip
from cbr_desktop.ui.kit.icons import icon
from cbr_desktop.ui.kit.tokens import NEAR


class ActionRow(QWidget):
    """Shows as many of its buttons as there is room for, and the others in a menu that stands at the end.

    The owner of a button may hide, show and disable it as ever.

    Signals:
        rearranged: buttons went into the menu or came out of it, and with that to other places in the order of Tab.
    """

    rearranged = Signal()

    _is_ready = False
    """Qt sends events before a widget is made and while it goes."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        # no wider than the buttons that it shows: what is left beside them is for its neighbours
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Maximum, QtWidgets.QSizePolicy.Policy.Fixed)
        self._buttons: list[QAbstractButton] = []
        self._given_way: set[QAbstractButton] = set()
        self._aside = QWidget(self)
        self._aside.setObjectName(f"{name}Aside")
        self._aside.hide()
        self._is_arranging = False
        self._has_size = False
        self.more = QToolButton(self)
        self.more.setObjectName(f"{name}More")
        self.more.setAccessibleName(_("More actions"))
        self.more.setToolTip(tooltip(_("What else can be done here")))
        self.more.setIcon(icon("more"))
        self.more.setAutoRaise(True)
        self.more.clicked.connect(self.open_menu)
        self.more.hide()
        self.hide()
        self._is_ready = True

    @property
    def button_parent(self) -> QWidget:
        """Where a button is best made that is to be added: there it stays until there is room for it.

        One that is never hidden and will have room is best made in the row itself: to move it would cost more.
        """
        return self._aside

    def add(self, buttons: Iterable[QAbstractButton]) -> None:
        """Put buttons at the end."""
        for button in buttons:
            if button.parentWidget() is self._aside:
                button.installEventFilter(self)
            elif button.parentWidget() is not self:
                self._move(button, self if self._has_size else self._aside, shown=_is_offered(button))
            self._buttons.append(button)
        self.show()
        self._arrange()

    @property
    def members(self) -> list[QAbstractButton]:
        """All its buttons in their order, and the one of the menu."""
        return [*self._buttons, self.more]

    def open_menu(self) -> "QtWidgets.QMenu":
        """Open the menu of the buttons for which there is no room."""
        menu = QtWidgets.QMenu(self.more)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for button in self._buttons:
            if button in self._given_way and _is_offered(button):
                action = menu.addAction(button.text())
                action.setCheckable(button.isCheckable())
                action.setChecked(button.isChecked())
                action.setEnabled(button.isEnabled())
                action.triggered.connect(partial(_click, button))
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))
        return menu

    def _offered(self) -> list[QAbstractButton]:
        return [button for button in self._buttons if _is_offered(button)]

    def _arrange(self) -> None:
        if self._is_arranging or not self._has_size:
            return
        self._is_arranging = True
        offered = self._offered()
        hints = self._hints(offered, self.width())
        self._given_way = set(offered[len(hints) :])
        at = 0
        has_moved = False
        for place, button in enumerate(offered):
            parent = self if place < len(hints) else self._aside
            if button.parentWidget() is not parent:
                self._move(button, parent, shown=True)
                has_moved = True
            if parent is self:
                button.setGeometry(self._placed(at, hints[place].width()))
                at += hints[place].width() + NEAR
        self.more.setVisible(bool(self._given_way))
        self.more.setGeometry(self._placed(at, self.more.sizeHint().width()))
        self._is_arranging = False
        if has_moved:
            self.rearranged.emit()

    def _hints(self, offered: list[QAbstractButton], room: int) -> list[QSize]:
        """Return the sizes of those that fit into a width, all of them or as many as leave some for the menu.

        How wide a button is costs most of what it costs, so those that have no place anyway are not asked.
        """
        room += NEAR
        hints: list[QSize] = []
        taken = 0
        for button in offered:
            hints.append(button.sizeHint())
            taken += hints[-1].width() + NEAR
            if taken > room:
                room -= self.more.sizeHint().width() + NEAR
                while hints and taken > room:
                    taken -= hints.pop().width() + NEAR
                break
        return hints

    def _placed(self, at: int, width: int) -> "QtCore.QRect":
        left = at if self.layoutDirection() == Qt.LayoutDirection.LeftToRight else self.width() - at - width
        return QtCore.QRect(left, 0, width, self.height())

    def sizeHint(self) -> QSize:
        """Return the size of the buttons that have room within the maximum width, with the menu's where not all do."""
        offered = self._offered()
        hints = self._hints(offered, self.maximumWidth())
        width = sum(hint.width() + NEAR for hint in hints) - NEAR
        if len(hints) < len(offered):
            width += NEAR + self.more.sizeHint().width()
        tallest = hints or [button.sizeHint() for button in offered[:1]]
        return QSize(max(0, width), max((hint.height() for hint in tallest), default=0))

    def minimumSizeHint(self) -> QSize:
        """Return the size of the menu's button."""
        return QSize(self.more.sizeHint().width() if self._offered() else 0, self.sizeHint().height())

    def resizeEvent(self, event: "QtGui.QResizeEvent") -> None:
        """Show as many as there is room for now."""
        super().resizeEvent(event)
        self._has_size = True
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """Follow what the owners of the buttons do with them; while this is hidden, nothing tells of that."""
        if self._is_ready and event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Show):
            self._follow()
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow what is shown or hidden aside, where no request for a layout comes from."""
        if not self._is_arranging and event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._follow()
        return super().eventFilter(watched, event)

    def _follow(self) -> None:
        self.updateGeometry()
        self._arrange()

    def _move(self, button: QAbstractButton, place: QWidget, *, shown: bool) -> None:
        """Give a button another parent, which hides it, and show it again if it was to be seen."""
        if button.parentWidget() is not place:
            button.setParent(place)
        button.setVisible(shown)
        if place is self:
            button.removeEventFilter(self)
        else:
            button.installEventFilter(self)


def _is_offered(button: QAbstractButton) -> bool:
    """Whether a button was not hidden; to show one explicitly costs, so one that is new is not."""
    return not (button.isHidden() and button.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide))


def _click(button: QAbstractButton, *_rest: object) -> None:
    button.click()
