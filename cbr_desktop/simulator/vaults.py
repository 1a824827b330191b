"""Vaults: lists and single reads."""

from . import refusals
from .call import Answer, Call
from .entities import Vault
from .queries import Filters, one, page
from .wire import Wire


def every(call: Call) -> Answer:
    """GET vaults, newest first."""
    wanted = Filters[Vault](call)
    wanted.name("name", lambda vault: vault.name)
    wanted.choice("cloud_type", lambda _vault: "public", ("public", "hybrid"))
    wanted.choice("protect_type", lambda vault: vault.protect_type, ("backup", "replication"))
    wanted.equal("object_type", lambda vault: vault.object_type)
    wanted.equal("status", lambda vault: vault.status)
    wanted.equal("enterprise_project_id", lambda vault: vault.enterprise_project_id, "all_granted_eps")
    wanted.among("id", lambda vault: vault.id, call.every("id"))
    policy_id = call.first("policy_id")
    if policy_id is not None:
        policy = call.estate.policies.get(policy_id)
        wanted.among("policy_id", lambda vault: vault.id, policy.vaults if policy else ())
    resource_ids = call.first("resource_ids")
    if resource_ids is not None:
        asked = set(resource_ids.split(","))
        wanted.tests.append(lambda vault: not asked.isdisjoint(vault.resources))
    own = call.estate.vaults.values()
    found = sorted(wanted.pick(own), key=lambda vault: vault.created_at, reverse=True)
    return page(call, "vaults", found, Wire(call.estate, call.modes).vault)


def external(call: Call) -> Answer:
    """GET vaults/external: the vaults of a project in another region; `vault_id` overrides the other filters."""
    region_id, project_id = call.first("region_id"), call.first("external_project_id")
    if region_id is None or project_id is None:
        raise refusals.invalid("external_project_id" if region_id else "region_id")
    projects = [each.id for each in call.estate.projects if each.region == region_id]
    there = call.estate.of(project_id) if project_id in projects else None
    own = list(there.vaults.values()) if there else []
    wanted = Filters[Vault](call)
    if call.first("vault_id") is None:
        wanted.equal("protect_type", lambda vault: vault.protect_type)
        wanted.equal("objcet_type", lambda vault: vault.object_type)
        wanted.equal("cloud_type", lambda _vault: "public")
    wanted.equal("vault_id", lambda vault: vault.id)
    found = sorted(wanted.pick(own), key=lambda vault: vault.created_at, reverse=True)
    return page(call, "vaults", found, Wire(there or call.estate, call.modes).vault)


def show(call: Call) -> Answer:
    """GET one vault."""
    vault = one(call, call.estate.vaults, "vault_id", "6105")
    return Answer({"vault": Wire(call.estate, call.modes).vault(vault)})


def summary(call: Call) -> Answer:
    """GET vaults/summary: size in GB, used_size in MB, over all vaults."""
    vaults = call.estate.vaults.values()
    used_mb = sum(vault.used_mb for vault in vaults)
    return Answer({"size": sum(vault.size_gb for vault in vaults), "used_size": used_mb})
