"""The commands that tell what vaults hold: one vault in full, and the resources in vaults and in none."""

import argparse
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from cbr_desktop.cli.lists import ProjectLists, run_reading, unknown_vault
from cbr_desktop.cli.output import problem_sentence, remark
from cbr_desktop.cli.tables import GOOD, PARTIAL, UNUSABLE, show, table
from cbr_desktop.cli.vaults import vault_record
from cbr_desktop.domain.enterprise_project import EnterpriseProject
from cbr_desktop.domain.ids import DEFAULT_ENTERPRISE_PROJECT
from cbr_desktop.domain.policy import Policy
from cbr_desktop.domain.vault import Resource, Vault
from cbr_desktop.text.catalogue import _, listed, ngettext
from cbr_desktop.text.enterprise_projects import enterprise_project_words, reading_note
from cbr_desktop.text.states import (
    clock_words,
    counted,
    gb_words,
    protect_words,
    quoted,
    shown,
    state_words,
    status_words,
    utc_words,
)
from cbr_desktop.text.words import (
    binding_words,
    fixed_disks_words,
    gap_words,
    incomplete_sentence,
    level_words,
    mb_words,
    part_words,
    redundancy_words,
    share_words,
    threshold_words,
    use_words,
    vault_billing_words,
)
from cbr_desktop.workflows.gaps import Gap, PolicyGaps, gap_of
from cbr_desktop.workflows.ledger import Ledger, Part, ResourceRow

_NONE = "-"

_UNPROTECTED = {Gap.FREE, Gap.UNFIT, Gap.SUSPENDED}
_WITHOUT_POLICY = {Gap.NO_POLICY, Gap.POLICY_OFF}


def resources(options: argparse.Namespace) -> int:
    """List the resources of a project: those of the vaults, vault by vault, then those in none."""
    return run_reading(options, _listed, keeps=True)


def show_vault(options: argparse.Namespace) -> int:
    """Tell all that is known of one vault."""
    return run_reading(options, _shown, keeps=True)


async def _read(lists: ProjectLists, *parts: Part) -> tuple[Ledger, bool]:
    """Read lists afresh, over what was seen last; return what is known, and whether all of it was read.

    The error that is in the way when even the vaults could not be read.
    """
    since = lists.clock.now()
    await lists.refresh.recall()
    await lists.refresh.once([Part.VAULTS, Part.TASKS, *parts])
    ledger, is_whole = lists.ledger, True
    held: dict[Part, Mapping[Any, Any]] = {
        Part.VAULTS: ledger.vaults,
        Part.BACKUPS: ledger.backups,
        Part.POLICIES: ledger.policies,
        Part.PROTECTABLES: ledger.protectables,
    }
    for part in (Part.VAULTS, *parts):
        freshness = ledger.freshness[part]
        is_fresh = freshness.as_of is not None and freshness.as_of >= since
        if part is Part.VAULTS and not is_fresh and freshness.error is not None:
            raise freshness.error
        trouble = freshness.error or freshness.lacking
        if trouble is not None:
            remark(
                _("The list of {part} could not be read: {error}").format(
                    part=part_words(part), error=problem_sentence(trouble)
                )
            )
        elif not freshness.complete:
            known = len(held[part])
            given = counted("{count} row", "{count} rows", known)
            remark(incomplete_sentence(given, freshness.shortfall, known, freshness.total))
        is_whole = is_whole and is_fresh and freshness.complete and trouble is None
    return ledger, is_whole


async def _listed(lists: ProjectLists, options: argparse.Namespace) -> int:
    ledger, is_whole = await _read(lists, Part.PROTECTABLES, Part.BACKUPS, Part.POLICIES)
    unknown = unknown_vault(ledger, options.vault) if options.vault is not None else ""
    if unknown:
        remark(unknown)
        return UNUSABLE
    schedules = PolicyGaps(ledger)
    rows = _wanted(ledger, schedules, options)
    record = {
        "resources": [_record(row, schedules) for row in rows],
        "complete": is_whole,
        "as_of": ledger.freshness[Part.VAULTS].as_of,
    }
    show(options, record, _table(rows, schedules, lists.clock.now()))
    if not options.json:
        remark(_summary(rows, schedules))
    return GOOD if is_whole else PARTIAL


def _wanted(ledger: Ledger, schedules: PolicyGaps, options: argparse.Namespace) -> list[ResourceRow]:
    rows: Iterable[ResourceRow] = ledger.resource_rows()
    wanted = (_UNPROTECTED if options.unprotected else set()) | (_WITHOUT_POLICY if options.without_policy else set())
    if wanted:
        rows = [row for row in rows if gap_of(row, schedules) in wanted]
    if options.vault is not None:
        rows = [row for row in rows if row.vault is not None and options.vault in (row.vault.id, row.vault.name)]
    return list(rows)


