"""The door of the service: gateway headers, journal, faults, throttling, and the way over TCP."""

import asyncio
import signal
import subprocess
import sys

import httpx
import pytest

from cbr_desktop.simulator.estate import DEMO_PROJECT_ID
from cbr_desktop.simulator.faults import ConnectionCut, Fault
from cbr_desktop.simulator.serve import serve

VAULTS = f"/v3/{DEMO_PROJECT_ID}/vaults"


def test_every_answer_has_request_id_server_and_date(cloud):
    answer = cloud.send("GET", VAULTS, headers={"X-Auth-Token": cloud.token})
    assert len(answer.headers["X-Request-Id"]) == 32
    assert answer.headers["Server"] == "api-gateway"
    assert answer.headers["Date"] == "Mon, 04 May 2026 09:00:00 GMT"
    assert answer.headers["Content-Type"].startswith("application/json")


def test_journal_keeps_requests_byte_for_byte(cloud):
    body = b'{"checkpoint":  {"vault_id": "x"}}'
    cloud.cbr("POST", "checkpoints", 400, content=body)
    cloud.get("vaults", name="a b")
    post, get = cloud.service.journal[-2:]
    assert (post.method, post.body, post.status) == ("POST", body, 400)
    assert post.headers["x-auth-token"] == cloud.token
    assert get.path in (f"{VAULTS}?name=a+b", f"{VAULTS}?name=a%20b")
    assert len(cloud.service.journal.calls("POST", "/checkpoints")) == 1


def test_connection_cut_before_and_after_the_work_is_done(cloud):
    vault = cloud.vault("vault-be94")
    cloud.service.faults.add(Fault(method="POST", path="/checkpoints", kind="cut", when="before"))
    with pytest.raises(ConnectionCut):
        cloud.create(vault)
    assert cloud.estate.busy_with(vault) is None
    cloud.service.faults.add(Fault(method="POST", path="/checkpoints", kind="cut", when="after"))
    with pytest.raises(ConnectionCut):
        cloud.create(vault)
    assert cloud.estate.busy_with(vault) is not None
    assert [each.status for each in cloud.service.journal if each.method == "POST"][-2:] == [None, None]


def test_gateway_timeout_after_the_work_is_done(cloud):
    vault = cloud.vault("vault-be94")
    body = b'{"error_code":"APIGW.0201","error_msg":"Backend timeout.","request_id":"0"}'
    cloud.service.faults.add(Fault(method="POST", kind="status", when="after", status=504, body=body))
    assert cloud.create(vault, 504)["error_code"] == "APIGW.0201"
    assert cloud.estate.busy_with(vault) is not None


def test_strange_answers_come_as_they_were_laid(cloud):
    page = Fault(path="/vaults", kind="reply", body=b"<html>Sign in</html>", content_type="text/html")
    cloud.service.faults.add(page)
    answer = cloud.send("GET", VAULTS, headers={"X-Auth-Token": cloud.token})
    assert (answer.status_code, answer.text) == (200, "<html>Sign in</html>")
    assert answer.headers["Content-Type"] == "text/html"
    assert cloud.get("vaults")["count"] == 14


def test_fault_waits_for_its_turn_and_is_used_up(cloud):
    cloud.service.faults.add(Fault(path="/vaults", kind="status", status=503, times=2, skip=1))
    statuses = [cloud.send("GET", VAULTS, headers={"X-Auth-Token": cloud.token}).status_code for _ in range(5)]
    assert statuses == [200, 503, 503, 200, 200]


def test_fault_without_end_stays_until_it_is_cleared(cloud):
    cloud.service.faults.add(Fault(path=r"/vaults/[0-9a-f-]+", kind="status", status=500, times=None))
    vault_id = cloud.vault("vault-be94").id
    for _ in range(3):
        assert cloud.send("GET", f"{VAULTS}/{vault_id}").status_code == 500
    assert cloud.get("vaults")["count"] == 14
    cloud.service.faults.clear()
    assert cloud.get(f"vaults/{vault_id}")


def test_delays_do_not_change_the_answer(cloud):
    cloud.modes.latency_seconds = 0.001
    cloud.service.faults.add(Fault(path="/vaults", kind="delay", seconds=0.001))
    assert cloud.get("vaults")["count"] == 14


def test_answers_are_packed_only_where_the_mode_says_so_and_the_client_accepts_it(cloud):
    def asked(path=VAULTS, accepted="gzip, deflate"):
        answer = cloud.send("GET", path, headers={"X-Auth-Token": cloud.token, "Accept-Encoding": accepted})
        packed = "Content-Encoding" in answer.headers
        assert not packed or answer.num_bytes_downloaded == int(answer.headers["Content-Length"]) < len(answer.content)
        return packed, answer.json()

    plain = asked()
    cloud.modes.packs = True
    assert plain == (False, asked()[1])
    assert asked()[0]
    assert asked(accepted="identity") == plain
    small = f"/v3/{DEMO_PROJECT_ID}/policies/unknown"
    assert not asked(small)[0], "what is small stays as it is"
    cloud.service.faults.add(Fault("GET", "vaults", "cut", "during"))
    with pytest.raises(ConnectionCut):
        asked()


@pytest.mark.parametrize("retry_after", [None, 2])
def test_too_many_calls_in_a_minute(cloud, retry_after):
    cloud.modes.calls_per_minute, cloud.modes.retry_after = 1, retry_after
    assert cloud.get("vaults")["count"] == 14
    answer = cloud.send("GET", VAULTS, headers={"X-Auth-Token": cloud.token})
    assert (answer.status_code, answer.json()["error_code"]) == (429, "APIGW.0308")
    assert answer.headers.get("Retry-After") == (None if retry_after is None else "2")
    cloud.clock.advance(60)
    assert cloud.get("vaults")["count"] == 14


