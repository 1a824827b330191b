"""Suspending the automatic backup of resources, and letting it go on. It comes to the same when repeated.

What a person asks for is backed up all the same: a resource that is suspended is left out by policies alone.
"""

from collections.abc import Iterator
from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.association import RESUME, SUSPEND, ProtectionSetting, Stage, ids_body, resource_ids
from cbr_desktop.domain.change import Change, Effect, Kind, Repeat, Result
from cbr_desktop.domain.document import ChangeDocument, Schema
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import ResourceId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.domain.request import content_of
from cbr_desktop.domain.vault import ProtectStatus, Vault
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations.operation import Reader, Search
from cbr_desktop.workflows.operations.vault_resources import (
    ResourcesOperation,
    busy_findings,
    foreign_findings,
    ids_in,
    named_resources,
    names_of,
    outcome_by,
    resources_lane,
    result_of,
    vault_findings,
)
from cbr_desktop.workflows.operations.vaults import judged, known_vault, read_vault, vault_id_in
from cbr_desktop.workflows.preflight import Preflight


class SetProtection(ResourcesOperation):
    """The operation that has policies leave resources of their vault out, or take them again; its answer tells all."""

    kind = Kind.SET_PROTECTION
    repeat = Repeat.SAFE
    effect = Effect.CHANGES
    path, method = "set-resources", "PUT"
    schema = Schema(
        "VaultSetResourceReq",
        {"action": (SUSPEND, RESUME), "resource_ids": [str]},
        frozenset({"action", "resource_ids"}),
    )
    judged_by = frozenset({Part.VAULTS})
    rereads = frozenset({Part.VAULTS})

    def draft_of(self, document: ChangeDocument) -> ProtectionSetting:
        """Return what a request file asks for."""
        is_on = (document.content or {})["action"] == RESUME
        return ProtectionSetting(vault_id_in(document), ids_in(document), is_on)

    def change(self, draft: ProtectionSetting, ledger: Reading) -> Change:
        """Return the change that suspends resources, or lets their automatic backup go on."""
        names = names_of(draft.resource_ids, ledger.vaults.get(draft.vault_id))
        body = ids_body(draft.resource_ids, action=RESUME if draft.is_on else SUSPEND)
        return self.made(draft.vault_id, names, resources_lane(draft.vault_id), body, ledger)

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge whether the vault has the resources, and say what policies leave out from then on."""
        findings, vault = vault_findings(change, ledger), known_vault(change, ledger)
        if vault is not None:
            findings += [*foreign_findings(change, vault, ledger), *_findings(change, vault)]
        return judged(findings, ledger)

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the vault: it was done if all its resources that were named stand as asked for."""
        vault = await read_vault(intent, reader)
        if vault is None:
            return Search()
        held, is_on = named_resources(intent.change, vault), is_resuming(intent.change)
        is_done = len(held) == len(resource_ids(intent.body)) and all(each.auto_protect is is_on for each in held)
        return Search(result_of(intent, stage_of(intent.change))) if is_done else Search(is_undone=True)

    async def look(self, intent: Intent, reader: Reader) -> Result | None:
        """The answer has told all."""
        return intent.result

    def outcome(self, intent: Intent, ledger: Reading) -> Outcome | None:
        """Return that it was done to each resource, since the answer named them all."""
        status = stage_of(intent.change)

        def fate(_id: ResourceId) -> tuple[Fate, str]:
            return Fate.DONE, status

        return outcome_by(intent, fate, known_vault(intent.change, ledger))


SET_PROTECTION = SetProtection()


def is_resuming(change: Change) -> bool:
    """Whether a change lets automatic backup go on."""
    return content_of(change.body).get("action") == RESUME


def stage_of(change: Change) -> Stage:
    """Return what a change comes to."""
    return Stage.RESUMED if is_resuming(change) else Stage.SUSPENDED


def _findings(change: Change, vault: Vault) -> Iterator[Finding]:
    part, is_on = finding.RequestPart.RESOURCES, is_resuming(change)
    resources = named_resources(change, vault)
    yield from busy_findings([each for each in resources if each.protect_status == ProtectStatus.REMOVING])
    for resource in resources:
        if resource.auto_protect is is_on:
            facts = {"resource": resource.name, "id": resource.id}
            yield finding.info(FindingKind.PROTECTION_UNCHANGED, part, **facts, is_on=is_on)
    stopped = [each.name for each in resources if each.auto_protect]
    if stopped and not is_on:
        yield finding.warn(FindingKind.PROTECTION_STOPS, part, resources=stopped, count=len(stopped))
