"""Being told of a newer version: only when asked for, only by whom was named, and only with its signature."""

import asyncio
import base64
import json

import httpx
import pytest
from nacl.signing import SigningKey

from cbr_desktop.app.updating import look
from cbr_desktop.domain.error import CloudError, Redirected, Unproved
from cbr_desktop.domain.update import Release, UpdateSource, is_newer
from tests.cloud.values import Clock

KEY = SigningKey.generate()
SOURCE = UpdateSource("https://downloads.example/cbr/manifest.json", bytes(KEY.verify_key))
MANIFEST = {"version": "2.1.0", "published_at": "2026-11-24T10:00:00+00:00", "page": "https://downloads.example/cbr/"}


class ManifestServer:
    """Serves a manifest and its signature, and counts."""

    def __init__(self, manifest: bytes | None = None, signature: bytes | None = None) -> None:
        self.manifest = json.dumps(MANIFEST).encode() if manifest is None else manifest
        self.signature = base64.b64encode(KEY.sign(self.manifest).signature) if signature is None else signature
        self.paths: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.paths.append(request.url.path)
        content = self.signature if request.url.path.endswith(".sig") else self.manifest
        return httpx.Response(200, content=content, headers={"Content-Type": "application/json"})


def told(server: object, than: str = "1.0.0", source: UpdateSource = SOURCE) -> Release | None:
    return asyncio.run(look(source, Clock(), httpx.MockTransport(server), than))  # type: ignore[arg-type]


def test_a_signed_manifest_tells_of_a_newer_version() -> None:
    server = ManifestServer()
    release = told(server)
    assert release is not None
    assert (release.version, release.page) == ("2.1.0", "https://downloads.example/cbr/")
    assert release.published_at.isoformat() == "2026-11-24T10:00:00+00:00"
    assert server.paths == ["/cbr/manifest.json", "/cbr/manifest.json.sig"]


@pytest.mark.parametrize("than", ["2.1.0", "2.1", "2.2.0", "10.0"])
def test_what_is_not_newer_is_no_news(than: str) -> None:
    assert told(ManifestServer(), than) is None


@pytest.mark.parametrize(
    "server",
    [
        ManifestServer(signature=base64.b64encode(SigningKey.generate().sign(json.dumps(MANIFEST).encode()).signature)),
        ManifestServer(signature=base64.b64encode(b"\0" * 64)),
        ManifestServer(signature=b"no base64!"),
        ManifestServer(signature=b""),
        ManifestServer(
            json.dumps({**MANIFEST, "version": "9.9"}).encode(), base64.b64encode(KEY.sign(b"another").signature)
        ),
        ManifestServer(b"{}"),
        ManifestServer(b"[" * 100_000),
        ManifestServer(json.dumps({**MANIFEST, "published_at": "yesterday"}).encode()),
    ],
)
def test_what_is_not_proved_or_not_whole_is_not_believed(server: ManifestServer) -> None:
    with pytest.raises(Unproved):
        told(server)


_ORDER_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
_OTHER_8 = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
SMALL_ORDER = [
    bytes.fromhex(point)
    for point in (
        "01" + "00" * 31,
        "00" * 32,
        "00" * 31 + "80",
        "ec" + "ff" * 30 + "7f",
        _ORDER_8,
        f"{_ORDER_8[:-2]}85",
        _OTHER_8,
        f"{_OTHER_8[:-2]}fa",
    )
]
"""The eight points of Ed25519 whose order is at most 8, as keys and signatures have them."""


@pytest.mark.parametrize("key", SMALL_ORDER, ids=bytes.hex)
def test_a_key_for_which_anybody_can_sign_anything_proves_nothing_78(key: bytes) -> None:
    """With S = 0, one of eight signatures fits one of eight messages, for whoever tries."""
    source = UpdateSource(SOURCE.address, key)
    for number in range(8):
        manifest = json.dumps({**MANIFEST, "version": f"2.1.{number}"}).encode()
        for point in SMALL_ORDER:
            with pytest.raises(Unproved):
                told(ManifestServer(manifest, base64.b64encode(point + bytes(32))), source=source)


@pytest.mark.parametrize("key", [b"", b"short", bytes(31), bytes(33), b"\xff" * 32])
def test_what_is_no_key_proves_nothing(key: bytes) -> None:
    with pytest.raises(Unproved):
        told(ManifestServer(), source=UpdateSource(SOURCE.address, key))


def test_what_was_signed_by_earlier_versions_is_still_believed() -> None:
    key = base64.b64decode("A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=")
    signature = b"8F0MzVl8+M5+kZfundHu6TmKNI1raV7qd/qDjPh4y7Ag6CMlF3U+vdQ+bMevf+Ztbqu3PNDIF930NfDQ6NUODw=="
    release = told(ManifestServer(signature=signature), source=UpdateSource(SOURCE.address, key))
    assert release is not None and release.version == "2.1.0"


def test_a_redirect_is_not_followed() -> None:
    def elsewhere(request: httpx.Request) -> httpx.Response:
        assert request.url.host == "downloads.example"
        return httpx.Response(302, headers={"Location": "https://evil.example/"})

    with pytest.raises(Redirected):
        told(elsewhere)


def test_an_outage_is_an_error_of_the_house() -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no", request=request)

    with pytest.raises(CloudError):
        told(away)


@pytest.mark.parametrize("version", ["", "v2", "2.0-rc1", "2..0", "9" * 50, "2.0.0.0.0.0", "２"])
def test_what_is_no_version_is_never_newer(version: str) -> None:
    assert not is_newer(version, "1.0")


def test_versions_are_compared_by_their_numbers() -> None:
    assert is_newer("1.10", "1.9")
    assert not is_newer("1.9.0", "1.9")
