"""The wire: how the service is spoken to.

::

    api ──> auth ──> transport ──> httpx
     └────> wire                    (JSON to domain and back, no network)

Nothing above this package sees a header, a status or a foreign exception: what goes wrong leaves as a ``CloudError``.
"""
