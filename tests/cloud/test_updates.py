"""Being told of a newer version: only when asked for, only by whom was named, and only with its signature."""

import asyncio
import base64
import json

import httpx
import pytest
from ecdsa import Ed25519, SigningKey

from cbr_desktop.app.updating import look
from cbr_desktop.domain.error import CloudError, Redirected, Unproved
from cbr_desktop.domain.update import Release, UpdateSource, is_newer
from tests.cloud.values import Clock

KEY = SigningKey.generate(curve=Ed25519)
SOURCE = UpdateSource("https://downloads.example/cbr/manifest.json", KEY.verifying_key.to_string())
MANIFEST = {"version": "2.1.0", "published_at": "2026-11-24T10:00:00+00:00", "page": "https://downloads.example/cbr/"}


class Shelf:
    """Serves a manifest and its signature, and counts."""

    def __init__(self, manifest: bytes | None = None, signature: bytes | None = None) -> None:
        self.manifest = json.dumps(MANIFEST).encode() if manifest is None else manifest
        self.signature = base64.b64encode(KEY.sign(self.manifest)) if signature is None else signature
        self.paths: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.paths.append(request.url.path)
        content = self.signature if request.url.path.endswith(".sig") else self.manifest
        return httpx.Response(200, content=content, headers={"Content-Type": "application/json"})


def told(shelf: object, than: str = "1.0.0") -> Release | None:
    return asyncio.run(look(SOURCE, Clock(), httpx.MockTransport(shelf), than))  # type: ignore[arg-type]


def test_a_signed_manifest_tells_of_a_newer_version() -> None:
    shelf = Shelf()
    release = told(shelf)
    assert release is not None
    assert (release.version, release.page) == ("2.1.0", "https://downloads.example/cbr/")
    assert release.published_at.isoformat() == "2026-11-24T10:00:00+00:00"
    assert shelf.paths == ["/cbr/manifest.json", "/cbr/manifest.json.sig"]


@pytest.mark.parametrize("than", ["2.1.0", "2.1", "2.2.0", "10.0"])
def test_what_is_not_newer_is_no_news(than: str) -> None:
    assert told(Shelf(), than) is None


@pytest.mark.parametrize(
    "shelf",
    [
        Shelf(signature=base64.b64encode(SigningKey.generate(curve=Ed25519).sign(json.dumps(MANIFEST).encode()))),
        Shelf(signature=base64.b64encode(b"\0" * 64)),
        Shelf(signature=b"no base64!"),
        Shelf(signature=b""),
        Shelf(json.dumps({**MANIFEST, "version": "9.9"}).encode(), base64.b64encode(KEY.sign(b"another"))),
        Shelf(b"{}"),
        Shelf(b"[" * 100_000),
        Shelf(json.dumps({**MANIFEST, "published_at": "yesterday"}).encode()),
    ],
)
def test_what_is_not_proved_or_not_whole_is_not_believed(shelf: Shelf) -> None:
    with pytest.raises(Unproved):
        told(shelf)


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
