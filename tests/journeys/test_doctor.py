"""Somebody asks the doctor about a profile: in the demo cloud, behind a window, and again after a refusal."""

import asyncio
from collections.abc import Awaitable, Callable

from msgspec.structs import replace
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QTableWidget
from qasync import QEventLoop

from cbr_desktop.app import demo
from cbr_desktop.app.doctor import DiagnosisRunner, open_doctor
from cbr_desktop.app.profile import DEMO
from cbr_desktop.domain.diagnosis import CheckKind, Verdict, Why
from cbr_desktop.domain.error import LoginRefused
from cbr_desktop.domain.profile import Environment, ProxyMode
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.service import Service
from tests.stage import StageClock
from tests.widgets import child

Until = Callable[[Callable[[], bool]], Awaitable[None]]


def town() -> tuple[Service, StageClock]:
    clock = StageClock()
    return demo.demo_service(clock), clock


def diagnosis_runner(service: Service, clock: StageClock, password: str = estate.DEMO_PASSWORD) -> DiagnosisRunner:
    async def secret(_kind: SecretKind) -> str:
        return password

    return DiagnosisRunner(DEMO, secret, clock, demo.DemoTransport(service))


def test_the_window_opens_fills_and_gives_a_report(qapp: QApplication, until: Until) -> None:
    async def story() -> None:
        service, clock = town()
        window = open_doctor(diagnosis_runner(service, clock), Environment.DEMO)
        assert window.isVisible()
        again, copy = (child(window, QPushButton, name) for name in ("doctorAgain", "doctorCopyReport"))
        await until(again.isEnabled)
        status = child(window, QLabel, "doctorStatus")
        assert isinstance(status, QLabel)
        assert status.text() == "All is well."
        table = child(window, QTableWidget, "doctorChecks")
        assert isinstance(table, QTableWidget)
        assert table.rowCount() == 25
        assert isinstance(copy, QPushButton)
        copy.click()
        report = QGuiApplication.clipboard().text()
        assert "cbr.eu-de.demo.invalid" in report
        assert estate.DEMO_USER not in report
        window.close()
        posts = [entry.path for entry in service.journal if entry.method != "GET"]
        assert posts == ["/v3/auth/tokens?nocatalog=true"]

    with asyncio.Runner(loop_factory=lambda: QEventLoop(qapp)) as runner:
        runner.run(story())


def test_a_refused_password_is_not_tried_again_before_another_is_given() -> None:
    async def story() -> None:
        service, clock = town()
        given = ["wrong"]

        async def secret(_kind: SecretKind) -> str:
            return given[-1]

        visited = DiagnosisRunner(DEMO, secret, clock, demo.DemoTransport(service))
        for _ in range(3):
            diagnosis = await visited.examine(lambda _check: None)
            (login,) = (check for check in diagnosis.checks if check.kind is CheckKind.LOGIN)
            assert isinstance(login.error, LoginRefused)
        assert len(service.journal.calls("POST", "/auth/tokens")) == 1
        given.append(estate.DEMO_PASSWORD)
        assert (await visited.examine(lambda _check: None)).verdict is Verdict.PASS
        assert len(service.journal.calls("POST", "/auth/tokens")) == 2

    asyncio.run(story())


def test_a_second_factor_and_forbidden_actions_are_told() -> None:
    async def story() -> None:
        service, clock = town()
        service.modes.mfa_required.add(estate.DEMO_USER)
        diagnosis = await diagnosis_runner(service, clock).examine(lambda _check: None)
        (login,) = (check for check in diagnosis.checks if check.kind is CheckKind.LOGIN)
        assert isinstance(login.error, LoginRefused)
        assert login.error.reason == "passcode"
        service.modes.mfa_required.clear()
        service.modes.forbidden |= {"cbr:tasks:list", "cbr:vaults:listProtectables"}
        service.modes.missing.add("vaults/summary")
        diagnosis = await diagnosis_runner(service, clock).examine(lambda _check: None)
        failed = [check.subject for check in diagnosis.checks if check.verdict is Verdict.FAIL]
        assert failed == ["cbr:tasks:list", "cbr:vaults:listProtectables"]
        assert [check.subject for check in diagnosis.checks if check.why is Why.NOT_HERE] == ["vaults/summary"]

    asyncio.run(story())


def test_a_proxy_that_cannot_be_one_is_told_by_a_line() -> None:
    async def story() -> None:
        _, clock = town()
        profile = replace(DEMO, proxy=ProxyMode.MANUAL, proxy_url="socks5://proxy.example:1080")
        diagnosis = await DiagnosisRunner(profile, demo.secret_of(profile), clock).examine(lambda _check: None)
        assert diagnosis.checks[1].why is Why.PROXY_UNFIT
        assert all(check.fact("after") is CheckKind.ENVIRONMENT for check in diagnosis.checks[2:])

    asyncio.run(story())
