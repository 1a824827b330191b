#!/usr/bin/env python3
"""Measures how long programs take from their start until their window is on the screen.

    measure_start.py [--repeats N] NAME=COMMAND...

The commands are started in turn, so that other work on the machine disturbs all of them alike. It prints the median of
each in milliseconds, and its ratio to the first. It needs an X server, in DISPLAY, and ``xev``.
"""

import argparse
import contextlib
import shlex
import statistics
import subprocess
import sys
import time

WARM_UP = 1
SETTLE_SECONDS = 0.5


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n", 1)[0])
    parser.add_argument("--repeats", type=int, default=10)
    parser.add_argument("commands", nargs="+", metavar="NAME=COMMAND")
    options = parser.parse_args(arguments)
    commands = {name: shlex.split(line) for name, _, line in (text.partition("=") for text in options.commands)}
    times: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(-WARM_UP, options.repeats):
        for name, command in commands.items():
            found = until_window(command)
            if turn >= 0:
                times[name].append(found)
    first = statistics.median(next(iter(times.values())))
    for name, found in times.items():
        median = statistics.median(found)
        spread = f"{min(found) * 1000:.0f} to {max(found) * 1000:.0f}"
        print(f"{name}: {median * 1000:.0f} ms, median of {len(found)} ({spread}), ratio {median / first:.2f}")
    return 0


def until_window(command: list[str]) -> float:
    """Start a program, and end it again; return the seconds until its first window was on the screen."""
    watch = subprocess.Popen(["xev", "-root", "-event", "substructure"], stdout=subprocess.PIPE, text=True)
    stay(watch)
    begin = time.monotonic()
    program = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for line in watch.stdout or ():
            if line.startswith("MapNotify"):
                return time.monotonic() - begin
        raise SystemExit("xev ended before there was a window.")
    finally:
        # what starts behind the first paint is over before the next one is measured
        stay(program)
        program.terminate()
        program.wait()
        watch.terminate()
        watch.wait()


def stay(process: subprocess.Popen) -> None:
    """Let a process live for a while."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(SETTLE_SECONDS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
