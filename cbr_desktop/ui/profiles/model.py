"""The profiles of the window without its widgets: which there are, which are not saved, and what may be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from msgspec.structs import replace

from cbr_desktop.domain.endpoint import endpoint
from cbr_desktop.domain.error import CbrError
from cbr_desktop.domain.profile import Profile
from cbr_desktop.text.catalogue import _
from cbr_desktop.ui.profiles.draft import BLANK, Problem, free_name
from cbr_desktop.workflows.ports import Profiles


class FilledProfile(Protocol):
    """What is filled in of one profile."""

    def profile(self) -> Profile:
        """Return the profile as it stands, right or wrong."""
        ...

    @property
    def is_changed(self) -> bool:
        """Whether it was changed since it was saved."""
        ...

    @property
    def block(self) -> Problem | None:
        """The first thing that keeps it from being saved."""
        ...


@dataclass(eq=False)
class ProfileRow:
    """A profile of the list: as it is in the file (``None`` when it is not), and its form once it was looked at."""

    draft: Profile
    saved: Profile | None
    form: FilledProfile | None = None

    @property
    def profile(self) -> Profile:
        """The profile as it stands now."""
        return self.form.profile() if self.form is not None else self.draft

    @property
    def name(self) -> str:
        """The name as it stands now."""
        return self.profile.name

    @property
    def is_changed(self) -> bool:
        """Whether there is something to save."""
        return self.saved is None or (self.form is not None and self.form.is_changed)

    @property
    def is_blank(self) -> bool:
        """Whether it is a new one in which nothing was entered."""
        return self.saved is None and self.profile == BLANK

    @property
    def state(self) -> str:
        """How it stands against the file, in words; empty when it is as saved."""
        return _("new, not saved") if self.saved is None else _("not saved") if self.is_changed else ""

    @property
    def hindrance(self) -> str:
        """Why it cannot be saved as it stands, empty when it can."""
        block = self.form.block if self.form is not None else None
        return block.sentence if block is not None else ""


class Possible(NamedTuple):
    """What may be done with the row that is looked at."""

    save: bool = False
    revert: bool = False
    test: bool = False
    open: bool = False
    any: bool = False
    up: bool = False
    down: bool = False


class DeletedProfile(NamedTuple):
    """A profile that was deleted, and where in the file it stood."""

    profile: Profile
    at: int


class ProfileList:
    """The profiles in their order, over the file that they are kept in. What writes it raises ``CbrError``."""

    def __init__(self, profiles: Profiles) -> None:
        self._profiles = profiles
        self.rows: list[ProfileRow] = []
        self.problems: Sequence[CbrError] = ()
        """What is wrong with the file."""

    # what there is

    @property
    def unsaved(self) -> list[ProfileRow]:
        """The rows that would be lost."""
        return [row for row in self.rows if row.is_changed and not row.is_blank]

    def other_names(self, row: ProfileRow) -> set[str]:
        """Return the names that a row cannot have."""
        return {other.name for other in self.rows if other is not row}

    def saved_names(self, rows: Sequence[ProfileRow]) -> list[str]:
        """Return the names by which rows are in the file, without those that are not."""
        return [row.saved.name for row in rows if row.saved is not None]

    def owns_login(self, row: ProfileRow) -> bool:
        """Whether no other profile logs in at the same place as the same."""
        logins = [login_of(other.saved) for other in self.rows if other.saved is not None and other is not row]
        return row.saved is None or login_of(row.saved) not in logins

    def possible(self, row: ProfileRow | None, *, is_working: bool) -> Possible:
        """Return what may be done with a row; ``is_working`` is whether it is tested already, which can be stopped."""
        if row is None:
            return Possible()
        can, is_changed, index = not row.hindrance, row.is_changed, self.rows.index(row)
        return Possible(
            save=is_changed and can,
            revert=is_changed and row.saved is not None,
            test=can or is_working,
            open=not is_changed,
            any=True,
            up=index > 0,
            down=index < len(self.rows) - 1,
        )

    # what is done

    def reload(self) -> list[ProfileRow]:
        """Read the file again; return the rows that are gone. Those with changes that are not saved stay."""
        known, self.problems = self._profiles.read()
        before = {row.saved.name: row for row in self.rows if row.saved is not None}
        kept = [self._row_of(profile, before.pop(profile.name, None)) for profile in known]
        gone = []
        for row in [row for row in self.rows if row not in kept]:
            if row.is_changed and not row.is_blank:
                row.saved = None
                kept.append(row)
            else:
                gone.append(row)
        self.rows = kept
        return gone

    def add(self, profile: Profile) -> ProfileRow:
        """Add a profile that is not saved yet."""
        row = ProfileRow(profile, None)
        self.rows.append(row)
        return row

    def copy(self, row: ProfileRow) -> ProfileRow:
        """Add a copy of a profile as it stands, under a name that is free."""
        profile = row.profile
        return self.add(replace(profile, name=free_name(profile.name, {other.name for other in self.rows})))

    def save(self, row: ProfileRow) -> Profile:
        """Write a row into the file, at the place where it stands in the list; return it as it was written."""
        profile = row.profile
        iam, cbr = endpoint(profile.iam_endpoint), endpoint(profile.cbr_endpoint)
        profile = replace(profile, iam_endpoint=iam, cbr_endpoint=cbr)
        self._profiles.save(profile, row.saved.name if row.saved else "")
        if row.saved is None and row is not self.rows[-1]:
            self._profiles.move(profile.name, self._index_of(row))
        row.saved = row.draft = profile
        return profile

    def revert(self, row: ProfileRow) -> None:
        """Take a row back to what is in the file."""
        if row.saved is not None:
            row.draft, row.form = row.saved, None

    def delete(self, row: ProfileRow) -> DeletedProfile:
        """Take a saved row out of the file and the list; return what brings it back."""
        assert row.saved is not None  # noqa: S101  # callers have looked
        place = DeletedProfile(row.saved, self._index_of(row))
        self._profiles.remove(row.saved.name)
        self.rows.remove(row)
        return place

    def bring_back(self, place: DeletedProfile) -> None:
        """Write a deleted profile into the file again, where it stood."""
        self._profiles.save(place.profile, "")
        self._profiles.move(place.profile.name, place.at)

    def put_in_order(self, rows: Sequence[ProfileRow]) -> None:
        """Take over another order of the same rows; what is in the file follows with ``keep_place``."""
        self.rows = list(rows)

    def keep_place(self, row: ProfileRow) -> None:
        """Bring a saved row in the file to where it stands in the list."""
        if row.saved is not None:
            self._profiles.move(row.saved.name, self._index_of(row))

    def _row_of(self, profile: Profile, before: ProfileRow | None) -> ProfileRow:
        if before is None:
            return ProfileRow(profile, profile)
        if not before.is_changed and before.saved != profile:
            before.draft, before.form = profile, None
        before.saved = profile
        return before

    def _index_of(self, row: ProfileRow) -> int:
        """Return the place of a row among those that are in the file."""
        return sum(other.saved is not None for other in self.rows[: self.rows.index(row)])


def login_of(profile: Profile) -> tuple[str, ...]:
    """Return where and as whom a profile logs in: what its secrets are bound to."""
    return profile.iam_endpoint, profile.way, profile.domain, profile.user, profile.access_key
