"""Canaries: secrets that can be told from everything else, and the search for them in all that was written."""

import base64
import json
import secrets
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

_HALF = 16
"""Letters of a canary that are looked for at a time: what is cut in two is found as well."""
_UNPACKED_LIMIT = 2**26
_PACKED = (b"\x1f\x8b\x08", b"\x78\x01", b"\x78\x9c", b"\x78\xda")


@dataclass(frozen=True)
class Canary:
    """A secret. ``core`` is the part of it that is looked for: letters and digits that every escape leaves alone."""

    name: str
    text: str
    core: str

    def traces(self) -> dict[str, tuple[bytes, ...]]:
        """Return what to look for, by its form. URL-quoted and escaped for JSON, the core stands as it is."""
        is_long = len(self.core) >= 2 * _HALF
        halves = [self.core[:_HALF], self.core[_HALF : 2 * _HALF]] if is_long else [self.core]
        return {
            "plain, URL or JSON": tuple(half.encode() for half in halves),
            "base64": tuple(trace for half in halves for trace in _base64(half.encode())),
            "UTF-16": tuple(half.encode(form) for half in halves for form in ("utf-16-le", "utf-16-be")),
            "hexadecimal": tuple(half.encode().hex().encode() for half in halves),
        }


def canary(name: str, *, digits: bool = False) -> Canary:
    """Return a new canary with 128 random bits; what stands around them has to be escaped nearly everywhere."""
    if digits:
        core = f"{secrets.randbits(128):039d}"
        return Canary(name, core, core)
    core = secrets.token_hex(16)
    return Canary(name, f'k\u00e4"{core}&/+%\\', core)


def plain_canary(name: str) -> Canary:
    """Return a new canary as keys and tokens are: letters and digits alone."""
    core = secrets.token_hex(16)
    return Canary(name, core, core)


@dataclass(frozen=True)
class Hit:
    """A canary that was found where it must not be."""

    name: str
    form: str
    where: str


def search(canaries: Iterable[Canary], blobs: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> list[Hit]:
    """Look for canaries in named bytes, and in what is packed in them."""
    traces = [(each.name, form, trace) for each in canaries for form, some in each.traces().items() for trace in some]
    found = []
    for where, data in blobs.items() if isinstance(blobs, Mapping) else blobs:
        for packing, part in (("", data), *(("gzip, ", part) for part in _unpacked(data))):
            found += [Hit(name, packing + form, where) for name, form, trace in traces if trace in part]
    return sorted(set(found), key=lambda hit: (hit.name, hit.where, hit.form))


def files_under(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield every file below a folder, its name included in what is searched."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            name = str(path.relative_to(folder))
            yield name, name.encode("utf-8", "surrogateescape") + b"\n" + path.read_bytes()
        elif path.is_symlink():
            yield str(path.relative_to(folder)), str(path.readlink()).encode()


def disguises(one: Canary) -> dict[str, bytes]:
    """Return a canary in every form that the search must see through, to test the search itself."""
    text, packer = one.text, zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = packer.compress(f"xx{text}".encode()) + packer.flush()
    return {
        "plain": f"password={text}".encode(),
        "URL": quote(text, safe="").encode(),
        "JSON": json.dumps({"password": text}).encode(),
        **{f"base64 {n}": base64.b64encode(b"u" * n + text.encode()) for n in range(3)},
        "base64 for URLs": base64.urlsafe_b64encode(text.encode()),
        "UTF-16": f"x{text}".encode("utf-16"),
        "gzip": b"header" + packed,
        "zlib": zlib.compress(text.encode()),
        "first half": one.core[:_HALF].encode(),
        "hexadecimal": text.encode().hex().encode(),
    }


def _base64(data: bytes) -> Iterator[bytes]:
    """Yield what stands in base64 wherever in the encoded text the data begins: without the letters that it shares."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + data)
        inner = encoded[-(-before * 8 // 6) : (before + len(data)) * 8 // 6]
        yield inner
        yield inner.translate(bytes.maketrans(b"+/", b"-_"))


def _unpacked(data: bytes) -> Iterator[bytes]:
    for magic in _PACKED:
        at = data.find(magic)
        while at >= 0:
            try:
                part = zlib.decompressobj(47).decompress(data[at:], _UNPACKED_LIMIT)
            except zlib.error:
                part = b""
            if part:
                yield part
            at = data.find(magic, at + 1)
