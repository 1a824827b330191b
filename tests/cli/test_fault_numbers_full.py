"""A disk that is full at any point of a command: it ends with a sentence, and nothing is sent twice or unseen."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cbr_desktop.cli import main
from cbr_desktop.domain.profile import Profile
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.clock import RunningClock
from cbr_desktop.simulator.serve import running
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.records import peek
from cbr_desktop.storage.tomlprofiles import TomlProfiles
from tests.stage import DAYS

if os.name == "posix":
    import resource

SIZES = [0, 1, 100, 512, 1024, 2048, 3000, 4096, 5000, 6000, 8192, 10_000, 12_288, 16_000, 16_384, 20_480, 24_576]
SIZES += [28_672, 32_768, 65_536]


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """Let no file grow over some bytes: the system refuses more, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture(scope="module")
def service() -> Iterator[tuple[Service, str]]:
    clock = RunningClock()
    made = Service(estate.demo(clock.now(), days=DAYS), clock)
    made.modes.schedules = False
    made.modes.checkpoint_seconds = 0.01
    with running(made) as url:
        yield made, url


@pytest.mark.skipif(os.name != "posix", reason="only there is a limit for files")
@pytest.mark.parametrize("size", SIZES)
def test_fault_95_a_command_on_a_disk_that_is_too_small_ends_with_a_sentence(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    service: tuple[Service, str],
    size: int,
) -> None:
    cloud, url = service
    monkeypatch.setenv("CBR_DESKTOP_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CBR_DESKTOP_PASSWORD", estate.DEMO_PASSWORD)
    here = places()
    here.make()
    project = cloud.estate.projects[0]
    profile = Profile("Demo", url, url, project.name, estate.DEMO_USER, estate.DEMO_DOMAIN, read_only=False)
    TomlProfiles(here.profiles_file).save(profile)
    file = tmp_path / "request.cbr.json"
    name = f"small-{size}"
    body = {"checkpoint": {"vault_id": estate.REFERENCE_VAULT_ID, "parameters": {"name": name}}}
    file.write_text(json.dumps(body), encoding="utf-8")
    with files_up_to(size):
        code = main(["send", str(file)])
    said = capsys.readouterr()
    posts = [each for each in cloud.journal if each.method == "POST" and name.encode() in each.body]
    assert "Traceback" not in said.err
    assert "ExceptionGroup" not in said.err + said.out
    assert len(posts) <= 1
    if posts:
        assert [intent.name for intent in peek(here.records_file)[0]] == [name], "what was sent is on the disk"
    else:
        assert code not in (0, None)
        assert said.err.strip() or said.out.strip()
    # with room again the next command works, and does not send it
    assert main(["outbox", "list"]) == 0
    assert len([each for each in cloud.journal if each.method == "POST" and name.encode() in each.body]) == len(posts)
