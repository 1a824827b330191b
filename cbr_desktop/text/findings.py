"""Findings as sentences for people: what is known to block a request, or worth saying of it, and what it may take."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, TypeGuard

from cbr_desktop.domain.finding import Finding, FindingKind, RequestPart, Severity
from cbr_desktop.domain.profile import NameRules
from cbr_desktop.domain.restore import Rule
from cbr_desktop.domain.retention import Transition
from cbr_desktop.domain.template import TOKENS
from cbr_desktop.domain.vault import VaultStatus
from cbr_desktop.text.association_findings import ASSOCIATION_FINDINGS
from cbr_desktop.text.catalogue import N_, NN_, _, joined, listed, ngettext, pgettext, sentences
from cbr_desktop.text.codes import explain
from cbr_desktop.text.states import (
    counted,
    duration_words,
    gb_words,
    grouped,
    names_words,
    percent_words,
    quoted,
    quoted_sentence,
    shown,
    status_words,
)
from cbr_desktop.text.vault_findings import VAULT_FINDINGS
from cbr_desktop.workflows.preflight import Basis, Estimate, Preflight

_DISKS_IN_A_ROW = 8


def finding_sentence(finding: Finding) -> str:
    """Return what was found, about which thing, and what to do."""
    more = finding.facts.get("more")
    like = counted("{count} more are like this one.", "{count} more are like this one.", more) if _is_int(more) else ""
    return sentences(_finding_words(finding), like)


def _finding_words(finding: Finding) -> str:
    sentence = _FINDINGS[finding.kind]
    if isinstance(sentence, _Plural):
        number = finding.facts[sentence.fact]
        chosen = ngettext(sentence.one, sentence.many, number if _is_int(number) else 2)
        return chosen.format_map(_presented(finding.facts))
    return _(sentence).format_map(_presented(finding.facts)) if isinstance(sentence, str) else sentence(finding)


class _Plural(NamedTuple):
    """A sentence whose form goes with one of its facts."""

    fact: str
    one: str
    many: str


def _is_int(value: object) -> TypeGuard[int]:
    return isinstance(value, int)


def json_words(finding: Finding) -> str:
    """Return why something is not JSON: in the parser's words what is wrong with its form, else in ours."""
    return shown(finding.facts["detail"]).rstrip(".") or status_words(finding.facts["fault"])


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


