"""Reads a list three times with the clock as it is here: ``signed_reads.py URL``; prints that time and what came."""

import asyncio
import json
import sys
import time

from cbr_desktop.app.clock import WallClock
from tests.reliability.g15 import reads_of

good = asyncio.run(reads_of(sys.argv[1], WallClock()))
print(json.dumps({"now": time.time(), "good": good}))
