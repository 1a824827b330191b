"""The editors of drafts: each draft is open in one of them at most."""

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from cbr_desktop.domain.draft import Unsaved
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.ui.drafts.model import DraftsModel
from cbr_desktop.ui.drafts.verdict import DraftRow
from cbr_desktop.ui.operations.draft_document import DraftDocument
from cbr_desktop.ui.session.draft_store import Source
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Workspace


class Editor(Protocol):
    """A window in which one draft is edited."""

    draft_document: DraftDocument

    def isVisible(self) -> bool: ...

    def activateWindow(self) -> None: ...


class DraftDialogs(Protocol):
    """Opens what this page needs over its window."""

    def edit_draft(
        self,
        context: ProfileContext,
        source: Source | None,
        vault_id: VaultId | None,
        changed: Callable[..., object],
        parent: QWidget,
    ) -> Editor:
        """Open a draft to be edited; without a ``source`` a new one, for a vault that may be known already.

        ``changed`` is called when the draft stands otherwise than before in its file or among what is not saved.
        """
        ...

    def make_plan(
        self, workspace: Workspace, paths: Sequence[str], made: Callable[[str], object], parent: QWidget
    ) -> object:
        """Ask how a plan of request files should go; ``made`` is called with the path of what was written."""
        ...

    def open_profile_menu(
        self, workspace: Workspace, button: QWidget, chosen: Callable[[ProfileContext], object]
    ) -> object:
        """Open the choice of the profile that something is done with below a button."""
        ...


class DraftEditors(QObject):
    """Opens drafts over the window of a page; ``changed`` is called when one stands otherwise than before.

    Signals:
        troubled: why a draft could not be opened, in words.
    """

    troubled = Signal(str)

    def __init__(
        self,
        workspace: Workspace,
        drafts: DraftsModel,
        dialogs: DraftDialogs,
        page: QWidget,
        changed: Callable[..., object],
    ) -> None:
        super().__init__()
        self._workspace = workspace
        self._drafts = drafts
        self._dialogs = dialogs
        self._page = page
        self._changed = changed
        self._editors: dict[str, Editor] = {}

    @property
    def edited(self) -> set[str]:
        """The ids of the drafts that are in editors now."""
        shown = (editor for editor in self._editors.values() if isValid(editor) and editor.isVisible())
        return {editor.draft_document.id for editor in shown}

    def is_edited(self, row: DraftRow) -> bool:
        """Whether a draft stands in an editor otherwise than in its file."""
        held = self._held(row.id)
        return held is not None and not held.draft_document.is_saved

    def begin(self, vault_id: VaultId | None, button: QWidget) -> None:
        """Open an editor with nothing in it yet, for a vault that may be known already."""
        self._with_context(None, button, lambda context: self._edit(context, None, "", vault_id))

    def open(self, row: DraftRow, button: QWidget) -> None:
        """Open a draft, with what was not saved into it; one that is open already comes to the front."""
        held = self._held(row.id)
        if held is not None:
            held.activateWindow()
        elif row.unsaved is not None:
            self.restore(row.unsaved)
        else:
            self._with_context(row, button, lambda context: self._edit_file(context, row.path))

    def restore(self, unsaved: Unsaved) -> None:
        """Open what was not saved over what is in its file."""
        contexts = [context for context in self._workspace.contexts if context.profile.name == unsaved.profile]
        context = next(iter(contexts or self._workspace.shown_contexts), None)
        if context is not None:
            self._edit(context, self._drafts.restored(unsaved), unsaved.path or unsaved.id)

    def _held(self, id: str) -> Editor | None:
        held = self._editors.get(id)
        return held if held is not None and isValid(held) and held.isVisible() else None

    def _edit_file(self, context: ProfileContext, path: str) -> None:
        try:
            source = self._drafts.source(path)
        except CbrError as error:
            self.troubled.emit(error_sentence(error))
            return
        self._edit(context, source, path)

    def _edit(self, context: ProfileContext, source: Source | None, key: str, vault_id: VaultId | None = None) -> None:
        editor = self._dialogs.edit_draft(context, source, vault_id, self._changed, self._page.window())
        self._editors[key or editor.draft_document.id] = editor

    def _with_context(self, row: DraftRow | None, button: QWidget, act: Callable[[ProfileContext], None]) -> None:
        """Do something with the profile that a draft is for; ask of which where that is not plain."""
        subject = row.subject if row is not None else None
        if subject is None or not subject.id:
            context = self._workspace.context_of_vault(None)
        else:
            context = self._workspace.context_of(lambda ledger: ledger.knows(subject))
        contexts = self._workspace.shown_contexts
        if context is None and len(contexts) == 1:
            context = contexts[0]
        if context is not None:
            act(context)
        elif contexts:
            self._dialogs.open_profile_menu(self._workspace, button, act)
