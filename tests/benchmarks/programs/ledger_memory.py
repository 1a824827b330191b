"""The memory that a list of backups takes in a ledger: ``ledger_memory.py URL`` tells it before and after reading."""

import asyncio
import gc
import sys

import memory

from cbr_desktop.app.clock import WallClock
from cbr_desktop.cloud.api import CbrCloud
from cbr_desktop.cloud.network import Network
from cbr_desktop.cloud.tokens import PasswordLogin
from cbr_desktop.memory import give_back
from cbr_desktop.workflows.ledger import Ledger
from tests.benchmarks.ground import profile_to


async def secret(_kind: str) -> str:
    return "secret"


async def main() -> None:
    profile = profile_to(sys.argv[1])
    cloud = CbrCloud(profile, PasswordLogin(profile, secret), Network(), WallClock(), lambda _connection: None)
    ledger = Ledger(profile, lambda _part: None)
    await cloud.project_id()
    gc.collect()
    gc.freeze()
    before = memory.told()
    ledger.put_backups(await cloud.backups())
    gc.collect()
    give_back()  # as the program does some seconds after it has read a list
    print(before, memory.told(), len(ledger.backups), flush=True)
    await cloud.aclose()


asyncio.run(main())
