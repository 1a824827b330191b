"""The words of the program: findings, requests and fates as sentences for people, on a screen or in a terminal."""

import shlex
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.finding import Finding, FindingKind, RequestPart, Severity
from cbr_desktop.domain.intent import WAITING, Candidate, Intent, IntentState, Reason
from cbr_desktop.domain.listing import Shortfall
from cbr_desktop.domain.outcome import Fate, Outcome, ResourceOutcome
from cbr_desktop.domain.profile import NameRules
from cbr_desktop.domain.retention import Transition
from cbr_desktop.domain.template import TOKENS
from cbr_desktop.domain.vault import VaultStatus
from cbr_desktop.text.codes import explain
from cbr_desktop.text.errors import refusal_sentence
from cbr_desktop.text.operations import fate_of, state_of, words_of
from cbr_desktop.text.states import (
    clock_words,
    count_words,
    duration_words,
    gb_words,
    grouped,
    percent_words,
    quoted,
    shown,
    status_words,
)
from cbr_desktop.text.words import may_pass, shortfall_words
from cbr_desktop.workflows.preflight import Basis, Estimate, Preflight

_NAMES_IN_A_ROW = 3
_NEVER_LEFT = (*WAITING, IntentState.CANCELLED)


# findings


def finding_sentence(finding: Finding) -> str:
    """Return what was found, about which thing, and what to do."""
    sentence = _FINDINGS[finding.kind]
    words = sentence(finding) if callable(sentence) else sentence.format_map(_presented(finding.facts))
    more = finding.facts.get("more")
    return f"{words} {grouped(more)} more are like this one." if isinstance(more, int) else words


def json_words(finding: Finding) -> str:
    """Return why something is not JSON: in the parser's words what is wrong with its form, else in ours."""
    return shown(finding.facts["detail"]).rstrip(".") or status_words(finding.facts["fault"])


def findings_sentence(findings: Iterable[Finding]) -> str:
    """Return how many findings weigh how much: ``2 things to put right, 1 warning``."""
    counts = {severity: sum(f.severity is severity for f in findings) for severity in Severity}
    words = [
        count_words(counts[Severity.BLOCK], "thing to put right", "things to put right"),
        count_words(counts[Severity.WARN], "warning"),
        count_words(counts[Severity.INFO], "note"),
    ]
    return ", ".join(word for word, count in zip(words, counts.values(), strict=True) if count) or "Nothing to remark"


_TOKENS = ", ".join(f"{{{token}}}" for token in TOKENS)


def template_sentence(problem: tuple[str, str]) -> str:
    """Return what is wrong with a name template; ``problem`` is one of ``Rendered.problems``."""
    kind, part = problem
    return {
        "unknown-token": (
            f"The template knows no value {quoted('{' + part + '}')}. Choose one from its list: {_TOKENS}."
        ),
        "no-ticket": "The template asks for the number of a ticket. Enter it, or choose another template.",
        "unknown-filter": f"The template knows no filter {quoted(part)}. Use lower, slug or trunc with a number.",
        "bad-width": f"The width in {quoted(part)} is no whole number from 1 to 64.",
        "stray-brace": f"A brace {quoted(part)} in the template has no partner.",
    }[kind]


def _presented(facts: Mapping[str, object]) -> dict[str, str]:
    return {name: _fact(value) for name, value in facts.items()}


def _fact(value: object) -> str:
    if isinstance(value, StrEnum) or value is None:
        return status_words(value)
    if isinstance(value, bool) or not isinstance(value, int | float | list | tuple):
        return shown(value)
    if isinstance(value, list | tuple):
        return names_words([str(name) for name in value])
    return grouped(value) if isinstance(value, int) else grouped(round(value))


def names_words(names: list[str]) -> str:
    """Return a row of names, cut after a few: ``‘a’, ‘b’, ‘c’ and 4 more``."""
    first = ", ".join(quoted(name, 64) for name in names[:_NAMES_IN_A_ROW])
    rest = len(names) - _NAMES_IN_A_ROW
    return f"{first} and {rest} more" if rest > 0 else first


def _data_old(finding: Finding) -> str:
    age = finding.facts["age"]
    words = duration_words(age) if isinstance(age, timedelta) else shown(age)
    where = ", from the cache" if finding.facts["from_cache"] is True else ""
    return f"This was judged by what was read {words} ago{where}. Things may stand otherwise now; refresh to be sure."


def _counted(finding: Finding, noun: str) -> str:
    """Return the count of a finding with its noun."""
    count = finding.facts["count"]
    return count_words(count, noun) if isinstance(count, int) else f"{shown(count)} {noun}s"


def _moment(value: object) -> str:
    return f"at {value:%Y-%m-%d %H:%M} UTC" if isinstance(value, datetime) else "at an unknown time"


def _policy_disabled(finding: Finding) -> str:
    since = finding.facts["since"]
    ran = f"last ran {_moment(since)}" if isinstance(since, datetime) else "has left no task that is known"
    return (
        f"Policy {quoted(finding.facts['policy'])} is disabled, {ran}, and is applied to {_counted(finding, 'vault')}."
        " Enable it, or remove it from there."
    )


def _rules_changed(finding: Finding) -> str:
    words = {
        Transition.NUMBER_TO_NUMBER: "after its next backup, the new number counts for the old automatic ones too.",
        Transition.NUMBER_TO_TIME: "the automatic backups of before stay until somebody deletes them.",
        Transition.TIME_TO_TIME: "the automatic backups of before expire as they were to.",
        Transition.TIME_TO_NUMBER: "the automatic backups of before still expire, and the new number counts for them.",
    }
    transition = finding.facts["transition"]
    does = words[transition] if isinstance(transition, Transition) else "other backups are deleted than before."
    return f"Of policy {quoted(finding.facts['policy'])} this changes how long backups are kept: {does}"


