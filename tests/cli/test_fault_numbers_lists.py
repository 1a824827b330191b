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
from cbr_desktop.storage.files import make_folder
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


def test_vaults_are_listed_while_another_program_has_the_data(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    answered(service, (["a"], 1))
    make_folder(places().data)
    lock = InstanceLock(places().lock_file)
    assert lock.try_lock()
    before = sorted(places().data.iterdir())
    code = main(["vaults", "--json"])
    lock.release()
    assert (code, [vault["id"] for vault in json.loads(capsys.readouterr().out)["vaults"]]) == (0, ["a"])
    assert sorted(places().data.iterdir()) == before, "reading leaves nothing in the data folder"


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
