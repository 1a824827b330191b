"""What is found of policies and their schedules, as sentences for people."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.retention import Transition
from cbr_desktop.text.catalogue import N_, NN_, _, ngettext, sentences
from cbr_desktop.text.finding_words import FindingWords, Plural, fact_words, is_int, moment_words
from cbr_desktop.text.states import duration_words, quoted


def _policy_disabled(finding: Finding) -> str:
    since, count = finding.facts["since"], finding.facts["count"]
    number = count if is_int(count) else 2
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
    return disabled.format(policy=quoted(finding.facts["policy"]), when=moment_words(since), count=fact_words(count))


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
        count if is_int(count) else 2,
    ).format(policy=quoted(finding.facts["policy"]), count=fact_words(count), when=moment_words(finding.facts["last"]))


def _runs_missed(finding: Finding) -> str:
    count = finding.facts["count"]
    return ngettext(
        "Policy {policy} has left no task of {count} run for vault {vault}, the last of them {when}. Look at the state"
        " of the vault, and when the policy was applied.",
        "Policy {policy} has left no task of {count} runs for vault {vault}, the last of them {when}. Look at the state"
        " of the vault, and when the policy was applied.",
        count if is_int(count) else 2,
    ).format(
        policy=quoted(finding.facts["policy"]),
        vault=quoted(finding.facts["vault"]),
        count=fact_words(count),
        when=moment_words(finding.facts["last"]),
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
        lasts=duration_words(timedelta(minutes=lasts)) if is_int(lasts) else "",
    )
    often = ngettext(
        "Within seven days that is {count} run, {when}.",
        "Within seven days these are {count} runs, the first {when}.",
        count if is_int(count) else 2,
    )
    return sentences(first, often.format(count=fact_words(count), when=moment_words(finding.facts["when"])))


POLICY_FINDINGS: Mapping[FindingKind, FindingWords] = {
    FindingKind.NO_SCHEDULE: N_("There is no time to run at. Choose days and hours."),
    FindingKind.BAD_PATTERN: N_(
        "‘{found}’ is no schedule that the service knows. It takes weekly days or every 1 to 30 days, with hour and"
        " minute in UTC."
    ),
    FindingKind.TOO_MANY_PATTERNS: Plural(
        "count",
        *NN_(
            "The schedule has {count} time, and a policy takes {limit}. Take some out.",
            "The schedule has {count} times, and a policy takes {limit}. Take some out.",
        ),
    ),
    FindingKind.RUNS_TOO_CLOSE: N_(
        "It runs at {first} and {second} UTC. On one day the service wants an hour between two runs, and refuses less."
    ),
    FindingKind.TIMEZONE_MISSING: N_(
        "Keeping the backup of a day, week, month or year needs a time zone such as UTC+01:00. Choose one."
    ),
    FindingKind.RETENTION_EXCLUSIVE: N_(
        "It keeps by days and by number at once, which some regions refuse. Choose one of the two to be sure."
    ),
    FindingKind.POLICIES_FULL: Plural(
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
    FindingKind.POLICY_NAME_TAKEN: N_(
        "Another policy is called ‘{name}’ already. The two are hard to tell apart then."
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
    FindingKind.POLICY_STOPS: Plural(
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
    FindingKind.VAULT_WITHOUT_POLICY: Plural(
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
    FindingKind.RETENTION_SHORT: Plural(
        "count",
        *NN_(
            "What policy ‘{policy}’ keeps reaches back {count} day. Damage that is noticed later cannot be undone then;"
            " keep a week or more.",
            "What policy ‘{policy}’ keeps reaches back {count} days. Damage that is noticed later cannot be undone"
            " then; keep a week or more.",
        ),
    ),
    FindingKind.RUNS_IN_PEAK: Plural(
        "count",
        *NN_(
            "Policy ‘{policy}’ has {count} time between 22:00 and 08:00 by the clock here, when the service is"
            " busiest. Other hours may be quicker.",
            "Policy ‘{policy}’ has {count} times between 22:00 and 08:00 by the clock here, when the service is"
            " busiest. Other hours may be quicker.",
        ),
    ),
    FindingKind.RUNS_MISSED: _runs_missed,
    FindingKind.REPLICATION_EARLY: _clash,
    FindingKind.POLICIES_TOGETHER: _clash,
    FindingKind.RUN_OVERTAKES: _clash,
    FindingKind.PEAK_HOURS: N_(
        "The service is busiest from 22:00 to 08:00 by the clock here. The checkpoint may take longer than usual."
    ),
}
