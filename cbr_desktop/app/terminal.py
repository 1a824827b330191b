"""The secrets of a command: from the environment, from the system's store, or from who sits at the terminal."""

import getpass
import os
import sys
from collections.abc import Callable
from typing import TextIO

from cbr_desktop.app.interruptible import interruptible
from cbr_desktop.cloud.sign_in import Secret
from cbr_desktop.crash import forbid_dumps
from cbr_desktop.domain.error import SecretMissing
from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.refusals import Refusals
from cbr_desktop.storage.secrets import Secrets
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.identity import secret_words
from cbr_desktop.text.states import shown


def is_typed(stream: TextIO | None, system: str = os.name) -> bool:
    """Tell whether there is a person who types what is read from a stream.

    On Windows the empty device calls itself a terminal as well, and a question asked there would wait for ever.
    """
    if stream is None or not stream.isatty():
        return False
    raw = getattr(getattr(stream, "buffer", None), "raw", None)
    return system != "nt" or type(raw).__name__ == "_WindowsConsoleIO"


def _asked(ask: Callable[[str], str], prompt: str) -> str:
    """Return what is typed, nothing where the input has ended (Ctrl+D)."""
    try:
        return ask(prompt)
    except EOFError:
        return ""


def terminal_secret(
    profile: Profile, terminal: TextIO | None = None, ask: Callable[[str], str] = getpass.getpass
) -> Secret:
    """Return how a command gets the password: environment, the system's store, or a prompt where there is a person.

    ``terminal`` is the standard input by default, ``ask`` prompts there. What a person types first is tried although
    it was refused to a program before: the account may have been unlocked since.
    """
    forbid_dumps()
    secrets = Secrets()
    terminal = sys.stdin if terminal is None else terminal

    was_typed = False

    async def secret(kind: SecretKind) -> str:
        nonlocal was_typed
        found = await secrets.get(profile, kind)
        if found is None and is_typed(terminal):
            prompt = _("{secret} for {profile}: ").format(secret=secret_words(kind), profile=shown(profile.name))
            with interruptible():
                found = _asked(ask, prompt)
            if not was_typed:
                Refusals(places().refusals_file).forget(profile)
            was_typed = True
        if not found:
            raise SecretMissing(profile.name, kind)
        return found

    return secret
