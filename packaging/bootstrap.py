#!/usr/bin/env python3
"""Sets CBR Desktop up on a fresh machine and starts its demo, tests, benchmarks or figures, or builds its packages.

It needs Python and nothing else: the packages come from requirements.lock into `.venv`, the system libraries
from apt. Keep its syntax at Python 3.8, so that an old Python gets as far as the sentence that refuses it.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import ctypes
import hashlib
import importlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, NamedTuple, NoReturn

FITTING_MINORS = (11, 12, 13)

ROOT = Path(__file__).resolve().parent.parent
PROJECT = ROOT / "pyproject.toml"
LOCK = ROOT / "requirements.lock"

WINDOWS = os.name == "nt"
LINUX = sys.platform.startswith("linux")

RUNNING, TESTING, PACKAGING = "# for running", "# for testing", "# for packaging"
EXTRAS = {TESTING: "test", PACKAGING: "package"}
"""What follows the part for running in the lock, each made from an extra of the project."""
DEPENDENCIES = "# dependencies: sha256:"
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
CERTIFICATES, VENV = "ca-certificates", f"python3.{sys.version_info[1]}-venv"
"""The packages of the system without which none of the index can be installed."""


class Environment(NamedTuple):
    """A folder with a Python of its own and packages from the lock."""

    folder: Path

    @property
    def stamp(self) -> Path:
        return self.folder / "cbr-desktop.json"

    @property
    def unfinished(self) -> Path:
        return self.folder / "cbr-desktop.unfinished"

    @property
    def python(self) -> Path:
        return self.script("python")

    def script(self, name: str) -> Path:
        return self.folder / ("Scripts" if WINDOWS else "bin") / (f"{name}.exe" if WINDOWS else name)

    def __str__(self) -> str:
        return str(self.folder.relative_to(ROOT))


HERE = Environment(ROOT / ".venv")
# packages are built out of an environment that has never seen the tools of the tests
WORKSHOP = Environment(ROOT / "build" / "package-venv")


class Library(NamedTuple):
    """A shared library that Qt loads, with the Debian packages that may carry it, the newest name first."""

    soname: str
    packages: tuple[str, ...]


# What Qt needs besides its own wheels, found out in bare Debian 12 and 13.
OFFSCREEN = (
    Library("libglib-2.0.so.0", ("libglib2.0-0t64", "libglib2.0-0")),
    Library("libEGL.so.1", ("libegl1",)),
    Library("libGL.so.1", ("libgl1",)),
    Library("libdbus-1.so.3", ("libdbus-1-3",)),
    Library("libfontconfig.so.1", ("libfontconfig1",)),
    Library("libxkbcommon.so.0", ("libxkbcommon0",)),
    Library("libgssapi_krb5.so.2", ("libgssapi-krb5-2",)),
)
X11 = (
    Library("libX11-xcb.so.1", ("libx11-xcb1",)),
    Library("libxcb-randr.so.0", ("libxcb-randr0",)),
    Library("libxcb-shm.so.0", ("libxcb-shm0",)),
    Library("libxcb-sync.so.1", ("libxcb-sync1",)),
    Library("libxcb-xfixes.so.0", ("libxcb-xfixes0",)),
    Library("libxcb-cursor.so.0", ("libxcb-cursor0",)),
    Library("libxcb-icccm.so.4", ("libxcb-icccm4",)),
    Library("libxcb-keysyms.so.1", ("libxcb-keysyms1",)),
    Library("libxcb-shape.so.0", ("libxcb-shape0",)),
    Library("libxcb-xkb.so.1", ("libxcb-xkb1",)),
    Library("libxkbcommon-x11.so.0", ("libxkbcommon-x11-0",)),
)
WAYLAND = (
    Library("libwayland-cursor.so.0", ("libwayland-cursor0",)),
    Library("libwayland-egl.so.1", ("libwayland-egl1",)),
)


class Program(NamedTuple):
    """A program, or a file by its whole path, that is needed besides, with the Debian package that carries it."""

    name: str
    package: str


TEST_PROGRAMS: tuple[Program, ...] = (
    Program("strace", "strace"),
    Program("dbus-run-session", "dbus-daemon"),
    Program("gnome-keyring-daemon", "gnome-keyring"),
)
SUITE_PROGRAMS = (
    *TEST_PROGRAMS,
    Program("Xvfb", "xvfb"),
    Program("/usr/share/dbus-1/services/org.a11y.Bus.service", "at-spi2-core"),
)
"""What the suite takes: it also reads the screen as a screen reader does, on an X server of its own."""
RELIABILITY_PROGRAMS = (*TEST_PROGRAMS, Program("faketime", "faketime"))

BUNDLE_PROGRAMS = (
    Program("strip", "binutils"),
    Program("rsvg-convert", "librsvg2-bin"),
    Program("git", "git"),
)
PACKAGE_PROGRAMS: dict[str, tuple[Program, ...]] = {
    "deb": (*BUNDLE_PROGRAMS, Program("dpkg-shlibdeps", "dpkg-dev")),
    "rpm": (*BUNDLE_PROGRAMS, Program("rpmbuild", "rpm")),
    "appimage": (
        *BUNDLE_PROGRAMS,
        Program("mksquashfs", "squashfs-tools"),
        Program("gcc", "gcc"),
        Program("/usr/include/stdlib.h", "libc6-dev"),
        Program("/usr/include/squashfuse/ll.h", "libsquashfuse-dev"),
        Program("/usr/include/fuse3/fuse.h", "libfuse3-dev"),
        Program("/usr/include/lzma.h", "liblzma-dev"),
        Program("/usr/include/zstd.h", "libzstd-dev"),
        Program("/usr/include/lz4.h", "liblz4-dev"),
        Program("/usr/include/zlib.h", "zlib1g-dev"),
    ),
    "tar": (*BUNDLE_PROGRAMS, Program("xz", "xz-utils")),
    "windows": (
        *BUNDLE_PROGRAMS[1:],
        Program("osslsigncode", "osslsigncode"),
        Program("x86_64-w64-mingw32-gcc", "gcc-mingw-w64-x86-64"),
        Program("x86_64-w64-mingw32-windres", "binutils-mingw-w64-x86-64"),
    ),
}
"""The packages that can be built, each with what building it takes."""
WINE_PROGRAMS = (
    *PACKAGE_PROGRAMS["windows"],
    Program("wine", "wine"),
    Program("/usr/lib/wine/wine64", "wine64"),
    Program("/usr/share/wine/fonts", "fonts-wine"),
    Program("Xvfb", "xvfb"),
    Program("xdotool", "xdotool"),
    Program("import", "imagemagick"),
)
"""What it takes to try the packages for Windows."""


# A machine without a display is often without a locale too, and Qt complains of that.
UNSEEN = {"QT_QPA_PLATFORM": "offscreen", **({"LC_ALL": "C.UTF-8"} if LINUX else {})}


# Modules whole and in the order of tests/conftest.py, the long ones first. A process that crashes says where, and is
# the end: another one would crash at the same test, and what the first said would be far up.
WAITING = 2
"""Processes of the suite beside one for each core: some tests wait for others, as a program does for its end."""
SHARED_OUT = (
    *("-n", str((os.cpu_count() or 1) + WAITING), "--dist", "loadscope", "--no-loadscope-reorder"),
    *("--max-worker-restart", "0"),
)
MEMORY = Path("/dev/shm")  # noqa: S108  a folder with a name of chance is made in it
MEMORY_BYTES = 2**30


AS_LOCKED = ("--require-hashes", "--no-deps", "--only-binary", ":all:", "--requirement")
"""How pip and uv alike install what a file of the lock says, and nothing else."""


class Outcome(NamedTuple):
    """How one check of `test` ended."""

    check: str
    passed: bool
    seconds: float


def main(arguments: list[str]) -> int:
    refuse_unfit_python(arguments)
    commands = {
        "demo": demo,
        "test": test,
        "bench": bench,
        "reliability": reliability,
        "run": run,
        "setup": setup,
        "package": package,
        "lock": lock,
        "messages": messages,
    }
    parser = argparse.ArgumentParser(
        prog="bootstrap.py",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Sets CBR Desktop up and starts it.",
        epilog="\n".join(f"{name:12}{command.__doc__}" for name, command in commands.items()),
    )
    parser.add_argument("command", choices=list(commands), help="what to do, see below")
    parser.add_argument("...", nargs="?", help="passed on to what is started")
    chosen = parser.parse_args(arguments[:1]).command
    passed_on = arguments[2:] if arguments[1:2] == ["--"] else arguments[1:]
    return commands[chosen](passed_on)


# What can be asked for


def demo(arguments: list[str]) -> int:
    """Starts CBR Desktop with its built-in cloud; with no display, draws its window into a file."""
    make_ready([RUNNING], display_libraries())
    if has_display():
        say("Starting CBR Desktop with its built-in demo cloud.")
        return call([HERE.python, "-m", "cbr_desktop", "--demo", *arguments])
    picture = ROOT / "build" / "demo.png"
    picture.parent.mkdir(exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        picture.unlink()
    say("There is no display, so CBR Desktop starts unseen and draws its window into a file.")
    selftest = [HERE.python, "-m", "cbr_desktop", "selftest", "--screenshot", picture, *arguments]
    code = call(selftest, UNSEEN)
    if picture.exists():
        say(f"The window is drawn in {picture}")
    return code


def test(arguments: list[str]) -> int:
    """Runs all checks, mypy beside pytest; what follows is passed on to pytest."""
    make_ready([RUNNING, TESTING], OFFSCREEN + X11, SUITE_PROGRAMS)
    with fresh_home(memory()) as environment, concurrent.futures.ThreadPoolExecutor(1) as aside:
        # what has a single thread takes the core that the others leave
        mypy = aside.submit(check_aside, "mypy", [HERE.script("mypy")], environment)
        outcomes = [
            Outcome("requirements.lock", lock_fits_project(), 0.0),
            check("ruff check", [HERE.script("ruff"), "check", "."], environment),
            check("ruff format", [HERE.script("ruff"), "format", "--check", "."], environment),
            check("lint-imports", [HERE.script("lint-imports")], environment),
        ]
        pytest = [HERE.python, "-m", "pytest"]
        if not has_compiled_tests():
            # every process of the suite would otherwise compile all tests, and all that they import, for itself
            say("Compiling the tests, for the first time.")
            call([*pytest, "--collect-only", "-qqq", *arguments], environment, subprocess.DEVNULL, subprocess.DEVNULL)
        outcomes.append(check("pytest", [*pytest, *SHARED_OUT, *arguments], environment))
        outcome, told = mypy.result()
        heading(outcome.check)
        say(told.rstrip())
        outcomes.append(outcome)
    heading("checks")
    for outcome in outcomes:
        say(f"{'passed' if outcome.passed else 'FAILED'}  {outcome.seconds:6.1f} s  {outcome.check}")
    return 0 if all(outcome.passed for outcome in outcomes) else 1


def bench(arguments: list[str]) -> int:
    """Runs the benchmarks; what follows is passed on to them."""
    make_ready([RUNNING, TESTING], OFFSCREEN, TEST_PROGRAMS)
    with fresh_home() as environment:
        return call([HERE.python, "-m", "tests.benchmarks", *arguments], environment)


def reliability(arguments: list[str]) -> int:
    """Measures what must hold when things go wrong, and fails if it does not; names of goals pick some."""
    make_ready([RUNNING, TESTING], OFFSCREEN, RELIABILITY_PROGRAMS)
    with fresh_home() as environment:
        return call([HERE.python, "-m", "tests.reliability", *arguments], environment)


def run(arguments: list[str]) -> int:
    """Starts CBR Desktop; what follows `--` is passed on to it."""
    make_ready([RUNNING], display_libraries())
    return call([HERE.python, "-m", "cbr_desktop", *arguments])


def setup(arguments: list[str]) -> int:
    """Makes everything ready and starts nothing."""
    if arguments:
        stop("setup takes no arguments.")
    make_ready([RUNNING, TESTING], tuple(dict.fromkeys(display_libraries() + X11)), SUITE_PROGRAMS)
    say("Everything is ready.")
    return 0


def package(arguments: list[str]) -> int:
    """Builds deb, rpm, appimage, tar, windows or all into build/packages; --quick presses less, --try tries all."""
    if arguments == ["--try"]:
        linux = call([ROOT / "packaging" / "try_packages.sh", "--twice"])
        make_ready([RUNNING, PACKAGING], (), WINE_PROGRAMS, WORKSHOP)
        windows = call([WORKSHOP.python, ROOT / "packaging" / "windows" / "try.py"])
        return call([WORKSHOP.python, ROOT / "packaging" / "tried.py"]) or linux or windows
    kinds = [word for word in arguments if not word.startswith("-")] or ["all"]
    unknown = [kind for kind in kinds if kind not in {*PACKAGE_PROGRAMS, "all"}]
    if unknown:
        stop(f"There is no package called {unknown[0]}; there are {', '.join(PACKAGE_PROGRAMS)}, and all.")
    if not LINUX:
        stop("All packages, those for Windows too, are built on Linux.")
    if "all" in kinds:
        kinds = list(PACKAGE_PROGRAMS)
    programs = {program for kind in kinds for program in PACKAGE_PROGRAMS[kind]}
    make_ready([RUNNING, PACKAGING], OFFSCREEN + X11 + WAYLAND + own_library(), tuple(sorted(programs)), WORKSHOP)
    quick = {"CBR_DESKTOP_QUICK": "1"} if "--quick" in arguments else None
    return call([WORKSHOP.python, ROOT / "packaging" / "package.py", *kinds], quick)


def lock(arguments: list[str]) -> int:
    """Makes requirements.lock anew, keeping the versions that still fit; with --upgrade takes the newest."""
    uv = next((str(tool) for tool in (HERE.script("uv"), shutil.which("uv")) if tool and Path(tool).exists()), None)
    if uv is None:
        stop("The lock is made with uv, which is not here. Start `bootstrap.py setup` first, or install uv.")
    with tempfile.TemporaryDirectory() as folder:
        running = Path(folder, "running.txt")
        running.write_text(lock_part(RUNNING) if LOCK.exists() else "", encoding="utf-8")
        resolve(uv, running, arguments)
        parts = {RUNNING: pins(running.read_text("utf-8"))}
        for part, extra in EXTRAS.items():
            whole = Path(folder, f"{extra}.txt")
            known = lock_part(RUNNING) + lock_part(part) if LOCK.exists() and part in LOCK.read_text("utf-8") else ""
            whole.write_text(known, encoding="utf-8")
            resolve(uv, whole, ["--extra", extra, "--constraint", running, *arguments])
            parts[part] = [pin for pin in pins(whole.read_text("utf-8")) if pin not in parts[RUNNING]]
    text = "# Made from pyproject.toml by `python3 packaging/bootstrap.py lock`; do not edit it.\n"
    text += f"{DEPENDENCIES}{project_dependencies()}\n"
    text += "".join(f"\n{part}\n{''.join(found)}" for part, found in parts.items())
    LOCK.write_bytes(text.encode("utf-8"))
    counts = ", ".join(f"{len(found)} {part.lstrip('# ')}" for part, found in parts.items())
    say(f"{LOCK.name} pins packages: {counts}.")
    return 0


def messages(arguments: list[str]) -> int:
    """Takes the messages into resources/messages and tells what is new; --check only tells whether that is due."""
    make_ready([RUNNING, TESTING], ())
    return call([HERE.python, ROOT / "packaging" / "messages.py", *arguments])


# The checks of `test`


def check(name: str, command: list[str | Path], environment: dict[str, str]) -> Outcome:
    heading(name)
    begin = time.monotonic()
    code = call(command, environment, stdin=subprocess.DEVNULL)
    return Outcome(name, code == 0, time.monotonic() - begin)


def check_aside(name: str, command: list[str | Path], environment: dict[str, str]) -> tuple[Outcome, str]:
    """Does the same while another check has the screen; what it says comes back."""
    begin = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as told:
        code = call(command, environment, stdin=subprocess.DEVNULL, output=told)
        told.seek(0)
        return Outcome(name, code == 0, time.monotonic() - begin), told.read()


def has_compiled_tests() -> bool:
    """Whether this Python has the tests as pytest compiles them, or most of them."""
    tests = (ROOT / "tests").glob(f"*/__pycache__/test_*.{sys.implementation.cache_tag}-pytest-*.pyc")
    return any(True for _ in tests)


@contextlib.contextmanager
def fresh_home(folder: Path | None = None):
    """Lends the environment of a program that is unseen and knows nothing of this user, all its files in `folder`."""
    home = tempfile.mkdtemp(prefix="cbr-desktop-", dir=folder)
    try:
        # tests start the program a hundred times: it is compiled once, even where the user wishes for no such files
        yield {
            **UNSEEN,
            "CBR_DESKTOP_HOME": home,
            "PYTHONDONTWRITEBYTECODE": "",
            **({"TMPDIR": home} if folder else {}),
        }
    finally:
        shutil.rmtree(home, ignore_errors=True)


def memory() -> Path | None:
    """Where files wait for no disk, if there is room: the suite writes thousands of times what must be durable."""
    try:
        return MEMORY if shutil.disk_usage(MEMORY).free > MEMORY_BYTES else None
    except OSError:
        return None


# The packages in an environment


def make_ready(
    parts: list[str],
    libraries: tuple[Library, ...],
    programs: tuple[Program, ...] = (),
    environment: Environment = HERE,
) -> None:
    """Installs what is missing; when nothing is, it costs a blink."""
    wanted = absent_packages(libraries, programs) if LINUX else []
    if not wanted:
        make_packages_ready(parts, environment)
        return
    as_root = way_to_root()
    if as_root is None:
        stop_without_rights(wanted)
    if (CERTIFICATES,) in wanted or (VENV,) in wanted:
        install_with_apt(wanted, as_root)
        make_packages_ready(parts, environment)
        return
    # both wait for the network and for the disk, and neither needs what the other brings but for the last step
    with concurrent.futures.ThreadPoolExecutor(1) as aside:
        system = aside.submit(install_with_apt, wanted, as_root)
        make_packages_ready(parts, environment, system.result)


def make_packages_ready(
    parts: list[str], environment: Environment, libraries_come: Callable[[], None] = lambda: None
) -> None:
    """Installs what is missing in an environment; its last step waits until the libraries of the system are there."""
    if not lock_fits_project():
        say("Warning: pyproject.toml names other packages than requirements.lock; start `bootstrap.py lock`.")
    wanted = {part: hashlib.sha256(lock_part(part).encode()).hexdigest() for part in parts}
    done = environment_state(environment)
    missing = [part for part in parts if done.get(part) != wanted[part]]
    if not missing:
        libraries_come()
        return
    if environment.folder.is_symlink():
        refuse_link(environment, "it lacks packages of requirements.lock, or has others")
    begin = time.monotonic()
    environment.unfinished.touch()
    install(environment, missing)
    libraries_come()
    unpack_binding(environment)
    add_project(environment)
    environment.stamp.write_text(json.dumps({**done, **{part: wanted[part] for part in missing}}), encoding="utf-8")
    environment.unfinished.unlink()
    say(f"The packages are in {environment}, after {time.monotonic() - begin:.0f} s.")


def environment_state(environment: Environment) -> dict[str, str]:
    """Which parts of which lock it holds; makes it anew when it is not fit for use."""
    is_link = environment.folder.is_symlink()
    place = os.path.realpath(environment.folder) if is_link else str(environment.folder)
    here = {"place": place, "python": f"{sys.version_info[0]}.{sys.version_info[1]}"}
    if not environment.folder.exists():
        if is_link:
            refuse_link(environment, "there is nothing")
        make_environment(environment)
        return here
    unfit = None
    if environment.unfinished.exists():
        unfit = "its last set-up was interrupted"
    elif environment_python(environment) != here["python"]:
        unfit = f"it does not run Python {here['python']}"
    else:
        try:
            state = json.loads(environment.stamp.read_text("utf-8"))
        except (OSError, ValueError):
            # somebody made it by hand: it is completed, not thrown away
            return here
        if {name: state.get(name) for name in here} == here:
            return state
        unfit = "it was made for another folder or Python"
    if is_link:
        refuse_link(environment, unfit)
    say(f"Making {environment} anew, because {unfit}.")
    try:
        shutil.rmtree(environment.folder)
    except OSError as error:
        stop(f"{error.filename} cannot be removed ({error.strerror}). Close CBR Desktop and start again.")
    make_environment(environment)
    return here


def refuse_link(environment: Environment, reason: str) -> NoReturn:
    """Says why the environment of another tree, which `.venv` leads to, cannot be used; it is not changed from here."""
    place = os.path.realpath(environment.folder)
    stop(
        f"{environment} is a link to {place}, which cannot be used: {reason}. Nothing was changed there. "
        "Remove the link, so that an environment is made here, or set up the one that it leads to."
    )


def environment_python(environment: Environment) -> str | None:
    """The version of its Python, if it starts and has pip."""
    question = "import sys, pip; print('%d.%d' % sys.version_info[:2])"
    try:
        answer = subprocess.run([str(environment.python), "-I", "-c", question], capture_output=True, text=True)
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def make_environment(environment: Environment) -> None:
    if importlib.util.find_spec("ensurepip") is None:
        stop("This Python cannot make environments: it comes without the modules venv and ensurepip.")
    environment.folder.mkdir(parents=True)
    environment.unfinished.touch()
    base_python = getattr(sys, "_base_executable", None) or sys.executable
    if call([base_python, "-m", "venv", environment.folder], stdin=subprocess.DEVNULL):
        stop(f"Python could not make the environment {environment}; what it says is above.")


def install(environment: Environment, parts: list[str]) -> None:
    """Installs parts of the lock; those for tests with uv, which takes a tenth of the time that pip does."""
    found = [pin for part in parts for pin in pins(lock_part(part))]
    what = " and ".join(part.lstrip("# ") for part in parts)
    say(f"Installing {len(found)} packages {what}; the first time takes a minute or two.")
    requirements = environment.folder / "cbr-desktop-requirements.txt"
    uv = "".join(pin for pin in found if pin.startswith("uv==") and TESTING in parts)
    if uv:
        requirements.write_text(uv, encoding="utf-8")
        install_with_pip(environment, requirements)
    requirements.write_text("".join(found), encoding="utf-8")
    if not uv or not is_installed_with_uv(environment, requirements):
        install_with_pip(environment, requirements)
    requirements.unlink()


def install_with_pip(environment: Environment, requirements: Path) -> None:
    command = [environment.python, "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    if call([*command, *AS_LOCKED, requirements], {"PIP_USER": "0"}, stdin=subprocess.DEVNULL):
        stop("The packages could not be installed; what pip says is above. Start again to try again.")


def is_installed_with_uv(environment: Environment, requirements: Path) -> bool:
    """Tries it without waiting for long: uv may not reach what pip does, since it has settings of its own."""
    command = [environment.script("uv"), "pip", "install", "--quiet", "--no-config", "--system-certs"]
    command += ["--python", environment.python, *index_options(environment)]
    patience = {"UV_HTTP_TIMEOUT": "20", "UV_HTTP_RETRIES": "1"}
    if call([*command, *AS_LOCKED, requirements], patience, stdin=subprocess.DEVNULL) == 0:
        return True
    say("uv could not install the packages, so pip does it.")
    return False


def index_options(environment: Environment) -> list[str]:
    """What tells uv which index pip is set up to ask on this machine."""
    command = [str(environment.python), "-m", "pip", "config", "list"]
    index = pip_index(subprocess.run(command, capture_output=True, text=True).stdout)
    return ["--default-index", index] if index else []


def pip_index(settings: str) -> str | None:
    """The index among the settings that pip lists: the environment's comes first, then what is for installing."""
    found = dict(line.partition("=")[::2] for line in settings.splitlines())
    places = (f"{place}.index-url" for place in (":env:", "install", "global"))
    return next((found[place].strip("'\"") for place in places if place in found), None)


