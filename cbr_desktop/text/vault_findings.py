"""What is found about a change of vaults, as sentences for people."""

from collections.abc import Callable
from datetime import datetime

from cbr_desktop.domain.enterprise_project import Hindrance
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.text.catalogue import N_, _, listed, ngettext, sentences
from cbr_desktop.text.enterprise_projects import project_label
from cbr_desktop.text.errors import hindrance_sentence
from cbr_desktop.text.states import counted, gb_words, grouped, percent_words, quoted, shown, status_words

_NAMES = 5
"""Resources that are named in a sentence; the others are counted."""


def short_names_words(names: object) -> str:
    """Return the first few names of a list, and how many there are besides."""
    known = [shown(each, 80) for each in names] if isinstance(names, list | tuple) else []
    more = len(known) - _NAMES
    if more > 1:
        return listed([*known[:_NAMES], counted("{count} more", "{count} more", more)])
    return listed(known)


def _gb(finding: Finding, fact: str) -> str:
    size = finding.facts[fact]
    return gb_words(size) if isinstance(size, int | float) else shown(size)


def _percent(finding: Finding, fact: str) -> str:
    share = finding.facts[fact]
    return percent_words(share) if isinstance(share, int | float) else shown(share)


def _count(finding: Finding) -> int:
    count = finding.facts["count"]
    return count if isinstance(count, int) else 2


def _vault(finding: Finding) -> str:
    return quoted(finding.facts["vault"])


def _state(finding: Finding) -> str:
    return _(
        "Vault {vault} is in the state {status}, in which the service changes nothing of it. Wait for that."
    ).format(vault=_vault(finding), status=quoted(status_words(finding.facts["status"])))


def _below_used(finding: Finding) -> str:
    return _("{used} are used in vault {vault}, more than {size}. Give it more, or delete backups first.").format(
        used=_gb(finding, "used_gb"), vault=_vault(finding), size=_gb(finding, "size_gb")
    )


def _below_allocated(finding: Finding) -> str:
    return _(
        "The resources in it have {allocated} in all, more than {size}. Their backups may not all find room in it."
    ).format(allocated=_gb(finding, "allocated_gb"), size=_gb(finding, "size_gb"))


def _size_after(finding: Finding) -> str:
    return _("With {size} vault {vault} is {percent} full, and {free} are free.").format(
        size=_gb(finding, "size_gb"),
        vault=_vault(finding),
        percent=_percent(finding, "used_percent"),
        free=_gb(finding, "free_gb"),
    )


def _level_for_good(finding: Finding) -> str:
    count = _count(finding)
    agents = ngettext(
        "Its {count} server needs the agent for it; without it, its backups stay crash consistent.",
        "Its {count} servers need the agent for it; without it, their backups stay crash consistent.",
        count,
    ).format(count=grouped(count))
    head = _("Vault {vault} never becomes crash consistent again, and is of another price class from then on.").format(
        vault=_vault(finding)
    )
    return sentences(head, agents if count else "")


def _expansion_step(finding: Finding) -> str:
    return _(
        "When vault {vault} is full it grows by a quarter by itself, from {size} to {then}, and is billed for that."
    ).format(vault=_vault(finding), size=_gb(finding, "size_gb"), then=_gb(finding, "then_gb"))


def _over_threshold(finding: Finding) -> str:
    return _("Vault {vault} is {percent} full then, over its threshold of {threshold} %.").format(
        vault=_vault(finding), percent=_percent(finding, "used_percent"), threshold=shown(finding.facts["threshold"])
    )


def _binding_room(finding: Finding) -> str:
    return _(
        "Vault {vault} has {free} left, and takes in resources by itself only while more than {limit} are left."
    ).format(vault=_vault(finding), free=_gb(finding, "free_gb"), limit=_gb(finding, "limit"))


def _binding_takes(finding: Finding) -> str:
    count, some = _count(finding), finding.facts.get("some")
    if count:
        taken = ngettext(
            "By what is known now vault {vault} takes in {count} resource of {size} before its next backup: {names}.",
            "By what is known now vault {vault} takes in {count} resources of {size} before its next backup: {names}.",
            count,
        ).format(
            vault=_vault(finding),
            count=grouped(count),
            size=_gb(finding, "size_gb"),
            names=short_names_words(finding.facts["names"]),
        )
    else:
        taken = _("By what is known now there is no resource that vault {vault} would take in.").format(
            vault=_vault(finding)
        )
    partly = some if isinstance(some, int) else 0
    rest = counted(
        "{count} more has a part of these tags only.", "{count} more have a part of these tags only.", partly
    )
    return sentences(taken, rest if partly else "")


