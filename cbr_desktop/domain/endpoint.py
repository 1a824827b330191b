"""The addresses of services and proxies, each in the one form that profiles have."""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from cbr_desktop.domain.error import FieldFault

_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?\Z")
_PROXY_PORTS = {"http": 80, "https": 443, "socks5": 1080}


def endpoint(text: str) -> str:
    """Return an endpoint in the one form that profiles have: ``https://host[:port]``, lower case, without a path.

    A trailing slash and the ``/v3`` that catalogues write are taken off. ``ValueError`` has the ``FieldFault``:
    anything but https (a loopback address may be http), a user name, another path, a query.
    """
    text = text.strip()
    if not text.isprintable() or any(character in text for character in " \\@?#"):
        raise ValueError(FieldFault.NO_ADDRESS)
    parts = urlsplit(text)
    host = parts.hostname or ""
    if not _is_host(host):
        raise ValueError(FieldFault.NO_HOST)
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise ValueError(FieldFault.NOT_HTTPS)
    if parts.path.rstrip("/") not in ("", "/v3"):
        raise ValueError(FieldFault.PATH)
    default = {"https": 443, "http": 80}[parts.scheme]
    port = _port(parts)
    suffix = "" if port in (None, default) else f":{port}"
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{suffix}"


def proxy_address(text: str) -> str:
    """Return the address of a proxy in one form: ``http``, ``https`` or ``socks5``, host and port, lower case.

    ``ValueError`` has the ``FieldFault``; a login in the address would be one in a file.
    """
    text = text.strip()
    if "@" in text:
        raise ValueError(FieldFault.PROXY_LOGIN)
    if not text.isprintable() or any(character in text for character in " \\?#"):
        raise ValueError(FieldFault.NO_PROXY)
    parts = urlsplit(text)
    host = parts.hostname or ""
    if parts.scheme not in _PROXY_PORTS:
        raise ValueError(FieldFault.PROXY_SCHEME)
    if not _is_host(host):
        raise ValueError(FieldFault.NO_PROXY_HOST)
    if parts.path.rstrip("/"):
        raise ValueError(FieldFault.PATH)
    port = _port(parts) or _PROXY_PORTS[parts.scheme]
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        # the library's words quote what stands there, which may be a password that was put into the address
        raise ValueError(FieldFault.PORT) from None


def _is_host(host: str) -> bool:
    if ":" not in host:
        return _HOST.match(host) is not None
    try:
        return ip_address(host).version == 6
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
