"""What is found about a change of the resources of a vault, as sentences for people."""

from collections.abc import Callable

from cbr_desktop.domain.finding import Finding, FindingKind, Severity
from cbr_desktop.text.catalogue import N_, _, listed, ngettext, sentences
from cbr_desktop.text.states import counted, gb_words, grouped, quoted, shown, status_words

_NAMES = 3
"""Resources that are named in a sentence; the others are counted."""


def _count(finding: Finding) -> int:
    count = finding.facts["count"]
    return count if isinstance(count, int) else 2


def _gb(size: object) -> str:
    return gb_words(size) if isinstance(size, int | float) else shown(size)


def _fact(finding: Finding, name: str) -> str:
    return quoted(finding.facts[name], 80)


def _names(finding: Finding) -> str:
    """Return the first few resources, quoted, and how many there are besides."""
    names = finding.facts["resources"]
    known = [quoted(each, 64) for each in names] if isinstance(names, list | tuple) else []
    more = len(known) - _NAMES
    if more > 1:
        return listed([*known[:_NAMES], counted("{count} more", "{count} more", more)])
    return listed(known)


def _too_many(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "{count} resource is named; a request takes {limit} at most. Send the rest in a second one.",
        "{count} resources are named; a request takes {limit} at most. Send the rest in a second one.",
        count,
    ).format(count=grouped(count), limit=shown(finding.facts["limit"]))


def _type_unfit(finding: Finding) -> str:
    return _("{resource} is of the type {type}, and vault {vault} holds {holds}. Choose a vault of its kind.").format(
        resource=_fact(finding, "resource"),
        type=quoted(status_words(finding.facts["type"])),
        vault=_fact(finding, "vault"),
        holds=quoted(status_words(finding.facts["holds"])),
    )


def _overbooked(finding: Finding) -> str:
    said = _("Vault {vault} is then to back up {allocated}, and has {size}.").format(
        vault=_fact(finding, "vault"),
        allocated=_gb(finding.facts["allocated_gb"]),
        size=_gb(finding.facts["size_gb"]),
    )
    remedy = (
        _("It is expanded by itself when it is full, which costs more.")
        if finding.facts["auto_expand"] is True
        else _("Once it is full, backups fail. Expand it to be safe.")
    )
    return sentences(said, remedy)


def _room(finding: Finding) -> str:
    return _(
        "Vault {vault} is then to back up {allocated} of its {size}. It is paid by its size, whatever it holds,"
        " so they cost nothing more."
    ).format(
        vault=_fact(finding, "vault"),
        allocated=_gb(finding.facts["allocated_gb"]),
        size=_gb(finding.facts["size_gb"]),
    )


def _at_work(finding: Finding) -> str:
    kind = finding.facts["type"]
    at_work = (
        _("A task ({type}) runs in vault {vault}; the service moves nothing meanwhile. Wait for its end.")
        if kind
        else _("A task runs in vault {vault}; the service moves nothing meanwhile. Wait for its end.")
    )
    return at_work.format(type=status_words(kind), vault=_fact(finding, "vault"))


def _held(finding: Finding) -> str:
    held = (
        _("{resource} is in vault {other} already. Leave it out, or migrate it from there.")
        if finding.facts.get("other_vault")
        else _("{resource} is in vault {vault} already. Leave it out.")
    )
    other = quoted(finding.facts.get("other_vault"), 80)
    return held.format(resource=_fact(finding, "resource"), vault=_fact(finding, "vault"), other=other)


def _unknown(finding: Finding) -> str:
    unknown = (
        _("The service knows no resource {id} that could be protected. Check the id, the project and the region.")
        if finding.severity is Severity.BLOCK
        else _("Resource {id} is in none of the lists that were read, so that nothing of it could be checked.")
    )
    return unknown.format(id=shown(finding.facts["id"], 64))


def _in_images(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "{count} backup of {resource} is used by an image, so the service refuses. Delete the image first.",
        "{count} backups of {resource} are used by images, so the service refuses. Delete the images first.",
        count,
    ).format(count=grouped(count), resource=_fact(finding, "resource"))


def _last(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "This deletes the last good backup of {resources}; none is left in this region. Be sure that nobody needs it.",
        "This deletes the last {count} good backups of {resources}; none is left in this region. Be sure that nobody"
        " needs them.",
        count,
    ).format(count=grouped(count), resources=_names(finding))


def _target_full(finding: Finding) -> str:
    return _("Vault {target} has {free} left, and the backups take {moved}. Expand it, or choose another.").format(
        target=_fact(finding, "target"), free=_gb(finding.facts["free_gb"]), moved=_gb(finding.facts["moved_gb"])
    )


