"""The content of a backup in the details: read when it is looked at, and at no other time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QLabel, QPushButton

from cbr_desktop.domain.backup import Backup, BackupTraits, Replica
from cbr_desktop.domain.backup_details import BackupDetails, BackupMetadata, Member, SavedDisk, SavedPort
from cbr_desktop.domain.error import CloudError, NotFound, Refused, Unreachable
from cbr_desktop.domain.ids import BackupId, ProjectId, ResourceId, VaultId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.sharing import BackupShare
from cbr_desktop.domain.vault import ResourceType
from cbr_desktop.text.backup_contents import member_pairs, metadata_note, metadata_pairs
from cbr_desktop.text.words import Times
from cbr_desktop.ui.backups.content import BackupContent
from cbr_desktop.ui.shell.details import Details
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.workflows.backup_reading import BackupReader
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.operations import change_of
from tests.ui import estate
from tests.ui.estate import NASTY, NOW, HandClock
from tests.widgets import child

Until = Callable[..., Awaitable[None]]
METADATA = BackupMetadata(
    BackupId("b"),
    "ecs-01",
    "s3.large.2",
    2,
    4096,
    "EulerOS",
    "eu-de-01",
    ("192.168.0.9",),
    (SavedDisk("d1", "vol-1", 40, "SSD", "/dev/vda", bootable=True, encrypted=False),),
    1,
    "KeyPair-ops",
    "vpc-1",
    ("env=prod",),
    (SavedPort(("192.168.0.9",), "net-1", "fa:16:3e:00:00:01", ("sg-1", "sg-2")),),
    ("80.158.0.1",),
)


class Service:
    """Stands for a cloud that tells of single backups; it answers when ``gate`` is open."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.cancelled = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: CloudError | None = None
        self.metadata: BackupMetadata | CloudError | None = METADATA

    async def backup_details(self, id: BackupId) -> BackupDetails:
        self.asked.append(id)
        try:
            await self.gate.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.error is not None:
            raise self.error
        own = replace(ROW, id=id, traits=BackupTraits(replicas=(Replica("eu-nl", "success"),), image_ids=("img-1",)))
        disks = tuple(
            replace(own, id=BackupId(f"{id}-{n}"), resource_name=NASTY, traits=BackupTraits(bootable=n == 1))
            for n in (1, 2)
        )
        return BackupDetails(
            own, disks, "before the move", NOW, NOW, None, {disks[0].id: "snap-1"}, '{"backup": {"id": 1}}'
        )

    async def backup_metadata(self, _id: BackupId) -> BackupMetadata | None:
        if isinstance(self.metadata, CloudError):
            raise self.metadata
        return self.metadata

    async def members(self, id: BackupId) -> Listing[Member]:
        return Listing([Member("m", id, ProjectId("f" * 32), "accepted", NOW, VaultId("vault-x"), "img-9")], NOW)


ROW = Backup(
    BackupId("b"), "b", "available", VaultId("v"), None, ResourceId("r"), "ecs-01", ResourceType.SERVER, 40, NOW
)


def opened(service: Service) -> tuple[MainWindow, Details]:
    window = MainWindow(estate.workspace(settings=estate.Notebook()))
    context = window._workspace.contexts[0]
    assert context.services is not None
    context.services = replace(context.services, backup_reader=BackupReader(cast(Any, service), HandClock()))
    window.show()
    window.build_deferred_widgets()
    window.show_details(True)
    window.show_page("Backups")
    details = window.deferred_widgets.details
    details._waiting.setInterval(0)
    return window, details


def look_at(window: MainWindow, number: int) -> str:
    id = estate.uid(number)
    assert window.current_page().view.select_id(id)
    return id


def words(details: Details) -> str:
    return "\n".join(label.text() for label in details._content.findChildren(QLabel) if not label.isHidden())


def close(window: MainWindow) -> None:
    window._may_close = True
    window.close()


def test_nothing_is_asked_for_until_the_content_is_looked_at(run: Callable[..., Any], until: Until) -> None:
    async def story() -> None:
        service = Service()
        window, details = opened(service)
        first = look_at(window, 2001)
        await asyncio.sleep(0)
        assert [details.tabs.tabText(n) for n in range(details.tabs.count())][1] == "Content"
        assert (service.asked, details._waiting.isActive()) == ([], False)
        window.current_page().opened.emit()
        await until(lambda: "before the move" in words(details))
        assert service.asked == [first]
        told = words(details)
        for part in ("Disk 1 of 2", "System disk", "Data disk", "snap-1", "s3.large.2", "KeyPair-ops", "sg-2", "img-1"):
            assert part in told, part
        assert "f" * 32 in told and "eu-nl: copied" in told
        shared = next(column for column in window.current_page().model.columns if column.key == "shared")
        row = window.current_page().view.current_row()
        assert shared.text(row) == "1 project"
        details.tabs.setCurrentIndex(4)
        assert '"id": 1' in details._json.toPlainText() and details.answer_note.text().startswith("The service's own")
        look_at(window, 2002)
        assert details.answer_note.text().startswith("As the list tells it.")
        await until(lambda: len(service.asked) == 2)
        look_at(window, 2001)
        details.tabs.setCurrentIndex(1)
        assert "before the move" in words(details) and len(service.asked) == 2
        window.current_page().filter.setText("nothing-is-called-so")
        window.current_page()._apply_filter()
        assert details.isHidden()
        window.current_page().clear_filter()
        look_at(window, 2001)
        assert details.tabs.currentWidget() is details._content
        window.show_page("Vaults").view.select_id(estate.uid(1))
        assert [details.tabs.tabText(n) for n in range(details.tabs.count())][1] == "Relations"
        window.show_page("Backups")
        look_at(window, 2001)
        assert details.tabs.currentWidget() is details._content
        window.show_page("Vaults")
        details.tabs.setCurrentIndex(0)
        window.show_page("Backups")
        assert details.tabs.currentIndex() == 0
        close(window)

    run(story())