def _lock_holds(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "Its {count} resource can never be taken out of it again, nor moved to another vault.",
        "Its {count} resources can never be taken out of it again, nor moved to another vault.",
        count,
    ).format(count=grouped(count))


def _lock_keeps(finding: Finding) -> str:
    count, last = _count(finding), finding.facts["last"]
    return ngettext(
        "{count} automatic backup that is in it now cannot be deleted before it expires, which is on {day}.",
        "{count} automatic backups that are in it now cannot be deleted before they expire, the last of them on {day}.",
        count,
    ).format(count=grouped(count), day=f"{last:%Y-%m-%d}" if isinstance(last, datetime) else shown(last))


def _lock_keeps_forever(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "{count} automatic backup that is in it now has no day on which it expires: it may stay, and be paid for, for"
        " ever.",
        "{count} automatic backups that are in it now have no day on which they expire: they may stay, and be paid for,"
        " for ever.",
        count,
    ).format(count=grouped(count))


def _deletion_state(finding: Finding) -> str:
    return _(
        "Vault {vault} is in the state {status}, and the service deletes only what is available or in error. Wait for"
        " that."
    ).format(vault=_vault(finding), status=quoted(status_words(finding.facts["status"])))


def _deletion_busy(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "{count} task runs in vault {vault}, and the service does not delete it before its end. Wait for that.",
        "{count} tasks run in vault {vault}, and the service does not delete it before their end. Wait for that.",
        count,
    ).format(count=grouped(count), vault=_vault(finding))


def _deletion_images(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "An image was made of {count} backup in vault {vault}: {names}. Delete the image first.",
        "Images were made of {count} backups in vault {vault}: {names}. Delete the images first.",
        count,
    ).format(count=grouped(count), vault=_vault(finding), names=short_names_words(finding.facts["names"]))


def _deletion_locked(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "Vault {vault} is locked, and {count} automatic backup in it cannot be deleted before it expires.",
        "Vault {vault} is locked, and {count} automatic backups in it cannot be deleted before they expire.",
        count,
    ).format(count=grouped(count), vault=_vault(finding))


def _deletion_backups(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "{count} backup in vault {vault}, of {size} in all, is lost with it for good.",
        "{count} backups in vault {vault}, of {size} in all, are lost with it for good.",
        count,
    ).format(count=grouped(count), vault=_vault(finding), size=_gb(finding, "size_gb"))


def _deletion_last(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "The last good restore point of {count} resource is among them: {names}. There is no other backup of it.",
        "The last good restore points of {count} resources are among them: {names}. There is no other backup of these.",
        count,
    ).format(count=grouped(count), names=short_names_words(finding.facts["names"]))


def _deletion_unseen(finding: Finding) -> str:
    count = _count(finding)
    if not count:
        return _("The list of backups is not whole: there may be more in vault {vault} than are counted.").format(
            vault=_vault(finding)
        )
    return ngettext(
        "The service counts {count} more backup in vault {vault} than could be listed. Nobody has seen what it is of.",
        "The service counts {count} more backups in vault {vault} than could be listed. Nobody has seen what"
        " they are of.",
        count,
    ).format(count=grouped(count), vault=_vault(finding))


def _deletion_resources(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "{count} resource is in no vault then, and is not backed up any more: {names}.",
        "{count} resources are in no vault then, and are not backed up any more: {names}.",
        count,
    ).format(count=grouped(count), names=short_names_words(finding.facts["names"]))


def _deletion_policies(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "{count} policy is not applied to it any more, and stays: {names}.",
        "{count} policies are not applied to it any more, and stay: {names}.",
        count,
    ).format(count=grouped(count), names=short_names_words(finding.facts["names"]))


