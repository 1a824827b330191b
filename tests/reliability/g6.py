"""G6: no secret in anything that is written, said or shown, by a day with the program that ends in a crash."""

import sys
from collections.abc import Iterator

from .canaries import canary, disguises, files_under, plain_canary, search
from .day import cores, day
from .finding import Finding
from .ground import Ground


def measure(ground: Ground) -> Iterator[Finding]:
    """Look for every secret of the day in all that is left of it."""
    yield _control()
    today = day(ground, 0o022)
    print(*today.problems, sep="\n", file=sys.stderr)
    what = f"{len(today.said) // 2} programs: every way in by commands and at the window, the last ones after a crash"
    figure = f"{len(today.problems)} went another way than meant, {today.tunnels} tunnels through the proxy"
    yield Finding("G6", what, figure, "0, some", not today.problems and today.tunnels > 0)

    files = list(files_under(today.home.folder))
    logged = next((data for name, data in files if name.endswith("cbr-desktop.log")), b"")
    assert b"receive_response_headers.complete" in logged and b"[hidden]" in logged, "the log is not one of everything"
    assert any(data.startswith(b"user/.local/share/keyrings/login.keyring") for _, data in files), "nothing was kept"
    hits = search(today.canaries, files)
    megabytes = sum(len(data) for _, data in files) / 1e6
    size = f"{len(files)} files of {megabytes:.1f} MB"
    kinds = "log at DEBUG, data, keyring, temporary files, titles, hints, clipboard"
    yield _found(f"{len(today.canaries)} canaries looked for in {size}: {kinds}", hits)
    hits = search(today.canaries, today.said)
    yield _found(f"the same in {len(today.said)} outputs of {sum(map(len, today.said.values())) / 1e3:.0f} kB", hits)
    hits = search(today.canaries, {line: line.encode() for line in today.commands})
    yield _found(f"the same in {len(today.commands)} command lines", hits)
    left = cores(today.home)
    yield Finding("G6", "core files after an abort", f"{len(left)}", "0", not left)


def _control() -> Finding:
    """Hide canaries in every disguise and find them."""
    total = found = 0
    for one in (canary("odd"), plain_canary("plain"), canary("digits", digits=True)):
        for disguise, data in disguises(one).items():
            total += 1
            seen = bool(search([one], {disguise: b"before " + data + b" after"}))
            found += seen
            if not seen:
                print(f"not found: {one.name}, {disguise}", file=sys.stderr)
    return Finding("G6", "the search itself: canaries in disguise", f"{found} of {total} found", "all", found == total)


def _found(what: str, hits: list) -> Finding:  # type: ignore[type-arg]
    for hit in hits[:20]:
        print(f"{hit.name}, {hit.form}: {hit.where}", file=sys.stderr)
    kinds = sorted({hit.name for hit in hits})
    figure = f"{len(hits)} hits" + (f": {', '.join(kinds)[:60]}" if hits else "")
    return Finding("G6", what, figure, "0 hits", not hits)
