"""What a change destroys or overwrites, counted and named, before it is confirmed."""

from dataclasses import dataclass
from datetime import datetime

from cbr_desktop.domain.change import Effect, Subject
from cbr_desktop.domain.profile import Environment


@dataclass(frozen=True, slots=True)
class Lost:
    """One thing that a change destroys or overwrites.

    ``is_newest`` is whether it is the newest good backup of its resource, ``left`` how many good ones of that resource
    stay as far as is known, ``None`` when that is not known.
    """

    id: str
    name: str
    resource_name: str
    created_at: datetime | None
    is_newest: bool = False
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Blast:
    """All that a change destroys or overwrites; ``as_of`` is how old the data are that it was counted by."""

    lost: tuple[Lost, ...] = ()
    as_of: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known to be lost."""
        return not self.lost


def destroys(effect: Effect) -> bool:
    """Whether a change of this effect takes something away that was there."""
    return effect in (Effect.DELETES, Effect.OVERWRITES)


def wants_typed_name(effect: Effect, environment: Environment) -> bool:
    """Whether a person types the name of what is destroyed or overwritten before it goes."""
    return destroys(effect) and environment is Environment.PRODUCTION


def name_to_type(subject: Subject) -> str:
    """Return what a person types for a subject: its name, or its id where the name cannot be read off and typed."""
    name = subject.name
    return name if name and name.isprintable() and name == name.strip() else subject.id
