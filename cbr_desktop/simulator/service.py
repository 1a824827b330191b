"""The service as an ASGI application: the door with gateway, faults and journal, and the routes behind it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.convertors import PathConvertor, register_url_convertor
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from . import (
    associations,
    backups,
    checkpoints,
    deletions,
    expiry,
    features,
    identity,
    lists,
    members,
    metadata,
    policies,
    projects,
    protectables,
    refusals,
    renaming,
    replication,
    restores,
    schedules,
    tags,
    tasks,
    vault_changes,
    vaults,
)
from .call import Answer, Call, Rows
from .clock import Clock
from .faults import ConnectionCut, Fault, Faults
from .inventory import Estate, Ids
from .modes import Modes

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Endpoint = Callable[[Call], Answer]

BODY_LIMIT = 12 * 1024 * 1024
"""Largest request body the gateway lets through, in bytes."""
PACKED_FROM = 1024
"""Bytes from which an answer is packed: in less there is little to be saved."""
PACKING_LEVEL = 1
"""The cheapest; the lists, which repeat themselves, come to a sixth or less with any."""
JOURNAL_LIMIT = 10_000
ROWS_AT_ONCE = 100
"""Rows of a list that become JSON at one go: one or two milliseconds' worth."""
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"]
PAST = frozenset(
    {
        "backups",
        "backups/rename",
        "backups/restore",
        "backups/metadata",
        "members",
        "operation-logs",
        "replication",
        "vaults/create",
        "vaults/delete",
        "vaults/resources",
        "vaults/expiry",
        "vaults/policies",
    }
)
"""Parts of the API that look at the history, or change what the history is made of, and"""
OF_PAST = frozenset({policies.update, policies.delete})
"""endpoints of the other parts that do."""

