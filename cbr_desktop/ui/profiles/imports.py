"""Taking profiles over from other programs: what was found, what was left behind, and what has to be confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from cbr_desktop.domain.error import HouseError
from cbr_desktop.domain.finding import Severity
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.source import Remark, RemarkKind, Source, SourceKind
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.plain import plain, tooltip
from cbr_desktop.text.states import count_words, quoted, shown
from cbr_desktop.ui.dialogs.lines import READY, SEVERITY_MARKS, MarkedLine, label
from cbr_desktop.ui.identity import WAYS, identity_words
from cbr_desktop.ui.pieces import ask_for_file, push_button
from cbr_desktop.ui.profiles.draft import free_name, hosts, unproved_hosts
from cbr_desktop.ui.profiles.listing import place_words
from cbr_desktop.ui.profiles.section import text_line
from cbr_desktop.workflows.ports import Profiles

SOURCES = {
    SourceKind.KOOCLI: "KooCLI (hcloud)",
    SourceKind.CLOUDS_YAML: "clouds.yaml",
    SourceKind.ENVIRONMENT: "Variables of the environment",
    SourceKind.FILE: "Exported profiles",
}
_FIELDS = {
    "region": "The region",
    "project": "The project",
    "environment": "What is at stake",
    "iam_endpoint": "The address of the identity service",
    "cbr_endpoint": "The address of the backup service",
}
_REMARKS = 8


@dataclass(eq=False)
class Found:
    """A profile of a source: its name to be, what was typed to confirm its hosts, and what is to be said of it.

    ``profile`` is ``None`` when it cannot be taken over; ``twin`` names a profile that says the same already.
    """

    item: QTreeWidgetItem
    name: str
    profile: Profile | None
    remarks: tuple[Remark, ...]
    twin: str = ""
    proof: str = ""

    @property
    def is_ticked(self) -> bool:
        """Whether it is to be taken over."""
        return self.profile is not None and self.item.checkState(0) == Qt.CheckState.Checked


class ImportDialog(QDialog):
    """Shows what was found on this machine and in files that are chosen; takes over what is ticked.

    Nothing is sent anywhere, and no secret is read.

    Signals:
        imported: the names of the profiles that were taken over.
    """

    imported = Signal(object)

    def __init__(self, profiles: Profiles, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._profiles = profiles
        self._known = profiles.read()[0]
        self._trusted = hosts(self._known)
        self._found: list[Found] = []
        self._make_widgets()
        self._lay_out()
        self._connect()
        self._look_around()

    # what was found

    def _look_around(self) -> None:
        try:
            sources = self._profiles.look_around()
        except HouseError as error:
            self.trouble.say(SEVERITY_MARKS[Severity.WARN], error_sentence(error))
            sources = []
        for source in sources:
            self._add(source)
        self._settle()

    def _look_into(self, path: str) -> None:
        self.trouble.say(None, "")
        try:
            source = self._profiles.look_into(path)
        except HouseError as error:
            self.trouble.say(SEVERITY_MARKS[Severity.WARN], error_sentence(error))
            return
        if not self._add(source, is_wished=True):
            self.trouble.say(SEVERITY_MARKS[Severity.WARN], f"There is no profile in {quoted(path)}.")
        self._settle()

    def _add(self, source: Source, *, is_wished: bool = False) -> bool:
        """Add the profiles of a source; ``False`` when there is nothing in it."""
        if not source.profiles and not source.remarks:
            return False
        top = QTreeWidgetItem([f"{SOURCES[source.kind]} — {plain(source.place, 200)}"])
        top.setFlags(Qt.ItemFlag.ItemIsEnabled)
        self.tree.addTopLevelItem(top)
        self.tree.setFirstColumnSpanned(self.tree.topLevelItemCount() - 1, self.tree.rootIndex(), True)
        first = len(self._found)
        for profile in source.profiles:
            self._add_profile(top, profile, tuple(r for r in source.remarks if r.name == profile.name))
        names = {profile.name for profile in source.profiles}
        for name in dict.fromkeys(remark.name for remark in source.remarks if remark.name not in names):
            self._add_unusable(top, name, tuple(r for r in source.remarks if r.name == name))
        top.setExpanded(True)
        if first < len(self._found) and (is_wished or first == 0):
            self.tree.setCurrentItem(self._found[first].item)
        return True

    def _add_profile(self, top: QTreeWidgetItem, profile: Profile, remarks: tuple[Remark, ...]) -> None:
        twin = next((known.name for known in self._known if replace(known, name=profile.name) == profile), "")
        is_usable = not any(remark.kind is RemarkKind.UNUSABLE for remark in remarks)
        name = free_name(profile.name, self._names())
        item = QTreeWidgetItem(top, [plain(name, 80), place_words(profile), ""])
        found = Found(item, name, profile if is_usable else None, remarks, twin)
        if is_usable:
            item.setCheckState(0, Qt.CheckState.Unchecked if twin else Qt.CheckState.Checked)
        self._found.append(found)

    def _add_unusable(self, top: QTreeWidgetItem, name: str, remarks: tuple[Remark, ...]) -> None:
        item = QTreeWidgetItem(top, [plain(name, 80) or "–", "", ""])
        self._found.append(Found(item, name, None, remarks))

    def _names(self, besides: Found | None = None) -> set[str]:
        others = {other.name for other in self._found if other is not besides and other.profile is not None}
        return {known.name for known in self._known} | others

    def _trouble_of(self, found: Found) -> str:
        """Return what keeps a profile from being taken over, empty when nothing does."""
        if found.profile is None:
            return "It cannot be taken over."
        if not found.name:
            return "Give it a name."
        if found.name in {known.name for known in self._known}:
            return f"There is a profile called {quoted(found.name, 60)} already."
        if any(other.name == found.name and other.is_ticked for other in self._found if other is not found):
            return f"Two of these would be called {quoted(found.name, 60)}."
        unproved = unproved_hosts(found.profile, self._trusted, found.proof.split())
        if unproved:
            return f"Type the host name {quoted(unproved[0][1], 80)} to confirm it."
        return ""

    # showing

    def _settle(self) -> None:
        """Say how each row stands, and what can be taken over."""
        self.tree.blockSignals(True)
        for found in self._found:
            trouble = self._trouble_of(found)
            state = "You have it already" if found.twin and not found.is_ticked else trouble or "Ready"
            found.item.setText(0, plain(found.name, 80) or "–")
            found.item.setText(2, state)
            found.item.setToolTip(2, "")
        self.tree.blockSignals(False)
        ticked = [found for found in self._found if found.is_ticked]
        troubled = next((found for found in ticked if self._trouble_of(found)), None)
        reason = ""
        if not self._found:
            reason = "Nothing was found on this machine. Choose a file, or add a profile by hand."
        elif not ticked:
            reason = "Tick what is to be taken over."
        elif troubled is not None:
            reason = f"{quoted(troubled.name, 60)}: {self._trouble_of(troubled)}"
        self.take.setText(f"&Import {count_words(len(ticked), 'profile')}" if ticked else "&Import")
        self.take.setEnabled(not reason)
        self.take.setToolTip(tooltip(reason))
        self.take.setAccessibleDescription(reason)
        weight = Severity.BLOCK if troubled else Severity.INFO
        words = reason or "No secret is taken along; each profile asks for its own when it is opened."
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
        who = f"{WAYS[profile.way]}: {identity_words(profile)}" if profile else "–"
        self._who.setText(who)
        self._leads.setText(f"{shown(profile.iam_endpoint)}, {shown(profile.cbr_endpoint)}" if profile else "–")
        foreign = unproved_hosts(profile, self._trusted, ()) if profile else []
        self._rows.setRowVisible(self.proof, bool(foreign))
        both = "Type both host names to confirm them, with a blank between"
        self.proof.setPlaceholderText(both if len(foreign) > 1 else "Type the host name to confirm it")
        lines = [remark_line(remark) for remark in found.remarks]
        if foreign and not any(remark.kind is RemarkKind.ENDPOINT_UNKNOWN for remark in found.remarks):
            lines += [remark_line(Remark(found.name, RemarkKind.ENDPOINT_UNKNOWN, host)) for _, host in foreign]
        if found.twin:
            lines.append((Severity.INFO, f"It says the same as {quoted(found.twin, 60)}, which you have."))
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
            "Choose a file with profiles",
            "importFileDialog",
            ["Profiles (*.toml *.yaml *.yml *.json)"],
            self._look_into,
        )

    def _import(self) -> None:
        """Take over what is ticked, one after the other; what went wrong stays ticked."""
        done: list[str] = []
        failure = ""
        for found in [found for found in self._found if found.is_ticked]:
            if found.profile is None or self._trouble_of(found):
                continue
            try:
                self._profiles.save(replace(found.profile, name=found.name), "")
            except HouseError as error:
                failure = f"{quoted(found.name, 60)} was not taken over. {error_sentence(error)}"
                break
            done.append(found.name)
            found.twin = found.name
            found.item.setCheckState(0, Qt.CheckState.Unchecked)
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
        self.tree.setAccessibleName("Profiles that were found")
        self.tree.setHeaderLabels(["Profile", "Leads to", "State"])
        self.tree.setUniformRowHeights(True)
        self.tree.setColumnWidth(0, 230)
        self.tree.setColumnWidth(1, 220)
        self.name = text_line("importName", "Name", "")
        self.proof = text_line(
            "importProof", "Type the host name to confirm it", "", "Type the host name to confirm it"
        )
        self._who = label(name="importWho")
        self._leads = label(name="importEndpoints")
        self._lines = [MarkedLine(f"importRemark{number}") for number in range(_REMARKS)]
        self.trouble = MarkedLine("importTrouble")
        self.trouble.hide()
        self.state = MarkedLine("importState")
        self.choose = push_button("Choose a &file…", "chooseImportFile")
        self.take = QPushButton("&Import")
        self.take.setObjectName("importNow")
        self.take.setDefault(True)
        self.leave = push_button("Cancel", "importNothing")

    def _lay_out(self) -> None:
        self.setObjectName("importDialog")
        self.setWindowTitle("Import profiles")
        self.setAccessibleName("Import profiles")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setSizeGripEnabled(True)
        self.resize(820, 600)
        self._details = QGroupBox("Of this profile")
        self._details.setObjectName("importDetails")
        self._details.setAccessibleName("Of this profile")
        self._rows = QFormLayout()
        self._rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._rows.addRow("&Name here", self.name)
        self._rows.addRow("Who", self._who)
        self._rows.addRow("Leads to", self._leads)
        self._rows.addRow("&Host name", self.proof)
        inside = QVBoxLayout(self._details)
        inside.addLayout(self._rows)
        for line in self._lines:
            inside.addWidget(line)
        buttons = QHBoxLayout()
        buttons.addWidget(self.choose)
        buttons.addStretch(1)
        buttons.addWidget(self.take)
        buttons.addWidget(self.leave)
        layout = QVBoxLayout(self)
        layout.addWidget(self.trouble)
        layout.addWidget(self.tree, 1)
        layout.addWidget(self._details)
        layout.addWidget(self.state)
        layout.addLayout(buttons)

    def _connect(self) -> None:
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
                f"The secret in {detail} was not read and stays where it is. You will be asked for it.",
            )
        case RemarkKind.ENDPOINT_UNKNOWN:
            words = f"It leads to {detail}, which is of no cloud that is known here. Your secrets would go there."
            return Severity.WARN, words
        case RemarkKind.GUESSED:
            field = _FIELDS.get(remark.detail, f"The field {detail}")
            return (
                Severity.INFO,
                f"{field} was not said there and was filled in. Look at it before you open the profile.",
            )
        case RemarkKind.AUTHORITY_LEFT:
            return Severity.INFO, f"The company CA file {detail} was left out. Choose it in the form if you trust it."
        case RemarkKind.PROXY:
            return Severity.WARN, f"Its requests go through the proxy {detail}. Make sure that it is yours."
        case RemarkKind.UNUSABLE:
            return Severity.BLOCK, f"It cannot be taken over: {shown(remark.detail)}."
