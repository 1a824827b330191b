"""G21: whatever kind of change is on its way when the program dies, none is lost and none is done again."""

from collections.abc import Iterator

from cbr_desktop.domain.change import Repeat
from cbr_desktop.workflows.operations import OPERATIONS

from .finding import Finding
from .g2 import dying
from .ground import Ground, part_of

KILLS = 200
"""Of each kind."""
_AGAIN = {
    Repeat.NEVER: "sent twice",
    Repeat.AFTER_PROOF: "sent again after it was done",
    Repeat.SAFE: "sent again after it was done",
}


def measure(ground: Ground) -> Iterator[Finding]:
    """Kill at each point by turns and at random times, then let it be settled to the end; one kind after the other.

    The service does what it is asked for the first time, so that a second request is one after it was done.
    """
    with dying(ground) as let_die:
        for kind, operation in OPERATIONS.items():
            wanted = part_of(KILLS)
            found = let_die(kind, wanted, hasty=True)
            bad = [found.lost, found.twice, found.wrong, found.broken]
            lost, twice, wrong, broken = map(len, bad)
            yield Finding(
                "G21",
                f"{kind}: {found.killed} of {wanted} kills, {found.sent} requests that reached the service",
                f"{lost} lost, {twice} {_AGAIN[operation.repeat]}, {wrong} called wrongly, {broken} journals broken",
                "0 of each",
                not any(bad) and found.killed == wanted,
            )
