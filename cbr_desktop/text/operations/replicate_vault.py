"""The words of replicating a vault."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.text.operations.replicate_backup import region_of, replication_plan
from cbr_desktop.text.operations.words import Words, known_name, short_id, subject_name
from cbr_desktop.text.states import grouped


def _looking(intent: Intent) -> str:
    return _(
        "Reading whether the backups of vault {name} are copied to {region}. If none is, it is sent again by itself, at"
        " most twice, while your confirmation is fresh."
    ).format(name=subject_name(intent), region=region_of(intent))


def _untraceable(intent: Intent, until: str) -> str:
    return _(
        "The backups of vault {name} were not all copied to {region} by {until}; most likely it was never"
        " carried out. Some may have been copied one by one."
    ).format(name=subject_name(intent), region=region_of(intent), until=until)


def _outcome(intent: Intent, outcome: Outcome) -> str:
    facts = {"region": region_of(intent), "count": grouped(outcome.count(Fate.DONE)), "total": grouped(outcome.total)}
    if not outcome.total:
        return _("The service has begun no copy.")
    if not outcome.is_over:
        return _("{count} of {total} replicas are in {region}; the service is copying the others.").format(**facts)
    said = _("{count} of {total} replicas are in {region}.").format(**facts)
    return said if outcome.is_whole else sentences(said, _("The others have failed: look at their tasks."))


def _report(intent: Intent) -> list[str]:
    return [
        _("Replicate vault: {name} ({id})").format(name=known_name(intent), id=intent.subject.id),
        _("To region: {name}").format(name=region_of(intent)),
    ]


def replicate_vault() -> Words:
    """Return the words of replicating a vault."""
    return Words(
        title=_("Replicate vault"),
        thing=_("replica"),
        things=_("replicas"),
        thing_title=_("Vault"),
        id_title=_("Vault id"),
        place=_("the replication of the vault"),
        refused=_("Refused; no replica was begun."),
        taken_back=_("Taken back before it was sent; no replica was begun."),
        found=_("The answer had been lost; reading has shown that the backups are copied, or being copied."),
        accepted=_("Accepted; the service is copying the backups."),
        running=_("Replicating"),
        done=_("Replicated"),
        partly=_("Partly replicated"),
        failed=_("Not replicated"),
        line=_("Backup"),
        lines=_("Backups"),
        twice=_("If the first one came late after all, the service copies nothing twice: a region takes one replica."),
        name=lambda intent: _("Replicate to {region}").format(region=region_of(intent)),
        request=lambda intent: _("Request {id} to replicate vault {name} to {region}").format(
            id=short_id(intent), name=subject_name(intent), region=region_of(intent)
        ),
        request_inside=lambda intent: _("request {id} to replicate vault {name} to {region}").format(
            id=short_id(intent), name=subject_name(intent), region=region_of(intent)
        ),
        unproved_request=lambda intent: _("The request to replicate vault {name} to {region}").format(
            name=subject_name(intent), region=region_of(intent)
        ),
        sought=lambda intent: _("the copies of the backups of vault {name}").format(name=subject_name(intent)),
        searched=lambda intent: _("the tasks, and the replicas of vault {name}").format(name=subject_name(intent)),
        looking=_looking,
        untraceable=_untraceable,
        outcome=_outcome,
        report=_report,
        plan=replication_plan(),
        fates={Fate.RUNNING: _("Being copied"), Fate.DONE: _("Replicated"), Fate.FAILED: _("Not replicated")},
        remedies={Fate.FAILED: _("Look at the task of the copy, then replicate the backup on its own.")},
    )
