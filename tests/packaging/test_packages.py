"""The packages say of the program what it says of itself, and take along what is in use."""

import configparser
import re
import struct
import subprocess
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

import bootstrap
import cbr_desktop
import contents
import icons
import product
from cbr_desktop.cli.command_line import parser as command_line
from linux import manual, texts

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = manual.commands(command_line())


def manual_text() -> str:
    done = subprocess.run(["gzip", "--decompress", "--stdout"], input=manual.manual(), capture_output=True, check=True)
    return done.stdout.decode("utf-8")


def desktop_entry() -> configparser.SectionProxy:
    reader = configparser.ConfigParser(interpolation=None)
    reader.optionxform = str
    reader.read_string(texts.desktop_entry())
    return reader["Desktop Entry"]


def completed(*words: str) -> list[str]:
    script = f"{manual.completion()}\nCOMP_WORDS=({' '.join(map(repr, words))}); COMP_CWORD={len(words) - 1}; "
    script += '_cbr_desktop; printf "%s\\n" "${COMPREPLY[@]}"'
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_there_is_one_version():
    assert product.version() == cbr_desktop.__version__
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert project["tool"]["hatch"]["version"]["path"] == "cbr_desktop/__init__.py"
    release = ElementTree.fromstring(texts.metadata()).find("releases/release")  # noqa: S314 - our own
    assert release.get("version") == cbr_desktop.__version__
    assert cbr_desktop.__version__ in manual_text().splitlines()[0]


def test_the_time_in_packages_can_be_given(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1650000000")
    assert product.epoch() == 1_650_000_000
    assert 'date="2022-04-15"' in texts.metadata()


def test_without_git_packages_bear_a_fixed_time(monkeypatch, tmp_path):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert product.epoch() == product.FIXED_EPOCH


def test_menus_start_what_is_installed():
    entry = desktop_entry()
    assert entry["Exec"].split()[0] == entry["TryExec"] == "cbr-desktop"
    assert entry["Icon"] == "cbr-desktop"
    assert entry["Terminal"] == "false"
    assert all(entry[key].endswith(";") for key in ("Categories", "Keywords", "Actions"))


def test_the_entry_is_called_as_the_window_says():
    """On Wayland a window finds its icon by this name alone."""
    window = (ROOT / "cbr_desktop" / "app" / "window.py").read_text("utf-8")
    (name,) = re.findall(r'setDesktopFileName\("(.+)"\)', window)
    assert f"usr/share/applications/{name}.desktop" in texts.all_texts()


def test_files_are_handed_over_only_to_a_program_that_takes_them():
    entry = desktop_entry()
    assert ("%f" in entry["Exec"]) == ("MimeType" in entry) == manual.opens_files(command_line())


def test_request_files_are_a_kind_of_json():
    root = ElementTree.fromstring(texts.mime_type())  # noqa: S314 - our own
    space = {"m": "http://www.freedesktop.org/standards/shared-mime-info"}
    assert root.find("m:mime-type", space).get("type") == product.MIME_TYPE
    assert root.find("m:mime-type/m:sub-class-of", space).get("type") == "application/json"
    assert root.find("m:mime-type/m:glob", space).get("pattern") == "*.cbr.json"


def test_every_command_can_be_completed():
    first = {name for name in COMMANDS if " " not in name}
    assert first <= set(completed("cbr-desktop", ""))
    for name, command in COMMANDS.items():
        options = {option for action in command._actions for option in action.option_strings if option[:2] == "--"}
        assert options <= set(completed("cbr-desktop", *name.split(), "--"))


def test_values_that_are_known_are_completed():
    assert completed("cbr-desktop", "selftest", "--theme", "d") == ["dark"]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_in_the_manual(name):
    text = manual_text()
    assert f"\\fB{name}\\fR".replace("-", "\\-") in text
    for action in COMMANDS[name]._actions:
        assert all(
            f"\\fB{option}\\fR".replace("-", "\\-") in text
            for option in action.option_strings
            if option not in ("-h", "--help")
        )


@pytest.mark.parametrize(
    ("name", "source", "wanted"),
    [
        ("PySide6/QtWidgets.abi3.so", "/venv/PySide6/QtWidgets.abi3.so", True),
        ("PySide6/QtNetwork.abi3.so", "/venv/PySide6/QtNetwork.abi3.so", False),
        ("PySide6/Qt/lib/libQt6Core.so.6", "/venv/PySide6/Qt/lib/libQt6Core.so.6", True),
        ("PySide6/Qt/lib/libQt6Quick.so.6", "/venv/PySide6/Qt/lib/libQt6Quick.so.6", False),
        ("PySide6/Qt/lib/libicudata.so.73", "/venv/PySide6/Qt/lib/libicudata.so.73", True),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "/venv/PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqwayland.so", "/venv/PySide6/Qt/plugins/platforms/libqwayland.so", True),
        ("PySide6/Qt/plugins/platforms/libqeglfs.so", "/venv/PySide6/Qt/plugins/platforms/libqeglfs.so", False),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", "/venv/PySide6/plugins/platformthemes/libqgtk3.so", False),
        ("PySide6/Qt/translations/qtbase_de.qm", "/venv/PySide6/Qt/translations/qtbase_de.qm", False),
        ("shiboken6/files.dir/signature_bootstrap.pyc", "/work/signature_bootstrap.pyc", True),
        ("libxcb-cursor.so.0", "/usr/lib/x86_64-linux-gnu/libxcb-cursor.so.0", True),
        ("libEGL.so.1", "/usr/lib/x86_64-linux-gnu/libEGL.so.1", False),
        ("libQt6Core.so.6", "PySide6/Qt/lib/libQt6Core.so.6", False),
        ("certifi/cacert.pem", "/venv/certifi/cacert.pem", True),
        ("keyring-25.7.0.dist-info/entry_points.txt", "/venv/keyring-25.7.0.dist-info/entry_points.txt", True),
        ("keyring-25.7.0.dist-info/RECORD", "/venv/keyring-25.7.0.dist-info/RECORD", False),
    ],
)
def test_only_what_is_in_use_is_taken_along(name, source, wanted):
    assert contents.is_wanted(name, source) is wanted


