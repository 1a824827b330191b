"""The window of profiles: all of them at the left, the form of one at the right, and what a test found below."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from msgspec.structs import replace
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from cbr_desktop.domain.account import Project
from cbr_desktop.domain.error import CbrError, Damaged
from cbr_desktop.domain.finding import Severity
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.region import Endpoints
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.marks import Mark, Shape
from cbr_desktop.text.plain import tooltip
from cbr_desktop.text.states import counted, quoted
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.announcer import AnnouncedLine
from cbr_desktop.ui.kit.lines import READY, SEVERITY_MARKS, MarkedLine, label
from cbr_desktop.ui.kit.notice_bar import REMARK, WARNING, NoticeBar
from cbr_desktop.ui.kit.stepwise import StepwiseDialog
from cbr_desktop.ui.kit.widgets import button_row, push_button
from cbr_desktop.ui.kit.window_size import take_room
from cbr_desktop.ui.profiles.checks import ChecksPanel
from cbr_desktop.ui.profiles.deleting import DeleteDialog
from cbr_desktop.ui.profiles.draft import BLANK, hosts
from cbr_desktop.ui.profiles.exchange import ProfileExchange
from cbr_desktop.ui.profiles.form import ProfileForm
from cbr_desktop.ui.profiles.model import DeletedProfile, ProfileList, ProfileRow
from cbr_desktop.ui.profiles.network import Effective
from cbr_desktop.ui.profiles.sidebar import ProfileSidebar
from cbr_desktop.ui.profiles.trial import LIST, TEST, ProfileTrial, Test
from cbr_desktop.ui.session.profile_context import Settings
from cbr_desktop.workflows.ports import Directory, Profiles, SecretKeeper

_USUAL = QSize(1080, 720)
_SMALLEST = QSize(820, 560)
_WORKING = {
    TEST: N_("Looking at everything between this machine and the project; nothing is changed…"),
    LIST: N_("Listing the projects of the account…"),
}
_ADVICE = N_(
    "No profile yet. Add one: choose the region, say who you are, and test it. Or take over what other programs"
    " on this machine have."
)
_ADVICE_DAMAGED = N_("There is no profile that can be used. Once the file is put right, its profiles are shown here.")
_BUSY = Mark(Shape.PLAY, Tone.BUSY)
_SHOWN_PROBLEMS = 3


class ProfilesDialog(StepwiseDialog):
    """Makes, changes, orders, tests, imports and exports profiles. Nothing here waits for a network.

    ``regions`` are the clouds to choose from, ``place`` is where the profiles are kept, ``effective`` says what really
    counts on the network for a profile. With ``start`` the profile of that name is shown first. ``settings`` keep
    the size of the window. Unless ``at_once``, it is made in turns of the loop when it is opened.

    Signals:
        changed: the file of profiles has changed.
        open_requested: the ``Profile`` that should be opened.
    """

    changed = Signal()
    open_requested = Signal(object)

    def __init__(
        self,
        profiles: Profiles,
        regions: Mapping[str, Endpoints],
        directory: Directory,
        test: Test,
        keeper: SecretKeeper,
        parent: QWidget | None = None,
        *,
        place: str = "profiles.toml",
        effective: Effective | None = None,
        start: str = "",
        settings: Settings | None = None,
        at_once: bool = True,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._regions = regions
        self._keeper = keeper
        self._place = place
        self._effective = effective
        self._model = ProfileList(profiles)
        self._forms: dict[ProfileRow, ProfileForm] = {}
        self._trusted: set[str] = set()
        self._trial = ProfileTrial(directory, test, keeper, self)
        self._exchange = ProfileExchange(profiles, self, settings)
        self._start = start
        if at_once:
            self.finish()

    def build(self) -> Iterator[None]:
        """Make the window, and the form of the profile that is shown first."""
        self._make_widgets()
        yield
        self._lay_out()
        self._connect()
        yield
        self._read()
        self.side.fill(self._model.rows, self._start)
        yield
        if self._current is not None:
            yield from self._make_form(self._current)
        self._show_current()

    def reject(self) -> None:
        """Close, unless something is not saved: that is said first."""
        unsaved = self._model.unsaved
        if unsaved:
            words = counted(
                "{count} profile has changes that are not saved.",
                "{count} profiles have changes that are not saved.",
                len(unsaved),
            )
            self.notices.say(words, WARNING, _("Close without saving"), self._close_anyway)
            return
        self._close_anyway()

    def reload(self, name: str = "") -> None:
        """Read the file again. Rows with changes that are not saved stay; the row called ``name`` is shown."""
        self.finish()
        name = name or (self._current.name if self._current else "")
        self._read()
        self.side.fill(self._model.rows, name)
        self._show_current()

    def _read(self) -> None:
        self._model.reload()
        self._tell_problems(self._model.problems)
        self._trusted |= hosts(row.saved for row in self._model.rows if row.saved is not None)
        for row in list(self._forms):
            if row.form is None or row not in self._model.rows:
                self._drop_form(row)

    def add(self) -> None:
        """Begin a new profile."""
        self.finish()
        self._show_new(self._model.add(replace(BLANK)))
        if self._form is not None:
            self._form.focus("name")

    def import_profiles(self) -> None:
        """Ask which profiles of other programs to take over."""
        self._exchange.ask_import()

    # rows

    @property
    def _current(self) -> ProfileRow | None:
        return self.side.current

    @property
    def _form(self) -> ProfileForm | None:
        """The form of the row that is looked at."""
        return self._forms.get(self._current) if self._current is not None else None

    def _show_new(self, row: ProfileRow) -> None:
        self.side.add(row)

    def _form_of(self, row: ProfileRow) -> ProfileForm:
        for _step in self._make_form(row):
            pass
        return self._forms[row]

    def _make_form(self, row: ProfileRow) -> Iterator[None]:
        """Make the form of a row unless it is there, in several steps."""
        if row not in self._forms:
            form = ProfileForm(
                row.draft,
                row.saved,
                regions=self._regions,
                trusted=self._trusted,
                taken=partial(self._model.other_names, row),
                keeper=self._keeper,
                effective=self._effective,
                parent=self._stack,
            )
            yield from form.steps()
            row.form = self._forms[row] = form
            form.judged.connect(partial(self._judged, row))
            form.where.projects_requested.connect(partial(self._do, LIST))
            form.keeping.entering_requested.connect(self._enter_secrets)
            self._stack.addWidget(form)

    def _drop_form(self, row: ProfileRow) -> None:
        row.form = None
        form = self._forms.pop(row, None)
        if form is not None:
            self._stack.removeWidget(form)
            form.deleteLater()

    def _show_current(self) -> None:
        row = self._current
        self._stack.setCurrentWidget(self._form_of(row) if row else self._nothing)
        if self._trial.work:
            self._trial.stop()
        self.checks.hide()
        self._tell_state()

    def _judged(self, row: ProfileRow) -> None:
        self.side.tell(row)
        if row is self._current:
            self._tell_state()

    def _tell_state(self) -> None:
        """Say how the row stands, and allow what can be done with it."""
        row = self._current
        reason = _("Choose or add a profile.") if row is None else row.hindrance
        is_changed = row is not None and row.is_changed
        possible = self._model.possible(row, is_working=bool(self._trial.work))
        self.save.setEnabled(possible.save)
        self.save.setToolTip(tooltip(reason or ("" if is_changed else _("Nothing has changed"))))
        self.save.setAccessibleDescription(reason)
        self.revert.setEnabled(possible.revert)
        self.test.setEnabled(possible.test)
        self.test.setToolTip(tooltip(reason))
        self.open_button.setEnabled(possible.open)
        self.open_button.setToolTip(tooltip(_("Save it first") if is_changed else ""))
        self.side.allow(possible)
        self._say_state(row, reason)

    def _say_state(self, row: ProfileRow | None, reason: str) -> None:
        if self._trial.work:
            self.state.say(_BUSY, _(_WORKING[self._trial.work]))
        elif row is None or (not reason and not row.is_changed):
            self.state.say(READY if row else None, _("Saved.") if row else "")
        elif reason:
            weight = Severity.INFO if row.is_blank else Severity.BLOCK
            self.state.say(
                SEVERITY_MARKS[weight], _("Not saved. {reason}").format(reason=reason) if row.is_changed else reason
            )
        else:
            self.state.say(SEVERITY_MARKS[Severity.WARN], _("Changes are not saved yet."))

    # changing the file

    def _save(self) -> None:
        row, form = self._current, self._form
        if row is None or form is None:
            return
        form.judge()
        if form.block:
            form.focus_first_problem()
        elif self._try(partial(self._model.save, row), _("Not saved.")):
            form.settle(row.draft)
            self.side.tell(row)
            self._tell_state()
            self.changed.emit()

    def _revert(self) -> None:
        row = self._current
        if row is not None and row.saved is not None:
            self._model.revert(row)
            self._drop_form(row)
            self._show_current()
            self.side.tell(row)

    def _duplicate(self) -> None:
        if self._current is not None:
            self._show_new(self._model.copy(self._current))

    def _ask_delete(self) -> None:
        row = self._current
        if row is None:
            return
        if row.saved is not None:
            asked = DeleteDialog(row.saved, self, owns_secrets=self._model.owns_login(row))
            asked.confirmed.connect(partial(self._delete, row, row.saved))
            asked.open()
            return
        typed, is_blank = row.profile, row.is_blank
        self._model.rows.remove(row)
        self._take_out(row)
        if not is_blank:
            words = _("{row} was never saved and is gone.").format(row=quoted(typed.name or _("New profile"), 60))
            self.notices.say(words, REMARK, _("Undo"), lambda: self._show_new(self._model.add(typed)))

    def _delete(self, row: ProfileRow, profile: Profile, forget: bool) -> None:
        places: list[DeletedProfile] = []
        if not self._try(lambda: places.append(self._model.delete(row)), _("Not deleted.")):
            return
        self._take_out(row)
        if forget:
            self._trial.forget_all(profile)
        words = _("{profile} is deleted.").format(profile=quoted(profile.name, 60))
        self.notices.say(words, REMARK, _("Undo"), partial(self._undelete, places[0]))
        self.changed.emit()

    def _undelete(self, place: DeletedProfile) -> None:
        if self._try(partial(self._model.bring_back, place), _("Not brought back.")):
            self.reload(place.profile.name)
            self.changed.emit()

    def _take_out(self, row: ProfileRow) -> None:
        self.side.remove(row)
        self._drop_form(row)
        self._show_current()

    def _put_in_order(self) -> None:
        """Bring the rows into the order of the list, and the file as well."""
        self._model.put_in_order(self.side.rows)
        row = self._current
        self._stack.setCurrentWidget(self._form_of(row) if row else self._nothing)
        if row is not None and row.saved is not None:
            self._try(partial(self._model.keep_place, row), _("The order was not saved."))
            self.changed.emit()
        self._tell_state()

    def _imported(self, names: Sequence[str]) -> None:
        self.reload(names[0])
        self.changed.emit()

    def _ask_export(self, is_current: bool) -> None:
        rows = self._model.rows if not is_current else [self._current] if self._current else []
        self._exchange.ask_export(self._model.saved_names(rows))

    def _try(self, work: Callable[[], object], failure: str) -> bool:
        """Do something with the file; tell ``failure`` and why when it cannot be done."""
        try:
            work()
        except CbrError as error:
            self.notices.say(f"{failure} {error_sentence(error)}", WARNING)
            return False
        return True

    # testing, listing projects, entering secrets

    def _do(self, work: str) -> None:
        """Begin to test or to list projects, or leave off."""
        form = self._form
        if self._trial.work:
            self._trial.stop()
        elif form is not None:
            form.judge()
            if any(problem.blocks and problem.field not in ("name", "project") for problem in form.problems):
                form.focus_first_problem()
            else:
                self._trial.begin(work, form.profile())

    def _enter_secrets(self) -> None:
        if self._form is not None:
            self._trial.enter_secrets(self._form.profile())

    def _offer_projects(self, projects: Sequence[Project]) -> None:
        if self._form is not None:
            self._form.where.offer(projects)

    def _look_at_secrets(self) -> None:
        if self._form is not None:
            self._form.keeping.look()

    def _say(self, words: str) -> None:
        self.notices.say(words)

    def _warn(self, words: str) -> None:
        self.notices.say(words, WARNING)

    def _tell_work(self) -> None:
        self.test.setText(_("Stop") if self._trial.work == TEST else _("&Test"))
        for form in self._forms.values():
            form.where.tell_listing(self._trial.work == LIST)
        self._tell_state()

    def _open_current(self) -> None:
        row = self._current
        if row is not None and row.saved is not None and not row.is_changed:
            self.open_requested.emit(row.saved)

    def _next_problem(self) -> None:
        if self._form is not None:
            self._form.focus_first_problem()

    def _close_anyway(self) -> None:
        self._trial.stop_all()
        super().reject()

    def _tell_problems(self, problems: Sequence[CbrError]) -> None:
        words = [error_sentence(problem) for problem in problems[:_SHOWN_PROBLEMS]]
        if len(problems) > _SHOWN_PROBLEMS:
            words.append(_("{count} more problems are in the file.").format(count=len(problems) - _SHOWN_PROBLEMS))
        if words and not any(isinstance(problem, Damaged) for problem in problems):
            words.append(
                _("The file is {place}; profiles that are in order can be changed here.").format(place=self._place)
            )
        self.problems.say(SEVERITY_MARKS[Severity.BLOCK] if words else None, " ".join(words))
        self._advice.setText(_(_ADVICE_DAMAGED) if words else _(_ADVICE))

    # the window

    def _make_widgets(self) -> None:
        self.problems = MarkedLine("profilesProblems")
        self.problems.hide()
        self.side = ProfileSidebar()
        self.test = push_button(_("&Test"), "testProfile", partial(self._do, TEST))
        self.open_button = push_button(_("&Open"), "openProfile", self._open_current)
        self.revert = push_button(_("Re&vert"), "revertProfile", self._revert)
        self.save = push_button(_("&Save"), "saveProfile", self._save)
        self.close_button = push_button(_("Close"), "closeProfiles", self.reject)
        self.state = AnnouncedLine("profileState")
        self.checks = ChecksPanel()
        self._nothing = QWidget()
        self._advice = label(name="noProfiles")
        self._stack = QStackedWidget()
        self._stack.addWidget(self._nothing)
        self.notices = NoticeBar(self, self._stack)

    def _lay_out(self) -> None:
        self.setObjectName("profilesDialog")
        self.setWindowTitle(_("Profiles"))
        self.setAccessibleName(_("Profiles"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowFlags(Qt.WindowType.Window)
        self.setSizeGripEnabled(True)
        self.setMinimumSize(_SMALLEST)
        empty = QVBoxLayout(self._nothing)
        empty.addWidget(self._advice, 0, Qt.AlignmentFlag.AlignTop)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self.side)
        split.addWidget(self._right())
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 5)
        split.setSizes([300, 760])
        layout = QVBoxLayout(self)
        layout.addWidget(self.problems)
        layout.addWidget(split, 1)
        self.save.setProperty("primary", True)
        beside = (self.test, self.open_button)
        layout.addLayout(button_row(self.close_button, self.revert, self.save, beside=beside))
        take_room(self, _USUAL, self._settings)

    def _right(self) -> QWidget:
        right = QWidget()
        layout = QVBoxLayout(right)
        layout.setContentsMargins(4, 0, 0, 0)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.checks)
        layout.addWidget(self.state)
        return right

    def _connect(self) -> None:
        side, trial = self.side, self._trial
        side.chosen.connect(self._show_current)
        side.moved.connect(self._put_in_order)
        side.new.clicked.connect(self.add)
        side.duplicate.clicked.connect(self._duplicate)
        side.delete.clicked.connect(self._ask_delete)
        side.take_over.clicked.connect(self.import_profiles)
        side.export_requested.connect(self._ask_export)
        self._exchange.imported.connect(self._imported)
        self._exchange.said.connect(self._say)
        self._exchange.troubled.connect(self._warn)
        trial.work_changed.connect(self._tell_work)
        trial.tested.connect(self.checks.show_checks)
        trial.listed.connect(self._offer_projects)
        trial.secrets_changed.connect(self._look_at_secrets)
        trial.troubled.connect(self._warn)
        QShortcut(QKeySequence("Ctrl+S"), self, self._save)
        QShortcut(QKeySequence("Ctrl+."), self, self._next_problem)
