"""Requests as bytes make them."""

import json

from cbr_desktop.domain.change import Change, checkpoint_change
from cbr_desktop.domain.ids import VaultId


def checkpoint_change_of(body: bytes) -> Change:
    """Return the change that asks for a checkpoint by ``body``."""
    asked = json.loads(body)["checkpoint"]
    return checkpoint_change(VaultId(asked["vault_id"]), "", body, asked.get("parameters", {}).get("name", ""))