def test_bodies_above_twelve_megabytes_are_turned_away(cloud):
    answer = cloud.send("POST", f"/v3/{DEMO_PROJECT_ID}/checkpoints", content=b" " * (12 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()["error_code"]) == (413, "APIGW.0201")


@pytest.mark.parametrize("whole", [True, False])
def test_a_request_that_breaks_off_has_never_arrived(cloud, whole):
    """A client that dies while it sends has asked for nothing; only the last byte makes a request."""
    body = b'{"auth": {}}'
    before = len(cloud.service.journal)
    messages = [{"type": "http.request", "body": body, "more_body": not whole}, {"type": "http.disconnect"}]
    sent = []

    async def receive():
        return messages.pop(0)

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/v3/auth/tokens", "query_string": b"", "headers": []}
    asyncio.run(cloud.service.application({**scope, "scheme": "http", "server": ("localhost", 80)}, receive, send))
    assert len(cloud.service.journal) - before == (1 if whole else 0)
    assert bool(sent) is whole


def test_over_tcp_a_cut_closes_the_socket(town):
    service, url = town
    service.faults.add(Fault(path="/v3", kind="cut"))
    service.faults.add(Fault(path="/v3", kind="cut", when="during"))
    with httpx.Client(trust_env=False) as client:
        with pytest.raises(httpx.TransportError):
            client.get(f"{url}/v3")
        with pytest.raises(httpx.RemoteProtocolError, match="complete message body"):
            client.get(f"{url}/v3")
        answer = client.get(f"{url}/v3")
    assert answer.status_code == 200
    assert answer.headers.get_list("server") == ["api-gateway"]
    assert len(answer.headers.get_list("date")) == 1
    assert answer.json()["version"]["links"][0]["href"].startswith(url)


SERVE = """
from cbr_desktop.simulator.clock import RunningClock
from cbr_desktop.simulator.estate import generated
from cbr_desktop.simulator.serve import serve
from cbr_desktop.simulator.service import Service

clock = RunningClock()
serve(Service(generated(clock.now(), vaults=1, backups=1), clock), started=lambda port: print(port, flush=True))
print("good night")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no interrupt for one process alone")
def test_server_tells_its_port_and_ends_on_an_interrupt():
    with subprocess.Popen([sys.executable, "-c", SERVE], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as server:
        port = int(server.stdout.readline())
        with httpx.Client(trust_env=False) as client:
            assert client.get(f"http://127.0.0.1:{port}/v3").status_code == 200
        server.send_signal(signal.SIGINT)
        out, err = server.communicate(timeout=20)
    assert (server.returncode, out, err) == (0, b"good night\n", b"")


def test_taken_port_is_an_os_error(town):
    service, url = town
    with pytest.raises(OSError):
        serve(service, port=int(url.rpartition(":")[2]))


def test_gateway_of_another_generation_has_another_prefix(cloud):
    cloud.modes.gateway = "APIG"
    cloud.modes.missing.add("policies")
    assert cloud.get("policies", 404)["error_code"] == "APIG.0101"
    assert cloud.create(cloud.vault("vault-arrears"), 400)["error_code"] == "BackupService.6113"


def test_token_that_must_be_updated(cloud):
    cloud.modes.renew_tokens = True
    body = cloud.get("vaults", 401)
    assert body["error_code"] == "APIGW.0307"
    assert len(body["request_id"]) == 32


def test_what_is_not_simulated_is_not_published(cloud):
    """Orders and charge mode, agents for files, organization policies, hybrid imports, migration of older services."""
    name = "00000000-0000-4000-8000-000000000000"
    below = [
        ("POST", "vaults/order"),
        ("POST", "vaults/change-charge-mode"),
        ("POST", "orders/change"),
        ("PUT", f"orders/{name}"),
        ("POST", "agents"),
        ("GET", "agents"),
        ("GET", f"agents/{name}"),
        ("PUT", f"agents/{name}"),
        ("DELETE", f"agents/{name}"),
        ("POST", f"agents/{name}/add-path"),
        ("POST", f"agents/{name}/remove-path"),
        ("POST", "organization-policies"),
        ("GET", "organization-policies"),
        ("GET", f"organization-policies/{name}"),
        ("PUT", f"organization-policies/{name}"),
        ("DELETE", f"organization-policies/{name}"),
        ("GET", f"organization-policies/{name}/policy-detail"),
        ("POST", "backups/sync"),
        ("POST", "checkpoints/sync"),
    ]
    paths = [(method, f"/v3/{DEMO_PROJECT_ID}/{path}") for method, path in below]
    for method, path in [*paths, ("GET", "/v3/migrates"), ("POST", "/v3/migrates")]:
        answer = cloud.send(method, path, headers={"X-Auth-Token": cloud.token})
        assert (answer.status_code, answer.json()["error_code"]) == (404, "APIGW.0101"), path


def test_path_with_a_line_break_is_answered_by_the_gateway_too(cloud):
    for method, path in (("PATCH", "policies/%0Aone"), ("GET", "agents/%0Aone")):
        answer = cloud.send(method, f"/v3/{DEMO_PROJECT_ID}/{path}", headers={"X-Auth-Token": cloud.token})
        assert (answer.status_code, answer.json()["error_code"]) == (404, "APIGW.0101")