def _too_long(finding: Finding) -> str:
    facts = _presented(finding.facts)
    what = "description" if finding.subject is RequestPart.DESCRIPTION else "name"
    what += f" in ‘{facts['path']}’" if "path" in facts else ""
    length, over, limit = facts["length"], facts["over"], facts["limit"]
    return f"The {what} has {length} characters, {over} more than the {limit} allowed. Shorten it."


def _bad_character(finding: Finding) -> str:
    facts = finding.facts
    character = str(facts["character"])
    where = f"{_character_words(character)} at position {facts['position']}"
    count = facts.get("count")
    more = f" There are {count} such characters." if isinstance(count, int) and count > 1 else ""
    if finding.subject is RequestPart.DESCRIPTION:
        return f"{where} is not allowed in a description: < and > are not. Take it out or use ‹ and ›.{more}"
    allowed = status_words(facts.get("rules", NameRules.ASCII))
    return f"{where} is not allowed in a name ({allowed} are). Replace it.{more}"


def _character_words(character: str) -> str:
    return "A space" if character == " " else quoted(character)


def _control_character(finding: Finding) -> str:
    facts = finding.facts
    name = "A tab" if facts["code_point"] == "U+0009" else f"An invisible character ({facts['code_point']})"
    return f"{name} at position {facts['position']} is not allowed in a description. Delete it."


def _bad_id(finding: Finding) -> str:
    found = quoted(finding.facts["found"], 80)
    if finding.subject is RequestPart.VAULT:
        return f"{found} is no known vault and no id of one. Choose a vault from the list, or copy its id again."
    path = shown(finding.facts["path"])
    return f"{found} in {path} is no id: 32 hexadecimal digits in the form 8-4-4-4-12. Copy it again."


def _duplicate_resource(finding: Finding) -> str:
    facts = _presented(finding.facts)
    twice = f"twice, once as ‘{facts['other']}’" if finding.facts.get("other") else "twice"
    return f"Resource ‘{facts['resource']}’ is named {twice}. Name it once."


def _missing(finding: Finding) -> str:
    return f"The file has no {quoted(finding.facts['path'])}, which every request needs. Add it."


def _not_json(finding: Finding) -> str:
    facts = _presented(finding.facts)
    place = f" at line {facts['line']}, column {facts['column']}" if finding.facts["line"] else ""
    return f"The file is not valid JSON{place}: {json_words(finding)}. Correct it in an editor and open it again."


def _not_object(finding: Finding) -> str:
    facts = _presented(finding.facts)
    where = quoted(facts["path"]) if facts["path"] else "The file"
    return f"{where} must hold a JSON object in braces, but holds {facts['found']}."


def _vault_status(finding: Finding) -> str:
    status = finding.facts["status"]
    head = f"Vault {quoted(finding.facts['vault'])} is in the state {quoted(status_words(status))}"
    if finding.severity is not Severity.BLOCK:
        return f"{head}, so the service may refuse. Look at the vault in the console if you are unsure."
    remedy = {
        VaultStatus.FROZEN: "Renew or pay for it in the console, or choose another vault.",
        VaultStatus.DELETING: "Choose another vault.",
    }.get(VaultStatus(str(status)), "Have the vault repaired, or choose another.")
    return f"{head} and takes no backup. {remedy}"


def _vault_busy(finding: Finding) -> str:
    vault = quoted(finding.facts["vault"])
    if finding.facts.get("ours"):
        return (
            f"Another request of yours for vault {vault} is under way. This one waits for it, then is sent by itself."
        )
    progress = finding.facts.get("progress")
    stand = f" ({progress} %)" if progress is not None else ""
    return f"Vault {vault} is being backed up already{stand}; it takes one checkpoint at a time. Wait for the end."


def _vault_full(finding: Finding) -> str:
    used = finding.facts["used_percent"]
    percent = percent_words(used) if isinstance(used, int | float) else shown(used)
    head = f"Vault {quoted(finding.facts['vault'])} is full: {percent} used."
    if finding.severity is Severity.BLOCK:
        return f"{head} Expand it, or delete backups that nobody needs."
    return f"{head} It expands by itself, but an expansion that comes too late does not save this checkpoint."


def _foreign_resource(finding: Finding) -> str:
    facts = finding.facts
    head = f"Resource {quoted(facts['resource'])} is not in vault {quoted(facts['vault'])}"
    if facts.get("other_vault"):
        return f"{head} but in {quoted(facts['other_vault'])}. Take it out, or choose that vault."
    return f"{head} and in no other known vault. Take it out, or associate it with the vault first."


def _not_protectable(finding: Finding) -> str:
    reason = finding.facts.get("reason")
    said = f": {quoted(reason)}" if reason else ""
    explanation = explain(finding.code)
    remedy = explanation.remedy if explanation else "It will most likely be skipped; take it out to be sure."
    return f"The service says that resource {quoted(finding.facts['resource'])} cannot be backed up{said}. {remedy}"


def _profile_unknown(finding: Finding) -> str:
    name = finding.facts.get("profile")
    if not name:
        return "The step names no profile to send it from. Name one in the plan, or choose one for all such steps."
    return f"There is no profile {quoted(name)} here. Correct the name in the plan, or add the profile."


def _name_template(finding: Finding) -> str:
    return template_sentence((str(finding.facts["problem"]), str(finding.facts["part"])))


