"""The field that chooses a vault: a list to search, or any id that is pasted into it."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QIcon, QPalette
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QStyleOptionComboBox, QVBoxLayout, QWidget

from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.vault import Vault
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.marks import Mark, mark
from cbr_desktop.text.plain import plain
from cbr_desktop.text.states import shown, state_words, status_words
from cbr_desktop.text.words import share_words, use_words
from cbr_desktop.ui.kit.lines import MARK_SIZE, FindingLines, StillBox, label, mark_icon
from cbr_desktop.ui.kit.lookalikes import duplicates
from cbr_desktop.workflows.ledger import Ledger


def vault_words(vault: Vault) -> str:
    """Return a vault's line: name, kind, use and state."""
    use = f"{use_words(vault)}, {share_words(vault.used_percent)}" if vault.size_gb else use_words(vault)
    return f"{plain(vault.name, 80)} — {status_words(vault.kind)} — {use} — {state_words(vault.status)}"


class VaultField(QWidget):
    """The vault of a request.

    Signals:
        changed: another vault, or another text that may be an id.
        touched: the operator has left the field.
    """

    changed = Signal()
    touched = Signal()

    def __init__(self, ledger: Ledger, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ledger = ledger
        self.box = _Box()
        self.box.setIconSize(MARK_SIZE)
        self.box.left.connect(self.touched)
        self.box.editTextChanged.connect(self._edited)
        self.label = label(_("&Vault"))
        self.label.setBuddy(self.box)
        self.identity = label(name="checkpointVaultId")
        self.identity.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.lines = FindingLines("checkpointVaultSentence")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        for widget in (self.label, self.box, self.identity, self.lines):
            layout.addWidget(widget)
        self.refill()

    @property
    def vault_id(self) -> VaultId | None:
        """The id of the chosen vault, whatever else was typed in its place, or ``None`` when nothing is there."""
        text = self.box.currentText().strip()
        index = self.box.findText(text, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchCaseSensitive)
        if index >= 0:
            return VaultId(self.box.itemData(index))
        named = [vault.id for vault in self._ledger.vaults.values() if vault.name == text]
        return named[0] if len(named) == 1 else VaultId(text) if text else None

    @property
    def vault(self) -> Vault | None:
        """The chosen vault, ``None`` when it is not known."""
        id = self.vault_id
        return self._ledger.vaults.get(id) if id else None

    def choose(self, id: VaultId | None) -> None:
        """Choose a vault by its id; one that is not known stands there as its id."""
        index = self.box.findData(id)
        if index >= 0:
            self.box.setCurrentIndex(index)
        else:
            self.box.setCurrentIndex(-1)
            self.box.setEditText(id or "")

    def refill(self) -> None:
        """Read the vaults anew; what is chosen stays chosen."""
        rows = sorted(self._ledger.vaults.values(), key=lambda vault: (vault.name.casefold(), vault.id))
        labels = _distinct(rows)
        if labels == [(self.box.itemText(row), self.box.itemData(row)) for row in range(self.box.count())]:
            return
        chosen = self.vault_id
        text = self.box.currentText()
        with QSignalBlocker(self.box):
            self.box.clear()
            signs = {_sign(vault) for vault in rows}
            icons = {sign: mark_icon(sign, self.palette(), self.devicePixelRatioF()) for sign in signs}
            for (words, id), vault in zip(labels, rows, strict=True):
                self.box.addItem(icons[_sign(vault)], words, id)
            if chosen in self._ledger.vaults:
                self.choose(chosen)
            else:
                self.box.setCurrentIndex(-1)
                self.box.setEditText(text)
        self._tell_identity()

    def show_findings(self, findings: list[Finding], *, touched: bool) -> None:
        """Show what is wrong with the vault; that none is named, or not yet to its end, once the operator has left."""
        shown = [f for f in findings if touched or f.kind not in (FindingKind.NO_VAULT, FindingKind.BAD_ID)]
        self.lines.show_findings(shown)
        self.box.setAccessibleDescription(self.lines.text())

    def _tell_identity(self) -> None:
        """Say which vault it is beyond its name, which another may have or seem to have."""
        vault, region = self.vault, self._ledger.profile.region
        parts = [shown(vault.id, 80)] if vault else []
        if vault and region:
            parts.append(_("region {region}").format(region=shown(region, 60)))
        self.identity.setText(" · ".join(parts))
        self.identity.setVisible(vault is not None)

    def _edited(self) -> None:
        self._tell_identity()
        self.changed.emit()


def _sign(vault: Vault) -> Mark:
    return mark(vault.status)


def _distinct(vaults: list[Vault]) -> list[tuple[str, str]]:
    """Return the lines of the vaults; those whose names look alike carry their ids."""
    alike = duplicates((vault.id, vault.name) for vault in vaults)
    return [
        (f"{vault_words(vault)} — {shown(vault.id, 80)}" if vault.id in alike else vault_words(vault), str(vault.id))
        for vault in vaults
    ]


class _Box(StillBox):
    """A list whose text can be edited to search it, by any part of a line.

    Signals:
        left: the focus went elsewhere.
    """

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("checkpointVault")
        self.setAccessibleName(_("Vault"))
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMaxVisibleItems(16)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(40)
        edit = QLineEdit()
        self.setLineEdit(edit)
        edit.setPlaceholderText(_("Search by name, or paste the id of a vault"))
        edit.setObjectName("checkpointVaultText")
        edit.setAccessibleName(_("Vault"))
        edit.editingFinished.connect(self.left)
        self._edit = edit
        search = QCompleter(self.model(), self)
        search.setFilterMode(Qt.MatchFlag.MatchContains)
        search.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        search.setMaxVisibleItems(16)
        self.setCompleter(search)

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """Leave out the mark of the vault that was chosen last while the text names none of the list."""
        super().initStyleOption(option)
        if self.currentText() != self.itemText(self.currentIndex()):
            option.currentIcon = QIcon()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select the whole text, so that typing begins a new search."""
        super().focusInEvent(event)
        self._edit.selectAll()
