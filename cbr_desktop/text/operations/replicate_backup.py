"""The words of replicating a backup."""

from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.operations.words import PlanWords, Words, known_name, short_id, subject_name
from cbr_desktop.text.states import counted, shown


def region_of(intent: Intent) -> str:
    """Return the region that a request replicates to."""
    return shown(intent.name, 40)


def _looking(intent: Intent) -> str:
    return _(
        "Reading whether backup {name} is copied to {region}. If it is not, it is sent again by itself, at most twice,"
        " while your confirmation is fresh."
    ).format(name=subject_name(intent), region=region_of(intent))


def _untraceable(intent: Intent, until: str) -> str:
    return _("Backup {name} was not copied to {region} by {until}; most likely it was never carried out.").format(
        name=subject_name(intent), region=region_of(intent), until=until
    )


def _outcome(intent: Intent, outcome: Outcome) -> str:
    region = region_of(intent)
    if outcome.count(Fate.DONE):
        return _("Replicated: the replica is in {region}.").format(region=region)
    if outcome.count(Fate.FAILED, Fate.SKIPPED):
        return _("Not replicated: the copy to {region} failed. The backup itself is unharmed.").format(region=region)
    return _("The service is copying the backup to {region}.").format(region=region)


def _report(intent: Intent) -> list[str]:
    return [
        _("Replicate backup: {name} ({id})").format(name=known_name(intent), id=intent.subject.id),
        _("To region: {name}").format(name=region_of(intent)),
    ]


def replication_plan() -> PlanWords:
    """Return what a plan of replications is at its end."""
    return PlanWords(
        whole=_("Finished: everything is replicated"),
        part=_("Ended: only a part is replicated"),
        none=_("Ended: nothing is replicated"),
        partly=_("Partly replicated"),
        nothing=_("Nothing replicated"),
        without=lambda count: counted("{count} with nothing replicated", "{count} with nothing replicated", count),
    )


def replicate_backup() -> Words:
    """Return the words of replicating a backup."""
    return Words(
        title=_("Replicate backup"),
        thing=_("replica"),
        things=_("replicas"),
        thing_title=_("Backup"),
        id_title=_("Backup id"),
        place=_("the backup"),
        refused=_("Refused; no replica was begun."),
        taken_back=_("Taken back before it was sent; no replica was begun."),
        found=_("The answer had been lost; reading has shown that the backup is copied, or being copied."),
        accepted=_("Accepted; the service is copying the backup."),
        running=_("Replicating"),
        done=_("Replicated"),
        partly=_("Partly replicated"),
        failed=_("Not replicated"),
        line=_("Backup"),
        lines=_("Backups"),
        twice=_("If the first one came late after all, the service refuses the second: a region takes one replica."),
        name=lambda intent: _("Replicate to {region}").format(region=region_of(intent)),
        request=lambda intent: _("Request {id} to replicate backup {name} to {region}").format(
            id=short_id(intent), name=subject_name(intent), region=region_of(intent)
        ),
        request_inside=lambda intent: _("request {id} to replicate backup {name} to {region}").format(
            id=short_id(intent), name=subject_name(intent), region=region_of(intent)
        ),
        unproved_request=lambda intent: _("The request to replicate backup {name} to {region}").format(
            name=subject_name(intent), region=region_of(intent)
        ),
        sought=lambda intent: _("the copy of backup {name}").format(name=subject_name(intent)),
        searched=lambda intent: _("the tasks, and the replicas of backup {name}").format(name=subject_name(intent)),
        looking=_looking,
        untraceable=_untraceable,
        outcome=_outcome,
        report=_report,
        plan=replication_plan(),
        fates={Fate.RUNNING: _("Being copied"), Fate.DONE: _("Replicated"), Fate.FAILED: _("Not replicated")},
        remedies={Fate.FAILED: _("Look at the task of the copy, then replicate it again.")},
        batch=lambda count: counted("Replicate {count} backup", "Replicate {count} backups", count),
    )