_FINDINGS: dict[FindingKind, str | Callable[[Finding], str]] = {
    FindingKind.NOT_JSON: _not_json,
    FindingKind.TOO_LARGE: "The file has {size} bytes; a request may have {limit}. Choose another file.",
    FindingKind.NOT_OBJECT: _not_object,
    FindingKind.MISSING: _missing,
    FindingKind.WRONG_TYPE: "‘{path}’ must be {expected}, but is {found}. Correct it in the file.",
    FindingKind.DUPLICATE_KEY: "The key ‘{path}’ stands twice in one object; which one counts? Delete one.",
    FindingKind.UNKNOWN_KEY: "The key ‘{path}’ is unknown to this version. It is sent as it is and may be refused.",
    FindingKind.HALF_CHARACTER: (
        "‘{path}’ holds half a character ({code_point}), which cannot be sent. Take it out of the text or its key."
    ),
    FindingKind.OPERATION_UNKNOWN: "This version has no operation ‘{found}’ for a file. It has {known}. Correct it.",
    FindingKind.CHECKPOINT_WRAPPED: (
        "The file of a checkpoint has ‘checkpoint’ itself at the top, without ‘operation’ and ‘body’. Take it out of"
        " these, or import the file."
    ),
    FindingKind.TWO_REQUESTS: (
        "The file asks for a checkpoint and for ‘{operation}’; which one counts? Keep one of them, the other in a file"
        " of its own."
    ),
    FindingKind.NOT_TAKEN: "‘{path}’ is nothing that the operation takes. Take it out.",
    FindingKind.PRIOR_MISSING: (
        "It takes the result of another request, and waits for none. Such a request is a step of a plan, with ‘after’."
    ),
    FindingKind.TOO_LONG: _too_long,
    FindingKind.BAD_CHARACTER: _bad_character,
    FindingKind.CONTROL_CHARACTER: _control_character,
    FindingKind.NAME_LOOKS_AUTOMATIC: (
        "The name begins like those of automatic backups (autobk). Begin it otherwise, so that nobody takes it for one."
    ),
    FindingKind.NAME_TAKEN: (
        "‘{name}’ is in use already in this vault. A lost answer is easier to find again under a name of its own."
    ),
    FindingKind.NAME_OMITTED: (
        "Without a name the service chooses one; a lost answer is then looked for by vault, resources and time alone."
    ),
    FindingKind.NAME_EMPTY: (
        "The name is empty, and the service takes none of that kind. Write one, or take the key out: it chooses then."
    ),
    FindingKind.NAME_NO_ROOM_FOR_SUFFIX: (
        "The name has {length} characters. For several resources the service adds -0001 and so on;"
        " keep it to {limit} to leave room."
    ),
    FindingKind.NO_VAULT: "No vault is chosen. Choose the vault to back up.",
    FindingKind.BAD_ID: _bad_id,
    FindingKind.OTHER_SPELLING: (
        "The service spells the id ‘{found}’ as ‘{written}’. Write it so: its answers are told apart by that."
    ),
    FindingKind.VAULT_UNKNOWN: "There is no vault {id} in this project. Check the id, the project and the region.",
    FindingKind.VAULT_STATUS: _vault_status,
    FindingKind.VAULT_EXPANDING: (
        "Vault ‘{vault}’ is being expanded. Backups mostly work meanwhile; if this one is refused, try again later."
    ),
    FindingKind.VAULT_REPLICATION: "Vault ‘{vault}’ only takes replicas, no backups. Choose a backup vault.",
    FindingKind.VAULT_BUSY: _vault_busy,
    FindingKind.VAULT_EMPTY: "Vault ‘{vault}’ has no resources, so there is nothing to back up. Associate one first.",
    FindingKind.VAULT_FULL: _vault_full,
    FindingKind.VAULT_MAY_FILL: (
        "Vault ‘{vault}’ has {free_gb} GB left; the checkpoint may take up to {upper_gb} GB. Expand it to be safe."
    ),
    FindingKind.VAULT_NOT_PUBLIC: (
        "Vault ‘{vault}’ is a {cloud_type} vault, which takes no such request. Choose a vault of the public cloud."
    ),
    FindingKind.VAULT_UNVERIFIED: (
        "Vault {id} is not in the list that was read, so nothing could be checked. Compare the id before sending."
    ),
    FindingKind.NOTHING_CHOSEN: "No resource is ticked. Tick at least one, or choose the whole vault.",
    FindingKind.TOO_MANY_RESOURCES: (
        "{count} resources are chosen; a checkpoint takes {limit} at most. Untick some and send them in a second one."
    ),
    FindingKind.DUPLICATE_RESOURCE: _duplicate_resource,
    FindingKind.WHOLE_VAULT: (
        "‘{path}’ is an empty list, which asks for all resources of the vault. Name some, or take the key out."
    ),
    FindingKind.TYPE_UNKNOWN: (
        "The resource type ‘{found}’ in ‘{path}’ is unknown to this version. It is sent as it is and may be refused."
    ),
    FindingKind.FOREIGN_RESOURCE: _foreign_resource,
    FindingKind.BOTH_FORMS: (
        "The file has ‘resources’ and ‘resource_details’; which one counts is nowhere defined. Keep one of them."
    ),
    FindingKind.RESOURCE_STATE: (
        "Resource ‘{resource}’ is in the state ‘{status}’ and will most likely be skipped. Wait, or leave it out."
    ),
    FindingKind.RESOURCE_RESTORING: (
        "Resource ‘{resource}’ is being restored: the service refuses the whole request. Wait, or leave it out."
    ),
    FindingKind.RESOURCE_FAILED: "The last backup of ‘{resource}’ failed; this one tries it again.",
    FindingKind.NAME_TEMPLATE: _name_template,
    FindingKind.RESOURCE_NOT_PROTECTABLE: _not_protectable,
    FindingKind.RESOURCE_LARGE: (
        "Resource ‘{resource}’ has {size_gb} GB. Servers over 4 096 GB are slow; a disk vault may suit better."
    ),
    FindingKind.NO_DISK_LEFT: "All disks of ‘{resource}’ are unticked. Tick a disk, or leave the server out.",
    FindingKind.SYSTEM_DISK_EXCLUDED: (
        "The system disk of ‘{resource}’ is left out: no image can be made of this backup and it cannot be replicated."
    ),
    FindingKind.SOME_DISKS_EXCLUDED: (
        "{excluded} of {disks} disks of ‘{resource}’ are left out; data that spans several disks may not fit together."
    ),
    FindingKind.SHARED_DISKS: (
        "{count} shared disks of ‘{resource}’ are chosen; a server backup takes {limit} of them. Untick some."
    ),
    FindingKind.FIRST_BACKUP_FULL: "First backup of {resources}: it will be full, whatever type is chosen.",
    FindingKind.RETENTION_WITH_AUTO: "‘Keep for’ does not go with the automatic trigger. Choose one of them.",
    FindingKind.RETENTION_RANGE: "Backups are kept for 1 to {limit} days or until deleted, not for {found}. Change it.",
    FindingKind.AUTO_TRIGGER_ON: (
        "The backup will count as an automatic one: a policy's retention may delete it. Untick it to keep the backup."
    ),
    FindingKind.BETA_FIELD: "Not every region knows ‘{path}’; where it is unknown the service refuses the request.",
    FindingKind.DATA_OLD: _data_old,
    FindingKind.BACKUP_UNKNOWN: (
        "No backup {id} is known. Refresh the list of backups; it may be gone, or of another project."
    ),
    FindingKind.BACKUP_STATUS: (
        "Backup ‘{backup}’ is in state {status}, and the service deletes only what is available or in error."
        " Wait for that."
    ),
    FindingKind.BACKUP_IN_USE: (
        "‘{backup}’ is the newest backup of ‘{resource}’, and the next one is being made from it; the service may"
        " refuse to delete it now."
    ),
    FindingKind.BACKUP_LOCKED: (
        "Vault ‘{vault}’ is locked, so that its automatic backups such as ‘{backup}’ cannot be deleted before they"
        " expire."
    ),
    FindingKind.NAME_MISSING: "There is no name. Write one of 1 to 64 characters.",
    FindingKind.NAME_UNCHANGED: "The backup is called ‘{name}’ already. Write another name, or leave it.",
    FindingKind.NO_SCHEDULE: "There is no time to run at. Choose days and hours.",
    FindingKind.BAD_PATTERN: (
        "‘{found}’ is no schedule that the service knows. It takes weekly days or every 1 to 30 days, with hour and"
        " minute in UTC."
    ),
    FindingKind.TOO_MANY_PATTERNS: "The schedule has {count} times, and a policy takes {limit}. Take some out.",
    FindingKind.RUNS_TOO_CLOSE: (
        "It runs at {first} and {second} UTC. On one day the service wants an hour between two runs, and refuses less."
    ),
    FindingKind.POLICY_RANGE: "‘{path}’ may be {low} to {high}, not {found}. Correct it.",
    FindingKind.TIMEZONE_MISSING: (
        "Keeping the backup of a day, week, month or year needs a time zone such as UTC+01:00. Choose one."
    ),
    FindingKind.RETENTION_EXCLUSIVE: (
        "It keeps by days and by number at once, which some regions refuse. Choose one of the two to be sure."
    ),
    FindingKind.POLICIES_FULL: "{count} backup policies are there, as many as an account may have. Delete one first.",
    FindingKind.KEPT_FOREVER: "Its backups are kept until they are deleted by hand, and fill the vault in time.",
    FindingKind.POLICY_UNKNOWN: ("There is no policy {id} in this project. Check the id, the project and the region."),
    FindingKind.POLICY_UNCHANGED: "Nothing of policy ‘{policy}’ is changed by that. Change something, or leave it.",
    FindingKind.POLICY_TYPE_UNFIT: (
        "Policy ‘{policy}’ does not suit vault ‘{vault}’. Backup policies are for backup vaults, replication policies"
        " for server vaults with backups."
    ),
    FindingKind.POLICY_APPLIED: "Policy ‘{policy}’ is applied to vault ‘{vault}’ already. Nothing would change.",
    FindingKind.POLICY_NOT_APPLIED: "Policy ‘{policy}’ is not applied to vault ‘{vault}’. Choose one that is.",
    FindingKind.POLICY_REPLACED: (
        "Vault ‘{vault}’ has policy ‘{other}’. Policy ‘{policy}’ takes its place, as a vault has one of a kind."
    ),
    FindingKind.POLICY_STOPS: lambda finding: (
        f"Policy {quoted(finding.facts['policy'])} then backs up {_counted(finding, 'vault')} no more. Apply another"
        " one if backups are to be made."
    ),
    FindingKind.DESTINATION_MISSING: (
        "Policy ‘{policy}’ copies backups to another vault. Name the vault there that it copies to."
    ),
    FindingKind.DESTINATION_FIXED: (
        "Policy ‘{policy}’ is applied to a vault, so where it copies to cannot be changed. Remove it from there first."
    ),
    FindingKind.RULES_UNSENT: (
        "The change names some rules of policy ‘{policy}’ and not {names}. Whether those stay is nowhere documented:"
        " name them."
    ),
    FindingKind.RULES_CHANGED: _rules_changed,
    FindingKind.BACKUPS_GO: lambda finding: (
        f"By this change of policy {quoted(finding.facts['policy'])}, {_counted(finding, 'backup')} will be deleted"
        f" that would stay longer, the first {_moment(finding.facts['last'])}. Look at which before you go on."
    ),
    FindingKind.VAULT_WITHOUT_POLICY: lambda finding: (
        f"Vault {quoted(finding.facts['vault'])} holds {_counted(finding, 'resource')} and has no policy, so nothing"
        " backs it up by itself. Apply a policy."
    ),
    FindingKind.POLICY_UNUSED: "Policy ‘{policy}’ is applied to no vault. Apply it, or delete it.",
    FindingKind.POLICY_DISABLED: _policy_disabled,
    FindingKind.RETENTION_SHORT: lambda finding: (
        f"What policy {quoted(finding.facts['policy'])} keeps reaches back {_counted(finding, 'day')}. Damage that is"
        " noticed later cannot be undone then; keep a week or more."
    ),
    FindingKind.RUNS_IN_PEAK: lambda finding: (
        f"Policy {quoted(finding.facts['policy'])} has {_counted(finding, 'time')} between 22:00 and 08:00, when the"
        " service is busiest. Other hours may be quicker."
    ),
    FindingKind.RUNS_MISSED: lambda finding: (
        f"Policy {quoted(finding.facts['policy'])} has left no task of {_counted(finding, 'run')} for vault"
        f" {quoted(finding.facts['vault'])}, the last of them {_moment(finding.facts['last'])}. Look at the state of"
        " the vault, and when the policy was applied."
    ),
    FindingKind.PLAN_RANGE: "‘{path}’ may have {limit}, not {found}. Correct it in the plan.",
    FindingKind.STEP_UNCLEAR: "‘{path}’ needs either a ‘request’ or a ‘file’, not both and not neither. Correct it.",
    FindingKind.FILE_OUTSIDE: "The file ‘{path}’ is not beside the plan. Put it into the folder of the plan.",
    FindingKind.FILE_UNREADABLE: "The file ‘{path}’ cannot be read: {detail}. Put it in its place, or leave it out.",
    FindingKind.AFTER_ELSEWHERE: (
        "It waits for step {after}, which goes by profile ‘{profile}’. Let both go by one profile, or take ‘after’ out."
    ),
    FindingKind.PROFILE_UNKNOWN: _profile_unknown,
    FindingKind.BAD_TEMPLATE: "‘{path}’ has a part that no name template knows: ‘{found}’. Correct it in the plan.",
    FindingKind.PEAK_HOURS: "The service is busiest from 22:00 to 08:00. The checkpoint may take longer than usual.",
}


