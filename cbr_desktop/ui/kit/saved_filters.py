"""The filters that an operator keeps for a page, each by a name."""

from typing import NamedTuple

from cbr_desktop.ui.session.profile_context import Settings

MOST = 40
"""How many filters of a page are kept."""
NAME_LIMIT = 60
_TEXT_LIMIT = 500


class SavedFilter(NamedTuple):
    """A filter with its name."""

    name: str
    text: str


class SavedFilters:
    """The filters of one page, in the order of their names; what is kept counts at once and at the next start."""

    def __init__(self, settings: Settings, page: str) -> None:
        self._settings = settings
        self._key = f"filters/{page.lower()}"

    def all(self) -> list[SavedFilter]:
        """Return the filters; what is stored and is none is as if it were not there."""
        stored = self._settings.get(self._key, None)
        found = {}
        for each in stored if isinstance(stored, list) else ():
            if isinstance(each, list) and len(each) == 2 and all(isinstance(part, str) and part for part in each):
                found[each[0]] = SavedFilter(each[0], each[1])
        return sorted(found.values(), key=lambda each: each.name.casefold())[:MOST]

    def keep(self, name: str, text: str) -> bool:
        """Keep a filter, in place of one of the same name; tell whether there was room for it."""
        name, text = " ".join(name.split())[:NAME_LIMIT], text.strip()[:_TEXT_LIMIT]
        others = [each for each in self.all() if each.name != name]
        if not name or not text or len(others) >= MOST:
            return False
        self._put([*others, SavedFilter(name, text)])
        return True

    def forget(self, name: str) -> None:
        """Keep a filter no longer."""
        self._put([each for each in self.all() if each.name != name])

    def _put(self, filters: list[SavedFilter]) -> None:
        self._settings.put(self._key, [list(each) for each in filters])
