"""What a change destroys or overwrites, counted and named, before it is confirmed."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from cbr_desktop.domain.change import Effect, Subject
from cbr_desktop.domain.ids import BackupId
from cbr_desktop.domain.profile import Environment


class Tie(StrEnum):
    """What else hangs on a thing that is lost."""

    IMAGE = "image"
    REPLICA = "replica"
    AUTOMATIC = "automatic"
    """It was made by a policy, which counts what it keeps."""


class Lost(Struct, frozen=True):
    """One thing that a change destroys or overwrites.

    ``is_newest`` is whether it is the newest good backup of its resource, ``left`` how many good ones of that resource
    stay, ``None`` when that is not known. ``at`` is when it goes, ``None`` for at once. Of several that
    go together, what stays is what stays of all of them. ``next_at`` is when the newest good one that stays was made.
    """

    id: str
    name: str
    resource_name: str
    created_at: datetime | None
    is_newest: bool = False
    left: int | None = None
    at: datetime | None = None
    resource_id: str = ""
    vault_name: str = ""
    next_at: datetime | None = None
    ties: frozenset[Tie] = frozenset()

    @property
    def is_last(self) -> bool:
        """Whether no good backup of its resource is left, though there was one: this is the newest."""
        return self.is_newest and self.left == 0


class Overwritten(Struct, frozen=True):
    """What a restore writes over: a resource, as it is since the data of a backup.

    ``data_at`` is the time of these data, ``newer`` and ``newer_at`` the newest good backup of the resource where that
    is a later one. ``disks`` are the disks that are written to, ``untouched`` those of the resource that are not; both
    empty for a resource without disks. A server ``is_server``, which is shut down meanwhile, and started afterwards if
    ``starts``.
    """

    resource_name: str
    backup_name: str
    data_at: datetime | None
    newer: str = ""
    newer_at: datetime | None = None
    disks: tuple[str, ...] = ()
    untouched: tuple[str, ...] = ()
    is_server: bool = False
    starts: bool = False


class LostBackups(Struct, frozen=True):
    """Backups of a resource in a vault, mostly all of it, which a change deletes: ``count``, ``good`` ones among them.

    ``newest_at`` is when the newest good one was made. ``manual`` were made by a person; of ``images`` an image was
    made, ``replicated`` have a copy in another region, which stays. ``left`` good ones are in other vaults, the newest
    of them made at ``left_newest_at``; ``None`` when that is not known. ``at`` is when they have gone, ``None`` for at
    once: then it is only some of its backups, which go sooner than before, and ``endless`` of them had no end at all.
    """

    id: str
    resource_name: str
    count: int
    good: int
    newest_at: datetime | None = None
    manual: int = 0
    images: int = 0
    replicated: int = 0
    left: int | None = None
    left_newest_at: datetime | None = None
    vault_name: str = ""
    at: datetime | None = None
    endless: int = 0

    @property
    def is_last(self) -> bool:
        """Whether good ones are lost and none is known to be left anywhere in the region."""
        return self.good > 0 and self.left == 0


class Blast(Struct, frozen=True):
    """All that a change destroys or overwrites; ``as_of`` is how old the data are that it was counted by.

    ``more`` counts what is lost besides those that are named. ``shareable`` are the backups that go at once and may be
    shared with other projects, the newest first; no list tells whether they are.
    """

    lost: tuple[Lost | LostBackups, ...] = ()
    as_of: datetime | None = None
    more: int = 0
    overwritten: Overwritten | None = None
    shareable: tuple[BackupId, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known to be lost."""
        return not (self.lost or self.more or self.overwritten)

    @property
    def backups(self) -> tuple[Lost, ...]:
        """The single backups among what is lost."""
        return tuple(each for each in self.lost if isinstance(each, Lost))

    @property
    def takes_last(self) -> bool:
        """Whether a resource is left without any good backup by it."""
        return any(each.is_last for each in self.lost)


def merged(blasts: Sequence[Blast]) -> Blast:
    """Return what several changes destroy that have nothing to do with each other; the oldest data count."""
    lost = tuple(each for blast in blasts for each in blast.lost)
    known = [blast.as_of for blast in blasts]
    as_of = min((at for at in known if at is not None), default=None) if None not in known else None
    shareable = tuple(dict.fromkeys(id for blast in blasts for id in blast.shareable))
    return Blast(lost, as_of, sum(blast.more for blast in blasts), shareable=shareable)


def destroys(effect: Effect) -> bool:
    """Whether a change of this effect takes something away for good that was there."""
    return effect in (Effect.DELETES, Effect.OVERWRITES, Effect.BINDS)


class NameCheck(StrEnum):
    """Why a person types a name before something goes."""

    PRODUCTION = "production"
    LAST = "last"
    """It leaves a resource without a good backup."""
    BINDING = "binding"
    """It binds for good or writes over something: of what is lost there may be another one, of this there is none."""


_NOTHING = Blast()


def grave(effect: Effect, environment: Environment, blast: Blast = _NOTHING) -> NameCheck | None:
    """Return why a person types the name of what is destroyed, overwritten or bound, ``None`` where it is not typed."""
    if not destroys(effect):
        return None
    if environment is Environment.PRODUCTION:
        return NameCheck.PRODUCTION
    if blast.takes_last:
        return NameCheck.LAST
    return NameCheck.BINDING if effect in (Effect.BINDS, Effect.OVERWRITES) else None


def wants_typed_name(effect: Effect, environment: Environment, blast: Blast = _NOTHING) -> bool:
    """Whether a person types the name of what is destroyed, overwritten or bound before it goes."""
    return grave(effect, environment, blast) is not None


def wants_reason(effect: Effect) -> bool:
    """Whether a person says why before it goes, and nothing but a person lets it go."""
    return effect is Effect.OVERWRITES


def name_to_type(subject: Subject) -> str:
    """Return what a person types for a subject: its name, or its id where the name cannot be read off and typed."""
    return subject.name if can_be_typed(subject.name) else subject.id


def can_be_typed(name: str) -> bool:
    """Whether a name can be read off and typed."""
    return bool(name) and name.isprintable() and name == name.strip()
