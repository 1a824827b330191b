"""The raw records of the services that own what is backed up, as CBR passes them on: texts where one expects more."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from .entities import BARE_METAL, DESKTOP, SERVER, Disk, Resource

Json = dict[str, Any]

FIRST = datetime(2024, 1, 8)  # noqa: DTZ001  in UTC, and written without zone
IMAGES = {
    "Linux": ("a64fbc6f-c62f-4d0f-b2fc-ee9a41efb3f1", "EulerOS", "EulerOS 2.0 64bit"),
    "Windows": ("0c7ee2a4-38f1-4b0e-9a39-12a1b6bd9d44", "Windows", "Windows Server 2022 64bit"),
}
"""Id, platform and version of the image that servers of an operating system were made of."""


@lru_cache(maxsize=10_000)
def _after_birth(thing_id: str, seconds: int = 0) -> str:
    """A moment after something was created, with microseconds; the id decides, within fifteen months of `FIRST`."""
    born = FIRST + timedelta(minutes=int(thing_id[:4], 16) * 10, microseconds=int(thing_id[4:8], 16))
    return (born + timedelta(seconds=seconds)).isoformat(timespec="microseconds")


def server_detail(resource: Resource, project_id: str) -> Json:
    """The record of the compute service; what stands in `tags` are texts of key and value."""
    image_id, _, version = IMAGES[resource.os]
    stopped = resource.status == "SHUTOFF"
    return {
        "id": resource.id,
        "name": resource.name,
        "status": resource.status,
        "created": f"{_after_birth(resource.id)[:19]}Z",
        "updated": f"{_after_birth(resource.id, 46)[:19]}Z",
        "description": "",
        "tenant_id": project_id,
        "user_id": resource.id.replace("-", ""),
        "hostId": resource.id.replace("-", "")[::-1],
        "host_status": "UP",
        "locked": False,
        "progress": 0,
        "key_name": "KeyPair-ops" if resource.os == "Linux" else None,
        "fault": None,
        "config_drive": "",
        "accessIPv4": "",
        "accessIPv6": "",
        "addresses": {f"{resource.id[:8]}-0000-4000-8000-{resource.id[-12:]}": [address_of(resource)]},
        "flavor": flavor_of(resource),
        "image": {"id": image_id},
        "metadata": {
            "charging_mode": "0",
            "image_name": version,
            "metering.image_id": image_id,
            "metering.imagetype": "gold",
            "metering.resourcespeccode": f"s3.large.2.{resource.os.lower()}",
            "metering.resourcetype": "1",
            "os_bit": "64",
            "os_type": resource.os,
        },
        "security_groups": [{"id": f"{resource.id[:24]}00000000aaaa", "name": "default"}],
        "tags": resource.tags,
        "sys_tags": [{"key": "_sys_enterprise_project_id", "value": "0"}],
        "enterprise_project_id": "0",
        "os-extended-volumes:volumes_attached": [_attached(disk) for disk in resource.disks],
        "os:scheduler_hints": {},
        "OS-DCF:diskConfig": "MANUAL",
        "OS-EXT-AZ:availability_zone": resource.zone,
        "OS-EXT-SRV-ATTR:host": f"{resource.zone}-4",
        "OS-EXT-SRV-ATTR:hostname": resource.name,
        "OS-EXT-SRV-ATTR:instance_name": f"instance-{resource.id[:8]}",
        "OS-EXT-SRV-ATTR:launch_index": 0,
        "OS-EXT-SRV-ATTR:root_device_name": "/dev/vda",
        "OS-EXT-SRV-ATTR:user_data": None,
        "OS-EXT-STS:power_state": 4 if stopped else 1,
        "OS-EXT-STS:task_state": None,
        "OS-EXT-STS:vm_state": "stopped" if stopped else "active",
        "OS-SRV-USG:launched_at": f"{_after_birth(resource.id, 16)[:19]}.000000",
        "OS-SRV-USG:terminated_at": None,
    }


def _attached(disk: Disk) -> Json:
    index = "0" if disk.system else None
    return {"id": disk.id, "device": disk.device, "bootIndex": index, "delete_on_termination": "false"}


def flavor_of(resource: Resource) -> Json:
    """The kind of machine, whose numbers are texts."""
    name = "kc1.large.2" if resource.architecture == "aarch64" else "s3.large.2"
    return {"id": name, "name": name, "ram": "4096", "vcpus": "2", "disk": "0"}


def address_of(resource: Resource) -> Json:
    """The only address of a server, whose version is a text."""
    digits = resource.id[-6:]
    pairs = [digits[place : place + 2] for place in (0, 2, 4)]
    return {
        "version": "4",
        "addr": "192.168.{}.{}".format(*(int(pair, 16) for pair in pairs[1:])),
        "OS-EXT-IPS:type": "fixed",
        "OS-EXT-IPS:port_id": f"{resource.id[:24]}{resource.id[-12:][::-1]}",
        "OS-EXT-IPS-MAC:mac_addr": "fa:16:3e:{}:{}:{}".format(*pairs),
    }


def disk_detail(disk: Disk, owner: Resource, project_id: str) -> Json:
    """The record of the disk service: `bootable` and `shareable` are texts, `encrypted` and `multiattach` are not."""
    attached = [] if owner.status == "available" else [_attachment(disk, owner)]
    detail: Json = {
        "id": disk.id,
        "name": disk.name,
        "size": disk.size_gb,
        "status": disk.status if attached else "available",
        "description": "",
        "created_at": _after_birth(disk.id),
        "updated_at": _after_birth(disk.id, 9),
        "availability_zone": owner.zone,
        "volume_type": disk.volume_type,
        "bootable": _word(disk.system),
        "encrypted": disk.encrypted,
        "multiattach": disk.shared,
        "shareable": _word(disk.shared),
        "metadata": {
            "attached_mode": "rw",
            "hw:passthrough": _word(disk.scsi),
            "readonly": "False",
        },
        "attachments": attached,
        "tags": {},
        "wwn": f"688860300000{disk.id.replace('-', '')[:20]}",
        "snapshot_id": None,
        "source_volid": None,
        "replication_status": "disabled",
        "os-vol-host-attr:host": f"cinder-kvm001@{disk.volume_type}#6",
        "os-vol-tenant-attr:tenant_id": project_id,
        "user_id": disk.id.replace("-", ""),
        "volume_image_metadata": {},
    }
    if disk.encrypted:
        detail["metadata"] |= {"__system__encrypted": "1", "__system__cmkid": f"{disk.id[:24]}00000000bbbb"}
    if disk.system:
        image_id, platform, version = IMAGES[owner.os]
        detail["volume_image_metadata"] = {
            "__os_bit": "64",
            "__os_type": owner.os,
            "__os_version": version,
            "__platform": platform,
            "__imagetype": "gold",
            "__isregistered": "true",
            "image_id": image_id,
            "image_name": version,
            "min_disk": str(disk.size_gb),
        }
    return detail


def _attachment(disk: Disk, owner: Resource) -> Json:
    return {
        "id": disk.id,
        "volume_id": disk.id,
        "server_id": owner.server_id or owner.id,
        "device": disk.device,
        "attachment_id": f"{disk.id[:24]}{owner.id[-12:]}",
        "attached_at": _after_birth(disk.id, 7),
        "host_name": None,
    }


def _word(flag: bool) -> str:
    return "true" if flag else "false"


def detail(resource: Resource, project_id: str) -> Json:
    """The record of the service that owns a resource."""
    if resource.type in (SERVER, BARE_METAL, DESKTOP):
        return server_detail(resource, project_id)
    return {
        "id": resource.id,
        "name": resource.name,
        "status": resource.status,
        "size": resource.size_gb,
        "availability_zone": resource.zone,
        "share_proto": "NFS",
        "share_type": "STANDARD",
        "created_at": _after_birth(resource.id),
        "export_location": f"192.168.0.{int(resource.id[-2:], 16)}:/",
    }
