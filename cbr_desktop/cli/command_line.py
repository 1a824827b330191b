"""The grammar of the command line: every command with its options, each run by a function that is named here."""

import argparse
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

from cbr_desktop import __version__
from cbr_desktop.cli import are_files, late
from cbr_desktop.text.catalogue import _

_VERSION = "--version"


def read(arguments: Sequence[str], usual: SimpleNamespace) -> argparse.Namespace:
    """Read a command line: the options of the window, and all the rest only when there is more than these.

    ``usual`` counts unless something else is said.
    """
    cloud = which_cloud()
    try:
        options, more = cloud.parse_known_args(arguments, argparse.Namespace(**vars(usual)))
    except argparse.ArgumentError:
        more = ["to be told by the one who knows all commands"]
    if more and are_files(more):
        options.files = [Path(word) for word in more]
        return options
    if not more:
        return options
    # to describe all commands takes longer than what most of them do; one that is none is told beside all that are
    parser, known = _parser(cloud, more[0])
    return (parser if known or more == [_VERSION] else _parser(cloud)[0]).parse_args(
        arguments, argparse.Namespace(**vars(usual))
    )


def parser() -> argparse.ArgumentParser:
    """Return the whole command line, for the manual and the completion that packages bring along."""
    return _parser(which_cloud())[0]


def _name_of_profile(text: str) -> str:
    """Read the name of a profile; an empty one is a variable that was never set. ``ArgumentTypeError``."""
    if not text:
        raise argparse.ArgumentTypeError(_("the name of a profile is empty"))
    return text


class _Acts(argparse._SubParsersAction):  # type: ignore[type-arg]
    """Commands below another one; what one does is told in its own help as well as in the list of all."""

    def add_parser(self, name: str, **words: Any) -> Any:
        """Return the parser of a command."""
        return super().add_parser(name, description=words.get("help"), **words)


