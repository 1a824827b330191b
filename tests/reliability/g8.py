"""G8: no text of others is read as markup anywhere, and no coroutine runs a loop of its own."""

import ast
import asyncio
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from cbr_desktop.storage.tomlprofiles import TomlProfiles
from tests.cloud.faults import answering, response, serving

from .finding import Finding
from .g7 import Lure
from .gateway import profile_to, served
from .ground import PATIENCE_SECONDS, ROOT, Ground, ended, program

HOSTILE = '<a href="file:///usr/bin/xterm">x</a><img src="file:///CANARY.png"><b>bold</b>'
_LOOPS = {"exec", "exec_"}


class HostileLure(Lure):
    """Refuses every checkpoint in words that are markup, besides what it does anyway."""

    def answer(self, request: bytes) -> bytes:
        """Return an answer full of markup."""
        if request.startswith(b"POST") and b"/checkpoints" in request.partition(b"\r\n")[0]:
            refusal = {"error_code": "BackupService.0001", "error_msg": HOSTILE}
            return response(json.dumps(refusal).encode(), status=b"400 Bad Request")
        return super().answer(request)


def measure(ground: Ground) -> Iterator[Finding]:
    """Walk through all widgets of all windows, and through all coroutines."""
    yield from asyncio.run(_walked(ground))
    yield _coroutines()


async def _walked(ground: Ground) -> list[Finding]:
    home = ground.home()
    async with serving(answering(response(b"{}"))) as sink, served(HostileLure(sink.url)) as lure:
        profile = profile_to(lure.server.url, region=HOSTILE[:60], group=HOSTILE[:60])
        named = replace(profile, name="<b>bold</b><img src=x>")
        TomlProfiles(home.places.profiles_file).save(named, "")
        trace = home.folder / "trace"
        child = await asyncio.create_subprocess_exec(
            *("strace", "-f", "-qq", "--seccomp-bpf", "-e", "trace=openat,open,execve", "-o", str(trace)),
            *program("gallery", named.name),
            env=home.environment(CBR_DESKTOP_PASSWORD="right"),
            cwd=home.started_in,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await ended(child, PATIENCE_SECONDS)
        assert child.returncode == 0, (out[-500:] + err[-2500:]).decode("utf-8", "replace")
        came = sink.connections
    told = json.loads(out.splitlines()[-1])
    print(*told["sinks"], *told["windows"], sep="\n", file=sys.stderr)
    seen, opened = told["planted"], _opened(trace)
    windows = f"{len(told['windows'])} windows, {told['widgets']} widgets at a time, {told['hostile']} hostile labels"
    good = bool(told["hostile"]) and not told["sinks"]
    figure = f"{opened} files opened, {came} connections"
    return [
        Finding("G8", "the walk itself: sinks on purpose", f"{sum(seen)} of {len(seen)} seen", "all", all(seen)),
        Finding("G8", f"a walk through {windows}", f"{len(told['sinks'])} sinks", "0", good),
        Finding("G8", "pictures and links in those texts, by strace", figure, "0, 0", not opened and not came),
    ]


def _opened(trace: Path) -> int:
    """Return how often what the hostile texts point to was opened or started."""
    lines = trace.read_text("utf-8", "replace").splitlines()
    assert any("openat(" in line for line in lines)
    return sum("CANARY" in line or "xterm" in line for line in lines)


def _coroutines() -> Finding:
    """Count calls of ``exec`` in coroutines of the program."""
    coroutines, calls = 0, []
    for path in sorted((ROOT / "cbr_desktop").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.AsyncFunctionDef):
                coroutines += 1
                names = [call.func for call in ast.walk(node) if isinstance(call, ast.Call)]
                calls += [path.name for f in names if isinstance(f, ast.Attribute) and f.attr in _LOOPS]
    return Finding("G8", f"{coroutines} coroutines of the program", f"{len(calls)} calls of exec", "0", not calls)
