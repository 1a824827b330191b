"""Opens the data folder when it is told to on stdin, says whether it has it, and keeps it until it is killed."""

import sys

from cbr_desktop.app.start import opened_data
from cbr_desktop.domain.error import InUse
from cbr_desktop.storage.lock import InstanceLock
from cbr_desktop.storage.paths import places

here = places()
# whatever is imported late is there before the word comes
InstanceLock(here.lock_file)
print("ready", flush=True)
sys.stdin.readline()
try:
    with opened_data(here):
        print("writer", flush=True)
        sys.stdin.readline()
except InUse:
    print("in use", flush=True)
    sys.stdin.readline()
