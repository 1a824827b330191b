"""What the details say of a request."""

from collections.abc import Container

from cbr_desktop.domain.change import SubjectType
from cbr_desktop.domain.ids import ResourceId, TaskId
from cbr_desktop.domain.intent import SETTLED, Intent, IntentState
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.intents import intent_sentence
from cbr_desktop.text.operations import fate_of, words_of
from cbr_desktop.text.requests import intent_mark, request_name, request_words, waiting_words
from cbr_desktop.text.states import shown, status_words
from cbr_desktop.text.words import NONE, Times
from cbr_desktop.ui.session.sheet import Relation, Sheet, WordPairs, activity
from cbr_desktop.workflows.ledger import Reading
from cbr_desktop.workflows.outcomes import outcome_of


def intent_sheet(intent: Intent, ledger: Reading, times: Times) -> Sheet:
    """Return what is known of a request, and what became of it."""
    target, outcome, words = intent.target, outcome_of(ledger, intent), words_of(intent)
    subject = intent.subject
    facts = [
        (_("Waiting for / note"), waiting_words(intent, outcome, times.now())),
        (status_words(subject.type), subject.label),
        *([(_("Its id"), subject.id)] if subject.name and subject.id else []),
        (_("Profile"), target.profile),
        (
            _("Project"),
            _("{project} at {cbr_endpoint}").format(project=target.project, cbr_endpoint=target.cbr_endpoint),
        ),
        (_("Made"), times.age_and_date(intent.created_at)),
        (_("Confirmed"), times.age_and_date(intent.confirmed_at)),
        *_if_any(_("Due"), times.text(intent.due_at)),
        (_("Sent"), times.age_and_date(intent.sent_at)),
        (_("By"), intent.by or NONE),
        *_approval(intent),
        *_if_any(_("Judged by data of"), times.age_and_date(intent.preflight_at)),
        (_("Request id"), intent.request_id or (intent.refusal.request_id if intent.refusal else "") or NONE),
        *_made(intent),
        *_if_any(_("Draft"), intent.draft),
        *_if_any(_("Plan"), intent.plan),
        *_if_any(_("Again for"), intent.retry_of),
        ("ID", intent.id),
    ]
    relations = _subject(intent, ledger)
    relations += [
        Relation(
            f"{words.line}: {shown(each.name or each.id, 80)} – {fate_of(intent, each.fate)}",
            "Resources" if words.is_counted else "",
            each.id,
        )
        for each in (outcome.resources if outcome else ())
    ]
    relations += [
        Relation(_("Duplicate: checkpoint {duplicate}").format(duplicate=shown(duplicate, 64)))
        for duplicate in intent.duplicates
    ]
    task = ledger.tasks.get(TaskId(intent.result.id)) if intent.result is not None else None
    tasks = ledger.tasks_of(intent.checkpoint.id) if intent.checkpoint else [task] if task is not None else []
    # beside a request whose end is not known, a second one would be made by mistake
    is_over = intent.state in SETTLED and intent.state is not IntentState.NOT_FOUND
    return Sheet(
        intent.id,
        request_name(intent) if not words.is_counted else words.name(intent),
        _("Request"),
        request_words(intent, outcome),
        intent_mark(intent, outcome),
        intent_sentence(intent, outcome, times.now()),
        facts,
        relations,
        activity(tasks, times),
        intent.change.vault_id if is_over and intent.change.vault_id in ledger.vaults else None,
    )


def _subject(intent: Intent, ledger: Reading) -> list[Relation]:
    """Return where what the request is done to is found, as far as it is known."""
    subject = intent.subject
    held: dict[SubjectType, tuple[str, Container[object]]] = {
        SubjectType.VAULT: ("Vaults", ledger.vaults),
        SubjectType.BACKUP: ("Backups", ledger.backups),
        SubjectType.POLICY: ("Policies", ledger.policies),
    }
    page, rows = held.get(subject.type, ("", ()))
    if subject.type is SubjectType.RESOURCE and ledger.resource(ResourceId(subject.id)) is not None:
        page, rows = "Resources", (subject.id,)
    if subject.id not in rows:
        return []
    return [Relation(_("Done to: {name}").format(name=shown(subject.label, 80)), page, subject.id)]


def _if_any(name: str, value: str | None) -> WordPairs:
    """Return a fact, or nothing where there is nothing to tell: most requests have neither plan nor draft."""
    return [(name, value)] if value and value != NONE else []


def _approval(intent: Intent) -> WordPairs:
    """Return why something is overwritten and who approved that, where that was asked for."""
    if intent.approval is None:
        return []
    return [(_("Reason"), intent.approval.reason), (_("Approved by"), intent.approval.approver or NONE)]


def _made(intent: Intent) -> WordPairs:
    """Return what a request has made, where that is something else than what it is done to."""
    made = intent.result.id if intent.result is not None else ""
    is_subject = intent.subject.type is not SubjectType.VAULT and made in ("", intent.subject.id)
    return [] if is_subject else [(words_of(intent).thing_title, made or NONE)]
