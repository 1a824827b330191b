"""What a feature puts into the shell of a change: the fields that a person fills in, and the draft that they make."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from cbr_desktop.domain.change import Kind


class ChangeForm(QWidget):
    """The fields of one change.

    Signals:
        changed: it asks for something else now.
    """

    kind: Kind
    has_fields = True
    """Whether there is anything to fill in, so that it can be changed and sent again."""
    file = ""
    """The path of the request file that it comes from, empty where it comes from none."""

    changed = Signal()

    def draft(self) -> Any:
        """Return what is filled in, as the draft of the operation."""
        raise NotImplementedError

    def begin(self) -> None:
        """Put the focus where filling in begins."""


class FixedForm(ChangeForm):
    """A change that asks for nothing: what it is done to was chosen before."""

    has_fields = False

    def __init__(self, kind: Kind, draft: Any) -> None:
        super().__init__()
        self.kind = kind
        self._draft = draft
        self.setObjectName("changeForm")

    def draft(self) -> Any:
        """Return the draft that it was made with."""
        return self._draft
