"""The error codes of the service and its gateway: what each means and what an operator does about it.

The codes are those of the service's public error tables; meanings and remedies are our own words.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

ADVICE = MappingProxyType(
    {
        "P": "Correct the request",
        "S": "Bring about another state",
        "L": "Try again later",
        "T": "Try again, then ask support",
        "H": "Ask support",
        "U": "Not supported",
        "Q": "Quota or capacity",
        "D": "Done already",
        "X": "Account",
    }
)
"""The kinds of advice, by letter."""

_SERVICE = """
0001 L Nothing in the vault can be backed up at present
    Look at the states of the resources, wait until one is available again, then send anew.
0002 L The resources are being backed up already
    Wait until the running backup has ended; it is among the tasks of the vault.
1001 L The vault is being backed up already
    Wait for the end of the vault's running task, then send again; a vault takes one checkpoint at a time.
1005 U The destination region takes no replicas
    Choose another destination region.
1006 H The replica could not be taken over
    Give the request id to support; the original backup is unharmed.
1011 U The destination project takes no replicas
    Choose another project in the destination region.
1012 Q The backup has as many replicas as are allowed
    Delete a replica that nobody needs, then replicate again.
2001 U The server's disk is smaller than the backup
    Restore to a disk at least as large as the backup, or enlarge the disk first.
2002 L The resource is being backed up
    Wait until its backup has ended, then restore.
2003 U The backup cannot be restored to another server
    Restore to the server that it was made of.
2005 S The backup is in a state that forbids restoring
    Wait until the backup is available, or choose another one.
2006 U A cloud server's backup does not fit a bare metal server
    Restore to a cloud server.
2007 S The server was terminated and cannot be restored
    Make an image of the backup and create a new server from it.
2008 S The server is in a state that forbids restoring
    Start or stop the server so that its state is settled, then restore.
2009 U This type of disk cannot be restored to
    Choose a disk of another type.
2010 L The resource is being restored
    Wait for the end of the restore; it is among the tasks. Then send again.
2011 S The disk is in a state that forbids restoring
    Detach the disk or wait until it is available, then restore.
2012 U Some of the disks cannot be restored
    Leave out the disks that the service names and restore the rest.
2013 U A data disk's backup does not fit a system disk
    Choose a data disk as the destination.
2014 U A bare metal server's backup does not fit a cloud server
    Restore to a bare metal server.
2015 U Source and destination have different processor architectures
    Choose a server of the same architecture.
4001 P There is no such record of a migration
    Check the id, refresh and choose again.
4004 L Clearing up after the migration failed
    Try again in a few minutes; what was migrated stays.
4005 L The destination vault could not be checked
    Try again in a few minutes; check that the destination vault still exists.
4006 L A backup in transition could not be migrated
    Wait until the backup is available, then migrate again.
4007 L Progress in other regions could not be read
    Look again in a few minutes; the migration goes on meanwhile.
6000 P There is no such policy
    Refresh the policies and choose one that exists.
6001 Q There are as many policies of this type as allowed
    Delete a policy that nobody uses, or apply an existing one.
6002 S The policy is not applied to this vault
    Apply the policy to the vault first.
6003 S A replication vault still uses the policy
    Remove the policy from the vault, change its region, then apply it again.
6100 Q The vault has as many resources as are allowed
    Remove a resource from the vault or use another vault; 256 is the most.
6101 P The size is none that a vault can have
    Give a whole number of GB, not below what is used and allocated.
6102 P The vault does not hold this type of resource
    Choose a vault of the resource's kind, or take the resource out.
6103 D The resource is in a vault already
    Look up its vault and work there; remove it from that one before moving it.
6104 D A resource is named twice
    Name every resource once.
6105 P There is no such vault
    Refresh the vaults; check id, project and region.
6106 D The vault exists already
    Use the existing vault, or choose another name.
6107 T The vault could not be expanded
    Check in the console whether an order is open, then expand again; after that ask support with the request id.
6108 T The vault takes no new resources at present
    Check the vault's state, try again in a few minutes, then ask support with the request id.
