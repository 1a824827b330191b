"""What a command says of requests: records that JSON can hold, and the same as text for people."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict

from cbr_desktop.cli.tables import BAD, GOOD, PARTIAL, UNCERTAIN
from cbr_desktop.domain.checkpoint import CheckpointStatus
from cbr_desktop.domain.intent import Intent, IntentState
from cbr_desktop.domain.open_enum import known
from cbr_desktop.domain.outcome import Fate, ResourceOutcome
from cbr_desktop.text.catalogue import _
from cbr_desktop.text.codes import explain
from cbr_desktop.text.intents import intent_sentence, settling_commands
from cbr_desktop.text.states import shown, status_words

if TYPE_CHECKING:  # a command that only judges does not wait for what sends
    from cbr_desktop.app.request_runner import Report


def request_record(report: "Report", now: datetime) -> dict[str, Any]:
    """Return how a request ended, resource by resource."""
    intent, outcome = report.intent, report.outcome
    checkpoint = intent.checkpoint
    return {
        "id": intent.id,
        "state": str(intent.state),
        "summary": intent_sentence(intent, outcome, now),
        **change_record(intent),
        "checkpoint_id": checkpoint and checkpoint.id,
        "status": checkpoint and str(checkpoint.status),
        "request_id": intent.request_id,
        "accepted": [{"id": r.id, "name": r.name} for r in checkpoint.accepted] if checkpoint else [],
        "skipped": [
            {"id": r.id, "name": r.name, "code": r.code, "reason": r.reason, "remedy": _remedy(r.code)}
            for r in (checkpoint.skipped if checkpoint else ())
        ],
        "resources": [_resource_record(r) for r in outcome.resources] if outcome else [],
        "refusal": None if intent.refusal is None else {"code": intent.refusal.code, "message": intent.refusal.message},
        **settling_record(intent),
    }


def change_record(intent: Intent) -> dict[str, Any]:
    """Return what a request does to what, and the id of what came of it."""
    subject = intent.subject
    return {
        "change": intent.change.kind.value,
        "subject": {"type": subject.type.value, "id": subject.id, "name": subject.name},
        "result_id": intent.result.id if intent.result is not None else None,
    }


def settling_record(intent: Intent) -> dict[str, Any]:
    """Return which checkpoints may be what a request made, and the commands by which a person says which one is."""
    return {"candidates": [asdict(each) for each in intent.candidates], "commands": settling_commands(intent)}


def _resource_record(resource: ResourceOutcome) -> dict[str, Any]:
    return {
        "id": resource.id,
        "name": resource.name,
        "fate": resource.fate.name.lower(),
        "progress_percent": resource.progress_percent,
        "code": resource.code,
        "message": resource.message,
    }


def record_text(record: Mapping[str, Any]) -> str:
    """Return a report's record as lines: the sentence first, then every resource that has something to say."""
    lines = [record["summary"]]
    if record["checkpoint_id"]:
        lines.append(
            _("Checkpoint {id}: {state}").format(
                id=shown(record["checkpoint_id"]), state=status_words(known(CheckpointStatus, record["status"]))
            )
        )
    if record["request_id"]:
        lines.append(_("Request id {id}").format(id=shown(record["request_id"])))
    # what became of a single thing is what the sentence says
    parts = record["resources"] if record["checkpoint_id"] else []
    lines += [f"  {shown(r['name'])}: {status_words(Fate[r['fate'].upper()])} {_progress(r)}".rstrip() for r in parts]
    lines += [
        f"  {shown(r['name'])}: {shown(r['code'])} {shown(r['reason'])} {r['remedy']}".rstrip()
        for r in record["skipped"]
    ]
    lines += [f"  {command}" for command in record["commands"]]
    return "\n".join(lines)


def exit_code(report: "Report") -> int:
    """Return the exit code that a report deserves."""
    state, outcome = report.intent.state, report.outcome
    if state in (IntentState.UNKNOWN, IntentState.NOT_FOUND, IntentState.SENDING):
        return UNCERTAIN
    if outcome is None:
        return BAD
    if state is IntentState.FINISHED:
        good, wanted = outcome.count(Fate.DONE), outcome.is_whole
        if not outcome.count(Fate.FAILED, Fate.SKIPPED) and outcome.count(Fate.UNCERTAIN):
            return UNCERTAIN
    else:
        good = outcome.total - outcome.count(Fate.SKIPPED, Fate.FAILED)
        wanted = good == outcome.total > 0
    return GOOD if wanted else PARTIAL if good else BAD


def simulator_text(
    url: str, *, domain: str, user: str, password: str, access_key: str, secret_key: str, projects: Mapping[str, str]
) -> str:
    """Return how other clients reach the simulator that listens at ``url``; ``projects`` has ids by names."""
    name = next(iter(projects))
    own = [
        (_("by password"), _("identity service {url}/v3   account {account}   user {user}   password {password}")),
        (_("by keys"), _("access key {access_key}   secret key {secret_key}")),
        *((_("project"), f"{id}   {name}") for name, id in projects.items()),
    ]
    facts = {"url": url, "account": domain, "user": user, "password": password}
    facts |= {"access_key": access_key, "secret_key": secret_key}
    openstack = [
        f"OS_AUTH_URL={url}/v3 OS_IDENTITY_API_VERSION=3 OS_USERNAME={user} OS_PASSWORD={password} \\",
        f"OS_USER_DOMAIN_NAME={domain} OS_PROJECT_DOMAIN_NAME={domain} OS_PROJECT_NAME={name} \\",
        f"OS_REGION_NAME={name.partition('_')[0]} openstack cbr vault list",
    ]
    profile = _("a profile with iam_endpoint and cbr_endpoint {url}").format(url=url)
    lines = [
        _("The demo cloud listens at {url} (end it with Ctrl+C)").format(url=url),
        *(f"  {title:<14} {told.format_map(facts)}" for title, told in own),
        *(f"  {title:<14} {line}" for title, line in zip(("OpenStack", "", ""), openstack, strict=True)),
        f"  {'CBR Desktop':<14} {profile}",
    ]
    return "\n".join(lines)


def _progress(record: Mapping[str, Any]) -> str:
    return "" if record["progress_percent"] is None else f"{record['progress_percent']} %"


def _remedy(code: str) -> str:
    explanation = explain(code)
    return explanation.remedy if explanation else ""
