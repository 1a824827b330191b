"""What there is when the window is painted first: all rows of the first page, and no module that can come later."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.vault import ProtectType, Vault, VaultKind, VaultStatus
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.paths import HOME_VARIABLE, places
from cbr_desktop.storage.profiles import keep_for_the_start
from cbr_desktop.storage.settings import JsonSettings
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from cbr_desktop.ui.kit.theme import Theme
from cbr_desktop.ui.kit.tokens import DARK, LIGHT, Colours
from tests.storage.values import NOON, profile

ROOMS = {
    "": "__main__ app cli domain late_modules late_patterns storage text ui workflows",
    "app": "clock late_imports opening profile quick_binding quick_enums window",
    "domain": "backup connection enterprise_project error ids listing profile region secret vault",
    "storage": "columns files first_rows kept_profiles paths settings",
    "text": "catalogue codes enterprise_projects errors identity marks plain states tone words",
    "ui": "kit session shell vaults",
    "ui.kit": "action_row chips elided_label empty_panel icons list_page lookalikes page page_changes page_head pieces"
    " row_changes style tables theme tokens verbs widgets",
    "ui.kit.tables": "arrangement column copying delegate density filter fitting model view",
    "ui.session": "ledger_signals pictures profile_context workspace",
    "ui.shell": "dialogs header_bar menus navigation pages status_bar window",
    "ui.vaults": "page",
    "workflows": "changes derived gaps guard ledger scope",
}
"""The modules of the program that the first paint waits for; each takes half a millisecond of every start."""
LATER = {
    "anyio",
    "argparse",
    "asyncio",
    "base64",
    "dateutil",
    "httpx",
    "ipaddress",
    "json",
    "keyring",
    "locale",
    "logging",
    "msgspec.inspect",
    "qasync",
    "sqlite3",
    "ssl",
    "tempfile",
    "threading",
    "tomlkit",
    "tomllib",
    "typing_extensions",
    "unicodedata",
    "zipfile",
}
"""Those of others that are left to later, and are easily brought in by something else."""


@pytest.fixture(scope="module")
def painted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    home = tmp_path_factory.mktemp("home")
    here = places({HOME_VARIABLE: str(home)})
    here.make()
    TomlProfiles(here.profiles_file).save(profile())
    keep_for_the_start(here.profiles_file, here.kept_profiles_file)
    cache = SqliteCache(here.cache_file(profile()))
    cache.keep_vaults(Listing([_vault(number) for number in range(30)], NOON))
    cache.close()
    return _told_by("first_paint.py", home)


def _told_by(name: str, home: Path) -> dict[str, Any]:
    """Run a program beside this file, which tells something as JSON."""
    program = Path(__file__).with_name(name)
    environment = {**os.environ, "PYTHONPATH": str(program.parents[1]), HOME_VARIABLE: str(home)}
    done = subprocess.run([sys.executable, str(program)], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _vault(number: int) -> Vault:
    about = (VaultKind.SERVER, ProtectType.BACKUP, VaultStatus.AVAILABLE)
    return Vault(VaultId(f"v-{number}"), f"vault-{number}", *about, 100, 1024 * number)


def test_the_first_page_of_the_cache_is_whole_when_the_window_is_painted(painted: dict[str, Any]) -> None:
    assert painted["rows"] == 30
    assert painted["count"].startswith("30 · data ")
    assert (painted["untold"], painted["deferred"]) == (0, False), "nothing is done twice, or before its time"


def test_the_first_paint_waits_for_no_module_that_can_come_later(painted: dict[str, Any]) -> None:
    wanted = {".".join(filter(None, ("cbr_desktop", room, name))) for room in ROOMS for name in ROOMS[room].split()}
    found = {name for name in painted["modules"] if name.startswith("cbr_desktop.")}
    assert (sorted(found - wanted), sorted(wanted - found)) == ([], [])
    assert sorted(LATER & set(painted["modules"])) == []


def test_the_first_paint_waits_for_no_class_of_widgets_that_it_does_not_show(painted: dict[str, Any]) -> None:
    """Where the binding has to find out what a widget of Qt's own is, it makes all of them."""
    assert "QTableView" in painted["classes"]
    assert "QMdiArea" not in painted["classes"]


@pytest.mark.parametrize(("theme", "colours"), [(Theme.DARK, DARK), (Theme.LIGHT, LIGHT)])
def test_the_windows_before_the_first_profile_are_dressed_as_was_chosen(
    tmp_path: Path, theme: Theme, colours: Colours
) -> None:
    here = places({HOME_VARIABLE: str(tmp_path)})
    here.make()
    settings = JsonSettings(here.state / "screens.json")
    settings.put("window/theme", theme.value)
    settings.close()
    told = _told_by("first_window.py", tmp_path)
    assert (told["window"], told["text"]) == (colours.window.lower(), colours.text.lower())
    assert told["sheet"]
