"""How full a vault was, day by day: what the details show of it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

import pytest
from pytestqt.qtbot import QtBot

from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.vault import VaultUse
from cbr_desktop.ui.shell.window import MainWindow
from cbr_desktop.ui.vaults.use_history import use_history
from tests.ui import estate

DAY = estate.NOW.date()


def use(day: int, used_gb: float, vault: str = estate.uid(3)) -> VaultUse:
    return VaultUse(VaultId(vault), DAY - timedelta(days=day), used_gb * 1024, 40)


def test_nothing_is_made_up_for_a_day_that_is_not_known() -> None:
    history = use_history([use(3, 20), use(1, 50), use(0, 10)])
    assert history is not None
    assert history.percents == (50.0, None, 125.0, 25.0)
    assert history.words == "Use: 50 % on 2026-08-19, 25 % on 2026-08-22, at most 125 %"
    assert use_history([use(0, 20)]) is None
    assert use_history([]) is None


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    made = MainWindow(estate.workspace())
    qtbot.addWidget(made, before_close_func=lambda w: setattr(w, "_may_close", True))
    made.resize(1280, 800)
    made.show()
    made.build_deferred_widgets()
    made.show_details(True)
    return made


def test_the_details_of_a_vault_show_its_history_and_those_of_another_do_not(
    window: MainWindow, run: Any, until: Callable[..., Any]
) -> None:
    cast(Any, window._workspace.contexts[0].refresh).uses = [use(1, 20), use(0, 30)]
    page, history = window.current_page(), window.deferred_widgets.details.history

    async def story() -> None:
        page.view.select_id(estate.uid(3))
        await until(history.isVisible)
        assert history.accessibleName() == "Use: 50 % on 2026-08-21, 75 % on 2026-08-22, at most 75 %"
        page.view.select_id(estate.uid(1))
        assert not history.isVisible()
        page.view.select_id(estate.uid(3))
        await until(history.isVisible)
        window.show_page("Tasks").view.selectRow(0)
        assert not history.isVisible()

    run(story())
