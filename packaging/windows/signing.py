"""Signs programs for Windows, when there is something to sign with, and tells who has signed one.

What to sign with is said by variables of the environment::

    CBR_SIGN_PKCS12        a file with certificate and key, or
    CBR_SIGN_CERTIFICATE   a PEM file with the certificate and those above it, and
    CBR_SIGN_KEY           a PEM file with its key
    CBR_SIGN_PASSPHRASE    a file with the passphrase of the key, if it has one
    CBR_SIGN_TIMESTAMP     the address of a time stamp server, which a signature needs to outlive its certificate

A passphrase is never put on a command line, where others would see it.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

from product import TITLE, epoch, run

_OF_SYSTEM = Path("/etc/ssl/certs/ca-certificates.crt")
_WITHOUT_LISTS = ("-ignore-crl", "-ignore-cdp")


def options(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return what osslsigncode is told to sign with; nothing when there is nothing."""
    found: list[str] = []
    if environ.get("CBR_SIGN_PKCS12"):
        found += ["-pkcs12", environ["CBR_SIGN_PKCS12"]]
    elif environ.get("CBR_SIGN_CERTIFICATE"):
        if not environ.get("CBR_SIGN_KEY"):
            raise SystemExit("CBR_SIGN_CERTIFICATE is given and CBR_SIGN_KEY is not.")
        found += ["-certs", environ["CBR_SIGN_CERTIFICATE"], "-key", environ["CBR_SIGN_KEY"]]
    else:
        return []
    if environ.get("CBR_SIGN_PASSPHRASE"):
        found += ["-readpass", environ["CBR_SIGN_PASSPHRASE"]]
    if environ.get("CBR_SIGN_TIMESTAMP"):
        found += ["-ts", environ["CBR_SIGN_TIMESTAMP"]]
    return found


def is_possible() -> bool:
    """Tell whether there is something to sign with."""
    return bool(options())


def sign(program: Path) -> None:
    """Sign a program in its place; leave it as it is when there is nothing to sign with."""
    with_what = options()
    if not with_what:
        return
    signed = program.with_name(f"{program.name}.signed")
    signed.unlink(missing_ok=True)
    # the time is that of everything else in a package, so that the same program has the same signature
    run(
        *("osslsigncode", "sign", *with_what, "-h", "sha256", "-n", TITLE, "-time", str(epoch())),
        *("-in", program, "-out", signed),
    )
    signed.replace(program)


def authorities(path: Path, *more: Path) -> Path:
    """Write the authorities that this system trusts and ``more`` into one file; return it."""
    path.write_text("".join(f"{file.read_text('utf-8').strip()}\n" for file in (_OF_SYSTEM, *more)), "utf-8")
    return path


def signer(program: Path, trusted: Path, at: int | None = None) -> str | None:
    """Return the name of the one whose signature a program bears, if it is whole and leads to those who are trusted.

    Signatures with a time stamp are judged by the time of it, others by today or by the time ``at``, in seconds. Lists
    of revoked certificates are not asked for.
    """
    command = ["osslsigncode", "verify", "-in", str(program), "-CAfile", str(trusted), "-TSA-CAfile", str(trusted)]
    command += [] if at is None else ["-time", str(at)]
    done = subprocess.run([*command, *_WITHOUT_LISTS], capture_output=True, text=True, check=False)
    if done.returncode or "Signature verification: ok" not in done.stdout:
        return None
    found = re.search(r"Signer #0:\s+Subject: .*/CN=([^/\n]+)", done.stdout)
    return found[1].strip() if found else None
