"""The form of the tags of a vault: some are set, or some are deleted, as the service has a request for each."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QListWidget, QListWidgetItem, QRadioButton, QVBoxLayout

from cbr_desktop.domain.change import Kind
from cbr_desktop.domain.vault import Vault
from cbr_desktop.domain.vault_changes import TagChange
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.states import shown
from cbr_desktop.ui.kit.lines import label
from cbr_desktop.ui.kit.pair_table import PairTable
from cbr_desktop.ui.operations.form import ChangeForm, MissingField

_ROWS = 6


class TagsForm(ChangeForm):
    """Asks which tags of a vault are set or deleted; ``asked`` is what was asked for before."""

    kind = Kind.CHANGE_TAGS

    def __init__(self, vault: Vault, asked: TagChange | None = None) -> None:
        super().__init__()
        self._vault = vault
        self.setObjectName("tagsForm")
        own = dict(vault.tags)
        deletes = asked is not None and asked.deletes
        chosen = {key for key, _value in asked.tags} if asked is not None and asked.deletes else set()
        self.sets = _choice(_("Set &tags"), "tagsSet", not deletes)
        self.deletes = _choice(_("&Delete tags"), "tagsDelete", deletes)
        group = QButtonGroup(self)
        for button in (self.sets, self.deletes):
            group.addButton(button)
        written = own | dict(asked.tags) if asked is not None and not asked.deletes else own
        self.table = PairTable("vaultTags", _("Tags of the vault"), written.items(), removes=False)
        self.list = QListWidget()
        self.list.setObjectName("vaultTagsOwn")
        self.list.setAccessibleName(_("Tags that the vault has"))
        self.list.setMaximumHeight(_ROWS * (self.fontMetrics().height() + 8))
        for key, value in own.items():
            item = QListWidgetItem(shown(f"{key}={value}" if value else key, 90), self.list)
            item.setData(Qt.ItemDataRole.UserRole, key)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Checked if key in chosen else Qt.CheckState.Unchecked)
        self.words = label(name="vaultTagsWords")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for widget in (self.sets, self.table, self.deletes, self.list, self.words):
            layout.addWidget(widget)
        self._tell()
        self.sets.toggled.connect(self._tell_changed)
        self.table.changed.connect(self._tell_changed)
        self.list.itemChanged.connect(self._tell_changed)

    def missing(self) -> MissingField | None:
        """Return that no tag is written, changed or ticked yet."""
        if self._asked():
            return None
        if not self.sets.isChecked():
            return MissingField(_("No tag is ticked yet. Tick what is deleted."), self.list)
        if self.table.pairs():
            return MissingField(_("No tag is changed yet. Add one, or change the value of one."), self.table.add)
        return MissingField(_("No tag is written yet. Add one."), self.table.add)

    def draft(self) -> TagChange:
        """Return what is asked for: of tags that are set only those that are otherwise now. ``ValueError`` for none."""
        tags = self._asked()
        if not tags:
            raise ValueError("no tag")
        return TagChange(self._vault.id, tags, deletes=not self.sets.isChecked())

    def _asked(self) -> tuple[tuple[str, str], ...]:
        if self.sets.isChecked():
            own = self._vault.tags
            return tuple(each for each in self.table.pairs() if own.get(each[0]) != each[1])
        items = (self.list.item(place) for place in range(self.list.count()))
        keys = (i.data(Qt.ItemDataRole.UserRole) for i in items if i.checkState() == Qt.CheckState.Checked)
        return tuple((key, "") for key in keys)

    def begin(self) -> None:
        """Put the focus into the tags."""
        (self.table.table if self.sets.isChecked() else self.list).setFocus()

    def _tell_changed(self, *_rest: object) -> None:
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        sets = self.sets.isChecked()
        self.table.setVisible(sets)
        self.list.setVisible(not sets)
        self.deletes.setEnabled(bool(self._vault.tags))
        self.words.setText(
            _("A tag with a key that the vault has takes the place of that one. What you do not change is not sent.")
            if sets
            else _("Tick what is deleted. The vault itself and its backups stay as they are.")
        )


def _choice(words: str, name: str, is_chosen: bool) -> QRadioButton:
    made = QRadioButton(words)
    made.setObjectName(name)
    made.setAccessibleName(words.replace("&", ""))
    made.setChecked(is_chosen)
    return made
