"""A wrong password over many processes, each of which takes its time to see whether it was refused before."""

from pathlib import Path

from tests.cli.test_fault_numbers_passwords import sending, tried_once


def test_fault_97_six_processes_try_a_wrong_password_once(tmp_path: Path) -> None:
    send = sending(tmp_path)
    commands = (["vaults"], ["doctor"], send, ["vaults", "--json"], [*send, "--wait"], ["doctor", "--json"])
    tried_once(tmp_path, *commands)
