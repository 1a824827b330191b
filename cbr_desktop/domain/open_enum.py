"""Open enumerations: the words of the service, and room for words that it learns later."""

from enum import StrEnum
from typing import TypeVar

Word = TypeVar("Word", bound=StrEnum)


def known(words: type[Word], text: str) -> Word | str:
    """Return the member of ``words`` that is spelled ``text``, or ``text`` itself when there is none."""
    return words._value2member_map_.get(text, text)  # type: ignore[return-value]


def is_known(value: str) -> bool:
    """Tell whether a value of an open enumeration is one that this version knows."""
    return isinstance(value, StrEnum)