CBR: tuple[tuple[str, str, Endpoint, str, str], ...] = (
    # routes are looked for in this order, and these two are asked for most
    ("GET", "operation-logs", tasks.every, "cbr:tasks:list", "operation-logs"),
    ("GET", "backups", backups.every, "cbr:backups:list", "backups"),
    ("GET", "vaults", vaults.every, "cbr:vaults:list", "vaults"),
    ("GET", "vaults/summary", vaults.summary, "cbr:vaults:list", "vaults/summary"),
    ("GET", "vaults/external", vaults.external, "cbr:vaults:list", "vaults/external"),
    ("POST", "vaults", vault_changes.create, "cbr:vaults:create", "vaults/create"),
    ("PUT", "vaults/batch-update", vault_changes.update_all, "cbr:vaults:update", "vaults/batch-update"),
    ("PUT", "vaults/{vault_id}", vault_changes.update, "cbr:vaults:update", "vaults/update"),
    ("DELETE", "vaults/{vault_id}", vault_changes.delete, "cbr:vaults:delete", "vaults/delete"),
    ("POST", "vaults/{vault_id}/addresources", associations.add, "cbr:vaults:addResources", "vaults/resources"),
    (
        "POST",
        "vaults/{vault_id}/removeresources",
        associations.remove,
        "cbr:vaults:removeResources",
        "vaults/resources",
    ),
    (
        "POST",
        "vaults/{vault_id}/migrateresources",
        associations.migrate,
        "cbr:vaults:migrateResources",
        "vaults/resources",
    ),
    (
        "PUT",
        "vaults/{vault_id}/set-resources",
        associations.set_protection,
        "cbr:vaults:update",
        "vaults/set-resources",
    ),
    (
        "PUT",
        "vaults/{vault_id}/update-backup-expiration-time",
        expiry.update,
        "cbr:vaults:update",
        "vaults/expiry",
    ),
    ("GET", "vault/tags", tags.of_project, "cbr:vaults:listProjectTags", "vault/tags"),
    ("POST", "vault/resource_instances/action", tags.search, "cbr:vaults:listResourceInstances", "vault/tags"),
    ("GET", "vault/{vault_id}/tags", tags.of_vault, "cbr:vaults:getTags", "vault/tags"),
    ("POST", "vault/{vault_id}/tags", tags.add, "cbr:vaults:setTags", "vault/tags"),
    ("POST", "vault/{vault_id}/tags/action", tags.act, "cbr:vaults:bulkCreateOrDeleteTags", "vault/tags"),
    ("DELETE", "vault/{vault_id}/tags/{key}", tags.delete, "cbr:vaults:deleteTags", "vault/tags"),
    ("GET", "vaults/{vault_id}", vaults.show, "cbr:vaults:get", "vaults"),
    ("POST", "checkpoints", checkpoints.create, "cbr:vaults:backup", "checkpoints"),
    ("GET", "checkpoints/{checkpoint_id}", checkpoints.show, "cbr:vaults:get", "checkpoints"),
    ("GET", "backups/{backup_id}", backups.show, "cbr:backups:get", "backups"),
    ("PUT", "backups/{backup_id}", renaming.rename, "cbr:backups:update", "backups/rename"),
    ("DELETE", "backups/{backup_id}", deletions.delete, "cbr:backups:delete", "backups"),
    ("POST", "backups/{backup_id}/restore", restores.restore, "cbr:backups:restore", "backups/restore"),
    ("GET", "backups/{backup_id}/metadata", metadata.show, "cbr:backups:get", "backups/metadata"),
    ("POST", "backups/{backup_id}/members", members.add, "cbr:member:create", "members"),
    ("GET", "backups/{backup_id}/members", members.every, "cbr:member:list", "members"),
    ("GET", "backups/{backup_id}/members/{member_id}", members.show, "cbr:member:get", "members"),
    ("PUT", "backups/{backup_id}/members/{member_id}", members.decide, "cbr:member:update", "members"),
    ("DELETE", "backups/{backup_id}/members/{member_id}", members.withdraw, "cbr:member:delete", "members"),
    ("POST", "backups/{backup_id}/replicate", replication.copy_backup, "cbr:backups:replicate", "replication"),
    ("POST", "checkpoints/replicate", replication.copy_vault, "cbr:vaults:replicate", "replication"),
    (
        "GET",
        "replication-capabilities",
        replication.capabilities,
        "cbr:backups:queryReplicationCapability",
        "replication-capabilities",
    ),
    ("GET", "cbr-features", features.every, "cbr:vaults:list", "cbr-features"),
    ("GET", "cbr-features/{feature_key}", features.show, "cbr:vaults:list", "cbr-features"),
    ("GET", "storage_usage", features.storage_usage, "cbr:vaults:list", "storage_usage"),
    ("POST", "agent/check", features.check_agents, "cbr:vaults:listProtectables", "agent/check"),
    ("GET", "operation-logs/{operation_log_id}", tasks.show, "cbr:tasks:get", "operation-logs"),
    ("GET", "policies", lists.policies, "cbr:policies:list", "policies"),
    ("POST", "policies", policies.create, "cbr:policies:create", "policies"),
    ("GET", "policies/{policy_id}", lists.show_policy, "cbr:policies:get", "policies"),
    ("PUT", "policies/{policy_id}", policies.update, "cbr:policies:update", "policies"),
    ("DELETE", "policies/{policy_id}", policies.delete, "cbr:policies:delete", "policies"),
    ("POST", "vaults/{vault_id}/associatepolicy", policies.associate, "cbr:vaults:associatePolicy", "vaults/policies"),
    (
        "POST",
        "vaults/{vault_id}/dissociatepolicy",
        policies.dissociate,
        "cbr:vaults:dissociatePolicy",
        "vaults/policies",
    ),
    (
        "GET",
        "protectables/{protectable_type}/instances",
        protectables.every,
        "cbr:vaults:listProtectables",
        "protectables",
    ),
    (
        "GET",
        "protectables/{protectable_type}/instances/{instance_id}",
        protectables.show,
        "cbr:vaults:getProtectables",
        "protectables",
    ),
)
"""Method, path below the project, endpoint, action of the permission, and part of the API it belongs to."""
ANYWHERE: tuple[tuple[str, str, Endpoint, str], ...] = (
    ("GET", "/v3/region-projects", projects.every, "region-projects"),
    ("GET", "/v3/domain/{domain_name}/projects", projects.of_domain, "domain"),
    ("GET", "/v3/domain/{source_project_id}", projects.show_domain, "domain"),
    ("GET", "/v1.0/enterprise-projects", projects.enterprise, "enterprise-projects"),
    (
        "POST",
        "/v1.0/enterprise-projects/{enterprise_project_id}/resources-migrate",
        projects.move_to_enterprise,
        "enterprise-projects",
    ),
)
"""Method, path, endpoint and part of the API of what is asked outside of projects."""
OF_ACCOUNT = frozenset({projects.enterprise, projects.move_to_enterprise})
"""What a token for a project does not open: the enterprise project service is asked for the account."""
PARTS = frozenset(part for *_, part in CBR) | frozenset(part for *_, part in ANYWHERE)
"""The parts of the API that a region can lack."""


