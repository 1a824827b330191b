"""Words for what is read of a single backup: its disks, what was saved with it, and whom it is shared with."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from cbr_desktop.domain.backup import Backup
from cbr_desktop.domain.backup_details import BackupDetails, BackupMetadata, Member, MemberStatus, SavedDisk, SavedPort
from cbr_desktop.text.backups import told_words
from cbr_desktop.text.catalogue import N_, _, listed, sentences
from cbr_desktop.text.sharing import project_words
from cbr_desktop.text.states import counted, gb_words, grouped, shown, state_words
from cbr_desktop.text.words import NONE, Times

Pairs = list[tuple[str, str]]
_NAMELESS: Mapping[str, str] = MappingProxyType({})
_MEMBER_STATES: dict[str, str] = {
    MemberStatus.PENDING: N_("Offered, not answered yet"),
    MemberStatus.ACCEPTED: N_("Accepted"),
    MemberStatus.REJECTED: N_("Rejected"),
}


def backup_pairs(details: BackupDetails, times: Times) -> Pairs:
    """Return what is told of a backup by itself that no list tells."""
    pairs = [
        (_("Description"), details.description or NONE),
        (_("Data of"), times.text_and_age(details.protected_at)),
        (_("Last change"), times.text_and_age(details.updated_at)),
    ]
    snapshot = details.snapshots.get(details.backup.id)
    if snapshot:
        pairs.append((_("Snapshot"), snapshot))
    return pairs


def disk_title(number: int, count: int, disk: Backup) -> str:
    """Return the heading of the backup of one disk."""
    return _("Disk {number} of {count}: {name}").format(
        number=number, count=count, name=shown(disk.resource_name or disk.name or disk.resource_id or NONE, 80)
    )


def disk_pairs(disk: Backup, snapshot: str) -> Pairs:
    """Return what is told of the backup of one disk."""
    is_system = disk.traits.bootable
    return [
        (_("Size"), gb_words(disk.resource_size_gb)),
        (_("Kind"), NONE if is_system is None else _("System disk") if is_system else _("Data disk")),
        (_("Encrypted"), told_words(disk.traits.encrypted)),
        (_("State"), state_words(disk.status)),
        (_("Snapshot"), snapshot or NONE),
        (_("Disk id"), disk.resource_id or NONE),
        (_("Backup id"), disk.id),
    ]


def metadata_pairs(metadata: BackupMetadata) -> Pairs:
    """Return how a server was built when it was backed up."""
    pairs = [
        (_("Server"), metadata.server_name or NONE),
        (_("Flavor"), _flavor_words(metadata)),
        (_("System"), metadata.os or NONE),
        (_("AZ"), metadata.az or NONE),
        (_("Key pair"), metadata.key_name or NONE),
    ]
    if metadata.vpc_id:
        pairs.append((_("VPC"), metadata.vpc_id))
    for port in metadata.ports:
        pairs += _port_pairs(port)
    if metadata.floating_addresses:
        pairs.append((_("Public address"), listed(metadata.floating_addresses)))
    pairs += [(_("Disk"), _saved_disk_words(disk)) for disk in metadata.disks]
    if metadata.tags:
        pairs.append((_("Tags"), listed(metadata.tags)))
    return pairs


def metadata_note(metadata: BackupMetadata) -> str:
    """Return what of it cannot be read, or an empty text."""
    if not metadata.unread:
        return ""
    return counted(
        "{count} part of it is no JSON and is left out.",
        "{count} parts of it are no JSON and are left out.",
        metadata.unread,
    )


def not_ready_sentence() -> str:
    """Return that the service has not saved it yet."""
    return sentences(
        _("The service does not have it ready yet: it gives it once the backup is available (6206)."),
        _("Look at this backup again later."),
    )


def no_metadata_sentence() -> str:
    """Return that there is nothing of the kind."""
    return _("The service saves how something was built only with the backups of servers.")


def member_pairs(members: Sequence[Member], times: Times, names: Mapping[str, str] = _NAMELESS) -> Pairs:
    """Return the projects that a backup is shared with, and what each has said to that; ``names`` are ids by name."""
    return [(project_words(member.project_id, names) or NONE, _member_words(member, times)) for member in members]


def members_note(members: Sequence[Member], *, is_complete: bool) -> str:
    """Return what the pairs do not say of whom a backup is shared with."""
    if not is_complete:
        return _("The list of projects may lack some.")
    return "" if members else _("It is shared with nobody.")


def shared_words(count: int | None) -> str:
    """Return with how many projects a backup is shared, as far as that was read."""
    if count is None:
        return _("Not looked at")
    return counted("{count} project", "{count} projects", count) if count else NONE


def shared_token(count: int | None) -> str:
    """Return whether a backup is shared as a filter asks for it."""
    return "unread" if count is None else "yes" if count else "no"


def _member_words(member: Member, times: Times) -> str:
    state = _MEMBER_STATES.get(member.status)
    said = _(state) if state else shown(member.status, 60) or NONE
    parts = [_("{state}, offered {at}").format(state=said, at=times.text_and_age(member.created_at))]
    if member.vault_id:
        parts.append(_("into vault {vault}").format(vault=member.vault_id))
    if member.image_id:
        parts.append(_("image {image} was made of it").format(image=member.image_id))
    return listed(parts)


def _flavor_words(metadata: BackupMetadata) -> str:
    parts = [metadata.flavor] if metadata.flavor else []
    if metadata.vcpus is not None:
        parts.append(counted("{count} vCPU", "{count} vCPUs", metadata.vcpus))
    if metadata.memory_mb is not None:
        parts.append(_("{size} MB of memory").format(size=grouped(metadata.memory_mb)))
    return listed(parts) or NONE


def _port_pairs(port: SavedPort) -> Pairs:
    pairs = [(_("Address"), listed(port.addresses) or NONE)]
    if port.network_id:
        pairs.append((_("Network"), port.network_id))
    if port.mac:
        pairs.append(("MAC", port.mac))
    if port.security_groups:
        pairs += [(_("Security group"), group) for group in port.security_groups]
    return pairs


def _saved_disk_words(disk: SavedDisk) -> str:
    parts = [disk.name or disk.id or NONE]
    if disk.size_gb is not None:
        parts.append(gb_words(disk.size_gb))
    parts += [part for part in (disk.volume_type, disk.device) if part]
    if disk.bootable:
        parts.append(_("bootable"))
    if disk.encrypted:
        parts.append(_("encrypted"))
    return listed(parts)
