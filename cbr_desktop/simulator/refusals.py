"""The ways in which the service says no: codes, HTTP statuses, texts and envelopes.

Where no document says which code a case has, the nearest of the error table is taken.
"""

from collections.abc import Mapping
from typing import Any

SERVICE_CODES: Mapping[str, tuple[int, str]] = {
    "0001": (400, "No resource is available for backup."),
    "1001": (400, "The vault is being backed up."),
    "1005": (500, "The destination region does not support replication."),
    "1006": (500, "Failed to import the backup replica."),
    "1011": (400, "The destination project does not support replication."),
    "1012": (400, "The maximum number of replicas has been reached."),
    "2001": (
        400,
        "Restoration cannot be executed because the size of the disk on the server is smaller than the backup size.",
    ),
    "2002": (400, "The resource is being backed up. Restore the resource after the backup is complete."),
    "2003": (400, "Restoration to a different server is not allowed."),
    "2005": (400, "Restoration is not allowed in the current backup status."),
    "2006": (400, "A backup of an ECS cannot be restored to a bare metal server."),
    "2007": (400, "A terminated ECS cannot be restored."),
    "2008": (400, "Restoration is not allowed in the current ECS status."),
    "2009": (400, "Restoration is not allowed in the current disk type."),
    "2010": (400, "The resource is being restored."),
    "2011": (400, "Restoration is not allowed in the current disk status."),
    "2012": (400, "Restoration of some disks is not allowed."),
    "2013": (400, "Backup data of a data disk cannot be restored to a system disk."),
    "2014": (400, "A BMS backup cannot be restored to an ECS."),
    "2015": (400, "Restoration is not allowed between different architectures."),
    "6000": (404, "The policy does not exist."),
    "6001": (400, "The maximum number of this type of policies has been reached."),
    "6002": (404, "The vault is not applied with the policy."),
    "6003": (
        400,
        "The destination region cannot be changed because the policy has been applied to a replication vault.",
    ),
    "6100": (400, "The maximum number of vault resources has been reached."),
    "6101": (400, "Invalid vault capacity."),
    "6102": (400, "The vault does not support this resource type."),
    "6103": (400, "The resource has been associated with a vault."),
    "6104": (400, "Duplicate vault resources."),
    "6105": (404, "The vault does not exist."),
    "6110": (400, "The vault cannot be updated."),
    "6111": (400, "The vault cannot be deleted."),
    "6112": (400, "Invalid vault status."),
    "6113": (400, "Backup is not allowed in the current vault status."),
    "6114": (400, "The used capacity of the vault exceeds the maximum capacity."),
    "6115": (400, "Failed to delete the backups of vault resources."),
    "6116": (400, "Unsupported resource type."),
    "6117": (400, "Unknown policy type."),
    "6118": (400, "Failed to check the destination vault."),
    "6119": (400, "The destination vault does not support replication."),
    "6120": (400, "The destination vault does not exist."),
    "6122": (400, "The resource type does not support replication."),
    "6123": (
        400,
        "Capacity expansion failed. There may be unprocessed capacity expansion orders "
        "or capacity expansion is in progress.",
    ),
    "6124": (400, "Backup is not allowed for the current type of vaults."),
    "6125": (400, "A backup task is in progress."),
    "6127": (400, "This policy cannot be applied to this vault."),
    "6128": (400, "Replication is not allowed for the current type of vaults."),
    "6129": (400, "The maximum capacity of the destination vault has been reached."),
    "6130": (400, "The vault is being replicated."),
    "6133": (400, "The maximum number of vaults has been reached."),
    "6134": (400, "Resources are being removed from the vault."),
    "6135": (400, "The resource does not exist in the vault."),
    "6136": (400, "Backup policies cannot be applied with hybrid cloud backup vaults."),
    "6140": (400, "An encrypted disk cannot be specified as a system disk."),
    "6141": (400, "A SCSI disk cannot be specified as a system disk."),
    "6200": (404, "The backup does not exist."),
    "6201": (400, "The backup cannot be deleted."),
    "6202": (400, "Backups can be used for restoration only when the vault status is Available."),
    "6203": (400, "Performing backups."),
    "6204": (400, "The backup cannot be deleted because it has been used to create an image."),
    "6206": (400, "Metadata query is not allowed in the current backup status."),
    "6215": (400, "Backup is not allowed in the current resource status."),
    "6216": (400, "The backup cannot be deleted because it is in use."),
    "6217": (404, "The backup restore point does not exist."),
    "6220": (400, "Automatic backups in the locked repository are prohibited from being manually deleted."),
    "6300": (400, "The resource type and backup provider do not match."),
    "6302": (404, "The resource does not exist."),
    "6500": (404, "Operation log does not exist."),
    "6600": (400, "The maximum number of tags has been reached for the resource."),
    "6601": (404, "The key does not exist."),
    "6700": (400, "Only cloud server backups can be shared."),
    "6701": (400, "The maximum number of backups that can be shared has been reached."),
    "6702": (400, "Only backups in the Available status can be shared."),
    "6703": (400, "The backup has been shared."),
    "6704": (400, "Invalid project ID of the tenant for sharing."),
    "6705": (404, "The share member does not exist."),
    "6706": (400, "Invalid update parameter value for the share member."),
    "6707": (400, "Backup sharing is not allowed."),
    "6708": (400, "Failed to update the status of a share member."),
    "6709": (400, "Backup sharing is not allowed for cloud servers using encrypted disks."),
    "6710": (400, "The shared backup has been used to register an image."),
    "6711": (400, "Shared backup deletion failed."),
    "6712": (400, "Backup sharing is not allowed in the current vault status."),
    "6713": (400, "The type of the vault accepting the shared backup and the backup resource type are different."),
    "7000": (404, "The disk does not exist."),
    "7002": (400, "SCSI disks cannot be backed up."),
    "7003": (400, "Backup is not allowed in the current disk status."),
    "7006": (400, "The disk already exists in the vault."),
    "7100": (404, "The server does not exist."),
    "7101": (400, "Backup is not allowed in the current server status."),
    "7104": (400, "Backup is not allowed for servers using SCSI disks."),
    "7108": (400, "Backup is not allowed for servers containing no disks."),
    "7111": (400, "Backup is not allowed for servers using DESS disks."),
    "7116": (400, "The server has been associated with the vault."),
    "7201": (400, "The disk is not attached to any server."),
    "7203": (400, "The snapshot is not in the correct status."),
    "9900": (400, "Parameter verification failed."),
    "9910": (500, "Unknown error."),
}
"""HTTP status and text of the service's codes in use, by the error table of the API reference."""


