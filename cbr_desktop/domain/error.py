"""The errors of this program: what happened, to which thing, and whether the service may have acted.

::

    CbrError
    ├── CloudError                 the service was asked
    │   ├── Unreachable            nothing left this machine: name, connection, TLS, proxy
    │   ├── NotAsked               another service, which this profile cannot ask
    │   ├── NoAnswer               it was sent, the answer did not come (whole) in time
    │   ├── BadAnswer              an answer came that no service of this kind gives
    │   │   ├── Redirected         it points elsewhere; nothing was sent there
    │   │   ├── SignInPage         a network's sign-in page answered in its place
    │   │   └── Unproved           what came is not signed by whom it should be
    │   └── Refused                the service or its gateway said no, with a code
    │       ├── LoginRefused       name, password, token or account
    │       ├── Forbidden          the account may not
    │       ├── NotFound           the thing, or the operation in this region, does not exist
    │       └── Throttled          too many requests
    ├── StorageError               the disk: not saved, or not readable
    │   ├── NotSaved
    │   │   └── ChangedOutside     another program has written the file meanwhile
    │   ├── Damaged
    │   │   └── NewerVersion       in order, but written by a newer program; not touched
    │   └── InUse                  another program of ours writes there
    ├── ProfileError               a profile that cannot be used as it is written
    │   └── NoProfile              none is the one that is meant
    ├── SecretMissing              a secret was not given and none is stored
    │   └── SecretUnfit            what was given cannot be one; it was not sent
    └── ReadOnly                   the profile is not armed: nothing may be changed through it now
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum


class CbrError(Exception):
    """Root of every error that a person is told about in words; anything else is a defect of ours."""


class CloudError(CbrError):
    """The service was asked, and there is no good answer.

    ``host`` is the server's name. ``executed`` tells whether a request that changes something may have been carried
    out: ``False`` is certain, ``None`` means that it cannot be known here.
    """

    executed: bool | None = None

    def __init__(self, host: str, detail: str = "") -> None:
        super().__init__(host, detail)
        self.host = host
        self.detail = detail

    def hide(self, redact: Callable[[str], str]) -> None:
        """Take secrets out of the detail."""
        self.detail = redact(self.detail)
        self.args = (self.host, self.detail)


class UnreachableReason(StrEnum):
    """Why there was no connection."""

    OFFLINE = "offline"
    """The operator works offline."""
    NAME = "name"
    """It could not be resolved."""
    CONNECTION = "connection"
    TIMEOUT = "timeout"
    PROXY = "proxy"
    PROXY_LOGIN = "proxy-login"
    """The proxy wants a login, or another one."""
    CA_FILE = "ca-file"
    """The company's authorities cannot be read."""
    SELF_SIGNED = "self-signed"
    EXPIRED = "expired"
    WRONG_NAME = "wrong-name"
    UNKNOWN_AUTHORITY = "unknown-authority"
    TLS = "tls"
    """The certificate was not accepted for another reason than those, or there is no secure connection at all."""


class Unreachable(CloudError):
    """No connection: not one byte was written of the request, but for a proxy that wants a login in place of an answer.

    ``reason`` is why.
    """

    executed: bool | None = False

    def __init__(self, host: str, detail: str = "", reason: UnreachableReason = UnreachableReason.CONNECTION) -> None:
        super().__init__(host, detail)
        self.reason = reason

    @property
    def may_pass(self) -> bool:
        """Whether trying again at once may help: settings and certificates do not mend themselves."""
        return self.reason in (UnreachableReason.NAME, UnreachableReason.CONNECTION, UnreachableReason.TIMEOUT)


class NotAsked(CloudError):
    """A service beside the backup service cannot be asked by this profile; ``reason`` is a word of its hindrances."""

    executed: bool | None = False

    def __init__(self, reason: str) -> None:
        super().__init__("", reason)
        self.reason = reason


class NoAnswer(CloudError):
    """The request was sent, or part of it; no whole answer came. ``detail`` says how it ended."""


