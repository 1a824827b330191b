"""Installers are made by an NSIS without known holes, and start nothing as an administrator (fault 78)."""

import errno
import os
import re
from pathlib import Path

import pytest

from product import WORK
from windows import installer, launchers, nsis

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "packaging" / "windows" / "installer.nsi"


def compiler(folder: Path, says: str) -> Path:
    """Return a program that says its version as a compiler of installers does."""
    program = folder / "makensis"
    program.write_text(f"#!/bin/sh\nprintf '%s' '{says}'\n", "utf-8")
    program.chmod(0o755)
    return program


@pytest.mark.parametrize("says", ["v3.12-1", "v3.12", "v3.13.1", "v4.0"])
def test_a_compiler_that_was_named_is_taken_when_it_is_new_enough_78(tmp_path, monkeypatch, says):
    program = compiler(tmp_path, says)
    monkeypatch.setenv(nsis.VARIABLE, str(program))
    found = nsis.fetch()
    assert (found.command, f"v{found.version}") == ((str(program),), says)


@pytest.mark.parametrize("says", ["v3.08-3+deb12u1", "v3.11-1", "v3.1", "v2.46", "", "v3"])
def test_a_compiler_of_unsafe_installers_ends_the_build_with_a_sentence_78(tmp_path, monkeypatch, says):
    monkeypatch.setenv(nsis.VARIABLE, str(compiler(tmp_path, says)))
    with pytest.raises(
        SystemExit, match=r"^NSIS .* is not used: .* It must be 3\.12 or newer; CBR_MAKENSIS names one\."
    ):
        nsis.fetch()


def test_a_compiler_that_is_not_there_ends_the_build_with_a_sentence_78(tmp_path, monkeypatch):
    monkeypatch.setenv(nsis.VARIABLE, str(tmp_path / "nowhere"))
    # the system says why in the language that was last chosen in this process
    with pytest.raises(SystemExit, match=re.escape(f"nowhere does not start: {os.strerror(errno.ENOENT)}")):
        nsis.fetch()


def test_a_package_of_another_sum_is_refused_78(tmp_path):
    package = tmp_path / "nsis_3.12-1_amd64.deb"
    package.write_bytes(b"something else")
    with pytest.raises(SystemExit, match=r"The sum of nsis_3.12-1_amd64.deb is [0-9a-f]{64} and should be 0000"):
        nsis.check_sum(package, "0" * 64)


@pytest.mark.parametrize(("front", "is_safe"), [("v3.12-1", True), ("v3.13", True), ("v3.08-3+deb12u1", False)])
def test_an_installer_is_looked_at_for_what_comes_in_front_of_it_78(tmp_path, front, is_safe):
    setup = tmp_path / "setup.exe"
    setup.write_bytes(b"MZ..." + f"<description>Nullsoft Install System {front}</description>".encode() + b"...")
    if is_safe:
        nsis.check_installer(setup)
    else:
        with pytest.raises(SystemExit, match=r"NSIS 3\.08 is not used"):
            nsis.check_installer(setup)


def test_an_installer_that_names_no_nsis_is_refused_78(tmp_path):
    (tmp_path / "setup.exe").write_bytes(b"MZ")
    with pytest.raises(SystemExit, match="NSIS of no version is not used"):
        nsis.check_installer(tmp_path / "setup.exe")


def test_the_script_itself_refuses_an_older_compiler_78():
    major, minor = nsis.OLDEST
    line = re.search(r"^!if \$\{NSIS_PACKEDVERSION\} < (0x\w+)$", SCRIPT.read_text("utf-8"), re.MULTILINE)
    assert line is not None
    assert line[1] == f"0x{major:02}{minor:03}000"


def functions() -> dict[str, str]:
    """Return what the functions of the script do, by their names."""
    text = SCRIPT.read_text("utf-8")
    return dict(re.findall(r"^Function (\S+)\n(.*?)^FunctionEnd", text, re.MULTILINE | re.DOTALL))


def test_an_administrator_starts_nothing_from_the_last_page_78():
    text = SCRIPT.read_text("utf-8")
    assert re.findall(r"^!define MUI_FINISHPAGE_RUN(?:_FUNCTION)?\b(.*)$", text, re.MULTILINE) == ["", " StartProgram"]
    first, *rest = functions()["StartProgram"].split("${If} $0 = 0\n")
    assert "IsAdministrator $0" in first and "Exec" not in first
    assert re.fullmatch(r"\s+Exec '\"\$INSTDIR\\\$\{WINDOW\}\"'\n\s+\$\{EndIf\}\n", rest[0])
    assert "ShowWindow $mui.FinishPage.Run ${SW_HIDE}" in functions()["OfferStart"]


def test_the_program_is_started_nowhere_else_78():
    started = re.findall(r"^\s*(?:Exec|ExecWait|ExecShell|ExecShellWait)\b.*$", SCRIPT.read_text("utf-8"), re.MULTILINE)
    others = [line.strip() for line in started if "uninstall.exe" not in line and '"runas" "$EXEPATH"' not in line]
    assert others == ["Exec '\"$INSTDIR\\${WINDOW}\"'"]


def has_compiler() -> bool:
    return bool(os.environ.get(nsis.VARIABLE)) or (WORK / "windows" / "nsis").exists()


@pytest.mark.skipif(not has_compiler(), reason="the compiler of installers was not fetched")
def test_an_installer_comes_out_of_the_script_and_is_safe_78(tmp_path):
    folder = tmp_path / "program"
    folder.mkdir()
    (folder / launchers.WINDOW.file).write_bytes(b"MZ")
    setup = tmp_path / "cbr-desktop-setup.exe"
    given = installer.words(folder, setup) | {"ICON": str(icon(tmp_path)), "INSTALLED": str(tmp_path / "installed.nsh")}
    Path(given["INSTALLED"]).write_text(installer.file_lines(folder), "utf-8-sig")
    options = ("-V2", "-WX", "-INPUTCHARSET", "UTF8", *(f"-D{name}={value}" for name, value in given.items()))
    nsis.fetch().compile(*options, SCRIPT)
    nsis.check_installer(setup)


def icon(folder: Path) -> Path:
    """Return a picture of one dot, as Windows has them."""
    dot = bytes.fromhex("280000000100000002000000010020000000000008000000" + "00" * 16 + "000000ff" + "00000000")
    path = folder / "dot.ico"
    path.write_bytes(
        bytes.fromhex("0000010001000101000001002000") + len(dot).to_bytes(4, "little") + b"\x16\0\0\0" + dot
    )
    return path
