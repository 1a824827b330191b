"""Requests from elsewhere: looked at first, and taken into the folder when a person wants that."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from cbr_desktop.domain.error import CbrError
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.ui.drafts.review import Judge, RequestImportDialog, ReviewDialog, review_title
from cbr_desktop.ui.drafts.tools import DIFFERENT
from cbr_desktop.ui.session.draft_store import DraftStore
from cbr_desktop.ui.session.profile_context import Settings


class DraftReviews(QObject):
    """Opens files from outside for review over the window of a page, each once.

    Signals:
        taken: the path of the draft that was made of one.
        troubled: why none could be made, in words.
    """

    taken = Signal(str)
    troubled = Signal(str)

    def __init__(
        self, judge: Judge, draft_store: Callable[[], DraftStore | None], page: QWidget, settings: Settings
    ) -> None:
        super().__init__()
        self._judge = judge
        self._draft_store = draft_store
        self._page = page
        self._settings = settings
        self._reviews: dict[str, ReviewDialog] = {}

    def show(self, path: str) -> None:
        """Show a file from outside. It is not sent, and nothing of it is taken over before a person does that."""
        held, draft_store = self._reviews.get(path), self._draft_store()
        if held is not None and isValid(held) and held.isVisible():
            held.activateWindow()
            return
        made = ReviewDialog(self._judge, review_title(path), self._page.window(), self._settings)
        made.taken.connect(partial(self._take_over, made))
        if draft_store is not None:
            try:
                made.show_data(draft_store.outside(path), path)
            except CbrError as error:
                made.show_trouble(error, path)
        self._reviews[path] = made
        made.open()

    def paste(self) -> None:
        """Open the window in which a request from elsewhere is pasted or chosen."""
        draft_store = self._draft_store()
        if draft_store is not None:
            made = RequestImportDialog(self._judge, draft_store.outside, self._page.window(), self._settings)
            made.taken.connect(partial(self._take_over, made))
            made.open()

    def _take_over(self, review: ReviewDialog, text: str, stem: str) -> None:
        """Write a reviewed request into the folder."""
        draft_store = self._draft_store()
        if draft_store is None:
            return
        try:
            path = draft_store.create(stem, text)
        except CbrError as error:
            self.troubled.emit(error_sentence(error))
            review.banner.say(DIFFERENT, error_sentence(error))
            return
        review.close()
        self.taken.emit(path)
