"""The part of the command line for backups and for changes of one thing; it knows nothing of what commands do."""

import argparse
from pathlib import Path
from typing import Any

from cbr_desktop.cli.values import days_of_week, moment, number, seconds, times_of_day, whole, zone
from cbr_desktop.domain.cleanup import DAYS_LIMIT, KEEP_LIMIT
from cbr_desktop.domain.retention import FOREVER, HORIZON_DAYS
from cbr_desktop.domain.schedule import INTERVAL_LIMIT
from cbr_desktop.text.catalogue import N_, NN_, _

ARGPARSE = (
    *(N_("usage: "), N_("positional arguments"), N_("options"), N_("show this help message and exit")),
    *(N_("%(prog)s: error: %(message)s\n"), N_("argument %(argument_name)s: %(message)s")),
    *(N_("unrecognized arguments: %s"), N_("the following arguments are required: %s")),
    *(N_("one of the arguments %s is required"), N_("not allowed with argument %s")),
    *(N_("expected one argument"), N_("expected at most one argument"), N_("expected at least one argument")),
    *(N_("ignored explicit argument %r"), N_("ambiguous option: %(option)s could match %(matches)s")),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    *(NN_("expected %s argument", "expected %s arguments"), N_("%(heading)s:")),
)
"""What argparse says to people, for those who translate it: argparse itself looks these up, in our domain."""


def add_name(act: Any, words: str) -> None:
    """Add the name that confirms what is lost by a command, under both of its spellings; ``words`` say what name."""
    act.add_argument("--name", "--confirm", dest="name", metavar="NAME", help=words)


def add_holdings(commands: Any, cloud: argparse.ArgumentParser) -> None:
    """Add the commands that tell what vaults hold to the command line."""
    vault = commands.add_parser("vault", help=_("tell all that is known of a vault, or replicate it"))
    acts = vault.add_subparsers(title=_("what to do"), metavar="ACT", required=True)
    told = acts.add_parser("show", parents=[cloud], help=_("tell its use, its rules and what it holds"))
    told.add_argument("vault", metavar="NAME", help=_("its whole name or its id"))
    told.set_defaults(run="cli.resources:show_vault")
    replicate = acts.add_parser(
        "replicate",
        parents=[cloud],
        help=_("copy the backups of a vault that have no replica there to another region, and wait for their end"),
    )
    replicate.add_argument("vault", metavar="NAME", help=_("its whole name or its id"))
    replicate.set_defaults(run="cli.sharing:replicate_vault", name=None)
    _add_destination(replicate)
    _add_sending(replicate)
    resources = commands.add_parser(
        "resources", parents=[cloud], help=_("list the resources in vaults and in none, and why some are not backed up")
    )
    resources.add_argument(
        "--unprotected", action="store_true", help=_("only those in no vault, and those that are suspended in theirs")
    )
    resources.add_argument(
        "--without-policy", action="store_true", help=_("only those in a vault that no enabled policy backs up")
    )
    resources.add_argument("--vault", metavar="VAULT", help=_("only those in a vault, by its id or its whole name"))
    resources.set_defaults(run="cli.resources:resources")
    for command in (told, resources):
        command.add_argument("--json", action="store_true", help=_("print JSON"))


def add_backups(backups: Any) -> None:
    """Add what the list of backups can be narrowed by."""
    backups.add_argument("--vault", metavar="VAULT", help=_("only those in a vault, by its id or its whole name"))
    backups.add_argument(
        "--resource", metavar="RESOURCE", help=_("only those of a resource, by its id or its whole name")
    )
    backups.add_argument("--since", metavar="TIME", type=moment, help=_("only those made since, as 2026-03-01T12:00Z"))
    backups.add_argument("--kept", action="store_true", help=_("list what was read last, offline"))
    backups.add_argument("--json", action="store_true", help=_("print JSON"))
    backups.set_defaults(run="cli.backups:backups")