@dataclass
class Entry:
    """One request as it came in, and the status it was answered with (None: no answer)."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int | None = None


class Journal(list[Entry]):
    """The latest requests, oldest first; path with query, header names in lower case, secrets unmasked."""

    def note(self, entry: Entry) -> Entry:
        """Add an entry; the oldest go when there are too many."""
        self.append(entry)
        del self[:-JOURNAL_LIMIT]
        return entry

    def calls(self, method: str, path_end: str) -> list[Entry]:
        """The requests of that method whose path (without query) has that end."""
        return [each for each in self if each.method == method and each.path.partition("?")[0].endswith(path_end)]


class Service:
    """The CBR and identity services of one account, as an ASGI application.

    State is computed from the clock at each request; there are no tasks in the background.
    """

    def __init__(self, estate: Estate, clock: Clock, modes: Modes | None = None) -> None:
        self.estate = estate
        self.clock = clock
        self.modes = Modes() if modes is None else modes
        self.modes_of: dict[str, Modes] = {}
        """Modes of single projects, by id, in place of the common ones."""
        self.faults = Faults()
        self.journal = Journal()
        self.identity = identity.Identity()
        self.application = _Application(self)
        self._ids = Ids(5)
        self._recent: dict[str, list[datetime]] = {}

    def request_id(self) -> str:
        """A new gateway request id: 32 hex digits."""
        return self._ids.hex()

    def answer(self, endpoint: Callable[[Call], Answer], call: Call) -> Answer:
        """Do what the request asks for; refusals become answers."""
        try:
            if len(call.body) > BODY_LIMIT:
                raise refusals.gateway(413, "0201", "Request entity too large")
            self._throttle(call)
            schedules.play(call.estate, call.now, call.modes)
            return endpoint(call)
        except refusals.Refusal as refusal:
            return self._refused(refusal, call.modes)

    def _refused(self, refusal: refusals.Refusal, modes: Modes) -> Answer:
        gateway, _, code = str(refusal.body.get("error_code", "")).partition(".")
        if gateway != "APIGW":
            return Answer(refusal.body, refusal.status, refusal.headers)
        request_id = self.request_id()
        headers = {**refusal.headers, "X-Request-Id": request_id}
        body = {**refusal.body, "error_code": f"{modes.gateway}.{code}", "request_id": request_id}
        return Answer(body, refusal.status, headers)

    def _throttle(self, call: Call) -> None:
        limit = call.modes.calls_per_minute
        if limit is None:
            return
        project_id = call.params.get("project_id", "")
        counted = project_id if project_id in self.modes_of else ""
        recent = [each for each in self._recent.get(counted, ()) if (call.now - each).total_seconds() < 60]
        self._recent[counted] = recent
        if len(recent) >= limit:
            headers = {} if call.modes.retry_after is None else {"Retry-After": str(call.modes.retry_after)}
            text = f"policy user over ratelimit,limit:{limit},time:1 minute"
            raise refusals.gateway(429, "0308", f"The throttling threshold has been reached: {text}", headers)
        recent.append(call.now)

    def modes_at(self, path: str) -> Modes:
        """The modes that a path is ruled by: those of the project in it, or the common ones."""
        return self.modes_of.get(_project_id(path), self.modes)

    def admitted(self, endpoint: Endpoint, action: str, part: str, call: Call) -> Answer:
        """Answer a CBR request after the gateway's checks: is it published, who asks, may they?"""
        if call.modes.lacks(part):
            raise refusals.unpublished()
        self.identity.admit(call, call.project_id)
        if call.modes.renew_tokens and "x-auth-token" in call.headers:
            raise refusals.gateway(401, "0307", "The token must be updated.")
        if action in call.modes.forbidden:
            raise refusals.forbidden(action)
        return endpoint(call)

    def admitted_anywhere(self, endpoint: Endpoint, part: str, call: Call) -> Answer:
        """Answer a request outside of projects, from any login that the account knows."""
        if call.modes.lacks(part):
            raise refusals.unpublished()
        self.identity.admit_anyone(call, account=endpoint in OF_ACCOUNT)
        return endpoint(call)


