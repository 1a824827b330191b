"""A row of buttons that gives way: those at the end go into a menu where there is no room for them."""

from collections.abc import Iterable
from functools import partial

from PySide6 import QtCore, QtGui, QtWidgets
from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QToolButton, QWidget

from cbr_desktop.text.catalogue import _
from cbr_desktop.text.plain import tooltip
from cbr_desktop.ui.kit.icons import icon
from cbr_desktop.ui.kit.tokens import NEAR


class ActionRow(QWidget):
    """Shows as many of its buttons as there is room for, and the others in a menu that stands at the end.

    Whoever owns a button may hide, show and disable it as ever.

    Signals:
        rearranged: buttons went into the menu or came out of it, and with that to other places in the order of Tab.
    """

    rearranged = Signal()

    _is_ready = False
    """Qt sends events before a widget is made and while it goes."""

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setSizePolicy(QtWidgets.QSizePolicy.Policy.Preferred, QtWidgets.QSizePolicy.Policy.Fixed)
        self._buttons: list[QAbstractButton] = []
        self._given_way: set[QAbstractButton] = set()
        self._aside = QWidget(self)
        self._aside.setObjectName(f"{name}Aside")
        self._aside.hide()
        self._is_arranging = False
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

    def add(self, buttons: Iterable[QAbstractButton]) -> None:
        """Put buttons at the end."""
        for button in buttons:
            shown = not (button.isHidden() and button.testAttribute(Qt.WidgetAttribute.WA_WState_ExplicitShowHide))
            _move(button, self, shown=shown)
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
            if button in self._given_way and not button.isHidden():
                action = menu.addAction(button.text())
                action.setCheckable(button.isCheckable())
                action.setChecked(button.isChecked())
                action.setEnabled(button.isEnabled())
                action.triggered.connect(partial(_click, button))
        menu.popup(self.more.mapToGlobal(QPoint(0, self.more.height())))
        return menu

    def _wished(self) -> list[QAbstractButton]:
        return [button for button in self._buttons if not button.isHidden()]

    def _arrange(self) -> None:
        if self._is_arranging:
            return
        self._is_arranging = True
        wished = self._wished()
        widths = [button.sizeHint().width() for button in wished]
        room = self.width() + NEAR
        fit = len(wished)
        if sum(widths) + NEAR * fit > room:
            room -= self.more.sizeHint().width() + NEAR
            while fit and sum(widths[:fit]) + NEAR * fit > room:
                fit -= 1
        self._given_way = set(wished[fit:])
        at = 0
        has_moved = False
        for button, width in zip(wished, widths, strict=True):
            place = self._aside if button in self._given_way else self
            if button.parentWidget() is not place:
                _move(button, place, shown=True)
                has_moved = True
            if place is self:
                button.setGeometry(self._placed(at, width))
                at += width + NEAR
        self.more.setVisible(bool(self._given_way))
        self.more.setGeometry(self._placed(at, self.more.sizeHint().width()))
        self._is_arranging = False
        if has_moved:
            self.rearranged.emit()

    def _placed(self, at: int, width: int) -> "QtCore.QRect":
        left = at if self.layoutDirection() == Qt.LayoutDirection.LeftToRight else self.width() - at - width
        return QtCore.QRect(left, 0, width, self.height())

    def sizeHint(self) -> QSize:
        """Return the size of all buttons side by side."""
        hints = [button.sizeHint() for button in self._wished()]
        height = max((hint.height() for hint in hints), default=0)
        return QSize(sum(hint.width() + NEAR for hint in hints) - NEAR if hints else 0, height)

    def minimumSizeHint(self) -> QSize:
        """Return the size of the menu's button."""
        return QSize(self.more.sizeHint().width() if self._wished() else 0, self.sizeHint().height())

    def resizeEvent(self, event: "QtGui.QResizeEvent") -> None:
        """Show as many as there is room for now."""
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """Follow what the owners of the buttons do with them."""
        if self._is_ready and event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self._arrange()
        return super().event(event)


def _move(button: QAbstractButton, place: QWidget, *, shown: bool) -> None:
    """Give a button another parent, which hides it, and show it again if it was to be seen."""
    button.setParent(place)
    button.setVisible(shown)


def _click(button: QAbstractButton, *_rest: object) -> None:
    button.click()
