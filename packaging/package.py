"""Builds the packages that were asked for; ``bootstrap.py package`` starts it in an environment made for it."""

import sys
import time

import bundle


def main(arguments: list[str]) -> int:
    begin = time.monotonic()
    made = bundle.make()
    print(f"The bundle is made, after {time.monotonic() - begin:.0f} s: {made.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
