"""The field that chooses a vault: a list to search, or any id that is pasted into it."""

from collections.abc import Iterator, Mapping, Sequence

from PySide6 import QtWidgets
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QIcon, QPalette
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit, QListView, QVBoxLayout, QWidget

from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.vault import Vault
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.marks import mark
from cbr_desktop.text.plain import plain
from cbr_desktop.text.states import shown, state_words, status_words
from cbr_desktop.text.words import share_words, use_words
from cbr_desktop.ui.kit.finding_lines import FindingLines
from cbr_desktop.ui.kit.icons import mark_icon
from cbr_desktop.ui.kit.large_combo_box import ChoiceModel, LargeComboBox
from cbr_desktop.ui.kit.lines import MARK_SIZE, label
from cbr_desktop.ui.kit.lookalikes import duplicates
from cbr_desktop.ui.kit.pieces import Pieces
from cbr_desktop.workflows.derived import pieces
from cbr_desktop.workflows.ledger import Ledger

_DASH = " — "
"""What stands between the parts of a vault's line."""
_NOTHING = Qt.ItemDataRole.UserRole + 1
"""A role that nothing is told by: what fits is known before Qt looks for it."""
_REST_MS = 300
"""After how long lines are prepared to be searched: the window has been shown by then."""
_PIECE = 20
"""How many lines are prepared between two looks at the time."""


def vault_line_words(vault: Vault) -> str:
    """Return a vault's line: name, kind, use and state."""
    use = f"{use_words(vault)}, {share_words(vault.used_percent)}" if vault.size_gb else use_words(vault)
    return _DASH.join((plain(vault.name, 80), status_words(vault.kind), use, state_words(vault.status)))


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
        self._alike: Mapping[str, str] = {}
        """What stands beside the names of those that look alike, by their ids."""
        self._seen: Sequence[tuple[object, ...]] = ()
        """What the list tells, as it was read last: a vault may be changed in place."""
        self.box = _Box(ChoiceModel(lambda vault: vault.id, self._words_of, self._icon_of))
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
        chosen = self.box.currentIndex()
        if chosen >= 0 and self.box.itemText(chosen).strip() == text:
            return VaultId(self.box.itemData(chosen))
        if _DASH in text:
            told = next((vault.id for vault in self.box.choices.rows if self._words_of(vault) == text), None)
            if told is not None:
                return VaultId(told)
        named = [vault.id for vault in self._ledger.vaults.values() if vault.name == text]
        return named[0] if len(named) == 1 else VaultId(text) if text else None

    @property
    def vault(self) -> Vault | None:
        """The chosen vault, ``None`` when it is not known."""
        id = self.vault_id
        return self._ledger.vaults.get(id) if id else None

    def choose(self, id: VaultId | None) -> None:
        """Choose a vault by its id; one that is not known stands there as its id."""
        self.box.choose(id or "")
        if self.box.currentIndex() < 0:
            self.box.setEditText(id or "")
        line = self.box.lineEdit()
        if line is not None:
            line.setCursorPosition(0)  # where there is no room for all of it, its name is what is seen

    def refill(self) -> None:
        """Read the vaults anew; what is chosen stays chosen."""
        rows = sorted(self._ledger.vaults.values(), key=lambda vault: (vault.name.casefold(), vault.id))
        seen = [(each.id, each.name, each.kind, each.size_gb, each.used_mb, each.status) for each in rows]
        if seen == self._seen:
            return
        self._seen = seen
        chosen, text = self.vault_id, self.box.currentText()
        self._alike = duplicates((vault.id, vault.name) for vault in rows)
        with QSignalBlocker(self.box):
            self.box.choices.put(rows)
            if chosen in self._ledger.vaults:
                self.choose(chosen)
            else:
                self.box.setCurrentIndex(-1)
                self.box.setEditText(text)
        self.box.search.prepare(rows)
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

    def _words_of(self, vault: Vault) -> str:
        """Return the line of a vault; one whose name looks like another's carries its id."""
        words = vault_line_words(vault)
        return f"{words}{_DASH}{shown(vault.id, 80)}" if vault.id in self._alike else words

    def _icon_of(self, vault: Vault) -> QIcon:
        return mark_icon(mark(vault.status))


class _Search(QCompleter):
    """Finds vaults by any part of their lines; what they say is prepared in idle time."""

    def __init__(self, choices: ChoiceModel[Vault], parent: QWidget) -> None:
        self._choices = choices
        self._hits = ChoiceModel[Vault](choices.id_of, choices.words_of, choices.icon_of)
        super().__init__(self._hits, parent)
        self._hits.setParent(self)
        self.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.setCompletionRole(_NOTHING)
        self.setMaxVisibleItems(16)
        popup = self.popup()
        if isinstance(popup, QListView):
            popup.setUniformItemSizes(True)
        self._rows: Sequence[Vault] = ()
        self._texts: list[str] = []
        self._pieces = Pieces(self)
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.setInterval(_REST_MS)
        self._resting.timeout.connect(self._begin)

    def prepare(self, rows: Sequence[Vault]) -> None:
        """Look among other vaults from now on."""
        self._rows, self._texts = rows, []
        self._hits.put(())
        self._pieces.begin(iter(()), at_once=True)  # those that were looked among before are not prepared any further
        self._resting.start()

    def look(self, text: str) -> None:
        """Offer the vaults that have a text in their lines."""
        if self._resting.isActive():
            self._resting.stop()
            self._begin()
        self._pieces.finish()
        wanted = text.casefold()
        self._hits.put([row for row, told in zip(self._rows, self._texts, strict=True) if wanted in told])

    def pathFromIndex(self, index: QModelIndex | QPersistentModelIndex) -> str:
        """Return the line of a vault that was found."""
        return str(index.data() or "")

    def _begin(self) -> None:
        self._pieces.begin(self._prepared())

    def _prepared(self) -> Iterator[None]:
        for some in pieces(self._rows, _PIECE):
            self._texts += [self._choices.words_of(row).casefold() for row in some]
            yield


class _Box(LargeComboBox):
    """A list whose text can be edited to search it, by any part of a line.

    Signals:
        left: the focus went elsewhere.
    """

    left = Signal()

    def __init__(self, choices: ChoiceModel[Vault]) -> None:
        super().__init__("checkpointVault", _("Vault"), choices)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMaxVisibleItems(16)
        edit = QLineEdit()
        self.setLineEdit(edit)
        edit.setPlaceholderText(_("Search by name, or paste the id of a vault"))
        edit.setObjectName("checkpointVaultText")
        edit.setAccessibleName(_("Vault"))
        edit.editingFinished.connect(self.left)
        self._edit = edit
        self.search = _Search(choices, self)
        edit.textEdited.connect(self.search.look)
        self.setCompleter(self.search)

    def initStyleOption(self, option: "QtWidgets.QStyleOptionComboBox") -> None:
        """Leave out the mark of the vault that was chosen last while the text names none of the list."""
        super().initStyleOption(option)
        if self.currentText() != self.itemText(self.currentIndex()):
            option.currentIcon = QIcon()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select the whole text, so that typing begins a new search."""
        super().focusInEvent(event)
        self._edit.selectAll()
