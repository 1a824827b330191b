"""Associating resources with a vault. A resource that is in the vault is the proof that it was done.

A second request for the same is refused as a whole, so that it may go again once reading has proved that it was not
done; the vault may show its new resources a little later.
"""

from collections.abc import Iterator
from datetime import datetime

from cbr_desktop.domain import finding
from cbr_desktop.domain.association import (
    ResourceAssociation,
    Stage,
    association_body,
    choices_in,
    holder_of,
    id_findings,
    resource_ids,
    volume_findings,
)
from cbr_desktop.domain.change import PRIOR_ID, Change, Effect, Kind, Repeat, Result
from cbr_desktop.domain.checkpoint import ResourceChoice
from cbr_desktop.domain.document import ChangeDocument, Schema
from cbr_desktop.domain.finding import Finding, FindingKind
from cbr_desktop.domain.ids import ResourceId
from cbr_desktop.domain.intent import Intent
from cbr_desktop.domain.outcome import Fate, Outcome
from cbr_desktop.domain.protectable import Protectable
from cbr_desktop.domain.request import content_of
from cbr_desktop.domain.vault import RESOURCES_PER_VAULT, ProtectType, ResourceType, Vault
from cbr_desktop.workflows.ledger import Ledger, Part, Reading
from cbr_desktop.workflows.operations.operation import Reader, Search
from cbr_desktop.workflows.operations.vault_policies import unknown_vault
from cbr_desktop.workflows.operations.vault_resources import (
    ResourcesOperation,
    home_of,
    outcome_by,
    resources_lane,
    result_of,
)
from cbr_desktop.workflows.operations.vaults import judged, known_vault, read_vault, state_findings, vault_id_in
from cbr_desktop.workflows.preflight import Preflight, choice_findings, taken_gb
from cbr_desktop.workflows.schedules import policy_of

_LISTED = (
    ResourceType.SERVER,
    ResourceType.BMS,
    ResourceType.NATIVE_SERVER,
    ResourceType.DISK,
    ResourceType.FILE_SYSTEM,
)
"""The types of resources of which the lists of what could be protected are read."""
_VOLUME = Schema("ResourceExtraInfoIncludeVolumes", {"id": str, "os_version": str}, frozenset({"id"}))
_EXTRA = Schema("ResourceExtraInfo", {"exclude_volumes": [str], "include_volumes": [_VOLUME]})
RESOURCE_CREATE = Schema(
    "ResourceCreate", {"id": str, "type": str, "name": str, "extra_info": _EXTRA}, frozenset({"id", "type"})
)