def _summary(rows: Sequence[ResourceRow], schedules: PolicyGaps) -> str:
    """Return how many resources policies do not back up, and why."""
    gaps = [gap_of(row, schedules) for row in rows]
    told = {
        Gap.FREE: ngettext("{count} in no vault", "{count} in no vault", gaps.count(Gap.FREE)),
        Gap.UNFIT: ngettext("{count} not protectable", "{count} not protectable", gaps.count(Gap.UNFIT)),
        Gap.SUSPENDED: ngettext("{count} suspended", "{count} suspended", gaps.count(Gap.SUSPENDED)),
        Gap.NO_POLICY: ngettext(
            "{count} in a vault without policy", "{count} in vaults without policy", gaps.count(Gap.NO_POLICY)
        ),
        Gap.POLICY_OFF: ngettext(
            "{count} in a vault whose policy is disabled",
            "{count} in vaults whose policies are disabled",
            gaps.count(Gap.POLICY_OFF),
        ),
    }
    said = [words.format(count=gaps.count(gap)) for gap, words in told.items() if gaps.count(gap)]
    if not rows:
        return _("There is no such resource.")
    whole = counted("{count} resource", "{count} resources", len(rows))
    if not said:
        return _("{resources}; policies back all of them up.").format(resources=whole)
    return _("{resources}: {gaps}.").format(resources=whole, gaps=listed(said))


def _record(row: ResourceRow, schedules: PolicyGaps) -> dict[str, Any]:
    """Return a resource for JSON; sizes carry their unit in the key."""
    resource, held = row.resource, row.protectable
    return {
        "id": resource.id,
        "name": resource.name,
        "type": str(resource.type),
        "size_gb": resource.size_gb,
        "vault": None if row.vault is None else {"id": row.vault.id, "name": row.vault.name},
        "vault_of_server": None if row.server_vault is None else row.server_vault.id,
        "protect_status": resource.protect_status and str(resource.protect_status),
        "auto_protect": resource.auto_protect if row.vault is not None else None,
        "why_unprotected": gap_of(row, schedules),
        "protectable": None
        if held is None
        else {"result": held.protectable, "code": held.code or None, "reason": held.reason or held.message or None},
        "backup_count": resource.backup_count,
        "backup_size_mb": resource.backup_size_mb,
        "last_good_backup_at": row.last_good.created_at if row.last_good is not None else None,
        "exclude_volumes": list(resource.exclude_volumes),
        "include_volumes": list(resource.include_volumes),
    }


def _table(rows: Sequence[ResourceRow], schedules: PolicyGaps, now: datetime) -> str:
    head = (
        *(_("NAME"), _("TYPE"), _("VAULT"), _("STATE"), _("NOT BACKED UP BECAUSE"), _("SIZE")),
        *(_("LAST GOOD BACKUP"), _("BACKUPS"), _("ID")),
    )
    return table([head, *(_cells(row, schedules, now) for row in rows)])


def _cells(row: ResourceRow, schedules: PolicyGaps, now: datetime) -> tuple[str, ...]:
    resource, holder = row.resource, row.vault or row.server_vault
    made = row.last_good.created_at if row.last_good is not None else None
    return (
        shown(resource.name, 64),
        status_words(resource.type),
        shown(holder.name, 64) if holder is not None else shown(row.unlisted_vault) if row.unlisted_vault else _NONE,
        protect_words(resource.protect_status) if row.vault is not None else _NONE,
        gap_words(row, schedules) or _NONE,
        gb_words(resource.size_gb),
        clock_words(made, now) if made is not None else _NONE,
        str(resource.backup_count),
        shown(resource.id),
    )


# one vault