def _vaults_go(finding: Finding) -> str:
    count, backups = _count(finding), finding.facts["backups"]
    named = ngettext(
        "{count} vault is deleted for good: {names}.", "{count} vaults are deleted for good: {names}.", count
    ).format(count=grouped(count), names=short_names_words(finding.facts["names"]))
    if not isinstance(backups, int) or not backups:
        return sentences(named, _("No backup is known to be in them."))
    with_them = ngettext(
        "{count} backup goes with them, and frees {size}.", "{count} backups go with them, and free {size}.", backups
    ).format(count=grouped(backups), size=_gb(finding, "size_gb"))
    return sentences(named, with_them)


def _vaults_free(finding: Finding) -> str:
    count, idle = _count(finding), finding.facts["idle"]
    lost = ngettext(
        "{count} policy is not applied to them any more, and stays: {names}.",
        "{count} policies are not applied to them any more, and stay: {names}.",
        count,
    ).format(count=grouped(count), names=short_names_words(finding.facts["names"]))
    if not isinstance(idle, list) or not idle:
        return lost
    return sentences(
        lost,
        ngettext(
            "{count} of them has no vault at all then: {names}.",
            "{count} of them have no vault at all then: {names}.",
            len(idle),
        ).format(count=grouped(len(idle)), names=short_names_words(idle)),
    )


def _deletion_replicas(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "{count} of the backups has copies in {names}. They are in vaults of their own there, which are not deleted.",
        "{count} of the backups have copies in {names}. They are in vaults of their own there, which are not deleted.",
        count,
    ).format(count=grouped(count), names=short_names_words(finding.facts["names"]))


def _agent_lacking(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "{count} server has no agent: {names}. Install it there, or its backups stay crash consistent.",
        "{count} servers have no agent: {names}. Install it there, or their backups stay crash consistent.",
        count,
    ).format(count=grouped(count), names=short_names_words(finding.facts["names"]))


def _agent_old(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "The agent of {count} server is old: {names}. Bring it up to date.",
        "The agents of {count} servers are old: {names}. Bring them up to date.",
        count,
    ).format(count=grouped(count), names=short_names_words(finding.facts["names"]))


def _agent_there(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "The agent is there on the {count} server that was asked for.",
        "The agent is there on all {count} servers that were asked for.",
        count,
    ).format(count=grouped(count))


def _price_class(finding: Finding) -> str:
    name, multi = finding.facts.get("name"), finding.facts.get("multi")
    size = _gb(finding, "size_gb")
    if not name:
        said = _("It is billed by its size, {size}, for as long as it is there.").format(size=size)
    else:
        said = _("It is billed by its size, {size}, for as long as it is there; its class is {name}.").format(
            size=size, name=quoted(name)
        )
    return sentences(said, _("Backups in several zones are of a price of their own.") if multi else "")


def _takes_fewer(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "{count} resource is chosen, and a new vault takes {limit}. Leave some out, and add them afterwards.",
        "{count} resources are chosen, and a new vault takes {limit}. Leave some out, and add them afterwards.",
        count,
    ).format(count=grouped(count), limit=shown(finding.facts["limit"]))


def _replication_holds(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "{count} resource is chosen, and a vault for replicas holds none. Leave it out.",
        "{count} resources are chosen, and a vault for replicas holds none. Leave them out.",
        count,
    ).format(count=grouped(count))


def _tags_many(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "Vault {vault} has {count} tag then, and most regions take {limit} at most.",
        "Vault {vault} has {count} tags then, and most regions take {limit} at most.",
        count,
    ).format(vault=_vault(finding), count=grouped(count), limit=shown(finding.facts["limit"]))


def _all_vaults(finding: Finding) -> str:
    count, changed = _count(finding), finding.facts.get("changed")
    head = ngettext(
        "This is done to the only vault of the project: {names}.",
        "This is done to all {count} vaults of the project, without a choice: {names}.",
        count,
    ).format(count=grouped(count), names=short_names_words(finding.facts["names"]))
    other = changed if isinstance(changed, int) else 0
    return sentences(
        head, counted("{count} of them is different now.", "{count} of them are different now.", other) if other else ""
    )


def _tags_limit(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "There is {count} tag, and {limit} are possible. Take some out.",
        "There are {count} tags, and {limit} are possible. Take some out.",
        count,
    ).format(count=grouped(count), limit=shown(finding.facts["limit"]))


