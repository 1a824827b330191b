"""The identity service: tokens, projects, the catalog, and who a request comes from."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from . import refusals
from .call import Answer, Call
from .entities import Project, User
from .estate import DEMO_PASSCODE
from .inventory import Estate, Ids
from .modes import Modes
from .signature import verify

TRIES = 5
LOCKED = timedelta(minutes=15)
WRONG = "The username or password is wrong."
DEMO_AGENCY = "backup_operators"
"""An agency by which the account lends itself."""
SHORTEST, LONGEST = 900, 86_400
"""Life of temporary keys, in seconds."""


class Token(msgspec.Struct, frozen=True):
    """A token's owner and scope; project None means the whole account."""

    user: User
    project: Project | None
    methods: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime


class Tokens:
    """The tokens given out so far."""

    def __init__(self, seed: int = 7) -> None:
        self._given: dict[str, Token] = {}
        self._ids = Ids(seed)

    def give(self, token: Token) -> str:
        """A new token text, as long as real ones of the shorter kind."""
        text = f"MIIDemo{self._ids.hex(400)}"
        self._given[text] = token
        return text

    def valid(self, text: str, now: datetime) -> Token | None:
        """The token behind a text, or None when unknown or expired."""
        token = self._given.get(text)
        return token if token is not None and now < token.expires_at else None

    def revoke_all(self) -> None:
        """Make every token given out so far worthless."""
        self._given.clear()


class TemporaryKey(msgspec.Struct, frozen=True):
    """An access key that ends by itself, and is good with its security token only."""

    user: User
    secret: str
    security_token: str
    expires_at: datetime


