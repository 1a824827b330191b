"""Lists of backups that are long, and whose backups go through very much."""

from pathlib import Path

import pytest

from cbr_desktop.workflows.backup_lists import UNSURE_SECONDS
from tests.workflows.test_backup_changes import Region, played, round_of, truth, walk


@pytest.mark.parametrize("seed", range(100, 160))
def test_whatever_happens_to_backups_is_known_after_one_round(tmp_path: Path, seed: int) -> None:
    walk(tmp_path, seed, 20)


def test_a_large_list_without_word_of_changes_is_read_now_and_then_and_says_its_age(tmp_path: Path) -> None:
    async def story(region: Region) -> None:
        region.stage.service.modes.sorts = False
        await round_of(region)
        before = await round_of(region)
        region.made()
        freshness = await round_of(region)
        assert (freshness.as_of, freshness.loading) == (before.as_of, False)
        region.stage.clock.advance(UNSURE_SECONDS)
        assert (await round_of(region)).as_of != before.as_of
        assert region.stage.session.ledger.backups == await truth(region)

    played(tmp_path, story, rows=5200)