6109 H There is no bill for the vault
    Give the request id to support; the vault's billing record is missing.
6110 T The vault could not be changed
    Refresh the vault, try again in a few minutes, then ask support with the request id.
6111 T The vault could not be deleted
    Check that no task runs and nothing is locked, try again, then ask support.
6112 S The vault's state does not allow this
    Wait until the vault is available; a frozen one must be renewed first.
6113 S The vault's present state allows no backup
    Wait until the vault is available, renew it if it is frozen, or choose another vault.
6114 Q The vault is full
    Expand the vault or delete backups that nobody needs, then send again.
6115 T Backups of the vault's resources could not be deleted
    Wait until running tasks have ended, try again, then ask support.
6116 P The type of resource is not supported
    Check the resource's type in the request; choose a resource of a supported type.
6117 P There is no such type of policy
    Use a backup or a replication policy.
6118 T The destination vault could not be checked
    Check that the destination vault exists and is available, try again, then ask support.
6119 U The destination vault takes no replicas
    Choose a replication vault as the destination.
6120 P There is no such destination vault
    Refresh the vaults of the destination region and choose one of them.
6121 T Deleting the vault failed
    Look at the vault again; if it is still there, delete it again, then ask support.
6122 U This type of resource cannot be replicated
    Leave the resource out of the replication.
6123 L An earlier expansion is not through yet
    Finish or cancel the open order in the console, then expand again.
6124 U This kind of vault takes no such backup
    Choose a backup vault of the public cloud instead of a replication or hybrid one.
6125 L A backup of this vault is running
    Wait for the end of the vault's running task, then send again.
6126 U The vault takes no database backups
    Choose a server vault with application-consistent backup.
6127 U The policy does not suit this vault
    Choose a policy of the vault's type.
6128 U This kind of vault cannot be replicated
    Choose a backup vault of a kind that can be replicated.
6129 Q The destination vault is full
    Expand the destination vault, or delete replicas that nobody needs.
6130 L The vault is being replicated
    Wait for the end of the replication, then try again.
6131 H There is no record of the traffic
    Give the request id to support.
6132 T The vault could not be created
    Check quota and order in the console, try again, then ask support.
6133 Q There are as many vaults as are allowed
    Delete an unused vault, or ask for a higher quota.
6134 L Resources are being removed from the vault
    Wait until the removal has ended, then send again.
6135 P A resource is not in this vault
    Take the resource out of the request, or associate it with the vault first.
6136 H A hybrid cloud vault takes no backup policies
    Work with a vault of the public cloud; ask support if this one should be no hybrid.
6137 U A server's disk is backed up in another vault too
    Remove the disk from one of the vaults.
6138 U The account's language could not be read
    Set the language in the account centre, then try again.
6139 L The account's type could not be read
    Try again in a few minutes.
6140 U An encrypted disk cannot serve as system disk
    Choose another disk as the system disk.
6141 U A SCSI disk cannot serve as system disk
    Choose a disk of type VBD as the system disk.
6142 Q All vaults are full
    Expand one of the vaults, or create a new one.
6200 P There is no such backup
    Refresh the backups; it may have been deleted or have expired.
6201 T The backup could not be deleted
    Check that it is in no use, try again, then ask support.
6202 S Restoring needs an available vault
    Wait until the vault is available; renew it if it is frozen.
6203 L Backups are being made
    Wait until the running backup has ended, then send again.
6204 S An image was made of the backup
    Delete the image first if the backup is really to go.
6205 P The resource has backups in the former service
    Delete or migrate the old backups first.
6206 L The backup's details cannot be read in its present state
    Wait until the backup is available.
6207 U No image can be made of this type of backup
    Choose a backup of a server.
6208 T No image can be made in the backup's present state
    Wait until the backup is available, try again, then ask support.
6209 U The backup lacks the system disk, so no image results
    Choose a backup that includes the system disk; include that disk next time.
6210 D An image was made of this backup before
    Use the existing image.
