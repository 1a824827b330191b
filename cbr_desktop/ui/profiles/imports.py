"""Taking profiles over from other programs: what was found, what was left behind, and what has to be confirmed."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from msgspec.structs import replace
from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QGroupBox,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.finding import Severity
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.source import ProfileSource, Remark, RemarkKind, SourceKind, Unusable
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.identity import identity_words, way_words
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.states import counted, quoted, shown
from cbr_desktop.ui.kit.announcer import AnnouncedLine
from cbr_desktop.ui.kit.lines import READY, SEVERITY_MARKS, MarkedLine, label
from cbr_desktop.ui.kit.task_owner import TaskOwner, is_at_work
from cbr_desktop.ui.kit.widgets import ask_for_file, button_row, push_button
from cbr_desktop.ui.kit.window_size import take_room
from cbr_desktop.ui.profiles.draft import free_name, hosts, unproved_hosts
from cbr_desktop.ui.profiles.listing import place_words
from cbr_desktop.ui.profiles.section import text_line
from cbr_desktop.ui.session.profile_context import Settings
from cbr_desktop.workflows.ports import Profiles

SOURCES = {
    SourceKind.KOOCLI: N_("KooCLI (hcloud)"),
    SourceKind.CLOUDS_YAML: "clouds.yaml",
    SourceKind.ENVIRONMENT: N_("Variables of the environment"),
    SourceKind.FILE: N_("Exported profiles"),
}
_FIELDS = {
    "region": N_("The region"),
    "project": N_("The project"),
    "environment": N_("What is at stake"),
    "iam_endpoint": N_("The address of the identity service"),
    "cbr_endpoint": N_("The address of the backup service"),
}
_REMARKS = 8
SILENT_MS = 3000
"""How long a place may take for an answer before that is said."""

Result = TypeVar("Result")


@dataclass(eq=False)
class Found:
    """A profile of a source: its name to be, what was typed to confirm its hosts, and what is to be said of it.

    ``profile`` is ``None`` when it cannot be taken over; ``duplicate`` names a profile that says the same already.
    """

    item: QTreeWidgetItem
    name: str
    profile: Profile | None
    remarks: tuple[Remark, ...]
    duplicate: str = ""
    proof: str = ""

    @property
    def is_ticked(self) -> bool:
        """Whether it is to be taken over."""
        return self.profile is not None and self.item.checkState(0) == Qt.CheckState.Checked


class ProfileImportDialog(QDialog):
    """Shows what was found on this machine and in files that are chosen; takes over what is ticked.

    Files are read in another thread, since they may lie on a share that hangs. Nothing is sent anywhere, and no secret
    is read.

    Signals:
        imported: the names of the profiles that were taken over.
    """

    imported = Signal(object)

    def __init__(self, profiles: Profiles, parent: QWidget | None = None, settings: Settings | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._profiles = profiles
        self._known = profiles.read()[0]
        self._trusted = hosts(self._known)
        self._found: list[Found] = []
        self._tasks = TaskOwner(self)
        self._place = ""
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(SILENT_MS)
        self._make_widgets()
        self._lay_out()
        self._connect()
        self._look_around()

    # what was found

    def _look_around(self) -> None:
        self._look(_("this machine"), self._profiles.look_around, self._add_all)

    def _look_into(self, path: str) -> None:
        self._look(quoted(path), partial(self._profiles.look_into, path), partial(self._add_file, path))

    def _look(self, place: str, look: Callable[[], Result], then: Callable[[Result], object]) -> None:
        """Look into a place, beside the window where it is at work; what was looked into before is given up."""
        self.trouble.say(None, "")
        if is_at_work():
            self._place = place
            self._patience.start()
            self._tasks.start(asyncio.to_thread(look), then, group="look")
            self._settle()
            return
        try:
            # no window is open yet that could be held up
            then(look())
        except CbrError as error:
            self._tell_failed(error)
        self._settle()

    def _tell_busy(self, is_busy: bool) -> None:
        if not is_busy:
            self._place = ""
            self._patience.stop()
            self._settle()

    def _tell_silent(self) -> None:
        words = _("No answer from {place} yet. It may lie on a share that hangs: wait, or choose another file.").format(
            place=self._place
        )
        self.trouble.say(SEVERITY_MARKS[Severity.WARN], words)

    def _tell_failed(self, error: CbrError) -> None:
        self.trouble.say(SEVERITY_MARKS[Severity.WARN], error_sentence(error))

    def _add_all(self, sources: Sequence[ProfileSource]) -> None:
        self.trouble.say(None, "")
        for source in sources:
            self._add(source)

    def _add_file(self, path: str, source: ProfileSource) -> None:
        self.trouble.say(None, "")
        if not self._add(source, is_requested=True):
            self.trouble.say(
                SEVERITY_MARKS[Severity.WARN], _("There is no profile in {path}.").format(path=quoted(path))
            )

    def _add(self, source: ProfileSource, *, is_requested: bool = False) -> bool:
        """Add the profiles of a source; ``False`` when there is nothing in it."""
        if not source.profiles and not source.remarks:
            return False
        # each tick would be judged with all the others
        self.tree.blockSignals(True)
        remarks: dict[str, list[Remark]] = defaultdict(list)
        for remark in source.remarks:
            remarks[remark.name].append(remark)
        duplicates = {replace(known, name=""): known.name for known in reversed(self._known)}
        names = self._names()
        top = QTreeWidgetItem([f"{_(SOURCES[source.kind])} — {plain(source.place, 200)}"])
        top.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.tree.addTopLevelItem(top)
        self.tree.setFirstColumnSpanned(self.tree.topLevelItemCount() - 1, self.tree.rootIndex(), True)
        first = len(self._found)
        for profile in source.profiles:
            duplicate = duplicates.get(replace(profile, name=""), "")
            names.add(self._add_profile(top, profile, tuple(remarks.pop(profile.name, ())), duplicate, names).name)
        for name, about in remarks.items():
            self._add_unusable(top, name, tuple(about))
        top.setExpanded(True)
        self.tree.blockSignals(False)
        if first < len(self._found) and (is_requested or first == 0):
            self.tree.setCurrentItem(self._found[first].item)
        return True

    def _add_profile(
        self, top: QTreeWidgetItem, profile: Profile, remarks: tuple[Remark, ...], duplicate: str, names: set[str]
    ) -> Found:
        is_usable = not any(remark.kind is RemarkKind.UNUSABLE for remark in remarks)
        name = free_name(profile.name, names)
        item = QTreeWidgetItem(top, [plain(name, 80), place_words(profile), ""])
        found = Found(item, name, profile if is_usable else None, remarks, duplicate)
        if is_usable:
            item.setCheckState(0, Qt.CheckState.Unchecked if duplicate else Qt.CheckState.Checked)
        self._found.append(found)
        return found

    def _add_unusable(self, top: QTreeWidgetItem, name: str, remarks: tuple[Remark, ...]) -> None:
        item = QTreeWidgetItem(top, [plain(name, 80) or "–", "", ""])
        self._found.append(Found(item, name, None, remarks))

    def _names(self) -> set[str]:
        return {known.name for known in self._known} | {each.name for each in self._found if each.profile is not None}

    def _trouble_of(self, found: Found, taken: Collection[str], wanted: Mapping[str, int]) -> str:
        """Return what keeps a profile from being taken over, empty when nothing does.

        ``taken`` are the names of the profiles that there are, ``wanted`` counts those of the ones that are ticked.
        """
        if found.profile is None:
            return _("It cannot be taken over.")
        if not found.name:
            return _("Give it a name.")
        if found.name in taken:
            return _("There is a profile called {found} already.").format(found=quoted(found.name, 60))
        if wanted.get(found.name, 0) > found.is_ticked:
            return _("Two of these would be called {found}.").format(found=quoted(found.name, 60))
        unproved = unproved_hosts(found.profile, self._trusted, found.proof.split())
        if unproved:
            return _("Type the host name {unproved} to confirm it.").format(unproved=quoted(unproved[0][1], 80))
        return ""

    def _troubles(self, ticked: Sequence[Found]) -> list[str]:
        """Return what keeps each profile from being taken over, in the order in which they stand."""
        taken = {known.name for known in self._known}
        wanted = Counter(found.name for found in ticked)
        return [self._trouble_of(found, taken, wanted) for found in self._found]

    # showing

    def _settle(self) -> None:
        """Say how each row stands, and what can be taken over."""
        self.tree.blockSignals(True)
        ticked = [found for found in self._found if found.is_ticked]
        troubles = self._troubles(ticked)
        for found, trouble in zip(self._found, troubles, strict=True):
            state = _("You have it already") if found.duplicate and not found.is_ticked else trouble or _("Ready")
            found.item.setText(0, plain(found.name, 80) or "–")
            found.item.setText(2, state)
            found.item.setToolTip(2, "")
        self.tree.blockSignals(False)
        blocked = ((found, trouble) for found, trouble in zip(self._found, troubles, strict=True) if found.is_ticked)
        troubled, trouble = next((pair for pair in blocked if pair[1]), (None, ""))
        reason = ""
        if self._place:
            reason = _("Looking into {place}…").format(place=self._place)
        elif not self._found:
            reason = _("Nothing was found on this machine. Choose a file, or add a profile by hand.")
        elif not ticked:
            reason = _("Tick what is to be taken over.")
        elif troubled is not None:
            reason = f"{quoted(troubled.name, 60)}: {trouble}"
        self.take.setText(
            counted("&Import {count} profile", "&Import {count} profiles", len(ticked)) if ticked else _("&Import")
        )
        self.take.setEnabled(not reason)
        self.take.setToolTip(tooltip(reason))
        self.take.setAccessibleDescription(reason)
        weight = Severity.BLOCK if troubled else Severity.INFO
        words = reason or _("No secret is taken along; each profile asks for its own when it is opened.")
        self.state.say(SEVERITY_MARKS[weight] if reason else READY, words)
        self._show_current(refill=False)

    @property
    def _current(self) -> Found | None:
        item = self.tree.currentItem()
        return next((found for found in self._found if found.item is item), None)

    def _show_current(self, *, refill: bool = True) -> None:
        found = self._current
        self._details.setVisible(found is not None)
        if found is None:
            return
        profile = found.profile
        if refill:
            for edit, text in ((self.name, found.name), (self.proof, found.proof)):
                edit.blockSignals(True)
                edit.setText(text)
                edit.blockSignals(False)
        self.name.setEnabled(profile is not None)
        who = f"{way_words(profile.way)}: {identity_words(profile)}" if profile else "–"
        self._who.setText(who)
        self._leads.setText(f"{shown(profile.iam_endpoint)}, {shown(profile.cbr_endpoint)}" if profile else "–")
        foreign = unproved_hosts(profile, self._trusted, ()) if profile else []
        self._rows.setRowVisible(self.proof, bool(foreign))
        both = _("Type both host names to confirm them, with a space between")
        self.proof.setPlaceholderText(both if len(foreign) > 1 else _("Type the host name to confirm it"))
        lines = [remark_line(remark) for remark in found.remarks]
        if foreign and not any(remark.kind is RemarkKind.ENDPOINT_UNKNOWN for remark in found.remarks):
            lines += [remark_line(Remark(found.name, RemarkKind.ENDPOINT_UNKNOWN, host)) for _field, host in foreign]
        if found.duplicate:
            lines.append(
                (
                    Severity.INFO,
                    _("It says the same as {duplicate}, which you have.").format(duplicate=quoted(found.duplicate, 60)),
                )
            )
        self._show_lines(lines)

    def _show_lines(self, lines: Sequence[tuple[Severity, str]]) -> None:
        for line, (severity, words) in zip(self._lines, lines, strict=False):
            line.say(SEVERITY_MARKS[severity], words)
        for line in self._lines[len(lines) :]:
            line.say(None, "")

    # doing

    def _rename(self, text: str) -> None:
        if self._current is not None:
            self._current.name = text.strip()
            self._settle()

    def _prove(self, text: str) -> None:
        if self._current is not None:
            self._current.proof = text
            self._settle()

    def _choose_file(self) -> None:
        ask_for_file(
            self,
            _("Choose a file with profiles"),
            "importFileDialog",
            [_("Profiles (*.toml *.yaml *.yml *.json)")],
            self._look_into,
        )

    def _import(self) -> None:
        """Take over what is ticked, one after the other; what went wrong stays ticked."""
        done: list[str] = []
        failure = ""
        self.tree.blockSignals(True)
        ticked = [found for found in self._found if found.is_ticked]
        for found, trouble in zip(self._found, self._troubles(ticked), strict=True):
            if found not in ticked or found.profile is None or trouble:
                continue
            try:
                self._profiles.save(replace(found.profile, name=found.name), "")
            except CbrError as error:
                failure = _("{found} was not taken over. {error}").format(
                    found=quoted(found.name, 60), error=error_sentence(error)
                )
                break
            done.append(found.name)
            found.duplicate = found.name
            found.item.setCheckState(0, Qt.CheckState.Unchecked)
        self.tree.blockSignals(False)
        self._known = self._profiles.read()[0]
        if done:
            self.imported.emit(done)
        if failure:
            self.trouble.say(SEVERITY_MARKS[Severity.BLOCK], failure)
            self._settle()
        else:
            self.accept()

    # the window

    def _make_widgets(self) -> None:
        self.tree = QTreeWidget()
        self.tree.setObjectName("foundProfiles")
        self.tree.setAccessibleName(_("Profiles that were found"))
        self.tree.setHeaderLabels([_("Profile"), _("Leads to"), _("State")])
        self.tree.setUniformRowHeights(True)
        self.tree.setColumnWidth(0, 230)
        self.tree.setColumnWidth(1, 220)
        self.name = text_line("importName", _("Name"), "")
        self.proof = text_line(
            "importProof", _("Type the host name to confirm it"), "", _("Type the host name to confirm it")
        )
        self._who = label(name="importWho")
        self._leads = label(name="importEndpoints")
        self._lines = [MarkedLine(f"importRemark{number}") for number in range(_REMARKS)]
        self.trouble = AnnouncedLine("importTrouble")
        self.trouble.hide()
        self.state = AnnouncedLine("importState")
        self.choose = push_button(_("Choose a &file…"), "chooseImportFile")
        self.take = QPushButton(_("&Import"))
        self.take.setObjectName("importNow")
        self.take.setDefault(True)
        self.take.setProperty("primary", True)
        self.leave = push_button(_("Cancel"), "importNothing")

    def _lay_out(self) -> None:
        self.setObjectName("importDialog")
        self.setWindowTitle(_("Import profiles"))
        self.setAccessibleName(_("Import profiles"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setSizeGripEnabled(True)
        self._details = QGroupBox(_("Of this profile"))
        self._details.setObjectName("importDetails")
        self._details.setAccessibleName(_("Of this profile"))
        self._rows = QFormLayout()
        self._rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._rows.addRow(_("&Name here"), self.name)
        self._rows.addRow(_("Who"), self._who)
        self._rows.addRow(_("Leads to"), self._leads)
        self._rows.addRow(_("&Host name"), self.proof)
        inside = QVBoxLayout(self._details)
        inside.addLayout(self._rows)
        for line in self._lines:
            inside.addWidget(line)
        buttons = button_row(self.leave, self.take, beside=(self.choose,))
        layout = QVBoxLayout(self)
        layout.addWidget(self.trouble)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self._details)
        layout.addWidget(self.state)
        layout.addLayout(buttons)
        take_room(self, QSize(820, 600), self._settings)

    def _connect(self) -> None:
        self._tasks.failed.connect(self._tell_failed)
        self._tasks.busy_changed.connect(self._tell_busy)
        self._patience.timeout.connect(self._tell_silent)
        self.tree.itemChanged.connect(self._settle)
        self.tree.currentItemChanged.connect(self._turn)
        self.name.textChanged.connect(self._rename)
        self.proof.textChanged.connect(self._prove)
        self.choose.clicked.connect(self._choose_file)
        self.take.clicked.connect(self._import)
        self.leave.clicked.connect(self.reject)

    def _turn(self) -> None:
        self._show_current()


def remark_line(remark: Remark) -> tuple[Severity, str]:
    """Return how weighty a remark is, and its sentence."""
    detail = quoted(remark.detail, 100)
    match remark.kind:
        case RemarkKind.SECRET_LEFT:
            return (
                Severity.INFO,
                _("The secret in {detail} was not read and stays where it is. You will be asked for it.").format(
                    detail=detail
                ),
            )
        case RemarkKind.ENDPOINT_UNKNOWN:
            words = _(
                "It leads to {detail}, which is of no cloud that is known here. Your secrets would go there."
            ).format(detail=detail)
            return Severity.WARN, words
        case RemarkKind.GUESSED:
            field = _(_FIELDS[remark.detail]) if remark.detail in _FIELDS else _("The field {name}").format(name=detail)
            return (
                Severity.INFO,
                _("{field} was not said there and was filled in. Look at it before you open the profile.").format(
                    field=field
                ),
            )
        case RemarkKind.AUTHORITY_LEFT:
            return Severity.INFO, _(
                "The company CA file {detail} was left out. Choose it in the form if you trust it."
            ).format(detail=detail)
        case RemarkKind.PROXY:
            return Severity.WARN, _("Its requests go through the proxy {detail}. Make sure that it is yours.").format(
                detail=detail
            )
        case RemarkKind.UNUSABLE:
            why = _(_UNUSABLE[remark.detail]) if remark.detail in _UNUSABLE else shown(remark.detail)
            return Severity.BLOCK, _("It cannot be taken over: {detail}.").format(detail=why)


_UNUSABLE: Mapping[str, str] = {
    Unusable.NO_FILE: N_("it is no file"),
    Unusable.NESTED: N_("nested too deeply"),
    Unusable.DAMAGED: N_("it is damaged, or has no profiles"),
    Unusable.NO_TEXT: N_("it is no text"),
    Unusable.NO_PROFILES: N_("there are no profiles in it"),
    Unusable.TANGLED: N_("it is nested, linked or filled beyond all need"),
    Unusable.KEY_ENCRYPTED: N_("its access key is encrypted"),
    Unusable.REGION_UNKNOWN: N_("its region is not known"),
    Unusable.NO_REGION: N_("it names no region"),
    Unusable.NO_SERVICE: N_("it does not say where the backup service is"),
    Unusable.NO_PERSON: N_("its way in is not one of a person"),
}
