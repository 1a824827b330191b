"""Fault 85 of the catalogue from end to end: a service that gives back what it was sent, and all that is kept of it."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from msgspec.structs import force_setattr

from cbr_desktop.app.profile import DEMO
from cbr_desktop.app.request_runner import Report, RequestRunner
from cbr_desktop.app.start import opened
from cbr_desktop.cli.outbox import _record
from cbr_desktop.cli.report import record_text, request_record
from cbr_desktop.domain.checkpoint import CheckpointDraft
from cbr_desktop.domain.ids import VaultId
from cbr_desktop.domain.intent import IntentState
from cbr_desktop.domain.redaction import HIDDEN
from cbr_desktop.domain.secret import SecretKind
from cbr_desktop.simulator import estate
from cbr_desktop.simulator.estate import REFERENCE_VAULT_ID
from cbr_desktop.simulator.service import Service
from cbr_desktop.storage.journal import read_only
from cbr_desktop.storage.paths import places
from cbr_desktop.storage.records import peek
from cbr_desktop.text.evidence import csv_export, json_export
from cbr_desktop.ui.kit.tables.copying import as_json
from tests.checkpoint_change import checkpoint_change_of
from tests.stage import DAYS, Cable, Stage, StageClock, Watch

PASSWORD = "Kd83-Lm/w0+%7qZ"
BODY = json.dumps({"checkpoint": {"vault_id": REFERENCE_VAULT_ID, "parameters": {"name": "before-patch"}}}).encode()


@contextmanager
def played(folder: Path, cable: type["Echo"]) -> Iterator[Stage]:
    """Open a session over a service whose user has another password than that of the demo cloud."""
    clock = StageClock()
    service = Service(estate.demo(clock.now(), days=DAYS), clock)
    service.modes.schedules = False
    service.estate.users[estate.DEMO_USER].password = PASSWORD

    async def secret(_kind: SecretKind) -> str:
        return PASSWORD

    watch = Watch()
    ledger = watch.ledger(DEMO)
    way = cable(service)
    with opened(places({"CBR_DESKTOP_HOME": str(folder)}), ledger, clock, secret, way) as session:
        yield Stage(session, service, clock, watch, way)


class Echo(Cable):
    """Refuses every checkpoint, with all that it was sent in several encodings."""

    token = ""
    status = 400

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/checkpoints"):
            return await super().handle_async_request(request)
        Echo.token = request.headers["X-Auth-Token"]
        sent = "\n".join(f"{name}: {value}" for name, value in request.headers.items()) + PASSWORD
        said = [sent, base64.b64encode(sent.encode()).decode(), quote(self.token), self.token.encode().hex()]
        said += [f"<{base64.b64encode((before + PASSWORD).encode()).decode()}>" for before in ("", "a:", "ab:")]
        body = {"error_code": "BackupService.6001", "error_msg": " | ".join(said), "request_id": self.token[:90]}
        headers = {"X-Request-Id": self.token[:90], "Set-Cookie": f"a={self.token}"}
        return httpx.Response(self.status, headers=headers, json=body, request=request)


class LostEcho(Echo):
    """Does the same where nothing proves that it was not carried out."""

    status = 500


def traces(secret: str) -> list[bytes]:
    """Return what a secret leaves, wherever it is cut or packed."""
    parts = [secret[start : start + 15] for start in range(0, len(secret) - 14, 15)]
    packed = [base64.b64encode(b"x" * before + secret.encode())[4:-4] for before in range(3)]
    return [
        each.lower()
        for each in (
            quote(secret[:16], safe="").encode(),
            *(part.encode() for part in parts),
            secret[:12].encode().hex().encode(),
            *packed,
        )
    ]


@pytest.mark.parametrize(("cable", "state"), [(Echo, IntentState.REJECTED), (LostEcho, IntentState.NOT_FOUND)])
def test_fault_85_a_service_that_echoes_gets_no_secret_into_any_file_row_export_or_output(
    tmp_path: Path, cable: type[Echo], state: IntentState
) -> None:
    reports: list[Report] = []
    said: list[str] = []
    with played(tmp_path, cable) as stage:

        async def story() -> None:
            reports.append(await RequestRunner(stage.session, said.append).send(checkpoint_change_of(BODY), wait=True))

        stage.play(story)
    (report,) = reports
    assert report.intent.state is state
    now = report.intent.changed_at + timedelta(hours=1)
    record = request_record(report, now)
    here = places({"CBR_DESKTOP_HOME": str(tmp_path)})
    (row,) = peek(here.records_file)[0]
    entries = list(read_only(here.journal_folder).entries())
    outputs = [record_text(record), json.dumps(record), json.dumps(_record(row, now), default=str), as_json(row), *said]
    outputs += [json_export(entries), csv_export(entries), repr(report)]
    assert HIDDEN in "".join(outputs)
    assert len(Echo.token) > 50
    files = {path.name: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert {"outbox.db"} <= files.keys()
    places_ = files | {f"output {number}": text.encode() for number, text in enumerate(outputs)}
    found = [
        (name, trace)
        for name, data in places_.items()
        for secret in (Echo.token, PASSWORD)
        for trace in traces(secret)
        if trace in data.lower()
    ]
    assert found == []


def test_fault_85_a_row_of_an_older_program_is_shown_without_its_secret(tmp_path: Path) -> None:
    with played(tmp_path, Echo) as stage:

        async def story() -> None:
            await stage.until(
                stage.session.outbox.submit(CheckpointDraft(VaultId(REFERENCE_VAULT_ID))).id, IntentState.REJECTED
            )

        stage.play(story)
        (intent,) = stage.session.ledger.intents.values()
        assert intent.refusal is not None
        # a program of before would have written this
        force_setattr(intent.refusal, "message", "X-Auth-Token: hunter2hunter2")
        stage.session.outbox._rows.records.save(intent)
    here = places({"CBR_DESKTOP_HOME": str(tmp_path)})
    assert b"hunter2hunter2" in here.records_file.read_bytes()
    (row,) = peek(here.records_file)[0]
    assert "hunter2" not in repr(row)