class _Parser(argparse.ArgumentParser):
    """Reads the command line; what is wrong with it is said through the one way out, like all that is said.

    Every option that is added is tried on help of its own. That is not shown, so it is not found out how wide the
    terminal is for it. The words of argparse itself are listed in ``arguments``.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        options["formatter_class"] = partial(argparse.HelpFormatter, width=80)
        super().__init__(*arguments, **options)
        self.register("action", "parsers", _Acts)

    def format_help(self) -> str:
        """Return the help, as wide as the terminal is."""
        self.formatter_class = argparse.HelpFormatter
        return super().format_help()

    def format_usage(self) -> str:
        """Return the usage, as wide as the terminal is."""
        self.formatter_class = argparse.HelpFormatter
        return super().format_usage()

    def _print_message(self, message: str, file: Any = None) -> None:
        """Write help and version through the one way out: argparse itself takes no note of what cannot be written."""
        if file is None or file is not sys.stdout:
            super()._print_message(message, file)
            return
        if message.isascii():  # as the version is, which should not have to wait for what makes text fit to be printed
            with suppress(OSError):
                file.write(message)
                file.flush()
                return
        late("cli.output").say(message, end="")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """End the program, after a message on the standard error."""
        if message:
            late("cli.output").remark(message.removeprefix(f"{self.prog}: ").rstrip("\n"))
        sys.exit(status)


def which_cloud() -> _Parser:
    """Return the options that say which cloud is meant, which the window and most commands have."""
    cloud = _Parser(add_help=False, exit_on_error=False)
    cloud.add_argument(
        "--profile", metavar="NAME", type=_name_of_profile, default=argparse.SUPPRESS, help=_("the profile to use")
    )
    cloud.add_argument("--demo", action="store_true", default=argparse.SUPPRESS, help=_("use the built-in demo cloud"))
    cloud.add_argument(
        "--try-again",
        action="store_true",
        default=argparse.SUPPRESS,
        help=_("log in with a password that was refused before; each wrong try may lock the user"),
    )
    return cloud


class _Commands:
    """Adds commands to a command line: the one that is wanted, or all where it is ``None``."""

    def __init__(self, parser: _Parser, wanted: str | None) -> None:
        self._commands = parser.add_subparsers(title=_("commands"), metavar="COMMAND")
        self._wanted = wanted
        self.is_known = wanted is None

    def wants(self, *names: str) -> bool:
        """Whether one of these is the command that is wanted, or all are."""
        return self._wanted is None or self._wanted in names

    def add_parser(self, name: str, **words: Any) -> Any:
        """Return the parser of a command, or what takes all that is said of it and keeps nothing."""
        if not self.wants(name):
            return _Unwanted()
        self.is_known = True
        return self._commands.add_parser(name, **words)


class _Unwanted:
    """Stands for the parser of a command that was not asked for, and for all that is made of it."""

    def __getattr__(self, _name: str) -> Any:
        return self._take

    def _take(self, *_arguments: Any, **_words: Any) -> "_Unwanted":
        return self


def _parser(cloud: _Parser, wanted: str | None = None) -> tuple[_Parser, bool]:
    """Return a command line with the command that is wanted, or with all, and whether there is one of that name."""
    parser = _Parser(
        prog="cbr-desktop",
        parents=[cloud],
        description=_(
            "For operators of Cloud Backup and Recovery. Without a command it opens the window;"
            " FILE.cbr.json in place of a command opens that file there for review. Nothing is sent by that."
        ),
    )
    parser.add_argument(
        "--open",
        dest="files",
        metavar="FILE",
        action="append",
        type=Path,
        help=_("open a request file in the window for review; nothing is sent by that"),
    )
    parser.add_argument(
        _VERSION, action="version", version=f"CBR Desktop {__version__}", help=_("show the version and exit")
    )
    commands = _Commands(parser, wanted)

    vaults = commands.add_parser("vaults", parents=[cloud], help=_("list the vaults"))
    vaults.add_argument("--json", action="store_true", help=_("print JSON"))
    vaults.set_defaults(run="cli.vaults:vaults")

    backups = commands.add_parser("backups", parents=[cloud], help=_("list the backups"))

    check = commands.add_parser("check", parents=[cloud], help=_("judge request files, offline; nothing is sent"))
    check.add_argument("files", metavar="FILE", nargs="+", type=Path, help=_("a request file"))
    check.add_argument("--json", action="store_true", help=_("print JSON"))
    check.set_defaults(run="cli.check:check")

    _send(commands.add_parser("send", parents=[cloud], help=_("send a request file, once")))

    backup = commands.add_parser("backup", help=_("delete, rename, share or replicate backups, or answer a share"))
    shares = commands.add_parser(
        "shares", parents=[cloud], help=_("list what other projects share, or whom a backup is shared with")
    )
    policies = commands.add_parser("policies", parents=[cloud], help=_("list the policies and what is wrong with them"))
    policy = commands.add_parser("policy", help=_("make a backup policy; tell when one runs and what its rules delete"))
    if commands.wants("vault", "resources", "backups", "backup", "shares", "restore", "policy", "policies"):
        arguments = late("cli.arguments")
        arguments.add_holdings(commands, cloud)
        arguments.add_backups(backups)
        arguments.add_backup(backup, cloud)
        arguments.add_shares(shares)
        arguments.add_restore(commands, cloud)
        arguments.add_policy(policy, cloud)
        arguments.add_policies(policies)
    _add_drafts(commands, cloud)

    update = commands.add_parser("update", help=_("ask for a newer version, if updates.toml names an address"))
    update.add_argument("--json", action="store_true", help=_("print JSON"))
    update.set_defaults(run="cli.updates:update")

    doctor = commands.add_parser(
        "doctor",
        parents=[cloud],
        help=_("check the connection to a project, from the name of the host to each permission"),
    )
    form = doctor.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help=_("print JSON"))
    form.add_argument("--report", action="store_true", help=_("print a report to pass on: names shortened, no secrets"))
    doctor.set_defaults(run="cli.doctor:doctor")

    _outbox(commands.add_parser("outbox", help=_("what waits to be sent, and what became of the rest")))
    _plan(
        commands.add_parser("plan", help=_("several requests in one file: judge them, run them, tell of a run")), cloud
    )
    _journal(commands.add_parser("journal", help=_("the record of every request: verify it, export it")))

    simulator = commands.add_parser("simulator", help=_("serve the demo cloud over TCP, for other clients"))
    if commands.wants("simulator"):
        late("cli.arguments").add_simulator(simulator)

    selftest = commands.add_parser("selftest", help=_("do the main job in the demo cloud and tell how it went"))
    selftest.add_argument(
        "--screenshot", metavar="FILE", type=Path, help=_("where to save a picture of the window (PNG)")
    )
    selftest.add_argument(
        "--pictures", metavar="FOLDER", type=Path, help=_("where to save pictures of every step (PNG)")
    )
    selftest.add_argument(
        "--theme", choices=("light", "dark", "high-contrast"), default="light", help=_("the theme of the pictures")
    )
    selftest.set_defaults(run="app.selftest:run_selftest")
    return parser, commands.is_known


def _send(send: _Parser) -> None:
    send.add_argument("file", metavar="FILE", type=Path, help=_("the request file"))
    send.add_argument("--arm", action="store_true", help=_("let the request through a read-only profile"))
    send.add_argument("--wait", action="store_true", help=_("wait until every resource has ended"))
    _name(send, _("the name of what is lost by it, wanted on production"))
    _reason(send)
    _again(send)
    send.add_argument("--json", action="store_true", help=_("print JSON"))
    send.set_defaults(run="cli.commands:send")


def _name(act: Any, words: str) -> None:
    if not isinstance(act, _Unwanted):
        late("cli.arguments").add_name(act, words)


def _reason(act: _Parser) -> None:
    act.add_argument("--reason", metavar="TEXT", help=_("why something is written over, wanted for a restore"))
    act.add_argument("--approver", metavar="NAME", help=_("who approved that"))


def _outbox(outbox: _Parser) -> None:
    outbox.set_defaults(run="cli.outbox:listed", json=False)
    outbox.add_argument("--json", action="store_true", help=_("print JSON"))
    outbox.add_argument(
        "--profile",
        metavar="NAME",
        type=_name_of_profile,
        default=argparse.SUPPRESS,
        help=_("only requests of a profile"),
    )
    acts = outbox.add_subparsers(title=_("what to do"), metavar="ACT")
    listed = acts.add_parser("list", help=_("list the requests, newest last (the default)"))
    listed.set_defaults(run="cli.outbox:listed")
    hold = acts.add_parser("hold", help=_("keep waiting requests from being sent"))
    hold.set_defaults(run="cli.outbox:hold")
    cancel = acts.add_parser("cancel", help=_("take waiting requests back; they are never sent"))
    cancel.set_defaults(run="cli.outbox:cancel")
    release = acts.add_parser("release", help=_("confirm held requests again and send them now"))
    release.set_defaults(run="cli.outbox:release")
    release.add_argument("--arm", action="store_true", help=_("let them through a read-only profile"))
    _name(release, _("the name of what is lost by it, wanted on production"))
    _reason(release)
    reconcile = acts.add_parser("reconcile", help=_("look once for requests whose answer was lost; nothing is sent"))
    reconcile.set_defaults(run="cli.outbox:reconcile")
    adopt = acts.add_parser(
        "adopt", help=_("say that a request whose answer was lost made a checkpoint that was found")
    )
    adopt.set_defaults(run="cli.outbox:adopt")
    disown = acts.add_parser(
        "disown", help=_("say that a request whose answer was lost made nothing of what was found")
    )
    disown.set_defaults(run="cli.outbox:disown")
    for act in (hold, release, cancel):
        act.add_argument("ids", metavar="ID", nargs="+", help=_("a request's id, or how it begins"))
    for act in (adopt, disown):
        act.add_argument("ids", metavar="ID", nargs=1, help=_("the request's id, or how it begins"))
    adopt.add_argument("checkpoint", metavar="CHECKPOINT", help=_("the whole id of a checkpoint that the list names"))
    reconcile.add_argument("id", metavar="ID", nargs="?", help=_("one request; by default all of unknown outcome"))
    for act in (listed, hold, release, cancel, reconcile, adopt, disown):
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=_("print JSON"))
    for act in (listed, reconcile):
        act.add_argument(
            "--profile",
            metavar="NAME",
            type=_name_of_profile,
            default=argparse.SUPPRESS,
            help=_("only requests of a profile"),
        )


def _again(act: _Parser) -> None:
    act.add_argument(
        "--again",
        action="store_true",
        help=_("send it although the same was asked for before and is held, waiting or of unknown outcome"),
    )


def _plan(plan: _Parser, cloud: _Parser) -> None:
    if isinstance(plan, _Unwanted):
        return
    values = late("cli.values")
    acts = plan.add_subparsers(title=_("what to do"), metavar="ACT", required=True)
    make = acts.add_parser("make", help=_("write a plan with the requests of some files"))
    make.set_defaults(run="cli.plan:make")
    make.add_argument("files", metavar="FILE", nargs="+", type=Path, help=_("a request file"))
    make.add_argument(
        "--output", metavar="PLAN", type=Path, required=True, help=_("the plan file, as patchday.plan.json")
    )
    make.add_argument(
        "--profile",
        metavar="NAME",
        type=_name_of_profile,
        default=argparse.SUPPRESS,
        help=_("the profile to send them from"),
    )
    make.add_argument(
        "--names",
        metavar="TEMPLATE",
        default="",
        help=_("a template for requests without a name; a random part is added where it has none"),
    )
    make.add_argument(
        "--concurrency", metavar="N", type=values.whole, default=1, help=_("how many at once (default: 1)")
    )
    make.add_argument(
        "--stagger", metavar="SECONDS", type=values.seconds, default=0, help=_("the pause between two beginnings")
    )
    make.add_argument("--go-on", action="store_true", help=_("go on after a failure"))
    check = acts.add_parser("check", parents=[cloud], help=_("judge a plan by what was last seen; nothing is sent"))
    check.set_defaults(run="cli.plan:check")
    run = acts.add_parser("run", parents=[cloud], help=_("run a plan: send its requests in order"))
    run.set_defaults(run="cli.plan:run")
    for act in (check, run):
        act.add_argument("file", metavar="FILE", type=Path, help=_("the plan file"))
    go_on = acts.add_parser("continue", help=_("confirm a run again, and start the steps that have not begun"))
    go_on.set_defaults(run="cli.plan:go_on")
    report = acts.add_parser("report", help=_("tell what became of a run"))
    report.set_defaults(run="cli.plan:report")
    for act in (go_on, report):
        act.add_argument("run_id", metavar="RUN", help=_("the id of the run, or how it begins"))
    for act in (run, go_on):
        act.add_argument("--arm", action="store_true", help=_("let the requests through read-only profiles"))
        _name(act, _("the plan's name, wanted where it destroys on production"))
        act.add_argument("--wait", action="store_true", help=_("wait until every resource has ended"))
        _again(act)
    for act in (run, go_on, report):
        act.add_argument("--html", metavar="FILE", type=Path, help=_("also write a report to print (HTML)"))
    listed = acts.add_parser("list", help=_("list the runs, newest first"))
    listed.set_defaults(run="cli.plan:listed")
    for act in (check, run, go_on, report, listed):
        act.add_argument("--json", action="store_true", help=_("print JSON"))


def _journal(journal: _Parser) -> None:
    acts = journal.add_subparsers(title=_("what to do"), metavar="ACT", required=True)
    verify = acts.add_parser("verify", help=_("tell whether nothing is missing and nothing was changed"))
    verify.add_argument("--json", action="store_true", help=_("print JSON"))
    verify.set_defaults(run="cli.journal:verify")
    export = acts.add_parser("export", help=_("write entries out"))
    export.add_argument("--format", choices=("json", "csv", "html"), default="json", help=_("(default: json)"))
    export.add_argument("--output", metavar="FILE", type=Path, help=_("a file; by default standard output"))
    export.add_argument("--since", metavar="TIME", help=_("no entry before, as 2026-03-01 or 2026-03-01T12:00Z"))
    export.add_argument("--until", metavar="TIME", help=_("only entries before"))
    export.add_argument("--vault", metavar="VAULT", default="", help=_("only entries of a vault, by id or name"))
    export.add_argument(
        "--request", metavar="ID", default="", help=_("only entries of a request, by how its id begins")
    )
    export.add_argument(
        "--kind", metavar="KIND", action="append", default=[], help=_("only entries of a kind; repeatable")
    )
    export.add_argument(
        "--profile",
        metavar="NAME",
        type=_name_of_profile,
        default=argparse.SUPPRESS,
        help=_("only entries of a profile"),
    )
    export.set_defaults(run="cli.journal:export")


def _add_drafts(commands: Any, cloud: _Parser) -> None:
    """Add the commands on the folder of drafts."""
    drafts = commands.add_parser("drafts", help=_("list, judge, make, compare and import drafts, offline"))
    verbs = drafts.add_subparsers(title=_("what to do (by default: list)"), metavar="VERB")
    where = _Parser(add_help=False)
    where.add_argument("--folder", type=Path, default=argparse.SUPPRESS, help=_("another folder than the window's"))
    where.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=_("print JSON"))
    drafts.add_argument("--folder", type=Path, help=_("another folder than the window's"))
    drafts.add_argument("--json", action="store_true", help=_("print JSON"))
    drafts.set_defaults(run="cli.drafts:listed")
    verbs.add_parser("list", parents=[cloud, where], help=_("list the drafts")).set_defaults(run="cli.drafts:listed")
    check = verbs.add_parser("check", parents=[cloud, where], help=_("judge every draft; nothing is sent"))
    check.set_defaults(run="cli.drafts:checked")
    new = verbs.add_parser("new", parents=[where], help=_("make an empty draft"))
    new.add_argument("name", metavar="NAME", nargs="?", default="draft", help=_("the name of the draft"))
    new.add_argument("--vault", metavar="ID", default="", help=_("the id of the vault to back up"))
    new.set_defaults(run="cli.drafts:made")
    diff = verbs.add_parser("diff", parents=[where], help=_("compare two request files"))
    diff.add_argument("left", metavar="A", type=Path, help=_("a file, or a draft by its file name"))
    diff.add_argument("right", metavar="B", type=Path, help=_("the other one"))
    diff.set_defaults(run="cli.drafts:compared")
    taken = verbs.add_parser(
        "import", parents=[where], help=_("take over a request file, hcloud input or cURL command")
    )
    taken.add_argument("file", metavar="FILE", type=Path, help=_("the file to take over"))
    taken.set_defaults(run="cli.drafts:imported")
