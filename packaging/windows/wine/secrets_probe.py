"""Keeps, finds or forgets one secret through the program's own way to the store; a try runs it in the runtime."""

import asyncio
import sys

from cbr_desktop.domain.profile import Profile
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.storage.secrets import Secrets

PROFILE = Profile("Prod", "https://iam.example.invalid", "https://cbr.example.invalid", "eu-de_prod", "Käte")
SECRET = "pässwörd – пароль 密码 " + "x" * 200


async def main(step: str) -> str:
    """Take one step and say in a word how it ended."""
    secrets = Secrets({}, timeout=30.0)
    if step == "keep":
        return "kept" if await secrets.keep(PROFILE, SecretKind.PASSWORD, SECRET) else str(secrets.problem)
    if step == "forget":
        await secrets.forget(PROFILE, SecretKind.PASSWORD)
        return "forgotten"
    found = await secrets.get(PROFILE, SecretKind.PASSWORD)
    return "none" if found is None else "found" if found == SECRET else "another"


if __name__ == "__main__":
    print(asyncio.run(main(sys.argv[1])))
