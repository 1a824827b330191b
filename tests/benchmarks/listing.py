"""Lists over the loopback: a server that answers by heart, and clients that wait to be told to read."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

from cbr_desktop.cloud.gate import MOST_IN_FLIGHT

from .ground import PROGRAMS, Ground
from .measure import Series, interleaved, progress

PROJECT = "f841e01fd2b14e7fa41b6ae7aa6b0594"
OURS, BARE, TOGETHER, VENDOR, CURL = "ours", "bare", "bare together", "vendor", "curl"
CURL_TOGETHER, CURL_KNOWING = "curl together", "curl knowing nothing"
WORDS = {
    OURS: "CBR Desktop, into domain objects",
    BARE: "bare httpx + msgspec, page after page",
    TOGETHER: "bare httpx + msgspec, as many in flight",
    VENDOR: "vendor's SDK, client ready",
    CURL: "curl, bytes only, with its start",
    CURL_TOGETHER: f"curl -Z, {MOST_IN_FLIGHT} in flight, all pages at once",
    CURL_KNOWING: f"curl, the first page, then -Z, {MOST_IN_FLIGHT} in flight",
}


def read_by(
    ground: Ground, name: str, pages: list[bytes], repeats: dict[str, int], wait_seconds: float = 0.0
) -> dict[str, Series]:
    """Let every side read a list as often as ``repeats`` says, in turn; return seconds by side.

    Every answer of the server waits for ``wait_seconds``.
    """
    with ExitStack() as stack:
        url = stack.enter_context(serving(ground, name, pages, wait_seconds))
        rows = 1000 * len(pages)
        clients = [side for side in repeats if not side.startswith(CURL)]
        sides = {side: stack.enter_context(_client(ground, side, name, url, rows)) for side in clients}
        if shutil.which("curl"):
            urls = [f"{url}/v3/{PROJECT}/{name}?offset={n * 1000}" for n in range(len(pages))]
            many = ["--parallel", "--parallel-immediate", "--parallel-max", str(MOST_IN_FLIGHT)]
            curls = {
                CURL: [partial(_curl, urls)],
                CURL_TOGETHER: [partial(_curl, urls, many)],
                CURL_KNOWING: [partial(_curl, urls[:1]), partial(_curl, urls[1:], many)],
            }
            sides |= {side: partial(_summed, runs) for side, runs in curls.items() if side in repeats}
        progress(f"{name}: " + ", ".join(f"{side} {repeats[side]} times" for side in sides))
        return {side: Series(WORDS[side], values) for side, values in interleaved(sides, repeats).items()}


@contextmanager
def serving(ground: Ground, name: str, pages: list[bytes], wait_seconds: float = 0.0) -> Iterator[str]:
    """Serve the pages of a list from another process; yield the URL."""
    folder = ground.folder / "pages"
    (folder / name).mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(pages):
        Path(folder, name, f"{number}.json").write_bytes(page)
    command = [sys.executable, str(PROGRAMS / "server.py"), str(folder), str(wait_seconds)]
    with subprocess.Popen(command, env=ground.environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.terminate()


@contextmanager
def _client(ground: Ground, side: str, name: str, url: str, rows: int) -> Iterator[Callable[[], float]]:
    """Start a client; yield what makes it read once and returns the seconds that it took."""
    command = [sys.executable, str(PROGRAMS / "client.py"), side, name, url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=ground.environment(), **pipes) as process:  # type: ignore[call-overload]

        def read() -> float:
            process.stdin.write("read\n")
            process.stdin.flush()
            seconds, found = process.stdout.readline().split()
            if int(found) != rows:
                raise RuntimeError(f"{side} read {found} of {rows} rows")
            return float(seconds)

        if process.stdout.readline() != "ready\n":
            raise RuntimeError(f"the client {side} does not start")
        try:
            yield read
        finally:
            process.stdin.close()


def _curl(urls: list[str], options: Sequence[str] = ()) -> float:
    command = ["curl", "--silent", "--fail", *options]
    for url in urls:
        command += ["--output", "/dev/null", url]
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def _summed(runs: list[Callable[[], float]]) -> float:
    return sum(run() for run in runs)
