"""What the table of backups shows of each, and what its filter can ask for."""

from collections.abc import Callable, Sequence

from cbr_desktop.domain.backup import Backup
from cbr_desktop.text.backup_contents import shared_token, shared_words
from cbr_desktop.text.backups import (
    REPLICA,
    full_words,
    image_token,
    image_words,
    kind_hint,
    kind_token,
    kind_words,
    maker_token,
    maker_words,
    replicas_token,
    replicas_words,
    resource_words,
    restorable_token,
    restorable_words,
    told_token,
    told_words,
)
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.marks import mark
from cbr_desktop.text.states import gb_words, state_words, status_words
from cbr_desktop.text.words import NONE, Times
from cbr_desktop.ui.kit.tables.column import AgeField, Column, DateField, Field, NumberField, TextField, remembered
from cbr_desktop.ui.session.pictures import picture_of

BackupWords = Callable[[Backup], str]
Count = Callable[[Backup], int | None]


def columns(
    places: Sequence[Column[Backup]], vault_words: BackupWords, shared: Count, times: Times
) -> list[Column[Backup]]:
    """Return the columns, those of the first start first.

    ``places`` tell profiles apart. ``shared`` is with how many projects a backup is shared, as far as that is known.
    """
    state = remembered(state_words)
    return [
        Column(
            "name",
            _("Name"),
            lambda b: b.name or NONE,
            lambda b: b.name or None,
            24,
            hint=lambda b: b.id,
            middle=True,
        ),
        *places,
        Column(
            "state",
            _("State"),
            lambda b: state(b.status),
            lambda b: state(b.status),
            18,
            mark=lambda b: mark(b.status),
        ),
        Column(
            "resource",
            _("Resource"),
            resource_words,
            resource_words,
            20,
            hint=lambda b: b.resource_id,
            icon=lambda b: picture_of(b.resource_type),
            middle=True,
        ),
        Column("vault", _("Vault"), vault_words, vault_words, 18, hint=lambda b: b.vault_id, middle=True),
        Column(
            "made",
            _("Made"),
            lambda b: times.short_age(b.created_at),
            lambda b: b.created_at,
            14,
            hint=lambda b: times.both(b.created_at),
            copied=lambda b: times.text_and_age(b.created_at),
        ),
        Column("by", _("By"), maker_words, maker_words, 10),
        Column("kind", _("Kind"), kind_words, _kind_order, 12, hint=kind_hint, copied=full_and_kind),
        Column(
            "expires",
            _("Kept until"),
            lambda b: times.text(b.expires_at) if b.expires_at else _("Until deleted"),
            lambda b: b.expires_at,
            20,
            hint=lambda b: times.both(b.expires_at),
            whole=True,
        ),
        *_hidden(shared),
    ]


def _hidden(shared: Count) -> list[Column[Backup]]:
    """Return the columns that are not shown at the first start."""
    kind = remembered(status_words)
    return [
        Column(
            "type",
            _("Resource type"),
            lambda b: kind(b.resource_type),
            lambda b: kind(b.resource_type),
            16,
            shown=False,
        ),
        Column(
            "size",
            _("Resource size"),
            lambda b: gb_words(b.resource_size_gb),
            lambda b: b.resource_size_gb,
            11,
            shown=False,
            right=True,
        ),
        Column(
            "encrypted",
            _("Encrypted"),
            lambda b: told_words(b.traits.encrypted),
            lambda b: b.traits.encrypted,
            9,
            shown=False,
        ),
        Column(
            "system-disk",
            _("System disk"),
            lambda b: told_words(b.traits.contains_system_disk),
            lambda b: b.traits.contains_system_disk,
            9,
            shown=False,
        ),
        Column(
            "restorable",
            _("Restorable as"),
            restorable_words,
            lambda b: b.traits.restorable_as or None,
            20,
            shown=False,
        ),
        Column(
            "image",
            _("Image"),
            image_words,
            lambda b: len(b.traits.image_ids) or None,
            10,
            shown=False,
            hint=lambda b: "\n".join(b.traits.image_ids),
        ),
        Column(
            "shared",
            _("Shared"),
            lambda b: shared_words(shared(b)),
            shared,
            14,
            shown=False,
            hint=lambda _row: _("Lists do not tell it: it is known of the backups whose content was looked at."),
            live=True,
        ),
        Column(
            "replicas", _("Replicas"), replicas_words, lambda b: replicas_words(b) if b.traits.replicas else None, 20
        )._replace(shown=False),
        Column("az", _("AZ"), lambda b: b.traits.az or NONE, lambda b: b.traits.az or None, 12, shown=False),
        Column(
            "checkpoint",
            _("Checkpoint"),
            lambda b: b.checkpoint_id or NONE,
            lambda b: b.checkpoint_id,
            34,
            shown=False,
        ),
        Column("id", "ID", lambda b: b.id, lambda b: b.id, 34, shown=False),
    ]


def fields(
    places: Sequence[Field[Backup]], vault_words: BackupWords, shared: Count, times: Times
) -> list[Field[Backup]]:
    """Return what the filter can ask for; ``places`` is what it can ask of profiles."""
    word = remembered(lambda value: f"{value} {status_words(value)}")
    return [
        TextField("name", lambda b: b.name),
        TextField("id", lambda b: b.id),
        *places,
        TextField("state", lambda b: word(b.status), lambda b: str(b.status)),
        TextField("resource", lambda b: f"{b.resource_name} {b.resource_id}", lambda b: b.resource_name),
        TextField("type", lambda b: word(b.resource_type), lambda b: status_words(b.resource_type)),
        TextField("vault", lambda b: f"{vault_words(b)} {b.vault_id}", vault_words),
        _by_word("by", maker_token),
        _by_word("kind", kind_token),
        _by_word("encrypted", lambda b: told_token(b.traits.encrypted)),
        _by_word("system", lambda b: told_token(b.traits.contains_system_disk)),
        _by_word("restorable", restorable_token),
        _by_word("image", image_token),
        _by_word("shared", lambda b: shared_token(shared(b)))._replace(live=True),
        _by_word("replica", replicas_token),
        TextField("az", lambda b: b.traits.az),
        TextField("checkpoint", lambda b: b.checkpoint_id or ""),
        NumberField("size", lambda b: b.resource_size_gb, "GB"),
        AgeField("age", lambda b: b.created_at, times.now),
        DateField("made", lambda b: b.created_at, times.begin, times.now),
        DateField("expires", lambda b: b.expires_at, times.begin, times.now),
    ]


def _by_word(name: str, value: BackupWords) -> TextField[Backup]:
    """Return a field whose values begin with the word that is typed, which is offered."""
    return TextField(name, value, lambda b: value(b).partition(" ")[0])


def _kind_order(backup: Backup) -> float:
    return 2 * (backup.image_type == REPLICA) + backup.incremental


def full_and_kind(backup: Backup) -> str:
    """Return the kind of a backup for copying, which of a replica says whether it is a full one."""
    words, full = kind_words(backup), full_words(backup)
    return words if words == full else f"{words} ({full})"