def add_backup(backup: Any, cloud: argparse.ArgumentParser) -> None:
    """Add the commands on one backup to the command line."""
    acts = backup.add_subparsers(title=_("what to do"), metavar="ACT", required=True)
    delete = acts.add_parser(
        "delete",
        parents=[cloud],
        help=_("delete a backup for good, or several as one run, and wait for their end"),
    )
    delete.add_argument("ids", metavar="ID", nargs="+", help=_("the whole id of a backup"))
    delete.set_defaults(run="cli.changes:delete_backup", delete=True)
    clean = acts.add_parser(
        "cleanup",
        parents=[cloud],
        help=_("tell which backups made by persons a rule would delete, and delete them if wished"),
    )
    clean.add_argument(
        "--keep",
        metavar="N",
        type=number(0, KEEP_LIMIT),
        default=3,
        help=_("how many of the newest of each resource stay (default: 3)"),
    )
    clean.add_argument(
        "--older",
        metavar="DAYS",
        type=number(0, DAYS_LIMIT),
        default=30,
        help=_("only those at least so many days old go (default: 30)"),
    )
    clean.add_argument("--pattern", metavar="NAME", default="", help=_("only those whose name matches, with * and ?"))
    clean.add_argument("--failed", action="store_true", help=_("failed ones as well"))
    clean.add_argument("--delete", action="store_true", help=_("delete what goes, after you have confirmed it"))
    clean.set_defaults(run="cli.batch:clean_up")
    for act in (delete, clean):
        act.add_argument("--yes", action="store_true", help=_("do not ask"))
        add_name(act, _("the backup's name, or of several their resource's or vault's, wanted on production"))
        act.add_argument(
            "--leave-out", action="store_true", help=_("of several: delete the others where one cannot be deleted")
        )
        act.set_defaults(wait=True, html=None)
    rename = acts.add_parser("rename", parents=[cloud], help=_("give a backup another name"))
    rename.add_argument("id", metavar="ID", help=_("the whole id of the backup"))
    rename.add_argument("new_name", metavar="NAME", help=_("the new name"))
    rename.set_defaults(run="cli.changes:rename_backup", name=None)
    for act in (delete, clean, rename, *_add_sharing(acts, cloud)):
        _add_sending(act)


def add_shares(shares: Any) -> None:
    """Add the command that lists shares."""
    shares.add_argument(
        "id", metavar="ID", nargs="?", help=_("the whole id of a backup: list the projects that it is shared with")
    )
    shares.add_argument("--json", action="store_true", help=_("print JSON"))
    shares.set_defaults(run="cli.shares:shares")


def _add_sharing(acts: Any, cloud: argparse.ArgumentParser) -> tuple[Any, ...]:
    """Add the commands that share a backup, answer a share and replicate; return them."""
    project = _("a project's id, its name in the address book of the profile, or that of a project of the account")
    share = acts.add_parser("share", parents=[cloud], help=_("share a backup with other projects of the region"))
    share.add_argument("id", metavar="ID", help=_("the whole id of the backup"))
    share.add_argument("projects", metavar="PROJECT", nargs="+", help=project)
    share.set_defaults(run="cli.sharing:share_backup", name=None)
    end = acts.add_parser("end-share", parents=[cloud], help=_("end the sharing of a backup with a project"))
    end.add_argument("id", metavar="ID", help=_("the whole id of the backup"))
    end.add_argument("project", metavar="PROJECT", help=project)
    end.set_defaults(run="cli.sharing:end_share", name=None)
    accept = acts.add_parser(
        "accept", parents=[cloud], help=_("take a backup that another project shares into a vault")
    )
    accept.add_argument("id", metavar="ID", help=_("the whole id of the backup"))
    accept.add_argument("--vault", metavar="VAULT", required=True, help=_("the vault, by its id or its whole name"))
    accept.set_defaults(run="cli.sharing:accept_share", name=None)
    reject = acts.add_parser("reject", parents=[cloud], help=_("reject a backup that another project shares"))
    reject.add_argument("id", metavar="ID", help=_("the whole id of the backup"))
    reject.set_defaults(run="cli.sharing:reject_share", name=None)
    replicate = acts.add_parser(
        "replicate", parents=[cloud], help=_("copy a backup to another region, and wait for the end of that")
    )
    replicate.add_argument("id", metavar="ID", help=_("the whole id of the backup"))
    replicate.add_argument("--replica-name", metavar="NAME", help=_("the replica's name (default: the backup's)"))
    replicate.set_defaults(run="cli.sharing:replicate_backup", name=None)
    _add_destination(replicate)
    return share, end, accept, reject, replicate


def _add_destination(act: Any) -> None:
    act.add_argument(
        "--to", metavar="VAULT", required=True, help=_("the replication vault there, by its id or its whole name")
    )
    act.add_argument("--region", metavar="REGION", help=_("the region of a vault that cannot be looked at from here"))
    act.add_argument("--project", metavar="ID", help=_("the id of the project that such a vault is in"))


def add_restore(commands: Any, cloud: argparse.ArgumentParser) -> None:
    """Add the rehearsal of restores to the command line; what sends one is ``send``."""
    restore = commands.add_parser(
        "restore", help=_("rehearse a restore: what would be written over, what speaks against it")
    )
    acts = restore.add_subparsers(title=_("what to do"), metavar="ACT", required=True)
    rehearse = acts.add_parser(
        "rehearse", parents=[cloud], help=_("judge a restore and print its sheet; nothing that changes is sent")
    )
    rehearse.add_argument(
        "what",
        metavar="FILE|ID",
        help=_("a request file, or the whole id of a backup to restore to what it was made of"),
    )
    rehearse.add_argument(
        "--sheet", metavar="FILE", type=Path, help=_("also write the sheet to a file, as a page to print")
    )
    rehearse.add_argument("--request", metavar="FILE", type=Path, help=_("also write the request to a file"))
    rehearse.add_argument("--reason", metavar="TEXT", help=_("the reason that the sheet gives"))
    rehearse.add_argument("--approver", metavar="NAME", help=_("who approved it, as the sheet says"))
    rehearse.add_argument("--json", action="store_true", help=_("print JSON"))
    rehearse.set_defaults(run="cli.restores:rehearse")