# a request and what became of it


def estimate_sentence(estimate: Estimate | None) -> str:
    """Return what would be backed up and what it may take; nothing is told that is not known."""
    if estimate is None:
        return "Ready, but nothing is known of the vault."
    ready = f"Ready: {len(estimate.additions)} of {count_words(estimate.asked, 'resource')} will be backed up"
    if not estimate.additions:
        return f"{ready}."
    return f"{ready}, adding {_bracket(estimate)}{_gauge_words(estimate)}. {_assumed(estimate)}"


def _bracket(estimate: Estimate) -> str:
    low, high = gb_words(estimate.low_gb), gb_words(estimate.high_gb)
    return f"up to {high}" if not estimate.low_gb else high if low == high else f"{low} to {high}"


def _gauge_words(estimate: Estimate) -> str:
    added = (0.0, estimate.low_gb, estimate.high_gb)
    percents = [estimate.percent_with(gb) for gb in added]
    if None in percents:
        return ""
    now, low, high = (percent_words(percent) for percent in percents if percent is not None)
    return f"; the vault goes from {now} to {high if low == high else f'between {low} and {high}'}"


def _assumed(estimate: Estimate) -> str:
    """Return what an estimate rests on."""
    bases = {each.basis for each in estimate.additions}
    words = [
        *(["a first backup is full"] if Basis.FIRST in bases else []),
        *(["a full backup takes no more than its disks hold"] if bases & {Basis.FIRST, Basis.FULL} else []),
        *(["an incremental backup takes up to twice the mean of the earlier ones"] if Basis.HISTORY in bases else []),
    ]
    sentences = [f"Assumed: {'; '.join(words)}."] if words else []
    if Basis.NO_HISTORY in bases:
        sentences.append("The service does not tell the size of earlier backups.")
    if Basis.HISTORY in bases:
        percent = estimate.percent_with(estimate.worst_gb)
        share = "" if percent is None else f", {percent_words(percent)}"
        sentences.append(f"If everything has changed, it is {gb_words(estimate.worst_gb)}{share}.")
    return " ".join(sentences)


