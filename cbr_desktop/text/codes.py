"""The error codes of the service and its gateway: what each means and what an operator does about it.

The codes are those of the service's public error tables; meanings and remedies are our own words.
"""

from collections.abc import Mapping
from functools import cache
from gettext import NullTranslations
from types import MappingProxyType
from typing import NamedTuple

from cbr_desktop.text.catalogue import N_, _, translations

_SERVICE: tuple[tuple[str, str, str], ...] = (
    (
        "0001",
        N_("Nothing in the vault can be backed up at present"),
        N_("Look at the states of the resources, wait until one is available again, then send again."),
    ),
    (
        "0002",
        N_("The resources are being backed up already"),
        N_("Wait until the running backup has ended; it is among the tasks of the vault."),
    ),
    (
        "1001",
        N_("The vault is being backed up already"),
        N_("Wait for the end of the vault's running task, then send again; a vault takes one checkpoint at a time."),
    ),
    ("1005", N_("The destination region takes no replicas"), N_("Choose another destination region.")),
    (
        "1006",
        N_("The replica could not be taken over"),
        N_("Give the request id to support; the original backup is unharmed."),
    ),
    (
        "1011",
        N_("The destination project takes no replicas"),
        N_("Choose another project in the destination region."),
    ),
    (
        "1012",
        N_("The backup has as many replicas as are allowed"),
        N_("Delete a replica that nobody needs, then replicate again."),
    ),
    (
        "2001",
        N_("The server's disk is smaller than the backup"),
        N_("Restore to a disk at least as large as the backup, or enlarge the disk first."),
    ),
    ("2002", N_("The resource is being backed up"), N_("Wait until its backup has ended, then restore.")),
    (
        "2003",
        N_("The backup cannot be restored to another server"),
        N_("Restore to the server that it was made of."),
    ),
    (
        "2005",
        N_("The backup is in a state that forbids restoring"),
        N_("Wait until the backup is available, or choose another one."),
    ),
    ("2006", N_("A cloud server's backup does not fit a bare metal server"), N_("Restore to a cloud server.")),
    (
        "2007",
        N_("The server was terminated and cannot be restored"),
        N_("Make an image of the backup and create a new server from it."),
    ),
    (
        "2008",
        N_("The server is in a state that forbids restoring"),
        N_("Start or stop the server so that its state is settled, then restore."),
    ),
    ("2009", N_("This type of disk cannot be restored to"), N_("Choose a disk of another type.")),
    (
        "2010",
        N_("The resource is being restored"),
        N_("Wait for the end of the restore; it is among the tasks. Then send again."),
    ),
    (
        "2011",
        N_("The disk is in a state that forbids restoring"),
        N_("Detach the disk or wait until it is available, then restore."),
    ),
    (
        "2012",
        N_("Some of the disks cannot be restored"),
        N_("Leave out the disks that the service names and restore the rest."),
    ),
    ("2013", N_("A data disk's backup does not fit a system disk"), N_("Choose a data disk as the destination.")),
    (
        "2014",
        N_("A bare metal server's backup does not fit a cloud server"),
        N_("Restore to a bare metal server."),
    ),
    (
        "2015",
        N_("Source and destination have different processor architectures"),
        N_("Choose a server of the same architecture."),
    ),
    ("4001", N_("There is no such record of a migration"), N_("Check the id, refresh and choose again.")),
    (
        "4004",
        N_("Clearing up after the migration failed"),
        N_("Try again in a few minutes; what was migrated stays."),
    ),
    (
        "4005",
        N_("The destination vault could not be checked"),
        N_("Try again in a few minutes; check that the destination vault still exists."),
    ),
    (
        "4006",
        N_("A backup in transition could not be migrated"),
        N_("Wait until the backup is available, then migrate again."),
    ),
    (
        "4007",
        N_("Progress in other regions could not be read"),
        N_("Look again in a few minutes; the migration goes on meanwhile."),
    ),
    ("6000", N_("There is no such policy"), N_("Refresh the policies and choose one that exists.")),
    (
        "6001",
        N_("There are as many policies of this type as allowed"),
        N_("Delete a policy that nobody uses, or apply an existing one."),
    ),
    ("6002", N_("The policy is not applied to this vault"), N_("Apply the policy to the vault first.")),
    (
        "6003",
        N_("A replication vault still uses the policy"),
        N_("Remove the policy from the vault, change its region, then apply it again."),
    ),
    (
        "6100",
        N_("The vault has as many resources as are allowed"),
        N_("Remove a resource from the vault or use another vault; 256 is the most."),
    ),
    (
        "6101",
        N_("The size is none that a vault can have"),
        N_("Give a whole number of GB, not below what is used and allocated."),
    ),
    (
        "6102",
        N_("The vault does not hold this type of resource"),
        N_("Choose a vault of the resource's kind, or take the resource out."),
    ),
    (
        "6103",
        N_("The resource is in a vault already"),
        N_("Look up its vault and work there; remove it from that one before moving it."),
    ),
    ("6104", N_("A resource is named twice"), N_("Name every resource once.")),
    ("6105", N_("There is no such vault"), N_("Refresh the vaults; check id, project and region.")),
    ("6106", N_("The vault exists already"), N_("Use the existing vault, or choose another name.")),
    (
        "6107",
        N_("The vault could not be expanded"),
        N_(
            "Check in the console whether an order is open, then expand again; after that ask support with"
            " the request id."
        ),
    ),
    (
        "6108",
        N_("The vault takes no new resources at present"),
        N_("Check the vault's state, try again in a few minutes, then ask support with the request id."),
    ),
    (
        "6109",
        N_("There is no bill for the vault"),
        N_("Give the request id to support; the vault's billing record is missing."),
    ),
    (
        "6110",
        N_("The vault could not be changed"),
        N_("Refresh the vault, try again in a few minutes, then ask support with the request id."),
    ),
    (
        "6111",
        N_("The vault could not be deleted"),
        N_("Check that no task runs and nothing is locked, try again, then ask support."),
    ),
    (
        "6112",
        N_("The vault's state does not allow this"),
        N_("Wait until the vault is available; a frozen one must be renewed first."),
    ),
    (
        "6113",
        N_("The vault's present state allows no backup"),
        N_("Wait until the vault is available, renew it if it is frozen, or choose another vault."),
    ),
    (
        "6114",
        N_("The vault is full"),
        N_("Expand the vault or delete backups that nobody needs, then send again."),
    ),
    (
        "6115",
        N_("Backups of the vault's resources could not be deleted"),
        N_("Wait until running tasks have ended, try again, then ask support."),
    ),
    (
        "6116",
        N_("The type of resource is not supported"),
        N_("Check the resource's type in the request; choose a resource of a supported type."),
    ),
    ("6117", N_("There is no such type of policy"), N_("Use a backup or a replication policy.")),
    (
        "6118",
        N_("The destination vault could not be checked"),
        N_("Check that the destination vault exists and is available, try again, then ask support."),
    ),
    ("6119", N_("The destination vault takes no replicas"), N_("Choose a replication vault as the destination.")),
    (
        "6120",
        N_("There is no such destination vault"),
        N_("Refresh the vaults of the destination region and choose one of them."),
    ),
    (
        "6121",
        N_("Deleting the vault failed"),
        N_("Look at the vault again; if it is still there, delete it again, then ask support."),
    ),
    ("6122", N_("This type of resource cannot be replicated"), N_("Leave the resource out of the replication.")),
    (
        "6123",
        N_("An earlier expansion is not through yet"),
        N_("Finish or cancel the open order in the console, then expand again."),
    ),
    (
        "6124",
        N_("This kind of vault takes no such backup"),
        N_("Choose a backup vault of the public cloud instead of a replication or hybrid one."),
    ),
    (
        "6125",
        N_("A backup of this vault is running"),
        N_("Wait for the end of the vault's running task, then send again."),
    ),
    (
        "6126",
        N_("The vault takes no database backups"),
        N_("Choose a server vault with application-consistent backup."),
    ),
    ("6127", N_("The policy does not suit this vault"), N_("Choose a policy of the vault's type.")),
    (
        "6128",
        N_("This kind of vault cannot be replicated"),
        N_("Choose a backup vault of a kind that can be replicated."),
    ),
    (
        "6129",
        N_("The destination vault is full"),
        N_("Expand the destination vault, or delete replicas that nobody needs."),
    ),
    ("6130", N_("The vault is being replicated"), N_("Wait for the end of the replication, then try again.")),
    ("6131", N_("There is no record of the traffic"), N_("Give the request id to support.")),
    (
        "6132",
        N_("The vault could not be created"),
        N_("Check quota and order in the console, try again, then ask support."),
    ),
    (
        "6133",
        N_("There are as many vaults as are allowed"),
        N_("Delete an unused vault, or ask for a higher quota."),
    ),
    (
        "6134",
        N_("Resources are being removed from the vault"),
        N_("Wait until the removal has ended, then send again."),
    ),
    (
        "6135",
        N_("A resource is not in this vault"),
        N_("Take the resource out of the request, or associate it with the vault first."),
    ),
    (
        "6136",
        N_("A hybrid cloud vault takes no backup policies"),
        N_("Work with a vault of the public cloud; ask support if this one should be no hybrid."),
    ),
    (
        "6137",
        N_("A server's disk is backed up in another vault too"),
        N_("Remove the disk from one of the vaults."),
    ),
    (
        "6138",
        N_("The account's language could not be read"),
        N_("Set the language in the account centre, then try again."),
    ),
    ("6139", N_("The account's type could not be read"), N_("Try again in a few minutes.")),
    ("6140", N_("An encrypted disk cannot serve as system disk"), N_("Choose another disk as the system disk.")),
    ("6141", N_("A SCSI disk cannot serve as system disk"), N_("Choose a disk of type VBD as the system disk.")),
    ("6142", N_("All vaults are full"), N_("Expand one of the vaults, or create a new one.")),
    ("6200", N_("There is no such backup"), N_("Refresh the backups; it may have been deleted or have expired.")),
    (
        "6201",
        N_("The backup could not be deleted"),
        N_("Check that it is in no use, try again, then ask support."),
    ),
    (
        "6202",
        N_("Restoring needs an available vault"),
        N_("Wait until the vault is available; renew it if it is frozen."),
    ),
    ("6203", N_("Backups are being made"), N_("Wait until the running backup has ended, then send again.")),
    ("6204", N_("An image was made of the backup"), N_("Delete the image first if the backup is really to go.")),
    ("6205", N_("The resource has backups in the former service"), N_("Delete or migrate the old backups first.")),
    (
        "6206",
        N_("The backup's details cannot be read in its present state"),
        N_("Wait until the backup is available."),
    ),
    ("6207", N_("No image can be made of this type of backup"), N_("Choose a backup of a server.")),
    (
        "6208",
        N_("No image can be made in the backup's present state"),
        N_("Wait until the backup is available, try again, then ask support."),
    ),
    (
        "6209",
        N_("The backup lacks the system disk, so no image results"),
        N_("Choose a backup that includes the system disk; include that disk next time."),
    ),
    ("6210", N_("An image was made of this backup before"), N_("Use the existing image.")),
    (
        "6211",
        N_("There is an image of the backup already"),
        N_("Look the image up in the image service and use it."),
    ),
    ("6212", N_("The image could not be made"), N_("Give the request id to support.")),
    (
        "6213",
        N_("Backup and image do not belong together"),
        N_("Choose the image that was made of this backup; if it is the right one, give the request id to support."),
    ),
    (
        "6214",
        N_("The image could not be deregistered"),
        N_("Try in the image service itself; otherwise give the request id to support."),
    ),
    (
        "6215",
        N_("The resource's present state allows no backup"),
        N_(
            "Bring the resource into a settled state (a server running or stopped, a disk available or in"
            " use), then retry it."
        ),
    ),
    (
        "6216",
        N_("The backup is in use and cannot be deleted"),
        N_("Wait until the restore or replication that uses it has ended."),
    ),
    ("6217", N_("There is no such checkpoint"), N_("Refresh; its backups may have been deleted.")),
    (
        "6220",
        N_("The vault is locked: automatic backups cannot be deleted by hand"),
        N_("Wait until they expire; the lock cannot be lifted."),
    ),
    (
        "6300",
        N_("Resource type and backup provider do not fit together"),
        N_("Check the resource's type in the request; if it is right, give the request id to support."),
    ),
    ("6301", N_("There is no such backup provider"), N_("Leave the provider out, or take its id from the vault.")),
    (
        "6302",
        N_("There is no such resource"),
        N_("Refresh the resources; take the missing one out of the request."),
    ),
    (
        "6400",
        N_("The bucket could not be created"),
        N_("Check quota and permissions of the object storage, try again, then ask support."),
    ),
    (
        "6401",
        N_("The bucket's quota could not be set"),
        N_("Check the permissions of the object storage, try again, then ask support."),
    ),
    ("6402", N_("The bucket is not empty"), N_("Empty the bucket, or choose another.")),
    (
        "6403",
        N_("The bucket's usage could not be read"),
        N_("Check that the bucket exists, try again, then ask support."),
    ),
    ("6404", N_("The bucket could not be deleted"), N_("Check that it is empty, try again, then ask support.")),
    (
        "6405",
        N_("Objects in the bucket could not be deleted"),
        N_("Check locks and permissions of the bucket, try again, then ask support."),
    ),
    (
        "6406",
        N_("The bucket's objects could not be listed"),
        N_("Check the permission to list the bucket, try again, then ask support."),
    ),
    (
        "6407",
        N_("The bucket's access list could not be set"),
        N_("Check the permission to change the bucket's access, try again, then ask support."),
    ),
    (
        "6408",
        N_("The bucket's policy could not be set"),
        N_("Check the permission to change the bucket's policy, try again, then ask support."),
    ),
    (
        "6500",
        N_("There is no such operation log"),
        N_("Refresh the tasks; the service keeps them for about 30 days."),
    ),
    ("6501", N_("There is no such task"), N_("Refresh the tasks and choose one that exists.")),
    ("6600", N_("The resource has as many tags as are allowed"), N_("Delete a tag first.")),
    ("6601", N_("There is no tag with this key"), N_("Refresh the tags; it may have been deleted.")),
    ("6700", N_("Only server backups can be shared"), N_("Choose the backup of a server.")),
    ("6701", N_("As many backups are shared as allowed"), N_("End a share that nobody needs.")),
    ("6702", N_("Only an available backup can be shared"), N_("Wait until the backup is available.")),
    ("6703", N_("The backup is shared already"), N_("Look at its share members.")),
    (
        "6704",
        N_("The project to share with is not valid"),
        N_("Ask the other side for its project id in this region."),
    ),
    ("6705", N_("There is no such share member"), N_("Refresh the members of the share.")),
    ("6706", N_("The answer to a share must be accepted or rejected"), N_("Send one of the two words.")),
    ("6707", N_("This backup cannot be shared"), N_("Choose another backup.")),
    ("6708", N_("The share member's state could not be changed"), N_("Give the request id to support.")),
    (
        "6709",
        N_("Servers with encrypted disks cannot be shared"),
        N_("Make a backup without the encrypted disks, or share in another way."),
    ),
    ("6710", N_("An image was made of the shared backup"), N_("Delete the image first.")),
    ("6711", N_("The shared backup could not be deleted"), N_("Give the request id to support.")),
    ("6712", N_("The vault's state does not allow sharing"), N_("Wait until the vault is available.")),
    (
        "6713",
        N_("The accepting vault holds another kind of resource"),
        N_("Accept the share into a vault of the backup's kind."),
    ),
    (
        "6714",
        N_("The backup is shared with this member already"),
        N_("Nothing is to be done; the member can accept it."),
    ),
    ("7000", N_("There is no such disk"), N_("Refresh; take the deleted disk out of the request.")),
    (
        "7001",
        N_("Disks in dedicated storage cannot be backed up"),
        N_("Leave the disk out, or move its data to an ordinary disk."),
    ),
    (
        "7002",
        N_("SCSI disks cannot be backed up"),
        N_("Leave the disk out, or move its data to a disk of type VBD."),
    ),
    (
        "7003",
        N_("The disk's present state allows no backup"),
        N_("Wait until the disk is available or in use, then retry it."),
    ),
    (
        "7004",
        N_("This disk can neither be backed up nor restored"),
        N_("Leave the disk out and give the request id to support."),
    ),
    ("7006", N_("The disk is in the vault already"), N_("Nothing is to be done; choose it in the vault.")),
    (
        "7007",
        N_("The disk is too old a make to be backed up"),
        N_("Copy its data to a new disk and back that one up."),
    ),
    (
        "7008",
        N_("Disks at the disaster recovery site cannot be restored"),
        N_("Switch the protection group back or stop it, then restore."),
    ),
    (
        "7009",
        N_("A deleted backup of the disk is still being loaded"),
        N_("Wait until the disk is fully loaded, then send again."),
    ),
    ("7100", N_("There is no such server"), N_("Refresh; take the deleted server out of the request.")),
    (
        "7101",
        N_("The server's present state allows no backup"),
        N_("Wait until the server is running or stopped, then retry it."),
    ),
    ("7102", N_("The server is stopped"), N_("Start the server, then send again.")),
    (
        "7103",
        N_("The server cannot be backed up"),
        N_("Leave the server out and back its disks up in a disk vault."),
    ),
    (
        "7104",
        N_("Servers with SCSI disks cannot be backed up"),
        N_("Back the server's other disks up in a disk vault, or leave the SCSI disks out."),
    ),
    (
        "7105",
        N_("The server's disks lie on different storage"),
        N_("Back its disks up singly in a disk vault, and give the request id to support."),
    ),
    ("7106", N_("Shared disks cannot be backed up"), N_("Leave the shared disks out.")),
    (
        "7107",
        N_("The server has more shared disks than a backup takes"),
        N_("Leave shared disks out until ten or fewer remain."),
    ),
    (
        "7108",
        N_("The server has no disk to back up"),
        N_("Attach a disk, or include one of the disks that were left out."),
    ),
    ("7109", N_("Bare metal servers cannot be backed up here"), N_("Leave the bare metal server out.")),
    (
        "7110",
        N_("Resource type and provider id do not fit together"),
        N_("Correct the resource's type in the request."),
    ),
    (
        "7111",
        N_("Servers with disks in dedicated storage cannot be backed up"),
        N_("Leave those disks out, or move their data to ordinary disks."),
    ),
    (
        "7113",
        N_("Local disks of bare metal servers cannot be backed up"),
        N_("Leave the local disks out; back their data up from within the server."),
    ),
    (
        "7114",
        N_("The source server runs another operating system now"),
        N_("Restore to a server with the operating system of the backup."),
    ),
    (
        "7115",
        N_("Backup and destination server are of different types"),
        N_("Choose a destination server of the backup's type."),
    ),
    ("7116", N_("The server is in the vault already"), N_("Nothing is to be done; choose it in the vault.")),
    (
        "7117",
        N_("Servers at the disaster recovery site cannot be restored"),
        N_("Switch the protection group back, or restore to another server."),
    ),
    ("7200", N_("Cloud databases are being backed up"), N_("Wait until that backup has ended, then send again.")),
    ("7201", N_("The disk is attached to no server"), N_("Attach the disk first, or choose another.")),
    ("7202", N_("The snapshot could not be found"), N_("Refresh; it may have been deleted.")),
    ("7203", N_("The snapshot is in transition"), N_("Wait until the snapshot is available.")),
    ("7204", N_("Snapshot and disk do not belong together"), N_("Choose the disk that the snapshot was made of.")),
    ("7300", N_("The vault cannot be synchronized"), N_("Choose a hybrid cloud vault.")),
    ("7301", N_("The vault is not empty"), N_("Choose an empty vault.")),
    ("7302", N_("Backups are being synchronized"), N_("Wait until the synchronization has ended.")),
    (
        "7303",
        N_("There are as many vaults of this kind as allowed"),
        N_("Delete an unused vault, or ask for a higher quota."),
    ),
    ("7403", N_("The agent's id is not valid"), N_("Copy the id of the agent again.")),
    ("7407", N_("Too many paths are given"), N_("Take paths out until the limit is kept.")),
    (
        "7410",
        N_("There is no such agent"),
        N_("Refresh the agents; install or register it again if it is missing."),
    ),
    (
        "8300",
        N_("The quota of snapshots is used up"),
        N_("Delete snapshots that nobody needs, or ask for a higher quota."),
    ),
    ("8400", N_("The product could not be read from the billing centre"), N_("Try again in a few minutes.")),
    (
        "8600",
        N_("The account's real-name registration is missing"),
        N_("Have the account's owner complete the registration in the account centre; the password is not at fault."),
    ),
    (
        "9900",
        N_("A value in the request is not valid"),
        N_("Compare the request with the service's message; new fields are unknown to some regions, leave them out."),
    ),
    (
        "9910",
        N_("The service had a fault of its own"),
        N_("Look at the vault's tasks before you send again, and give the request id to support."),
    ),
    (
        "9998",
        N_("The service could not verify the login"),
        N_("Log in again; check that user and project belong to this region."),
    ),
)

