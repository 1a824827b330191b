"""The sockets of a process, as the kernel knows them."""

from pathlib import Path


def connections_to(*ports: int) -> int:
    """Return how many sockets of this process lead to one of ``ports`` and are not closed."""
    ours = set()
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except OSError:
            continue  # the folder's own, closed by now
        if target.startswith("socket:["):
            ours.add(target[8:-1])
    found = 0
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/self/net", table).read_text("ascii").splitlines()[1:]:
            fields = line.split()
            found += fields[9] in ours and int(fields[2].rpartition(":")[2], 16) in ports
    return found
