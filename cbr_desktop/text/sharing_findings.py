"""What is found of shares and replicas, as sentences for people."""

from collections.abc import Mapping

from cbr_desktop.domain.finding import FindingKind
from cbr_desktop.text.catalogue import N_, NN_
from cbr_desktop.text.finding_words import FindingWords, Plural

SHARING_FINDINGS: Mapping[FindingKind, FindingWords] = {
    FindingKind.RECEIVER_MISSING: N_("No project is named to share with. Add one by its id."),
    FindingKind.RECEIVER_INVALID: N_(
        "‘{found}’ is no project id: those have 32 digits and letters from a to f. Ask the other side for the one in"
        " this region."
    ),
    FindingKind.RECEIVER_OWN: N_("Project {found} is this one, and has the backup. Name another project."),
    FindingKind.RECEIVER_TWICE: N_("Project {found} is named twice. Name it once."),
    FindingKind.RECEIVERS_TOO_MANY: Plural(
        "count",
        *NN_(
            "It would be shared with {count} project, and a backup is shared with {limit} at most. Take some out.",
            "It would be shared with {count} projects, and a backup is shared with {limit} at most. Take some out, or"
            " end shares that nobody needs.",
        ),
    ),
    FindingKind.SHARED_ALREADY: N_(
        "The backup is shared with project {found} already ({status}), and the service then refuses the whole request."
        " Take that project out."
    ),
    FindingKind.SHARE_DISK: N_(
        "‘{backup}’ is the backup of a disk. Some clouds share those, others only backups of servers."
    ),
    FindingKind.SHARE_NO_SERVER: N_("‘{backup}’ is no backup of a server, and only those can be shared."),
    FindingKind.SHARE_STATUS: N_(
        "Backup ‘{backup}’ is in state {status}, and only an available one can be shared. Wait for that, or choose"
        " another."
    ),
    FindingKind.SHARE_ENCRYPTED: N_(
        "‘{backup}’ holds encrypted disks, and no such backup can be shared. Make one without these disks."
    ),
    FindingKind.SHARE_RECEIVED: N_(
        "‘{backup}’ is the backup of another project, which alone decides about sharing it. Reject it to be rid of it."
    ),
    FindingKind.SHARE_VAULT_STATUS: N_(
        "Vault ‘{vault}’ is in state {status}, which does not allow sharing. Wait until it is available, or choose"
        " another."
    ),
    FindingKind.MEMBER_UNKNOWN: N_("The backup is not shared with project {found}. Choose one that it is shared with."),
    FindingKind.MEMBER_IMAGE: N_(
        "Project {found} has made an image of the backup; until that image is deleted there the share cannot end."
    ),
    FindingKind.MEMBER_ACCEPTED: N_(
        "Project {found} has taken the backup into a vault of its own, and cannot use it any more after this. Ask there"
        " first."
    ),
    FindingKind.ANSWER_INVALID: N_("‘{found}’ is no answer to a share. It is either ‘accepted’ or ‘rejected’."),
    FindingKind.ANSWER_FOR_OTHER: N_(
        "Project {found} is not the one of this profile, and only the project itself can answer. Use its profile."
    ),
    FindingKind.OFFER_UNKNOWN: N_(
        "No backup {id} is shared with this project. The other side may have ended the share; refresh the list."
    ),
    FindingKind.OFFER_ANSWERED: N_("This was answered already for ‘{backup}’ ({status}). Nothing would change."),
    FindingKind.OFFER_GIVEN_BACK: N_(
        "‘{backup}’ leaves vault ‘{vault}’, and cannot be used here any more. Only the other side can share it again."
    ),
    FindingKind.TAKING_VAULT_MISSING: N_("No vault is chosen. Choose the vault that takes the backup in."),
    FindingKind.TAKING_VAULT_KIND: N_(
        "Vault ‘{vault}’ does not take backups of this kind. Choose a backup vault for the same kind of resource."
    ),
    FindingKind.TAKING_VAULT_FULL: N_("Vault ‘{vault}’ is full. Expand it, or choose one with room."),
    FindingKind.DESTINATION_UNSAID: N_("Nothing says where the replica goes. Choose a replication vault."),
    FindingKind.REGION_UNREACHED: N_(
        "This region does not replicate to ‘{found}’ by what it says of itself. Choose another region."
    ),
    FindingKind.DESTINATION_UNVERIFIED: N_(
        "Vault {id} in {region} could not be looked at from here. It has to be a replication vault for servers, with"
        " room; compare the ids before sending."
    ),
    FindingKind.DESTINATION_KIND: N_(
        "Vault ‘{vault}’ is no replication vault for servers, and takes no replica. Choose another."
    ),
    FindingKind.DESTINATION_STATUS: N_(
        "Vault ‘{vault}’ is in state {status} and takes no replica now. Wait until it is available, or choose another."
    ),
    FindingKind.DESTINATION_FULL: N_("Vault ‘{vault}’ is full. Expand it there, or choose one with room."),
    FindingKind.REPLICA_SOURCE: N_("‘{vault}’ is a replica or holds replicas, and these are not replicated again."),
    FindingKind.REPLICATE_NO_SERVER: N_("‘{vault}’ is not of servers, and only backups of servers are replicated."),
    FindingKind.REPLICATE_NO_SYSTEM: N_(
        "‘{backup}’ does not contain the system disk of its server, and is not replicated without it."
    ),
    FindingKind.REPLICATE_STATUS: N_(
        "Backup ‘{backup}’ is in state {status}, and only an available one is replicated. Wait for that, or choose"
        " another."
    ),
    FindingKind.REPLICATE_VAULT_STATUS: N_(
        "Vault ‘{vault}’ is in state {status}, and nothing of it is replicated then. Wait until it is available."
    ),
    FindingKind.REPLICATE_BUSY: N_(
        "Vault ‘{vault}’ is being replicated just now. Wait for the end of that; it is among its tasks."
    ),
    FindingKind.REPLICA_THERE: N_(
        "‘{backup}’ has its replica in {region} already, or on the way there. A region takes one of each backup."
    ),
    FindingKind.REPLICATE_NOTHING: N_(
        "Nothing of vault ‘{vault}’ is left to be replicated to {region}: what could be is there, or there is nothing."
    ),
    FindingKind.REPLICATE_COUNT: Plural(
        "count",
        *NN_(
            "{count} backup of vault ‘{vault}’ has no replica in {region}. It is copied.",
            "{count} backups of vault ‘{vault}’ have no replica in {region}. They are copied.",
        ),
    ),
    FindingKind.REPLICATED_BEFORE: N_(
        "Vault ‘{vault}’ has replicas in {region} already, and some clouds replicate a vault to a region only once. If"
        " it is refused, replicate the backups one by one."
    ),
}
