"""Tags of vaults, and the search for vaults by tags, by the rules of the API reference and its error table."""

import re
from collections.abc import Callable
from functools import partial

from . import refusals
from .bodies import Body, Object, flag_of, items_of, object_of, text_of
from .call import Answer, Call, Rows
from .entities import Vault
from .modes import Modes
from .queries import one
from .wire import Json, Wire

Tags = list[tuple[str, str]]
Test = Callable[[Vault], bool]

LETTERS = r"\u4e00-\u9fa5\uf900-\ufa2da-zA-Z0-9_\-"
KEY = re.compile(rf"[{LETTERS}]{{1,36}}")
VALUE = re.compile(rf"[{LETTERS}.]{{0,43}}")
PLAIN_VALUE = re.compile(rf"[{LETTERS}]{{0,43}}")
"""A value on OTC, where no dot is allowed."""
KEYS_OF_A_SEARCH = VALUES_OF_A_SEARCH = 10
ACTION = re.compile(r"create|delete")
SEARCH = re.compile(r"filter|count")
NUMBER = re.compile(r"[0-9]{1,9}")
ANY = re.compile(r"(?s).*")
NAMED = re.compile(r"resource_name")


def read_tags(modes: Modes, given: object) -> Tags:
    """The tags of a request; a key that stands twice in it is a 9900."""
    tags = [read_tag(modes, object_of(each, "tags"), True) for each in items_of(given, "tags", modes.tags_most)]
    if len({key for key, _ in tags}) < len(tags):
        raise refusals.invalid("tags")
    return tags


def read_tag(modes: Modes, given: Object, whole: bool) -> tuple[str, str]:
    """Key and value without the blanks around them; `whole`: a value is needed, though it may be empty."""
    key, value = given.get("key"), given.get("value")
    if isinstance(key, str):
        key = key.strip()
    if value is None and not whole:
        value = ""
    if isinstance(value, str):
        value = value.strip()
    return text_of(key, KEY, "key"), text_of(value or "", PLAIN_VALUE if modes.otc else VALUE, "value")


def set_tags(modes: Modes, vault: Vault, tags: Tags) -> None:
    """Add tags to a vault, in the place of those with the same keys."""
    merged = dict(vault.tags) | dict(tags)
    if len(merged) > modes.tags_most:
        raise refusals.service("6600")
    vault.tags = list(merged.items())


def add(call: Call) -> Answer:
    """POST a tag: 204; one with the same key is overwritten."""
    vault, body = one(call, call.estate.vaults, "vault_id", "6105"), Body(call)
    given = body.wrapped("tag")
    body.keys(given, {"key", "value"})
    set_tags(call.modes, vault, [read_tag(call.modes, given, True)])
    call.estate.changed()
    return Answer(None, 204)


def act(call: Call) -> Answer:
    """POST tags/action: 204; several tags are added, or deleted whether they are there or not."""
    vault, body = one(call, call.estate.vaults, "vault_id", "6105"), Body(call)
    given = body.plain()
    body.keys(given, {"action", "tags", "sys_tags"})
    if text_of(given.get("action"), ACTION, "action") == "create":
        set_tags(call.modes, vault, read_tags(call.modes, given.get("tags")))
    else:
        rows = [object_of(each, "tags") for each in items_of(given.get("tags"), "tags")]
        gone = {read_tag(call.modes, each, False)[0] for each in rows}
        vault.tags = [(key, value) for key, value in vault.tags if key not in gone]
    call.estate.changed()
    return Answer(None, 204)


def delete(call: Call) -> Answer:
    """DELETE a tag by its key: 204, or a 404 if it has none such."""
    vault = one(call, call.estate.vaults, "vault_id", "6105")
    if call.params["key"] not in dict(vault.tags):
        raise refusals.service("6601")
    vault.tags = [(key, value) for key, value in vault.tags if key != call.params["key"]]
    call.estate.changed()
    return Answer(None, 204)


def of_vault(call: Call) -> Answer:
    """GET the tags of a vault."""
    return Answer({"tags": _rendered(one(call, call.estate.vaults, "vault_id", "6105")), "sys_tags": []})