class _Everything(PathConvertor):
    """Any end of a path, line breaks included."""

    regex = "(?s:.*)"


register_url_convertor("everything", _Everything())


class _Application(Router):
    """The routes behind a door that reads, records, lays faults, and closes; what breaks is the server's to tell."""

    def __init__(self, service: Service) -> None:
        super().__init__(routes=list(_routes(service)))
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        visit = _Visit(self._service, scope, send)
        body = await _read(receive)
        if body is not None:
            await visit.run(body, super().__call__)


@dataclass
class _Visit:
    """One request on its way through the door."""

    service: Service
    scope: Scope
    send: Send
    messages: list[MutableMapping[str, Any]] = field(default_factory=list)

    async def run(self, body: bytes, application: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        entry = self.service.journal.note(self._entry(body))
        latency_seconds = self.service.modes_at(self.scope["path"]).latency_seconds
        if latency_seconds > 0:
            await asyncio.sleep(latency_seconds)
        host = entry.headers.get("host", "").rpartition("@")[2].partition(":")[0]
        faults = self.service.faults.take(entry.method, self.scope["path"], host)
        if await self._suffer([fault for fault in faults if fault.when == "before"], entry):
            return
        if self.service.modes_at(self.scope["path"]).packs:
            application = GZipMiddleware(application, PACKED_FROM, PACKING_LEVEL)
        await application(self.scope, _given(body), self._keep)
        if await self._suffer([fault for fault in faults if fault.when != "before"], entry):
            return
        entry.status = self.messages[0]["status"]
        for message in self.messages:
            await self.send(message)

    def _entry(self, body: bytes) -> Entry:
        query = self.scope["query_string"].decode("latin-1")
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in self.scope["headers"]}
        path = (self.scope.get("raw_path") or self.scope["path"].encode()).partition(b"?")[0].decode("latin-1")
        return Entry(self.scope["method"], f"{path}?{query}" if query else path, headers, body)

    async def _keep(self, message: MutableMapping[str, Any]) -> None:
        self.messages.append(message)

    async def _suffer(self, faults: list[Fault], entry: Entry) -> bool:
        """Whether a fault has taken the place of the answer."""
        for fault in faults:
            if fault.kind == "delay":
                await asyncio.sleep(fault.seconds)
            elif fault.kind == "cut":
                await self._cut(half=fault.when == "during")
                return True
            else:
                entry.status = fault.status
                await self._reply(fault)
                return True
        return False

    async def _reply(self, fault: Fault) -> None:
        headers = {"content-type": fault.content_type, "content-length": str(len(fault.body))}
        headers |= {"x-request-id": self.service.request_id(), "server": "api-gateway"}
        headers |= {"date": _date(self.service.clock.now())}
        headers |= {name.lower(): value for name, value in fault.headers.items()}
        raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items() if value]
        await self.send({"type": "http.response.start", "status": fault.status, "headers": raw})
        await self.send({"type": "http.response.body", "body": fault.body})

    async def _cut(self, half: bool) -> None:
        """End the connection: over TCP by closing the server's transport, in process by raising."""
        body = b"".join(message.get("body", b"") for message in self.messages)
        half = half and len(body) > 0
        if half:
            await self.send(self.messages[0])
            await self.send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
        transport = getattr(getattr(self.send, "__self__", None), "transport", None)
        if transport is None:
            raise ConnectionCut("The connection was cut.")
        transport.close() if half else transport.abort()
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def _read(receive: Receive) -> bytes | None:
    """Return the whole body; `None` for a request that breaks off, which a gateway never passes on."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return bytes(body)


def _given(body: bytes) -> Receive:
    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


def _routes(service: Service) -> Iterator[Route]:
    iam = service.identity
    yield _route(service, "POST", "/v3/auth/tokens", iam.log_in)
    yield _route(service, "GET", "/v3/auth/tokens", iam.validate)
    yield _route(service, "POST", "/v3.0/OS-CREDENTIAL/securitytokens", iam.temporary_keys)
    yield _route(service, "GET", "/v3/auth/projects", iam.projects)
    yield _route(service, "GET", "/v3/auth/domains", iam.domains)
    yield _route(service, "GET", "/v3/auth/catalog", iam.catalog)
    yield _route(service, "GET", "/v3/projects", iam.projects)
    yield _route(service, "GET", "/v3/projects/{project_id}", iam.project)
    yield _route(service, "GET", "/v3/regions", iam.regions)
    yield _route(service, "GET", "/v3", identity.version)
    yield _route(service, "GET", "/v3/", identity.version)
    yield _route(service, "GET", "/", identity.versions)
    for method, path, endpoint, part in ANYWHERE:
        yield _route(service, method, path, partial(service.admitted_anywhere, endpoint, part))
    for method, path, endpoint, action, part in CBR:
        admitted = partial(service.admitted, endpoint, action, part)
        yield _route(service, method, f"/v3/{{project_id}}/{path}", admitted, past=part in PAST or endpoint in OF_PAST)
    yield _route(service, None, "/{anything:everything}", _unpublished)


def _unpublished(_call: Call) -> Answer:
    raise refusals.unpublished()


def _route(
    service: Service, method: str | None, path: str, endpoint: Callable[[Call], Answer], past: bool = False
) -> Route:
    """A route; `past`: the endpoint looks at the history, which must be there. method None: any."""

    async def serve(request: Request) -> Response:
        call = await _call(service, request)
        if past or schedules.is_due(call.estate, call.now, call.modes):
            await _unfold(call.estate)
        answer = service.answer(endpoint if method in (None, call.method) else _unpublished, call)
        return _response(service, answer, await _content(answer.body), call.now)

    return Route(path, serve, methods=METHODS if method is None else [method])


async def _unfold(estate: Estate) -> None:
    complete = False
    while not complete:
        complete = estate.unfold()
        await asyncio.sleep(0)


async def _call(service: Service, request: Request) -> Call:
    raw_path = (request.scope.get("raw_path") or request.url.path.encode()).partition(b"?")[0]
    query = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return Call(
        method=request.method,
        path=raw_path.decode("latin-1"),
        query=query,
        headers=dict(request.headers),
        body=await request.body(),
        base_url=str(request.base_url).rstrip("/"),
        now=service.clock.now(),
        estate=service.estate.of(_project_id(request.scope["path"])),
        modes=service.modes_at(request.scope["path"]),
        params=request.path_params,
    )


async def _content(body: Mapping[str, Any] | None) -> bytes:
    """The JSON of a body, if any; rows are written some at a time, and the loop may do other work in between."""
    if body is None:
        return b""
    plain = dict(body)
    for key, value in body.items():
        if isinstance(value, Rows):
            plain[key] = msgspec.Raw(await _rows(value))
    return msgspec.json.encode(plain)


async def _rows(rows: Rows) -> bytes:
    pieces = []
    for first in range(0, len(rows.items), ROWS_AT_ONCE):
        some = [rows.render(each) for each in rows.items[first : first + ROWS_AT_ONCE]]
        pieces.append(msgspec.json.encode(some)[1:-1])
        await asyncio.sleep(0)
    return b"[" + b",".join(pieces) + b"]"


def _response(service: Service, answer: Answer, content: bytes, now: datetime) -> Response:
    headers = {"X-Request-Id": service.request_id(), "Server": "api-gateway", "Date": _date(now), **answer.headers}
    media_type = None if answer.body is None else "application/json;charset=UTF-8"
    return Response(content, answer.status, headers, media_type=media_type)


def _project_id(path: str) -> str:
    """What stands where a path of CBR has its project: the second part."""
    return path.lstrip("/").partition("/")[2].partition("/")[0]


def _date(now: datetime) -> str:
    return format_datetime(now.replace(microsecond=0), usegmt=True)
