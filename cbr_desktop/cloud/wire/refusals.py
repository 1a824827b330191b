"""How the service, its gateway and the identity service say no, and what that proves."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from cbr_desktop.cloud.wire.logins import login_refusal_reason
from cbr_desktop.cloud.wire.reading import Unfit, mended, strictly
from cbr_desktop.domain.error import (
    CloudError,
    ErrorDetail,
    Forbidden,
    LoginRefused,
    NotFound,
    Refused,
    Throttled,
    Unreachable,
    UnreachableReason,
)
from cbr_desktop.domain.redaction import redacted

_TEXT_LIMIT = 2000
_KEYS = (("error_code", "error_msg"), ("errorCode", "errorMsg"), ("code", "message"))
_PROOF_LIMIT = 64 * 2**10
"""Bytes of the largest refusal that may prove something."""
_OTHER_NAMES = frozenset(name for pair in _KEYS[1:] for name in pair)
_ENTERPRISE_CODE = re.compile(r"EPS\.[0-9]{4}\Z")
_CANONICAL = re.compile(r"canonicalRequest:.*", re.DOTALL)
"""With a wrong signature the gateway quotes all that was signed, the security token as well."""
_SAYS_NO = (400, 401, 403, 404, 409, 429)
"""The statuses with which a service says no before it does anything."""
_SERVICE_CODE = re.compile(r"(BackupService\.)?[0-9]{4}\Z")
_OLDER_NAMES = {401: "unauthorized", 403: "forbidden"}


class RefusalForm(StrEnum):
    """The exact form of a refusal, which tells who may have written it."""

    SERVICE = "service"
    """``error_code`` and ``error_msg``, as the service and its gateway say no."""
    OLDER = "older"
    """One key that names the class of the status, with the status as code: a check in front of the service."""
    ENTERPRISE = "enterprise"
    """One ``error`` with a code of EPS and its text, as the enterprise project service says no."""
    OTHER = "other"
    """Anything else, whatever words it holds: it proves nothing."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a refusal says; all texts are the server's and empty where it says nothing."""

    code: str = ""
    message: str = ""
    request_id: str = ""


def refusal_form_of(status: int, body: bytes) -> RefusalForm:
    """Return the form of a refusal by its schema, to the letter: valid UTF-8 and JSON, no key twice, nothing around.

    Further texts beside those that must be are let through, as later versions may have them; objects are not.
    """
    if len(body) > _PROOF_LIMIT:
        return RefusalForm.OTHER
    try:
        tree = strictly(body)
    except Unfit:
        return RefusalForm.OTHER
    if not isinstance(tree, dict):
        return RefusalForm.OTHER
    if _is_service(tree):
        return RefusalForm.SERVICE
    if _is_enterprise(tree):
        return RefusalForm.ENTERPRISE
    return RefusalForm.OLDER if _is_older(status, tree) else RefusalForm.OTHER


def envelope(body: bytes, redact: Callable[[str], str] = redacted) -> Envelope:
    """Read a refusal in any of the five known shapes; anything else gives an empty ``Envelope``.

    ``redact`` takes secrets out of its texts.

    The pair of keys is looked for in the object itself and then in the objects directly inside it, as the vendor's
    own client does.
    """
    try:
        tree = mended(body, msgspec.json.decode)
    except Unfit:
        return Envelope()
    if not isinstance(tree, dict):
        return Envelope()
    places = [tree, *(inner for inner in tree.values() if isinstance(inner, dict))]
    code, message = next((_pair(place) for place in places if _pair(place) != ("", "")), ("", ""))
    return Envelope(redact(code), redact(message), redact(_text(tree.get("request_id"))))


def refusal(
    host: str, status: int, said: Envelope, request_id: str = "", form: RefusalForm = RefusalForm.OTHER
) -> CloudError:
    """Make the error for a status of 400 and more out of what the server said, and in which form."""
    code = said.code
    message = _CANONICAL.sub("", said.message).rstrip(", ")
    if status == 407:
        asked = Unreachable(host, ErrorDetail.PROXY_LOGIN, UnreachableReason.PROXY_LOGIN)
        # a tunnel is refused before there is a request; here it was sent, and some other machine may have relayed it
        asked.executed = None
        return asked
    kind = _KINDS.get(status, Refused)
    if status == 401 and "malformed request url" in message.lower():
        # some regions say so for an object that does not exist; it is no word about the login
        kind = NotFound
    error = kind(
        host,
        status=status,
        code=code,
        message=message,
        request_id=request_id or said.request_id,
        executed=False if _is_not_executed(status, form, code) else None,
    )
    if isinstance(error, LoginRefused):
        error.reason = login_refusal_reason(message)
    return error


_KINDS: dict[int, type[Refused]] = {401: LoginRefused, 403: Forbidden, 404: NotFound, 429: Throttled}


def _is_not_executed(status: int, form: RefusalForm, code: str) -> bool:
    """Tell whether a refusal certainly came before anything was done; what only looks so proves nothing."""
    if form is RefusalForm.OLDER:
        # the permission check in front of the service; it knows the statuses 401 and 403 alone
        return True
    if form is RefusalForm.OTHER:
        return False
    if form is RefusalForm.ENTERPRISE:
        return status in _SAYS_NO
    is_service = status in _SAYS_NO and _SERVICE_CODE.match(code) is not None
    return is_service or code in _GATEWAY_CODES.get(status, ())


def gateway_codes(*numbers: str) -> frozenset[str]:
    """Return codes of the gateway by their numbers, whole, in both spellings."""
    return frozenset(f"{prefix}.{number}" for prefix in ("APIGW", "APIG") for number in numbers)


_GATEWAY_CODES = {
    401: gateway_codes("0301", "0303", "0305", "0307", "0311"),
    403: gateway_codes("0302", "0304", "0306", "0310", "0402", "0801", "0802"),
    # there is nothing behind this path for this method, so the gateway had no service to pass it on to
    404: gateway_codes("0101"),
    429: gateway_codes("0308"),
}
"""With which codes the gateway itself says no, by the status, without passing the request on."""


def _pair(place: dict[str, Any]) -> tuple[str, str]:
    for code_key, message_key in _KEYS:
        code, message = _text(place.get(code_key)), _text(place.get(message_key))
        if code or message:
            return code, message
    return "", ""


def _text(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value)[:_TEXT_LIMIT]


def _is_service(tree: dict[str, Any]) -> bool:
    is_text = all(isinstance(value, str) for value in tree.values())
    return is_text and {"error_code", "error_msg"} <= tree.keys() and not _OTHER_NAMES & tree.keys()


def _is_enterprise(tree: dict[str, Any]) -> bool:
    inner = tree.get("error")
    if len(tree) != 1 or not isinstance(inner, dict) or inner.keys() != {"code", "message"}:
        return False
    code, message = inner["code"], inner["message"]
    return isinstance(code, str) and isinstance(message, str) and _ENTERPRISE_CODE.match(code) is not None


def _is_older(status: int, tree: dict[str, Any]) -> bool:
    inner = tree.get(_OLDER_NAMES.get(status, ""))
    if len(tree) != 1 or not isinstance(inner, dict) or isinstance(inner.get("code"), bool):
        return False
    return inner.get("code") in (status, str(status)) and isinstance(inner.get("message"), str)
