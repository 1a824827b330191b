"""The lines of the Resources view, joined from vaults, from what could be protected and from backups, and kept.

A line stays the very same object while its resource, its vault, what is told of protecting it and its last good backup
do. So of ten thousand vaults those alone cost something that have changed.
"""

from collections.abc import Generator, Iterable, Mapping
from copy import copy
from operator import is_

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.ids import ResourceId, VaultId
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.vault import Vault
from cbr_desktop.workflows.derived import NewestBackups, changed, pieces
from cbr_desktop.workflows.ledger import Ledger, ResourceRow, loose_row, resource_of, row_id
from cbr_desktop.workflows.scope import Scope, merged

_PIECE_VAULTS = 250

Rows = dict[str, ResourceRow]


class ResourceRows:
    """The lines of one ledger, by what names them: vault by vault, then those in no vault that is listed."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._vaults: Mapping[VaultId, Vault] = {}
        self._protectables: Mapping[ResourceId, Protectable] = {}
        self._newest: NewestBackups[ResourceId] = NewestBackups(resource_of)
        self._groups: dict[VaultId, tuple[Vault, Rows]] = {}
        self._loose: Rows = {}
        self.rows: Mapping[str, ResourceRow] = {}
        """It is replaced, not changed, and stays the same where no line is another."""

    def knows(self, ledger: Ledger) -> bool:
        """Whether these are the lines of a ledger as it is now."""
        return (
            self._vaults is ledger.vaults
            and self._protectables is ledger.protectables
            and self._newest.knows(ledger.backups)
        )

    def as_of(self, ledger: Ledger) -> "ResourceRows":
        """Return the lines of another ledger of the same profile, of which most may be the same; to be followed."""
        made = copy(self)
        made._ledger, made._newest = ledger, copy(self._newest)
        return made

    def follow(self) -> Generator[None, None, None]:
        """Take over what has changed in the ledger."""
        ledger = self._ledger
        if self.knows(ledger):
            return
        vaults, protectables, backups = ledger.vaults, ledger.protectables, ledger.backups
        touched = yield from self._newest.follow(backups)
        touched |= yield from changed(self._protectables, protectables)
        last_good = self._newest.found
        groups: dict[VaultId, tuple[Vault, Rows]] = {}
        for number, vault in enumerate(vaults.values(), 1):
            kept = self._groups.get(vault.id)
            if kept is None or kept[0] is not vault or (touched and _is_touched(vault, touched)):
                made = (
                    ResourceRow(each, vault, protectables.get(each.id), last_good.get(each.id))
                    for each in vault.resources
                )
                kept = (vault, _kept(made, kept[1] if kept is not None else {}))
            groups[vault.id] = kept
            if not number % _PIECE_VAULTS:
                yield
        pairs = zip(groups.values(), self._groups.values(), strict=False)
        is_same = len(groups) == len(self._groups) and all(mine is other for mine, other in pairs)
        loose = self._loose
        # a line of what is in no vault begins with the stroke
        if not is_same or protectables is not self._protectables or any(f"/{id}" in loose for id in touched):
            loose = yield from self._unlisted(vaults, protectables, last_good)
        if not is_same or loose is not self._loose:
            rows: Rows = {}
            for number, (_vault, group) in enumerate(groups.values(), 1):
                rows.update(group)
                if not number % _PIECE_VAULTS:
                    yield
            rows.update(loose)
            self.rows = rows
        self._vaults, self._protectables = vaults, protectables
        self._groups, self._loose = groups, loose

    def _unlisted(
        self,
        vaults: Mapping[VaultId, Vault],
        protectables: Mapping[ResourceId, Protectable],
        last_good: Mapping[ResourceId, Backup],
    ) -> Generator[None, None, Rows]:
        """Return the lines of what is in no vault that is listed; those of before where none is another."""
        seen: set[ResourceId] = set()
        for number, vault in enumerate(vaults.values(), 1):
            seen.update([each.id for each in vault.resources])
            if not number % _PIECE_VAULTS:
                yield
        found: Rows = {}
        for piece in pieces(protectables.values()):
            made = (loose_row(each, vaults, last_good) for each in piece if each.id not in seen)
            found |= _kept(made, self._loose)
            yield
        pairs = zip(found.values(), self._loose.values(), strict=False)
        is_same = len(found) == len(self._loose) and all(mine is other for mine, other in pairs)
        return self._loose if is_same else found


def _is_touched(vault: Vault, touched: set[ResourceId]) -> bool:
    return not touched.isdisjoint([each.id for each in vault.resources])


def _kept(made: Iterable[ResourceRow], before: Mapping[str, ResourceRow]) -> Rows:
    """Return lines by what names them, with those of before in place of the ones that are made of the same."""
    rows: Rows = {}
    for row in made:
        id = row_id(row)
        held = before.get(id)
        rows[id] = held if held is not None and _is_same(held, row) else row
    return rows


def _is_same(held: ResourceRow, row: ResourceRow) -> bool:
    return (
        held.vault is row.vault
        and held.protectable is row.protectable
        and held.last_good is row.last_good
        and held.server_vault is row.server_vault
        and (row.vault is None or held.resource is row.resource)
    )


class ScopeResourceRows:
    """The lines of all ledgers that are looked at together, each resource once."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._own: dict[Ledger, ResourceRows] = {}
        self._lists: list[Mapping[str, ResourceRow]] = []
        self.rows: list[ResourceRow] = []
        """It is replaced, not changed, and stays the same where no line is another."""

    def follow(self, further: Iterable[tuple[Ledger, Ledger]] = ()) -> Generator[None, None, None]:
        """Take over what has changed; ``further`` are ledgers, each with one of the same lists as of before."""
        own: dict[Ledger, ResourceRows] = {}
        for member in self._scope.members:
            own[member] = self._own.get(member) or ResourceRows(member)
            yield from own[member].follow()
        lists = [each.rows for each in own.values()]
        for member, earlier in further:
            if member in own:
                own[earlier] = own[member].as_of(earlier)
                yield from own[earlier].follow()
        self._own = own
        if len(lists) != len(self._lists) or not all(map(is_, lists, self._lists)):
            self._lists = lists
            joined = lists[0] if len(lists) == 1 else (yield from merged([each.values() for each in lists]))
            self.rows = list(joined.values())

    def of(self, ledger: Ledger) -> Mapping[str, ResourceRow]:
        """Return the lines of one of the ledgers, as far as they were followed."""
        known = self._own.get(ledger)
        return known.rows if known is not None else {}
