"""What the details say of a resource."""

from cbr_desktop.domain.vault import ProtectType
from cbr_desktop.text.catalogue import _, sentences
from cbr_desktop.text.states import gb_words, quoted, shown, state_words, status_words
from cbr_desktop.text.words import NONE, Times, fixed_disks_words, mb_words
from cbr_desktop.ui.resources.page import (
    holder_words,
    last_good_at,
    protectable_words,
    protection_mark,
    protection_words,
)
from cbr_desktop.ui.session.sheet import LINES, Relation, Sheet, activity
from cbr_desktop.workflows.gaps import Gap, PolicyGaps, gap_of
from cbr_desktop.workflows.ledger import Reading, ResourceRow


def resource_sheet(row: ResourceRow, ledger: Reading, times: Times) -> Sheet:
    """Return what is known of a resource: its vault, its disks and its backups."""
    resource = row.resource
    happened = activity([task for task in ledger.tasks.values() if task.resource_id == resource.id], times)
    return Sheet(
        resource.id,
        resource.name,
        status_words(resource.type),
        protection_words(row),
        protection_mark(row),
        _explain(row, PolicyGaps(ledger)),
        _facts(row, times),
        _relations(row, ledger, times),
        happened,
        row.vault.id if row.vault and row.vault.takes_checkpoints else None,
    )


def _facts(row: ResourceRow, times: Times) -> list[tuple[str, str]]:
    resource = row.resource
    return [
        (_("Vault"), holder_words(row)),
        (_("Size"), gb_words(resource.size_gb)),
        (_("Last good backup"), times.age_and_date(last_good_at(row))),
        (
            _("Backups"),
            _("{backup_count}, {backup_size_mb} in all").format(
                backup_count=resource.backup_count, backup_size_mb=mb_words(resource.backup_size_mb)
            ),
        ),
        (_("Disks"), fixed_disks_words(resource) or (NONE if row.vault is None else _("All of them"))),
        (_("Auto-protect"), NONE if row.vault is None else _("On") if resource.auto_protect else _("Suspended")),
        (_("Protectable"), protectable_words(row)),
        ("ID", resource.id),
    ]


def _relations(row: ResourceRow, ledger: Reading, times: Times) -> list[Relation]:
    """Return the vault of a resource, its disks, and the newest of its backups."""
    resource, relations = row.resource, []
    if row.vault is not None:
        words = _("Vault: {vault} – {status}").format(
            vault=shown(row.vault.name, 80), status=state_words(row.vault.status)
        )
        relations.append(Relation(words, "Vaults", row.vault.id))
    if row.protectable is not None:
        taken, left_out = _("Disk: {d} – {size_gb} {device}"), _("Disk left out: {d} – {size_gb} {device}")
        relations += [
            Relation(
                (taken if row.vault is None or resource.takes(d.id) else left_out)
                .format(d=shown(d.name, 80), size_gb=gb_words(d.size_gb), device=shown(d.device, 40))
                .rstrip()
            )
            for d in row.protectable.disks
        ]
    backups = sorted(
        (b for b in ledger.backups.values() if b.resource_id == resource.id and b.created_at is not None),
        key=lambda backup: backup.created_at or times.now(),
        reverse=True,
    )
    return relations + [
        Relation(
            _("Backup: {b} – {status}, {created_at}").format(
                b=shown(b.name, 80), status=state_words(b.status), created_at=times.text(b.created_at)
            ),
            "Backups",
            b.id,
        )
        for b in backups[:LINES]
    ]


def _explain(row: ResourceRow, schedules: PolicyGaps) -> str:
    """Return what the state of a resource means, and whether policies leave it out."""
    why = {
        Gap.SUSPENDED: _("Policies leave it out: its automatic backup is suspended."),
        Gap.NO_POLICY: _("No policy is applied to its vault: nothing backs it up by itself."),
        Gap.POLICY_OFF: _("The policy of its vault is disabled: nothing backs it up by itself."),
    }
    gap = gap_of(row, schedules)
    return sentences(_state_words(row), why.get(gap, "") if gap is not None else "")


def _state_words(row: ResourceRow) -> str:
    if row.unlisted_vault:
        return _("It is in vault {unlisted_vault} by the service, whose list of vaults does not show it there.").format(
            unlisted_vault=shown(row.unlisted_vault)
        )
    if row.server_vault is not None:
        return _("It is a disk of a server in vault {vault}, and backed up with the server.").format(
            vault=quoted(row.server_vault.name, 80)
        )
    if row.vault is None:
        can = row.protectable is None or row.protectable.protectable
        return _("It is in no vault, so nothing backs it up.") + ("" if can else f" {protectable_words(row)}.")
    if row.resource.protect_status is None and row.vault.protect_type == ProtectType.REPLICATION:
        return _("Its backups are made in another vault; this one only takes replicas of them.")
    if row.resource.protect_status is None:
        return _("It is in a vault but has never been backed up; its first backup will be a full one.")
    return {
        "available": _("It can be backed up."),
        "protecting": _("It is being backed up now; another backup has to wait."),
        "restoring": _("It is being restored; it takes no backup meanwhile."),
        "removing": _("It is being taken out of its vault, and its backups with it."),
        "error": _("Something is wrong with it at the service; the newest task below may tell what."),
    }.get(str(row.resource.protect_status), _("This version does not know what that state means."))