class Identity:
    """The endpoints of the identity service, and the check of credentials for all others.

    agencies are the names by which the account lends itself to a login of another account.
    """

    def __init__(self) -> None:
        self.tokens = Tokens()
        self.agencies = {DEMO_AGENCY}
        self._temporary: dict[str, TemporaryKey] = {}
        self._ids = Ids(11)

    def admit(self, call: Call, project_id: str) -> None:
        """Refuse a CBR request whose credentials are not good for the project."""
        token = self._caller(call)
        if project_id not in [project.id for project in call.estate.projects]:
            raise refusals.legacy(403, "forbidden", "The project does not belong to the caller.")
        if token is not None and (token.project is None or token.project.id != project_id):
            raise refusals.legacy(403, "forbidden", "The token is not scoped to the project.")

    def admit_anyone(self, call: Call, account: bool = False) -> None:
        """Refuse a request without credentials that are good for something of the account, or for all of it."""
        token = self._caller(call)
        if account and token is not None and token.project is not None:
            raise refusals.legacy(403, "forbidden", "The token is not scoped to the account.")

    def _caller(self, call: Call) -> Token | None:
        """The token of a request; None when it is signed with access keys."""
        text = call.headers.get("x-auth-token")
        if text is None and "authorization" in call.headers:
            self._signer(call)
            return None
        if text is None:
            raise refusals.unauthenticated("x-auth-token not found")
        token = self.tokens.valid(text, call.now)
        if token is None:
            raise refusals.unauthenticated("decrypt token fail")
        return token

    def _signer(self, call: Call) -> User:
        """The owner of the access key that a request is signed with."""
        users = {access: user for user in call.estate.users.values() for access in user.keys}
        keys = {access: user.keys[access] for access, user in users.items()}
        given = call.headers.get("x-security-token")
        if given is not None:
            keys = {access: key.secret for access, key in self._temporary.items()}
        access, names = verify(call, keys)
        if given is None:
            return users[access]
        key = self._temporary[access]
        if given != key.security_token or "x-security-token" not in names:
            raise refusals.unauthenticated("verify aksk signature fail, the security token is not that of the ak")
        if call.now >= key.expires_at:
            raise refusals.unauthenticated("the security token has expired")
        return key.user

    def _iam_caller(self, call: Call) -> Token | None:
        try:
            return self._caller(call)
        except refusals.Refusal as refusal:
            if "authorization" in call.headers and "x-auth-token" not in call.headers:
                raise
            message = "The request you have made requires authentication."
            raise refusals.identity(401, "Unauthorized", message) from refusal

    def issue(self, user: User, project: Project | None, now: datetime, modes: Modes) -> str:
        """A token for a user without a login, as a person pastes one."""
        expires_at = now + timedelta(hours=modes.token_hours)
        return self.tokens.give(Token(user, project, ("password",), now, expires_at))

    def log_in(self, call: Call) -> Answer:
        """POST /v3/auth/tokens: 201, the token in X-Subject-Token."""
        auth = _object(_object(_decode(call.body)).get("auth"))
        identity = _object(auth.get("identity"))
        methods = identity.get("methods")
        if not isinstance(methods, list):
            raise _bad_body()
        if methods == ["assume_role"]:
            user = self._borrower(call, _object(identity.get("assume_role")))
        elif "password" in methods:
            user = _check_password(call, _object(_object(identity.get("password")).get("user")))
            _check_passcode(call, user, identity, methods)
        else:
            raise _bad_body()
        token = Token(
            user=user,
            project=_scope(call.estate, auth.get("scope")),
            methods=tuple(each for each in methods if isinstance(each, str)),
            issued_at=call.now,
            expires_at=call.now + timedelta(hours=call.modes.token_hours),
        )
        body = _token_body(call, token, call.first("nocatalog") is None)
        return Answer({"token": body}, 201, {"X-Subject-Token": self.tokens.give(token)})

    def _borrower(self, call: Call, role: dict[str, Any]) -> User:
        """Who asks to take on the role of an agency, if there is such a one and they may."""
        token = self._iam_caller(call)
        if token is not None and "assume_role" in token.methods:
            raise refusals.identity(403, "Forbidden", "An agency cannot take on another agency.")
        if role.get("domain_name") != call.estate.domain.name or role.get("agency_name") not in self.agencies:
            raise refusals.identity(404, "Not Found", "Could not find the agency.")
        return self._signer(call) if token is None else token.user

    def temporary_keys(self, call: Call) -> Answer:
        """POST /v3.0/OS-CREDENTIAL/securitytokens: 201 with an access key that ends by itself."""
        token = self._iam_caller(call)
        identity = _object(_object(_object(_decode(call.body)).get("auth")).get("identity"))
        seconds = _object(identity.get("token", {})).get("duration_seconds", SHORTEST)
        if identity.get("methods") != ["token"] or type(seconds) is not int or not SHORTEST <= seconds <= LONGEST:
            raise _bad_body()
        key = TemporaryKey(
            user=self._signer(call) if token is None else token.user,
            secret=self._ids.hex(40),
            security_token=f"gQ{self._ids.hex(400)}",
            expires_at=call.now + timedelta(seconds=seconds),
        )
        access = f"HST{self._ids.hex(17).upper()}"
        self._temporary[access] = key
        credential = {
            "access": access,
            "secret": key.secret,
            "securitytoken": key.security_token,
            "expires_at": _time(key.expires_at),
        }
        return Answer({"credential": credential}, 201)

    def validate(self, call: Call) -> Answer:
        """GET /v3/auth/tokens: what is behind the X-Subject-Token."""
        self._iam_caller(call)
        text = call.headers.get("x-subject-token", "")
        token = self.tokens.valid(text, call.now)
        if token is None:
            raise refusals.identity(404, "Not Found", "The token could not be found.")
        body = _token_body(call, token, call.first("nocatalog") is None)
        return Answer({"token": body}, 200, {"X-Subject-Token": text})

    def projects(self, call: Call) -> Answer:
        """GET /v3/projects and /v3/auth/projects, filtered by name, domain_id, enabled and is_domain."""
        self._iam_caller(call)
        found = call.estate.projects
        name, domain_id = call.first("name"), call.first("domain_id")
        found = [each for each in found if name in (None, each.name)]
        if domain_id not in (None, call.estate.domain.id) or call.first("is_domain") == "true":
            found = []
        if (call.first("enabled") or "true").lower() == "false":
            found = []
        return Answer({"projects": [_project(call, each) for each in found], "links": _links(call)})

    def project(self, call: Call) -> Answer:
        """GET /v3/projects/{id}."""
        self._iam_caller(call)
        project = call.estate.project(call.params["project_id"])
        if project is None:
            raise refusals.identity(404, "Not Found", "Could not find the project.")
        return Answer({"project": _project(call, project)})

    def domains(self, call: Call) -> Answer:
        """GET /v3/auth/domains."""
        self._iam_caller(call)
        domain = call.estate.domain
        link = {"self": f"{call.base_url}/v3/domains/{domain.id}"}
        body = {"id": domain.id, "name": domain.name, "enabled": True, "description": "", "links": link}
        return Answer({"domains": [body], "links": _links(call)})

    def catalog(self, call: Call) -> Answer:
        """GET /v3/auth/catalog for the project of the token."""
        token = self._iam_caller(call)
        project = token.project if token else call.estate.projects[0]
        return Answer({"catalog": _catalog(call, project), "links": _links(call)})

    def regions(self, call: Call) -> Answer:
        """GET /v3/regions."""
        self._iam_caller(call)
        names = sorted({project.region for project in call.estate.projects})
        found = [
            {"id": name, "type": "public", "description": "", "parent_region_id": None, "locales": {"en-us": name}}
            for name in names
        ]
        return Answer({"regions": found, "links": _links(call)})


def version(call: Call) -> Answer:
    """GET /v3: the version document that clients look for."""
    return Answer({"version": _version(call)})


def versions(call: Call) -> Answer:
    """GET /: 300 with the list of versions."""
    return Answer({"versions": {"values": [_version(call)]}}, 300)