class BadAnswer(CloudError):
    """An answer that cannot be one of this service; ``detail`` names the field or the fault.

    ``status`` is the HTTP status, ``request_id`` the gateway's id where one came along.
    """

    def __init__(self, host: str, detail: str = "", status: int = 0, request_id: str = "") -> None:
        super().__init__(host, detail)
        self.status = status
        self.request_id = request_id


class Redirected(BadAnswer):
    """The server points to another address (``detail``); it was not followed."""


class SignInPage(BadAnswer):
    """A web page answered in place of the service: most likely the network wants a sign-in first."""


class Unproved(BadAnswer):
    """What came is not signed by the key that it should be signed with, and was not used."""


class Refused(CloudError):
    """The service, its gateway or the identity service said no.

    ``code`` is the error code as sent (``BackupService.6113``, ``APIGW.0301``, ``401``), ``message`` its text
    (untrusted), ``status`` the HTTP status, ``request_id`` the id to give to support.
    """

    def __init__(
        self,
        host: str,
        *,
        status: int,
        code: str = "",
        message: str = "",
        request_id: str = "",
        executed: bool | None = None,
    ) -> None:
        super().__init__(host, message)
        self.status = status
        self.code = code
        self.message = message
        self.request_id = request_id
        self.executed = executed

    @property
    def short_code(self) -> str:
        """The service's code without its prefix: ``6113`` for ``BackupService.6113``; else the code as it is."""
        return self.code.removeprefix("BackupService.")


class LoginRefused(Refused):
    """The credentials were not accepted.

    ``reason`` is what is known of why: ``locked`` (too many wrong tries), ``passcode`` (a second factor is wanted or
    was wrong), ``account-kind`` (it cannot log in this way: a HUAWEI ID, a federated user, no programmatic access),
    ``domain`` (the account's name), ``project`` (not one of the account's, or of another than the profile's),
    ``token``, ``keys``, ``agency``, ``clock`` (signatures are taken for outdated), ``user-id`` (the profile lacks it);
    empty is all else, above all user and password. ``refused_at`` is when it was refused that is not tried again by
    itself; ``None`` where it was refused just now.
    """

    reason = ""
    refused_at: datetime | None = None


class Forbidden(Refused):
    """The account lacks the permission."""


class AccountUntold(Forbidden):
    """The account lacks the permission, or was not named: the key could not tell which account it is of."""


class NotFound(Refused):
    """The object does not exist, or this region does not know the operation (``APIGW.0101``)."""


class Throttled(Refused):
    """Too many requests; ``retry_after`` is the wait in seconds that was asked for, or ``None``."""

    retry_after: float | None = None


class StorageError(CbrError):
    """The disk would not. ``path`` is the file or folder, ``detail`` the system's words."""

    def __init__(self, path: str, detail: str = "") -> None:
        super().__init__(path, detail)
        self.path = path
        self.detail = detail


class NotSaved(StorageError):
    """Something could not be written; what was there before is unharmed."""


class ChangedOutside(NotSaved):
    """The file is not any more what was read from it: another program has written it, or taken it away."""


class Damaged(StorageError):
    """A file cannot be read as what it should be."""


class Missing(Damaged):
    """There is no file of that name."""


class NewerVersion(Damaged):
    """The file was written by a newer program; it is in order and was not touched."""


class InUse(StorageError):
    """The data folder ``path`` belongs to another running program of ours."""