def _expiry_unchanged(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "{count} backup in vault {vault} expires on that day already. Nothing would change.",
        "All {count} backups in vault {vault} expire on that day already. Nothing would change.",
        count,
    ).format(count=grouped(count), vault=_vault(finding))


def _expiry_sooner(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "{count} backup in vault {vault} goes sooner than now: the service deletes it on {day}, for good.",
        "{count} backups in vault {vault} go sooner than now: the service deletes them on {day}, for good.",
        count,
    ).format(count=grouped(count), vault=_vault(finding), day=shown(finding.facts["day"]))


def _expiry_endless(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "{count} of them has no end now: it would stay until somebody deletes it.",
        "{count} of them have no end now: they would stay until somebody deletes them.",
        count,
    ).format(count=grouped(count))


def _expiry_last(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "The last good restore point that {count} resource has now goes with them: {names}. Unless it is backed up"
        " before that day, nothing is left.",
        "The last good restore points that {count} resources have now go with them: {names}. Unless these are backed up"
        " before that day, nothing is left.",
        count,
    ).format(count=grouped(count), names=short_names_words(finding.facts["names"]))


def _expiry_locked(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "Vault {vault} is locked, and {count} automatic backup in it would go sooner. Whether the service takes that is"
        " not known; it may refuse, or leave the backup as it is.",
        "Vault {vault} is locked, and {count} automatic backups in it would go sooner. Whether the service takes that"
        " is not known; it may refuse, or leave these backups as they are.",
        count,
    ).format(count=grouped(count), vault=_vault(finding))


def _expiry_later(finding: Finding) -> str:
    count = _count(finding)
    return ngettext(
        "{count} backup in vault {vault} is kept longer than now, and takes its room until then.",
        "{count} backups in vault {vault} are kept longer than now, and take their room until then.",
        count,
    ).format(count=grouped(count), vault=_vault(finding))


def _same_enterprise_project(finding: Finding) -> str:
    return _("Vault {vault} is in enterprise project {name} already. Nothing would change.").format(
        vault=_vault(finding), name=_enterprise_project(finding)
    )


def _other_enterprise_project(finding: Finding) -> str:
    return _(
        "Who may see and use vault {vault}, and where its costs are counted, follows enterprise project {name} from"
        " then on. Its resources stay in the enterprise projects that they are in."
    ).format(vault=_vault(finding), name=_enterprise_project(finding))


def _enterprise_project(finding: Finding) -> str:
    return quoted(project_label(str(finding.facts["name"]), str(finding.facts["id"])))