def add_policy(policy: Any, cloud: argparse.ArgumentParser) -> None:
    """Add the commands on policies to the command line."""
    acts = policy.add_subparsers(title=_("what to do"), metavar="ACT", required=True)
    create = acts.add_parser(
        "create", parents=[cloud], help=_("make a backup policy; it is applied to no vault by that")
    )
    create.add_argument("--name", dest="policy_name", metavar="NAME", required=True, help=_("its name"))
    often = create.add_mutually_exclusive_group(required=True)
    often.add_argument("--weekly", metavar="DAYS", type=days_of_week, help=_("days of the week in UTC, as MO,TU"))
    often.add_argument("--every", metavar="N", type=number(1, INTERVAL_LIMIT), help=_("every N days"))
    create.add_argument(
        "--at", metavar="TIMES", type=times_of_day, required=True, help=_("times in UTC, as 01:00,13:00")
    )
    create.add_argument("--keep-days", metavar="N", type=whole, default=FOREVER, help=_("keep backups for N days"))
    create.add_argument("--keep-number", metavar="N", type=whole, default=FOREVER, help=_("keep the newest N backups"))
    spans = {
        "daily": _("keep N daily backups in addition"),
        "weekly": _("keep N weekly backups in addition"),
        "monthly": _("keep N monthly backups in addition"),
        "yearly": _("keep N yearly backups in addition"),
    }
    for span, words in spans.items():
        create.add_argument(f"--keep-{span}", metavar="N", type=whole, default=0, help=words)
    create.add_argument(
        "--timezone",
        metavar="ZONE",
        type=zone,
        help=_("the zone of these days, weeks, months and years, as UTC+01:00"),
    )
    create.add_argument("--disabled", action="store_true", help=_("make it disabled: it does nothing yet"))
    create.set_defaults(run="cli.changes:create_policy", name=None)
    _add_sending(create)
    following = acts.add_parser("next", parents=[cloud], help=_("tell when a policy runs next"))
    following.add_argument("policy", metavar="NAME", help=_("the policy's name or id"))
    following.add_argument(
        "--count", metavar="N", type=number(1, 1000), default=10, help=_("how many runs (default: 10)")
    )
    following.add_argument(
        "--zone", metavar="ZONE", help=_("the clock to tell them by, as Europe/Berlin (default: here)")
    )
    following.set_defaults(run="cli.policies:following")
    simulate = acts.add_parser(
        "simulate", parents=[cloud], help=_("tell which backups a policy's rules delete, and when")
    )
    simulate.add_argument(
        "policy", metavar="NAME|FILE", help=_("the policy's name or id, or a request file that changes one")
    )
    simulate.add_argument(
        "--days", metavar="N", type=number(1, 3660), default=HORIZON_DAYS, help=_("how far ahead (default: 90)")
    )
    simulate.set_defaults(run="cli.policies:simulated")
    for act in (following, simulate):
        act.add_argument("--json", action="store_true", help=_("print JSON"))


def add_policies(policies: Any) -> None:
    """Add the command that lists policies."""
    policies.add_argument("--json", action="store_true", help=_("print JSON"))
    policies.set_defaults(run="cli.policies:all_policies")


def add_simulator(simulator: Any) -> None:
    """Add how the demo cloud is served, and what it has."""
    simulator.add_argument(
        "--port", type=number(0, 65535), default=0, help=_("the port; 0, the default, takes a free one")
    )
    simulator.add_argument(
        "--host", default="127.0.0.1", help=_("the address to listen at (default: this machine only)")
    )
    simulator.add_argument("--vaults", type=number(0, 99_999), metavar="N", help=_("a generated estate of N vaults"))
    simulator.add_argument("--backups", type=number(0, 999_999), metavar="N", help=_("a generated estate of N backups"))
    simulator.add_argument("--seed", type=whole, default=1, help=_("another seed, another estate (default: 1)"))
    simulator.add_argument(
        "--latency", type=seconds, default=0.0, metavar="SECONDS", help=_("delay every answer by so many seconds")
    )
    simulator.add_argument("--gzip", action="store_true", help=_("pack answers for clients that accept gzip"))
    simulator.add_argument(
        "--missing", metavar="PART", action="append", default=[], help=_("lack a part of the API, such as protectables")
    )
    simulator.set_defaults(run="cli.simulator:simulator")


def _add_sending(act: Any) -> None:
    act.add_argument("--arm", action="store_true", help=_("let the request through a read-only profile"))
    act.add_argument(
        "--again",
        action="store_true",
        help=_("send it although the same was asked for before and is held, waiting or of unknown outcome"),
    )
    act.add_argument("--json", action="store_true", help=_("print JSON"))
