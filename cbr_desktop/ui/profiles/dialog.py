"""The window of profiles: all of them at the left, the form of one at the right, and what a test found below."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.account import Project
from cbr_desktop.domain.diagnosis import Check
from cbr_desktop.domain.endpoint import endpoint
from cbr_desktop.domain.error import CbrError, Damaged, LoginRefused
from cbr_desktop.domain.finding import Severity
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.region import Endpoints
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.text.catalogue import N_, _, enumerated, ngettext
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.identity import secret_words, store_sentence
from cbr_desktop.text.marks import Mark, Shape
from cbr_desktop.text.plain import tooltip
from cbr_desktop.text.states import counted, grouped, quoted
from cbr_desktop.text.tone import Tone
from cbr_desktop.ui.kit.lines import READY, SEVERITY_MARKS, MarkedLine, label
from cbr_desktop.ui.kit.notice_bar import REMARK, WARNING, NoticeBar
from cbr_desktop.ui.kit.task_owner import TaskOwner
from cbr_desktop.ui.profiles.checks import ChecksPanel, login_held, login_refused
from cbr_desktop.ui.profiles.deleting import DeleteDialog
from cbr_desktop.ui.profiles.draft import free_name, hosts
from cbr_desktop.ui.profiles.form import BLANK, ProfileForm
from cbr_desktop.ui.profiles.imports import ImportDialog
from cbr_desktop.ui.profiles.keeping import found_secrets, keep_secrets, secrets_of
from cbr_desktop.ui.profiles.listing import PROFILE_ROLE, STATE_ROLE, ProfileDelegate, row_words
from cbr_desktop.ui.profiles.login import LoginDialog
from cbr_desktop.ui.profiles.network import Effective
from cbr_desktop.workflows.ports import Directory, Profiles, SecretKeeper

Test = Callable[[Profile, Mapping[SecretKind, str]], Coroutine[Any, Any, Sequence[Check]]]
"""Looks at everything between this machine and a profile's project, with secrets that are kept nowhere."""

_USUAL = QSize(1080, 720)
_SMALLEST = QSize(820, 560)
_WORK = "work"
_WORKING = {
    "test": N_("Looking at everything between this machine and the project; nothing is changed…"),
    "list": N_("Listing the projects of the account…"),
}
_ADVICE = N_(
    "No profile yet. Add one: choose the region, say who asks, and test it. Or take over what other programs on this"
    " machine have."
)
_ADVICE_DAMAGED = N_("There is no profile that can be used. Once the file is put right, its profiles are shown here.")
_BUSY = Mark(Shape.PLAY, Tone.BUSY)
_SHOWN_PROBLEMS = 3


@dataclass(eq=False)
class Row:
    """A profile of the list: as it is in the file (``None`` when it is not), and its form once it was looked at."""

    draft: Profile
    saved: Profile | None
    item: QListWidgetItem
    form: ProfileForm | None = None

    @property
    def name(self) -> str:
        """The name as it stands now."""
        return (self.form.profile() if self.form else self.draft).name

    @property
    def is_changed(self) -> bool:
        """Whether there is something to save."""
        return self.saved is None or (self.form is not None and self.form.is_changed)


