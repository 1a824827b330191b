"""Where a profile leads: its name, region or endpoints, and project."""

from collections.abc import Collection, Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QPushButton, QWidget

from cbr_desktop.domain.account import Project
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.region import Endpoints
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.identity import cloud_words
from cbr_desktop.text.plain import plain
from cbr_desktop.text.states import quoted
from cbr_desktop.ui.kit.lines import NoWheelComboBox
from cbr_desktop.ui.profiles.draft import same_endpoint, unproved_hosts
from cbr_desktop.ui.profiles.section import Section, narrow, text_line

OTHER = N_("Other endpoints…")
_ENDPOINT_FIELDS = ("iam_endpoint", "cbr_endpoint")


class EndpointSection(Section):
    """The name, the region of the list or endpoints that are typed, and the project.

    ``trusted`` are the hosts that need no confirming; the set is looked at anew each time. ``saved`` is the profile as
    it is in the file, ``None`` for a new one.

    Signals:
        projects_requested: the projects of the account should be listed.
    """

    projects_requested = Signal()

    def __init__(
        self,
        profile: Profile,
        saved: Profile | None,
        regions: Mapping[str, Endpoints],
        trusted: Collection[str],
        parent: QWidget,
    ) -> None:
        super().__init__(_("Where"), "whereSection", parent)
        self.saved = saved
        self._regions = regions
        self._trusted = trusted
        self._name = self.add_line(
            "name", _("&Name"), _("Name"), profile.name, _("As it stands in lists, like Prod · eu-de")
        )
        self._add_region(profile)
        self._endpoints = {
            "iam_endpoint": self.add_line(
                "iam_endpoint",
                _("I&dentity service"),
                _("Identity service"),
                profile.iam_endpoint,
                "https://iam.example.com",
            ),
            "cbr_endpoint": self.add_line(
                "cbr_endpoint",
                _("&Backup service"),
                _("Backup service"),
                profile.cbr_endpoint,
                "https://cbr.example.com",
            ),
        }
        self._proofs = {
            field: self.add_line(f"{field}_proof", _("Confirm"), _("Type the host name to confirm it"), "")
            for field in _ENDPOINT_FIELDS
        }
        self._region_name = self.add_line(
            "region_name", _("Region name"), _("Region name"), profile.region, _("May stay empty; shown in lists")
        )
        self._add_project(profile)
        self._arrange()
        self.changed.connect(self._arrange)

    def values(self) -> dict[str, object]:
        """Return the fields of a profile as they stand here."""
        values: dict[str, object] = {"name": self._name.text().strip(), "project": self._project.currentText().strip()}
        region = self._listed()
        if region is not None:
            endpoints = self._regions[region]
            return values | {"region": region, "iam_endpoint": endpoints.iam, "cbr_endpoint": endpoints.cbr}
        if self.is_other:
            typed = {field: edit.text().strip() for field, edit in self._endpoints.items()}
            return values | typed | {"region": self._region_name.text().strip()}
        return values | {"region": self._region.currentText().strip(), "iam_endpoint": "", "cbr_endpoint": ""}

    @property
    def is_other(self) -> bool:
        """Whether endpoints are typed in place of a region of the list."""
        return self._region.currentText().strip() == _(OTHER)

    def unproved(self, profile: Profile) -> list[str]:
        """Return the endpoint fields of the form whose host is of no known cloud and was not typed once more."""
        proofs = [edit.text() for edit in self._proofs.values()]
        return [field for field, _host in unproved_hosts(profile, self._trusted, proofs)]

    def settle(self, saved: Profile) -> None:
        """Take note of how the profile is in the file now."""
        self.saved = saved
        self._arrange()

    def offer(self, projects: Sequence[Project]) -> None:
        """Put projects into the list, those of the region first, and open it. What stands in the field stays."""
        region = str(self.values()["region"])
        rows = sorted(projects, key=lambda project: (project.region != region, project.name))
        typed = self._project.currentText()
        with QSignalBlocker(self._project):
            self._project.clear()
            for project in rows:
                self._project.addItem(plain(project.name, 100))
                if not project.enabled:
                    self._project.setItemText(
                        self._project.count() - 1, _("{name} (disabled)").format(name=plain(project.name, 100))
                    )
                    self._project.model().item(self._project.count() - 1).setEnabled(False)  # type: ignore[attr-defined]
            self._project.setCurrentIndex(self._project.findText(typed))
            self._project.setEditText(typed)
        self._project.setFocus(Qt.FocusReason.OtherFocusReason)
        if self._project.isVisible() and rows:
            self._project.showPopup()

    def tell_listing(self, running: bool) -> None:
        """Show whether projects are being listed now."""
        self._list.setText(_("Stop") if running else _("List pro&jects…"))

    def _add_region(self, profile: Profile) -> None:
        box = NoWheelComboBox()
        box.setObjectName("region")
        box.setAccessibleName(_("Region"))
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.setMaxVisibleItems(16)
        narrow(box)
        edit = QLineEdit()
        edit.setObjectName("regionText")
        edit.setAccessibleName(_("Region"))
        edit.setPlaceholderText(_("Search by name or cloud, like eu-de or Telekom"))
        box.setLineEdit(edit)
        for region, endpoints in self._regions.items():
            box.addItem(f"{region} — {cloud_words(endpoints)}", region)
        box.insertSeparator(box.count())
        box.addItem(_(OTHER), "")
        search = QCompleter(box.model(), box)
        search.setFilterMode(Qt.MatchFlag.MatchContains)
        search.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        search.setMaxVisibleItems(16)
        box.setCompleter(search)
        box.setCurrentIndex(-1)
        self._region = box
        listed = self._regions.get(profile.region)
        typed = Endpoints(profile.cbr_endpoint, profile.iam_endpoint)
        if listed is not None and all(map(same_endpoint, listed, typed)):
            box.setCurrentIndex(box.findData(profile.region))
        elif any(typed):
            box.setCurrentIndex(box.count() - 1)
        else:
            box.setEditText(profile.region)
        box.editTextChanged.connect(self.changed)
        self.add_row("region", _("&Region"), box)

    def _add_project(self, profile: Profile) -> None:
        self._project = NoWheelComboBox()
        self._project.setObjectName("project")
        self._project.setAccessibleName(_("Project"))
        self._project.setEditable(True)
        narrow(self._project)
        self._project.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self._project.setLineEdit(text_line("projectText", _("Project"), "", _("Name or id, like eu-de_prod")))
        self._project.setEditText(profile.project)
        self._project.setCompleter(None)  # type: ignore[arg-type]
        self._project.editTextChanged.connect(self.changed)
        self._list = QPushButton(_("List pro&jects…"))
        self._list.setObjectName("listProjects")
        self._list.setAccessibleName(_("List the projects of the account"))
        self._list.setAutoDefault(False)
        self._list.clicked.connect(self.projects_requested)
        self.add_row("project", _("&Project"), self._project, self._list)

    def _listed(self) -> str | None:
        """Return the region of the list that is chosen, by its line or by its bare name."""
        text = self._region.currentText().strip()
        if text in self._regions:
            return text
        index = self._region.findText(text, Qt.MatchFlag.MatchExactly)
        return str(self._region.itemData(index)) or None if index >= 0 and text and text != _(OTHER) else None

    def _arrange(self) -> None:
        """Show the rows that are of use now, and what follows from what stands in them."""
        values = self.values()
        for field in (*_ENDPOINT_FIELDS, "region_name"):
            self.show_row(field, self.is_other)
        self.remark(
            "region", "" if self.is_other else " · ".join(str(values[f]) for f in _ENDPOINT_FIELDS if values[f])
        )
        self._ask_for_proof(values)
        moved = self.saved is not None and not same_endpoint(self.saved.iam_endpoint, str(values["iam_endpoint"]))
        words = ""
        if moved and self.saved is not None and values["iam_endpoint"]:
            words = _("Secrets kept for {iam_endpoint} stay with that address; you will be asked.").format(
                iam_endpoint=plain(self.saved.iam_endpoint, 80)
            )
        self.remark("iam_endpoint", words)
        if not self.is_other and words:
            self.remark("region", words)

    def _ask_for_proof(self, values: Mapping[str, object]) -> None:
        """Show a field for the name of each host that is of no known cloud; one that is filled in stays to be seen."""
        blank = Profile("", str(values["iam_endpoint"]), str(values["cbr_endpoint"]), "")
        asked = dict(unproved_hosts(blank, self._trusted, ())) if self.is_other else {}
        for field in _ENDPOINT_FIELDS:
            self.show_row(f"{field}_proof", field in asked)
            if field in asked:
                words = _("{asked} is of no cloud that is known here. Your secrets would go there.").format(
                    asked=quoted(asked[field], 80)
                )
                self.remark(f"{field}_proof", words)
                self._proofs[field].setPlaceholderText(_("Type the host name to confirm it"))
