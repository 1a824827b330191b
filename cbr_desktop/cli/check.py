"""The command that judges request files; offline it needs neither wire nor simulator, which take long to import."""

import argparse
from collections.abc import Sequence

from cbr_desktop.app.judging import cached_ledger
from cbr_desktop.app.profile import DEMO, all_profiles, find_profile
from cbr_desktop.cli.judgements import show_judgements
from cbr_desktop.domain.document import Document
from cbr_desktop.storage.paths import places
from cbr_desktop.workflows.ledger import Ledger


def check(options: argparse.Namespace) -> int:
    return show_judgements(options, options.files, lambda documents: _ledgers(options, documents))


def _ledgers(options: argparse.Namespace, documents: Sequence[Document]) -> list[Ledger]:
    """Return what is known offline to judge requests by: of the profile that was named, or of all.

    The demo cloud is asked itself.
    """
    if options.demo:
        from cbr_desktop.cli.lists import all_lists
        from cbr_desktop.cli.running import run_command

        return [run_command(all_lists(options.profile, demo=True))]
    if options.profile:
        return [cached_ledger(places(), find_profile(places(), options.profile), documents)]
    known = [cached_ledger(places(), profile, documents) for profile in all_profiles(places())]
    return known or [Ledger(DEMO, lambda _part: None)]
