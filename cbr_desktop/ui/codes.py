"""The error codes of the service and its gateway: what each means and what an operator does about it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explanation:
    """A code as it is written on the wire's short form, its meaning, the remedy, and the kind of advice.

    ``advice`` is a letter: P fix the parameters, S bring about another state, L later, T retry and then support,
    H support, U unsupported, Q quota or capacity, D done already, X account.
    """

    code: str
    meaning: str
    remedy: str
    advice: str


def explain(code: str) -> Explanation | None:
    """Return what is known of ``BackupService.6113``, ``6113`` or ``APIGW.0308``; ``None`` for a foreign code."""
    return _CODES.get(code.removeprefix("BackupService."))


_CODES: dict[str, Explanation] = {}