class ErrorDetail(StrEnum):
    """What more is known of an error, where it is one of these things; the values are words for the log."""

    CONNECTION_LOST = "the connection was lost"
    NOT_IN_TIME = "no answer in time"
    NOT_WRITTEN = "the request could not be written"
    CUT_SHORT = "the answer was cut short"
    BODY_DAMAGED = "the packed body is damaged"
    BODY_FOLLOWED = "bytes after the packed body"
    MANY_HEADERS = "too many headers"
    WEB_PAGE = "a web page"
    SIGNATURE = "the signature does not fit"
    OF_ACCOUNT = "the token is for an account, not for a project"
    PROXY_LOGIN = "the proxy wants a login"
    NO_PROXY = "it does not answer as a proxy does"
    MANY_LINES = "it has more lines or letters than can be edited here"
    NOT_UTF_8 = "it is not text in UTF-8"
    NO_FILE_NAME = "not a name for a file"
    FILE_NAME_TAKEN = "a file of this name is there already"
    MANY_LINKS = "too many links"
    NO_PLAIN_FILE = "it is no plain file"
    NAMES_NO_TEXT = "names that are no text"
    NO_DATABASE = "not a database"
    PROFILE_TABLES = "profiles are written as [[profile]]"
    AUTHORS_FORM = "written in a way that only its author can change"


class FieldFault(StrEnum):
    """What is wrong with a field of a profile; the values are words for the log, after the name of the field."""

    MISSING = "missing"
    IS_MISSING = "is missing"
    EMPTY = "empty"
    USED_TWICE = "used twice"
    NOT_BOOLEAN = "must be true or false"
    NOT_TEXT = "must be text"
    CONTROLS = "must be one line without control characters"
    NAME_TAKEN = "there is a profile of this name"
    NAME_UNKNOWN = "there is no profile of this name"
    COLON = "must not have a colon: a password is asked for and is not part of a file"
    NO_ADDRESS = "must be an address like https://host, without spaces, user name or query"
    NO_HOST = "must name a host, like https://host"
    NOT_HTTPS = "must begin with https://"
    PATH = "must not have a path"
    PORT = "must have a port from 1 to 65535"
    PROXY_LOGIN = "must not hold a login: its name belongs into proxy_user, its password is asked for"
    NO_PROXY = "must be an address like http://host:3128"
    PROXY_SCHEME = "must begin with http://, https:// or socks5://"
    NO_PROXY_HOST = "must name a host, like http://host:3128"
    PROXY_FORM = "is not http://host:port"
    PROXY_SOCKS = "is a SOCKS proxy; only http and https proxies can be used"
    PROXY_HOLDS_LOGIN = "holds a login; its user has a field of its own"
    ENDPOINT_FORM = "not https://host[:port]"
    ENDPOINT_NOT_HTTPS = "not https"
    NO_COLOUR = "must be a colour like #d32f2f"


class ProfileError(CbrError):
    """A profile lacks something or says something that cannot be; ``profile`` and ``field`` name the place.

    ``detail`` is a ``FieldFault`` where it is one of those, else words for the log.
    """

    def __init__(self, profile: str, field: str, detail: str) -> None:
        super().__init__(profile, field, detail)
        self.profile = profile
        self.field = field
        self.detail = detail


class NoProfile(ProfileError):
    """None of the profiles is the one that is meant.

    ``profile`` is what was named, empty when nothing was; ``known`` are the names there are, and ``path`` is the file
    that has them, empty for the demo cloud.
    """

    def __init__(self, profile: str, known: tuple[str, ...], path: str) -> None:
        super().__init__(profile, "name", "there is none of this name")
        self.known = known
        self.path = path


class SecretMissing(CbrError):
    """A secret of ``profile`` was not given and is not stored; ``kind`` is a word of ``SecretKind``."""

    def __init__(self, profile: str, kind: str = "password") -> None:
        super().__init__(profile, kind)
        self.profile = profile
        self.kind = kind


class SecretUnfit(SecretMissing):
    """What was given as a secret cannot be one: ``problem`` is ``empty``, ``too-long`` or ``characters``."""

    def __init__(self, profile: str, kind: str, problem: str) -> None:
        super().__init__(profile, kind)
        self.problem = problem


class ReadOnly(CbrError):
    """Nothing may be changed through ``profile`` before it is armed."""

    def __init__(self, profile: str) -> None:
        super().__init__(profile)
        self.profile = profile
