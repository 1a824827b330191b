"""The part of the command line for backups and for changes of one thing; it knows nothing of what commands do."""

import argparse
import re
from datetime import UTC, datetime
from typing import Any

from cbr_desktop.domain.retention import FOREVER, HORIZON_DAYS
from cbr_desktop.domain.schedule import DAYS

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


def times_of_day(text: str) -> list[int]:
    """Read ``01:00,13:00`` as minutes of the day. ``ArgumentTypeError``."""
    found = [_TIME.fullmatch(part.strip()) for part in text.split(",")]
    if None in found:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of times such as 01:00,13:00")
    return [60 * int(each[1]) + int(each[2]) for each in found if each is not None]


def days_of_week(text: str) -> list[str]:
    """Read ``MO,TU`` as days, in the order of the week. ``ArgumentTypeError``."""
    given = [part.strip().upper() for part in text.split(",")]
    if not set(given) <= set(DAYS):
        raise argparse.ArgumentTypeError(f"{text!r} is no list of days such as MO,TU; they are {', '.join(DAYS)}")
    return [day for day in DAYS if day in given]


def moment(text: str) -> datetime:
    """Read ``2026-03-01`` or ``2026-03-01T12:00Z``; one without a zone is the operator's. ``ArgumentTypeError``."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{text!r} is no time such as 2026-03-01 or 2026-03-01T12:00Z") from None


def add_backups(backups: Any) -> None:
    """Add what the list of backups can be narrowed by."""
    backups.add_argument("--vault", metavar="VAULT", help="only those in a vault, by its id or its whole name")
    backups.add_argument("--resource", metavar="RESOURCE", help="only those of a resource, by its id or its whole name")
    backups.add_argument("--since", metavar="TIME", type=moment, help="only those made since, as 2026-03-01T12:00Z")
    backups.add_argument("--kept", action="store_true", help="list what was read last, offline")
    backups.add_argument("--json", action="store_true", help="print JSON")
    backups.set_defaults(run="cli.backups:backups")


def add_backup(backup: Any, cloud: argparse.ArgumentParser) -> None:
    """Add the commands on one backup to the command line."""
    acts = backup.add_subparsers(title="what to do", metavar="ACT", required=True)
    delete = acts.add_parser("delete", parents=[cloud], help="delete a backup for good, and wait until it is gone")
    delete.add_argument("id", metavar="ID", help="the whole id of the backup")
    delete.add_argument("--yes", action="store_true", help="do not ask")
    delete.add_argument("--name", metavar="NAME", help="the backup's name, wanted on production")
    delete.set_defaults(run="cli.changes:delete_backup")
    rename = acts.add_parser("rename", parents=[cloud], help="give a backup another name")
    rename.add_argument("id", metavar="ID", help="the whole id of the backup")
    rename.add_argument("new_name", metavar="NAME", help="the new name")
    rename.set_defaults(run="cli.changes:rename_backup", name=None)
    for act in (delete, rename):
        _add_sending(act)


def add_policy(policy: Any, cloud: argparse.ArgumentParser) -> None:
    """Add the commands on policies to the command line."""
    acts = policy.add_subparsers(title="what to do", metavar="ACT", required=True)
    create = acts.add_parser("create", parents=[cloud], help="make a backup policy; it is applied to no vault by that")
    create.add_argument("--name", dest="policy_name", metavar="NAME", required=True, help="its name")
    often = create.add_mutually_exclusive_group(required=True)
    often.add_argument("--weekly", metavar="DAYS", type=days_of_week, help="days of the week in UTC, as MO,TU")
    often.add_argument("--every", metavar="N", type=int, help="every N days")
    create.add_argument("--at", metavar="TIMES", type=times_of_day, required=True, help="times in UTC, as 01:00,13:00")
    create.add_argument("--keep-days", metavar="N", type=int, default=FOREVER, help="keep backups for N days")
    create.add_argument("--keep-number", metavar="N", type=int, default=FOREVER, help="keep the newest N backups")
    for span in ("daily", "weekly", "monthly", "yearly"):
        words = f"keep N {span} backups in addition"
        create.add_argument(f"--keep-{span}", metavar="N", type=int, default=0, help=words)
    create.add_argument("--timezone", metavar="ZONE", default="", help="whose days those are, as UTC+01:00")
    create.add_argument("--disabled", action="store_true", help="make it, and let it do nothing yet")
    create.set_defaults(run="cli.changes:create_policy", name=None)
    _add_sending(create)
    following = acts.add_parser("next", parents=[cloud], help="tell when a policy runs next")
    following.add_argument("policy", metavar="NAME", help="the policy's name or id")
    following.add_argument("--count", metavar="N", type=_runs, default=10, help="how many runs (default: 10)")
    following.add_argument("--zone", metavar="ZONE", help="the clock to tell them by, as Europe/Berlin (default: here)")
    following.set_defaults(run="cli.policies:following")
    simulate = acts.add_parser("simulate", parents=[cloud], help="tell which backups a policy's rules delete, and when")
    simulate.add_argument(
        "policy", metavar="NAME|FILE", help="the policy's name or id, or a request file that changes one"
    )
    simulate.add_argument("--days", metavar="N", type=_days, default=HORIZON_DAYS, help="how far ahead (default: 90)")
    simulate.set_defaults(run="cli.policies:simulated")
    for act in (following, simulate):
        act.add_argument("--json", action="store_true", help="print JSON")


def add_policies(policies: Any) -> None:
    """Add the command that lists policies."""
    policies.add_argument("--json", action="store_true", help="print JSON")
    policies.set_defaults(run="cli.policies:listed")


def _runs(text: str) -> int:
    return _number(text, 1000)


def _days(text: str) -> int:
    return _number(text, 3660)


def _number(text: str, most: int) -> int:
    """Read a whole number from 1 on. ``ArgumentTypeError``."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= most or len(text) > 6:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {most}")
    return int(text)


def _add_sending(act: Any) -> None:
    act.add_argument("--arm", action="store_true", help="let the request through a read-only profile")
    act.add_argument(
        "--again",
        action="store_true",
        help="send it although the same was asked for before and is held, waiting or of unknown outcome",
    )
    act.add_argument("--json", action="store_true", help="print JSON")