def verdict_sentence(preflight: Preflight) -> str:
    """Return whether a draft can be sent: the first thing in its way, or the estimate."""
    blockers = [finding for finding in preflight.findings if finding.severity is Severity.BLOCK]
    if not blockers:
        return estimate_sentence(preflight.estimate)
    more = f" ({len(blockers) - 1} more)" if len(blockers) > 1 else ""
    return f"Not ready: {finding_sentence(blockers[0])}{more}"


def intent_sentence(intent: Intent, outcome: Outcome | None, now: datetime) -> str:
    """Return where a request stands, why, and what happens next or is to be done."""
    if intent.state in (IntentState.ACCEPTED, IntentState.FINISHED):
        words = words_of(intent)
        sentence = words.outcome(intent, outcome) if outcome else words.accepted
        found = {
            Reason.RECONCILED: f" The answer had been lost; {words.found}.",
            Reason.ADOPTED: f" The answer had been lost; you said that this {words.thing} is the one.",
        }.get(intent.reason, "")
        alone = (
            " There is no profile of its name any more, so nobody follows it."
            if intent.reason == Reason.NO_PROFILE
            else ""
        )
        return sentence + found + alone + _duplicate_words(intent) + _unsaved(intent)
    return _INTENTS[intent.state](intent, now) + _unsaved(intent)


