"""A change of every kind that there is, as the measurements ask for them, and what the service knows of each."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from cbr_desktop.domain.backup import BackupDeletion, BackupRename
from cbr_desktop.domain.change import Change, Kind
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.ids import BackupId, VaultId
from cbr_desktop.domain.policy import PolicyDraft
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.simulator.service import Service

_PATTERN = "FREQ=WEEKLY;BYDAY=MO,TU;BYHOUR=01;BYMINUTE=00"


@dataclass(frozen=True)
class _Way:
    """How a kind of change is asked for: ``subject`` finds or makes what it is done to, ``draft`` is filled in with
    that and a name, ``times_done`` tells how often the service has done it, as far as what is there tells that."""

    subject: Callable[[Service], str]
    draft: Callable[[str, str], Any]
    times_done: Callable[[Service, str, str], int]


def _own_backup(service: Service) -> str:
    """Put a backup into the estate that nothing else is done to."""
    backups = service.estate.backups
    model = next(each for each in backups.values() if each.status == "available" and not each.auto and not each.images)
    made = replace(model, id=str(uuid.uuid4()))
    backups[made.id] = made
    service.estate.changed()
    return made.id


def _checkpoints(service: Service, name: str, _subject: str) -> int:
    return sum(each.name == name for each in service.estate.checkpoints.values())


def _policies(service: Service, name: str, _subject: str) -> int:
    return sum(each.name == name for each in service.estate.policies.values())


def _is_deleted(service: Service, _name: str, subject: str) -> int:
    backup = service.estate.backups.get(subject)
    return backup is None or backup.status == "deleting"


def _is_renamed(service: Service, name: str, subject: str) -> int:
    return service.estate.backups[subject].name == name


_WAYS = {
    Kind.CREATE_CHECKPOINT: _Way(
        lambda _service: REFERENCE_VAULT_ID,
        lambda name, subject: CheckpointDraft(VaultId(subject), name=name),
        _checkpoints,
    ),
    Kind.CREATE_POLICY: _Way(
        lambda _service: "",
        lambda name, _subject: PolicyDraft(name, (_PATTERN,), retention_days=30),
        _policies,
    ),
    Kind.DELETE_BACKUP: _Way(_own_backup, lambda _name, subject: BackupDeletion(BackupId(subject)), _is_deleted),
    Kind.RENAME_BACKUP: _Way(_own_backup, lambda name, subject: BackupRename(BackupId(subject), name), _is_renamed),
}
"""Of every kind; one that is missing here lets the measurements of all kinds break off."""


@dataclass(frozen=True)
class Sample:
    """One change of a kind, with a name that no other has."""

    kind: Kind
    name: str
    subject: str

    @property
    def draft(self) -> Any:
        """What a person fills in."""
        return _WAYS[self.kind].draft(self.name, self.subject)

    def times_done(self, service: Service) -> int:
        """Return how often the service has done it; what comes to the same when repeated is done once at the most."""
        return int(_WAYS[self.kind].times_done(service, self.name, self.subject))

    def clear_away(self, service: Service) -> None:
        """Take away what it has made where there may not be many."""
        policies = service.estate.policies
        for id in [each.id for each in policies.values() if each.name == self.name]:
            del policies[id]


def sample(kind: Kind, name: str, service: Service) -> Sample:
    """Return a change that can be asked for now."""
    return Sample(kind, name, _WAYS[kind].subject(service))


def arrived(service: Service, change: Change) -> int:
    """Return how often a change has reached the service, of the requests that it still remembers."""
    calls = service.journal.calls(change.method, f"/{change.path}")
    return sum(each.body == change.body for each in calls)
