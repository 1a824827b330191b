"""``check`` judges a checkpoint by what it needs of the cache, and comes to what all of it would have come to."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from cbr_desktop.app.clock import WallClock
from cbr_desktop.app.judging import Judgement, cached_ledger, judge_file
from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.document import Document
from cbr_desktop.domain.ids import BackupId, ResourceId, TaskId, VaultId, VolumeId
from cbr_desktop.domain.listing import Listing
from cbr_desktop.domain.protectable import Disk, Protectable
from cbr_desktop.domain.task import Task, TaskStatus, TaskType
from cbr_desktop.domain.vault import ProtectType, Resource, ResourceType, Vault, VaultKind, VaultStatus
from cbr_desktop.storage import requestfile
from cbr_desktop.storage.cache import SqliteCache
from cbr_desktop.storage.lists import PAGE_ROWS
from cbr_desktop.storage.paths import HOME_VARIABLE, Places, places
from tests.storage.values import NOON, profile

COUNT = 3 * PAGE_ROWS
TAKEN = 'Nächte "1"'


def uuid(number: int) -> str:
    return str(UUID(int=number))


def resource_id(number: int, index: int = 0) -> str:
    return uuid((1 + index) * 100_000 + number)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Places:
    """Return a home with the cache of a profile: pages of vaults, of tasks, of backups and of what can be protected."""
    here = places({HOME_VARIABLE: str(tmp_path_factory.mktemp("home"))})
    here.make()
    cache = SqliteCache(here.cache_file(profile()))
    cache.keep_vaults(Listing([_vault(number) for number in range(COUNT)], NOON))
    cache.keep_tasks(Listing([_task(number) for number in range(COUNT)], NOON - timedelta(hours=1)))
    cache.keep_backups(Listing([_backup(number) for number in range(COUNT)], NOON))
    cache.keep_protectables(Listing([_protectable(number) for number in range(COUNT)], NOON))
    cache.close()
    return here


def _vault(number: int) -> Vault:
    known = (VaultKind.SERVER, ProtectType.BACKUP, VaultStatus.AVAILABLE)
    own = [
        Resource(ResourceId(resource_id(number, index)), ResourceType.SERVER, f"web-{number}-{index}", 40)
        for index in range(2)
    ]
    return Vault(VaultId(uuid(number)), f"vault {number}", *known, 100, 1024 * number, resources=own)


def _task(number: int) -> Task:
    values: dict[str, Any] = dict.fromkeys(Task.__struct_fields__) | {"code": "", "message": ""}
    status = TaskStatus.RUNNING if number % 2 else TaskStatus.SUCCESS
    values |= {"id": TaskId(f"t-{number}"), "type": TaskType.BACKUP, "status": status, "vault_id": uuid(number)}
    return Task(**values)


def _backup(number: int) -> Backup:
    name = TAKEN if number == COUNT - 1 else f"nightly-{number}"
    about = (BackupStatus.AVAILABLE, VaultId(uuid(number)), None, ResourceId(resource_id(number)), "web")
    return Backup(BackupId(f"b-{number}"), name, *about, ResourceType.SERVER, 40, NOON)


def _protectable(number: int) -> Protectable:
    disks = (Disk(VolumeId("d-1"), "root", 40, bootable=True), Disk(VolumeId("d-2"), "data", 10))
    return Protectable(ResourceId(resource_id(number)), ResourceType.SERVER, "web", 50, disks=disks)


def _checkpoint(vault: int, *resources: int, **parameters: object) -> dict[str, Any]:
    named = [{"id": resource_id(number), "type": "OS::Nova::Server", "name": "web"} for number in resources]
    more = {"resource_details": named} if named else {}
    return {"checkpoint": {"vault_id": uuid(vault), "parameters": {"name": "patchday", **more, **parameters}}}


BUSY, FREE, LAST = 1, PAGE_ROWS + 2, COUNT - 1
ASKED: dict[str, list[dict[str, Any]]] = {
    "a vault that is busy": [_checkpoint(BUSY)],
    "a vault that is free, a full backup": [_checkpoint(FREE, incremental=False)],
    "a name that a backup has": [_checkpoint(LAST, name=TAKEN)],
    "the same name for another vault": [_checkpoint(FREE, name=TAKEN)],
    "a resource of another vault": [_checkpoint(FREE, FREE, LAST)],
    "a resource that nobody knows": [_checkpoint(FREE, 99_999)],
    "a vault that nobody knows": [_checkpoint(99_998)],
    "an id in capitals": [{"checkpoint": {"vault_id": uuid(FREE).upper(), "parameters": {}}}],
    "an id without hyphens": [{"checkpoint": {"vault_id": UUID(int=FREE).hex, "parameters": {}}}],
    "a disk left out": [
        {
            "checkpoint": {
                "vault_id": uuid(FREE),
                "parameters": {
                    "resource_details": [
                        {
                            "id": resource_id(FREE),
                            "type": "OS::Nova::Server",
                            "name": "web",
                            "extra_info": {"exclude_volumes": ["d-1"]},
                        }
                    ]
                },
            }
        }
    ],
    "several at once": [_checkpoint(BUSY), _checkpoint(FREE), _checkpoint(LAST, name=TAKEN)],
    "more than are looked for one by one": [_checkpoint(number) for number in range(0, COUNT, 40)],
    "no vault at all": [{"checkpoint": {"parameters": {}}}],
}


def _judged(here: Places, files: list[Path], documents: list[Document] | None) -> Iterator[Judgement]:
    ledger = cached_ledger(here, profile(), documents)
    for file in files:
        yield judge_file(file, [ledger], WallClock())


@pytest.mark.parametrize("case", ASKED)
def test_a_checkpoint_is_judged_by_a_part_of_the_cache_as_by_all_of_it(here: Places, tmp_path: Path, case: str) -> None:
    files = []
    for number, asked in enumerate(ASKED[case]):
        files.append(tmp_path / f"{number}.cbr.json")
        files[-1].write_text(json.dumps(asked), encoding="utf-8")
    documents = [found for file in files if (found := requestfile.read(file)[0]) is not None]
    by_all, by_part = list(_judged(here, files, None)), list(_judged(here, files, documents))
    # the age of the data is that of the moment in which it was judged
    assert [_said(each) for each in by_part] == [_said(each) for each in by_all]
    assert len(by_all) == len(files)


def _said(judgement: Judgement) -> list[Any]:
    told = [each for each in judgement.findings if "age" not in each.facts]
    aged = [(each.kind, each.as_of) for each in judgement.findings if "age" in each.facts]
    return [judgement.is_bad, judgement.blast, told, aged]


def test_of_long_lists_only_the_pages_are_read_that_a_checkpoint_is_judged_by(here: Places, tmp_path: Path) -> None:
    file = tmp_path / "nightly.cbr.json"
    file.write_text(json.dumps(_checkpoint(FREE)), encoding="utf-8")
    document, _ = requestfile.read(file)
    assert document is not None
    ledger = cached_ledger(here, profile(), [document])
    assert list(ledger.vaults) == [uuid(number) for number in range(PAGE_ROWS, 2 * PAGE_ROWS)]
    assert (len(ledger.tasks), len(ledger.backups), len(ledger.protectables)) == (PAGE_ROWS, 0, PAGE_ROWS)
    assert all(ledger.freshness[part].complete for part in ledger.freshness)


def test_a_request_of_another_kind_is_judged_by_the_whole_cache(here: Places, tmp_path: Path) -> None:
    file = tmp_path / "delete.cbr.json"
    file.write_text(json.dumps({"operation": "DeleteVault", "path": {"vault_id": uuid(FREE)}}), encoding="utf-8")
    document, _ = requestfile.read(file)
    assert document is not None
    ledger = cached_ledger(here, profile(), [document])
    assert (len(ledger.vaults), len(ledger.backups)) == (COUNT, COUNT)
