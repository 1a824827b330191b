"""Default names for checkpoints: the profile's template, filled in with what is known, and unique by themselves.

A lost answer is looked for by the name of its request, which must not be another's. So a name that a template gives
always has a random part of its own: the template's ``{rand}``, or one that is put at the end.
"""

import random
import string
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from msgspec.structs import replace

from cbr_desktop.domain.checkpoint import NAME_LIMIT, CheckpointDraft, is_distinctive
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.template import Rendered, render
from cbr_desktop.domain.vault import Vault

_LETTERS = string.ascii_lowercase + string.digits
_OWN_WIDTH = 6
_LEAST_OWN_WIDTH = 4
"""How short a random part may be to tell one name from another."""


def default_name(
    template: str,
    profile: Profile,
    vault: Vault | None,
    draft: CheckpointDraft,
    now: datetime,
    *,
    sequence: int = 1,
    host: str = "",
    ticket: str = "",
    chance: random.Random | None = None,
) -> Rendered:
    """Return the name that ``template`` gives for a draft.

    It has a random part, at its end where the template has none, and is shortened before that. ``chance`` decides it:
    hand the same seed in again to get the same name again. A template that gives nothing gives no name. ``ticket`` is
    the change's number, which a template may ask for.
    """
    luck = chance or random.Random()
    drawn: list[str] = []

    def draw(width: int | None) -> str:
        drawn.append(random_part(luck, width or _LEAST_OWN_WIDTH))
        return drawn[-1]

    local = now.astimezone()
    choices = draft.resources or ()
    only = choices[0].name if len(choices) == 1 else ""
    if vault is not None and draft.resources is None and len(vault.resources) == 1:
        only = vault.resources[0].name
    values: Mapping[str, Callable[[int | None], str]] = {
        "vault": lambda _width: vault.name if vault else "vault",
        "resource": lambda _width: only or "resources",
        "date": lambda _width: local.strftime("%Y-%m-%d"),
        "time": lambda _width: local.strftime("%H%M"),
        "utc": lambda _width: now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"),
        "seq": lambda width: str(sequence).zfill(width or 1),
        "user": lambda _width: profile.user,
        "host": lambda _width: host,
        "env": lambda _width: str(profile.environment),
        "type": lambda _width: "incr" if draft.incremental else "full",
        "ticket": lambda _width: ticket.strip(),
        "rand": draw,
    }
    rendered = render(template, values, profile.name_rules)
    is_own = any(len(part) >= _LEAST_OWN_WIDTH and part in rendered.name for part in drawn)
    if is_own or not rendered.name:
        return rendered
    return replace(rendered, name=with_own_part(rendered.name, luck))


def with_own_part(name: str, chance: random.Random | None = None) -> str:
    """Return a name with a random part at its end; of a long one, what stands before that is shortened."""
    own = random_part(chance or random.Random(), _OWN_WIDTH)
    return f"{name[: NAME_LIMIT - len(own) - 1]}-{own}"


def random_part(chance: random.Random, width: int) -> str:
    """Return letters and digits by chance, which alternate where there is room: no such part is chosen by hand."""
    while True:
        part = "".join(chance.choices(_LETTERS, k=width))
        if width < _LEAST_OWN_WIDTH or is_distinctive(part):
            return part
