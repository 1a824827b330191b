"""The real network: TLS by the system's trust, the proxy that was chosen, and nothing from the environment."""

import ssl

import httpx

IN_FLIGHT = 6
"""Requests at a time; more gain nothing over a real link."""


class Network(httpx.AsyncBaseTransport):
    """The real network: TLS verified by the trust store of the system, nothing taken from the environment.

    Making one reads the trust store, which takes some tens of milliseconds: best done off the window's thread.
    ``proxy`` is a URL. Requests that ask for it (``Connection: close``) get a connection of their own, so that a
    server that closes an idle connection cannot swallow them.
    """

    def __init__(self, proxy: str | None = None) -> None:
        import truststore

        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        kept = httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=IN_FLIGHT, keepalive_expiry=20)
        fresh = httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=0)
        self._kept = httpx.AsyncHTTPTransport(verify=context, trust_env=False, limits=kept, proxy=proxy)
        self._fresh = httpx.AsyncHTTPTransport(verify=context, trust_env=False, limits=fresh, proxy=proxy)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send over a kept connection, or over one of its own."""
        transport = self._fresh if request.headers.get("connection") == "close" else self._kept
        return await transport.handle_async_request(request)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._kept.aclose()
        await self._fresh.aclose()