def of_project(call: Call) -> Answer:
    """GET all tags that vaults of the project have: each key with its values."""
    values: dict[str, list[str]] = {}
    for vault in call.estate.vaults.values():
        for key, value in vault.tags:
            known = values.setdefault(key, [])
            if value not in known:
                known.append(value)
    return Answer({"tags": [{"key": key, "values": each} for key, each in values.items()]})


def _rendered(vault: Vault) -> list[Json]:
    return [{"key": key, "value": value} for key, value in vault.tags]


def search(call: Call) -> Answer:
    """POST resource_instances/action: the vaults that fit, newest first, or how many they are; pages by texts."""
    body = Body(call)
    given = body.plain()
    groups = {"tags", "tags_any", "not_tags", "not_tags_any"}
    known = {"action", "limit", "offset", "matches", "without_any_tag", "sys_tags", "cloud_type", "object_type"}
    body.keys(given, groups | known)
    action = text_of(given.get("action"), SEARCH, "action")
    limit, offset = _number(given, "limit", 1000, 1, 1000), _number(given, "offset", 0, 0, None)
    tests = _tests(given)
    found = [vault for vault in call.estate.vaults.values() if all(test(vault) for test in tests)]
    found.sort(key=lambda vault: vault.created_at, reverse=True)
    if action == "count":
        return Answer({"total_count": len(found)})
    wire = Wire(call.estate, call.modes)
    shown = Rows(found[offset : offset + limit], lambda vault: _found(wire, vault))
    return Answer({"resources": shown, "total_count": len(found)})


def _found(wire: Wire, vault: Vault) -> Json:
    detail = {"vault": wire.vault(vault)}
    return {"resource_id": vault.id, "resource_name": vault.name, "resource_detail": detail, "tags": _rendered(vault)}


def _number(given: Object, name: str, usual: int, least: int, most: int | None) -> int:
    """A number that is written as a text."""
    if given.get(name) is None:
        return usual
    number = int(text_of(given[name], NUMBER, name))
    if number < least or (most is not None and number > most):
        raise refusals.invalid(name)
    return number


def _tests(given: Object) -> list[Test]:
    every, any_of = _group(given, "tags"), _group(given, "tags_any")
    no_every, no_any = _group(given, "not_tags"), _group(given, "not_tags_any")
    tests: list[Test] = [lambda vault: all(each(vault) for each in every)]
    if any_of:
        tests.append(lambda vault: any(each(vault) for each in any_of))
    if no_every:
        tests.append(lambda vault: not all(each(vault) for each in no_every))
    tests.append(lambda vault: not any(each(vault) for each in no_any))
    if flag_of(given.get("without_any_tag"), False, "without_any_tag"):
        tests.append(lambda vault: not vault.tags)
    if given.get("object_type") is not None:
        kind = text_of(given["object_type"], ANY, "object_type")
        tests.append(lambda vault: vault.object_type == kind)
    if given.get("cloud_type") is not None:
        cloud = text_of(given["cloud_type"], ANY, "cloud_type")
        tests.append(lambda _vault: cloud == "public")
    for each in items_of(given.get("matches") or [], "matches", most=1):
        match = object_of(each, "matches")
        text_of(match.get("key"), NAMED, "matches")
        tests.append(partial(_named, text_of(match.get("value"), ANY, "matches")))
    return tests


def _named(part: str, vault: Vault) -> bool:
    return part in vault.name


def _group(given: Object, name: str) -> list[Test]:
    """One test for each key: the vault has it, with one of the values or, if none are given, with any."""
    rows = [object_of(each, name) for each in items_of(given.get(name) or [], name, KEYS_OF_A_SEARCH)]
    return [_test(each, name) for each in rows]


def _test(row: Object, name: str) -> Test:
    key = text_of(row.get("key"), ANY, name)
    values = [text_of(each, ANY, name) for each in items_of(row.get("values"), name, VALUES_OF_A_SEARCH)]

    def test(vault: Vault) -> bool:
        own = dict(vault.tags)
        return key in own and (not values or own[key] in values)

    return test
