"""The envelopes in which the service, its gateway and the identity service say no."""

from dataclasses import dataclass
from typing import Any

import msgspec

from cbr_desktop.cloud.wire.reading import Unfit, mended

_TEXT_LIMIT = 2000
_KEYS = (("error_code", "error_msg"), ("errorCode", "errorMsg"), ("code", "message"))


@dataclass(frozen=True, slots=True)
class Envelope:
    """What a refusal says; all texts are the server's and empty where it says nothing."""

    code: str = ""
    message: str = ""
    request_id: str = ""


def envelope(body: bytes) -> Envelope:
    """Read a refusal in any of the five known shapes; anything else gives an empty ``Envelope``.

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
    found = next((_pair(place) for place in places if _pair(place) != ("", "")), ("", ""))
    return Envelope(*found, _text(tree.get("request_id")))


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
