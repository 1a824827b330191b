"""The choice of an enterprise project, and the form that puts a vault into another one."""

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.enterprise_project import hindrance_of
from cbr_desktop.domain.enterprise_project_change import EnterpriseProjectChange
from cbr_desktop.domain.ids import DEFAULT_ENTERPRISE_PROJECT, is_project_id
from cbr_desktop.domain.vault import Vault
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.enterprise_projects import enterprise_project_words, named_words, reading_note
from cbr_desktop.text.errors import hindrance_sentence
from cbr_desktop.text.states import shown
from cbr_desktop.ui.kit.fields import fields
from cbr_desktop.ui.kit.lines import NoWheelComboBox, label
from cbr_desktop.ui.kit.task_owner import is_at_work
from cbr_desktop.ui.operations.form import ChangeForm, MissingField
from cbr_desktop.ui.session.profile_context import ProfileContext
from cbr_desktop.workflows.ledger import Part

_BY_ID = "by-id"
"""The choice of an enterprise project that no list tells of."""


class EnterpriseProjectChoice(QWidget):
    """Asks for an enterprise project: one of those that take something in, or any by its id.

    The list is read when it is about to be opened and it is not known so far. Where it cannot be read, the
    default one and an id are left to choose. ``is_usual`` has the default one chosen at first.

    Signals:
        changed: another enterprise project is asked for now.
    """

    changed = Signal()

    def __init__(self, name: str, asked: str = "", *, is_usual: bool = False) -> None:
        super().__init__()
        self._context: ProfileContext | None = None
        self._asked = asked
        self._is_usual = is_usual
        self.setObjectName(name)
        self.box = NoWheelComboBox()
        self.box.setObjectName(f"{name}Box")
        self.box.setAccessibleName(_("Enterprise project"))
        self.box.setPlaceholderText(_("Choose an enterprise project"))
        self.id = QLineEdit()
        self.id.setObjectName(f"{name}Id")
        self.id.setAccessibleName(_("Id of the enterprise project"))
        self.id.setPlaceholderText(_("Its id, as the console shows it"))
        self.note = label(name=f"{name}Note")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for part in (self.box, self.id, self.note):
            layout.addWidget(part)
        self.setFocusProxy(self.box)
        self._fill(asked or (DEFAULT_ENTERPRISE_PROJECT if is_usual else ""))
        self.box.currentIndexChanged.connect(self._tell_changed)
        self.id.textChanged.connect(self._tell_changed)

    def value(self) -> str:
        """Return the id that is asked for, empty while none is; the usual one is not named unless it was asked for.

        ``ValueError`` while one is to be named by its id, and is not.
        """
        chosen = self.box.currentData()
        if chosen == _BY_ID:
            if not self.id.text().strip():
                raise ValueError("no id is named")
            return self.id.text().strip()
        if self._is_usual and chosen == DEFAULT_ENTERPRISE_PROJECT:
            return self._asked if self._asked == chosen else ""
        return str(chosen or "")

    def missing(self) -> MissingField | None:
        """Return that none is asked for yet, ``None`` where one is."""
        if self._chosen():
            return None
        if self.box.currentData() == _BY_ID:
            return MissingField(_("The id of the enterprise project is not written yet."), self.id)
        return MissingField(_("No enterprise project is chosen yet."), self.box)

    def follow(self, context: ProfileContext) -> None:
        """Offer what the account has, and have it read where that is not known."""
        self._context = context
        context.signals.changed.connect(self._ledger_changed)
        freshness = context.ledger.freshness[Part.ENTERPRISE_PROJECTS]
        can_ask = hindrance_of(context.profile) is None and context.services is not None
        if can_ask and freshness.as_of is None and not freshness.loading and is_at_work():
            context.refresh.need(frozenset({Part.ENTERPRISE_PROJECTS}))
        self._fill(self._chosen())

    def _chosen(self) -> str:
        return self.id.text().strip() if self.box.currentData() == _BY_ID else str(self.box.currentData() or "")

    def _fill(self, chosen: str) -> None:
        """Offer what is known by now, and choose an id; one that is not offered stands in the line."""
        known = {} if self._context is None else self._context.ledger.enterprise_projects
        offered = [each for each in known.values() if each.enabled]
        was_typing = self.box.currentData() == _BY_ID
        with QSignalBlocker(self.box), QSignalBlocker(self.id):
            self.box.clear()
            if DEFAULT_ENTERPRISE_PROJECT not in known:
                self.box.addItem(enterprise_project_words("", known), DEFAULT_ENTERPRISE_PROJECT)
            for each in offered:
                self.box.addItem(named_words(each), each.id)
            self.box.addItem(_("Another one, by its id…"), _BY_ID)
            place = self.box.findData(chosen) if chosen else -1
            if chosen and place < 0:
                self.id.setText(chosen)
            self.box.setCurrentIndex(self.box.findData(_BY_ID) if was_typing or (chosen and place < 0) else place)
        self._tell()

    def _tell(self) -> None:
        self.id.setVisible(self.box.currentData() == _BY_ID)
        self.note.setText(self._note())
        self.note.setVisible(bool(self.note.text()))

    def _note(self) -> str:
        if self._context is None:
            return ""
        hindrance = hindrance_of(self._context.profile)
        return hindrance_sentence(hindrance) if hindrance is not None else reading_note(self._context.ledger)

    def _tell_changed(self, *_rest: object) -> None:
        self._tell()
        self.changed.emit()

    def _ledger_changed(self, part: Part) -> None:
        if part is Part.ENTERPRISE_PROJECTS:
            self._fill(self._chosen())
            self.changed.emit()


