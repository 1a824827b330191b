"""The choice of a vault by its name, with the room that it has."""

from collections import Counter
from collections.abc import Iterable

from cbr_desktop.domain.vault import Vault
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.states import gb_words, shown
from cbr_desktop.ui.kit.lines import StillBox


class VaultBox(StillBox):
    """Lists vaults by their names; nothing is chosen unless it is given. Of one name the ids tell which is which."""

    def __init__(self, name: str, words: str, vaults: Iterable[Vault], chosen: str = "") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(words)
        self.setPlaceholderText(_("Choose a vault"))
        known = sorted(vaults, key=lambda each: (each.name, each.id))
        counts = Counter(each.name for each in known)
        for vault in known:
            twin = f" ({shown(vault.id, 64)})" if counts[vault.name] > 1 or not vault.name else ""
            room = _("{free} free of {size}").format(free=gb_words(max(vault.free_gb, 0)), size=gb_words(vault.size_gb))
            self.addItem(f"{shown(vault.name, 64)}{twin} – {room}", vault.id)
        self.setCurrentIndex(self.findData(chosen))

    @property
    def vault_id(self) -> str:
        """The id of the chosen vault, empty while none is chosen."""
        return str(self.currentData() or "")