_OLD_SERVICE: tuple[tuple[str, str, str], ...] = (
    ("CSBS.2003", N_("A backup is running"), N_("Wait until it has ended, then delete again.")),
    ("CSBS.3001", N_("There is no such backup"), N_("Refresh the backups; it may be gone already.")),
)

_GATEWAY: tuple[tuple[str, str, str], ...] = (
    (
        "APIGW.0101",
        N_("This region does not have this operation"),
        N_(
            "Nothing was done, and sending it again does not help. Use a region that has it; where nothing works at"
            " all, check the endpoint of the profile."
        ),
    ),
    (
        "APIGW.0103",
        N_("The gateway has no service behind this operation"),
        N_("Check the endpoint of the profile, then give the request id to support."),
    ),
    (
        "APIGW.0104",
        N_("The gateway found no plan for this operation"),
        N_("Check the endpoint of the profile, then tell support which operation failed."),
    ),
    (
        "APIGW.0105",
        N_("The gateway's route to the service is not set up"),
        N_("Check the region in the profile, then give the request id to support."),
    ),
    (
        "APIGW.0106",
        N_("The gateway's orchestration failed"),
        N_("Note the time, then give the request id to support."),
    ),
    (
        "APIGW.0201",
        N_("The gateway could not handle the request, or waited in vain"),
        N_(
            "Look at the tasks first: the service may have acted. Then try again; make the request smaller"
            " if it is too large."
        ),
    ),
    (
        "APIGW.0301",
        N_("The gateway did not accept the credentials"),
        N_("Check password or keys, and this machine's clock: more than 15 minutes off is refused."),
    ),
    (
        "APIGW.0302",
        N_("The user may not call this operation"),
        N_("Ask the account's administrator for the permission."),
    ),
    ("APIGW.0303", N_("The application's credentials are wrong"), N_("Check the keys of the profile.")),
    (
        "APIGW.0304",
        N_("The application may not call this operation"),
        N_("Ask the account's administrator to authorize it."),
    ),
    ("APIGW.0305", N_("The key or the secret is wrong"), N_("Enter the credentials again.")),
    (
        "APIGW.0306",
        N_("Calls from this address are not allowed"),
        N_("Have this machine's address allowed, or work from an allowed network."),
    ),
    (
        "APIGW.0307",
        N_("The token is outdated or of another region"),
        N_("Log in again; check that the profile's endpoints are of one region."),
    ),
    (
        "APIGW.0308",
        N_("Too many requests in a short time"),
        N_("Wait a minute; the program slows down and tries again by itself."),
    ),
    ("APIGW.0310", N_("The project cannot be used"), N_("Choose another project, or have this one unfrozen.")),
    (
        "APIGW.0311",
        N_("The login of the gateway failed"),
        N_("Enter the credentials again and check the account's state."),
    ),
    ("APIGW.0402", N_("This address is blocked"), N_("Have this machine's address taken off the block list.")),
    (
        "APIGW.0501",
        N_("The application's quota of calls is used up"),
        N_("Wait for the next period, or ask for a higher quota."),
    ),
    ("APIGW.0502", N_("The application is frozen"), N_("Check the account's balance and state in the console.")),
    (
        "APIGW.0601",
        N_("The gateway had an internal fault"),
        N_("Look at the tasks first if something was sent, then try again."),
    ),
    (
        "APIGW.0602",
        N_("The gateway calls the request malformed"),
        N_("Compare the request in the preview with the service's documentation."),
    ),
    (
        "APIGW.0605",
        N_("The gateway could not resolve the service's name"),
        N_("Try again in a few minutes, then ask support."),
    ),
    (
        "APIGW.0606",
        N_("The gateway could not load the operation"),
        N_("Try again shortly; if it stays, tell support the time and the operation."),
    ),
    ("APIGW.0607", N_("The gateway does not speak this protocol"), N_("Put an https endpoint into the profile.")),
    (
        "APIGW.0608",
        N_("The gateway could not fetch an administrator's token"),
        N_("Try again in a few minutes; after that give the request id to support."),
    ),
    (
        "APIGW.0609",
        N_("The service behind the gateway could not be found"),
        N_("Try again in a few minutes; check the region's status page."),
    ),
    (
        "APIGW.0610",
        N_("The service behind the gateway is not reachable"),
        N_("Look at the tasks first if something was sent, then try again in a few minutes."),
    ),
    (
        "APIGW.0611",
        N_("The gateway could not connect to the service"),
        N_("Try again in a few minutes; look at the tasks before sending again."),
    ),
    (
        "APIGW.0612",
        N_("The gateway's connection to the service broke"),
        N_("Look at the tasks: the service may have acted. Then try again."),
    ),
    (
        "APIGW.0613",
        N_("The identity service does not answer the gateway"),
        N_("Try again in a few minutes; the password is not at fault."),
    ),
    (
        "APIGW.0705",
        N_("The gateway could not compute a signature"),
        N_("Try again shortly, then give the request id to support."),
    ),
    (
        "APIGW.0801",
        N_("The service is not open in this region"),
        N_("Choose another region, or have the service activated there."),
    ),
    (
        "APIGW.0802",
        N_("The user may not work in this region"),
        N_("Choose another region, or ask the administrator for access to it."),
    ),
)


class Explanation(NamedTuple):
    """A code in its short form, its meaning and the remedy."""

    code: str
    meaning: str
    remedy: str


def explain(code: str) -> Explanation | None:
    """Return what is known of ``BackupService.6113``, ``6113`` or ``APIGW.0308``; ``None`` for a foreign code.

    ``APIG.`` is how some regions spell ``APIGW.``.
    """
    short = code.strip().removeprefix("BackupService.")
    return codes().get(short.replace("APIG.", "APIGW.", 1))


def codes() -> Mapping[str, Explanation]:
    """Return all known codes, by their short form, in the order of the tables; read when one is asked for."""
    return _spoken(translations())


@cache
def _spoken(_translations: NullTranslations) -> Mapping[str, Explanation]:
    """Return all known codes in a language."""
    entries = (*_SERVICE, *_OLD_SERVICE, *_GATEWAY)
    return MappingProxyType({code: Explanation(code, _(meaning), _(remedy)) for code, meaning, remedy in entries})
