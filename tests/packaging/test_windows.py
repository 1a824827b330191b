"""The packages for Windows take along what is in use, say who made them, and come out the same every time."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from xml.etree import ElementTree

import pip
import pytest

import product
from windows import installer, launchers, runtime, signing, wheels

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "packaging" / "windows"


@pytest.mark.parametrize(
    ("file", "wanted"),
    [
        ("PySide6/Qt6Widgets.dll", True),
        ("PySide6/QtWidgets.pyd", True),
        ("PySide6/plugins/platforms/qwindows.dll", True),
        ("PySide6/__init__.py", True),
        ("shiboken6/msvcp140.dll", True),
        ("keyring-25.7.0.dist-info/entry_points.txt", True),
        ("keyring/backends/macOS/__init__.py", True),
        ("certifi/cacert.pem", True),
        ("PySide6/opengl32sw.dll", False),
        ("PySide6/QtNetwork.pyd", False),
        ("PySide6/Qt6Qml.dll", False),
        ("PySide6/designer.exe", False),
        ("PySide6/plugins/tls/qopensslbackend.dll", False),
        ("PySide6/QtCore.pyi", False),
        ("bin/uvicorn.exe", False),
        ("uvicorn/supervisors/__init__.py", True),
        ("nacl/_sodium.pyd", True),
        ("win32ctypes/tests/test_pywin32.py", False),
        ("keyring-25.7.0.dist-info/RECORD", False),
    ],
)
def test_only_parts_in_use_are_taken_along(file, wanted):
    assert wheels.is_wanted(file) is wanted


def test_the_binding_is_that_of_the_program_on_linux():
    """What the bundle for Linux imports of Qt has its library here too."""
    for binding in wheels.contents.BINDINGS:
        assert wheels.is_wanted(f"PySide6/{binding}.pyd")
        assert wheels.is_wanted(f"PySide6/{binding.replace('Qt', 'Qt6')}.dll")


def test_the_packages_are_those_of_the_lock():
    locked = wheels.locked()
    assert re.search(r"^pywin32-ctypes==\S+ ; sys_platform == 'win32'", locked, re.MULTILINE)
    assert "pytest==" not in locked and "pyinstaller==" not in locked
    assert all("--hash=sha256:" in pin for pin in re.split(r"\n(?=[\w])", locked.strip()))


@pytest.mark.parametrize(
    ("version", "numbers"), [("1.2.3", (1, 2, 3, 0)), ("0.9", (0, 9, 0, 0)), ("2.0.0rc1", (2, 0, 0, 0))]
)
def test_windows_counts_versions_in_four_numbers(version, numbers):
    assert launchers.numbers(version) == numbers


def test_the_launchers_ask_for_sharp_screens_and_long_paths():
    text = (SOURCES / "launcher.manifest").read_text("utf-8").replace("@VERSION@", "1.2.3.0")
    found = {element.tag.rpartition("}")[2]: element.text for element in ElementTree.fromstring(text).iter()}  # noqa: S314 - our own
    assert found["dpiAwareness"].startswith("PerMonitorV2")
    assert found["longPathAware"] == "true"
    assert found["activeCodePage"] == "UTF-8"
    assert 'level="asInvoker"' in text


def test_files_are_installed_in_one_order(tmp_path):
    for name in ("b.dll", "a.pyc", "lib/z.pyc", "lib/c.dll"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"")
    lines = installer.file_lines(tmp_path).splitlines()
    files = [Path(line.split('"')[1]).relative_to(tmp_path).as_posix() for line in lines if line.startswith("File")]
    assert files == ["b.dll", "lib/c.dll", "a.pyc", "lib/z.pyc"]
    assert lines.count('SetOutPath "$INSTDIR\\lib"') == 2


def test_the_portable_archive_is_the_same_every_time_and_says_that_it_is_portable(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    folder = tmp_path / "program"
    (folder / "app").mkdir(parents=True)
    (folder / "app" / "a.pyc").write_bytes(b"compiled")
    first = installer.build_portable(folder, tmp_path / "first.zip")
    os.utime(folder / "app" / "a.pyc", (1, 1))
    second = installer.build_portable(folder, tmp_path / "second.zip")
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert archive.namelist() == ["CBR Desktop/app/a.pyc", f"CBR Desktop/{installer.PORTABLE}"]
    assert f'L"{installer.PORTABLE}"' in (SOURCES / "launcher.c").read_text("utf-8")


OF_NSIS = {"BST_CHECKED", "BST_UNCHECKED", "BM_SETCHECK", "SW_HIDE", "NSIS_PACKEDVERSION"}


def test_all_names_of_the_installer_are_given():
    """NSIS leaves a name as it is that nobody has given, so that users would read it."""
    text = (SOURCES / "installer.nsi").read_text("utf-8")
    own = set(re.findall(r"^!define (\w+)", text, re.MULTILINE))
    used = set(re.findall(r"\$\{([A-Z_]+)\}", text)) - own - OF_NSIS
    assert used <= set(installer.words(Path("folder"), Path("setup.exe"))) | {"SIGN", "HOMEPAGE"}


def test_json_files_keep_their_program():
    text = (SOURCES / "installer.nsi").read_text("utf-8")
    keys = re.findall(r'WriteRegStr SHCTX "Software\\Classes\\(\.json[^"]*)"', text)
    assert keys == ["\\.json\\OpenWithProgids".lstrip("\\")]


def test_nothing_is_signed_with_nothing():
    assert signing.options({}) == []


def test_a_key_is_asked_for():
    with pytest.raises(SystemExit, match="CBR_SIGN_KEY"):
        signing.options({"CBR_SIGN_CERTIFICATE": "us.pem"})


def test_a_passphrase_stays_in_its_file():
    given = {"CBR_SIGN_PKCS12": "us.p12", "CBR_SIGN_PASSPHRASE": "secret.txt", "CBR_SIGN_TIMESTAMP": "http://t"}
    assert signing.options(given) == ["-pkcs12", "us.p12", "-readpass", "secret.txt", "-ts", "http://t"]


def test_nobody_here_imports_what_is_left_out_of_python():
    text = f"""
