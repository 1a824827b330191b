"""The lists of a project, joined in a ledger, for a command that changes nothing."""

import argparse
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager

from msgspec import Struct

from cbr_desktop.cli.reading import way_in
from cbr_desktop.cli.running import run_command
from cbr_desktop.cloud.api import CbrCloud
from cbr_desktop.domain.error import NotSaved
from cbr_desktop.domain.profile import Profile
from cbr_desktop.storage.archive import SqliteArchive
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.lock import InstanceLock
from cbr_desktop.storage.paths import Places, places
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.states import quoted
from cbr_desktop.workflows.ledger import Ledger
from cbr_desktop.workflows.ports import Archive, Cache, Clock, Cloud
from cbr_desktop.workflows.refresh import Refresh


class ProjectLists(Struct, frozen=True):
    """The ledger of a profile, and what fills it. There are no requests in it: those are of the outbox."""

    profile: Profile
    ledger: Ledger
    cloud: Cloud
    refresh: Refresh
    clock: Clock


Work = Callable[[ProjectLists, argparse.Namespace], Awaitable[int]]


def run_reading(options: argparse.Namespace, work: Work, *, keeps: bool = False) -> int:
    """Do the work of a command that reads lists of the profile that is meant, and return its exit code.

    One that ``keeps`` goes on from the lists that were read last, and keeps what it has read for the next time.
    """
    return run_command(_done(options, work, keeps=keeps))


async def _done(options: argparse.Namespace, work: Work, *, keeps: bool) -> int:
    async with opened_lists(options.profile, demo=options.demo, keeps=keeps) as lists:
        return await work(lists, options)


async def all_lists(name: str | None, *, demo: bool) -> Ledger:
    """Read all lists of the profile of this name, but those that are read seldom."""
    async with opened_lists(name, demo=demo) as lists:
        await lists.refresh.once()
        return lists.ledger


def unknown_vault(ledger: Ledger, name: str) -> str:
    """Return that no vault that is known has this name or id, empty where one has."""
    backups = ledger.backups.values()
    if any(name in (vault.id, vault.name) for vault in ledger.vaults.values()) or any(
        b.vault_id == name for b in backups
    ):
        return ""
    return _("There is no vault {name} in this project. cbr-desktop vaults lists them.").format(name=quoted(name, 80))


def unknown_resource(ledger: Ledger, name: str) -> str:
    """Return that nothing in a vault and nothing that was backed up has this name or id, empty where something has."""
    held = ((each.id, each.name) for vault in ledger.vaults.values() for each in vault.resources)
    if any(name in each for each in held):
        return ""
    if any(name in (backup.resource_id, backup.resource_name) for backup in ledger.backups.values()):
        return ""
    lacking = _("No vault holds a resource {name}, and there is no backup of one. cbr-desktop resources lists them.")
    return lacking.format(name=quoted(name, 80))


@asynccontextmanager
async def opened_lists(name: str | None, *, demo: bool, keeps: bool = False) -> AsyncIterator[ProjectLists]:
    """Lend the lists of the profile of this name, or of the only one; of the demo cloud, those of its first one."""
    way = way_in(name, demo=demo)
    ledger = Ledger(way.profile, lambda _part: None)
    cloud = CbrCloud(
        *(way.profile, way.login(), way.transport, way.clock, ledger.put_connection),
        account=way.login(whole_account=True),
    )
    with _kept(way.profile, keeps=keeps and not demo) as (cache, archive):
        try:
            yield ProjectLists(way.profile, ledger, cloud, Refresh(ledger, cache, cloud, way.clock, archive), way.clock)
        finally:
            await cloud.aclose()


@contextmanager
def _kept(profile: Profile, *, keeps: bool) -> Iterator[tuple[Cache, Archive | None]]:
    """Lend the cache and the archive. Another program that has the data folder keeps both: then they are only read."""
    here = places()
    with ExitStack() as stack:
        is_ours = keeps and _has_lock(here, stack)
        cache = stack.enter_context(closing(SqliteCache(here.cache_file(profile), writes=is_ours)))
        yield cache, stack.enter_context(closing(SqliteArchive(here.archive_file))) if is_ours else None


def _has_lock(here: Places, stack: ExitStack) -> bool:
    """Take the lock of the data folder until the end of a stack, and tell whether it could be had."""
    try:
        here.make()
        lock = InstanceLock(here.lock_file)
        is_ours = lock.try_lock()
    except NotSaved:  # what cannot be kept can be read all the same
        return False
    if is_ours:
        stack.callback(lock.release)
    return is_ours
