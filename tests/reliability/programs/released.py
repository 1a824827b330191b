"""Writes a folder of data as this version does, to be kept with those of earlier ones: ``released.py FOLDER``.

It has what ``g17`` looks for: a profile, requests of every kind of operation, a cache of 14 vaults, and what screens
remember.
"""

import sys
from contextlib import closing
from pathlib import Path

from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.listing import Listing
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.clock import RunningClock
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.paths import HOME_VARIABLE, places
from cbr_desktop.storage.records import SqliteRecords
from cbr_desktop.storage.settings import JsonSettings
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.operations import change_of
from tests.reliability.samples import sample
from tests.storage.values import NOON, full, intent, profile, sending, whole
from tests.ui.estate import vaults

VAULTS = 14

here = places({HOME_VARIABLE: str(Path(sys.argv[1]))})
here.make()
TomlProfiles(here.profiles_file).save(profile())
with closing(SqliteRecords(here.records_file)) as records:
    for one in (
        *(full(), intent("i-1"), sending(intent("i-2")), intent("i-3", state=IntentState.CANCELLED)),
        whole(),
    ):
        records.add(one)
    clock = RunningClock()
    service = Service(estate.demo(clock.now()), clock)
    ledger = Ledger(profile(), lambda _part: None)
    for kind in Kind:
        change = change_of(sample(kind, f"of-{kind}"[:40], service).draft, ledger)
        records.add(intent(f"i-{kind}", change=change, state=IntentState.CANCELLED))
with closing(SqliteCache(here.cache_file(profile()))) as cache:
    cache.keep_vaults(Listing(vaults()[:VAULTS], NOON))
settings = JsonSettings(here.state / "screens.json")
settings.put("window/page", "Tasks")
settings.put("window/theme", "dark")
settings.close()
