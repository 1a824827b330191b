"""The window of a plan that was not run yet: what was found about each step, and the button that starts it."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import uuid4

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from cbr_desktop.domain.blast import Blast, destroys
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.finding import Severity
from cbr_desktop.domain.plan import Plan, StepFinding, by_step, is_blocked
from cbr_desktop.text.catalogue import _, ngettext, sentences
from cbr_desktop.text.consequences import grave_sentence
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.findings import finding_sentence
from cbr_desktop.text.marks import BAD, GOOD, NEUTRAL
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.plans import found_cells, found_columns, found_mark, unopened_line
from cbr_desktop.text.states import counted, grouped, quoted
from cbr_desktop.ui.kit.announcer import AnnouncedLine
from cbr_desktop.ui.kit.lines import SEVERITY_MARKS, label
from cbr_desktop.ui.kit.pieces import LONG_STEP, Pieces
from cbr_desktop.ui.kit.step_table import StepTable
from cbr_desktop.ui.kit.widgets import button_row, push_button
from cbr_desktop.ui.kit.window_size import take_room
from cbr_desktop.ui.operations.environment_label import EnvironmentLabel
from cbr_desktop.ui.session.senders import MINUTES_ARMED, Senders
from cbr_desktop.ui.session.workspace import Workspace
from cbr_desktop.workflows.derived import is_little
from cbr_desktop.workflows.ledger import Part
from cbr_desktop.workflows.operations import OPERATIONS
from cbr_desktop.workflows.plan import counting_losses, destroying, judging_steps, prepared, why_named

_SIZE = QSize(1240, 560)
_SMALLEST = QSize(760, 400)
_REST_MS = 60


class PlanDialog(QDialog):
    """Judges one plan. Opening it sends nothing; starting it keeps a copy of it, and the page of plans goes on.

    Signals:
        started: the ``Run`` that a person has started; its copy is on the disk.
    """

    started = Signal(object)

    def __init__(
        self, workspace: Workspace, plan: Plan, findings: Sequence[StepFinding] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._plan = plan
        self._read_findings = list(findings)
        self._findings: list[StepFinding] = []
        self._lost: Mapping[int, Blast] = {}
        """What steps destroy, by their numbers."""
        self._is_counting = False
        """Whether it is not worked out yet what the plan comes to by what is known and chosen."""
        self._is_outdated = False
        """Whether lists are others since that was worked out."""
        self._pieces = Pieces(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST_MS)
        self._timer.timeout.connect(self._rested)
        self._build()
        workspace.signals.changed.connect(self._changed)
        self.refresh()

    def open(self) -> None:
        """Show the window, non-modal."""
        self.setModal(False)
        self.show()
        self.activateWindow()

    # what is shown

    def refresh(self) -> None:
        """Judge the plan by what is known now."""
        self._judge(is_quiet=False)

    def _judge(self, *, is_quiet: bool) -> None:
        """Judge it in pieces; ``is_quiet`` where what stands there is as true as before until that is through."""
        self._timer.stop()
        self._is_counting = self._is_counting or not is_quiet
        is_small = is_little(len(self._plan.steps), self._workspace.ledgers.values())
        self._pieces.begin(self._judged_and_shown(), at_once=is_small)
        if self._is_counting:
            self._tell()

    def _rested(self) -> None:
        """Judge by what has changed, once what is being judged is through: else changes would put it off for ever."""
        if self._pieces.is_at_work:
            self._timer.start()
        else:
            self._judge(is_quiet=not self._is_outdated)

    def _judged_and_shown(self) -> Iterator[object]:
        now, default, self._is_outdated = self._workspace.clock.now(), self._default(), False
        # all steps are judged by the same lists, also where others are read meanwhile
        ledgers = {name: ledger.still() for name, ledger in self._workspace.ledgers.items()}
        found = yield from judging_steps(self._plan, ledgers, default, now)
        lost = yield from counting_losses(self._plan, ledgers, default)
        closed = set(self._profiles().closed)
        unopened = {step.number for step in self._plan.steps if (step.profile or default) in closed}
        found = [each for each in found if each.step not in unopened]
        self._findings, self._lost = [*self._read_findings, *found], lost
        of_steps, lines = by_step(self._findings), []
        for step in self._plan.steps:
            own, profile = of_steps.get(step.number, []), step.profile or default
            if step.number in unopened:
                lines.append(unopened_line(self._plan, step.number, profile, now))
            else:
                # what another profile knows by the same id is not what this step is done to
                ledger = ledgers.get(profile, self._workspace.open)
                cells = found_cells(self._plan, step.number, own, default, ledger, lost, now)
                lines.append((cells, found_mark(step.number, own)))
            yield None
        yield LONG_STEP
        self.table.fill(found_columns(), lines)
        yield LONG_STEP
        self._is_counting = False
        self._tell()

    def _tell(self) -> None:
        """Say how the plan stands by what was judged last."""
        profiles = self._profiles()
        self.stakes.show_stakes(profiles.environments)
        closed = profiles.closed
        self.open_profiles.setVisible(bool(closed))
        self.open_profiles.setText(counted("Open {count} profile", "Open {count} profiles", len(closed)))
        reason = self._reason(profiles)
        self.arm.setVisible(bool(profiles.unarmed) and not closed and self._workspace.sealed is None)
        self.start.setEnabled(not reason)
        self.start.setToolTip(tooltip(reason or _("Sends the requests of the plan in their order")))
        whole = [finding_sentence(found.finding) for found in self._findings if found.step == 0]
        ready = ngettext(
            "Ready: {count} step, {rules}.", "Ready: {count} steps, {rules}.", len(self._plan.steps)
        ).format(count=grouped(len(self._plan.steps)), rules=self._rule_words())
        warned = {found.step for found in self._findings if found.finding.severity is Severity.WARN}
        if warned:
            whole.append(
                counted(
                    "There are warnings about {count} step; running the plan accepts them.",
                    "There are warnings about {count} steps; running the plan accepts them.",
                    len(warned),
                )
            )
        if closed or self._is_counting:
            mark = NEUTRAL
        elif is_blocked(self._findings) or self._workspace.sealed is not None:
            mark = BAD
        else:
            # what a person has still to do in the window is no fault of the plan
            mark = SEVERITY_MARKS[Severity.WARN] if reason or warned else GOOD
        self.verdict.say(mark, reason or " ".join([ready, *whole]))

    def _rule_words(self) -> str:
        together = counted("{count} request", "{count} requests", self._plan.concurrency)
        after = _("none after a failure") if self._plan.stop_on_failure else _("going on after a failure")
        if not self._plan.stagger_seconds:
            return _("{together} at a time, {after}").format(together=together, after=after)
        return _("{together} at a time, {seconds} s apart, {after}").format(
            together=together, seconds=f"{self._plan.stagger_seconds:g}", after=after
        )

    def _reason(self, profiles: Senders) -> str:
        """Return why the plan cannot be run as it is, empty when it can."""
        if profiles.closed:
            names = ", ".join(quoted(name, 60) for name in profiles.closed)
            return _("Not judged yet: open {names} first. Nothing is sent by that.").format(names=names)
        if self._is_counting:
            return _("Counting what this comes to…")
        if is_blocked(self._findings):
            count = len({found.step for found in self._findings if is_blocked([found])})
            return counted(
                "Not ready: {count} step must be put right in the file; see what was found.",
                "Not ready: {count} steps must be put right in the file; see what was found.",
                count,
            )
        return profiles.hindrance("run") or self._loss_reason(profiles)

    def _loss_reason(self, profiles: Senders) -> str:
        """Return what is wanted before steps go that destroy or overwrite something, empty when nothing is."""
        steps = destroying(self._plan, self._workspace.ledgers, self._default())
        why = why_named(steps, self._lost)
        self.typed.setVisible(why is not None)
        self.ask.setVisible(why is not None)
        stale = profiles.uncounted(steps)
        if stale is not None:
            return _("Not ready: what step {number} destroys was not counted recently. Refresh (F5).").format(
                number=stale.number
            )
        if why is None or (self._plan.name and self.typed.text() == self._plan.name):
            return ""
        if not self._plan.name:
            return sentences(grave_sentence(why), _("The plan has no name to confirm that by. Give it one."))
        wish = _("Type {plan} to go on.").format(plan=quoted(self._plan.name, 80))
        return sentences(grave_sentence(why), wish)

    def _changed(self, part: Part) -> None:
        self._is_outdated = self._is_outdated or part not in (Part.INTENTS, Part.CONNECTION)
        if not self._timer.isActive():
            self._timer.start()

    # what a person does

    def run(self) -> None:
        """Start the plan: that is the confirmation of all its steps."""
        plans = self._workspace.plans
        if self._timer.isActive() or self._pieces.is_at_work:
            # what has changed in this very moment is judged before it goes
            self._judge(is_quiet=False)
            self._pieces.finish()
        if plans is None or not self.start.isEnabled():
            return
        ledgers = self._workspace.ledgers
        begun = prepared(self._plan, str(uuid4()), ledgers, self._default(), self._workspace.clock.now())
        try:
            plans.keep(begun)
        except CbrError as error:
            self.verdict.say(BAD, _("Not started. {error}").format(error=error_sentence(error)))
            return
        self.started.emit(begun)
        self.close()

    def _default(self) -> str:
        return str(self.profile.currentData() or "")

    def _profiles(self) -> Senders:
        return Senders(self._workspace, {step.profile or self._default() for step in self._plan.steps})

    def _open_profiles(self) -> None:
        self._profiles().open()
        self.refresh()

    def _arm(self) -> None:
        self._profiles().arm()
        self.refresh()

    # building

    def _build(self) -> None:
        self.setObjectName("planDialog")
        title = _("Plan {plan}").format(plan=plain(self._plan.name, 60)) if self._plan.name else _("Plan")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlags(Qt.WindowType.Window)
        self.setMinimumSize(_SMALLEST)
        self.table = StepTable("planFindings", self)
        self.verdict = AnnouncedLine("planVerdict")
        self.ask = label(_("To go on, type {plan}:").format(plan=quoted(self._plan.name, 80)), "planAsk")
        self.typed = QLineEdit()
        self.typed.setObjectName("planTyped")
        self.typed.setAccessibleName(_("The name of the plan"))
        self.typed.textChanged.connect(self._tell)
        self.ask.setBuddy(self.typed)
        self.ask.hide()
        self.typed.hide()
        typing = QHBoxLayout()
        typing.addWidget(self.ask, 1)
        typing.addWidget(self.typed, 1)
        layout = QVBoxLayout(self)
        layout.addLayout(self._head())
        layout.addWidget(self.table, 1)
        layout.addLayout(typing)
        layout.addWidget(self.verdict)
        layout.addLayout(self._foot())
        take_room(self, _SIZE, self._workspace.settings)

    def _head(self) -> QHBoxLayout:
        self.profile = QComboBox(self)
        self.profile.setObjectName("planProfile")
        self.profile.setAccessibleName(_("Profile for steps that name none"))
        for context in self._workspace.contexts:
            self.profile.addItem(plain(context.profile.name, 60), context.profile.name)
        shown = self._workspace.shown_contexts
        self.profile.setCurrentIndex(max(0, self.profile.findData(shown[0].profile.name if shown else "")))
        self.profile.currentIndexChanged.connect(self.refresh)
        ask: QLabel = label(_("Steps without a profile use"), "planProfileQuestion")
        ask.setWordWrap(False)
        ask.setBuddy(self.profile)
        names_none = any(not step.profile for step in self._plan.steps)
        ask.setVisible(names_none)
        self.profile.setVisible(names_none)
        head = QHBoxLayout()
        title = label(quoted(self._plan.name or _("without a name"), 80), "planTitle")
        font = title.font()
        font.setBold(True)
        title.setFont(font)
        self.stakes = EnvironmentLabel()
        head.addWidget(self.stakes)
        head.addWidget(title, 1)
        head.addWidget(ask)
        head.addWidget(self.profile)
        return head

    def _foot(self) -> QHBoxLayout:
        many = counted("{count} step", "{count} steps", len(self._plan.steps))
        self.start = push_button(_("&Run {many}").format(many=many), "planRun", self.run)
        self.arm = push_button(
            counted("&Arm for {count} minute", "&Arm for {count} minutes", MINUTES_ARMED),
            "planArm",
            self._arm,
        )
        self.open_profiles = push_button(_("&Open profiles"), "planOpenProfiles", self._open_profiles)
        close = push_button(_("C&lose"), "planClose", self.close)
        kinds = [step.document.kind for step in self._plan.steps if step.document is not None]
        is_destructive = any(kind is not None and destroys(OPERATIONS[kind].effect) for kind in kinds)
        self.start.setProperty("danger" if is_destructive else "primary", True)
        return button_row(close, self.open_profiles, self.arm, self.start)
