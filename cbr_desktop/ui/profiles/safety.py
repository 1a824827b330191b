"""What care a profile needs: what is at stake, its colour, what may be changed, and how names are made."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QCheckBox, QColorDialog, QPushButton, QWidget

from cbr_desktop.domain.profile import Environment, NameRules, Profile
from cbr_desktop.domain.template import PRESETS
from cbr_desktop.text.catalogue import N_, _
from cbr_desktop.text.identity import name_rules_words
from cbr_desktop.text.words import environment_title
from cbr_desktop.ui.kit.lines import NoWheelComboBox
from cbr_desktop.ui.kit.theme import ENVIRONMENT_COLOURS
from cbr_desktop.ui.profiles.listing import chip_icon
from cbr_desktop.ui.profiles.section import Section, choose, narrow, text_line

_READ_ONLY = ((N_("As the environment says"), None), (N_("Always, until armed"), True), (N_("Never"), False))


class SafetySection(Section):
    """Environment, colour, read-only, group, name rules, name template and beta fields."""

    def __init__(self, profile: Profile, parent: QWidget) -> None:
        super().__init__(_("Safety"), "careSection", parent)
        environments = [e for e in Environment if e is not Environment.DEMO]
        self._environment = self.add_choice(
            "environment", _("Environment"), _("Environment"), [(environment_title(e), e) for e in environments]
        )
        for row, environment in enumerate(environments):
            self._environment.setItemIcon(row, chip_icon(ENVIRONMENT_COLOURS[environment]))
        choose(self._environment, profile.environment)
        self._read_only = self.add_choice(
            "read_only", _("Read-only"), _("Read-only"), [(_(words), kept) for words, kept in _READ_ONLY]
        )
        choose(self._read_only, profile.read_only)
        self._add_colour(profile)
        self._group = self.add_line(
            "group", _("&Group"), _("Group"), profile.group, _("Profiles that are looked at together, like all prod")
        )
        self._rules = self.add_choice(
            "name_rules",
            _("Names may have"),
            _("Names may have"),
            [(name_rules_words(rules), rules) for rules in NameRules],
        )
        choose(self._rules, profile.name_rules)
        self._add_template(profile)
        self._beta = QCheckBox(_("Sho&w fields that only some regions know"))
        self._beta.setObjectName("beta_fields")
        self._beta.setAccessibleName(_("Show fields that only some regions know"))
        self._beta.setChecked(profile.beta_fields)
        self._beta.toggled.connect(self.changed)
        self.add_row("beta_fields", "", self._beta, remark=_("How long a manual backup is kept, and its policy."))
        self._arrange()
        self.changed.connect(self._arrange)

    def values(self) -> dict[str, object]:
        """Return the fields of a profile as they stand here."""
        return {
            "environment": Environment(self._environment.currentData()),
            "read_only": self._read_only.currentData(),
            "colour": self._colour.text().strip(),
            "group": self._group.text().strip(),
            "name_rules": NameRules(self._rules.currentData()),
            "name_template": self._template.currentText(),
            "beta_fields": self._beta.isChecked(),
        }

    def _add_colour(self, profile: Profile) -> None:
        self._colour = text_line("colour", _("Colour"), profile.colour, _("The environment's, unless one stands here"))
        self._colour.textChanged.connect(self.changed)
        self._swatch = QPushButton(_("Choose…"))
        self._swatch.setObjectName("chooseColour")
        self._swatch.setAccessibleName(_("Choose the colour"))
        self._swatch.setAutoDefault(False)
        self._swatch.clicked.connect(self._choose_colour)
        self.add_row("colour", _("Colour"), self._colour, self._swatch)

    def _add_template(self, profile: Profile) -> None:
        self._template = NoWheelComboBox()
        self._template.setObjectName("name_template")
        self._template.setAccessibleName(_("Template of names"))
        self._template.setEditable(True)
        self._template.setInsertPolicy(NoWheelComboBox.InsertPolicy.NoInsert)
        narrow(self._template)
        self._template.setLineEdit(text_line("templateText", _("Template of names"), ""))
        self._template.addItems(PRESETS)
        self._template.setEditText(profile.name_template)
        self._template.editTextChanged.connect(self.changed)
        self.add_row("name_template", _("Name template"), self._template)

    def _colour_now(self) -> str:
        environment = Environment(self._environment.currentData())
        typed = QColor.fromString(self._colour.text().strip())
        return typed.name() if typed.isValid() else ENVIRONMENT_COLOURS[environment]

    def _choose_colour(self) -> None:
        asked = QColorDialog(QColor(self._colour_now()), self)
        asked.setObjectName("colourDialog")
        asked.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        asked.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        asked.colorSelected.connect(lambda colour: self._colour.setText(colour.name()))
        asked.open()

    def _arrange(self) -> None:
        self._swatch.setIcon(chip_icon(self._colour_now()))
        words = ""
        if self._read_only.currentData() is None:
            is_production = self._environment.currentData() == Environment.PRODUCTION
            words = (
                _("Read-only until armed for some minutes.") if is_production else _("Requests can be sent at once.")
            )
        self.remark("read_only", words)
