"""Runs a command beside an unlocked Secret Service: ``dbus-run-session -- with_keyring.py COMMAND``."""

import subprocess
import sys

from tests.storage.secretservice import gnome_keyring

with gnome_keyring():
    code = subprocess.run(sys.argv[1:], check=False).returncode
# the shell's way to tell of a signal
sys.exit(128 - code if code < 0 else code)