6211 D There is an image of the backup already
    Look the image up in the image service and use it.
6212 H The image could not be made
    Give the request id to support.
6213 H Backup and image do not belong together
    Choose the image that was made of this backup; if it is the right one, give the request id to support.
6214 H The image could not be deregistered
    Try in the image service itself; otherwise give the request id to support.
6215 S The resource's present state allows no backup
    Bring the resource into a settled state (a server running or stopped, a disk available or in use), then retry it.
6216 L The backup is in use and cannot be deleted
    Wait until the restore or replication that uses it has ended.
6217 P There is no such checkpoint
    Refresh; its backups may have been deleted.
6220 U The vault is locked: automatic backups cannot be deleted by hand
    Wait until they expire; the lock cannot be lifted.
6300 H Resource type and backup provider do not fit together
    Check the resource's type in the request; if it is right, give the request id to support.
6301 P There is no such backup provider
    Leave the provider out, or take its id from the vault.
6302 P There is no such resource
    Refresh the resources; take the missing one out of the request.
6400 T The bucket could not be created
    Check quota and permissions of the object storage, try again, then ask support.
6401 T The bucket's quota could not be set
    Check the permissions of the object storage, try again, then ask support.
6402 U The bucket is not empty
    Empty the bucket, or choose another.
6403 T The bucket's usage could not be read
    Check that the bucket exists, try again, then ask support.
6404 T The bucket could not be deleted
    Check that it is empty, try again, then ask support.
6405 T Objects in the bucket could not be deleted
    Check locks and permissions of the bucket, try again, then ask support.
6406 T The bucket's objects could not be listed
    Check the permission to list the bucket, try again, then ask support.
6407 T The bucket's access list could not be set
    Check the permission to change the bucket's access, try again, then ask support.
6408 T The bucket's policy could not be set
    Check the permission to change the bucket's policy, try again, then ask support.
6500 P There is no such operation log
    Refresh the tasks; the service keeps them for about 30 days.
6501 P There is no such task
    Refresh the tasks and choose one that exists.
6600 Q The resource has as many tags as are allowed
    Delete a tag first.
6601 P There is no tag with this key
    Refresh the tags; it may have been deleted.
6700 U Only server backups can be shared
    Choose the backup of a server.
6701 Q As many backups are shared as allowed
    End a share that nobody needs.
6702 S Only an available backup can be shared
    Wait until the backup is available.
6703 D The backup is shared already
    Look at its share members.
6704 P The project to share with is not valid
    Ask the other side for its project id in this region.
6705 P There is no such share member
    Refresh the members of the share.
6706 P The answer to a share must be accepted or rejected
    Send one of the two words.
6707 U This backup cannot be shared
    Choose another backup.
6708 H The share member's state could not be changed
    Give the request id to support.
6709 U Servers with encrypted disks cannot be shared
    Make a backup without the encrypted disks, or share in another way.
6710 S An image was made of the shared backup
    Delete the image first.
6711 H The shared backup could not be deleted
    Give the request id to support.
6712 S The vault's state does not allow sharing
    Wait until the vault is available.
6713 U The accepting vault holds another kind of resource
    Accept the share into a vault of the backup's kind.
6714 D The backup is shared with this member already
    Nothing is to be done; the member can accept it.
7000 P There is no such disk
    Refresh; take the deleted disk out of the request.
7001 U Disks in dedicated storage cannot be backed up
    Leave the disk out, or move its data to an ordinary disk.
7002 U SCSI disks cannot be backed up
    Leave the disk out, or move its data to a disk of type VBD.
7003 S The disk's present state allows no backup
    Wait until the disk is available or in use, then retry it.
7004 H This disk can neither be backed up nor restored
    Leave the disk out and give the request id to support.
7006 D The disk is in the vault already
    Nothing is to be done; choose it in the vault.
7007 U The disk is too old a make to be backed up
    Copy its data to a new disk and back that one up.
7008 L Disks at the disaster recovery site cannot be restored
    Switch the protection group back or stop it, then restore.