def unpack_binding(environment: Environment) -> None:
    """Lays Qt's binding out as files, once: it otherwise compiles its own at every start, a tenth of the time."""
    command = [str(environment.python), "-c", "import PySide6.QtCore"]
    subprocess.run(command, env={**os.environ, "SBK_EMBED": "0"}, capture_output=True)


def add_project(environment: Environment) -> None:
    """Lets Python find the project from anywhere, by a path that is ASCII whatever the folder is called."""
    question = "import os, sys, sysconfig; print(os.path.relpath(sysconfig.get_path('purelib'), sys.prefix))"
    answer = subprocess.run([str(environment.python), "-I", "-c", question], capture_output=True, text=True, check=True)
    site = environment.folder / answer.stdout.strip()
    Path(site, "cbr-desktop.pth").write_text(os.path.relpath(ROOT, site) + "\n", encoding="ascii")


# The lock


def lock_part(head: str) -> str:
    """The lines of requirements.lock under `head`."""
    lines = LOCK.read_text("utf-8").splitlines(keepends=True)
    begin = [line.strip() for line in lines].index(head) + 1
    end = next((n for n, line in enumerate(lines) if n >= begin and line.startswith("#")), len(lines))
    return "".join(lines[begin:end])


def pins(text: str) -> list[str]:
    """The requirements of a lock, each with the lines of its hashes."""
    found: list[str] = []
    for line in text.splitlines(keepends=True):
        if line[0].isalnum():
            found.append(line)
        elif line.strip():
            found[-1] += line
    return found


