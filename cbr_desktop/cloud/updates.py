"""Asking whether there is a newer version: a manifest is believed by its signature alone, wherever it comes from."""

import base64
import binascii
from datetime import UTC, datetime

import msgspec

from cbr_desktop.cloud.network import Transport
from cbr_desktop.cloud.transport import Call, Client, Clock
from cbr_desktop.domain.error import ErrorDetail, Unproved
from cbr_desktop.domain.update import Release, UpdateSource, is_newer


class _Manifest(msgspec.Struct):
    version: str
    published_at: datetime
    page: str


class Updates:
    """Asks the source that was named, and no other. Nothing is downloaded but the manifest."""

    def __init__(self, source: UpdateSource, transport: Transport, clock: Clock) -> None:
        self._source = source
        self._client = Client(transport, clock, lambda _connection: None)

    async def newer(self, than: str) -> Release | None:
        """Return the release of the manifest if it is newer, else ``None``. Raises ``CloudError``.

        ``Unproved`` when the signature does not fit: then nothing of what the manifest says is used.
        """
        address = self._source.address
        manifest = await self._client.read(Call("GET", address))
        signature = await self._client.read(Call("GET", f"{address}.sig"))
        if not _is_signed(manifest.body, signature.body, self._source.public_key):
            raise Unproved(manifest.host, ErrorDetail.SIGNATURE, manifest.status, manifest.request_id)
        try:
            found = msgspec.json.decode(manifest.body, type=_Manifest)
        except (msgspec.DecodeError, RecursionError) as error:
            raise Unproved(manifest.host, str(error)[:200], manifest.status) from None
        if not is_newer(found.version, than):
            return None
        at = found.published_at
        return Release(found.version, at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC), found.page)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def _is_signed(message: bytes, signature: bytes, public_key: bytes) -> bool:
    """Tell whether the Ed25519 signature, in base64, is by the owner of the key.

    libsodium does it because it refuses keys of a small order, for which signatures can be made without the
    secret key; OpenSSL (``cryptography``) and ``ecdsa`` take them. Besides, it is a twentieth of OpenSSL on
    Windows, where nothing else needs that, and ``ecdsa`` has an advisory about the time that signing takes
    which its makers will not mend.
    """
    # without a look for updates there is no need of such a library
    from nacl.exceptions import CryptoError
    from nacl.signing import VerifyKey

    try:
        VerifyKey(public_key).verify(message, base64.b64decode(signature.strip(), validate=True))
    except (CryptoError, binascii.Error, ValueError):
        return False
    return True