7009 L A deleted backup of the disk is still being loaded
    Wait until the disk is fully loaded, then send again.
7100 P There is no such server
    Refresh; take the deleted server out of the request.
7101 S The server's present state allows no backup
    Wait until the server is running or stopped, then retry it.
7102 S The server is stopped
    Start the server, then send again.
7103 U The server cannot be backed up
    Leave the server out and back its disks up in a disk vault.
7104 U Servers with SCSI disks cannot be backed up
    Back the server's other disks up in a disk vault, or leave the SCSI disks out.
7105 H The server's disks lie on different storage
    Back its disks up singly in a disk vault, and give the request id to support.
7106 U Shared disks cannot be backed up
    Leave the shared disks out.
7107 Q The server has more shared disks than a backup takes
    Leave shared disks out until ten or fewer remain.
7108 U The server has no disk to back up
    Attach a disk, or include one of the disks that were left out.
7109 U Bare metal servers cannot be backed up here
    Leave the bare metal server out.
7110 P Resource type and provider id do not fit together
    Correct the resource's type in the request.
7111 U Servers with disks in dedicated storage cannot be backed up
    Leave those disks out, or move their data to ordinary disks.
7113 U Local disks of bare metal servers cannot be backed up
    Leave the local disks out; back their data up from within the server.
7114 U The source server runs another operating system now
    Restore to a server with the operating system of the backup.
7115 U Backup and destination server are of different types
    Choose a destination server of the backup's type.
7116 D The server is in the vault already
    Nothing is to be done; choose it in the vault.
7117 U Servers at the disaster recovery site cannot be restored
    Switch the protection group back, or restore to another server.
7200 L Cloud databases are being backed up
    Wait until that backup has ended, then send again.
7201 P The disk is attached to no server
    Attach the disk first, or choose another.
7202 P The snapshot could not be found
    Refresh; it may have been deleted.
7203 L The snapshot is in transition
    Wait until the snapshot is available.
7204 P Snapshot and disk do not belong together
    Choose the disk that the snapshot was made of.
7300 U The vault cannot be synchronized
    Choose a hybrid cloud vault.
7301 U The vault is not empty
    Choose an empty vault.
7302 L Backups are being synchronized
    Wait until the synchronization has ended.
7303 Q There are as many vaults of this kind as allowed
    Delete an unused vault, or ask for a higher quota.
7403 P The agent's id is not valid
    Copy the id of the agent again.
7407 P Too many paths are given
    Take paths out until the limit is kept.
7410 P There is no such agent
    Refresh the agents; install or register it anew if it is missing.
8300 Q The quota of snapshots is used up
    Delete snapshots that nobody needs, or ask for a higher quota.
8400 L The product could not be read from the billing centre
    Try again in a few minutes.
8600 X The account's real-name registration is missing
    Have the account's owner complete the registration in the account centre; the password is not at fault.
9900 P A value in the request is not valid
    Compare the request with the service's message; new fields are unknown to some regions, leave them out.
9910 H The service had a fault of its own
    Look at the vault's tasks before you send again, and give the request id to support.
9998 X The service could not verify the login
    Log in again; check that user and project belong to this region.
"""

_OLD_SERVICE = """
CSBS.2003 L A backup is running
    Wait until it has ended, then delete again.
CSBS.3001 P There is no such backup
    Refresh the backups; it may be gone already.
"""

_GATEWAY = """
APIGW.0101 P The operation does not exist in this region
    Check the endpoint of the profile; the region may lack this feature.
APIGW.0103 H The gateway has no service behind this operation
    Check the endpoint of the profile, then give the request id to support.
APIGW.0104 H The gateway found no plan for this operation
    Check the endpoint of the profile, then tell support which operation failed.
APIGW.0105 H The gateway's route to the service is not set up
    Check the region in the profile, then give the request id to support.
APIGW.0106 H The gateway's orchestration failed
    Note the time, then give the request id to support.
APIGW.0201 T The gateway could not handle the request, or waited in vain
    Look at the tasks first: the service may have acted. Then try again; make the request smaller if it is too large.