class AssociateResources(ResourcesOperation):
    """The operation that puts resources into a vault."""

    kind = Kind.ASSOCIATE_RESOURCES
    repeat = Repeat.AFTER_PROOF
    effect = Effect.ADDS
    path = "addresources"
    schema = Schema("VaultAddResourceReq", {"resources": [RESOURCE_CREATE]}, frozenset({"resources"}))
    busy_codes = frozenset({"6103", "6104"})
    """What the service says of resources that are in a vault already: by this request, or by another."""
    judged_by = frozenset({Part.VAULTS, Part.PROTECTABLES, Part.POLICIES})
    rereads = frozenset({Part.VAULTS, Part.PROTECTABLES})

    def draft_of(self, document: ChangeDocument) -> ResourceAssociation:
        """Return the association that a request file asks for."""
        return ResourceAssociation(vault_id_in(document), choices_in(document.content or {}))

    def change(self, draft: ResourceAssociation, ledger: Reading) -> Change:
        """Return the change that puts resources into a vault. ``ValueError`` while no vault is named."""
        if not draft.vault_id:
            raise ValueError("a request needs a vault")
        names = [each.name or each.id for each in draft.resources]
        return self.made(draft.vault_id, names, resources_lane(draft.vault_id), association_body(draft), ledger)

    def judge(self, change: Change, ledger: Ledger, now: datetime) -> Preflight:
        """Judge whether the vault takes the resources, whether they are free, and whether it has room for them."""
        choices, vault = choices_in(content_of(change.body)), known_vault(change, ledger)
        findings = [
            *id_findings(resource_ids(change.body), "body.resources"),
            *volume_findings(choices),
            *unknown_vault(change, ledger),
            *_choice_findings(choices, change, ledger),
        ]
        if vault is not None:
            findings += [*state_findings(vault), *_vault_findings(choices, vault, ledger)]
        return judged(findings, ledger)

    async def find(self, intent: Intent, reader: Reader) -> Search:
        """Read the vault: it was done if it has all resources that were named, since the service takes all or none."""
        vault = await read_vault(intent, reader)
        if vault is None or any(vault.resource(id) is None for id in resource_ids(intent.body)):
            return Search(is_undone=True)
        return Search(result_of(intent, Stage.ASSOCIATED))

    async def look_into_busy(self, intent: Intent, reader: Reader) -> Search:
        """Look for the resources in this vault and in others; where none shows them, its own may show later."""
        found = await self.find(intent, reader)
        if found.proved is not None:
            return found
        listing = await reader.cloud.vaults()
        elsewhere = {each.id for vault in listing.rows for each in vault.resources if vault.id != intent.subject.id}
        is_seen = not elsewhere.isdisjoint(resource_ids(intent.body))
        return Search(is_whole=is_seen and listing.complete)

    async def look(self, intent: Intent, reader: Reader) -> Result | None:
        """Read the vault until it shows its new resources."""
        vault = await read_vault(intent, reader)
        is_whole = vault is not None and all(vault.resource(id) is not None for id in resource_ids(intent.body))
        return result_of(intent, Stage.ASSOCIATED if is_whole else Stage.UNSEEN)

    def outcome(self, intent: Intent, ledger: Reading) -> Outcome | None:
        """Return which resources are in the vault; of one that it does not show that stays unknown."""
        vault = known_vault(intent.change, ledger)
        is_whole = intent.result is not None and intent.result.status == Stage.ASSOCIATED

        def fate(id: ResourceId) -> tuple[Fate, str]:
            is_in = is_whole or (vault is not None and vault.resource(id) is not None)
            return (Fate.DONE, Stage.ASSOCIATED) if is_in else (Fate.UNCERTAIN, Stage.UNSEEN)

        return outcome_by(intent, fate, vault)


ASSOCIATE_RESOURCES = AssociateResources()


def _vault_findings(choices: tuple[ResourceChoice, ...], vault: Vault, ledger: Ledger) -> Iterator[Finding]:
    """Judge whether a vault takes resources, and whether it has room for them."""
    part, name = finding.RequestPart.VAULT, vault.name
    if vault.protect_type == ProtectType.REPLICATION:
        yield finding.block(FindingKind.VAULT_TAKES_REPLICAS, part, "6102", vault=name)
    elif vault.protect_type == ProtectType.HYBRID or vault.cloud_type not in ("public", ""):
        kind = vault.cloud_type if vault.cloud_type not in ("public", "") else str(vault.protect_type)
        yield finding.block(FindingKind.VAULT_NOT_PUBLIC, part, "6102", vault=name, cloud_type=kind)
    own = {each.id for each in vault.resources}
    count = len(own) + sum(each.id not in own for each in choices)
    if count > RESOURCES_PER_VAULT:
        facts = {"vault": name, "count": count, "limit": RESOURCES_PER_VAULT}
        yield finding.block(FindingKind.VAULT_CROWDED, part, "6100", **facts)
    for choice in choices:
        holder = holder_of(choice.type)
        if holder is not None and holder != vault.kind:
            facts = {"vault": name, "holds": vault.kind, "resource": choice.name or choice.id, "id": choice.id}
            yield finding.block(FindingKind.VAULT_TYPE_UNFIT, part, "6102", **facts, type=choice.type)
    allocated_gb = vault.allocated_gb + added_gb(choices, ledger)
    if allocated_gb > vault.size_gb and count > len(own):
        say = finding.info if vault.auto_expand else finding.warn
        facts = {"vault": name, "allocated_gb": allocated_gb, "size_gb": vault.size_gb}
        yield say(FindingKind.VAULT_OVERBOOKED, part, "6114", **facts, auto_expand=vault.auto_expand)
    elif count > len(own):
        facts = {"vault": name, "allocated_gb": allocated_gb, "size_gb": vault.size_gb}
        yield finding.info(FindingKind.VAULT_ROOM, part, "", **facts)
    policy = policy_of(vault.id, ledger)
    if ledger.freshness[Part.POLICIES].as_of is not None and (policy is None or not policy.enabled):
        yield finding.info(FindingKind.VAULT_WITHOUT_POLICY, finding.RequestPart.SCHEDULE, vault=name, count=count)


