"""The plans: every run whose copy is kept, how each of its steps stands, and what a person can do about it."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import ClassVar, NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QMenu,
    QSplitter,
    QWidget,
)

from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.plan import SUFFIX, Run
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.operations import subject_words
from cbr_desktop.text.plain import accessible, plain, tooltip
from cbr_desktop.text.plans import (
    PlanRow,
    need_words,
    plan_sentence,
    run_mark,
    run_sentence,
    run_words,
)
from cbr_desktop.text.states import counted
from cbr_desktop.text.words import ListNotice, Times
from cbr_desktop.ui.kit.page import CheckpointTarget, Page
from cbr_desktop.ui.kit.tables.column import AgeField, Column, Field, TextField
from cbr_desktop.ui.kit.task_owner import TaskOwner
from cbr_desktop.ui.kit.widgets import verb_buttons
from cbr_desktop.ui.plans.plan_files import PlanFiles
from cbr_desktop.ui.plans.run_panel import RunPanel
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.ui.session.senders import MINUTES_ARMED, Senders
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.ledger import Ledger, Part
from cbr_desktop.workflows.plan_report import PlanReport, Stand, StopReason, all_left
from cbr_desktop.workflows.plan_run import PlanRun

_PANEL_SHARES = (2, 3)


class _Going(NamedTuple):
    """A run that this window has begun or continued, and the profile contexts that its steps leave from."""

    plan_run: PlanRun
    contexts: tuple[ProfileContext, ...]


class PlansPage(Page[PlanRow]):
    """The runs of plans, whatever profile is looked at, and beneath them the steps of the one that is chosen.

    A run goes on for as long as this window is there; one that was left in the middle only a person continues.

    Signals:
        outcome_requested: the id of the request whose outcome should open.
        outbox_requested: the id of the run whose requests should be shown in the outbox.
        run_ended: what became of a run that this window has kept going to its end, in words.
    """

    name = "Plans"
    parts = (Part.INTENTS, Part.TASKS, Part.CONNECTION)
    default_sort = ("begun", Qt.SortOrder.DescendingOrder)
    hint = "state:middle needs:you age<7d"
    chips = ((N_("Needs you"), "needs:you"),)
    without_subject = N_("Choose a step that has begun to see all that is known of its request.")

    outcome_requested = Signal(object)
    outbox_requested = Signal(str)
    run_ended = Signal(str)

    _VERBS: ClassVar[dict[str, tuple[str, str]]] = {
        "continue": (N_("&Continue"), N_("Confirms the rest of the plan again, and starts what has not begun")),
        "stop": (N_("S&top"), N_("Begins no further step; what has begun goes its way")),
        "arm": ("", N_("Lets the read-only profiles of the plan send")),
        "profiles": (
            N_("Open &profiles"),
            N_("Opens the profiles of the plan, so that all of it is known; sends nothing"),
        ),
        "report": (N_("Save &report…"), N_("What became of each step, as a page to print, text or JSON")),
        "outbox": (
            N_("Show in out&box"),
            N_("The requests of this run, where each can be held, released or taken back"),
        ),
    }
    _WAYS_IN: ClassVar[dict[str, tuple[str, str]]] = {
        "make": (
            N_("&Make plan…"),
            N_("Choose request files, and write a plan with copies of them; nothing is sent by that"),
        ),
        "open": (N_("&Open plan…"), N_("Open a file with several requests and judge it; nothing is sent by that")),
    }

    def __init__(self, workspace: Workspace, times: Times, parent: QWidget | None = None) -> None:
        self._runs: list[Run] = []
        self._going: dict[str, _Going] = {}
        self._has_read = False
        self._trouble = ""
        self._awaited_id = ""
        super().__init__(workspace, times, parent)
        self.files = PlanFiles(workspace, times, self)
        self.files.started.connect(self.begin)
        self.files.remarked.connect(self.remarked)
        self._tasks = TaskOwner(self)
        self._tasks.failed.connect(self._tell_failed)
        self._reading = QTimer(self)
        self._reading.setSingleShot(True)
        self._reading.timeout.connect(self._read)
        self._add_panel()
        self._add_bar()
        self.view.selection_altered.connect(self._tell_choice)
        self.model.arranged.connect(self._tell_choice)
        self._tell_choice()

    # what a page says

    def columns(self) -> Sequence[Column[PlanRow]]:
        """Return the columns, those of the first start first."""
        times = self._times
        return [
            Column("name", _("Name"), _name_words, _name_words, 22, middle=True),
            Column("state", _("State"), run_words, run_words, 20, mark=run_mark, hint=run_sentence),
            Column("steps", _("Steps done"), _done_words, _done_share, 11),
            Column("needs", _("Needs"), need_words, need_words, 32),
            Column(
                "begun",
                _("Begun"),
                lambda r: times.text(r.run.started_at),
                lambda r: r.run.started_at,
                19,
                hint=lambda r: times.both(r.run.started_at),
                whole=True,
            ),
            Column("profiles", _("Profiles"), _profile_words, _profile_words, 20),
            Column("id", "ID", lambda r: r.run.id, lambda r: r.run.id, 34, shown=False),
        ]

    def fields(self) -> Sequence[Field[PlanRow]]:
        """Return what the filter can ask for."""
        return (
            TextField("name", _name_words),
            TextField("state", run_words),
            TextField("needs", need_words),
            TextField("profile", _profile_words),
            TextField("run", lambda r: r.run.id),
            AgeField("age", _begun_at, self._times.now),
        )

    def rows(self) -> list[PlanRow]:
        """Return the runs that have been read, as they stand now."""
        ledger, now = self._workspace.open, self._times.now()
        told = {run.id: made for run, made in zip(self._runs, all_left(self._runs, ledger, now), strict=True)}
        active = {id: going.plan_run for id, going in self._going.items()}
        # what a failure has stopped is judged by the steps alone, since a step may yet be found or sent again
        told |= {id: run.report() for id, run in active.items() if run.stopped is not StopReason.FAILURE}
        rows = []
        for run in self._runs:
            profiles = Senders(self._workspace, {step.profile for step in run.plan.steps})
            keeper = active.get(run.id)
            is_going = keeper is not None and not keeper.stopped and not keeper.is_over()
            away = tuple(profiles.away) if is_going else ()
            rows.append(PlanRow(run, told[run.id], is_going, tuple(profiles.closed), tuple(profiles.gone), away))
        return rows

    def id_of(self, row: PlanRow) -> str:
        """Return the id of a run."""
        return row.run.id

    def id_and_name(self, row: PlanRow) -> tuple[str, str]:
        """Return the id of a run and the name of its plan."""
        return row.run.id, row.run.plan.name

    def search_text(self, row: PlanRow) -> str:
        """Return what words are looked for in."""
        steps = [f"{step.name} {subject_words(step.subject)}" for step in row.told.rows]
        return "\n".join((row.run.id, _name_words(row), run_words(row), need_words(row), _profile_words(row), *steps))

    def owners(self, row: PlanRow) -> list[Ledger]:
        """Return the ledgers of the profiles that a run sends from."""
        return [member for member in self._workspace.open.members if member.profile.name in row.profiles]

    def target(self) -> CheckpointTarget:
        """Return the vault of the chosen step, where it is known."""
        intent = self.subject()
        vault_id = intent.change.vault_id if intent is not None else None
        return (vault_id, ()) if vault_id in self._workspace.open.vaults else (None, ())

    def subject(self) -> Intent | None:
        """Return the request of the chosen step: the details tell of it."""
        return self.panel.subject() if self.view.current_row() is not None else None

    def tell_scope(self) -> None:
        """Take over another scope. A run whose profile was edited meanwhile begins no further step by the old one."""
        for going in self._going.values():
            if any(context not in self._workspace.contexts for context in going.contexts):
                going.plan_run.stop(StopReason.PROFILE)
        self._is_stale = True

    def retell_times(self) -> None:
        """Say ages anew, and how what runs stands."""
        if self._going and self.isVisible():
            self._take()
        super().retell_times()

    def age_words(self) -> str:
        """Return nothing: what is kept here does not grow old."""
        return ""

    def stale_words(self) -> str:
        """Return why the runs could not be read."""
        return self._trouble

    def empty_notice(self, total: int) -> ListNotice | None:
        """Return what to say where no run is shown."""
        if total:
            return super().empty_notice(total)
        if not self._has_read and self._workspace.plans is not None:
            return ListNotice(_("The plans are being read"), _("They come in a moment."))
        why = _(
            "A plan is a file (*{ending}) with several requests, sent in order as one thing with one report."
            " What was run is kept here, step by step."
        ).format(ending=SUFFIX)
        return ListNotice(_("No plan was run yet"), why, _("Open plan…"), "open-plan")

    def extend_menu(self, menu: QMenu) -> None:
        """Offer what can be done about the chosen run."""
        for verb, button in self.buttons.items():
            if not button.isHidden() and button.isEnabled():
                menu.addAction(button.text()).triggered.connect(self._acts[verb])

    def show_row(self, id: str) -> bool:
        """Select a run; one that was not read yet is selected as soon as it is there."""
        found = super().show_row(id)
        self._awaited_id = "" if found else id
        return found

    def going(self) -> list[PlanReport]:
        """Return how the runs stand that this window keeps going."""
        return [going.plan_run.report() for going in self._going.values() if not going.plan_run.is_over()]

    # the disk

    def take_runs(self, runs: Sequence[Run]) -> None:
        """Take over the runs that were read, the newest first."""
        self._has_read = True
        self._trouble = ""
        read = {run.id for run in runs}
        self._runs = [*(run for run in self._runs if run.id not in read and run.id in self._going), *runs]
        self._take()
        if self._awaited_id:
            self.show_row(self._awaited_id)

    def _read(self) -> None:
        plans = self._workspace.plans
        if plans is not None:
            self._tasks.start(asyncio.to_thread(plans.runs), self.take_runs, group="read")

    def _take(self) -> None:
        if not self._has_read and self._workspace.plans is not None and not self._reading.isActive():
            self._reading.start()  # once the loop turns, beside the window
        super()._take()
        if self.view.current_row() is None and self.model.rowCount():
            self.view.select_id(self.model.id_at(0))

    def _tell_failed(self, error: object) -> None:
        if isinstance(error, CbrError):
            self._has_read = True
            self._trouble = error_sentence(error)
            self._take()

    # the steps and the bar

    def _add_panel(self) -> None:
        self.panel = RunPanel(self._workspace, self._times, self)
        self.panel.step_altered.connect(self.selection_altered)
        self.panel.outcome_requested.connect(self.outcome_requested)
        self.panel.name_altered.connect(self._tell_choice)
        split = QSplitter(Qt.Orientation.Vertical, self)
        split.setObjectName("planAreas")
        split.setChildrenCollapsible(False)
        self._column.replaceWidget(self.view, split)
        self._column.setStretchFactor(split, 1)
        for place, (part, share) in enumerate(zip((self.view, self.panel), _PANEL_SHARES, strict=True)):
            split.addWidget(part)
            split.setStretchFactor(place, share)

    def _add_bar(self) -> None:
        self._acts: dict[str, Callable[[], None]] = {
            "continue": self.go_on,
            "stop": self.stop,
            "arm": self._arm,
            "profiles": self._open_profiles,
            "report": self.ask_report,
            "outbox": self._show_in_outbox,
        }
        row = self.head.new_row()
        self.buttons = verb_buttons("plans", self._VERBS, self._acts, row.button_parent)
        arm = counted("&Arm for {count} minute", "&Arm for {count} minutes", MINUTES_ARMED)
        self.buttons["arm"].setText(arm)
        self.buttons["arm"].setAccessibleName(accessible(arm))
        ways = {"make": self.files.ask_requests, "open": self.files.ask_plan}
        self.ways_in = verb_buttons("plans", self._WAYS_IN, ways, row.button_parent)
        self.head.add_row(row, (*self.ways_in.values(), *self.buttons.values()))

    def _tell_choice(self) -> None:
        """Show the steps of the chosen run, and what can be done about it."""
        row = self.view.current_row()
        self.panel.tell(row)
        shown = dict.fromkeys(self.buttons, False)
        if row is not None:
            profiles = Senders(self._workspace, row.profiles)
            shown = {
                "continue": row.can_go_on,
                "stop": row.is_going and bool(row.told.count(Stand.NOT_STARTED)),
                "arm": row.can_go_on and bool(profiles.unarmed) and self._workspace.sealed is None,
                "profiles": bool(row.closed),
                "report": row.is_known,
                "outbox": any(step.intent is not None for step in row.told.rows),
            }
            hindrance = profiles.hindrance("continue") or (self.panel.hindrance(row) if row.can_go_on else "")
            self.buttons["continue"].setEnabled(not hindrance)
            self.buttons["continue"].setToolTip(tooltip(hindrance or _(self._VERBS["continue"][1])))
            words = counted("Open {count} profile", "Open {count} profiles", len(row.closed))
            self.buttons["profiles"].setText(words)
            self.buttons["profiles"].setAccessibleName(words)
        for verb, button in self.buttons.items():
            button.setVisible(shown[verb])

    # what a person does

    def begin(self, run: Run) -> None:
        """Follow a run that a person has started or continued: its steps begin from now on."""
        if run.id not in {each.id for each in self._runs}:
            self._runs.insert(0, run)
        wanted = {step.profile for step in run.plan.steps}
        contexts = {
            context.profile.name: context for context in self._workspace.contexts if context.profile.name in wanted
        }
        made = PlanRun(run, contexts, self._workspace.open, self._workspace.clock)
        self._workspace.plan_runs[run.id] = made
        self._going[run.id] = _Going(made, tuple(contexts.values()))
        self._tasks.start(made.follow(), partial(self._end, made), group=_("run {run}").format(run=run.id))
        self._take()
        self.show_row(run.id)

    def go_on(self) -> None:
        """Continue the chosen run: that confirms the rest of it anew."""
        row = self.view.current_row()
        if row is not None and row.can_go_on and not self.panel.hindrance(row):
            self.begin(row.run)

    def stop(self) -> None:
        """Begin no further step of the chosen run."""
        row = self.view.current_row()
        if row is not None and row.run.id in self._going:
            self._going[row.run.id].plan_run.stop()
            self._take()

    def ask_report(self) -> None:
        """Ask for the file that the report of the chosen run is written to."""
        row = self.view.current_row()
        if row is not None:
            self.files.ask_report(partial(self._told, row.run.id))

    def _told(self, id: str) -> PlanReport:
        return next(row.told for row in self.rows() if row.run.id == id)

    def _end(self, made: PlanRun, _ended: object) -> None:
        name = plain(made.run.plan.name, 60) or _("(without a name)")
        self.run_ended.emit(_("{plan}: {sentence}").format(plan=name, sentence=plan_sentence(made.report())))
        self._take()

    def _arm(self) -> None:
        row = self.view.current_row()
        if row is not None:
            Senders(self._workspace, row.profiles).arm()
            self._tell_choice()

    def _open_profiles(self) -> None:
        row = self.view.current_row()
        if row is not None:
            Senders(self._workspace, row.profiles).open()
            self._take()

    def _show_in_outbox(self) -> None:
        row = self.view.current_row()
        if row is not None:
            self.outbox_requested.emit(row.run.id)

    def _verbs(self) -> dict[str, Callable[[], object]]:
        return super()._verbs() | {"open-plan": self.files.ask_plan}

    def showEvent(self, event: QShowEvent) -> None:
        """Read what is on the disk whenever the page comes to the front."""
        super().showEvent(event)
        if self._workspace.plans is not None:
            self._reading.start()


def _name_words(row: PlanRow) -> str:
    return row.run.plan.name or _("(without a name)")


def _done_words(row: PlanRow) -> str:
    return (
        _("{count} of {total}").format(count=row.told.count(Stand.DONE), total=len(row.told.rows))
        if row.is_known
        else _("? of {total}").format(total=len(row.told.rows))
    )


def _done_share(row: PlanRow) -> float:
    return row.told.count(Stand.DONE) / len(row.told.rows)


def _profile_words(row: PlanRow) -> str:
    return ", ".join(row.profiles)


def _begun_at(row: PlanRow) -> datetime | None:
    return row.run.started_at
