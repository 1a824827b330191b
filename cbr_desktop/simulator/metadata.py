"""The metadata that is kept with a server backup: what is needed to build the server anew, as JSON inside of texts."""

from typing import Any

import msgspec

from . import refusals
from .call import Answer, Call
from .details import address_of, flavor_of, server_detail
from .entities import DISK, TURBO
from .inventory import disks_in
from .queries import one
from .wire import Wire


def show(call: Call) -> Answer:
    """GET backups/{id}/metadata: only of servers' backups, and only once the backup is there."""
    backup = one(call, call.estate.backups, "backup_id", "6200")
    resource = call.estate.resources[backup.resource_id]
    if resource.type in (DISK, TURBO):
        raise refusals.service("6116")
    if backup.status not in ("available", "restoring", "waiting_restore"):
        raise refusals.service("6206")
    wire = Wire(call.estate, call.modes)
    address = address_of(resource)
    server = server_detail(resource, call.estate.project_id)
    network_id = next(iter(server["addresses"]))
    port = {
        "id": address["OS-EXT-IPS:port_id"],
        "status": "ACTIVE",
        "device_id": resource.id,
        "network_id": network_id,
        "security_groups": [each["id"] for each in server["security_groups"]],
        "mac_address": address["OS-EXT-IPS-MAC:mac_addr"],
        "tenant_id": call.estate.project_id,
        "fixed_ips": [{"ip_address": address["addr"]}],
    }
    attached = {
        "port_state": "ACTIVE",
        "port_id": port["id"],
        "net_id": network_id,
        "mac_addr": port["mac_address"],
        "fixed_ips": port["fixed_ips"],
    }
    disks = [wire.disk_detail(disk, resource) for disk in disks_in(backup, resource)]
    return Answer(
        {
            "backup_id": backup.id,
            "backups": _text(wire.backup_with_children(backup)),
            "flavor": _text({"flavor": flavor_of(resource)}),
            "floatingips": [_text({"floatingips": None})],
            "interface": _text({"interfaceAttachments": [attached]}),
            "ports": [_text({"port": port})],
            "server": _text({"server": server}),
            "volumes": [_text({"volume": each}) for each in disks],
        }
    )


def _text(body: dict[str, Any]) -> str:
    return msgspec.json.encode(body).decode()