def template_sentence(problem: tuple[str, str]) -> str:
    """Return what is wrong with a name template; ``problem`` is one of ``Rendered.problems``."""
    kind, part = problem
    return {
        "unknown-token": _("The template knows no value {token}. Choose one from its list: {known}.").format(
            token=quoted("{" + part + "}"), known=listed([f"{{{token}}}" for token in TOKENS])
        ),
        "no-ticket": _("The template asks for the number of a ticket. Enter it, or choose another template."),
        "unknown-filter": _("The template knows no filter {part}. Use lower, slug or trunc with a number.").format(
            part=quoted(part)
        ),
        "bad-width": _("The width in {part} is no whole number from 1 to 64.").format(part=quoted(part)),
        "stray-brace": _("A brace {part} in the template has no partner.").format(part=quoted(part)),
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


def _moment(value: object) -> str:
    if not isinstance(value, datetime):
        return _("at an unknown time")
    return _("at {time} UTC").format(time=f"{value:%Y-%m-%d %H:%M}")


def _policy_disabled(finding: Finding) -> str:
    since, count = finding.facts["since"], finding.facts["count"]
    number = count if _is_int(count) else 2
    if isinstance(since, datetime):
        disabled = ngettext(
            "Policy {policy} is disabled, last ran {when}, and is applied to {count} vault. Enable it, or remove it"
            " from there.",
            "Policy {policy} is disabled, last ran {when}, and is applied to {count} vaults. Enable it, or remove it"
            " from there.",
            number,
        )
    else:
        disabled = ngettext(
            "Policy {policy} is disabled, has left no task that is known, and is applied to {count} vault. Enable it,"
            " or remove it from there.",
            "Policy {policy} is disabled, has left no task that is known, and is applied to {count} vaults. Enable it,"
            " or remove it from there.",
            number,
        )
    return disabled.format(policy=quoted(finding.facts["policy"]), when=_moment(since), count=_fact(count))


def _rules_changed(finding: Finding) -> str:
    transition = finding.facts["transition"]
    changed = _TRANSITIONS.get(transition) if isinstance(transition, Transition) else None
    other = N_("This changes how long policy {policy} keeps backups: other backups are deleted than before.")
    return _(changed or other).format(policy=quoted(finding.facts["policy"]))


_TRANSITIONS = {
    Transition.NUMBER_TO_NUMBER: N_(
        "This changes how long policy {policy} keeps backups: after its next backup, the new number counts for"
        " the old automatic ones too."
    ),
    Transition.NUMBER_TO_TIME: N_(
        "This changes how long policy {policy} keeps backups: the automatic backups of before stay until"
        " somebody deletes them."
    ),
    Transition.TIME_TO_TIME: N_(
        "This changes how long policy {policy} keeps backups: the automatic backups of before expire as they were to."
    ),
    Transition.TIME_TO_NUMBER: N_(
        "This changes how long policy {policy} keeps backups: the automatic backups of before still expire, and"
        " the new number counts for them."
    ),
}


def _backups_go(finding: Finding) -> str:
    count = finding.facts["count"]
    return ngettext(
        "By this change of policy {policy}, {count} backup will be deleted that would stay longer, the first {when}."
        " Look at which before you go on.",
        "By this change of policy {policy}, {count} backups will be deleted that would stay longer, the first {when}."
        " Look at which before you go on.",
        count if _is_int(count) else 2,
    ).format(policy=quoted(finding.facts["policy"]), count=_fact(count), when=_moment(finding.facts["last"]))


def _runs_missed(finding: Finding) -> str:
    count = finding.facts["count"]
    return ngettext(
        "Policy {policy} has left no task of {count} run for vault {vault}, the last of them {when}. Look at the state"
        " of the vault, and when the policy was applied.",
        "Policy {policy} has left no task of {count} runs for vault {vault}, the last of them {when}. Look at the state"
        " of the vault, and when the policy was applied.",
        count if _is_int(count) else 2,
    ).format(
        policy=quoted(finding.facts["policy"]),
        vault=quoted(finding.facts["vault"]),
        count=_fact(count),
        when=_moment(finding.facts["last"]),
    )


def _clash(finding: Finding) -> str:
    """Return what of two policies that get into each other's way is wrong, and how often that is within a week."""
    lasts, kind = finding.facts["lasts"], finding.kind
    if kind is FindingKind.RUN_OVERTAKES:
        told = _(
            "Policy {policy} runs again while its last run in vault {vault} is usually still at work: that takes"
            " {lasts}. Let it run less often."
        )
    elif kind is FindingKind.REPLICATION_EARLY:
        told = (
            _("Policy {policy} begins to copy at the very moment at which {other} begins to back vault {vault} up.")
            if lasts is None
            else _(
                "Policy {policy} begins to copy while {other} is usually still backing vault {vault} up: that takes"
                " {lasts}. Let it run later."
            )
        )
    else:
        told = (
            _(
                "Policies {policy} and {other} begin at the same moment in vault {vault}, which makes one backup"
                " at a time."
            )
            if lasts is None
            else _(
                "Policy {policy} begins while {other} is usually still at work in vault {vault}, which makes one backup"
                " at a time: that takes {lasts}. Let them run further apart."
            )
        )
    count = finding.facts["count"]
    first = told.format(
        policy=quoted(finding.facts["policy"]),
        other=quoted(finding.facts["other"]),
        vault=quoted(finding.facts["vault"]),
        lasts=duration_words(timedelta(minutes=lasts)) if _is_int(lasts) else "",
    )
    often = ngettext(
        "Within seven days that is {count} run, {when}.",
        "Within seven days these are {count} runs, the first {when}.",
        count if _is_int(count) else 2,
    )
    return sentences(first, often.format(count=_fact(count), when=_moment(finding.facts["when"])))


def _too_long(finding: Finding) -> str:
    is_description, has_path = finding.subject is RequestPart.DESCRIPTION, "path" in finding.facts
    if is_description:
        too_long = (
            _("The description in ‘{path}’ has {length} characters, {over} more than the {limit} allowed. Shorten it.")
            if has_path
            else _("The description has {length} characters, {over} more than the {limit} allowed. Shorten it.")
        )
    else:
        too_long = (
            _("The name in ‘{path}’ has {length} characters, {over} more than the {limit} allowed. Shorten it.")
            if has_path
            else _("The name has {length} characters, {over} more than the {limit} allowed. Shorten it.")
        )
    return too_long.format_map(_presented(finding.facts))


def _bad_character(finding: Finding) -> str:
    facts = finding.facts
    character, count = str(facts["character"]), facts.get("count")
    what = _("A space") if character == " " else quoted(character)
    many = (
        counted("There are {count} such characters.", "There are {count} such characters.", count)
        if _is_int(count) and count > 1
        else ""
    )
    if finding.subject is RequestPart.DESCRIPTION:
        bad = _(
            "{character} at position {position} is not allowed in a description: < and > are not. Take it out or use ‹"
            " and ›."
        )
        return sentences(bad.format(character=what, position=facts["position"]), many)
    bad = _("{character} at position {position} is not allowed in a name ({allowed} are). Replace it.")
    allowed = status_words(facts.get("rules", NameRules.ASCII))
    return sentences(bad.format(character=what, position=facts["position"], allowed=allowed), many)


def _control_character(finding: Finding) -> str:
    facts = finding.facts
    bad = (
        _("A tab at position {position} is not allowed in a description. Delete it.")
        if facts["code_point"] == "U+0009"
        else _(
            "An invisible character ({code_point}) at position {position} is not allowed in a description. Delete it."
        )
    )
    return bad.format(code_point=facts["code_point"], position=facts["position"])


def _bad_id(finding: Finding) -> str:
    found = quoted(finding.facts["found"], 80)
    if finding.subject is RequestPart.VAULT:
        return _(
            "{found} is no known vault and no id of one. Choose a vault from the list, or copy its id again."
        ).format(found=found)
    path = shown(finding.facts["path"])
    return _("{found} in {path} is no id: 32 hexadecimal digits in the form 8-4-4-4-12. Copy it again.").format(
        found=found, path=path
    )


def _duplicate_resource(finding: Finding) -> str:
    twice = (
        _("Resource ‘{resource}’ is named twice, once as ‘{other}’. Name it once.")
        if finding.facts.get("other")
        else _("Resource ‘{resource}’ is named twice. Name it once.")
    )
    return twice.format_map(_presented(finding.facts))


def _wrong_type(finding: Finding) -> str:
    facts = _presented(finding.facts)
    expected = finding.facts["expected"]
    if isinstance(expected, tuple):
        facts["expected"] = pgettext("between words of which one is chosen", " or ").join(
            quoted("true" if each is True else each) for each in expected
        )
    return _("‘{path}’ must be {expected}, but is {found}. Correct it in the file.").format_map(facts)


def _plan_range(finding: Finding) -> str:
    facts = _presented(finding.facts)
    if finding.facts["high"] == 0:
        return _("‘{path}’ may have no number in the first step, not {found}. Correct it in the plan.").format_map(
            facts
        )
    return _("‘{path}’ may have {low} to {high}, not {found}. Correct it in the plan.").format_map(facts)


def _missing(finding: Finding) -> str:
    return _("The file has no {path}, which every request needs. Add it.").format(path=quoted(finding.facts["path"]))


def _not_json(finding: Finding) -> str:
    bad = (
        _(
            "The file is not valid JSON at line {line}, column {column}: {why}. Correct it in an editor and open it"
            " again."
        )
        if finding.facts["line"]
        else _("The file is not valid JSON: {why}. Correct it in an editor and open it again.")
    )
    return bad.format_map(_presented(finding.facts) | {"why": json_words(finding)})


def _not_object(finding: Finding) -> str:
    facts = _presented(finding.facts)
    if not facts["path"]:
        return _("The file must hold a JSON object in braces, but holds {found}.").format(found=facts["found"])
    return _("{path} must hold a JSON object in braces, but holds {found}.").format(
        path=quoted(facts["path"]), found=facts["found"]
    )


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


def _name_template(finding: Finding) -> str:
    return template_sentence((str(finding.facts["problem"]), str(finding.facts["part"])))


def _restore_status(finding: Finding) -> str:
    said = (
        _("Backup {backup} is being restored already. Wait for the end of that.")
        if finding.code == "2010"
        else _("Backup {backup} is in state {status}; only one that is available can be restored.")
    )
    return said.format(backup=quoted(finding.facts["backup"], 80), status=status_words(finding.facts["status"]))


def _target_status(finding: Finding) -> str:
    usual = _("{target} is in state {status}, in which it cannot be restored. Wait until that changes.")
    said = {
        "2007": _("Server {target} is deleted ({status}) and cannot be restored."),
        "2008": _("Server {target} is in state {status}; it must run or be stopped. Wait for that."),
        "2011": _("Disk {target} is in state {status}; stop its server and detach it first, so that it is available."),
    }.get(finding.code, usual)
    return said.format(target=quoted(finding.facts["target"], 80), status=quoted(finding.facts["status"], 40))


_PAIR_RULES = {
    Rule.TOO_SMALL: N_(
        "Disk ‘{disk}’ has {size_gb} GB, and the backup of disk ‘{backup}’ has {saved_gb} GB: it does not fit."
        " Choose a disk of that size or a larger one."
    ),
    Rule.DISK_TYPE: N_("Nothing is restored to disk ‘{disk}’ of type {type}. Choose another disk."),
    Rule.DISK_STATUS: N_("Disk ‘{disk}’ is in state {status} and cannot be written over now. Wait, or choose another."),
    Rule.DATA_TO_SYSTEM: N_(
        "‘{disk}’ is the system disk of the server, and ‘{backup}’ the backup of a data disk: the server would not"
        " start any more. Choose a data disk."
    ),
    Rule.SYSTEM_TO_ENCRYPTED: N_(
        "Disk ‘{disk}’ is encrypted, and an encrypted disk cannot take the system disk ‘{backup}’. Choose another disk."
    ),
    Rule.SYSTEM_TO_SCSI: N_(
        "Disk ‘{disk}’ is a SCSI disk, which cannot take the system disk ‘{backup}’. Choose another disk."
    ),
    Rule.DISK_UNKNOWN: N_("The server has no disk ‘{disk}’ today. Choose one that it has, or leave ‘{backup}’ out."),
    Rule.BACKUP_UNKNOWN: N_("The backup has no disk of the id ‘{backup}’. Choose one that it has."),
    Rule.NAMED_TWICE: N_(
        "‘{backup}’ to ‘{disk}’: each backup of a disk and each disk may be named only once. Choose another disk."
    ),
}


def _pair_rule(finding: Finding) -> str:
    facts = {name: shown(value, 80) for name, value in finding.facts.items()}
    return _(_PAIR_RULES[Rule(str(finding.facts["rule"]))]).format(**facts)


def _disks_left_out(finding: Finding) -> str:
    names = finding.facts["names"]
    assert isinstance(names, list | tuple)  # noqa: S101  # what is judged says so
    return ngettext(
        "{count} disk of the backup is not restored and stays as it is today: {names}. Files that belong together may"
        " then be of different times.",
        "{count} disks of the backup are not restored and stay as they are today: {names}. Files that belong together"
        " may then be of different times.",
        len(names),
    ).format(count=grouped(len(names)), names=listed([quoted(name, 60) for name in names[:_DISKS_IN_A_ROW]]))


def _disk_swapped(finding: Finding) -> str:
    facts = {name: quoted(finding.facts[name], 80) for name in ("backup", "disk", "other")}
    said = (
        _("{backup} goes to {disk}, which it was not made of; what {other} holds is of its own backup, or stays.")
        if finding.facts["other"]
        else _("{backup} goes to {disk}, which it was not made of.")
    )
    return said.format(**facts)


_FINDINGS: dict[FindingKind, str | _Plural | Callable[[Finding], str]] = {
    FindingKind.NOT_JSON: _not_json,
    FindingKind.TOO_LARGE: N_("The file has {size} bytes; a request may have {limit}. Choose another file."),
    FindingKind.NOT_OBJECT: _not_object,
    FindingKind.MISSING: _missing,
    FindingKind.WRONG_TYPE: _wrong_type,
    FindingKind.DUPLICATE_KEY: N_("The key ‘{path}’ stands twice in one object; which one counts? Delete one."),
    FindingKind.UNKNOWN_KEY: N_("The key ‘{path}’ is unknown to this version. It is sent as it is and may be refused."),
    FindingKind.HALF_CHARACTER: N_(
        "‘{path}’ holds half a character ({code_point}), which cannot be sent. Take it out of the text or its key."
    ),
    FindingKind.OPERATION_UNKNOWN: N_(
        "This version has no operation ‘{found}’ for a file. It has {known}. Correct it."
    ),
    FindingKind.CHECKPOINT_WRAPPED: N_(
        "The file of a checkpoint has ‘checkpoint’ itself at the top, without ‘operation’ and ‘body’. Take it out of"
        " these, or import the file."
    ),
    FindingKind.TWO_REQUESTS: N_(
        "The file asks for a checkpoint and for ‘{operation}’; which one counts? Keep one of them, the other in a file"
        " of its own."
    ),
    FindingKind.NOT_TAKEN: N_("The operation takes no ‘{path}’. Take it out."),
    FindingKind.PRIOR_MISSING: N_(
        "It takes the result of another request, and waits for none. Such a request is a step of a plan, with ‘after’."
    ),
    FindingKind.TOO_LONG: _too_long,
    FindingKind.BAD_CHARACTER: _bad_character,
    FindingKind.CONTROL_CHARACTER: _control_character,
    FindingKind.NAME_LOOKS_AUTOMATIC: N_(
        "The name begins like those of automatic backups (autobk). Begin it differently, so that nobody takes it"
        " for one."
    ),
    FindingKind.NAME_TAKEN: N_(
        "‘{name}’ is in use already in this vault. A lost answer is easier to find again under a name of its own."
    ),
    FindingKind.POLICY_NAME_TAKEN: N_(
        "Another policy is called ‘{name}’ already. The two are hard to tell apart then."
    ),
    FindingKind.NAME_OMITTED: N_(
        "Without a name the service chooses one; a lost answer is then looked for only by vault, resources and time."
    ),
    FindingKind.NAME_EMPTY: N_(
        "The name is empty, and the service takes none of that kind. Write one, or take the key out: it chooses then."
    ),
    FindingKind.NAME_NO_ROOM_FOR_SUFFIX: N_(
        "The name has {length} characters. For several resources the service adds -0001 and so on;"
        " keep it to {limit} to leave room."
    ),
    FindingKind.NO_VAULT: N_("No vault is chosen. Choose the vault to back up."),
    FindingKind.BAD_ID: _bad_id,
    FindingKind.OTHER_SPELLING: N_(
        "The service spells the id ‘{found}’ as ‘{written}’. Write it so too: its answers are told apart by that."
    ),
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
    FindingKind.TOO_MANY_RESOURCES: _Plural(
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
    FindingKind.NAME_TEMPLATE: _name_template,
    FindingKind.RESOURCE_NOT_PROTECTABLE: _not_protectable,
    FindingKind.RESOURCE_LARGE: N_(
        "Resource ‘{resource}’ has {size_gb} GB. Servers over {limit_gb} GB are slow; a disk vault may suit better."
    ),
    FindingKind.NO_DISK_LEFT: N_("All disks of ‘{resource}’ are unticked. Tick a disk, or leave the server out."),
    FindingKind.SYSTEM_DISK_EXCLUDED: N_(
        "The system disk of ‘{resource}’ is left out: no image can be made of this backup and it cannot be replicated."
    ),
    FindingKind.SOME_DISKS_EXCLUDED: _Plural(
        "disks",
        *NN_(
            "{excluded} of {disks} disk of ‘{resource}’ is left out; data that spans several disks may not fit"
            " together.",
            "{excluded} of {disks} disks of ‘{resource}’ are left out; data that spans several disks may not fit"
            " together.",
        ),
    ),
    FindingKind.SHARED_DISKS: _Plural(
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
    FindingKind.BETA_FIELD: N_("Not every region knows ‘{path}’; where it is unknown the service refuses the request."),
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
    FindingKind.RESTORE_TARGETS: N_(
        "The request must name exactly one target: server_id, volume_id or resource_id. Correct the file."
    ),
    FindingKind.RESTORE_UNREAD: N_(
        "The backups of the disks in ‘{backup}’ are not read yet, so that it is not judged which fits where. They are"
        " read before it is sent."
    ),
    FindingKind.RESTORE_STATUS: _restore_status,
    FindingKind.RESTORE_NOT_POSSIBLE: N_("The service says that nothing can be restored from ‘{backup}’."),
    FindingKind.RESTORE_IN_PLACE: N_(
        "File system ‘{resource}’ cannot be restored in place. Create a new file system from ‘{backup}’ in the console."
    ),
    FindingKind.RESTORE_REPLICA: N_(
        "‘{backup}’ is a replica of a backup of another region; its resource is not here. Make an image or a disk of"
        " it."
    ),
    FindingKind.RESTORE_VAULT: N_(
        "Vault ‘{vault}’ is in the state {status}; a backup in it can be restored once it is available."
    ),
    FindingKind.RESTORE_ELSEWHERE: N_(
        "‘{backup}’ was made of ‘{resource}’ and is restored only to that, not to ‘{target}’. For another server"
        " or disk make an image or a new disk of it in the console."
    ),
    FindingKind.RESTORE_WRONG_KEY: N_("What this backup was made of is named by {expected}, not by {key}."),
    FindingKind.TARGET_UNKNOWN: N_(
        "No resource {target} is known here; it may be gone, or of another project. Read again to be sure."
    ),
    FindingKind.TARGET_UNREAD: N_(
        "What disks ‘{target}’ has today could not be read, so that their sizes and states are not judged here."
        " The service judges them."
    ),
    FindingKind.TARGET_STATUS: _target_status,
    FindingKind.RESTORE_ASKED: N_(
        "A restore of ‘{target}’ was asked for before: {state}. Look at it in the outbox; a second one would write over"
        " the first."
    ),
    FindingKind.TARGET_RESTORING: N_("‘{target}’ is being restored already. Wait for the end of that."),
    FindingKind.TARGET_BACKED_UP: N_("‘{target}’ is being backed up. Wait until the backup is complete."),
    FindingKind.TARGET_REMOVED: N_("‘{target}’ is being taken out of its vault, and its backups with it."),
    FindingKind.PAIR_RULE: _pair_rule,
    FindingKind.PAIRS_MISSING: N_(
        "No disk is chosen. A server is restored disk by disk: choose where at least one of ‘{backup}’ goes."
    ),
    FindingKind.DISKS_LEFT_OUT: _disks_left_out,
    FindingKind.DISK_SWAPPED: _disk_swapped,
    FindingKind.PATH_RANGE: N_("The folder has {length} characters; it may have {limit}. Shorten it."),
    FindingKind.NAME_MISSING: N_("There is no name. Write one of 1 to 64 characters."),
    FindingKind.NAME_UNCHANGED: N_("The backup is called ‘{name}’ already. Write another name, or leave it."),
    FindingKind.NO_SCHEDULE: N_("There is no time to run at. Choose days and hours."),
    FindingKind.BAD_PATTERN: N_(
        "‘{found}’ is no schedule that the service knows. It takes weekly days or every 1 to 30 days, with hour and"
        " minute in UTC."
    ),
    FindingKind.TOO_MANY_PATTERNS: _Plural(
        "count",
        *NN_(
            "The schedule has {count} time, and a policy takes {limit}. Take some out.",
            "The schedule has {count} times, and a policy takes {limit}. Take some out.",
        ),
    ),
    FindingKind.RUNS_TOO_CLOSE: N_(
        "It runs at {first} and {second} UTC. On one day the service wants an hour between two runs, and refuses less."
    ),
    FindingKind.OUT_OF_RANGE: N_("‘{path}’ may be {low} to {high}, not {found}. Correct it."),
    FindingKind.TIMEZONE_MISSING: N_(
        "Keeping the backup of a day, week, month or year needs a time zone such as UTC+01:00. Choose one."
    ),
    FindingKind.RETENTION_EXCLUSIVE: N_(
        "It keeps by days and by number at once, which some regions refuse. Choose one of the two to be sure."
    ),
    FindingKind.POLICIES_FULL: _Plural(
        "count",
        *NN_(
            "{count} backup policy is there, as many as an account may have. Delete one first.",
            "{count} backup policies are there, as many as an account may have. Delete one first.",
        ),
    ),
    FindingKind.KEPT_FOREVER: N_("Its backups are kept until they are deleted by hand, and fill the vault in time."),
    FindingKind.POLICY_UNKNOWN: N_(
        "There is no policy {id} in this project. Check the id, the project and the region."
    ),
    FindingKind.POLICY_UNCHANGED: N_("Nothing of policy ‘{policy}’ is changed by that. Change something, or leave it."),
    FindingKind.POLICY_TYPE_UNFIT: N_(
        "Policy ‘{policy}’ does not suit vault ‘{vault}’. Backup policies are for backup vaults, replication policies"
        " for server vaults with backups."
    ),
    FindingKind.POLICY_APPLIED: N_("Policy ‘{policy}’ is applied to vault ‘{vault}’ already. Nothing would change."),
    FindingKind.POLICY_NOT_APPLIED: N_("Policy ‘{policy}’ is not applied to vault ‘{vault}’. Choose one that is."),
    FindingKind.POLICY_REPLACED: N_(
        "Vault ‘{vault}’ has policy ‘{other}’. Policy ‘{policy}’ takes its place, as a vault has one of a kind."
    ),
    FindingKind.POLICY_STOPS: _Plural(
        "count",
        *NN_(
            "Policy ‘{policy}’ then no longer backs up {count} vault. Apply another one if backups are to be made.",
            "Policy ‘{policy}’ then no longer backs up {count} vaults. Apply another one if backups are to be made.",
        ),
    ),
    FindingKind.COPIES_NOWHERE: N_(
        "A replication policy copies to a project of another region. Name the region and the id of the project."
    ),
    FindingKind.DESTINATION_MISSING: N_(
        "Policy ‘{policy}’ copies backups to another vault. Name the vault there that it copies to."
    ),
    FindingKind.DESTINATION_FIXED: N_(
        "Policy ‘{policy}’ is applied to a vault, so where it copies to cannot be changed. Remove it from there first."
    ),
    FindingKind.RULES_UNSENT: N_(
        "The change names some rules of policy ‘{policy}’ and not {names}. Whether those stay is not documented:"
        " name them."
    ),
    FindingKind.RULES_CHANGED: _rules_changed,
    FindingKind.BACKUPS_GO: _backups_go,
    FindingKind.RECEIVER_MISSING: N_("No project is named to share with. Add one by its id."),
    FindingKind.RECEIVER_INVALID: N_(
        "‘{found}’ is no project id: those have 32 digits and letters from a to f. Ask the other side for the one in"
        " this region."
    ),
    FindingKind.RECEIVER_OWN: N_("Project {found} is this one, and has the backup. Name another project."),
    FindingKind.RECEIVER_TWICE: N_("Project {found} is named twice. Name it once."),
    FindingKind.RECEIVERS_TOO_MANY: _Plural(
        "count",
        *NN_(
            "It would be shared with {count} project, and a backup is shared with {limit} at most. Take some out.",
            "It would be shared with {count} projects, and a backup is shared with {limit} at most. Take some out, or"
            " end shares that nobody needs.",
        ),
    ),
    FindingKind.SHARED_ALREADY: N_(
        "The backup is shared with project {found} already ({status}), and the service then refuses the whole request."
        " Take that project out."
    ),
    FindingKind.SHARE_DISK: N_(
        "‘{backup}’ is the backup of a disk. Some clouds share those, others only backups of servers."
    ),
    FindingKind.SHARE_NO_SERVER: N_("‘{backup}’ is no backup of a server, and only those can be shared."),
    FindingKind.SHARE_STATUS: N_(
        "Backup ‘{backup}’ is in state {status}, and only an available one can be shared. Wait for that, or choose"
        " another."
    ),
    FindingKind.SHARE_ENCRYPTED: N_(
        "‘{backup}’ holds encrypted disks, and no such backup can be shared. Make one without these disks."
    ),
    FindingKind.SHARE_RECEIVED: N_(
        "‘{backup}’ is the backup of another project, which alone decides about sharing it. Reject it to be rid of it."
    ),
    FindingKind.SHARE_VAULT_STATUS: N_(
        "Vault ‘{vault}’ is in state {status}, which does not allow sharing. Wait until it is available, or choose"
        " another."
    ),
    FindingKind.MEMBER_UNKNOWN: N_("The backup is not shared with project {found}. Choose one that it is shared with."),
    FindingKind.MEMBER_IMAGE: N_(
        "Project {found} has made an image of the backup; until that image is deleted there the share cannot end."
    ),
    FindingKind.MEMBER_ACCEPTED: N_(
        "Project {found} has taken the backup into a vault of its own, and cannot use it any more after this. Ask there"
        " first."
    ),
    FindingKind.ANSWER_INVALID: N_("‘{found}’ is no answer to a share. It is either ‘accepted’ or ‘rejected’."),
    FindingKind.ANSWER_FOR_OTHER: N_(
        "Project {found} is not the one of this profile, and only the project itself can answer. Use its profile."
    ),
    FindingKind.OFFER_UNKNOWN: N_(
        "No backup {id} is shared with this project. The other side may have ended the share; refresh the list."
    ),
    FindingKind.OFFER_ANSWERED: N_("This was answered already for ‘{backup}’ ({status}). Nothing would change."),
    FindingKind.OFFER_GIVEN_BACK: N_(
        "‘{backup}’ leaves vault ‘{vault}’, and cannot be used here any more. Only the other side can share it again."
    ),
    FindingKind.TAKING_VAULT_MISSING: N_("No vault is chosen. Choose the vault that takes the backup in."),
    FindingKind.TAKING_VAULT_KIND: N_(
        "Vault ‘{vault}’ does not take backups of this kind. Choose a backup vault for the same kind of resource."
    ),
    FindingKind.TAKING_VAULT_FULL: N_("Vault ‘{vault}’ is full. Expand it, or choose one with room."),
    FindingKind.DESTINATION_UNSAID: N_("Nothing says where the replica goes. Choose a replication vault."),
    FindingKind.REGION_UNREACHED: N_(
        "This region does not replicate to ‘{found}’ by what it says of itself. Choose another region."
    ),
    FindingKind.DESTINATION_UNVERIFIED: N_(
        "Vault {id} in {region} could not be looked at from here. It has to be a replication vault for servers, with"
        " room; compare the ids before sending."
    ),
    FindingKind.DESTINATION_KIND: N_(
        "Vault ‘{vault}’ is no replication vault for servers, and takes no replica. Choose another."
    ),
    FindingKind.DESTINATION_STATUS: N_(
        "Vault ‘{vault}’ is in state {status} and takes no replica now. Wait until it is available, or choose another."
    ),
    FindingKind.DESTINATION_FULL: N_("Vault ‘{vault}’ is full. Expand it there, or choose one with room."),
    FindingKind.REPLICA_SOURCE: N_("‘{vault}’ is a replica or holds replicas, and these are not replicated again."),
    FindingKind.REPLICATE_NO_SERVER: N_("‘{vault}’ is not of servers, and only backups of servers are replicated."),
    FindingKind.REPLICATE_NO_SYSTEM: N_(
        "‘{backup}’ does not contain the system disk of its server, and is not replicated without it."
    ),
    FindingKind.REPLICATE_STATUS: N_(
        "Backup ‘{backup}’ is in state {status}, and only an available one is replicated. Wait for that, or choose"
        " another."
    ),
    FindingKind.REPLICATE_VAULT_STATUS: N_(
        "Vault ‘{vault}’ is in state {status}, and nothing of it is replicated then. Wait until it is available."
    ),
    FindingKind.REPLICATE_BUSY: N_(
        "Vault ‘{vault}’ is being replicated just now. Wait for the end of that; it is among its tasks."
    ),
    FindingKind.REPLICA_THERE: N_(
        "‘{backup}’ has its replica in {region} already, or on the way there. A region takes one of each backup."
    ),
    FindingKind.REPLICATE_NOTHING: N_(
        "Nothing of vault ‘{vault}’ is left to be replicated to {region}: what could be is there, or there is nothing."
    ),
    FindingKind.REPLICATE_COUNT: _Plural(
        "count",
        *NN_(
            "{count} backup of vault ‘{vault}’ has no replica in {region}. It is copied.",
            "{count} backups of vault ‘{vault}’ have no replica in {region}. They are copied.",
        ),
    ),
    FindingKind.REPLICATED_BEFORE: N_(
        "Vault ‘{vault}’ has replicas in {region} already, and some clouds replicate a vault to a region only once. If"
        " it is refused, replicate the backups one by one."
    ),
    FindingKind.VAULT_WITHOUT_POLICY: _Plural(
        "count",
        *NN_(
            "Vault ‘{vault}’ holds {count} resource and has no policy, so nothing backs it up by itself. Apply a"
            " policy.",
            "Vault ‘{vault}’ holds {count} resources and has no policy, so nothing backs it up by itself. Apply a"
            " policy.",
        ),
    ),
    FindingKind.POLICY_UNUSED: N_("Policy ‘{policy}’ is applied to no vault. Apply it, or delete it."),
    FindingKind.POLICY_DISABLED: _policy_disabled,
    FindingKind.RETENTION_SHORT: _Plural(
        "count",
        *NN_(
            "What policy ‘{policy}’ keeps reaches back {count} day. Damage that is noticed later cannot be undone then;"
            " keep a week or more.",
            "What policy ‘{policy}’ keeps reaches back {count} days. Damage that is noticed later cannot be undone"
            " then; keep a week or more.",
        ),
    ),
    FindingKind.RUNS_IN_PEAK: _Plural(
        "count",
        *NN_(
            "Policy ‘{policy}’ has {count} time between 22:00 and 08:00, when the service is busiest. Other hours may"
            " be quicker.",
            "Policy ‘{policy}’ has {count} times between 22:00 and 08:00, when the service is busiest. Other hours may"
            " be quicker.",
        ),
    ),
    FindingKind.RUNS_MISSED: _runs_missed,
    FindingKind.REPLICATION_EARLY: _clash,
    FindingKind.POLICIES_TOGETHER: _clash,
    FindingKind.RUN_OVERTAKES: _clash,
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
    FindingKind.PEAK_HOURS: N_(
        "The service is busiest from 22:00 to 08:00. The checkpoint may take longer than usual."
    ),
    **VAULT_FINDINGS,
    **ASSOCIATION_FINDINGS,
}


def estimate_sentence(estimate: Estimate | None) -> str:
    """Return what would be backed up and what it may take; nothing is told that is not known."""
    if estimate is None:
        return _("Ready, but nothing is known of the vault.")
    resources = counted("{count} resource", "{count} resources", estimate.asked)
    ready = _("Ready: {count} of {resources} will be backed up.")
    if not estimate.additions:
        return ready.format(count=0, resources=resources)
    sizes, vault = _bracket(estimate), _gauge_words(estimate)
    adding = (
        _("Ready: {count} of {resources} will be backed up, adding {size}; {vault}.")
        if vault
        else _("Ready: {count} of {resources} will be backed up, adding {size}.")
    )
    said = adding.format(count=len(estimate.additions), resources=resources, size=sizes, vault=vault)
    return sentences(said, *_assumed(estimate))


def _bracket(estimate: Estimate) -> str:
    low, high = gb_words(estimate.low_gb), gb_words(estimate.high_gb)
    if not estimate.low_gb:
        return _("up to {high}").format(high=high)
    return high if low == high else _("{low} to {high}").format(low=low, high=high)


def _gauge_words(estimate: Estimate) -> str:
    added = (0.0, estimate.low_gb, estimate.high_gb)
    percents = [estimate.percent_with(gb) for gb in added]
    if None in percents:
        return ""
    now, low, high = (percent_words(percent) for percent in percents if percent is not None)
    if low == high:
        return _("the vault goes from {now} to {high}").format(now=now, high=high)
    return _("the vault goes from {now} to between {low} and {high}").format(now=now, low=low, high=high)


def _assumed(estimate: Estimate) -> list[str]:
    """Return what an estimate rests on, sentence by sentence."""
    bases = {each.basis for each in estimate.additions}
    grounds = []
    if Basis.FIRST in bases:
        grounds.append(_("a first backup is full"))
    if bases & {Basis.FIRST, Basis.FULL}:
        grounds.append(_("a full backup takes no more than its disks hold"))
    if Basis.HISTORY in bases:
        grounds.append(_("an incremental backup takes up to twice the mean of the earlier ones"))
    said = [_("Assumed: {grounds}.").format(grounds=joined(grounds))] if grounds else []
    if Basis.NO_HISTORY in bases:
        said.append(_("The service does not tell the size of earlier backups."))
    if Basis.HISTORY in bases:
        percent = estimate.percent_with(estimate.worst_gb)
        worst = (
            _("If everything has changed, it is {size}.")
            if percent is None
            else _("If everything has changed, it is {size}, {share}.")
        )
        share = "" if percent is None else percent_words(percent)
        said.append(worst.format(size=gb_words(estimate.worst_gb), share=share))
    return said


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
