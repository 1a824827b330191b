"""The folder of drafts is read aside: a share that hangs keeps neither the window waiting nor another folder away."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.draft import DraftEntry, DraftText, new_text
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.text.words import Times
from cbr_desktop.ui.drafts.page import DraftsPage
from cbr_desktop.ui.operations.draft_document import DraftDocument
from cbr_desktop.ui.session.draft_store import Source
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.ui.shell.dialogs import Dialogs
from tests.services import serve
from tests.ui import estate
from tests.ui.draft_store import MemoryDraftStore
from tests.ui.estate import uid

Run = Callable[..., Any]
Until = Callable[..., Awaitable[None]]
GOOD = new_text(CheckpointDraft(VaultId(uid(1)), "nightly"))
FILE = "/requests/good.cbr.json"


class Share(MemoryDraftStore):
    """A folder on a network that answers nobody while ``lets`` is not set; ``away`` are the folders for which so."""

    def __init__(self, **texts: str) -> None:
        super().__init__(**texts)
        self.lets = threading.Event()
        self.away = {"/requests"}
        self.under_way = 0
        self.most = 0
        self.stops = False
        """Whether readings wait after they have seen the folder, not before."""

    def stamp(self) -> object:
        return self._slowly(super().stamp)

    def glance(self, path: str) -> object:
        return self._slowly(lambda: MemoryDraftStore.glance(self, path))

    def entries(self) -> list[DraftEntry]:
        folder = self.folder
        return self._slowly(super().entries) if folder == self.folder else []

    def _slowly(self, work: Callable[[], Any]) -> Any:
        is_away = self.folder in self.away and threading.current_thread() is not threading.main_thread()
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        found = work() if self.stops else None
        try:
            if is_away:
                assert self.lets.wait(10)
        finally:
            self.under_way -= 1
        return found if self.stops else work()


@pytest.fixture
def share() -> Iterator[Share]:
    made = Share(good=GOOD)
    yield made
    made.lets.set()


@pytest.fixture
def workspace(share: Share) -> Workspace:
    made = estate.workspace()
    serve(made, draft_store=share)
    return made


@pytest.fixture
def page(qtbot: QtBot, workspace: Workspace) -> DraftsPage:
    made = DraftsPage(workspace, Times(workspace.clock), Dialogs())
    qtbot.addWidget(made)
    return made


def files(page: DraftsPage) -> list[str]:
    return sorted(row.file_name for row in page.model.shown_rows())


def test_a_folder_that_hangs_is_read_once_and_told_of(page: DraftsPage, share: Share, run: Run, until: Until) -> None:
    async def story() -> None:
        page.show()
        for _ in range(20):
            page.look()
            await asyncio.sleep(0)
        await until(lambda: share.under_way == 1)
        assert share.most == 1
        assert files(page) == []
        assert not page.silence.isVisible()
        page.folder._patience.timeout.emit()
        assert page.silence.isVisible()
        assert "does not answer" in page.silence.label.text()
        share.lets.set()
        await until(lambda: files(page) == ["good.cbr.json"])
        assert not page.silence.isVisible()

    run(story())


def test_another_folder_is_read_although_the_first_one_hangs(
    page: DraftsPage, share: Share, run: Run, until: Until
) -> None:
    share.files["/near/other.cbr.json"] = GOOD.encode()

    async def story() -> None:
        page.show()
        await until(lambda: share.under_way == 1)
        page.folder._patience.timeout.emit()
        page._choose("/near")
        assert not page.silence.isVisible()
        await until(lambda: files(page) == ["other.cbr.json"])
        assert share.under_way == 1
        share.lets.set()
        await until(lambda: share.under_way == 0)
        for _ in range(50):
            await asyncio.sleep(0)
        assert files(page) == ["other.cbr.json"]

    run(story())


def test_what_was_made_while_the_folder_was_read_stays_in_the_list(
    page: DraftsPage, share: Share, run: Run, until: Until
) -> None:
    share.lets.set()

    async def story() -> None:
        page.show()
        await until(lambda: files(page) == ["good.cbr.json"])
        share.files["/requests/outside.cbr.json"] = GOOD.encode()
        share.lets.clear()
        share.stops = True
        page.look()
        await until(lambda: share.under_way == 1)
        page.show_row(FILE)
        page.duplicate()
        assert files(page) == ["good-copy.cbr.json", "good.cbr.json"]
        share.lets.set()
        await until(lambda: len(files(page)) == 3)
        assert files(page) == ["good-copy.cbr.json", "good.cbr.json", "outside.cbr.json"]

    run(story())


def test_all_are_checked_by_a_reading_that_began_after_the_wish(
    page: DraftsPage, share: Share, run: Run, until: Until
) -> None:
    words: list[str] = []
    page.remarked.connect(words.append)

    async def story() -> None:
        share.stops = True
        page.show()
        await until(lambda: share.under_way == 1)
        share.files["/requests/new.cbr.json"] = GOOD.encode()
        page.check_all()
        assert not words
        share.lets.set()
        await until(lambda: bool(words))
        assert words[0].startswith("2 drafts checked: ")

    run(story())


def opened(share: Share, workspace: Workspace, page: DraftsPage) -> tuple[DraftDocument, list[str]]:
    base = DraftText(GOOD, "\n", GOOD.encode())
    draft_document = DraftDocument(Source(GOOD, path=FILE, base=base), workspace.clock, "Prod", share, page)
    told: list[str] = []
    draft_document.conflicted.connect(lambda: told.append("conflict"))
    draft_document.taken_over.connect(lambda: told.append("taken"))
    return draft_document, told


def test_both_have_changed_it_is_seen_aside(
    page: DraftsPage, share: Share, workspace: Workspace, run: Run, until: Until
) -> None:
    async def story() -> None:
        draft_document, told = opened(share, workspace, page)
        draft_document.write(GOOD.replace("nightly", "mine"), "form")
        share.files[FILE] = GOOD.replace("nightly", "theirs").encode()
        for _ in range(5):
            draft_document.look()
            await asyncio.sleep(0)
        await until(lambda: share.under_way == 1)
        assert share.most == 1
        assert not told
        share.lets.set()
        await until(lambda: told == ["conflict"])
        assert draft_document.theirs is not None
        assert "theirs" in draft_document.theirs.text
        assert "mine" in draft_document.text
        draft_document.keep_mine()
        assert b"mine" in share.files[FILE]

    run(story())


def test_a_look_that_was_overtaken_by_saving_tells_nothing(
    page: DraftsPage, share: Share, workspace: Workspace, run: Run, until: Until
) -> None:
    async def story() -> None:
        draft_document, told = opened(share, workspace, page)
        share.stops = True
        draft_document.write(GOOD.replace("nightly", "mine"), "form")
        share.files[FILE] = GOOD.replace("nightly", "theirs").encode()
        draft_document.look()
        await until(lambda: share.under_way == 1)
        share.files[FILE] = GOOD.encode()
        draft_document.save()
        share.lets.set()
        await until(lambda: share.under_way == 0)
        for _ in range(50):
            await asyncio.sleep(0)
        assert not told
        assert draft_document.is_saved
        draft_document.look()
        for _ in range(50):
            await asyncio.sleep(0)
        assert not told
        assert b"mine" in share.files[FILE]

    run(story())