async def _shown(lists: ProjectLists, options: argparse.Namespace) -> int:
    ledger, is_whole = await _read(lists, Part.POLICIES, Part.BACKUPS)
    found = [each for each in ledger.vaults.values() if options.vault in (each.id, each.name)]
    if len(found) != 1:
        return _not_told(options, ledger, found)
    (vault,) = found
    if vault.enterprise_project_id != DEFAULT_ENTERPRISE_PROJECT:
        # its name is told by a service of its own, which need not answer
        await lists.refresh.once([Part.ENTERPRISE_PROJECTS])
        note = reading_note(ledger)
        if note:
            remark(note)
    rows = [row for row in ledger.resource_rows() if row.vault is vault]
    policies = [each for each in ledger.policies.values() if vault.id in each.vault_ids]
    record = {
        **vault_record(vault),
        **_further(vault, ledger.enterprise_projects.get(vault.enterprise_project_id)),
        "resources": [_record(row, PolicyGaps(ledger)) for row in rows],
        "policies": [{"id": each.id, "name": each.name, "enabled": each.enabled} for each in policies],
        "complete": is_whole,
        "as_of": ledger.freshness[Part.VAULTS].as_of,
    }
    sorted_into = enterprise_project_words(vault.enterprise_project_id, ledger.enterprise_projects)
    show(options, record, _vault_text(vault, policies, rows, sorted_into))
    return GOOD if is_whole else PARTIAL


def _not_told(options: argparse.Namespace, ledger: Ledger, found: Sequence[Vault]) -> int:
    """Say why no vault is told of: there is none of that name, or several."""
    sentence = (
        _("There are {count} vaults called {name}. Name one by its id: {ids}.").format(
            count=len(found), name=quoted(options.vault, 80), ids=listed([shown(each.id) for each in found])
        )
        if found
        else unknown_vault(ledger, options.vault)
    )
    if options.json:
        show(options, {"vault": None, "problems": [sentence]}, sentence)
    remark(sentence)
    return UNUSABLE


def _further(vault: Vault, project: EnterpriseProject | None) -> dict[str, Any]:
    """Return what a list of vaults leaves out."""
    return {
        "allocated_gb": vault.allocated_gb,
        "free_gb": round(vault.free_gb, 2),
        "threshold_percent": vault.threshold_percent,
        "auto_expand": vault.auto_expand,
        "auto_bind": vault.auto_bind,
        "bind_tags": [{"key": key, "value": value} for key, value in vault.bind_tags],
        "notify": vault.notify,
        "multi_az": vault.multi_az,
        "worm_locked": vault.worm_locked,
        "consistent_level": vault.consistent_level or None,
        "charging_mode": vault.charging_mode or None,
        "enterprise_project_id": vault.enterprise_project_id,
        "enterprise_project": project.name if project is not None else None,
        "description": vault.description,
        "tags": vault.tags,
        "created_at": vault.created_at,
    }


def _vault_text(vault: Vault, policies: Sequence[Policy], rows: Sequence[ResourceRow], enterprise_project: str) -> str:
    made, applied = vault.created_at, [shown(each.name, 64) for each in policies]
    tags = [f"{shown(key, 60)}={shown(value, 80)}" for key, value in vault.tags.items()]
    share = f" = {share_words(vault.used_percent)}" if vault.size_gb else ""
    facts = (
        (_("State"), state_words(vault.status)),
        (_("Kind"), listed([status_words(vault.kind), status_words(vault.protect_type)])),
        (_("Used"), use_words(vault) + share),
        (_("Allocated"), gb_words(vault.allocated_gb)),
        (_("Specification"), listed([level_words(vault.consistent_level), redundancy_words(vault)])),
        (_("Billing"), vault_billing_words(vault)),
        (_("Policy"), listed(applied) or _("None")),
        (_("Threshold"), threshold_words(vault)),
        (_("Auto expand"), _("On") if vault.auto_expand else _("Off")),
        (_("Auto association"), binding_words(vault)),
        (_("Backup locking"), _("Locked (WORM)") if vault.worm_locked else _("Off")),
        (_("Tags"), listed(tags) or _("None")),
        (_("Description"), shown(vault.description, 300) or _NONE),
        (_("Enterprise project"), enterprise_project),
        (_("Created"), utc_words(made) if made is not None else _NONE),
        ("ID", shown(vault.id)),
    )
    width = max(len(title) for title, _words in facts)
    lines = [shown(vault.name, 64), *(f"  {title:<{width}}  {words}" for title, words in facts), ""]
    head = (*(_("NAME"), _("TYPE"), _("STATE"), _("SIZE"), _("DISKS"), _("BACKUPS"), _("BACKUP SIZE")), _("ID"))
    held = [head, *(_held_cells(row.resource) for row in rows)]
    return "\n".join([*lines, table(held) if rows else _("It holds no resource.")])


def _held_cells(resource: Resource) -> tuple[str, ...]:
    state = protect_words(resource.protect_status)
    return (
        shown(resource.name, 64),
        status_words(resource.type),
        state if resource.auto_protect else listed([state, _("suspended")]),
        gb_words(resource.size_gb),
        fixed_disks_words(resource) or _("all"),
        str(resource.backup_count),
        mb_words(resource.backup_size_mb),
        shown(resource.id),
    )