def test_content_is_read_anew_once_the_shares_of_the_backup_were_changed(run: Callable[..., Any], until: Until) -> None:
    async def story() -> None:
        service = Service()
        window, details = opened(service)
        context = window._workspace.contexts[0]
        assert context.services is not None
        clock = HandClock()
        context.services = replace(context.services, backup_reader=BackupReader(cast(Any, service), clock))
        first = BackupId(look_at(window, 2001))
        window.current_page().opened.emit()
        await until(lambda: len(service.asked) == 1)
        await until(lambda: not details._tasks.is_busy)
        window._workspace.signals.notice(Part.BACKUPS)
        assert len(service.asked) == 1
        share = change_of(BackupShare(first, (ProjectId("e" * 32),)), context.ledger)
        at = NOW + timedelta(seconds=1)
        clock.at = NOW + timedelta(seconds=2)
        context.ledger.put_intent(replace(next(iter(context.ledger.intents.values())), change=share, changed_at=at))
        window._workspace.signals.notice(Part.INTENTS)
        await until(lambda: service.asked == [first, first])
        close(window)

    run(story())


def test_going_from_row_to_row_asks_for_the_last_one_alone(run: Callable[..., Any], until: Until) -> None:
    async def story() -> None:
        service = Service()
        service.gate.clear()
        window, details = opened(service)
        details._waiting.setInterval(50)
        window.current_page().view.select_id(estate.uid(2000))
        details.show_content()
        for number in (2000, 2001, 2002):
            look_at(window, number)
        await until(lambda: bool(service.asked))
        assert service.asked == [estate.uid(2002)]
        assert "Reading this backup" in words(details)
        look_at(window, 2003)
        await until(lambda: service.cancelled == 1)
        await until(lambda: len(service.asked) == 2)
        window.show_details(False)
        await until(lambda: service.cancelled == 2)
        await until(lambda: not details._tasks.is_busy)
        close(window)

    run(story())


def test_what_cannot_be_read_is_said_and_tried_again_by_a_person(run: Callable[..., Any], until: Until) -> None:
    async def story() -> None:
        service = Service()
        service.error = Unreachable("cbr.example.com", "refused")
        window, details = opened(service)
        look_at(window, 2001)
        details.show_content()
        again = child(details, QPushButton, "readContentAgain")
        await until(lambda: not again.isHidden())
        assert "cbr.example.com" in words(details)
        window._workspace.signals.notice(next(iter(window._workspace.scope.freshness)))
        assert not details._waiting.isActive() and len(service.asked) == 1
        service.error = None
        again.click()
        await until(lambda: "before the move" in words(details))
        assert again.isHidden()
        close(window)

    run(story())


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        (None, "6206"),
        (Refused("cbr.example.com", status=400, code="BackupService.6116", message="no"), "6116"),
        (NotFound("cbr.example.com", status=404), "cbr.example.com"),
    ],
)
def test_what_was_not_saved_is_said_in_words(metadata: CloudError | None, said: str, run: Callable[..., Any]) -> None:
    async def story() -> None:
        service = Service()
        service.metadata = metadata
        reader = BackupReader(cast(Any, service), HandClock())
        content = BackupContent(ROW, reader, Times(HandClock()))
        await content.read()
        sections = {section.title: section for section in content.content(is_reading=False).sections}
        assert said in sections["Saved with it"].note and not sections["Saved with it"].facts
        assert sections["Shared with"].facts

    run(story())


def test_metadata_and_members_in_words() -> None:
    pairs = metadata_pairs(METADATA)
    assert ("Flavor", "s3.large.2, 2 vCPUs, 4\u00a0096 MB of memory") in pairs
    assert ("Disk", "vol-1, 40 GB, SSD, /dev/vda, bootable") in pairs
    assert [value for name, value in pairs if name == "Security group"] == ["sg-1", "sg-2"]
    assert ("Public address", "80.158.0.1") in pairs and ("Tags", "env=prod") in pairs
    assert metadata_note(METADATA) == "1 part of it is no JSON and is left out."
    odd = Member("m", BackupId("b"), ProjectId("p"), "pondering")
    assert member_pairs([odd], Times(HandClock())) == [("p", "pondering, offered –")]
    assert member_pairs([odd], Times(HandClock()), {"audit": "p"}) == [("audit (p)", "pondering, offered –")]
