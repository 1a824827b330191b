"""Default names for checkpoints: the profile's template, filled in with what is known."""

import random
import string
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.template import Rendered, render
from cbr_desktop.domain.vault import Vault

_LETTERS = string.ascii_lowercase + string.digits


def default_name(
    template: str,
    profile: Profile,
    vault: Vault | None,
    draft: CheckpointDraft,
    now: datetime,
    *,
    sequence: int = 1,
    host: str = "",
    chance: random.Random | None = None,
) -> Rendered:
    """Return the name that ``template`` gives for a draft.

    ``chance`` decides ``{rand}``: hand the same seed in again to get the same name again.
    """
    chance = chance or random.Random()
    local = now.astimezone()
    choices = draft.resources or ()
    only = choices[0].name if len(choices) == 1 else ""
    if vault is not None and draft.resources is None and len(vault.resources) == 1:
        only = vault.resources[0].name
    values: Mapping[str, Callable[[int | None], str]] = {
        "vault": lambda width: vault.name if vault else "vault",
        "resource": lambda width: only or "resources",
        "date": lambda width: local.strftime("%Y-%m-%d"),
        "time": lambda width: local.strftime("%H%M"),
        "utc": lambda width: now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ"),
        "seq": lambda width: str(sequence).zfill(width or 1),
        "user": lambda width: profile.user,
        "host": lambda width: host,
        "env": lambda width: str(profile.environment),
        "type": lambda width: "incr" if draft.incremental else "full",
        "rand": lambda width: "".join(chance.choices(_LETTERS, k=width or 4)),
    }
    return render(template, values, profile.name_rules)
