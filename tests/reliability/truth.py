"""A cloud that keeps the truth about checkpoints: what was executed, how often, under which name."""

import asyncio
import json
import random
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from tests.cloud.faults import response

from .gateway import PROJECT, TokenCloud

REMEMBERED = 200
"""How many of the latest checkpoints the lists tell of."""


class TruthCloud(TokenCloud):
    """Executes every request for a checkpoint, and counts them by name; each answer is late by up to ``late`` seconds.

    ``executed`` counts the requests that were carried out, whether or not anybody got the answer.
    """

    def __init__(self, late: float = 0.0, seed: int = 1) -> None:
        super().__init__()
        self._late = late
        self._chance = random.Random(seed)
        self._made: dict[str, dict[str, object]] = {}
        self.executed: Counter[str] = Counter()

    async def __call__(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = self.server.requests.pop()
        if self._late:
            # half before the work is done and half after it
            await asyncio.sleep(self._chance.uniform(0, self._late / 2))
        answer = self.answer(request)
        if self._late:
            await asyncio.sleep(self._chance.uniform(0, self._late / 2))
        writer.write(answer)
        await writer.drain()

    def answer(self, request: bytes) -> bytes:
        """Return the answer to a request, after it has been carried out."""
        method, target, _ = request.partition(b"\r\n")[0].decode("ascii").split(" ")
        parts = urlsplit(target)
        place = parts.path.removeprefix(f"/v3/{PROJECT}/")
        if method == "POST" and place == "checkpoints":
            return self._create(json.loads(request.partition(b"\r\n\r\n")[2])["checkpoint"])
        if place.startswith("checkpoints/"):
            return _good({"checkpoint": {**self._made[place.rpartition("/")[2]]["checkpoint"], "status": "available"}})  # type: ignore[dict-item]
        latest = list(self._made.values())[:-REMEMBERED:-1]
        if place == "operation-logs":
            return _good({"operation_logs": [each["task"] for each in latest], "count": len(latest)})
        if place == "backups":
            wanted = parse_qs(parts.query).get("vault_id", [""])[0]
            found = [each["backup"] for each in latest if each["backup"]["vault_id"] == wanted]  # type: ignore[index]
            return _good({"backups": found, "count": len(found)})
        return super().answer(request)

    def _create(self, asked: dict[str, object]) -> bytes:
        name = str(asked.get("parameters", {}).get("name", ""))  # type: ignore[attr-defined]
        self.executed[name] += 1
        id, wanted = str(uuid.uuid4()), asked.get("parameters", {}).get("resources") or [str(uuid.uuid4())]  # type: ignore[attr-defined]
        resource = {"id": wanted[0], "name": "server", "type": "OS::Nova::Server"}
        now = datetime.now(UTC)
        vault = {"id": asked["vault_id"], "name": "vault", "resources": [resource], "skipped_resources": []}
        checkpoint = {
            "id": id,
            "project_id": PROJECT,
            "status": "protecting",
            "created_at": _stamp(now),
            "vault": vault,
        }
        common = {"checkpoint_id": id, "vault_id": asked["vault_id"], "created_at": _stamp(now)}
        ended = {"ended_at": _stamp(now + timedelta(seconds=1)), "status": "success", "operation_type": "backup"}
        extra = {"resource": resource, "backup": {"backup_id": str(uuid.uuid4()), "backup_name": name}}
        self._made[id] = {
            "checkpoint": checkpoint,
            "task": {"id": str(uuid.uuid4()), **common, **ended, "extra_info": extra},
            "backup": {"id": str(uuid.uuid4()), **common, "name": name, "status": "available"},
        }
        return _good({"checkpoint": checkpoint})


def _good(body: object) -> bytes:
    return response(json.dumps(body).encode(), b"X-Request-Id: " + uuid.uuid4().hex.encode())


def _stamp(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.%f")