APIGW.0301 X The gateway did not accept the credentials
    Check password or keys, and this machine's clock: more than 15 minutes off is refused.
APIGW.0302 X The user may not call this operation
    Ask the account's administrator for the permission.
APIGW.0303 X The application's credentials are wrong
    Check the keys of the profile.
APIGW.0304 X The application may not call this operation
    Ask the account's administrator to authorize it.
APIGW.0305 X The key or the secret is wrong
    Enter the credentials anew.
APIGW.0306 X Calls from this address are not allowed
    Have this machine's address allowed, or work from an allowed network.
APIGW.0307 X The token is outdated or of another region
    Log in again; check that the profile's endpoints are of one region.
APIGW.0308 L Too many requests in a short time
    Wait a minute; the program slows down and tries again by itself.
APIGW.0310 X The project cannot be used
    Choose another project, or have this one unfrozen.
APIGW.0311 X The login of the gateway failed
    Enter the credentials anew and check the account's state.
APIGW.0402 X This address is blocked
    Have this machine's address taken off the block list.
APIGW.0501 Q The application's quota of calls is used up
    Wait for the next period, or ask for a higher quota.
APIGW.0502 X The application is frozen
    Check the account's balance and state in the console.
APIGW.0601 T The gateway had an internal fault
    Look at the tasks first if something was sent, then try again.
APIGW.0602 P The gateway calls the request malformed
    Compare the request in the preview with the service's documentation.
APIGW.0605 T The gateway could not resolve the service's name
    Try again in a few minutes, then ask support.
APIGW.0606 T The gateway could not load the operation
    Try again shortly; if it stays, tell support the time and the operation.
APIGW.0607 P The gateway does not speak this protocol
    Put an https endpoint into the profile.
APIGW.0608 T The gateway could not fetch an administrator's token
    Try again in a few minutes; after that give the request id to support.
APIGW.0609 T The service behind the gateway could not be found
    Try again in a few minutes; check the region's status page.
APIGW.0610 T The service behind the gateway is not reachable
    Look at the tasks first if something was sent, then try again in a few minutes.
APIGW.0611 T The gateway could not connect to the service
    Try again in a few minutes; look at the tasks before sending again.
APIGW.0612 T The gateway's connection to the service broke
    Look at the tasks: the service may have acted. Then try again.
APIGW.0613 L The identity service does not answer the gateway
    Try again in a few minutes; the password is not at fault.
APIGW.0705 T The gateway could not compute a signature
    Try again shortly, then give the request id to support.
APIGW.0801 X The service is not open in this region
    Choose another region, or have the service activated there.
APIGW.0802 X The user may not work in this region
    Choose another region, or ask the administrator for access to it.
"""


class Explanation(NamedTuple):
    """A code in its short form, its meaning, the remedy, and the kind of advice (a letter of ``ADVICE``)."""

    code: str
    meaning: str
    remedy: str
    advice: str


def explain(code: str) -> Explanation | None:
    """Return what is known of ``BackupService.6113``, ``6113`` or ``APIGW.0308``; ``None`` for a foreign code.

    ``APIG.`` is how some regions spell ``APIGW.``.
    """
    short = code.strip().removeprefix("BackupService.")
    return codes().get(short.replace("APIG.", "APIGW.", 1))


@cache
def codes() -> Mapping[str, Explanation]:
    """Return all known codes, by their short form, in the order of the tables; read when one is asked for."""
    return MappingProxyType(dict(_read(_SERVICE + _OLD_SERVICE.lstrip() + _GATEWAY.lstrip())))


def _read(table: str) -> Iterator[tuple[str, Explanation]]:
    """Yield the entries of a table: a line with code, advice and meaning, then an indented line with the remedy."""
    lines = table.strip().splitlines()
    for head, remedy in zip(lines[::2], lines[1::2], strict=True):
        code, advice, meaning = head.split(" ", 2)
        yield code, Explanation(code, meaning, remedy.strip(), advice)