@pytest.mark.parametrize(
    ("place", "of_system"),
    [
        ("/usr/lib/x86_64-linux-gnu/libssl.so.3", True),
        ("/usr/lib/x86_64-linux-gnu/libpython3.11.so.1.0", False),
        ("/usr/lib/python3.11/lib-dynload/_ssl.so", False),
        ("/opt/python/lib/libpython3.11.so.1.0", False),
        ("/srv/venv/lib/python3.11/site-packages/msgspec/_core.so", False),
    ],
)
def test_python_is_taken_along_wherever_it_comes_from(place, of_system):
    assert contents.is_of_system(place) is of_system


def test_the_sign_has_one_colour_everywhere():
    drawing = icons.DRAWING.read_text("utf-8")
    assert "#1a5fb4" in drawing
    assert "#1a5fb4" in (ROOT / "cbr_desktop" / "ui" / "kit" / "icons.py").read_text("utf-8")


def test_an_icon_of_windows_has_a_line_for_each_picture():
    pictures = {size: b"\x89PNG" + bytes([size % 251]) * size for size in icons.ICO_SIZES}
    icon = icons.packed_ico(pictures)
    reserved, kind, count = struct.unpack_from("<HHH", icon)
    assert (reserved, kind, count) == (0, 1, len(pictures))
    for number, (size, picture) in enumerate(pictures.items()):
        width, height, *_, length, offset = struct.unpack_from("<BBBBHHII", icon, 6 + 16 * number)
        assert (width, height) == (size % 256, size % 256)
        assert icon[offset : offset + length] == picture


def test_every_kind_of_package_is_built_and_provided_for():
    script = (ROOT / "packaging" / "package.py").read_text("utf-8")
    for kind in bootstrap.PACKAGE_PROGRAMS:
        assert f'"{kind}": ' in script
