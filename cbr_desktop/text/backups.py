"""Words for a backup: who made it, of what kind it is, what it holds and what there is of it elsewhere."""

from cbr_desktop.domain.backup import Backup, Replica
from cbr_desktop.text.catalogue import N_, _, listed
from cbr_desktop.text.states import counted, shown
from cbr_desktop.text.words import NONE

REPLICA = "replication"
"""The service's ``image_type`` of a backup that was copied from another region."""
_RESTORABLE = {
    "backup": N_("Its disks (backup)"),
    "snapshot": N_("Disks or an image (snapshot)"),
    "na": N_("Nothing (na)"),
}
_RESTORABLE_TOKENS = {"backup": "disks", "snapshot": "image", "na": "nothing"}
_REPLICA_STATES = {
    "replicating": N_("being copied"),
    "success": N_("copied"),
    "fail": N_("copying failed"),
    "skip": N_("left out"),
    "waiting_replicate": N_("waits to be copied"),
}


def resource_words(backup: Backup) -> str:
    """Return the resource that a backup is of, by name where it has one."""
    return backup.resource_name or backup.resource_id or NONE


def maker_words(backup: Backup) -> str:
    """Return who made a backup."""
    return _("Policy") if backup.auto else _("A person")


def full_words(backup: Backup) -> str:
    """Return whether a backup is a full one."""
    return _("Incremental") if backup.incremental else _("Full")


def kind_words(backup: Backup) -> str:
    """Return whether a backup is a full one, an incremental one, or a replica of one in another region."""
    return _("Replica") if backup.image_type == REPLICA else full_words(backup)


def kind_hint(backup: Backup) -> str:
    """Return what the kind alone does not say of a replica."""
    if backup.image_type != REPLICA:
        return ""
    return (
        _("An incremental backup, copied from another region")
        if backup.incremental
        else _("A full backup, copied from another region")
    )


def kind_token(backup: Backup) -> str:
    """Return the kind as a filter asks for it, and in words."""
    kinds = "replica " if backup.image_type == REPLICA else ""
    return f"{kinds}{'incremental' if backup.incremental else 'full'} {kind_words(backup)} {full_words(backup)}"


def maker_token(backup: Backup) -> str:
    """Return who made a backup as a filter asks for it, and in words."""
    return f"{'policy' if backup.auto else 'person'} {maker_words(backup)}"


def told_words(flag: bool | None) -> str:
    """Return whether something is so, as far as the service tells."""
    return NONE if flag is None else _("Yes") if flag else _("No")


def told_token(flag: bool | None) -> str:
    """Return whether something is so as a filter asks for it, and in words."""
    return f"{'untold' if flag is None else 'yes' if flag else 'no'} {told_words(flag)}"


def restorable_words(backup: Backup) -> str:
    """Return what a backup can be restored as, with the service's own word."""
    mode = backup.traits.restorable_as
    return _(_RESTORABLE[mode]) if mode in _RESTORABLE else shown(mode, 60) or NONE


def restorable_token(backup: Backup) -> str:
    """Return what a backup can be restored as in the way a filter asks for it, and in words."""
    mode = backup.traits.restorable_as
    return f"{_RESTORABLE_TOKENS.get(mode, mode)} {restorable_words(backup)}"


def image_words(backup: Backup) -> str:
    """Return how many images were made of a backup."""
    count = len(backup.traits.image_ids)
    return counted("{count} image", "{count} images", count) if count else NONE


def image_token(backup: Backup) -> str:
    """Return whether images were made of a backup as a filter asks for it, and their ids."""
    return f"yes {' '.join(backup.traits.image_ids)}" if backup.traits.image_ids else "no"


def replica_words(replica: Replica) -> str:
    """Return where a copy of a backup is, and how it stands."""
    state = _REPLICA_STATES.get(replica.status)
    words = _(state) if state else shown(replica.status, 60)
    return _("{region}: {state}").format(region=shown(replica.region, 60) or NONE, state=words or NONE)


def replicas_words(backup: Backup) -> str:
    """Return where copies of a backup are, and how they stand; what is a copy itself tells how it was made alone."""
    if backup.image_type == REPLICA:
        return NONE
    return listed([replica_words(replica) for replica in backup.traits.replicas]) or NONE


def replicas_token(backup: Backup) -> str:
    """Return whether there are copies of a backup as a filter asks for it, with their regions and states."""
    replicas = backup.traits.replicas if backup.image_type != REPLICA else ()
    told = " ".join(f"{replica.region} {replica.status}" for replica in replicas)
    return f"yes {told} {replicas_words(backup)}" if told else "no"
