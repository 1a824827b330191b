"""What a request to make something has made, told by a list: by its name, when it was made and what it is like."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from cbr_desktop.domain.change import Result
from cbr_desktop.domain.ids import CheckpointId
from cbr_desktop.domain.intent import Candidate, Intent
from cbr_desktop.domain.listing import Listing
from cbr_desktop.workflows.operations.operation import Reader, Search
from cbr_desktop.workflows.sending import Span

_LATE = timedelta(minutes=15)
"""How long after the sending something may have been made that is taken for what was asked for."""


class Made(Protocol):
    """Something that the service has made."""

    @property
    def id(self) -> str:
        """The service's id."""
        ...

    @property
    def name(self) -> str:
        """Its name."""
        ...


Row = TypeVar("Row", bound=Made)


def found_in(
    listing: Listing[Row],
    intent: Intent,
    reader: Reader,
    span: Span,
    made_at: Callable[[Row], datetime | None],
    is_as_asked: Callable[[Row], bool],
    result: Callable[[Row], Result],
) -> Search:
    """Return what a request has made by a list: one that is as was asked for and made since is the one.

    None in a whole list is proof that it was not made, where the clocks had been compared. ``span`` is that of the
    request by what was known before the list was read.
    """
    claimed = {other.result.id for other in reader.others(intent) if other.result is not None}
    named = [each for each in listing.rows if each.name == intent.name and each.id not in claimed]
    made = [each for each in named if _may_be_in(span, made_at(each))]
    fitting = [each for each in made if is_as_asked(each)]
    if len(fitting) == 1 and made_at(fitting[0]) is not None:
        return Search(result(fitting[0]))
    # those of before prove nothing, but they do not hide that it was not made
    candidates = tuple(Candidate(CheckpointId(each.id), each.name, made_at(each)) for each in made)
    is_undone = listing.complete and not made and span.is_certain
    return Search(None, candidates, listing.complete, is_undone)


def _may_be_in(span: Span, at: datetime | None) -> bool:
    """Whether something was made when the request can have made it; of what does not tell, that is not known."""
    return at is None or (span.earliest <= at and (not span.is_certain or at <= span.sent_at + _LATE))
