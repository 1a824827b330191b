"""Hundreds of outboxes that a disk has damaged."""

from pathlib import Path

from tests.storage.test_fault_numbers_disk import whole_of_flipped


def test_fault_60_of_300_outboxes_with_three_flipped_bits_no_wrong_row_is_taken_and_no_whole_one_lost_in_silence(
    tmp_path: Path,
) -> None:
    assert whole_of_flipped(tmp_path, 300) > 20
