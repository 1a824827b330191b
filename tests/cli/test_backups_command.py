"""The list of backups on the command line: what is kept, brought up to date, and what is not sure about it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cbr_desktop.app.profile import DEMO
from cbr_desktop.cli import main
from cbr_desktop.domain.profile import Profile
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.clock import RunningClock
from cbr_desktop.simulator.faults import Fault
from cbr_desktop.simulator.serve import running
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from cbr_desktop.text.states import grouped

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("CBR_DESKTOP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CBR_DESKTOP_PASSWORD", estate.DEMO_PASSWORD)
    clock = RunningClock()
    service = Service(estate.generated(clock.now(), 12, 240), clock)
    with running(service) as url:
        here = places()
        here.make()
        TomlProfiles(here.profiles_file).save(
            Profile("Demo", url, url, DEMO.project, estate.DEMO_USER, estate.DEMO_DOMAIN)
        )
        yield service


def listed(capsys: Capture, *options: str, code: int = 0) -> tuple[dict[str, Any], str]:
    assert main(["backups", "--json", *options]) == code
    out, err = capsys.readouterr()
    return json.loads(out), err


def test_backups_are_listed_narrowed_and_brought_up_to_date(service: Service, capsys: Capture) -> None:
    record, err = listed(capsys)
    ids = [row["id"] for row in record["backups"]]
    assert (len(ids), record["known"], record["total"], record["complete"], err) == (240, 240, 240, True, "")
    assert ids == list(service.estate.backups)[::-1], "newest first"
    first = record["backups"][0]
    assert first["created_at"].endswith("+00:00")
    assert (first["encrypted"], first["restorable_as"], first["auto"]) == (False, "backup", False)

    gone = service.estate.backups[ids[5]]
    service.estate.forget([gone])
    del service.journal[:]
    record, _ = listed(capsys, "--resource", first["resource"]["name"])
    assert {row["resource"]["id"] for row in record["backups"]} == {first["resource"]["id"]}
    assert (record["known"], record["total"]) == (239, 239)
    assert not [entry for entry in service.journal if entry.path.endswith("/backups?limit=1000&show_replication=true")]

    record, _ = listed(capsys, "--vault", first["vault"]["name"], "--since", first["created_at"])
    assert [row["id"] for row in record["backups"]] == ids[:1]

    for narrowing, sentence in (
        ("--vault", "There is no vault ‘nobody’"),
        ("--resource", "No vault holds a resource ‘nobody’"),
    ):
        assert main(["backups", narrowing, "nobody"]) == 2, "a name that is none is not one that has no backups"
        out, err = capsys.readouterr()
        assert (out, sentence in err) == ("", True)

    assert main(["backups", "--since", first["created_at"]]) == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.split()[0] == "NAME"
    assert first["created_at"][:10] in row
    assert " UTC " in row
    assert row.endswith(ids[0])


def test_what_is_kept_is_listed_offline_and_when_the_service_fails(service: Service, capsys: Capture) -> None:
    assert main(["backups", "--kept"]) == 2
    assert "No list of backups is kept for this profile." in capsys.readouterr().err
    listed(capsys)
    del service.journal[:]
    record, err = listed(capsys, "--kept")
    assert (len(record["backups"]), service.journal[:]) == (240, [])
    assert "This list was read at 20" in err
    assert "nothing was asked of the service" in err
    refusal = b'{"error_code": "APIGW.0308", "error_msg": "no"}'
    service.faults.add(Fault("GET", "/backups", "status", status=403, body=refusal, times=None))
    record, err = listed(capsys, code=3)
    assert len(record["backups"]) == 240
    assert "The list could not be read again: " in err


def test_a_list_that_is_not_whole_says_how_many_of_how_many(service: Service, capsys: Capture) -> None:
    two, none = b'{"backups": [{"id": "a"}, {"id": "b"}], "count": 1663}', b'{"backups": [], "count": 1663}'
    service.faults.add(Fault("GET", "/backups", "reply", body=two))
    service.faults.add(Fault("GET", "/backups", "reply", body=none, times=None))
    record, err = listed(capsys, code=3)
    assert (len(record["backups"]), record["known"], record["total"], record["complete"]) == (2, 2, 1663, False)
    assert "the service gave 2 backups" in err
    assert f"By the service's count there are {grouped(1663)}." in err


def test_a_time_that_is_none_is_refused(capsys: Capture) -> None:
    with pytest.raises(SystemExit):
        main(["backups", "--since", "yesterday"])
    assert "no time such as 2026-03-01" in capsys.readouterr().err
