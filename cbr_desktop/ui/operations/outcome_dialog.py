"""The window in which the outcome of one request is looked at."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from cbr_desktop.domain.ids import IntentId
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.operations import words_of
from cbr_desktop.ui.kit.window_size import take_room
from cbr_desktop.ui.operations.outcome import OutcomePanel
from cbr_desktop.ui.operations.window import OperationWindow
from cbr_desktop.ui.session.profile_context import ProfileContext


class OutcomeDialog(OperationWindow):
    """The outcome of an intent in a window of its own.

    Signals:
        edit_requested: the operator wants to send the intent of this id anew; only with ``can_edit``.
        confirmation_requested: the held intent of this id is to be looked at once more before it goes.
    """

    edit_requested = Signal(str)
    confirmation_requested = Signal(str)

    def __init__(
        self, context: ProfileContext, intent_id: IntentId, parent: QWidget | None = None, *, can_edit: bool = False
    ) -> None:
        intent = context.ledger.intents.get(intent_id)
        title = _("Outcome: {title}").format(title=words_of(intent).title) if intent is not None else _("Outcome")
        super().__init__("outcomeDialog", title, parent)
        self.setMinimumSize(720, 420)
        self.panel = OutcomePanel(context, intent_id)
        self.panel.offer_editing(possible=can_edit)
        self.panel.edit_requested.connect(lambda: self.edit_requested.emit(self.panel.intent_id))
        self.panel.close_requested.connect(self.close)
        self.panel.confirmation_requested.connect(self.confirmation_requested)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.panel)
        take_room(self, QSize(980, 560), context.settings)