class ProfilesDialog(QDialog):
    """Makes, changes, orders, tests, imports and exports profiles. Nothing here waits for a network.

    ``regions`` are the clouds to choose from, ``place`` is where the profiles are kept, ``effective`` says what really
    counts on the network for a profile. With ``start`` the profile of that name is shown first.

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
    ) -> None:
        super().__init__(parent)
        self._profiles = profiles
        self._regions = regions
        self._directory = directory
        self._test_with = test
        self._keeper = keeper
        self._place = place
        self._effective = effective
        self._rows: list[Row] = []
        self._trusted: set[str] = set()
        self._work = ""
        self._tried_login: tuple[str, ...] = ()
        self._refused: set[tuple[str, ...]] = set()
        self._tasks = TaskOwner(self)
        self._tasks.failed.connect(self._tell_failure)
        self._make_widgets()
        self._lay_out()
        self._connect()
        self.reload(start)

    def open(self) -> None:
        """Show the window beside the others; it keeps nobody from anything."""
        self.setModal(False)
        self.show()
        self.activateWindow()

    def reject(self) -> None:
        """Close, unless something is not saved: that is said first."""
        unsaved = [row for row in self._rows if row.is_changed and not self._is_blank(row)]
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
        name = name or (self._current.name if self._current else "")
        known, problems = self._profiles.read()
        self._tell_problems(problems)
        self._trusted |= hosts(known)
        before = {row.saved.name: row for row in self._rows if row.saved is not None}
        kept = [self._row_of(profile, before.pop(profile.name, None)) for profile in known]
        gone = [row for row in self._rows if row not in kept]
        for row in gone:
            if row.is_changed and not self._is_blank(row):
                row.saved = None
                kept.append(row)
            else:
                self._drop_form(row)
        self._rows = kept
        self._fill_list(name)

    def add(self) -> None:
        """Begin a new profile."""
        self._show_new(replace(BLANK))
        if self._current and self._current.form:
            self._current.form.focus("name")

    # rows

    @property
    def _current(self) -> Row | None:
        index = self.list.currentRow()
        return self._rows[index] if 0 <= index < len(self._rows) else None

    def _row_of(self, profile: Profile, before: Row | None) -> Row:
        if before is None:
            return Row(profile, profile, QListWidgetItem())
        if not before.is_changed and before.saved != profile:
            self._drop_form(before)
            before.draft = profile
        before.saved = profile
        return before

    def _fill_list(self, name: str) -> None:
        self.list.blockSignals(True)
        while self.list.count():
            self.list.takeItem(0)
        for row in self._rows:
            self.list.addItem(row.item)
            self._tell_row(row)
        self.list.blockSignals(False)
        index = next((number for number, row in enumerate(self._rows) if row.name == name), 0)
        self.list.setCurrentRow(index if self._rows else -1)
        self._show_current()

    def _show_new(self, draft: Profile) -> None:
        row = Row(draft, None, QListWidgetItem())
        self._rows.append(row)
        self.list.addItem(row.item)
        self._tell_row(row)
        self.list.setCurrentItem(row.item)

    def _tell_row(self, row: Row) -> None:
        profile = row.form.profile() if row.form else row.draft
        state = _("new, not saved") if row.saved is None else _("not saved") if row.is_changed else ""
        row.item.setData(PROFILE_ROLE, profile)
        row.item.setData(STATE_ROLE, state)
        row.item.setData(Qt.ItemDataRole.AccessibleTextRole, row_words(profile, state))

    def _form_of(self, row: Row) -> ProfileForm:
        if row.form is None:
            row.form = ProfileForm(
                row.draft,
                row.saved,
                regions=self._regions,
                trusted=self._trusted,
                taken=partial(self._other_names, row),
                keeper=self._keeper,
                effective=self._effective,
            )
            row.form.judged.connect(partial(self._judged, row))
            row.form.where.projects_requested.connect(partial(self._do, "list"))
            row.form.keeping.entering_requested.connect(self._enter_secrets)
            self._stack.addWidget(row.form)
        return row.form

    def _drop_form(self, row: Row) -> None:
        if row.form is not None:
            self._stack.removeWidget(row.form)
            row.form.deleteLater()
            row.form = None

    def _other_names(self, row: Row) -> set[str]:
        return {other.name for other in self._rows if other is not row}

    def _is_blank(self, row: Row) -> bool:
        return row.saved is None and (row.form.profile() if row.form else row.draft) == BLANK

    def _show_current(self) -> None:
        row = self._current
        self._stack.setCurrentWidget(self._form_of(row) if row else self._nothing)
        if self._work:
            self._stop()
        self.checks.hide()
        self._tell_state()

    def _judged(self, row: Row) -> None:
        self._tell_row(row)
        if row is self._current:
            self._tell_state()

    def _tell_state(self) -> None:
        """Say how the row stands, and allow what can be done with it."""
        row = self._current
        form = row.form if row else None
        block = form.block if form else None
        is_changed = row is not None and row.is_changed
        reason = _("Choose or add a profile.") if row is None else block.sentence if block else ""
        self.save.setEnabled(is_changed and not reason)
        self.save.setToolTip(tooltip(reason or ("" if is_changed else _("Nothing has changed"))))
        self.save.setAccessibleDescription(reason)
        self.revert.setEnabled(is_changed and row is not None and row.saved is not None)
        self.test.setEnabled(row is not None and (not reason or bool(self._work)))
        self.test.setToolTip(tooltip(reason))
        self.open_button.setEnabled(row is not None and not is_changed)
        self.open_button.setToolTip(tooltip(_("Save it first") if is_changed else ""))
        for button in (self.duplicate, self.delete, self.export):
            button.setEnabled(row is not None)
        index = self.list.currentRow()
        self.up.setEnabled(index > 0)
        self.down.setEnabled(0 <= index < len(self._rows) - 1)
        self._say_state(row, reason)

    def _say_state(self, row: Row | None, reason: str) -> None:
        if self._work:
            self.state.say(_BUSY, _(_WORKING[self._work]))
        elif row is None or (not reason and not row.is_changed):
            self.state.say(READY if row else None, _("Saved.") if row else "")
        elif reason:
            weight = Severity.INFO if self._is_blank(row) else Severity.BLOCK
            self.state.say(
                SEVERITY_MARKS[weight], _("Not saved. {reason}").format(reason=reason) if row.is_changed else reason
            )
        else:
            self.state.say(SEVERITY_MARKS[Severity.WARN], _("Changes are not saved yet."))

    # changing the file

    def _save(self) -> None:
        row = self._current
        if row is None or row.form is None:
            return
        row.form.judge()
        if row.form.block:
            row.form.focus_first_problem()
            return
        profile = row.form.profile()
        profile = replace(
            profile, iam_endpoint=endpoint(profile.iam_endpoint), cbr_endpoint=endpoint(profile.cbr_endpoint)
        )
        if self._try(partial(self._write, row, profile), _("Not saved.")):
            row.saved = row.draft = profile
            row.form.settle(profile)
            self._tell_row(row)
            self._tell_state()
            self.changed.emit()

    def _write(self, row: Row, profile: Profile) -> None:
        """Write a profile into the file, at the place where it stands in the list."""
        self._profiles.save(profile, row.saved.name if row.saved else "")
        if row.saved is None and row is not self._rows[-1]:
            self._profiles.move(profile.name, self._place_of(row))

    def _place_of(self, row: Row) -> int:
        """Return the place of a row among those that are in the file."""
        return sum(other.saved is not None for other in self._rows[: self._rows.index(row)])

    def _revert(self) -> None:
        row = self._current
        if row is not None and row.saved is not None:
            row.draft = row.saved
            self._drop_form(row)
            self._show_current()
            self._tell_row(row)

    def _duplicate(self) -> None:
        row = self._current
        if row is not None and row.form is not None:
            profile = row.form.profile()
            name = free_name(profile.name, {other.name for other in self._rows})
            self._show_new(replace(profile, name=name))

    def _ask_delete(self) -> None:
        row = self._current
        if row is None:
            return
        if row.saved is None:
            self._take_out(row)
            if not self._is_blank(row):
                words = _("{row} was never saved and is gone.").format(row=quoted(row.name or _("New profile"), 60))
                self.notices.say(words, REMARK, _("Undo"), partial(self._show_new, self._form_of(row).profile()))
            return
        alone = not any(
            other.saved and _login_of(other.saved) == _login_of(row.saved) for other in self._rows if other is not row
        )
        asked = DeleteDialog(row.saved, self, owns_secrets=alone)
        asked.confirmed.connect(partial(self._delete, row, row.saved))
        asked.open()

    def _delete(self, row: Row, profile: Profile, forget: bool) -> None:
        place = self._place_of(row)
        if not self._try(partial(self._profiles.remove, profile.name), _("Not deleted.")):
            return
        self._take_out(row)
        if forget:
            self._tasks.start(_forget_all(self._keeper, profile))
        undo = partial(self._undelete, profile, place)
        self.notices.say(_("{profile} is deleted.").format(profile=quoted(profile.name, 60)), REMARK, _("Undo"), undo)
        self.changed.emit()

    def _undelete(self, profile: Profile, place: int) -> None:
        def write() -> None:
            self._profiles.save(profile, "")
            self._profiles.move(profile.name, place)

        if self._try(write, _("Not brought back.")):
            self.reload(profile.name)
            self.changed.emit()

    def _take_out(self, row: Row) -> None:
        index = self._rows.index(row)
        self._rows.remove(row)
        self.list.takeItem(index)
        if row.form is not None:
            self._stack.removeWidget(row.form)
        self._show_current()

    def _move(self, step: int) -> None:
        index = self.list.currentRow()
        if 0 <= index + step < len(self._rows) and index >= 0:
            self.list.blockSignals(True)
            item = self.list.takeItem(index)
            self.list.insertItem(index + step, item)
            self.list.setCurrentItem(item)
            self.list.blockSignals(False)
            self._put_in_order()

    def _put_in_order(self) -> None:
        """Bring the rows into the order of the list, and the file as well."""
        items = [self.list.item(index) for index in range(self.list.count())]
        self._rows.sort(key=lambda row: items.index(row.item))
        row = self._current
        self._stack.setCurrentWidget(self._form_of(row) if row else self._nothing)
        if row is not None and row.saved is not None:
            self._try(partial(self._profiles.move, row.saved.name, self._place_of(row)), _("The order was not saved."))
            self.changed.emit()
        self._tell_state()

    def _ask_import(self) -> None:
        asked = ImportDialog(self._profiles, self)
        asked.imported.connect(self._imported)
        asked.open()

    def _imported(self, names: Sequence[str]) -> None:
        self.reload(names[0])
        self.notices.say(
            counted(
                "{count} profile was taken over, without secrets. Test each one; you will be asked for its secrets.",
                "{count} profiles were taken over, without secrets. Test each one; you will be asked for its secrets.",
                len(names),
            )
        )
        self.changed.emit()

    def _ask_export(self, names: Callable[[], Sequence[str]]) -> None:
        chosen = names()
        if not chosen:
            self.notices.say(_("Nothing to export: save the profile first."))
            return
        asked = QFileDialog(self, _("Export profiles, without secrets"))
        asked.setObjectName("exportDialog")
        asked.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        asked.setNameFilter(_("Profiles (*.toml)"))
        asked.setDefaultSuffix("toml")
        asked.selectFile("cbr-profiles.toml")
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.fileSelected.connect(partial(self._export, chosen))
        asked.open()

    def _export(self, names: Sequence[str], path: str) -> None:
        if self._try(lambda: self._profiles.export(path, names), _("Not exported.")):
            written = ngettext(
                "{count} profile was written to {path}, as saved and without secrets.",
                "{count} profiles were written to {path}, as saved and without secrets.",
                len(names),
            )
            self.notices.say(written.format(count=grouped(len(names)), path=path))

    def _saved_names(self, *, only_current: bool) -> list[str]:
        rows = self._rows if not only_current else [self._current] if self._current else []
        return [row.saved.name for row in rows if row.saved is not None]

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
        """Begin to test or to list projects: get the secrets first, and ask for those that are not at hand."""
        if self._work:
            self._stop()
            return
        row = self._current
        if row is None or row.form is None:
            return
        row.form.judge()
        if any(problem.blocks and problem.field not in ("name", "project") for problem in row.form.problems):
            row.form.focus_first_problem()
            return
        profile = row.form.profile()
        self._begin(work)
        found = found_secrets(self._keeper, profile, secrets_of(profile))
        self._tasks.start(found, partial(self._go_on, work, profile), group=_WORK)

    def _go_on(self, work: str, profile: Profile, found: Mapping[SecretKind, str]) -> None:
        if self._current and self._current.form:
            self._current.form.keeping.look()
        if _login_of(profile) in self._refused:
            # the same once more would bring the account closer to being locked
            found = {kind: text for kind, text in found.items() if kind is SecretKind.PROXY_PASSWORD}
        missing = [kind for kind in secrets_of(profile) if kind not in found]
        if not missing:
            self._run(work, profile, found, {}, keep=False)
            return
        reason = _("To test this profile, it has to log in.") if work == "test" else _("To list the projects, log in.")
        asked = self._login(profile, missing, reason, _("&Test") if work == "test" else _("&List projects"))
        asked.given.connect(lambda typed, keep: self._run(work, profile, {**found, **typed}, typed, keep=keep))
        asked.rejected.connect(self._stop)
        asked.open()

    def _login(self, profile: Profile, kinds: Sequence[SecretKind], reason: str, action: str) -> LoginDialog:
        problem = self._keeper.problem
        return LoginDialog(
            profile, reason, self, kinds=kinds, store_problem=problem, action=action, otherwise=_("Cancel")
        )

    def _run(
        self,
        work: str,
        profile: Profile,
        secrets: Mapping[SecretKind, str],
        typed: Mapping[SecretKind, str],
        *,
        keep: bool,
    ) -> None:
        """Ask the service. What was typed is remembered only once the service has taken it."""
        if not self._work:
            return
        accepted = partial(self._accepted, profile, typed, keep)
        self._tried_login = _login_of(profile)
        if work == "test":
            tested = partial(self._tested, accepted)
            self._tasks.start(self._test_with(profile, secrets), tested, group=_WORK)
        else:
            listed = partial(self._listed, accepted)
            self._tasks.start(self._directory.projects(profile, secrets), listed, group=_WORK)

    def _tested(self, accepted: Callable[[], None], checks: Sequence[Check]) -> None:
        self._end()
        self.checks.show_checks(checks)
        if login_refused(checks):
            self._refused.add(self._tried_login)
        elif login_held(checks):
            accepted()

    def _listed(self, accepted: Callable[[], None], projects: Sequence[Project]) -> None:
        self._end()
        accepted()
        if not projects:
            self.notices.say(_("The account has no project that this login may use."), WARNING)
        elif self._current and self._current.form:
            self._current.form.where.offer(projects)

    def _accepted(self, profile: Profile, typed: Mapping[SecretKind, str], keep: bool) -> None:
        lasting: dict[SecretKind, str] = {kind: text for kind, text in typed.items() if kind is not SecretKind.PASSCODE}
        self._refused.discard(_login_of(profile))
        for kind, text in lasting.items():
            self._keeper.remember(profile, kind, text)
        if keep:
            self._tasks.start(keep_secrets(self._keeper, profile, lasting), self._tell_kept)
        elif self._current and self._current.form:
            self._current.form.keeping.look()

    def _enter_secrets(self) -> None:
        """Ask for the secrets without trying them."""
        row = self._current
        if row is None or row.form is None:
            return
        profile = row.form.profile()
        kinds = [kind for kind in secrets_of(profile) if kind is not SecretKind.PASSCODE]
        words = enumerated([secret_words(kind) for kind in kinds])
        asked = self._login(
            profile, kinds, _("Enter the {secrets}. Nothing is sent now.").format(secrets=words), _("&Keep")
        )
        asked.given.connect(partial(self._accepted, profile))
        asked.open()

    def _tell_kept(self, problem: str) -> None:
        if problem:
            self.notices.say(store_sentence(problem), WARNING)
        if self._current and self._current.form:
            self._current.form.keeping.look()

    def _tell_failure(self, error: CbrError) -> None:
        self._end()
        if isinstance(error, LoginRefused):
            self._refused.add(self._tried_login)
        self.notices.say(error_sentence(error), WARNING)

    def _begin(self, work: str) -> None:
        self._work = work
        self._tell_work()

    def _end(self) -> None:
        self._work = ""
        self._tell_work()

    def _stop(self) -> None:
        self._tasks.cancel(_WORK)
        self._end()

    def _tell_work(self) -> None:
        self.test.setText(_("Stop") if self._work == "test" else _("&Test"))
        for row in self._rows:
            if row.form is not None:
                row.form.where.tell_listing(self._work == "list")
        self._tell_state()

    def _open_current(self) -> None:
        row = self._current
        if row is not None and row.saved is not None and not row.is_changed:
            self.open_requested.emit(row.saved)

    def _close_anyway(self) -> None:
        self._tasks.cancel()
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
        self.list = QListWidget()
        self.list.setObjectName("profileList")
        self.list.setAccessibleName(_("Profiles"))
        self.list.setItemDelegate(ProfileDelegate(self.list))
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setMinimumWidth(250)
        self.new = _button(_("&Add"), "addProfile")
        self.duplicate = _button(_("D&uplicate"), "duplicateProfile")
        self.delete = _button(_("De&lete…"), "deleteProfile")
        self.up = _button(_("Up"), "moveUp", _("Move up (Alt+Up)"))
        self.down = _button(_("Down"), "moveDown", _("Move down (Alt+Down)"))
        self.take_over = _button(_("&Import…"), "importProfiles")
        self.export = _button(_("E&xport…"), "exportProfiles")
        self.test = _button(_("&Test"), "testProfile")
        self.open_button = _button(_("&Open"), "openProfile")
        self.revert = _button(_("Re&vert"), "revertProfile")
        self.save = _button(_("&Save"), "saveProfile")
        self.close_button = _button(_("Close"), "closeProfiles")
        self.state = MarkedLine("profileState")
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
        self.resize(_USUAL)
        empty = QVBoxLayout(self._nothing)
        empty.addWidget(self._advice, 0, Qt.AlignmentFlag.AlignTop)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self._left())
        split.addWidget(self._right())
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 5)
        split.setSizes([300, 760])
        layout = QVBoxLayout(self)
        layout.addWidget(self.problems)
        layout.addWidget(split, 1)

    def _left(self) -> QWidget:
        left = QWidget()
        grid = QGridLayout()
        grid.setSpacing(4)
        places = ((self.new, 0, 0), (self.duplicate, 0, 1), (self.delete, 0, 2), (self.up, 1, 0), (self.down, 1, 1))
        for button, row, column in (*places, (self.take_over, 2, 0), (self.export, 2, 1)):
            grid.addWidget(button, row, column)
        layout = QVBoxLayout(left)
        layout.setContentsMargins(0, 0, 4, 0)
        layout.addWidget(self.list, 1)
        layout.addLayout(grid)
        return left

    def _right(self) -> QWidget:
        right = QWidget()
        buttons = QHBoxLayout()
        buttons.addWidget(self.test)
        buttons.addWidget(self.open_button)
        buttons.addStretch(1)
        for button in (self.revert, self.save, self.close_button):
            buttons.addWidget(button)
        layout = QVBoxLayout(right)
        layout.setContentsMargins(4, 0, 0, 0)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.checks)
        layout.addWidget(self.state)
        layout.addLayout(buttons)
        return right

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._show_current)
        self.list.model().rowsMoved.connect(self._put_in_order)
        self.new.clicked.connect(self.add)
        self.duplicate.clicked.connect(self._duplicate)
        self.delete.clicked.connect(self._ask_delete)
        self.up.clicked.connect(partial(self._move, -1))
        self.down.clicked.connect(partial(self._move, 1))
        self.take_over.clicked.connect(self._ask_import)
        menu = QMenu(self.export)
        for words, only in ((_("This profile…"), True), (_("All profiles…"), False)):
            action = menu.addAction(words)
            action.triggered.connect(partial(self._ask_export, partial(self._saved_names, only_current=only)))
        self.export.setMenu(menu)
        self.test.clicked.connect(partial(self._do, "test"))
        self.open_button.clicked.connect(self._open_current)
        self.revert.clicked.connect(self._revert)
        self.save.clicked.connect(self._save)
        self.close_button.clicked.connect(self.reject)
        QShortcut(QKeySequence("Ctrl+S"), self, self._save)
        QShortcut(QKeySequence("Ctrl+."), self, self._next_problem)
        for keys, step in (("Alt+Up", -1), ("Alt+Down", 1)):
            self._list_key(keys, partial(self._move, step))
        self._list_key(_("Del"), self._ask_delete)

    def _list_key(self, keys: str, act: Callable[[], object]) -> None:
        shortcut = QShortcut(QKeySequence(keys), self.list, act)
        shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)

    def _next_problem(self) -> None:
        if self._current and self._current.form:
            self._current.form.focus_first_problem()


async def _forget_all(keeper: SecretKeeper, profile: Profile) -> None:
    for kind in secrets_of(profile):
        await keeper.forget(profile, kind)


def _login_of(profile: Profile) -> tuple[str, ...]:
    """Return where and as whom a profile logs in: what its secrets are bound to."""
    return profile.iam_endpoint, profile.way, profile.domain, profile.user, profile.access_key


def _button(text: str, name: str, hint: str = "") -> QPushButton:
    made = QPushButton(text)
    made.setObjectName(name)
    made.setToolTip(tooltip(hint))
    made.setAutoDefault(False)
    if hint:
        made.setAccessibleName(hint.partition(" (")[0])
    return made