def _move_along(finding: Finding) -> str:
    count = _count(finding)
    if not count:
        return _("No backup moves along: there is none so far.")
    return ngettext(
        "{count} backup ({moved}) moves along to vault {target}, whose policy applies to it from then on.",
        "{count} backups ({moved}) move along to vault {target}, whose policy applies to them from then on.",
        count,
    ).format(count=grouped(count), moved=_gb(finding.facts["moved_gb"]), target=_fact(finding, "target"))


def _move_together(finding: Finding) -> str:
    count, vaults = _count(finding), finding.facts["vaults"]
    moved = ngettext(
        "{count} resource moves to vault {target} in all, with {moved} of backups, one vault after the other.",
        "{count} resources move to vault {target} in all, with {moved} of backups, one vault after the other.",
        count,
    ).format(count=grouped(count), target=_fact(finding, "target"), moved=_gb(finding.facts["moved_gb"]))
    leaves = ngettext(
        "They leave {count} vault.", "They leave {count} vaults.", vaults if isinstance(vaults, int) else 2
    )
    free_gb = finding.facts["free_gb"]
    free = _("Vault {target} has {free} free then.")
    if isinstance(free_gb, int | float) and free_gb < 0:
        free, free_gb = _("Vault {target} lacks {free} for all of that."), -free_gb
    free = free.format(target=_fact(finding, "target"), free=_gb(free_gb))
    return sentences(moved, leaves.format(count=shown(vaults)), free)


def _stops(finding: Finding) -> str:
    return ngettext(
        "Policies leave {resources} out until it is resumed. Its backups stay, and a person can still ask for more.",
        "Policies leave {resources} out until they are resumed. Their backups stay, and a person can still ask for"
        " more.",
        _count(finding),
    ).format(resources=_names(finding))


def _protection_unchanged(finding: Finding) -> str:
    unchanged = (
        _("{resource} is not suspended, so nothing changes for it.")
        if finding.facts["is_on"] is True
        else _("{resource} is suspended already, so nothing changes for it.")
    )
    return unchanged.format(resource=_fact(finding, "resource"))


ASSOCIATION_FINDINGS: dict[FindingKind, str | Callable[[Finding], str]] = {
    FindingKind.NO_RESOURCE: N_("No resource is chosen. Choose at least one."),
    FindingKind.REQUEST_TOO_LARGE: _too_many,
    FindingKind.VAULT_TYPE_UNFIT: _type_unfit,
    FindingKind.VAULT_TAKES_REPLICAS: N_(
        "Vault ‘{vault}’ only takes replicas from another region. Choose a backup vault."
    ),
    FindingKind.VAULT_CROWDED: N_(
        "Vault ‘{vault}’ would hold {count} resources, and takes {limit} at most. Choose another vault, or fewer"
        " resources."
    ),
    FindingKind.VAULT_OVERBOOKED: _overbooked,
    FindingKind.VAULT_ROOM: _room,
    FindingKind.VAULT_WORM: N_(
        "Vault ‘{vault}’ is locked (WORM) for good: no resource can be taken out of it. Suspend the resource instead,"
        " and let its backups expire."
    ),
    FindingKind.VAULT_AT_WORK: _at_work,
    FindingKind.RESOURCE_HELD: _held,
    FindingKind.RESOURCE_UNKNOWN: _unknown,
    FindingKind.RESOURCE_BUSY: N_(
        "Resource ‘{resource}’ is in the state ‘{status}’: the service refuses the whole request. Wait for its end, or"
        " leave it out."
    ),
    FindingKind.DISK_UNKNOWN: N_("‘{resource}’ has no disk {disk}. Take it out of the request."),
    FindingKind.DISK_HELD: N_(
        "A disk of ‘{resource}’ is in vault ‘{other_vault}’ by itself. Dissociate the disk there first, which deletes"
        " its backups, or leave the server out."
    ),
    FindingKind.BACKUPS_IN_IMAGES: _in_images,
    FindingKind.LAST_BACKUPS: _last,
    FindingKind.SHARES_END: N_(
        "The lists do not tell which of these backups are shared. A project that one was shared with loses it as well."
    ),
    FindingKind.SAME_VAULT: N_("The resources are in vault ‘{vault}’ already. Choose another one."),
    FindingKind.TARGET_UNFIT: N_(
        "Vault ‘{target}’ is of another type than vault ‘{vault}’. Choose one of the same type."
    ),
    FindingKind.TARGET_FULL: _target_full,
    FindingKind.BACKUPS_MOVE: _move_along,
    FindingKind.RESOURCES_MOVE: _move_together,
    FindingKind.POLICY_LOST: N_(
        "Vault ‘{vault}’ has a backup policy, and vault ‘{target}’ has none: nothing backs the resources up by itself"
        " there. Apply one to it."
    ),
    FindingKind.PROTECTION_STOPS: _stops,
    FindingKind.PROTECTION_UNCHANGED: _protection_unchanged,
}