def _version(call: Call) -> dict[str, Any]:
    links = [{"rel": "self", "href": f"{call.base_url}/v3/"}]
    media = [{"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}]
    return {"id": "v3.6", "status": "stable", "updated": "2016-04-04T00:00:00Z", "links": links, "media-types": media}


def _check_password(call: Call, given: dict[str, Any]) -> User:
    user = _user(call.estate, given)
    if user is None:
        known = "id" in given or _object(given.get("domain")).get("name") in (None, call.estate.domain.name)
        why = WRONG if known or not call.modes.tells_why else "The domain does not exist."
        raise refusals.identity(401, "Unauthorized", why)
    locked = user.locked_until is not None and call.now < user.locked_until
    if not locked and given.get("password") == user.password:
        user.wrong_tries = 0
        return user
    user.wrong_tries += 1
    if user.wrong_tries >= TRIES and not locked:
        user.locked_until, user.wrong_tries = call.now + LOCKED, 0
    if locked and call.modes.tells_why:
        raise refusals.identity(403, "Forbidden", "The user is locked. Try again in 15 minutes.")
    raise refusals.identity(401, "Unauthorized", WRONG)


def _user(estate: Estate, given: dict[str, Any]) -> User | None:
    if "id" in given:
        return next((user for user in estate.users.values() if user.id == given["id"]), None)
    domain = _object(given.get("domain"))
    if estate.domain.id != domain.get("id") and estate.domain.name != domain.get("name"):
        return None
    name = given.get("name")
    return estate.users.get(name) if isinstance(name, str) else None


def _check_passcode(call: Call, user: User, identity: dict[str, Any], methods: list[Any]) -> None:
    if user.name not in call.modes.mfa_required:
        return
    if "totp" not in methods:
        raise refusals.identity(401, "Unauthorized", "A one-time password is required.")
    given = _object(_object(identity.get("totp")).get("user"))
    if given.get("id") != user.id or given.get("passcode") != DEMO_PASSCODE:
        raise refusals.identity(401, "Unauthorized", "The one-time password is wrong.")


def _scope(estate: Estate, scope: object) -> Project | None:
    if scope is None:
        return None
    given = _object(scope)
    if "project" not in given:
        domain = _object(given.get("domain"))
        if estate.domain.id != domain.get("id") and estate.domain.name != domain.get("name"):
            raise refusals.identity(401, "Unauthorized", WRONG)
        return None
    wanted = _object(given["project"])
    for each in estate.projects:
        if each.id == wanted.get("id") or ("id" not in wanted and each.name == wanted.get("name")):
            return each
    raise refusals.identity(401, "Unauthorized", WRONG)


def _token_body(call: Call, token: Token, with_catalog: bool) -> dict[str, Any]:
    domain = {"id": call.estate.domain.id, "name": call.estate.domain.name}
    user = {"id": token.user.id, "name": token.user.name, "domain": domain, "password_expires_at": ""}
    body: dict[str, Any] = {
        "methods": list(token.methods),
        "issued_at": _time(token.issued_at),
        "expires_at": _time(token.expires_at),
        "user": user,
        "roles": [{"id": "0", "name": "te_admin"}, {"id": "0", "name": "cbr_admin"}],
        "catalog": _catalog(call, token.project) if with_catalog else [],
    }
    if token.project is None:
        return body | {"domain": domain}
    return body | {"project": {"id": token.project.id, "name": token.project.name, "domain": domain}}


def _catalog(call: Call, project: Project | None) -> list[dict[str, Any]]:
    found = [_service(call, "identity", "keystone", "*", f"{call.base_url}/v3")]
    found.append(_service(call, "iam", "iam", "*", f"{call.base_url}/v3.0"))
    if project is not None:
        found.append(_service(call, "cbr", "cbr", project.region, f"{call.base_url}/v3/{project.id}"))
    return found


def _service(call: Call, kind: str, name: str, region: str, url: str) -> dict[str, Any]:
    number = call.estate.domain.id
    ids = {each: f"{number[:24]}{sum(map(ord, kind + each)):08x}" for each in ("service", "endpoint")}
    endpoint = {"id": ids["endpoint"], "interface": "public", "region": region, "region_id": region, "url": url}
    return {"id": ids["service"], "type": kind, "name": name, "endpoints": [endpoint]}


def _project(call: Call, project: Project) -> dict[str, Any]:
    return {
        "id": project.id,
        "name": project.name,
        "domain_id": call.estate.domain.id,
        "parent_id": call.estate.domain.id,
        "enabled": True,
        "is_domain": False,
        "description": "",
        "links": {"self": f"{call.base_url}/v3/projects/{project.id}", "next": None, "previous": None},
    }


def _links(call: Call) -> Mapping[str, str | None]:
    return {"self": f"{call.base_url}{call.path}", "next": None, "previous": None}


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"


def _decode(body: bytes) -> object:
    try:
        return msgspec.json.decode(body)
    except (ValueError, RecursionError):
        raise _bad_body() from None


def _object(given: object) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise _bad_body()
    return given


def _bad_body() -> refusals.Refusal:
    return refusals.identity(400, "Bad Request", "The request body is invalid")