VAULT_FINDINGS: dict[FindingKind, str | Callable[[Finding], str]] = {
    FindingKind.VAULT_STATE: _state,
    FindingKind.VAULT_UNCHANGED: N_("Nothing of vault ‘{vault}’ is changed by that. Change something, or leave it."),
    FindingKind.VAULT_NAME_TAKEN: N_("Another vault is called ‘{name}’ already. The two are hard to tell apart then."),
    FindingKind.LOCK_APART: N_(
        "It also asks for the locking of vault ‘{vault}’, which cannot be undone. Take ‘locked’ out, and lock the vault"
        " by a request of its own."
    ),
    FindingKind.SIZE_BY_ORDER: N_(
        "Vault ‘{vault}’ is paid by the year or month: its size is changed by an order. Make it in the console."
    ),
    FindingKind.SIZE_BUSY: N_(
        "Vault ‘{vault}’ is being resized or has an open order, so neither size nor specification can be changed. Wait"
        " for the end."
    ),
    FindingKind.SIZE_BELOW_USED: _below_used,
    FindingKind.SIZE_BELOW_ALLOCATED: _below_allocated,
    FindingKind.SIZE_AFTER: _size_after,
    FindingKind.LEVEL_BACK: N_("Vault ‘{vault}’ is application consistent, and stays that for good."),
    FindingKind.LEVEL_UNFIT: N_("Only vaults of servers are application consistent, and ‘{vault}’ is of another kind."),
    FindingKind.LEVEL_FOR_GOOD: _level_for_good,
    FindingKind.EXPANSION_BY_ORDER: N_(
        "Vault ‘{vault}’ is paid by the year or month, and such a vault does not expand by itself."
    ),
    FindingKind.EXPANSION_TOO_LATE: N_(
        "Vault ‘{vault}’ is full. That it expands by itself has no effect once it is full: make it larger first."
    ),
    FindingKind.EXPANSION_STEP: _expansion_step,
    FindingKind.OVER_THRESHOLD: _over_threshold,
    FindingKind.BINDING_NEEDS_POLICY: N_(
        "Vault ‘{vault}’ has no backup policy, and takes in nothing by itself without one. Apply a policy."
    ),
    FindingKind.BINDING_NEEDS_ROOM: _binding_room,
    FindingKind.BINDING_UNKNOWN: N_(
        "What vault ‘{vault}’ would take in is not known: the resources of the project have not been read."
    ),
    FindingKind.BINDING_TAKES: _binding_takes,
    FindingKind.LOCKED_ALREADY: N_("Vault ‘{vault}’ is locked already. Nothing would change."),
    FindingKind.LOCK_FOR_GOOD: N_(
        "Locking vault ‘{vault}’ can never be undone, by anybody. While automatic backups are in it, it cannot be"
        " deleted; backups that were made by hand can."
    ),
    FindingKind.LOCK_HOLDS: _lock_holds,
    FindingKind.LOCK_KEEPS: _lock_keeps,
    FindingKind.LOCK_KEEPS_FOREVER: _lock_keeps_forever,
    FindingKind.LOCK_POLICY_FOREVER: N_(
        "Policy ‘{policy}’ gives what it makes no day on which it expires. Change that first, unless you want to keep"
        " all of it for ever."
    ),
    FindingKind.EXPIRY_NO_DAY: N_("‘{found}’ is no day. Write it as year, month and day: 2027-03-01."),
    FindingKind.EXPIRY_NO_ZONE: N_("‘{found}’ is no zone that the service knows. Write it as UTC+08:00."),
    FindingKind.EXPIRY_PAST: N_("{day} is over in the zone {zone}, and the service takes no day of the past."),
    FindingKind.EXPIRY_NOTHING: N_("There is no backup in vault ‘{vault}’ that could expire on another day."),
    FindingKind.EXPIRY_UNCHANGED: _expiry_unchanged,
    FindingKind.EXPIRY_SOONER: _expiry_sooner,
    FindingKind.EXPIRY_ENDLESS: _expiry_endless,
    FindingKind.EXPIRY_LAST: _expiry_last,
    FindingKind.EXPIRY_LOCKED: _expiry_locked,
    FindingKind.EXPIRY_LATER: _expiry_later,
    FindingKind.DELETION_STATE: _deletion_state,
    FindingKind.DELETION_BY_ORDER: N_(
        "Vault ‘{vault}’ is paid by the year or month, and is given up by unsubscribing in the console."
    ),
    FindingKind.DELETION_BUSY: _deletion_busy,
    FindingKind.DELETION_IMAGES: _deletion_images,
    FindingKind.DELETION_LOCKED: _deletion_locked,
    FindingKind.DELETION_BACKUPS: _deletion_backups,
    FindingKind.DELETION_LAST: _deletion_last,
    FindingKind.DELETION_UNSEEN: _deletion_unseen,
    FindingKind.DELETION_RESOURCES: _deletion_resources,
    FindingKind.DELETION_POLICIES: _deletion_policies,
    FindingKind.DELETION_REPLICAS: _deletion_replicas,
    FindingKind.VAULTS_GO: _vaults_go,
    FindingKind.VAULTS_FREE: _vaults_free,
    FindingKind.DELETION_SHARES: N_(
        "Projects that backups are shared with lose them as well. The list of backups does not tell which are shared:"
        " look at the backups themselves."
    ),
    FindingKind.EPS_NOT_ASKED: lambda finding: hindrance_sentence(Hindrance(str(finding.facts["hindrance"]))),
    FindingKind.PROJECT_ID_MISSING: N_(
        "The id of the project is told by the login, and there was none since the start. Go online, and it is known"
        " here; or write it into the profile."
    ),
    FindingKind.PROJECT_ID_OTHER: N_(
        "The request names the project {found}, and the profile leads to another one. Correct ‘body.project_id’, or"
        " choose the profile of that project."
    ),
    FindingKind.ENTERPRISE_PROJECT_UNKNOWN: N_(
        "There is no enterprise project {id} among those that you may see. Check the id; the service may refuse it."
    ),
    FindingKind.ENTERPRISE_PROJECT_UNVERIFIED: N_(
        "Whether there is an enterprise project {id} has not been looked up. The service refuses one that does not"
        " exist."
    ),
    FindingKind.ENTERPRISE_PROJECT_DISABLED: N_(
        "Enterprise project ‘{name}’ is disabled, and the service may put nothing into it. Enable it first."
    ),
    FindingKind.ENTERPRISE_PROJECT_SAME: _same_enterprise_project,
    FindingKind.ENTERPRISE_PROJECT_RIGHTS: _other_enterprise_project,
    FindingKind.BAD_ZONE: N_(
        "‘{found}’ is no name of an availability zone: it has up to {limit} characters on one line. Correct it, or"
        " leave it to the service."
    ),
    FindingKind.OVERUSE_BY_ORDER: N_(
        "Only a vault that is paid by the year or month can hold more than was bought, and ‘{vault}’ is paid by use."
        " Take ‘demand_billing’ out."
    ),
    FindingKind.TOO_MANY_TAGS: _tags_limit,
    FindingKind.TAG_TWICE: N_("The tag ‘{key}’ stands twice. Take one out."),
    FindingKind.BAD_PREFIX: N_(
        "Names of backups cannot begin with ‘{found}’: it takes up to {limit} letters, digits, _ and -. Correct it."
    ),
    FindingKind.REPLICATION_UNFIT: N_("Only vaults of servers take replicas. Choose servers, or a vault for backups."),
    FindingKind.REPLICATION_HOLDS: _replication_holds,
    FindingKind.AGENT_LACKING: _agent_lacking,
    FindingKind.AGENT_OLD: _agent_old,
    FindingKind.AGENT_THERE: _agent_there,
    FindingKind.AGENT_NEEDED: N_(
        "Servers in it need the agent for application consistency; without it, their backups stay crash consistent."
    ),
    FindingKind.CREATION_BY_ORDER: N_(
        "A vault that is paid by the year or month is bought by an order, which this program does not make. Buy it in"
        " the console."
    ),
    FindingKind.PRICE_CLASS: _price_class,
    FindingKind.NO_POLICY: N_(
        "Nothing backs up by itself what is in vault ‘{vault}’ before a policy is applied to it. Choose one, if there"
        " is one."
    ),
    FindingKind.POLICY_ASLEEP: N_("Policy ‘{policy}’ is disabled, so that nothing is backed up by it. Enable it."),
    FindingKind.RESOURCE_UNFIT: N_("‘{resource}’ is of another kind than the vault holds. Leave it out."),
    FindingKind.RESOURCE_TAKEN: N_(
        "‘{resource}’ is in vault ‘{vault}’ already, and a resource is in one vault at most. Leave it out."
    ),
    FindingKind.RESOURCE_UNSEEN: N_("‘{resource}’ is no known resource of this project. Compare its id."),
    FindingKind.VAULT_TAKES_FEWER: _takes_fewer,
    FindingKind.TAG_KEY: N_(
        "The key ‘{key}’ is no key of a tag: 1 to {limit} letters, digits, _ and - are. Correct it."
    ),
    FindingKind.TAG_VALUE: N_(
        "‘{found}’ is no value of the tag ‘{key}’: up to {limit} letters, digits, _, - and dots are. Correct it."
    ),
    FindingKind.TAGS_NONE: N_("The request names no tag. Name at least one."),
    FindingKind.TAG_OVERWRITTEN: N_("The tag ‘{key}’ of vault ‘{vault}’ has ‘{found}’ now, and ‘{written}’ then."),
    FindingKind.TAGS_UNCHANGED: N_("The tags of vault ‘{vault}’ are like that already. Nothing would change."),
    FindingKind.TAGS_MANY: _tags_many,
    FindingKind.ALL_VAULTS: _all_vaults,
    FindingKind.ALL_UNCHANGED: N_("Neither threshold nor notification is changed. Change one of them, or leave it."),
    FindingKind.TAG_KEY_MISSING: N_("A tag has no key. Write one, or take the tag out."),
}
