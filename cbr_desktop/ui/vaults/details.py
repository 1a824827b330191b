"""What the details say of a vault."""

from cbr_desktop.domain.vault import Resource, Vault
from cbr_desktop.text.catalogue import _, listed
from cbr_desktop.text.marks import mark
from cbr_desktop.text.sharing import replicas_sentence
from cbr_desktop.text.states import gb_words, protect_words, shown, state_words, status_words
from cbr_desktop.text.words import (
    NONE,
    Times,
    binding_words,
    explain_vault,
    fixed_disks_words,
    level_words,
    redundancy_words,
    share_words,
    threshold_words,
    use_words,
    vault_billing_words,
)
from cbr_desktop.ui.session.sheet import Relation, Sheet, activity
from cbr_desktop.ui.vaults.page import VaultIndex, tag_words, vault_kind_words
from cbr_desktop.workflows.ledger import Reading
from cbr_desktop.workflows.replicas import replicas_of


def vault_sheet(vault: Vault, ledger: Reading, vault_index: VaultIndex, times: Times) -> Sheet:
    """Return what is known of a vault: its use, its rules, its resources."""
    happened = activity([task for task in ledger.tasks.values() if task.vault_id == vault.id], times)
    kind = _("{vault} vault").format(vault=vault_kind_words(vault))
    state = state_words(vault.status)
    return Sheet(
        vault.id,
        vault.name,
        kind,
        state,
        mark(vault.status),
        explain_vault(vault),
        _facts(vault, ledger, vault_index, times),
        _relations(vault, vault_index),
        happened,
        vault.id if vault.takes_checkpoints else None,
        (vault.used_percent, vault.threshold_percent) if vault.size_gb else None,
    )


def _facts(vault: Vault, ledger: Reading, vault_index: VaultIndex, times: Times) -> list[tuple[str, str]]:
    replicas = replicas_of(vault.id, vault_index.backups(vault), ledger.policies.values())
    return [
        (_("Used"), f"{use_words(vault)} = {share_words(vault.used_percent)}" if vault.size_gb else use_words(vault)),
        (
            _("Free"),
            gb_words(vault.free_gb)
            if vault.free_gb >= 0
            else _("none; over-full by {size}").format(size=gb_words(-vault.free_gb)),
        ),
        (_("Protection"), status_words(vault.protect_type)),
        (
            _("Resources"),
            _("{count}, {allocated_gb} allocated").format(
                count=len(vault.resources), allocated_gb=gb_words(vault.allocated_gb)
            ),
        ),
        (_("Specification"), listed([level_words(vault.consistent_level), redundancy_words(vault)])),
        (_("Billing"), vault_billing_words(vault)),
        (_("Policy"), vault_index.policy_words(vault)),
        (_("Last good backup"), times.age_and_date(vault_index.last_good_now(vault))),
        *((_("Replicas"), replicas_sentence(each)) for each in replicas),
        (_("Threshold"), threshold_words(vault)),
        (_("Auto expand"), _("On") if vault.auto_expand else _("Off")),
        (_("Auto association"), binding_words(vault)),
        (_("Backup locking"), _("Locked (WORM)") if vault.worm_locked else _("Off")),
        (_("Tags"), tag_words(vault) or NONE),
        (_("Description"), vault.description or NONE),
        (_("Enterprise project"), vault_index.enterprise_project_words(vault)),
        (_("Created"), times.age_and_date(vault.created_at)),
        ("ID", vault.id),
    ]


def _relations(vault: Vault, vault_index: VaultIndex) -> list[Relation]:
    """Return the policies of a vault, and the resources in it."""
    policies = [
        Relation(
            (_("Policy: {name}") if policy.enabled else _("Policy: {name} (disabled)")).format(
                name=shown(policy.name, 80)
            ),
            "Policies",
            policy.id,
        )
        for policy in vault_index.policies(vault)
    ]
    return policies + [
        Relation(
            _("{type}: {name} – {traits}").format(
                type=status_words(r.type), name=shown(r.name, 80), traits=listed(_traits(r))
            ),
            "Resources",
            r.id,
        )
        for r in vault.resources
    ]


def _traits(resource: Resource) -> list[str]:
    """Return how a resource stands in its vault."""
    traits = [protect_words(resource.protect_status), gb_words(resource.size_gb), fixed_disks_words(resource)]
    return [*filter(None, traits), *([] if resource.auto_protect else [_("suspended")])]