def added_gb(choices: tuple[ResourceChoice, ...], ledger: Ledger) -> int:
    """Return what a vault is to hold besides, in GB: the sizes of what is taken of resources, as far as is known."""
    known = ((ledger.protectables.get(each.id), each) for each in choices)
    return sum(taken_gb(held, choice) for held, choice in known if held is not None)


def _choice_findings(choices: tuple[ResourceChoice, ...], change: Change, ledger: Ledger) -> Iterator[Finding]:
    """Judge each resource: whether it is known, free and protectable, and which of its disks are taken."""
    known = [(choice, ledger.protectables.get(choice.id)) for choice in choices]
    disks = [ResourceId(disk.id) for _choice, held in known if held is not None for disk in held.disks]
    homes = home_of({*(each.id for each in choices), *disks}, ledger)
    for index, (choice, held) in enumerate(known):
        if holder_of(choice.type) is None:
            facts = {"path": f"body.resources[{index}].type", "found": choice.type}
            yield finding.warn(FindingKind.TYPE_UNKNOWN, finding.RequestPart.RESOURCES, "6116", **facts)
        yield from _home_findings(choice, held, homes, change, ledger)
        if held is None:
            yield from _unknown_findings(choice, ledger)
            continue
        yield from _protectable_findings(choice, held, ledger)


def _home_findings(
    choice: ResourceChoice, held: Protectable | None, homes: dict[ResourceId, Vault], change: Change, ledger: Ledger
) -> Iterator[Finding]:
    """Say where a resource, or a disk of it, is already."""
    part, name = finding.RequestPart.RESOURCES, choice.name or (held.name if held is not None else "") or choice.id
    home, vault = homes.get(choice.id), known_vault(change, ledger)
    facts = {"resource": name, "id": choice.id, "vault": vault.name if vault is not None else ""}
    if home is not None and home.id == change.subject.id:
        yield finding.block(FindingKind.RESOURCE_HELD, part, "6104", **facts, other_vault=None)
    elif home is not None:
        yield finding.block(FindingKind.RESOURCE_HELD, part, "6103", **facts, other_vault=home.name)
    elif held is not None and held.vault_id is not None:
        code = "7116" if held.type == ResourceType.DISK else "6103"
        other = ledger.vaults.get(held.vault_id)
        told = other.name if other is not None else held.vault_id
        yield finding.block(FindingKind.RESOURCE_HELD, part, code, **facts, other_vault=told)
    elif held is not None and held.type != ResourceType.DISK:
        taken = next((homes[ResourceId(disk.id)] for disk in held.disks if ResourceId(disk.id) in homes), None)
        if taken is not None:
            yield finding.block(FindingKind.DISK_HELD, part, "7006", **facts, other_vault=taken.name)


def _unknown_findings(choice: ResourceChoice, ledger: Ledger) -> Iterator[Finding]:
    """Say that a resource is not among those that could be protected; that blocks only where all of them are known."""
    fresh = ledger.freshness[Part.PROTECTABLES]
    is_whole = fresh.as_of is not None and fresh.complete and not fresh.from_cache and fresh.lacking is None
    if choice.id != PRIOR_ID:
        say = finding.block if is_whole and choice.type in _LISTED else finding.warn
        facts = {"resource": choice.name or choice.id, "id": choice.id}
        yield say(FindingKind.RESOURCE_UNKNOWN, finding.RequestPart.RESOURCES, "6302", **facts)


def _protectable_findings(choice: ResourceChoice, held: Protectable, ledger: Ledger) -> Iterator[Finding]:
    part, name = finding.RequestPart.RESOURCES, choice.name or held.name or choice.id
    if not held.protectable:
        code, reason = held.code.removeprefix("BackupService."), held.reason or held.message
        yield finding.block(
            FindingKind.RESOURCE_NOT_PROTECTABLE, part, code, resource=name, id=choice.id, reason=reason
        )
    own = {disk.id for disk in held.disks}
    unknown = [each for each in choice.exclude_volumes + choice.include_volumes if each not in own]
    if own and unknown:
        yield finding.block(FindingKind.DISK_UNKNOWN, part, "7000", resource=name, id=choice.id, disk=unknown[0])
    if choice.include_volumes and not ledger.profile.beta_fields:
        yield finding.warn(FindingKind.BETA_FIELD, part, "9900", path="include_volumes")
    yield from choice_findings(name, held, choice)
