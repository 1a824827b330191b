"""The doctor's window: lines as they come, stopping, running again, and a report on the clipboard."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QTableWidget

from cbr_desktop.domain.diagnosis import Check, CheckKind, Diagnosis, Verdict, Why
from cbr_desktop.domain.error import CbrError, ProfileError, Unreachable
from cbr_desktop.ui.doctor.window import DoctorWindow
from cbr_desktop.ui.kit.widgets import words_height
from tests.ui import profilebook
from tests.ui.estate import NASTY
from tests.widgets import child

PROD = replace(profilebook.PROD, name="Prod")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GOOD = Check(CheckKind.SETTINGS, "Prod", Verdict.PASS)
DEAD = Check(
    CheckKind.CONNECTION, "cbr.example:443", Verdict.FAIL, error=Unreachable("cbr.example", "refused"), millis=12.4
)
LATER = Check(CheckKind.LOGIN, "Prod", Verdict.SKIPPED, (("why", Why.EARLIER), ("after", CheckKind.CONNECTION)))

Until = Callable[..., Awaitable[None]]


class Examination:
    """Tells lines one by one, and waits before the last one until it is let go on."""

    def __init__(self, *checks: Check, error: CbrError | None = None) -> None:
        self.checks = checks
        self.error = error
        self.go_on = asyncio.Event()
        self.runs = 0
        self.cancelled = 0

    async def run(self, tell: Callable[[Check], object], begin: Callable[[CheckKind], object]) -> Diagnosis:
        self.runs += 1
        try:
            for check in self.checks[:-1]:
                begin(check.kind)
                tell(check)
            begin(self.checks[-1].kind)
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if self.error is not None:
            raise self.error
        tell(self.checks[-1])
        return Diagnosis("Prod", NOW, self.checks)


def report(diagnosis: Diagnosis) -> str:
    return f"report on {len(diagnosis.checks)} lines"


def opened(examination: Examination) -> DoctorWindow:
    window = DoctorWindow(PROD, PROD.environment, examination.run, report)
    window.open()
    return window


def button(window: DoctorWindow, name: str) -> QPushButton:
    found = window.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def table(window: DoctorWindow) -> QTableWidget:
    found = window.findChild(QTableWidget, "doctorChecks")
    assert isinstance(found, QTableWidget)
    return found


def status(window: DoctorWindow) -> str:
    found = window.findChild(QLabel, "doctorStatus")
    assert isinstance(found, QLabel)
    return found.text()


def row(window: DoctorWindow, number: int) -> list[str]:
    items = [table(window).item(number, column) for column in range(6)]
    return [item.text() if item is not None else "" for item in items]


def test_lines_come_one_by_one_and_the_end_says_where_to_begin(run: Callable[..., Any], until: Until) -> None:
    async def story() -> None:
        examination = Examination(GOOD, DEAD, LATER)
        window = opened(examination)
        assert window.isVisible()
        assert not window.isModal()
        await until(lambda: table(window).rowCount() == 2)
        assert status(window) == "Looking at the login…"
        assert not button(window, "doctorAgain").isEnabled()
        examination.go_on.set()
        await until(lambda: button(window, "doctorAgain").isEnabled())
        assert status(window) == "1 check failed: Connection, cbr.example:443."
        assert row(window, 1)[:3] == ["Failed", "Connection", "cbr.example:443"]
        assert row(window, 1)[5] == "12 ms"
        assert "VPN" in row(window, 1)[4]
        assert row(window, 2)[3] == "Not looked at, since the connection above did not pass."
        assert table(window).currentRow() == 1
        assert table(window).rowHeight(1) > words_height(table(window), row(window, 1), 0) > 20
        window.close()

    run(story())


def test_stopping_keeps_what_was_found_and_running_again_begins_anew(run: Callable[..., Any], until: Until) -> None:
    async def story() -> None:
        examination = Examination(GOOD, DEAD, LATER)
        window = opened(examination)
        await until(lambda: table(window).rowCount() == 2)
        button(window, "doctorStop").click()
        await until(lambda: examination.cancelled == 1)
        assert "Stopped" in status(window)
        assert table(window).rowCount() == 2
        button(window, "doctorCopyReport").click()
        assert QGuiApplication.clipboard().text() == "report on 2 lines"
        examination.go_on.set()
        button(window, "doctorAgain").click()
        await until(lambda: table(window).rowCount() == 3)
        assert examination.runs == 2
        window.close()

    run(story())


def test_closing_stops_and_a_late_line_hurts_nobody(run: Callable[..., Any], until: Until) -> None:
    async def story() -> None:
        examination = Examination(GOOD, DEAD)
        window = opened(examination)
        tell = window._tell
        await until(lambda: table(window).rowCount() == 1)
        window.close()
        await until(lambda: examination.cancelled == 1)
        tell(DEAD)

    run(story())


def test_only_what_needs_attention(run: Callable[..., Any], until: Until) -> None:
    async def story() -> None:
        examination = Examination(GOOD, DEAD, LATER)
        examination.go_on.set()
        window = opened(examination)
        box = window.findChild(QCheckBox, "doctorOnlyAttention")
        assert isinstance(box, QCheckBox)
        box.click()
        await until(lambda: table(window).rowCount() == 3)
        assert [table(window).isRowHidden(number) for number in range(3)] == [True, False, True]
        box.click()
        assert not any(table(window).isRowHidden(number) for number in range(3))
        window.close()

    run(story())


def test_an_examination_that_cannot_begin_says_why(run: Callable[..., Any], until: Until) -> None:
    async def story() -> None:
        examination = Examination(GOOD, error=ProfileError("Prod", "proxy_url", "is not http://host:port"))
        examination.go_on.set()
        window = opened(examination)
        await until(lambda: button(window, "doctorAgain").isEnabled())
        assert "proxy_url" in status(window)
        window.close()

    run(story())


@pytest.mark.parametrize("name", [NASTY, "<b>bold</b>"])
def test_names_are_shown_literally(run: Callable[..., Any], until: Until, name: str) -> None:
    async def story() -> None:
        examination = Examination(Check(CheckKind.LOGIN, name, Verdict.PASS, (("way", "password"),)))
        examination.go_on.set()
        window = DoctorWindow(replace(PROD, name=name), PROD.environment, examination.run, report)
        window.open()
        await until(lambda: table(window).rowCount() == 1)
        assert "\u202e" not in row(window, 0)[2] + window.windowTitle()
        assert len(row(window, 0)[2]) <= 200
        window.close()

    run(story())


def test_everything_has_a_name_for_a_screen_reader(run: Callable[..., Any]) -> None:
    async def story() -> None:
        window = opened(Examination(GOOD, LATER))
        assert window.accessibleName() == "Connection doctor – Prod"
        assert child(window, QLabel, "environment").text() == "PRODUCTION"
        assert child(window, QLabel, "doctorPlace").text() == "Prod · eu-de_prod"
        assert table(window).accessibleName()
        assert all(each.text() for each in window.findChildren(QPushButton))
        window.close()

    run(story())
