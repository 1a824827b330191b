"""Which picture stands for a kind of thing."""

from cbr_desktop.domain.vault import ResourceType, VaultKind

_PICTURES: dict[str, str] = {
    VaultKind.SERVER: "server",
    VaultKind.DISK: "disk",
    VaultKind.TURBO: "file-system",
    VaultKind.FILE: "file-system",
    VaultKind.WORKSPACE: "desktop",
    VaultKind.VMWARE: "server",
    ResourceType.SERVER: "server",
    ResourceType.BMS: "server",
    ResourceType.NATIVE_SERVER: "server",
    ResourceType.DISK: "disk",
    ResourceType.FILE_SYSTEM: "file-system",
    ResourceType.WORKSPACE: "desktop",
}


def picture_of(kind: str) -> str:
    """Return the name of the icon for a kind of vault or a type of resource; one that is not known has a plain one."""
    return _PICTURES.get(kind, "other")
