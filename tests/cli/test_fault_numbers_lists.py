"""Faults 88 and 96 of the catalogue on the command line: a list that is not whole is printed with a sentence."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cbr_desktop.app.profile import DEMO
from cbr_desktop.cli import main
from cbr_desktop.domain.listing import Shortfall
from cbr_desktop.domain.profile import Profile
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.clock import RunningClock
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.simulator.serve import running
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.lock import InstanceLock
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from cbr_desktop.text.words import incomplete_sentence
from tests.stage import DAYS


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("CBR_DESKTOP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CBR_DESKTOP_PASSWORD", estate.DEMO_PASSWORD)
    clock = RunningClock()
    service = Service(estate.demo(clock.now(), days=DAYS), clock)
    service.modes.schedules = False
    with running(service) as url:
        here = places()
        here.make()
        TomlProfiles(here.profiles_file).save(
            Profile("Demo", url, url, DEMO.project, estate.DEMO_USER, estate.DEMO_DOMAIN)
        )
        yield service


def answered(service: Service, *pages: tuple[list[str], int | None]) -> None:
    """Let the service answer the next requests for vaults with these ids and counts, and all later ones with none."""
    for place, (ids, count) in enumerate((*pages, ([], pages[-1][1]))):
        body = {"vaults": [{"id": id, "name": id} for id in ids]} | ({} if count is None else {"count": count})
        times = None if place == len(pages) else 1
        service.faults.add(Fault("GET", "/vaults", "reply", times=times, body=json.dumps(body).encode()))


@pytest.mark.parametrize(
    "pages",
    [
        [(["a", "b", "c"], 4)],
        [(["a", "b"], 4), (["c"], 4)],
        [(["a", "b", "c"], 2)],
        [(["a", "b"], 4), (["b", "c"], 4)],
        [(["a", "b"], None), (["c"], None)],
    ],
    ids=["one is missing", "the last page is short", "more than are counted", "a row comes twice", "a row has moved"],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_fault_96_three_of_four_vaults_are_told_as_such(
    service: Service, capsys: pytest.CaptureFixture[str], form: str, pages: list[tuple[list[str], int | None]]
) -> None:
    answered(service, *pages)
    assert main(["vaults", "--json"] if form == "json" else ["vaults"]) == 3
    out, err = capsys.readouterr()
    assert "The list is not whole: the service gave 3 vaults, and not all that there are. Ask again" in err
    if form == "json":
        record = json.loads(out)
        assert ([vault["id"] for vault in record["vaults"]], record["complete"]) == (["a", "b", "c"], False)
        assert record["shortfall"] == "changed"
    else:
        assert [line.split()[0] for line in out.splitlines()[1:]] == ["a", "b", "c"]


TIMES = ("as_of", "judged_by")


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, object], str]:
    """Return what a command ends with and says, but for when it was read."""
    code = main([*words, "--json"])
    said = capsys.readouterr()
    return code, {key: value for key, value in json.loads(said.out).items() if key not in TIMES}, said.err


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_what_only_reads_works_while_another_program_has_the_data(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    backup, vault = next(iter(service.estate.backups)), next(iter(service.estate.vaults))
    server = next(each for each in service.estate.resources.values() if each.name == "ecs-erp-app-01")
    own = service.estate.kept_in(server.vault_id or "", [server.id])
    restorable = next(each.id for each in reversed(own) if each.status == "available")
    commands = [
        ["restore", "rehearse", restorable],
        *(["resources", "--unprotected"], ["vaults"], ["vault", "show", vault], ["backups"], ["backups", "--kept"]),
        *(["policies"], ["policy", "next", "daily-22h"], ["shares"], ["shares", backup]),
    ]
    alone = [told(capsys, *words) for words in commands]
    assert {code for code, _record, _err in alone} == {0}
    assert places().archive_file.exists(), "ended tasks are kept for longer than the service knows them"
    assert not places().records_file.exists() and not places().journal_folder.exists()

    lock = InstanceLock(places().lock_file)
    assert lock.try_lock()
    folders = places().data, places().cache
    before = [files(folder) for folder in folders]
    beside = [told(capsys, *words) for words in commands]
    gone = service.estate.backups[backup]
    service.estate.forget([gone])
    fresh = told(capsys, "backups")[1]["backups"]
    lock.release()

    kept = commands.index(["backups", "--kept"])
    assert "nothing was asked of the service" in alone[kept][2]
    assert [(code, record) for code, record, _err in beside] == [(code, record) for code, record, _err in alone]
    assert [err for _code, _record, err in beside] == [err for _code, _record, err in alone]
    assert isinstance(fresh, list) and backup not in {row["id"] for row in fresh}, "what is kept is brought up to date"
    assert [files(folder) for folder in folders] == before, "reading leaves nothing beside another program"


@pytest.mark.usefixtures("service")
def test_what_cannot_be_kept_is_read_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    places().data.rmdir()
    places().data.write_text("a file where the folder should be")
    assert told(capsys, "backups")[0] == 0
    assert main(["backups", "--kept"]) == 2


def test_fault_96_a_whole_list_without_a_count_is_whole(service: Service, capsys: pytest.CaptureFixture[str]) -> None:
    answered(service, (["a", "b"], None), (["b", "c"], None), (["c"], None))
    assert main(["vaults", "--json"]) == 0
    out, err = capsys.readouterr()
    record = json.loads(out)
    assert ([vault["id"] for vault in record["vaults"]], record["complete"], err) == (["a", "b", "c"], True, "")
    assert record["shortfall"] == ""


@pytest.mark.parametrize(
    ("shortfall", "words"),
    [(Shortfall.ROWS, "more rows than"), (Shortfall.BYTES, "larger in all than"), (Shortfall.PAGES, "more pages than")],
)
def test_fault_88_why_a_list_is_not_whole_is_said_where_it_ends_at_a_limit(shortfall: Shortfall, words: str) -> None:
    sentence = incomplete_sentence("2000 vaults", shortfall)
    assert words in sentence
    # another reading would end at the same place
    assert "Ask again" not in sentence
    assert "Ask again" in incomplete_sentence("3 vaults", Shortfall.CHANGED)
