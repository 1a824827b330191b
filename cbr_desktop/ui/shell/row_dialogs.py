"""What is asked for of rows and requests: their profile is found here, and the dialog opened that the change has."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from cbr_desktop.domain.ids import IntentId, ResourceId, VaultId
from cbr_desktop.text.catalogue import _
from cbr_desktop.ui.kit.page import Page
from cbr_desktop.ui.kit.verbs import Takes
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.dialogs import Dialogs
from cbr_desktop.workflows.ledger import Ledger


class RowDialogs:
    """Opens dialogs of ``dialogs`` over ``window``; ``say`` tells what cannot be done.

    ``choose_profile`` opens the choice of a profile below a button, as ``create_button``, and calls with it what it is
    given.
    """

    def __init__(
        self,
        workspace: Workspace,
        dialogs: Dialogs,
        window: QWidget,
        create_button: QWidget,
        choose_profile: Callable[[QWidget, Callable[[ProfileContext], object]], QWidget],
        say: Callable[[str], object],
    ) -> None:
        self._workspace = workspace
        self._dialogs = dialogs
        self._window = window
        self._create_button = create_button
        self._choose_profile = choose_profile
        self._say = say

    def ask(self, page: Page[Any], verb: str, rows: Sequence[Any]) -> None:
        """Open what a verb asks for of rows of a page; without any, of the only profile or of one that is chosen."""
        contexts = [self._workspace.context_of(partial(_is_among, page.owners(row))) for row in rows]
        known = [context for context in contexts if context is not None]
        if len(known) < len(rows):
            self._say(_("Something of what is selected is gone meanwhile. Nothing was done."))
            return
        shown = self._workspace.shown_contexts
        if rows:
            self._dialogs.ask(self._workspace, page.name, verb, list(zip(known, rows, strict=True)), self._window)
        elif any(each.key == verb and each.takes is Takes.ALL for each in page.verbs):
            asked: list[tuple[ProfileContext, Any]] = [(context, None) for context in shown]
            self._dialogs.ask(self._workspace, page.name, verb, asked, self._window)
        elif len(shown) == 1:
            self._ask_of(page.name, verb, shown[0])
        elif shown:
            self._choose_profile(page.buttons[verb], partial(self._ask_of, page.name, verb))

    def create_checkpoint(self, page: Page[Any]) -> None:
        """Open the dialog for what is selected on a page, or for nothing yet; several vaults are asked for at once."""
        targets = page.targets()
        if not targets:
            self.open_checkpoint(*page.target(), page.target_words())
            return
        contexts = [(self._workspace.context_of_vault(target[0]), target) for target in targets]
        asked = [(context, target) for context, target in contexts if context is not None]
        self._dialogs.create_checkpoints(self._workspace, asked, self._window)

    def open_checkpoint(
        self, vault_id: VaultId | None = None, resource_ids: Sequence[ResourceId] = (), words: str = ""
    ) -> QWidget:
        """Open the dialog for a new checkpoint; where it could be of several profiles, ask of which first.

        ``words`` say what of a selection it is not of.
        """
        context = self._workspace.context_of_vault(vault_id)
        if context is not None:
            return self._dialogs.create_checkpoint(context, vault_id, resource_ids, self._window, words)
        return self._choose_profile(
            self._create_button, lambda chosen: self._dialogs.create_checkpoint(chosen, None, (), self._window)
        )

    def open_outcome(self, id: IntentId) -> QWidget:
        """Open what became of a request."""
        return self._dialogs.show_outcome(self._workspace.context_of_intent(id), id, self._window)

    def edit_again(self, id: IntentId) -> None:
        """Open a request in its form, to be changed and sent anew."""
        if not self._dialogs.edit_again(self._workspace.context_of_intent(id), id, self._window):
            self._say(_("This version has no form that can show the request."))

    def confirm_again(self, id: IntentId) -> None:
        """Ask anew whether a request goes that is held, or of which no trace was found."""
        self._dialogs.confirm_again(self._workspace.context_of_intent(id), id, self._window)

    def _ask_of(self, page: str, verb: str, context: ProfileContext) -> None:
        self._dialogs.ask(self._workspace, page, verb, [(context, None)], self._window)


def _is_among(ledgers: Sequence[Ledger], ledger: Ledger) -> bool:
    return ledger in ledgers
