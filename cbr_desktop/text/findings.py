"""Findings as sentences for people: what is known to block a request, or worth saying of it, and what it may take."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from cbr_desktop.domain.finding import Finding, FindingKind, Severity
from cbr_desktop.domain.vault import VaultStatus
from cbr_desktop.text.association_findings import ASSOCIATION_FINDINGS
from cbr_desktop.text.catalogue import N_, NN_, _, listed, ngettext, sentences
from cbr_desktop.text.codes import explain
from cbr_desktop.text.estimates import estimate_sentence
from cbr_desktop.text.finding_words import FindingWords, Plural, is_int, presented
from cbr_desktop.text.policy_findings import POLICY_FINDINGS
from cbr_desktop.text.request_findings import REQUEST_FINDINGS
from cbr_desktop.text.restore_findings import RESTORE_FINDINGS
from cbr_desktop.text.sharing_findings import SHARING_FINDINGS
from cbr_desktop.text.states import (
    counted,
    duration_words,
    grouped,
    percent_words,
    quoted,
    quoted_sentence,
    shown,
    status_words,
)
from cbr_desktop.text.vault_findings import VAULT_FINDINGS
from cbr_desktop.workflows.preflight import Preflight


def finding_sentence(finding: Finding) -> str:
    """Return what was found, about which thing, and what to do."""
    more = finding.facts.get("more")
    like = counted("{count} more are like this one.", "{count} more are like this one.", more) if is_int(more) else ""
    return sentences(_finding_words(finding), like)


def _finding_words(finding: Finding) -> str:
    sentence = _FINDINGS[finding.kind]
    if isinstance(sentence, Plural):
        number = finding.facts[sentence.fact]
        chosen = ngettext(sentence.one, sentence.many, number if is_int(number) else 2)
        return chosen.format_map(presented(finding.facts))
    return _(sentence).format_map(presented(finding.facts)) if isinstance(sentence, str) else sentence(finding)


def findings_sentence(findings: Iterable[Finding]) -> str:
    """Return how many findings weigh how much: ``2 things to put right, 1 warning``."""
    counts = {severity: sum(f.severity is severity for f in findings) for severity in Severity}
    words = [
        counted("{count} thing to put right", "{count} things to put right", counts[Severity.BLOCK]),
        counted("{count} warning", "{count} warnings", counts[Severity.WARN]),
        counted("{count} note", "{count} notes", counts[Severity.INFO]),
    ]
    said = [word for word, count in zip(words, counts.values(), strict=True) if count]
    return listed(said) or _("Nothing to remark")


def _data_old(finding: Finding) -> str:
    age = finding.facts["age"]
    words = duration_words(age) if isinstance(age, timedelta) else shown(age)
    old = (
        _(
            "This was judged by what was read {age} ago, from the cache. Things may have changed since; refresh"
            " to be sure."
        )
        if finding.facts["from_cache"] is True
        else _("This was judged by what was read {age} ago. Things may have changed since; refresh to be sure.")
    )
    return old.format(age=words)


def _duplicate_resource(finding: Finding) -> str:
    twice = (
        _("Resource ‘{resource}’ is named twice, once as ‘{other}’. Name it once.")
        if finding.facts.get("other")
        else _("Resource ‘{resource}’ is named twice. Name it once.")
    )
    return twice.format_map(presented(finding.facts))


def _plan_range(finding: Finding) -> str:
    facts = presented(finding.facts)
    if finding.facts["high"] == 0:
        return _("‘{path}’ may have no number in the first step, not {found}. Correct it in the plan.").format_map(
            facts
        )
    return _("‘{path}’ may have {low} to {high}, not {found}. Correct it in the plan.").format_map(facts)


def _vault_status(finding: Finding) -> str:
    status = finding.facts["status"]
    if finding.severity is not Severity.BLOCK:
        bad = _(
            "Vault {vault} is in the state {status}, so the service may refuse. Look at the vault in the console if you"
            " are unsure."
        )
        remedy = ""
    else:
        bad = _("Vault {vault} is in the state {status} and takes no backup.")
        remedy = {
            VaultStatus.FROZEN: _("Renew or pay for it in the console, or choose another vault."),
            VaultStatus.DELETING: _("Choose another vault."),
        }.get(VaultStatus(str(status)), _("Have the vault repaired, or choose another."))
    said = bad.format(vault=quoted(finding.facts["vault"]), status=quoted(status_words(status)))
    return sentences(said, remedy)


def _vault_busy(finding: Finding) -> str:
    vault = quoted(finding.facts["vault"])
    if finding.facts.get("ours"):
        return _(
            "Another request of yours for vault {vault} is under way. This one waits for it, then is sent by itself."
        ).format(vault=vault)
    progress = finding.facts.get("progress")
    busy = (
        _("Vault {vault} is being backed up already; it takes one checkpoint at a time. Wait for the end.")
        if progress is None
        else _(
            "Vault {vault} is being backed up already ({progress} %); it takes one checkpoint at a time. Wait for the"
            " end."
        )
    )
    return busy.format(vault=vault, progress=progress)


def _vault_full(finding: Finding) -> str:
    used = finding.facts["used_percent"]
    percent = percent_words(used) if isinstance(used, int | float) else shown(used)
    head = _("Vault {vault} is full: {percent} used.").format(vault=quoted(finding.facts["vault"]), percent=percent)
    if finding.severity is Severity.BLOCK:
        return sentences(head, _("Expand it, or delete backups that nobody needs."))
    expands = _("It expands by itself, but an expansion that comes too late does not save this checkpoint.")
    return sentences(head, expands)


def _foreign_resource(finding: Finding) -> str:
    facts = finding.facts
    foreign = (
        _("Resource {resource} is not in vault {vault} but in {other_vault}. Take it out, or choose that vault.")
        if facts.get("other_vault")
        else _(
            "Resource {resource} is not in vault {vault} and in no other known vault. Take it out, or associate it with"
            " the vault first."
        )
    )
    return foreign.format(
        resource=quoted(facts["resource"]), vault=quoted(facts["vault"]), other_vault=quoted(facts.get("other_vault"))
    )


def _not_protectable(finding: Finding) -> str:
    reason = finding.facts.get("reason")
    said = (
        _("The service says that resource {resource} cannot be backed up: {reason}.")
        if reason
        else _("The service says that resource {resource} cannot be backed up.")
    ).format(resource=quoted(finding.facts["resource"]), reason=quoted_sentence(reason))
    explanation = explain(finding.code)
    unexplained = (
        _("Leave it out.")
        if finding.severity is Severity.BLOCK
        else _("It will most likely be skipped; take it out to be sure.")
    )
    remedy = explanation.remedy if explanation else unexplained
    return sentences(said, remedy)


def _profile_unknown(finding: Finding) -> str:
    name = finding.facts.get("profile")
    if not name:
        return _("The step names no profile to send it from. Name one in the plan, or choose one for all such steps.")
    return _("There is no profile {name} here. Correct the name in the plan, or add the profile.").format(
        name=quoted(name)
    )


_FINDINGS: Mapping[FindingKind, FindingWords] = {
    FindingKind.NO_VAULT: N_("No vault is chosen. Choose the vault to back up."),
    FindingKind.VAULT_UNKNOWN: N_("There is no vault {id} in this project. Check the id, the project and the region."),
    FindingKind.VAULT_STATUS: _vault_status,
    FindingKind.VAULT_EXPANDING: N_(
        "Vault ‘{vault}’ is being expanded. Backups mostly work meanwhile; if this one is refused, try again later."
    ),
    FindingKind.VAULT_REPLICATION: N_("Vault ‘{vault}’ only takes replicas, no backups. Choose a backup vault."),
    FindingKind.VAULT_BUSY: _vault_busy,
    FindingKind.VAULT_EMPTY: N_(
        "Vault ‘{vault}’ has no resources, so there is nothing to back up. Associate one first."
    ),
    FindingKind.VAULT_FULL: _vault_full,
    FindingKind.VAULT_MAY_FILL: N_(
        "Vault ‘{vault}’ has {free_gb} GB left; the checkpoint may take up to {upper_gb} GB. Expand it to be safe."
    ),
    FindingKind.VAULT_NOT_PUBLIC: N_(
        "Vault ‘{vault}’ is a {cloud_type} vault, which takes no such request. Choose a vault of the public cloud."
    ),
    FindingKind.VAULT_UNVERIFIED: N_(
        "Vault {id} is not among those known here, so nothing could be checked. Compare the id before sending."
    ),
    FindingKind.NOTHING_CHOSEN: N_("No resource is ticked. Tick at least one, or choose the whole vault."),
    FindingKind.TOO_MANY_RESOURCES: Plural(
        "count",
        *NN_(
            "{count} resource is chosen; a checkpoint takes {limit} at most. Untick some and send them in"
            " a second one.",
            "{count} resources are chosen; a checkpoint takes {limit} at most. Untick some and send them in"
            " a second one.",
        ),
    ),
    FindingKind.DUPLICATE_RESOURCE: _duplicate_resource,
    FindingKind.WHOLE_VAULT: N_(
        "‘{path}’ is an empty list, which asks for all resources of the vault. Name some, or take the key out."
    ),
    FindingKind.TYPE_UNKNOWN: N_(
        "The resource type ‘{found}’ in ‘{path}’ is unknown to this version. It is sent as it is and may be refused."
    ),
    FindingKind.FOREIGN_RESOURCE: _foreign_resource,
    FindingKind.BOTH_FORMS: N_(
        "The file has ‘resources’ and ‘resource_details’; which one counts is not documented. Keep one of them."
    ),
    FindingKind.RESOURCE_STATE: N_(
        "Resource ‘{resource}’ is in the state ‘{status}’ and will most likely be skipped. Wait, or leave it out."
    ),
    FindingKind.RESOURCE_RESTORING: N_(
        "Resource ‘{resource}’ is being restored: the service refuses the whole request. Wait, or leave it out."
    ),
    FindingKind.RESOURCE_FAILED: N_("The last backup of ‘{resource}’ failed; this one tries it again."),
    FindingKind.RESOURCE_NOT_PROTECTABLE: _not_protectable,
    FindingKind.RESOURCE_LARGE: N_(
        "Resource ‘{resource}’ has {size_gb} GB. Servers over {limit_gb} GB are slow; a disk vault may suit better."
    ),
    FindingKind.NO_DISK_LEFT: N_("All disks of ‘{resource}’ are unticked. Tick a disk, or leave the server out."),
    FindingKind.SYSTEM_DISK_EXCLUDED: N_(
        "The system disk of ‘{resource}’ is left out: no image can be made of this backup and it cannot be replicated."
    ),
    FindingKind.SOME_DISKS_EXCLUDED: Plural(
        "disks",
        *NN_(
            "{excluded} of {disks} disk of ‘{resource}’ is left out; data that spans several disks may not fit"
            " together.",
            "{excluded} of {disks} disks of ‘{resource}’ are left out; data that spans several disks may not fit"
            " together.",
        ),
    ),
    FindingKind.SHARED_DISKS: Plural(
        "count",
        *NN_(
            "{count} shared disk of ‘{resource}’ is chosen; a server backup takes {limit} of them. Untick some.",
            "{count} shared disks of ‘{resource}’ are chosen; a server backup takes {limit} of them. Untick some.",
        ),
    ),
    FindingKind.FIRST_BACKUP_FULL: N_("First backup of {resources}: it will be full, whatever type is chosen."),
    FindingKind.RETENTION_WITH_AUTO: N_("‘Keep for’ does not go with the automatic trigger. Choose one of them."),
    FindingKind.RETENTION_RANGE: N_(
        "Backups are kept for 1 to {limit} days or until deleted, not for {found}. Change it."
    ),
    FindingKind.AUTO_TRIGGER_ON: N_(
        "The backup will count as an automatic one: a policy's retention may delete it. Untick it to keep the backup."
    ),
    FindingKind.DATA_OLD: _data_old,
    FindingKind.BACKUP_UNKNOWN: N_(
        "No backup {id} is known. Refresh the list of backups; it may be gone, or of another project."
    ),
    FindingKind.BACKUP_STATUS: N_(
        "Backup ‘{backup}’ is in state {status}, and the service deletes only what is available or in error."
        " Wait for that."
    ),
    FindingKind.BACKUP_IN_USE: N_(
        "‘{backup}’ is the newest backup of ‘{resource}’, and the next one is being made from it; the service may"
        " refuse to delete it now."
    ),
    FindingKind.BACKUP_LOCKED: N_(
        "Vault ‘{vault}’ is locked, so that its automatic backups such as ‘{backup}’ cannot be deleted before they"
        " expire."
    ),
    FindingKind.BACKUP_HAS_IMAGE: N_(
        "Image {image} was made of backup ‘{backup}’, so that the service keeps it. Delete the image first."
    ),
    FindingKind.BACKUP_REPLICATING: N_(
        "Backup ‘{backup}’ is being copied to region {region}. It can be deleted when that has ended."
    ),
    FindingKind.PLAN_OVERWRITES: N_(
        "The step writes a backup over a resource, and such a request is never part of a plan: a person sends it"
        " on its own, after a last look. Take the step out."
    ),
    FindingKind.PLAN_IS_REQUEST: N_(
        "The file holds one request, not a plan of several. Check or open it as a request file, or make a plan that has"
        " it as a step."
    ),
    FindingKind.PLAN_RANGE: _plan_range,
    FindingKind.STEP_UNCLEAR: N_(
        "‘{path}’ needs either a ‘request’ or a ‘file’, not both and not neither. Correct it."
    ),
    FindingKind.FILE_OUTSIDE: N_("The file ‘{path}’ is not beside the plan. Put it into the folder of the plan."),
    FindingKind.FILE_UNREADABLE: N_(
        "The file ‘{path}’ cannot be read: {detail}. Put it in its place, or leave it out."
    ),
    FindingKind.AFTER_ELSEWHERE: N_(
        "It waits for step {after}, which goes by profile ‘{profile}’. Let both go by one profile, or take ‘after’ out."
    ),
    FindingKind.PROFILE_UNKNOWN: _profile_unknown,
    FindingKind.BAD_TEMPLATE: N_("‘{path}’ has a part that no name template knows: ‘{found}’. Correct it in the plan."),
    **REQUEST_FINDINGS,
    **RESTORE_FINDINGS,
    **POLICY_FINDINGS,
    **SHARING_FINDINGS,
    **VAULT_FINDINGS,
    **ASSOCIATION_FINDINGS,
}


def verdict_sentence(preflight: Preflight) -> str:
    """Return whether a draft can be sent: the first thing in its way, or the estimate."""
    blockers = [finding for finding in preflight.findings if finding.severity is Severity.BLOCK]
    if not blockers:
        return estimate_sentence(preflight.estimate)
    first, more = finding_sentence(blockers[0]), len(blockers) - 1
    if not more:
        return _("Not ready: {finding}").format(finding=first)
    return ngettext("Not ready: {finding} ({count} more)", "Not ready: {finding} ({count} more)", more).format(
        finding=first, count=grouped(more)
    )
