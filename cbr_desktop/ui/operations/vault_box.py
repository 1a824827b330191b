"""The choice of a vault by its name, with the room that it has."""

from collections import Counter
from collections.abc import Iterable

from cbr_desktop.domain.vault import Vault
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.states import gb_words, shown
from cbr_desktop.ui.kit.large_combo_box import ChoiceModel, LargeComboBox


class VaultBox(LargeComboBox):
    """Lists vaults by their names; nothing is chosen unless it is given. Of one name the ids tell which is which."""

    def __init__(
        self, name: str, words: str, vaults: Iterable[Vault], chosen: str = "", *, tells_room: bool = True
    ) -> None:
        model = ChoiceModel[Vault](lambda vault: vault.id, self._words_of)
        self._tells_room = tells_room
        known = sorted(vaults, key=lambda each: (each.name, each.id))
        self._counts = Counter(each.name for each in known)
        model.put(known)
        super().__init__(name, words, model)
        self.setPlaceholderText(_("Choose a vault"))
        self.choose(chosen)

    @property
    def vault_id(self) -> str:
        """The id of the chosen vault, empty while none is chosen."""
        return str(self.currentData() or "")

    def _words_of(self, vault: Vault) -> str:
        suffix = f" ({shown(vault.id, 64)})" if self._counts[vault.name] > 1 or not vault.name else ""
        name = f"{shown(vault.name, 64)}{suffix}"
        if not self._tells_room:
            return name
        room = _("{free} free of {size}").format(free=gb_words(max(vault.free_gb, 0)), size=gb_words(vault.size_gb))
        return f"{name} – {room}"
