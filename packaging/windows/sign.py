"""Signs the one program that is named, for NSIS, which has its uninstaller signed while it builds the installer."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

from windows import signing

if __name__ == "__main__":
    signing.sign(Path(sys.argv[1]))
