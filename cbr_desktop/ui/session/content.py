"""What is read of a subject only when it is shown: headings with pairs of words, and the service's answer."""

from typing import NamedTuple, Protocol

from cbr_desktop.ui.session.sheet import WordPairs


class ContentSection(NamedTuple):
    """A heading with pairs of words below it; ``note`` is a sentence that says what they do not."""

    title: str
    facts: WordPairs
    note: str = ""


class Content(NamedTuple):
    """What is known of a subject beside its row. ``note`` stands above it, as that it is being read.

    ``answer`` is what the service said of it, as JSON; empty until it has been read. ``answer_note`` says what it is.
    """

    sections: tuple[ContentSection, ...] = ()
    note: str = ""
    answer: str = ""
    answer_note: str = ""


class ContentReader(Protocol):
    """Tells the content of one subject, and reads it anew. ``key`` names the subject."""

    @property
    def key(self) -> str:
        """What names the subject for good."""
        ...

    @property
    def is_fresh(self) -> bool:
        """Whether nothing need be read now."""
        ...

    def content(self, *, is_reading: bool, trouble: str = "") -> Content:
        """Return what is known now. ``trouble`` is why it could not be read anew."""
        ...

    async def read(self) -> None:
        """Read it anew. Raises ``CbrError``."""
        ...
