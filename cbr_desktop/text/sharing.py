"""Words for projects that backups are shared with, and for vaults in other regions."""

from collections.abc import Mapping

from cbr_desktop.domain.backup_details import Member
from cbr_desktop.domain.replication import DestinationVault
from cbr_desktop.text.catalogue import _, ngettext
from cbr_desktop.text.states import grouped, quoted, shown, status_words
from cbr_desktop.text.words import use_words
from cbr_desktop.workflows.replicas import Replicas


def project_words(id: str, names: Mapping[str, str]) -> str:
    """Return a project by its name in the address book and its id, by its id alone where it is in none.

    ``names`` are the ids by name.
    """
    name = next((name for name, known in names.items() if known == id), "")
    return _("{name} ({id})").format(name=shown(name, 64), id=shown(id, 40)) if name else shown(id, 40)


def member_words(member: Member, names: Mapping[str, str]) -> str:
    """Return with whom a backup is shared, and what that project said to it."""
    who = project_words(member.project_id, names)
    return _("{project}: {answer}").format(project=who, answer=status_words(member.status))


def destination_words(destination: DestinationVault) -> str:
    """Return a vault in another region: its name, region and project, and how full it is."""
    vault = destination.vault
    name = shown(vault.name, 64) or shown(vault.id, 64)
    project = shown(destination.project.name, 64)
    if project == destination.region:
        return _("{name} – {region}, {use} used").format(name=name, region=project, use=use_words(vault))
    return _("{name} – {region}, project {project}, {use} used").format(
        name=name, region=shown(destination.region, 40), project=project, use=use_words(vault)
    )


def replicas_sentence(replicas: Replicas) -> str:
    """Return how many backups of a vault have a replica in a region, and how many have none."""
    region, total = shown(replicas.region, 40), replicas.there + replicas.missing
    said = _("{region}: {count} of {total} backups").format(
        region=region, count=grouped(replicas.there), total=grouped(total)
    )
    if not replicas.missing or not replicas.policy:
        return said
    lacking = ngettext(
        "{count} has none there yet, though policy {policy} copies to it.",
        "{count} have none there yet, though policy {policy} copies to it.",
        replicas.missing,
    ).format(count=grouped(replicas.missing), policy=quoted(replicas.policy, 64))
    return _("{said}; {lacking}").format(said=said, lacking=lacking)