import importlib, pkgutil, sys
sys.modules.update(dict.fromkeys({runtime.MODULES_LEFT_OUT!r}))
import cbr_desktop
for module in pkgutil.walk_packages(cbr_desktop.__path__, "cbr_desktop."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""
    done = subprocess.run([sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr[-500:]) == (0, "")


def test_a_python_of_another_sum_is_refused(tmp_path, monkeypatch):
    other = tmp_path / "python.zip"
    other.write_bytes(b"something else")
    monkeypatch.setenv("CBR_WINDOWS_PYTHON", str(other))
    monkeypatch.setenv("CBR_WINDOWS_PYTHON_SHA256", "0" * 64)
    with pytest.raises(SystemExit, match="should be 0000"):
        runtime.fetch()


def test_a_python_without_a_sum_is_refused(tmp_path, monkeypatch):
    other = tmp_path / "python.zip"
    other.write_bytes(b"something else")
    monkeypatch.setenv("CBR_WINDOWS_PYTHON", str(other))
    monkeypatch.delenv("CBR_WINDOWS_PYTHON_SHA256", raising=False)
    with pytest.raises(SystemExit, match="should be given"):
        runtime.fetch()


def test_the_authority_of_the_makers_of_python_is_the_known_one():
    done = subprocess.run(
        ["openssl", "x509", "-in", SOURCES / "microsoft-root-2020.pem", "-noout", "-fingerprint", "-sha256"],
        capture_output=True,
        text=True,
        check=True,
    )
    known = "5367F20C7ADE0E2BCA790915056D086B720C33C1FA2A2661ACF787E3292E1270"
    assert done.stdout.strip().rpartition("=")[2].replace(":", "") == known


def make_signer(folder: Path, name: str, usage: str, days: int = 2) -> dict[str, str]:
    """Make a certificate of ``name``, and return the variables that name it and its key."""
    certificate, key = folder / f"{usage}.pem", folder / f"{usage}-key.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        str(days),
        "-subj",
        f"/O=Us/CN={name}",
    ]
    command += ["-addext", f"extendedKeyUsage=critical,{usage}", "-keyout", key, "-out", certificate]
    subprocess.run(command, capture_output=True, check=True)
    return {"CBR_SIGN_CERTIFICATE": str(certificate), "CBR_SIGN_KEY": str(key)}


def a_program(folder: Path, *, tail: str = "") -> Path:
    """Return a copy of a program for Windows that every environment has, with a text behind it."""
    program = folder / "program.exe"
    content = (Path(pip.__file__).parent / "_vendor" / "distlib" / "t64.exe").read_bytes()
    program.write_bytes(content + b"\0" * (-len(content) % 16) + tail.encode("utf-16-le").ljust(16, b"\0"))
    return program


@pytest.fixture
def sign_as(tmp_path, monkeypatch):
    """Have programs signed by somebody; returns the file with his certificate."""

    def say(name: str, **more: str) -> Path:
        given = {**make_signer(tmp_path, name, "codeSigning"), **more}
        for variable, value in given.items():
            monkeypatch.setenv(variable, value)
        return Path(given["CBR_SIGN_CERTIFICATE"])

    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    return say


needs_signing = pytest.mark.skipif(not shutil.which("osslsigncode"), reason="osslsigncode is not here")


@needs_signing
def test_a_signature_leads_to_whoever_signed(tmp_path, sign_as):
    program = a_program(tmp_path)
    trusted = signing.authorities(tmp_path / "all.pem", sign_as("Us ourselves"))
    assert signing.signer(program, trusted) is None
    signing.sign(program)
    assert signing.signer(program, trusted) == "Us ourselves"
    whole = bytearray(program.read_bytes())
    whole[0x500] ^= 1
    program.write_bytes(whole)
    assert signing.signer(program, trusted) is None


class TimeStamps(BaseHTTPRequestHandler):
    """Answers as a server for time stamps does, through openssl; ``server.folder`` has its certificate and key."""

    def do_POST(self) -> None:
        folder = self.server.folder
        (folder / "query.tsq").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        settings = folder / "tsa.cnf"
        settings.write_text(
            "[tsa]\ndefault_tsa = ours\n[ours]\n"
            f"serial = {folder / 'serial'}\nsigner_digest = sha256\ndefault_policy = 1.2.3.4.1\n"
            "digests = sha256, sha384, sha512\naccuracy = secs:1\n",
            "utf-8",
        )
        command = ["openssl", "ts", "-reply", "-config", settings, "-queryfile", folder / "query.tsq"]
        command += ["-signer", folder / "timeStamping.pem", "-inkey", folder / "timeStamping-key.pem"]
        answer = subprocess.run(command, capture_output=True, check=True).stdout
        self.server.asked.append(self.headers["Content-Type"])
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@needs_signing
def test_a_signature_with_a_time_stamp_outlives_its_certificate(tmp_path, sign_as):
    make_signer(tmp_path, "The keepers of time", "timeStamping", days=7300)
    with HTTPServer(("127.0.0.1", 0), TimeStamps) as server:
        server.folder, server.asked = tmp_path, []
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        ours = sign_as("Us ourselves")
        without = a_program(tmp_path).rename(tmp_path / "without.exe")
        signing.sign(without)
        sign_as("Us ourselves", CBR_SIGN_TIMESTAMP=f"http://127.0.0.1:{server.server_port}/")
        with_one = a_program(tmp_path)
        signing.sign(with_one)
        server.shutdown()
    assert server.asked == ["application/timestamp-query"]
    trusted = signing.authorities(tmp_path / "all.pem", ours, tmp_path / "timeStamping.pem")
    in_ten_years = int(time.time()) + 10 * 365 * 86_400
    assert signing.signer(with_one, trusted) == "Us ourselves"
    assert signing.signer(with_one, trusted, in_ten_years) == "Us ourselves"
    assert signing.signer(without, trusted, in_ten_years) is None


def given_python(folder: Path, library: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Name a zip that has a library of Python in it, as a release names the one of python.org."""
    archive = folder / "python-embed-amd64.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(zipfile.ZipInfo("python313.dll", (2026, 10, 7, 9, 30, 0)), library.read_bytes())
        # what was packed later says nothing about the age
        packed.writestr(zipfile.ZipInfo("LICENSE.txt", (2026, 11, 1, 0, 0, 0)), "a licence")
    monkeypatch.setenv("CBR_WINDOWS_PYTHON", str(archive))
    monkeypatch.setenv("CBR_WINDOWS_PYTHON_SHA256", hashlib.sha256(archive.read_bytes()).hexdigest().upper())
    return archive


@needs_signing
def test_a_newer_python_is_taken_when_its_makers_have_signed_it(tmp_path, sign_as, monkeypatch):
    library = a_program(tmp_path, tail="3.13.99")
    root = sign_as("Python Software Foundation")
    signing.sign(library)
    given_python(tmp_path, library, monkeypatch)
    found = runtime.fetch(root)
    assert (found.version, sorted(found.files)) == ("3.13.99", ["LICENSE.txt", "python313.dll"])
    assert found.made_on == date(2026, 10, 7)
    with pytest.raises(SystemExit, match=r"python313.dll .* is signed by nobody"):
        runtime.fetch()


@pytest.mark.parametrize(
    ("made_on", "today", "months"),
    [
        (date(2025, 2, 4), date(2026, 11, 28), 21),
        (date(2024, 10, 7), date(2025, 10, 8), 12),
        (date(2024, 2, 29), date(2026, 2, 28), 23),
    ],
)
def test_a_python_of_more_than_a_year_is_told_of_at_the_end_78(made_on, today, months):
    python = runtime.Runtime({}, "3.13.2", made_on)
    assert runtime.verdict(python, today) == (
        f"Not for publication: the Python for Windows, 3.13.2 of {made_on}, is {months} months old, and holes that were"
        " mended since are open in it. CBR_WINDOWS_PYTHON names a newer one."
    )


@pytest.mark.parametrize("today", [date(2025, 10, 7), date(2024, 10, 7), date(2024, 1, 1)])
def test_a_python_of_at_most_a_year_is_fine_78(today):
    assert runtime.verdict(runtime.Runtime({}, "3.13.0", date(2024, 10, 7)), today) == ""


@needs_signing
def test_a_newer_python_that_somebody_else_has_signed_is_refused(tmp_path, sign_as, monkeypatch):
    library = a_program(tmp_path, tail="3.13.99")
    root = sign_as("Somebody else")
    signing.sign(library)
    given_python(tmp_path, library, monkeypatch)
    with pytest.raises(SystemExit, match="is signed by Somebody else, not by Python Software Foundation"):
        runtime.fetch(root)


def test_there_is_one_name_for_the_folder_of_a_portable_program():
    assert 'L"CBR_DESKTOP_HOME"' in (SOURCES / "launcher.c").read_text("utf-8")
    assert product.TITLE in (SOURCES / "launcher.c").read_text("utf-8")
