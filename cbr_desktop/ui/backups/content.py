"""What the details say of a backup beyond its row, read when the details are shown."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.error import CloudError
from cbr_desktop.domain.ids import BackupId
from cbr_desktop.text.backup_contents import (
    backup_pairs,
    disk_pairs,
    disk_title,
    member_pairs,
    members_note,
    metadata_note,
    metadata_pairs,
    no_metadata_sentence,
    not_ready_sentence,
)
from cbr_desktop.text.backups import REPLICA, replica_words
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.text.errors import error_sentence
from cbr_desktop.text.words import Times
from cbr_desktop.ui.kit.tables.copying import as_json
from cbr_desktop.ui.session.content import Content, ContentSection
from cbr_desktop.workflows.backup_reading import BackupReader, ReadBackup

_TEXT_LIMIT = 2_000
"""Characters of a text within an answer that are shown."""


class BackupContent:
    """Tells and reads the content of one backup; fits ``ContentReader``.

    ``names`` returns project ids by name, ``changed`` when shares of backups were changed last.
    """

    def __init__(
        self,
        backup: Backup,
        reader: BackupReader,
        times: Times,
        names: Callable[[], Mapping[str, str]] = dict,
        changed: Callable[[], Mapping[BackupId, datetime]] = dict,
    ) -> None:
        self._names = names
        self._changed = changed
        self._backup = backup
        self._reader = reader
        self._times = times

    @property
    def key(self) -> str:
        """The id of the backup."""
        return self._backup.id

    @property
    def is_fresh(self) -> bool:
        """Whether what was read is young enough, and of the backup as it is."""
        return self._reader.is_fresh(self._backup, self._changed().get(self._backup.id))

    def content(self, *, is_reading: bool, trouble: str = "") -> Content:
        """Return what was read last, with its age, or that nothing was."""
        read = self._reader.known(self._backup.id)
        if read is None:
            words = trouble or _("Reading this backup…")
            row = _("As the list tells it.")
            return Content((), words, "", sentences(row, words))
        age = _("Read at {at}.").format(at=self._times.age_and_date(read.at))
        if trouble:
            age = sentences(trouble, _("What is shown was read at {at}.").format(at=self._times.age_and_date(read.at)))
        elif is_reading:
            age = _("Read at {at}; it is being read again.").format(at=self._times.age_and_date(read.at))
        answer_note = sentences(_("The service's own answer."), age)
        return Content(tuple(self._sections(read)), age, _laid_out(read.details.answer), answer_note)

    async def read(self) -> None:
        """Read it anew."""
        await self._reader.read(self._backup)

    def _sections(self, read: ReadBackup) -> list[ContentSection]:
        details = read.details
        children = details.children
        sections = [
            ContentSection(
                disk_title(number, len(children), disk),
                disk_pairs(disk, details.snapshots.get(disk.id, "")),
            )
            for number, disk in enumerate(children, 1)
        ]
        sections.append(ContentSection(_("This backup"), backup_pairs(details, self._times)))
        sections.append(_saved(read))
        sections.append(self._shared(read))
        replicas = details.backup.traits.replicas or self._backup.traits.replicas
        if replicas and self._backup.image_type != REPLICA:
            sections.append(ContentSection(_("Replicas"), [(_("Replica"), replica_words(each)) for each in replicas]))
        images = details.backup.traits.image_ids
        if images:
            note = _("It cannot be deleted while there are images that were made of it (6204).")
            sections.append(ContentSection(_("Images"), [(_("Image id"), each) for each in images], note))
        return sections

    def _shared(self, read: ReadBackup) -> ContentSection:
        title = _("Shared with")
        if isinstance(read.members, CloudError):
            return ContentSection(title, [], error_sentence(read.members))
        members = read.members
        pairs = member_pairs(members.rows, self._times, self._names())
        return ContentSection(title, pairs, members_note(members.rows, is_complete=members.complete))


def _saved(read: ReadBackup) -> ContentSection:
    title, metadata = _("Saved with it"), read.metadata
    if not read.has_metadata:
        return ContentSection(title, [], no_metadata_sentence())
    if metadata is None:
        return ContentSection(title, [], not_ready_sentence())
    if isinstance(metadata, CloudError):
        return ContentSection(title, [], error_sentence(metadata))
    return ContentSection(title, metadata_pairs(metadata), metadata_note(metadata))


def _laid_out(answer: str) -> str:
    """Return an answer as readable JSON; one that cannot be read so stays as it is."""
    try:
        return as_json(json.loads(answer), _TEXT_LIMIT)
    except (ValueError, RecursionError):
        return answer
