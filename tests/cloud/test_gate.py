"""Requests stand in line, and one that is cancelled takes no place along."""

import asyncio
from datetime import timedelta

from cbr_desktop.cloud.gate import IN_FLIGHT, NARROW, Gate
from tests.cloud.values import Clock


class Line:
    """Requests at a gate that stay until they are told to leave; ``inside`` are those that were let in, in order."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self.group = group
        self.clock = Clock()
        self.gate = Gate(self.clock.now)
        self.inside: list[int] = []
        self.leaves: dict[int, asyncio.Event] = {}
        self.tasks: dict[int, asyncio.Task[None]] = {}

    async def come(self, *numbers: int) -> None:
        for number in numbers:
            self.leaves[number] = asyncio.Event()
            self.tasks[number] = self.group.create_task(self._pass(number))
        await self.rest()

    async def leave(self, *numbers: int) -> None:
        for number in numbers:
            self.leaves[number].set()
        await self.rest()

    async def rest(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def _pass(self, number: int) -> None:
        async with self.gate:
            self.inside.append(number)
            await self.leaves[number].wait()


def test_those_who_wait_are_let_in_in_their_order_one_for_each_who_leaves() -> None:
    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            line = Line(group)
            await line.come(*range(IN_FLIGHT + 3))
            assert line.inside == list(range(IN_FLIGHT))
            await line.leave(2)
            assert line.inside[IN_FLIGHT:] == [IN_FLIGHT]
            await line.leave(0, 1)
            assert line.inside == list(range(IN_FLIGHT + 3))
            await line.leave(*line.tasks)

    asyncio.run(main())


def test_who_gives_up_waiting_takes_no_place_along() -> None:
    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            line = Line(group)
            await line.come(*range(IN_FLIGHT + 3))
            line.tasks[IN_FLIGHT].cancel()
            line.leaves[0].set()  # and its place is free at the same moment
            await line.rest()
            assert line.inside[IN_FLIGHT:] == [IN_FLIGHT + 1]
            line.leaves[1].set()
            await asyncio.sleep(0)  # the next one is let in, and is cancelled before it knows
            line.tasks[IN_FLIGHT + 2].cancel()
            await line.rest()
            assert IN_FLIGHT + 2 not in line.inside
            await line.come(99)
            assert line.inside[-1] == 99
            await line.leave(*line.tasks)

    asyncio.run(main())


def test_after_a_refusal_there_is_one_at_a_time_and_later_more() -> None:
    async def main() -> None:
        async with asyncio.TaskGroup() as group:
            line = Line(group)
            await line.come(*range(IN_FLIGHT + 4))
            line.gate.throttled()
            await line.leave(*range(IN_FLIGHT - 1))
            assert len(line.inside) == IN_FLIGHT
            await line.leave(IN_FLIGHT - 1)
            assert line.inside[IN_FLIGHT:] == [IN_FLIGHT]
            line.clock.time += NARROW + timedelta(seconds=1)
            line.gate.adjust()
            await line.rest()
            assert line.inside == list(range(IN_FLIGHT + 4))
            await line.leave(*line.tasks)

    asyncio.run(main())
