"""How wide the columns of a table become: what each wants, what there is, and who yields."""

from collections.abc import Sequence
from typing import NamedTuple


class Wish(NamedTuple):
    """What one visible column asks for, in pixels: ``least <= good <= full``.

    ``own`` is the width that the operator has given it, which stays, or 0. ``yields`` says whether it may go while
    there is no room, ``elastic`` that it takes what is left over, ``is_empty`` that no row says anything in it,
    ``minor`` that it yields before others.
    """

    least: int
    good: int
    full: int
    own: int = 0
    yields: bool = True
    elastic: bool = False
    is_empty: bool = False
    minor: bool = False


def fitted(wishes: Sequence[Wish], room: int) -> list[int]:
    """Return the width of each column, 0 for those that yield.

    Empty ones, and then minor ones, yield before another is less wide than is good. Then those further right yield
    first, but one that fits into what is left stays. Then as many as possible become as wide as is good, then as wide
    as their content, and the elastic one takes the rest. Where even those that must stay have no room, their sum
    exceeds it.
    """
    kept = _kept(wishes, room)
    if len(kept) < len(wishes):
        those_kept = dict(zip(kept, fitted([wishes[place] for place in kept], room), strict=True))
        return [those_kept.get(place, 0) for place in range(len(wishes))]
    least = [wish.own or wish.least for wish in wishes]
    stays = [True] * len(wishes)
    for place in reversed(range(len(wishes))):
        if sum(width for width, stay in zip(least, stays, strict=True) if stay) <= room:
            break
        stays[place] = not wishes[place].yields or bool(wishes[place].own)
    free_room = room - sum(width for width, stay in zip(least, stays, strict=True) if stay)
    for place, width in enumerate(least):  # where a wide one had to go, a narrow one may stay after all
        if not stays[place] and width <= free_room:
            stays[place] = True
            free_room -= width
    widths = [width if stay else 0 for width, stay in zip(least, stays, strict=True)]
    free = [place for place, wish in enumerate(wishes) if stays[place] and not wish.own]
    left = room - sum(widths)
    for target in ([wishes[place].good for place in free], [wishes[place].full for place in free]):
        lacking = sorted((aim - widths[place], place) for place, aim in zip(free, target, strict=True))
        for lack, place in lacking:
            more = max(0, min(lack, left))
            widths[place] += more
            left -= more
    for place in [place for place in free if wishes[place].elastic][:1]:
        widths[place] += max(0, left)
    return widths


def _kept(wishes: Sequence[Wish], room: int) -> list[int]:
    """Return the places of the columns that are left when empty and minor ones have made room for what is good."""
    lesser = [place for place in reversed(range(len(wishes))) if _is_lesser(wishes[place])]
    lesser.sort(key=lambda place: not wishes[place].is_empty)
    kept, wanted = set(range(len(wishes))), sum(wish.own or wish.good for wish in wishes)
    for place in lesser:
        if wanted <= room:
            break
        kept.remove(place)
        wanted -= wishes[place].good
    return sorted(kept)


def _is_lesser(wish: Wish) -> bool:
    return (wish.is_empty or wish.minor) and wish.yields and not wish.own