def _scheduled(intent: Intent, now: datetime) -> str:
    when = clock_words(intent.due_at, now) if intent.due_at else "its time"
    return f"Scheduled for {when}. It is sent then if this program runs; if not, it is held and you are asked."


def _held(intent: Intent, now: datetime) -> str:
    wanted = clock_words(intent.wanted_at, now)
    age = duration_words(now - intent.wanted_at)
    return {
        Reason.PERSON: "Held by you; nothing is sent. Release it to send it, or take it back.",
        Reason.STALE: (
            f"Held: you confirmed it {age} ago, and things may have changed since. Nothing was sent."
            " Look at it, then release it or take it back."
        ),
        Reason.PRIOR_FAILED: (
            "Held: the request that it waited for did not do all of what was asked for. Nothing was sent."
            " Look at that one, then release this one or take it back."
        ),
        Reason.CONTRADICTED: (
            f"Held: what is known of {words_of(intent).place} now speaks against it. Nothing was sent."
            " Run the pre-flight again, then release it or take it back."
        ),
        Reason.LATE: (
            f"Held: it was scheduled for {wanted} and this program did not run or had no connection then."
            " Nothing was sent. Release it to send it now, or take it back."
        ),
        Reason.LEFT: (
            f"Held: the command with which {shown(intent.by or 'somebody', 80)} asked for it {wanted} ended before it"
            " was sent. Nothing was sent. Release it to send it, or take it back."
        ),
        Reason.NO_PROFILE: (
            "Held: there is no profile of this name any more. Nothing was sent."
            " Add a profile of the same name and project again to decide."
        ),
        Reason.CLOCK: (
            f"Held: by this machine's clock you confirmed it {wanted}, which is still to come, so the clock has been"
            " set back since. Nothing was sent. Look at it, then release it or take it back."
        ),
        Reason.ELSEWHERE: (
            "Held: its profile leads elsewhere now than when this was asked for. Nothing was sent."
            " Take it back, or change the profile back."
        ),
    }.get(intent.reason, "Held; nothing is sent until you release it.")


def _queued(intent: Intent, _now: datetime) -> str:
    return {
        Reason.UNREACHABLE: "Queued: the service cannot be reached. It is tried again by itself; nothing was sent.",
        Reason.THROTTLED: (
            "Queued: the service asked for fewer requests. It is tried again by itself; nothing was done."
        ),
        Reason.OFFLINE: "Queued: you work offline. It is sent when you end that; nothing was sent.",
        Reason.LOGIN: "Queued: the login was not accepted. Enter the password, then it is sent; nothing was done.",
        Reason.NOT_SAVED: (
            "Queued: the disk would not take the note of sending, so it is not sent. Make room on the disk."
        ),
        Reason.INTERRUPTED: "Queued: it was interrupted before anything left this machine. It is sent by itself.",
        Reason.OLD_DATA: "Queued: it was judged by old data. It is sent when newer data say nothing against it.",
        Reason.REPEATED: "Queued: reading has proved that it was not done, so it is sent again.",
        Reason.PRIOR: "Queued: it waits for the request before it to finish.",
    }.get(
        intent.reason,
        "Queued. It is sent as soon as the service can be reached"
        f" and {words_of(intent).place} has nothing else to do.",
    )


def _sending(intent: Intent, now: datetime) -> str:
    since = duration_words(now - (intent.sent_at or intent.changed_at))
    return f"Being sent for {since}; the service has not answered yet."


def _rejected(intent: Intent, _now: datetime) -> str:
    refusal = intent.refusal
    head = f"Refused; {words_of(intent).undone}."
    if refusal is None:
        return f"{head} The service gave no reason."
    return f"{head} {refusal_sentence(refusal.code, refusal.message)}".rstrip()


def _unknown(intent: Intent, now: datetime) -> str:
    since, words = duration_words(now - intent.changed_at), words_of(intent)
    if intent.reason == Reason.NO_PROFILE:
        return (
            f"It is not known whether it was carried out, and nobody looks for {words.sought(intent)}:"
            " there is no profile of this name any more. Add one of the same name and project again; then it is looked"
            " for, and not sent again."
        )
    if intent.candidates:
        return _may_be_words(intent, now)
    if intent.reason == Reason.NO_CLOCK:
        return (
            f"It is not known whether it was carried out. No trace of it was found in {words.searched(intent)}, but the"
            " service's time could not be compared with this machine's, so nobody can tell whether the right hours were"
            f" looked at. Look at {words.place} yourself, then say that none is yours. {looked_sentence(intent, now)}"
        )
    return f"The answer was lost {since} ago{_lost_words(intent.reason)}. {words.looking(intent)}"


def _may_be_words(intent: Intent, now: datetime) -> str:
    """Return what was found for a request that may as well be another's."""
    found = "; ".join(candidate_words(each, now) for each in intent.candidates)
    one = len(intent.candidates) == 1
    thing, things = words_of(intent).thing, words_of(intent).things
    which = f"a {thing} was found that may be the one" if one else f"{things} were found that may be the one"
    name = "has no name" if not intent.name else "has a name that others may choose as well"
    return (
        f"The answer was lost, and {which}, or another operator's: {found}. The request {name}, so only you can tell."
        " It is not sent again."
    )