class Refusal(Exception):
    """A request that is not done; carries the answer: status, JSON body, extra headers."""

    def __init__(self, status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = headers or {}


def service(code: str, text: str | None = None) -> Refusal:
    """A refusal of CBR itself: `{"error_code": "BackupService.<code>", "error_msg": ...}`."""
    status, usual = SERVICE_CODES[code]
    return Refusal(status, {"error_code": f"BackupService.{code}", "error_msg": text or usual})


def invalid(what: str) -> Refusal:
    """400 9900 for a parameter, worded as the service words it: "Invalid vault_id provided."."""
    return service("9900", f"Invalid {what} provided.")


def gateway(status: int, code: str, text: str, headers: Mapping[str, str] | None = None) -> Refusal:
    """A refusal of the API gateway; the door adds the `request_id`."""
    return Refusal(status, {"error_msg": text, "error_code": f"APIGW.{code}"}, headers)


def unpublished() -> Refusal:
    """404 for a path or method that this region does not have."""
    return gateway(404, "0101", "The API does not exist or has not been published in the environment")


def unauthenticated(why: str) -> Refusal:
    """401 of the gateway for a token or signature it does not accept."""
    return gateway(401, "0301", f"Incorrect IAM authentication information: {why}")


def identity(status: int, title: str, message: str) -> Refusal:
    """A refusal of the identity service: `{"error": {code, message, title}}`."""
    return Refusal(status, {"error": {"code": status, "message": message, "title": title}})


def legacy(status: int, kind: str, message: str) -> Refusal:
    """A refusal in the older shape, whose single key names the class of the error."""
    return Refusal(status, {kind: {"code": str(status), "message": message}})


def forbidden(action: str) -> Refusal:
    """403 for an action the user has no permission for."""
    return legacy(403, "forbidden", f"Policy doesn't allow {action} to be performed.")
