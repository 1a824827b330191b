"""The part of the command line for changes of one thing; it knows nothing of what the commands do."""

import argparse
import re
from typing import Any

from cbr_desktop.domain.policy import DAYS, FOREVER
from cbr_desktop.text.catalogue import _

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


def times_of_day(text: str) -> list[int]:
    """Read ``01:00,13:00`` as minutes of the day. ``ArgumentTypeError``."""
    found = [_TIME.fullmatch(part.strip()) for part in text.split(",")]
    if None in found:
        raise argparse.ArgumentTypeError(_("{text} is no list of times such as 01:00,13:00").format(text=repr(text)))
    return [60 * int(each[1]) + int(each[2]) for each in found if each is not None]


def days_of_week(text: str) -> list[str]:
    """Read ``MO,TU`` as days, in the order of the week. ``ArgumentTypeError``."""
    given = [part.strip().upper() for part in text.split(",")]
    if not set(given) <= set(DAYS):
        raise argparse.ArgumentTypeError(
            _("{text} is no list of days such as MO,TU; they are {days}").format(text=repr(text), days=", ".join(DAYS))
        )
    return [day for day in DAYS if day in given]


def add_backup(backup: Any, cloud: argparse.ArgumentParser) -> None:
    """Add the commands on one backup to the command line."""
    acts = backup.add_subparsers(title=_("what to do"), metavar="ACT", required=True)
    delete = acts.add_parser("delete", parents=[cloud], help=_("delete a backup for good, and wait until it is gone"))
    delete.add_argument("id", metavar="ID", help=_("the whole id of the backup"))
    delete.add_argument("--yes", action="store_true", help=_("do not ask"))
    delete.add_argument("--name", metavar="NAME", help=_("the backup's name, wanted on production"))
    delete.set_defaults(run="cli.changes:delete_backup")
    rename = acts.add_parser("rename", parents=[cloud], help=_("give a backup another name"))
    rename.add_argument("id", metavar="ID", help=_("the whole id of the backup"))
    rename.add_argument("new_name", metavar="NAME", help=_("the new name"))
    rename.set_defaults(run="cli.changes:rename_backup", name=None)
    for act in (delete, rename):
        _add_sending(act)


def add_policy(policy: Any, cloud: argparse.ArgumentParser) -> None:
    """Add the commands on policies to the command line."""
    acts = policy.add_subparsers(title=_("what to do"), metavar="ACT", required=True)
    create = acts.add_parser(
        "create", parents=[cloud], help=_("make a backup policy; it is applied to no vault by that")
    )
    create.add_argument("--name", dest="policy_name", metavar="NAME", required=True, help=_("its name"))
    often = create.add_mutually_exclusive_group(required=True)
    often.add_argument("--weekly", metavar="DAYS", type=days_of_week, help=_("days of the week in UTC, as MO,TU"))
    often.add_argument("--every", metavar="N", type=int, help=_("every N days"))
    create.add_argument(
        "--at", metavar="TIMES", type=times_of_day, required=True, help=_("times in UTC, as 01:00,13:00")
    )
    create.add_argument("--keep-days", metavar="N", type=int, default=FOREVER, help=_("keep backups for N days"))
    create.add_argument("--keep-number", metavar="N", type=int, default=FOREVER, help=_("keep the newest N backups"))
    spans = {
        "daily": _("keep N daily backups in addition"),
        "weekly": _("keep N weekly backups in addition"),
        "monthly": _("keep N monthly backups in addition"),
        "yearly": _("keep N yearly backups in addition"),
    }
    for span, words in spans.items():
        create.add_argument(f"--keep-{span}", metavar="N", type=int, default=0, help=words)
    create.add_argument("--timezone", metavar="ZONE", default="", help=_("whose days those are, as UTC+01:00"))
    create.add_argument("--disabled", action="store_true", help=_("make it, and let it do nothing yet"))
    create.set_defaults(run="cli.changes:create_policy", name=None)
    _add_sending(create)


def _add_sending(act: Any) -> None:
    act.add_argument("--arm", action="store_true", help=_("let the request through a read-only profile"))
    act.add_argument(
        "--again",
        action="store_true",
        help=_("send it although the same was asked for before and is held, waiting or of unknown outcome"),
    )
    act.add_argument("--json", action="store_true", help=_("print JSON"))