def candidate_words(candidate: Candidate, now: datetime) -> str:
    """Return which checkpoint was found: its name, its id, and when the service made it."""
    name = quoted(candidate.name) if candidate.name else "one without a name"
    at = f", made {clock_words(candidate.created_at, now)}" if candidate.created_at else ""
    return f"{name} ({shown(candidate.id, 64)}{at})"


def _lost_words(reason: Reason) -> str:
    return {
        Reason.INTERRUPTED: " (the program ended while it was being sent)",
        Reason.LOOKING_AGAIN: " (no trace of it was found so far)",
        Reason.LANE_BUSY: " (no trace of it was found so far, but the vault is busy: it may be running)",
        Reason.NO_ANSWER: " (no whole answer came)",
        Reason.BAD_ANSWER: " (the answer could not be read)",
        Reason.REDIRECTED: " (the service pointed elsewhere)",
        Reason.SIGN_IN_PAGE: " (a sign-in page answered)",
        Reason.REFUSED: " (the service reported a fault of its own)",
    }.get(reason, "")


def _not_found_again(intent: Intent, now: datetime) -> str:
    if intent.reason is Reason.DISOWNED:
        return (
            f"You said {clock_words(intent.changed_at, now)} that nothing of what was found is of this request. Keep"
            f" looking, or look at {words_of(intent).place} yourself before you send it again."
            f" {looked_sentence(intent, now)}"
        ).rstrip()
    return (
        f"{words_of(intent).untraceable(intent)} until {clock_words(intent.changed_at, now)};"
        f" most likely it was never carried out. Keep looking, or look at {words_of(intent).place} yourself before you"
        " send it again."
        f" {looked_sentence(intent, now)}"
    ).rstrip()


def _cancelled(intent: Intent, _now: datetime) -> str:
    return f"Taken back before it was sent; {words_of(intent).undone}."


_INTENTS: dict[IntentState, Callable[[Intent, datetime], str]] = {
    IntentState.SCHEDULED: _scheduled,
    IntentState.HELD: _held,
    IntentState.QUEUED: _queued,
    IntentState.SENDING: _sending,
    IntentState.REJECTED: _rejected,
    IntentState.UNKNOWN: _unknown,
    IntentState.NOT_FOUND: _not_found_again,
    IntentState.CANCELLED: _cancelled,
}


def _duplicate_words(intent: Intent) -> str:
    if not intent.duplicates or intent.checkpoint is None:
        return ""
    ids = ", ".join(shown(id, 64) for id in (intent.checkpoint.id, *intent.duplicates))
    return f" Created {_times(len(intent.duplicates) + 1)}: checkpoints {ids} have the same name."


def _times(count: int) -> str:
    return {2: "twice"}.get(count, f"{count} times")


PLACES = {
    "tasks": "the tasks of the project",
    "backups": "the backups of the vault",
    "backup": "the backup itself",
    "policies": "the policies of the project",
}
"""Where requests are looked for."""


def looked_sentence(intent: Intent, now: datetime) -> str:
    """Return where a request was looked for, how often and when, so that a person can judge; empty when nowhere."""
    parts = []
    for looked in intent.looked:
        where = PLACES.get(looked.where, "lists")
        if looked.times and looked.first_at and looked.last_at:
            span = f"{clock_words(looked.first_at, now)} to {clock_words(looked.last_at, now)}"
            part = f"{where} since {clock_words(looked.since, now)}, {count_words(looked.times, 'time')} ({span})"
        else:
            part = f"{where}, never with success"
        if looked.failures:
            part += f", {count_words(looked.failures, 'more try', 'more tries')} failed"
        parts.append(part)
    return f"Looked through {'; '.join(parts)}." if parts else ""


# what a command says of requests while it waits, and of those that it leaves


def waiting_sentence(intent: Intent, ahead: Intent | None, outcome: Outcome | None, now: datetime) -> str:
    """Return what a request waits for; ``ahead`` has its vault, ``outcome`` is what is known of its end."""
    if intent.state is not IntentState.QUEUED or ahead is None:
        return f"{_request_words(intent)}: {intent_sentence(intent, outcome, now)}"
    head = (
        f"{_request_words(intent)} waits: {words_of(intent).place} takes one request at a time,"
        f" and {_request_words(ahead, 'request')}"
    )
    if ahead.state is IntentState.UNKNOWN:
        lost = f"{head} may be running there: its answer was lost {duration_words(now - ahead.changed_at)} ago."
        if ahead.awaits_person:
            return f"{lost} Only a person can tell. End this command first; then {_remedies(ahead)}"
        return f"{lost} It is looked for by reading, for about half an hour."
    stand = "is being sent there" if ahead.state is IntentState.SENDING else "is being carried out there"
    return f"{head} {stand}, since {clock_words(ahead.sent_at or ahead.changed_at, now)}."


def given_up_sentence(intent: Intent, why: Intent, now: datetime) -> str:
    """Return that a command does not wait any longer to send a request; ``why`` is how it stood until then."""
    reason = {
        Reason.UNREACHABLE: "the service cannot be reached",
        Reason.OFFLINE: "it is worked offline",
        Reason.LOGIN: "the login was not accepted",
        Reason.NOT_SAVED: "the disk would not take the note of sending; make room there",
        Reason.OLD_DATA: "the data by which it was judged are old",
    }.get(why.reason)
    said = f"it could not be sent: {reason}." if reason else intent_sentence(why, None, now)
    then = "It is held" if intent.state is IntentState.HELD else "It was taken back"
    return f"{_request_words(intent)}: {said} {then}; nothing was sent."