class EnterpriseProjectForm(ChangeForm):
    """Asks for the enterprise project that a vault is put into; ``asked`` is what was asked for before."""

    kind = Kind.CHANGE_ENTERPRISE_PROJECT

    def __init__(self, context: ProfileContext, vault: Vault, asked: EnterpriseProjectChange | None = None) -> None:
        super().__init__()
        self._context = context
        self._vault = vault
        self._asked = asked
        self.setObjectName("enterpriseProjectForm")
        self.now = label(name="enterpriseProjectNow")
        self.choice = EnterpriseProjectChoice(
            "enterpriseProject", asked.enterprise_project_id if asked is not None else ""
        )
        self.choice.follow(context)
        fields(
            self,
            (
                (_("Vault"), label(shown(vault.name, 80) or shown(vault.id), "enterpriseProjectVault")),
                (_("Is now in"), self.now),
                (_("Enterprise pro&ject"), self.choice),
            ),
            {_("Enterprise pro&ject"): self.choice.box},
        )
        self._tell()
        self.choice.changed.connect(self._tell_changed)
        context.signals.changed.connect(self._ledger_changed)

    def draft(self) -> EnterpriseProjectChange:
        """Return where the vault is to be; the project it is in is that of the profile, as the login has told it."""
        profile, asked = self._context.profile, self._asked
        known = self._context.ledger.project_id or (profile.project if is_project_id(profile.project) else "")
        project_id = known or (asked.project_id if asked is not None else "")
        return EnterpriseProjectChange(self._vault.id, self.choice.value(), project_id, profile.region)

    def missing(self) -> MissingField | None:
        """Return that no enterprise project is named yet."""
        return self.choice.missing()

    def begin(self) -> None:
        """Put the focus into the choice."""
        self.choice.setFocus()

    def _tell(self) -> None:
        held = self._context.ledger.vaults.get(self._vault.id, self._vault)
        known = self._context.ledger.enterprise_projects
        self.now.setText(enterprise_project_words(held.enterprise_project_id, known))

    def _tell_changed(self) -> None:
        self._tell()
        self.changed.emit()

    def _ledger_changed(self, part: Part) -> None:
        if part is Part.VAULTS:
            self._tell_changed()