def project_dependencies() -> str:
    """A digest of all that pyproject.toml says about dependencies."""
    import tomllib  # not in the Pythons that are refused

    project = tomllib.loads(PROJECT.read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    tables = [project["requires-python"], project["dependencies"], *(extras[extra] for extra in EXTRAS.values())]
    return hashlib.sha256(json.dumps(tables).encode()).hexdigest()


def lock_fits_project() -> bool:
    return f"{DEPENDENCIES}{project_dependencies()}" in LOCK.read_text("utf-8").splitlines()


def resolve(uv: str, output: Path, arguments: list[str | Path]) -> None:
    command = [uv, "pip", "compile", PROJECT, "--output-file", output, "--quiet", "--universal"]
    command += ["--python-version", f"3.{FITTING_MINORS[0]}", "--generate-hashes", "--only-binary", ":all:"]
    command += ["--no-annotate", "--no-header", "--no-emit-index-url", "--no-emit-find-links", *arguments]
    if call(command, stdin=subprocess.DEVNULL):
        stop("uv found no set of packages that fits; what it says is above.")


# The libraries of the system


def has_display() -> bool:
    return not LINUX or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def display_libraries() -> tuple[Library, ...]:
    libraries = OFFSCREEN
    if os.environ.get("DISPLAY"):
        libraries += X11
    if os.environ.get("WAYLAND_DISPLAY"):
        libraries += WAYLAND
    return libraries


def absent_packages(libraries: tuple[Library, ...], programs: tuple[Program, ...]) -> list[tuple[str, ...]]:
    """The packages that apt is to install, each by the names that it may have."""
    absent = [library for library in libraries if not loads(library.soname)]
    if not (shutil.which("apt-get") and shutil.which("dpkg")):
        if absent:
            sonames = ", ".join(library.soname for library in absent)
            say(f"Warning: Qt needs libraries that are not here: {sonames}. Please install them.")
        return []
    wanted = [library.packages for library in absent]
    wanted += [(program.package,) for program in programs if not is_here(program)]
    if importlib.util.find_spec("ensurepip") is None:
        wanted.append((VENV,))
    if not AUTHORITIES.exists():
        wanted.append((CERTIFICATES,))
    return wanted


def stop_without_rights(wanted: list[tuple[str, ...]]) -> NoReturn:
    packages = " ".join(known_package(names) for names in wanted)
    stop(
        "System packages are missing, and installing them needs root's rights. Please do it with\n\n"
        f"    sudo apt-get update && sudo apt-get install -y --no-install-recommends {packages}\n\n"
        "and start again."
    )


def install_with_apt(wanted: list[tuple[str, ...]], as_root: list[str]) -> None:
    apt = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"]
    call([*apt, "update"], stdin=subprocess.DEVNULL)
    packages = [known_package(names) for names in wanted]
    say(f"Installing system packages: {' '.join(packages)}")
    install = [*apt, "-o", "Dpkg::Use-Pty=0", "install", "-y", "--no-install-recommends", *packages]
    if call(install, stdin=subprocess.DEVNULL):
        stop("The system packages could not be installed; what apt-get says is above.")
    importlib.invalidate_caches()


def way_to_root() -> list[str] | None:
    """What to put before a command to run it as root, if that goes without a question."""
    if os.geteuid() == 0:
        return []
    sudo = ["sudo", "-n"]
    if shutil.which("sudo") and subprocess.run([*sudo, "true"], capture_output=True).returncode == 0:
        return sudo
    return None


def known_package(names: tuple[str, ...]) -> str:
    """The first of the names that apt knows; the last one is also provided by its successors."""
    for name in names[:-1]:
        if subprocess.run(["apt-cache", "show", name], capture_output=True).returncode == 0:
            return name
    return names[-1]


def is_here(program: Program) -> bool:
    return Path(program.name).exists() if program.name.startswith("/") else shutil.which(program.name) is not None


def own_library() -> tuple[Library, ...]:
    """This Python as a library, which a bundle takes along; Debian packages it on its own."""
    minor = sys.version_info[1]
    return (Library(f"libpython3.{minor}.so.1.0", (f"libpython3.{minor}",)),)


def loads(soname: str) -> bool:
    try:
        ctypes.CDLL(soname)
    except OSError:
        return False
    return True


# Python itself


def refuse_unfit_python(arguments: list[str]) -> None:
    major, minor = sys.version_info[:2]
    if major != 3 or minor not in FITTING_MINORS:
        *most, last = (f"3.{fitting}" for fitting in FITTING_MINORS)
        sentence = f"CBR Desktop needs Python {', '.join(most)} or {last}; this is {major}.{minor}."
        other = fitting_python()
        if other:
            sentence += f" Start it with: {other} packaging/bootstrap.py {' '.join(arguments)}"
        stop(sentence)
    if sys.maxsize < 2**32:
        stop("CBR Desktop needs a 64-bit Python; this one is for 32 bits.")


def fitting_python() -> str | None:
    """A command of this machine that starts a Python that fits."""
    for minor in reversed(FITTING_MINORS):
        command = ["py", f"-3.{minor}"] if WINDOWS else [f"python3.{minor}"]
        with contextlib.suppress(OSError):
            if subprocess.run([*command, "-c", ""], capture_output=True).returncode == 0:
                return " ".join(command)
    return None


# Small things


def call(
    command: list[str | Path],
    environment: dict[str, str] | None = None,
    stdin: int | None = None,
    output: IO[str] | int | None = None,
) -> int:
    """Runs a command in the project, out of reach of other Pythons' settings."""
    inherited = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "PYTHONHOME"}}
    if HERE.folder.is_symlink():
        # the environment of another tree finds the project there, where nothing else says where it is
        inherited["PYTHONPATH"] = str(ROOT)
    try:
        return subprocess.call(
            [str(word) for word in command],
            cwd=ROOT,
            env={**inherited, **(environment or {})},
            stdin=stdin,
            stdout=output,
            stderr=output,
        )
    except OSError as error:
        say(f"{command[0]} does not start: {error.strerror}")
        return 127


def heading(text: str) -> None:
    say(f"\n== {text} ==")


def say(text: str) -> None:
    print(text, flush=True)


def stop(text: str) -> NoReturn:
    say(text)
    sys.exit(1)


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")
    try:
        sys.exit(main(sys.argv[1:]))
    except PermissionError as error:
        stop(f"{error.filename} cannot be written: {error.strerror}.")
    except KeyboardInterrupt:
        sys.exit(130)