def left_request_sentence(intent: Intent, now: datetime) -> str:
    """Return what a command that is ended leaves of a request, and what can be done about it."""
    head = _request_words(intent)
    if intent.state in WAITING:
        return f"{head} was not sent and is held. {_remedies(intent)}"
    if intent.state in (IntentState.SENDING, IntentState.UNKNOWN):
        return f"{head} was on its way: it is not known whether it is carried out. {_remedies(intent)}"
    if intent.state is IntentState.ACCEPTED:
        id = shown(intent.result.id, 64) if intent.result is not None else "?"
        thing = words_of(intent).thing
        return f"{head} was accepted as {thing} {id} and goes on at the service; nobody waits here for its end."
    return f"{head}: {intent_sentence(intent, intent.outcome, now)}"


def behind_sentence(intent: Intent, now: datetime) -> str:
    """Return that the same request was asked for before and is not settled, and what can be done about it."""
    state = state_of(intent).lower()
    return (
        f"The same was asked for before: {_request_words(intent, 'request')}, of {clock_words(intent.created_at, now)},"
        f" is {state}. {intent_sentence(intent, intent.outcome, now)} {_remedies(intent)}"
    )


def incomplete_sentence(count: int, noun: str, shortfall: Shortfall = Shortfall.NONE, total: int | None = None) -> str:
    """Return that a list which was printed lacks rows, and why; ``total`` is how many there are by the service."""
    given = f"The list is not whole: the service gave {count_words(count, noun)}, and not all that there are"
    missing = "what is missing here may be there all the same."
    if total is not None and total > count:
        missing += f" By the service's count there are {grouped(total)}."
    if may_pass(shortfall):
        return f"{given}. Ask again; {missing}"
    return f"{given}: {shortfall_words(shortfall)}; {missing}"


def _request_words(intent: Intent, noun: str = "Request") -> str:
    return f"{noun} {intent.id[:8]} {words_of(intent).what(intent)}"


def settling_commands(intent: Intent) -> list[str]:
    """Return the commands by which a person says what became of a request; none where only reading can tell."""
    if not intent.awaits_person:
        return []
    adopting = [f"adopt {intent.id[:8]} {shlex.quote(shown(each.id, 64))}" for each in intent.candidates]
    return [f"cbr-desktop outbox {act}" for act in (*adopting, f"disown {intent.id[:8]}")]


def _remedies(intent: Intent) -> str:
    id = intent.id[:8]
    *adopting, disowning = settling_commands(intent) or [""]
    if disowning:
        mine = " or ".join(f"'{command}'" for command in adopting)
        return (f"{mine} says that this checkpoint is the one, " if mine else "") + f"'{disowning}' says that none is."
    if intent.state is IntentState.HELD:
        return f"'cbr-desktop outbox release {id}' sends it, 'cbr-desktop outbox cancel {id}' takes it back."
    if intent.state in WAITING:
        return f"The window sends it; 'cbr-desktop outbox cancel {id}' takes it back."
    return f"'cbr-desktop outbox reconcile {id}' looks for it by reading; nothing is sent by that."


def _unsaved(intent: Intent) -> str:
    if intent.reason != Reason.NOT_SAVED or intent.state is IntentState.QUEUED:
        return ""
    then = "When the program starts anew, it waits as before" if intent.state in _NEVER_LEFT else "It is not sent again"
    return f" This could not be written to the disk: make room there. {then}."


def request_stand_words(intent: Intent, outcome: Outcome | None) -> str:
    """Return where a request stands in a few words; half a success has words of its own."""
    if intent.state not in (IntentState.ACCEPTED, IntentState.FINISHED) or outcome is None:
        return state_of(intent)
    words = words_of(intent)
    if not outcome.is_over:
        return words.running
    if outcome.is_whole:
        return "Uncertain" if outcome.is_failed else words.done
    return words.partly if outcome.count(Fate.DONE) else words.failed


def outcome_text(intent: Intent, outcome: Outcome | None, now: datetime) -> str:
    """Return the outcome as lines of text for a ticket or a mail."""
    target = intent.target
    checkpoint = intent.checkpoint
    head = [
        *words_of(intent).report(intent),
        f"State: {request_stand_words(intent, outcome)}",
        intent_sentence(intent, outcome, now),
        f"Project: {shown(target.project)} at {shown(target.cbr_endpoint)}",
        f"Asked for: {_iso(intent.created_at)}",
        *([f"Sent: {_iso(intent.sent_at)}"] if intent.sent_at else []),
        *([f"Checkpoint id: {checkpoint.id} ({checkpoint.status})"] if checkpoint else []),
        *([f"Request id: {shown(intent.request_id)}"] if intent.request_id else []),
    ]
    lines = [_report_line(intent, resource) for resource in outcome.resources] if outcome else []
    return "\n".join([*head, *(["", f"{words_of(intent).lines}:"] if lines else []), *lines, ""])


def _report_line(intent: Intent, resource: ResourceOutcome) -> str:
    line = f"- {shown(resource.name) or '(no name)'} ({resource.id}): {fate_of(intent, resource.fate)}"
    if resource.progress_percent is not None and not resource.is_over:
        line += f" {resource.progress_percent} %"
    return f"{line}. {refusal_sentence(resource.code, resource.message)}".rstrip(" ")


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def retry_sentence(draft: CheckpointDraft) -> str:
    """Return what a retry of skipped resources would send, before it is sent."""
    choices = draft.resources or ()
    names = names_words([choice.name or choice.id for choice in choices])
    return f"Sends a new checkpoint for {count_words(len(choices), 'resource')}: {names}."
