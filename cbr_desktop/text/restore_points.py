"""Words for a restore point: who asked for it, how it went, how long it took."""

from collections.abc import Mapping
from datetime import timedelta

from cbr_desktop.domain.ids import PolicyId
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.restore_point import Maker, PointState, RestorePoint
from cbr_desktop.text.catalogue import N_, _, sentences
from cbr_desktop.text.states import counted, duration_words, grouped, shown, status_words
from cbr_desktop.text.words import NONE, Times

_EXPLAINED = {
    PointState.RUNNING: N_("It is being made; its backups cannot be used until they are finished."),
    PointState.FINISHED: N_("Every resource that is known to be in it was backed up."),
    PointState.PARTIAL: N_("Some of what was asked for was not backed up."),
    PointState.FAILED: N_("Nothing was backed up by it."),
    PointState.UNKNOWN: N_("It has ended, and nothing tells any more what became of it."),
}


def built_sentence() -> str:
    """Return what the list of checkpoints is put together from."""
    return _(
        "The service has no list of checkpoints: this one is put together from the tasks of the last 30 days,"
        " the backups that there are, and the requests of this program."
    )


def point_maker_words(point: RestorePoint, policies: Mapping[PolicyId, Policy]) -> str:
    """Return who or what asked for a restore point, a policy by its name."""
    if point.maker is Maker.PROGRAM:
        return _("This program")
    if point.maker is Maker.REPLICATION:
        return _("Replication")
    if point.maker is Maker.PERSON:
        return _("A person")
    policy = policies.get(point.policy_id) if point.policy_id is not None else None
    return policy.name if policy is not None else _("A policy")


def maker_hint(point: RestorePoint, policies: Mapping[PolicyId, Policy]) -> str:
    """Return the same at length."""
    if point.maker is Maker.PROGRAM:
        return _("This program: {by}").format(by=shown(point.by, 60)) if point.by else _("This program")
    if point.maker is Maker.POLICY and point.policy_id in policies:
        return _("Policy: {name}").format(name=shown(point_maker_words(point, policies), 60))
    if point.maker is Maker.PERSON:
        return _("A person, not through this program")
    return point_maker_words(point, policies)


def point_state_words(point: RestorePoint) -> str:
    """Return the state, with how far it is while it runs."""
    words = status_words(point.state)
    if point.state is not PointState.RUNNING:
        return words
    return _("{state}, {percent} %").format(state=words, percent=point.progress_percent)


def point_maker_token(point: RestorePoint, policies: Mapping[PolicyId, Policy]) -> str:
    """Return who asked for it as a filter asks for that, and in words."""
    return f"{point.maker.value} {point_maker_words(point, policies)}"


def counts_words(point: RestorePoint) -> str:
    """Return how many resources were accepted, and of how many that does not hold: ``5 · 2 skipped``."""
    found = [grouped(point.accepted)]
    if point.skipped:
        found.append(counted("{count} skipped", "{count} skipped", point.skipped))
    if point.failed:
        found.append(counted("{count} failed", "{count} failed", point.failed))
    return " · ".join(found)


def counts_hint(point: RestorePoint) -> str:
    """Return the same at length."""
    skipped = (
        _("what was skipped is not told")
        if point.skipped is None
        else counted("{count} skipped", "{count} skipped", point.skipped)
    )
    return _("{accepted} accepted, {failed} of them failed; {skipped}").format(
        accepted=grouped(point.accepted), skipped=skipped, failed=grouped(point.failed)
    )


def left_words(point: RestorePoint) -> str:
    """Return how many backups of it there are still."""
    return grouped(point.left) if point.left else _("None left")


def took(point: RestorePoint) -> timedelta | None:
    """Return how long it took, ``None`` while it runs and where no task tells."""
    if point.ended_at is None or point.started_at is None:
        return None
    return point.ended_at - point.started_at


def duration_cell(point: RestorePoint, times: Times) -> str:
    """Return how long it took, or for how long it has been running."""
    span = took(point)
    if span is not None:
        return duration_words(span)
    if point.state is PointState.RUNNING and point.started_at is not None:
        return _("running for {age}").format(age=times.age(point.started_at))
    return NONE


def explain(point: RestorePoint) -> str:
    """Return what the state means, and what is not known."""
    words = [_(_EXPLAINED[point.state])]
    if point.skipped is None:
        words.append(
            _("The service tells whether any were skipped only to whoever asked for it, and that was not this program.")
        )
    if not point.left and point.state is not PointState.RUNNING:
        words.append(_("None of its backups is there any more."))
    return sentences(*words)
