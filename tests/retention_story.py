"""Policies of chance in the simulator, changed now and then; each stretch between changes is forecast and then lived.

What the forecast says of a stretch is held against what the simulated service really deletes in it, day by day.
"""

import json
import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

from cbr_desktop.domain.backup import Backup, BackupStatus
from cbr_desktop.domain.ids import BackupId, ResourceId, VaultId
from cbr_desktop.domain.open_enum import known
from cbr_desktop.domain.retention import Assumptions, Coverage, Forecast, Retention, Rules, forecast
from cbr_desktop.domain.schedule import Recurrence, Schedule
from cbr_desktop.simulator import checkpoints, policies, schedules
from cbr_desktop.simulator.building import Builder
from cbr_desktop.simulator.call import Answer, Call
from cbr_desktop.simulator.entities import Policy
from cbr_desktop.simulator.estate import account
from cbr_desktop.simulator.modes import Modes

START = datetime(2026, 1, 5, 9, 32, 30, tzinfo=UTC)
"""No pattern runs in such a minute, so that no change comes while a backup is being made."""
DAY = timedelta(days=1)
ZONES = ("UTC+00:00", "UTC+08:00", "UTC-03:30")
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Story:
    """One vault with two resources and the policy of one number."""

    def __init__(self, number: int) -> None:
        self.random = random.Random(number)
        build = Builder(account(number), START, number)
        self.vault = build.vault("vault", "server", 0, 10_000_000, locked=number % 5 == 4)
        self.servers = [build.server(self.vault, f"ecs-{index}", 1, fresh_mb=1) for index in (1, 2)]
        self.estate = build.estate
        self.modes = Modes()
        self.now = START
        self.log: list[str] = []
        made = self.ask(policies.create, {"policy": {"name": "p", "operation_type": "backup", **self.some_rules()}})
        self.policy: Policy = self.estate.policies[made["policy"]["id"]]
        self.apply()

    # what is asked of the service

    def ask(self, endpoint: Any, body: dict[str, Any], **params: str) -> Any:
        self.log.append(f"{self.now} {endpoint.__name__} {json.dumps(body)}")
        content = json.dumps(body).encode()
        call = Call("", "", [], {}, content, "", self.now, self.estate, self.modes, {"project_id": "", **params})
        schedules.play(self.estate, self.now, self.modes)
        answer: Answer = endpoint(call)
        return answer.body

    def apply(self) -> None:
        self.ask(policies.associate, {"policy_id": self.policy.id}, vault_id=self.vault.id)

    def some_rules(self) -> dict[str, Any]:
        return {
            "operation_definition": self.some_retention(),
            "trigger": {"properties": {"pattern": self.some_times()}},
        }

    def some_retention(self) -> dict[str, Any]:
        some = self.random
        rule: dict[str, Any] = {}
        if some.random() < 0.6:
            rule["max_backups"] = some.randint(1, 12)
        if some.random() < 0.5:
            rule["retention_duration_days"] = some.randint(1, 40)
        if some.random() < 0.5:
            numbers = ("day_backups", "week_backups", "month_backups", "year_backups")
            rule |= {number: some.choice((0, 0, 1, 2, 4)) for number in numbers} | {"timezone": some.choice(ZONES)}
        return rule

    def some_times(self) -> list[str]:
        some = self.random
        hours = sorted(some.sample(range(0, 24, 2), some.choice((1, 1, 2, 3))))
        interval = some.choice((1, 1, 1, 2, 9))
        days = tuple(some.sample(DAYS, some.randint(1, 7))) if some.random() < 0.5 else ()
        return [Recurrence(days, interval, 60 * hour + some.choice((0, 5, 55, 59))).pattern for hour in hours]

    def change(self) -> None:
        """Do one of the things that an operator does to a policy and its backups."""
        some = self.random
        match some.choice(
            ("retention", "retention", "retention", "schedule", "switch", "apply", "by hand", "failures")
        ):
            case "retention":
                self.update({"operation_definition": self.some_retention()})
            case "schedule":
                self.update({"trigger": {"properties": {"pattern": self.some_times()}}})
            case "switch":
                self.update({"enabled": not self.policy.enabled})
            case "apply" if self.vault.id in self.policy.vaults:
                self.ask(policies.dissociate, {"policy_id": self.policy.id}, vault_id=self.vault.id)
            case "apply":
                self.apply()
            case "by hand":
                self.ask(checkpoints.create, {"checkpoint": {"vault_id": self.vault.id}})
                self.turn(timedelta(minutes=1))
            case _:
                self.servers[0].fails_at = 50
                self.turn(some.randint(1, 12) * DAY)
                self.servers[0].fails_at = None

    def update(self, keys: dict[str, Any]) -> None:
        self.ask(policies.update, {"policy": keys}, policy_id=self.policy.id)

    def turn(self, span: timedelta) -> None:
        self.now += span
        schedules.play(self.estate, self.now, self.modes)

    # what is forecast, and what comes

    def foretell(self, days: int) -> Forecast:
        own = self.policy
        number = {key: value for key, value in own.definition.items() if isinstance(value, int)}
        kept = Retention(
            number.get("max_backups", -1),
            number.get("retention_duration_days", -1),
            *(number.get(key, 0) for key in ("day_backups", "week_backups", "month_backups", "year_backups")),
            timezone=str(own.definition.get("timezone", "")),
        )
        rules = Rules(Schedule(tuple(own.pattern), own.start), kept, own.enabled)
        vault = Coverage(VaultId(self.vault.id), tuple(ResourceId(each.id) for each in self.servers), self.vault.locked)
        is_applied = self.vault.id in own.vaults
        takes = Assumptions(waits=timedelta(seconds=self.modes.checkpoint_seconds))
        return forecast(self.backups(), [vault], rules if is_applied else None, self.now, days, takes)

    def backups(self) -> list[Backup]:
        return [
            Backup(
                id=BackupId(each.id),
                name=each.name,
                status=known(BackupStatus, each.status),
                vault_id=VaultId(each.vault_id),
                checkpoint_id=None,
                resource_id=ResourceId(each.resource_id),
                resource_name="",
                resource_type="",
                resource_size_gb=1,
                created_at=each.created_at,
                expires_at=each.expired_at,
                auto=each.auto,
            )
            for each in self.estate.backups.values()
        ]

    def live(self, days: int) -> None:
        """Forecast some days, then live them; fail where what comes is not what was forecast."""
        told = self.foretell(days)
        there = {each.id for each in self.backups()}
        since = self.now
        for expected in told.days()[:-1]:
            midnight = datetime.combine(expected.day + DAY, datetime.min.time(), UTC)
            self.turn(midnight - timedelta(seconds=1) - self.now)
            found = [each for each in self.backups() if each.status != BackupStatus.DELETING]
            counts = sum(each.id in there for each in found), sum(each.id not in there for each in found)
            assert counts == (expected.existing, expected.made), self.words(f"at the end of {expected.day}")
        self.turn(since + days * DAY - self.now)
        tasks = [each for each in self.estate.tasks.values() if each.operation_type == "delete"]
        gone = {(each.backup_id, each.created_at.date()) for each in tasks if each.created_at >= since}
        came = {(id, day) for id, day in gone if id in there}
        assert came == {(each.id, each.at.date()) for each in told.removals}, self.words(f"from {since} on")

    def words(self, when: str) -> str:
        return "\n".join([f"{when}:", *self.log[-6:]])


def told_and_lived(number: int, days: int) -> Counter[str]:
    """Live the story of a number for so many days; return how much there was of what."""
    story = Story(number)
    end: date = (START + days * DAY).date()
    seen: Counter[str] = Counter()
    while story.now.date() < end:
        story.live(story.random.randint(1, 30))
        seen["stretches"] += 1
        story.change()
    tasks = story.estate.tasks.values()
    seen["deletions"] = sum(each.operation_type == "delete" for each in tasks)
    seen["backups"] = sum(each.operation_type == "backup" for each in tasks)
    return seen
