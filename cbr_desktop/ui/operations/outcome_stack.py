"""A window's form, and in its place what became of the change once that was sent."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from cbr_desktop.domain.ids import IntentId
from cbr_desktop.ui.operations.outcome import OutcomePanel
from cbr_desktop.ui.session.profile_context import ProfileContext

_IDLE_MS = 100
"""How long after the form is shown the outcome's widgets are made: nothing can have been sent by then."""


class OutcomeStack(QStackedWidget):
    """Shows the form until something was sent from it, then its outcome; *Edit and send again* leads back.

    Signals:
        edit_requested: the operator wants to change the request of this id and send it again.
        close_requested: the operator has seen enough.
        confirmation_requested: the held request of this id is to be looked at once more before it goes.
    """

    edit_requested = Signal(str)
    close_requested = Signal()
    confirmation_requested = Signal(str)

    def __init__(self, context: ProfileContext, form: QWidget) -> None:
        super().__init__()
        self._context = context
        self._form = form
        self.outcome: OutcomePanel | None = None
        self._prepared: OutcomePanel | None = None
        self.addWidget(form)

    def showEvent(self, event: QShowEvent) -> None:
        """Make the widgets of the outcome while the form is filled in, so that *Send* need not wait for them."""
        super().showEvent(event)
        QTimer.singleShot(_IDLE_MS, self, self._prepare)

    def _prepare(self) -> None:
        if self.outcome is None:
            self._ready()

    def _ready(self) -> OutcomePanel:
        """Return the widgets that the next outcome is shown in."""
        if self._prepared is None:
            self._prepared = OutcomePanel(self._context, None)
            self.addWidget(self._prepared)
        return self._prepared

    @property
    def shows_form(self) -> bool:
        """Whether there is something to fill in and to send."""
        return self.currentWidget() is self._form

    def show_outcome(self, id: IntentId, *, can_edit: bool = True) -> None:
        """Show what becomes of a request; ``can_edit`` says whether there is a form to go back to."""
        self._drop()
        self.outcome = panel = self._ready()
        self._prepared = None
        panel.look_at(id)
        panel.offer_editing(possible=can_edit)
        panel.edit_requested.connect(lambda: self.edit_requested.emit(panel.intent_id))
        panel.close_requested.connect(self.close_requested)
        panel.confirmation_requested.connect(self.confirmation_requested)
        self.setCurrentWidget(panel)
        panel.setFocus()

    def show_form(self) -> None:
        """Show the form again."""
        self.setCurrentWidget(self._form)
        self._drop()

    def _drop(self) -> None:
        if self.outcome is not None:
            self.removeWidget(self.outcome)
            self.outcome.deleteLater()
            self.outcome = None
