"""What a feature puts into the shell of a change: the fields that a person fills in, and the draft that they make."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct, field
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from cbr_desktop.domain.change import Change, Kind, Subject
from cbr_desktop.domain.finding import Finding, RequestPart
from cbr_desktop.domain.intent import Intent
from cbr_desktop.text.operations import batch_words
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.outbox import Outbox


class MissingField(NamedTuple):
    """What has still to be filled in before there is a request: in words, and the field where that is done.

    Without a field there is nothing that a person could do about it in this window.
    """

    words: str
    field: QWidget | None = None


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

    title = ""
    """What the window and its button are called, empty where the operation's own words do."""

    about = ""
    """What it is done to besides what the request is said to be done to, in words; empty where there is nothing."""

    changed = Signal()

    def draft(self) -> Any:
        """Return what is filled in, as the draft of the operation."""
        raise NotImplementedError

    def missing(self) -> MissingField | None:
        """Return what keeps ``draft`` from being made, ``None`` where nothing does."""
        return None

    def excess(self) -> Finding | None:
        """Return that more is chosen than any request may ask for, ``None`` where it is not.

        Such a request is neither made nor shown: of thousands that takes long, and none of it can be sent.
        """
        return None

    def field(self, part: RequestPart | None) -> QWidget | None:  # noqa: ARG002  # most show what is found alone
        """Return the field that a finding is about, ``None`` where that cannot be told."""
        return None

    def submit(self, outbox: Outbox, change: Change) -> Intent:
        """Queue what was filled in. Raises what ``Outbox.submit`` does."""
        return outbox.submit(change, file=self.file)

    def answers(self, finding: Finding) -> bool:  # noqa: ARG002  # most forms ask for one request
        """Tell whether something advised is what the form does besides, so that it need not be said."""
        return False

    def begin(self) -> None:
        """Put the focus where filling in begins."""


class FixedForm(ChangeForm):
    """A change that asks for nothing: what it is done to was chosen before."""

    has_fields = False

    def __init__(self, kind: Kind, draft: Any, title: str = "", about: str = "") -> None:
        super().__init__()
        self.kind = kind
        self.title = title
        self.about = about
        self._draft = draft
        self.setObjectName("changeForm")

    def draft(self) -> Any:
        """Return the draft that it was made with."""
        return self._draft


class BatchForm(QWidget):
    """What is asked for at once of several rows, and its fields where it has some that all of them share.

    Signals:
        changed: it asks for something else now.
    """

    kind: Kind
    has_fields = False

    changed = Signal()

    def title(self, count: int) -> str:
        """Return what is asked for of so many rows, as something to be done."""
        return batch_words(self.kind, count)

    def narrow(self, asked: "Sequence[ContextRow]") -> None:
        """Ask for it of some of the rows alone from now on, since the others are done."""

    def takes(self, context: ProfileContext, row: Any) -> bool:  # noqa: ARG002  # most ask for it of all
        """Whether it is asked for of a row at all; of others nothing is shown."""
        return True

    def draft(self, context: ProfileContext, row: Any) -> Any:
        """Return what is asked for of a row. ``ValueError`` where something is missing, which ``lacking`` tells."""
        raise NotImplementedError

    def subject(self, context: ProfileContext, row: Any) -> Subject | None:  # noqa: ARG002  # a draft tells mostly
        """Return what a row is, for the time in which nothing can be asked for of it."""
        return None

    def missing(self) -> MissingField | None:
        """Return what has still to be filled in for all of the rows, ``None`` where nothing has."""
        return None

    def lacking(self, context: ProfileContext, row: Any) -> str:  # noqa: ARG002  # most lack what all of them do
        """Return why nothing can be asked for of a row, in words."""
        missing = self.missing()
        return missing.words if missing is not None else ""


class FixedBatch(BatchForm):
    """Asks for something of several rows that needs nothing to be filled in."""

    def __init__(self, kind: Kind, draft_of: Callable[[Any], Any], title: Callable[[int], str] | None = None) -> None:
        super().__init__()
        self.kind = kind
        self._title = title
        self._draft_of = draft_of
        self.setObjectName("batchForm")

    def title(self, count: int) -> str:
        """Return what is asked for of so many rows, as something to be done."""
        return self._title(count) if self._title is not None else super().title(count)

    def draft(self, _context: ProfileContext, row: Any) -> Any:
        """Return what is asked for of a row."""
        return self._draft_of(row)


ContextRow = tuple[ProfileContext, Any]
"""What a verb was asked for: a row and the profile that it is changed from; ``None`` where a verb takes no row."""


class Forms(Struct, frozen=True):
    """What a feature lets a person ask for. The shell has one table of these, and names no operation.

    ``asked`` returns the form that a verb of the feature's page opens for a row. ``again`` returns the form that shows
    an earlier request of a kind, ``None`` where it asks for what the form cannot show. ``several`` returns what a verb
    asks for of several rows at once, which go as one batch. ``windows`` opens what is no
    dialog of a single change: it is given the workspace, all that the verb was asked for and the parent, and returns a
    window that is shown already.
    """

    asked: Mapping[str, Callable[[ProfileContext, Any], ChangeForm]] = field(default_factory=dict)
    again: Mapping[Kind, Callable[[ProfileContext, Intent], ChangeForm | None]] = field(default_factory=dict)
    several: Mapping[str, Callable[[Sequence[ContextRow]], BatchForm]] = field(default_factory=dict)
    windows: Mapping[str, Callable[[Workspace, Sequence[ContextRow], QWidget], QWidget]] = field(default_factory=dict)

    def joined(self, other: "Forms") -> "Forms":
        """Return both: what several features let a person ask for on one page."""
        return Forms(
            {**self.asked, **other.asked},
            {**self.again, **other.again},
            {**self.several, **other.several},
            {**self.windows, **other.windows},
        )
