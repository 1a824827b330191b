"""Proves in wine that the packages for Windows install, start, keep what is the user's, upgrade and go away again.

``bootstrap.py package --try`` starts it after the tries for Linux; alone it is started by ``build/package-venv``'s
Python. What is committed is built: as it is, once more in another folder, and with a lower number to upgrade from. All
of it is signed with a certificate that is made for the occasion. Two small libraries stand in for parts of Windows that
wine lacks; they are never shipped. What wine cannot show is in CHECKLIST.md, to be looked at on Windows.

The folder $TRY_WINDOWS_FOLDER (default /var/tmp/cbr-try-windows) keeps the packages, logs and pictures of the last try.
With --keep, the packages in it are tried again and nothing is built.
"""

import difflib
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))

import release
from product import NAME, PACKAGING, ROOT, TITLE, version
from windows import launchers, runtime, signing

FOLDER = Path(os.environ.get("TRY_WINDOWS_FOLDER", "/var/tmp/cbr-try-windows"))  # noqa: S108 - stays for a look
PREFIX = FOLDER / "prefix"
DRIVE = PREFIX / "drive_c"
OURS, SIGNER = FOLDER / "certificate", "CBR Desktop try"
OLD_VERSION = "0.0.1"
GOAL_MEGABYTES = 24.0
SHIMS = ("icuuc", "mscms")
KEY = rf"Software\Microsoft\Windows\CurrentVersion\Uninstall\{TITLE}"
FOR_ALL = DRIVE / "Program Files" / TITLE
STRANGE = DRIVE / "Проба é dir" / "CBR"
PROFILES = """\
# kept by hand
[[profile]]
name = "Prod"
iam_endpoint = "https://iam.example.invalid"
cbr_endpoint = "https://cbr.example.invalid"
project = "eu-de_prod"
user = "operator"
domain = "OTC-EU-DE-000000"
region = "eu-de"
"""
THEIRS, REQUEST = "Theirs.Json", "CBRDesktop.Request"
"""What another program and ours call the type of such files."""
BEFORE: dict[str, str] = {}
"""The registry as it was before an installation, for the user and for everybody."""
PUBLISHED = {
    "publisher": "Müller & Söhne",
    "maintainer": "Backups <backups@backups.home.arpa>",
    "homepage": "https://backups.home.arpa/cbr-desktop",
}
DRAFT = '{"checkpoint": {"vault_id": "3b5816b5-f29c-4172-9d9a-76c719a659ce", "parameters": {"auto_trigger": false}}}\n'


class Failed(Exception):
    """Something is not as it must be; the message says what."""


class Try:
    """The steps that have been taken, each a row of the table."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, bool, float, str]] = []
        self.kind = ""
        """What is tried, which stands before the names of its steps."""

    def step(self, name: str, action: Callable[[], str | None]) -> None:
        """Take a step, which returns a remark or raises what is wrong."""
        name = f"{self.kind}: {name}" if self.kind else name
        print(f"windows: {name}", flush=True)
        begin = time.monotonic()
        try:
            passed, remark = True, action() or ""
        except (Failed, SystemExit, OSError, subprocess.TimeoutExpired) as error:
            passed, remark = False, " ".join(str(error).split())[:300]
            print(f"    {remark}", flush=True)
        self.rows.append((name, passed, time.monotonic() - begin, remark))

    def show(self) -> int:
        """Print the table, and leave it as the tries for Linux do; return 0 when every step passed."""
        rows = [
            f"{'windows':10} {'-':8} {name:58} {'passed' if passed else 'FAILED':8} {seconds:8.1f}  {remark}"
            for name, passed, seconds, remark in self.rows
        ]
        (FOLDER / "table").write_text("\n".join([*rows, ""]), "utf-8")
        print("", *rows, sep="\n")
        print(f"Packages, logs and pictures: {FOLDER}")
        return 0 if all(passed for _, passed, _, _ in self.rows) else 1


def main(*, keep: bool) -> int:
    """Build, unless what was built last is to be kept, try, and print the table; return 0 when all passed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    table = Try()
    (FOLDER / "table").unlink(missing_ok=True)
    for name in ("prefix", "pictures"):
        shutil.rmtree(FOLDER / name, ignore_errors=True)
    if not keep:
        for name in ("new", "again", "old", "certificate"):
            shutil.rmtree(FOLDER / name, ignore_errors=True)
        make_certificate()
        table.step("build, signed", lambda: build("new"))
        table.step("build again in another folder: same bytes", build_again)
        table.step(f"build an older one ({OLD_VERSION})", build_old)
    table.step("the installer is small", check_size)
    table.step("all files bear the signature of their makers", check_signatures)
    with display():
        table.step("a Windows of wine", make_prefix)
        table.step("other programs open .json", open_json_otherwise)
        try:
            table.kind = "installer"
            use_alone(table)
            use_moved(table)
            table.kind = "for all"
            use_together(table)
            table.kind = "portable"
            use_portable(table)
        finally:
            subprocess.run(["wineserver", "-k"], env=environment(), check=False)
    return table.show()


def use_alone(table: Try) -> None:
    """Take the steps of a user who installs for himself alone."""
    mine = user_folder("AppData/Local/Programs") / TITLE
    table.step("install the older one, for the user alone", lambda: install_older(mine, "HKCU"))
    table.step("it says its version", lambda: says_version(mine, OLD_VERSION))
    table.step("a user makes profiles, drafts and more", lambda: make_things(mine))
    table.step("upgrade", lambda: install(setup("new"), mine, version(), "HKCU"))
    table.step("what was left of the older one is gone", lambda: check_upgrade(mine))
    table.step("what is the user's is untouched", check_things)
    table.step("it says its version, from nothing", lambda: says_version(mine, version()))
    table.step("self-test, unseen", lambda: selftest(mine, "offscreen"))
    table.step("self-test on a screen", lambda: selftest(mine, "windows"))
    table.step("the window opens and closes", lambda: open_window(mine))
    table.step("no installation under a running program", lambda: install_under_running(mine))
    table.step("every module is there", lambda: import_all(mine))
    table.step("a draft is judged", lambda: judge_draft(mine))
    table.step("the demo cloud answers on the command line", lambda: list_vaults(mine))
    table.step("secrets in the Credential Manager", lambda: keep_secrets(mine))
    table.step("nothing is loaded from where it is started", lambda: start_among_strangers(mine))
    table.step("a missing part is named", lambda: lack_runtime(mine))
    table.step("Open with: the entries for .json", lambda: check_entries(mine, "HKCU"))
    table.step("Open with: a file is opened for review, not sent", lambda: open_with(mine, "HKCU"))


def use_moved(table: Try) -> None:
    """Take the steps of a user who wants it elsewhere, and then no more."""
    mine = user_folder("AppData/Local/Programs") / TITLE
    table.step("not into a folder of somebody else", refuse_foreign)
    table.step("move to a folder of strange letters", lambda: move(mine))
    table.step("self-test from there", lambda: selftest(STRANGE, "offscreen"))
    table.step("Open with: the entries are of there", lambda: check_entries(STRANGE, "HKCU"))
    table.step("remove, with exactly its own entries", lambda: remove(STRANGE, "HKCU"))
    table.step("what is the user's is still untouched", check_things)


def use_together(table: Try) -> None:
    """Take the steps of an administrator who installs for everybody."""
    table.step("install the older one", lambda: install_older(FOR_ALL, "HKLM", "/AllUsers"))
    table.step("it says its version", lambda: says_version(FOR_ALL, OLD_VERSION))
    table.step("upgrade", lambda: install(setup("new"), FOR_ALL, version(), "HKLM", "/AllUsers"))
    table.step("what is the user's is untouched", check_things)
    table.step("self-test, unseen", lambda: selftest(FOR_ALL, "offscreen"))
    table.step("self-test on a screen", lambda: selftest(FOR_ALL, "windows"))
    table.step("the window opens and closes", lambda: open_window(FOR_ALL))
    table.step("Open with: the entries for .json", lambda: check_entries(FOR_ALL, "HKLM"))
    table.step("Open with: a file is opened for review, not sent", lambda: open_with(FOR_ALL, "HKLM"))
    table.step("remove, with exactly its own entries", lambda: remove(FOR_ALL, "HKLM"))
    table.step("what is the user's is still untouched", check_things)


def use_portable(table: Try) -> None:
    """Take the steps of a user who may not install anything."""
    older, mine = DRIVE / "older stick" / TITLE, DRIVE / "stick" / TITLE
    before = things_of_user()
    table.step("unpack the older one", lambda: unpack("old", older))
    table.step("it says its version", lambda: says_version(older, OLD_VERSION))
    table.step("a user works with it", lambda: work_with(older))
    table.step("upgrade: unpack the newer one and move the data", lambda: move_data(older, mine))
    table.step("profiles, drafts and journal are kept", lambda: find_work(mine))
    table.step("self-test, unseen", lambda: selftest_beside(mine, "offscreen"))
    table.step("self-test on a screen", lambda: selftest_beside(mine, "windows"))
    table.step("the window opens and closes", lambda: open_window(mine))
    table.step("remove: nothing of it was anywhere else", lambda: remove_portable(mine, before))


# Building


def make_certificate() -> None:
    OURS.mkdir(parents=True)
    (OURS / "passphrase").write_text("only for a try\n", "ascii")
    run_tool(
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-days", "30", "-subj", f"/CN={SIGNER}"),
        *("-addext", "extendedKeyUsage=codeSigning", "-addext", "keyUsage=digitalSignature,keyCertSign"),
        *("-passout", f"file:{OURS / 'passphrase'}", "-keyout", OURS / "key.pem", "-out", OURS / "certificate.pem"),
    )


def build(name: str, number: str = "", **more: str) -> str:
    """Build what is committed in a folder of its own."""
    clone = FOLDER / name
    run_tool("git", "clone", "-q", "--no-local", ROOT, clone)
    if number:
        place = clone / "cbr_desktop" / "__init__.py"
        place.write_text(place.read_text("utf-8").replace(f'"{version()}"', f'"{number}"'), "utf-8")
        project = clone / "pyproject.toml"
        head = f"[{release.TABLE}]\n"
        told = "".join(f'{key} = "{value}"\n' for key, value in PUBLISHED.items())
        project.write_text(project.read_text("utf-8").replace(head, head + told), "utf-8")
    downloads = ROOT / "build" / "package" / "windows" / "downloads"
    if downloads.exists():
        shutil.copytree(downloads, clone / "build" / "package" / "windows" / "downloads")
    signed = {
        "CBR_SIGN_CERTIFICATE": str(OURS / "certificate.pem"),
        "CBR_SIGN_KEY": str(OURS / "key.pem"),
        "CBR_SIGN_PASSPHRASE": str(OURS / "passphrase"),
    }
    said = run_tool(sys.executable, clone / "packaging" / "package.py", "windows", **signed, **more)
    (FOLDER / f"{name}.log").write_text(said, "utf-8")
    sizes = [f"{path.suffix[1:]} {path.stat().st_size / 1e6:.1f} MB" for path in packages(name)]
    return ", ".join([*sizes, f"folder {size_of(application(name)) / 1e6:.1f} MB"])


def build_again() -> str:
    build("again")
    for first, second in zip(packages("new"), packages("again"), strict=True):
        if first.read_bytes() != second.read_bytes():
            raise Failed(f"{first.name} is not the same")
    return "installer and archive"


def build_old() -> str:
    """Build it as a release: with those who publish it, and with a Python that is named and not fetched."""
    named = FOLDER / "python-embed-amd64.zip"
    with zipfile.ZipFile(named, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in runtime.fetch().files.items():
            archive.writestr(name, content)
    total = hashlib.sha256(named.read_bytes()).hexdigest()
    python = {"CBR_WINDOWS_PYTHON": str(named), "CBR_WINDOWS_PYTHON_SHA256": total}
    sizes = build("old", OLD_VERSION, CBR_DESKTOP_QUICK="1", **python)
    told = {name: "Not for publication" in (FOLDER / f"{name}.log").read_text("utf-8") for name in ("new", "old")}
    if told != {"new": True, "old": False}:
        raise Failed(f"not for publication: {told}")
    return f"{sizes}; with its publishers and another zip of Python"


def check_size() -> str:
    size = setup("new").stat().st_size / 1e6
    if size > GOAL_MEGABYTES:
        raise Failed(f"{size:.1f} MB are more than {GOAL_MEGABYTES} MB")
    return f"{size:.1f} MB of at most {GOAL_MEGABYTES:.0f} MB"


def check_signatures() -> str:
    """Tell who has signed the programs and libraries; our own must be ours."""
    microsoft = PACKAGING / "windows" / "microsoft-root-2020.pem"
    trusted = signing.authorities(FOLDER / "authorities.pem", microsoft, OURS / "certificate.pem")
    folder = application("new")
    for path in (setup("new"), *(folder / one.file for one in (launchers.WINDOW, launchers.CONSOLE))):
        if signing.signer(path, trusted) != SIGNER:
            raise Failed(f"{path.name} does not bear our signature")
    makers: dict[str, int] = {}
    unsigned = []
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".dll", ".pyd"):
            maker = signing.signer(path, trusted)
            makers[maker or "nobody"] = makers.get(maker or "nobody", 0) + 1
            unsigned += [] if maker else [path]
    wrong = [path.name for path in unsigned if path.relative_to(folder).parts[1] in ("PySide6", "shiboken6")]
    wrong += [path.name for path in unsigned if path.relative_to(folder).parts[0] == "runtime"]
    if wrong:
        raise Failed(f"not signed: {', '.join(wrong)}")
    return "; ".join(f"{count} by {maker}" for maker, count in makers.items())


def packages(name: str) -> list[Path]:
    return sorted(path for path in (FOLDER / name / "build" / "packages").iterdir() if path.suffix in (".exe", ".zip"))


def setup(name: str) -> Path:
    return next(path for path in packages(name) if path.suffix == ".exe")


def application(name: str) -> Path:
    return FOLDER / name / "build" / "package" / "windows" / TITLE


# Installing and removing


def install_older(target: Path, root: str, *options: str) -> str:
    """Install the version that is upgraded from; what the registry says before is what it says after removing."""
    BEFORE[root] = registry(root)
    said = install(setup("old"), target, OLD_VERSION, root, *options)
    for value, expected in {"Publisher": PUBLISHED["publisher"], "URLInfoAbout": PUBLISHED["homepage"]}.items():
        found = read_value(root, KEY, value)
        if found != expected:
            raise Failed(f"{value} is {found} and not {expected}")
    return said


def install(program: Path, target: Path, number: str, root: str, *options: str) -> str:
    """Install silently, and look at what is there afterwards."""
    begin = time.monotonic()
    code, said = wine(program, "/S", *options, timeout=300)
    seconds = time.monotonic() - begin
    if code:
        raise Failed(f"the installer ended with {code}: {said}")
    check_installed(target, number, root)
    return f"{seconds:.1f} s, {size_of(target) / 1e6:.1f} MB on the disk"


def check_installed(target: Path, number: str, root: str) -> None:
    for name in (launchers.WINDOW.file, launchers.CONSOLE.file, "uninstall.exe", f"licences/{NAME}.cdx.json"):
        if not (target / name).exists():
            raise Failed(f"{name} is not there")
    for value, expected in {"DisplayVersion": number, "InstallLocation": windows_path(target)}.items():
        found = read_value(root, KEY, value)
        if found != expected:
            raise Failed(f"{value} is {found} and not {expected}")
    if not start_menu(root).exists():
        raise Failed("it is not in the start menu")
    trusted = FOLDER / "authorities.pem"
    if signing.signer(target / "uninstall.exe", trusted) != SIGNER:
        raise Failed("the uninstaller does not bear our signature")


def remove(target: Path, root: str) -> str:
    """Remove silently; what somebody else has put into the folder stays."""
    (target / "notes.txt").write_text("of somebody else", "ascii")
    option = "/AllUsers" if root == "HKLM" else "/CurrentUser"
    begin = time.monotonic()
    code, said = wine(target / "uninstall.exe", option, "/S")
    # the uninstaller goes on as a copy of itself, so that it can remove itself
    wait_until(lambda: not (target / "uninstall.exe").exists() and not read_value(root, KEY, "DisplayName"), 60)
    seconds = time.monotonic() - begin
    if code:
        raise Failed(f"it ended with {code}: {said}")
    left = [path.name for path in target.iterdir()]
    if left != ["notes.txt"]:
        raise Failed(f"left: {', '.join(left)}")
    if start_menu(root).exists():
        raise Failed("it is still in the start menu")
    before, now = BEFORE[root].splitlines(), registry(root).splitlines()
    changed = [line.strip() for line in difflib.ndiff(before, now) if line[0] in "+-" and line[1:].strip()]
    if changed:
        raise Failed(f"the registry is not what it was: {'; '.join(changed)}")
    shutil.rmtree(target)
    return f"{seconds:.1f} s"


def refuse_foreign() -> str:
    folder = DRIVE / "theirs"
    (folder / "lib").mkdir(parents=True)
    (folder / "lib" / "theirs.txt").write_text("theirs", "ascii")
    code, _ = wine(setup("new"), "/S", f"/D={windows_path(folder)}")
    if code != 4 or [path.name for path in folder.rglob("*")] != ["lib", "theirs.txt"]:
        raise Failed(f"it ended with {code}, and there are {[path.name for path in folder.iterdir()]}")
    return "code 4"


def move(mine: Path) -> str:
    """Install where the path has blanks and letters of two scripts; the older place is left clean."""
    command = f'"{windows_path(setup("new"))}" /S /D={windows_path(STRANGE)}'
    python(application("new"), f"import subprocess; raise SystemExit(subprocess.call({command!r}))")
    check_installed(STRANGE, version(), "HKCU")
    if mine.exists():
        raise Failed(f"left behind: {[path.name for path in mine.iterdir()]}")
    return windows_path(STRANGE)


def install_under_running(mine: Path) -> str:
    with running(mine / launchers.WINDOW.file, "--demo"):
        code, _ = wine(setup("new"), "/S")
    if code != 3:
        raise Failed(f"the installer ended with {code}")
    says_version(mine, version())
    return "code 3, nothing changed"


def start_menu(root: str) -> Path:
    if root == "HKLM":
        return DRIVE / "ProgramData/Microsoft/Windows/Start Menu/Programs" / f"{TITLE}.lnk"
    return user_folder("AppData/Roaming/Microsoft/Windows/Start Menu/Programs") / f"{TITLE}.lnk"


# What is the user's


def things() -> dict[Path, bytes]:
    home = user_folder("AppData/Local") / NAME
    return {
        home / "profiles.toml": PROFILES.encode(),
        home / "outbox.db.note": b"beside the outbox",
        user_folder("Documents") / "CBR requests" / "before-patch.cbr.json": DRAFT.encode(),
    }


def make_things(mine: Path) -> None:
    for path, content in things().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    # a module that the newer one no longer has
    (mine / "app" / "cbr_desktop" / "gone.pyc").write_bytes(b"")


def check_things() -> str:
    for path, content in things().items():
        if not path.exists() or path.read_bytes() != content:
            raise Failed(f"{path.name} is not what it was")
    return ", ".join(path.name for path in things())


def check_upgrade(mine: Path) -> None:
    if (mine / "app" / "cbr_desktop" / "gone.pyc").exists():
        raise Failed("a module of the older one is still there")


def keep_secrets(mine: Path) -> str:
    """Keep, find and forget a secret through the program's own way to the store, each in a process of its own."""
    probe = (PACKAGING / "windows" / "wine" / "secrets_probe.py").read_text("utf-8")
    said = [python(mine, probe, step) for step in ("keep", "find", "forget", "find")]
    if said != ["kept", "found", "forgotten", "none"]:
        raise Failed(f"it said {said}")
    return "kept, found by another process, forgotten"


def judge_draft(mine: Path) -> str:
    draft = next(path for path in things() if path.suffix == ".json")
    code, said = wine(mine / launchers.CONSOLE.file, "check", windows_path(draft))
    if code not in (0, 1) or "before-patch" not in said:
        raise Failed(f"it ended with {code}: {said}")
    return said.splitlines()[0][:80]


def list_vaults(mine: Path) -> str:
    code, said = wine(mine / launchers.CONSOLE.file, "vaults", "--demo", CBR_DESKTOP_HOME=r"C:\try-list")
    if code or "vault-be94" not in said:
        raise Failed(f"it ended with {code}: {said[-200:]}")
    return f"{len(said.splitlines())} lines"


def import_all(mine: Path) -> str:
    """Import every module of the program, so that nothing that one of them needs has been left out."""
    text = """
import importlib, pkgutil, cbr_desktop
names = [module.name for module in pkgutil.walk_packages(cbr_desktop.__path__, "cbr_desktop.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(len(names))
"""
    return f"{python(mine, text)} modules"


# Starting


def says_version(folder: Path, number: str) -> str:
    begin = time.monotonic()
    code, said = wine(folder / launchers.CONSOLE.file, "--version")
    if code or said.strip() != f"{TITLE} {number}":
        raise Failed(f"it ended with {code} and said {said!r}")
    return f"{time.monotonic() - begin:.1f} s"


def selftest(folder: Path, platform: str) -> str:
    """Have it do its main job; all of its own goes into a folder of the try."""
    picture = FOLDER / "pictures" / f"{folder.parent.name.split()[0]}-{platform}.png"
    arguments = ("selftest", "--screenshot", windows_path(picture))
    home = {"CBR_DESKTOP_HOME": rf"C:\try-{platform}", **on(platform)}
    code, said = wine(folder / launchers.CONSOLE.file, *arguments, timeout=180, **home)
    line = next((line for line in said.splitlines() if line.startswith("selftest")), said.strip()[-200:])
    if code or not line.startswith("selftest: ok") or not picture.exists():
        raise Failed(f"it ended with {code}: {line}")
    return line.partition(": vault")[0]


def on(platform: str) -> dict[str, str]:
    """Return what has a program draw on a platform of Qt; unseen, it looks for its fonts where it is told to."""
    return {"WINEQT_QPA_PLATFORM": platform, "WINEQT_QPA_FONTDIR": r"Z:\usr\share\fonts\truetype\dejavu"}


def open_window(folder: Path) -> str:
    """Open the window on the screen, take a picture of that, and close it as a user would."""
    begin = time.monotonic()
    with running(folder / launchers.WINDOW.file, "--demo") as program:
        seconds = time.monotonic() - begin
        wait(8)
        (FOLDER / "pictures").mkdir(exist_ok=True)
        run_tool("import", "-window", "root", FOLDER / "pictures" / "screen.png")
    if program.returncode:
        raise Failed(f"it ended with {program.returncode}")
    return f"on the screen after {seconds:.1f} s"


def start_among_strangers(folder: Path) -> str:
    """Start it where libraries of its own names lie that are none."""
    place = DRIVE / "downloads"
    place.mkdir(exist_ok=True)
    for name in ("python313.dll", "python3.dll", "vcruntime140.dll", "Qt6Core.dll", "sqlite3.dll"):
        (place / name).write_bytes(b"no library at all")
    path = {"WINEPATH": windows_path(place)}
    code, said = wine(folder / launchers.CONSOLE.file, "--version", cwd=place, **path)
    if code or TITLE not in said:
        raise Failed(f"it ended with {code}: {said}")
    home = {"CBR_DESKTOP_HOME": r"C:\try-strangers", "WINEQT_QPA_PLATFORM": "offscreen"}
    code, said = wine(folder / launchers.CONSOLE.file, "selftest", cwd=place, timeout=180, **home, **path)
    if code:
        raise Failed(f"the self-test ended with {code}: {said[-200:]}")
    return "neither from the folder nor from PATH"


def lack_runtime(folder: Path) -> str:
    library = folder / "runtime" / "python313.dll"
    library.rename(library.with_suffix(".away"))
    try:
        code, said = wine(folder / launchers.CONSOLE.file, "--version")
    finally:
        library.with_suffix(".away").rename(library)
    if code != 120 or "python313.dll" not in said or "install CBR Desktop again" not in said:
        raise Failed(f"it ended with {code} and said {said!r}")
    return f"code 120: {said.splitlines()[0]}"


# The portable one


def things_of_user() -> set[Path]:
    """Return everything that bears the program's name in the folders of the user."""
    return {path for path in user_folder("AppData").rglob("*") if NAME in path.as_posix()}


def unpack(name: str, folder: Path) -> str:
    with zipfile.ZipFile(next(path for path in packages(name) if path.suffix == ".zip")) as archive:
        archive.extractall(folder.parent)
    return f"{size_of(folder) / 1e6:.1f} MB"


def run_beside(folder: Path, *arguments: str, expected: int = 0) -> str:
    """Run a command of a portable program; return what it prints."""
    code, said = wine(folder / launchers.CONSOLE.file, *arguments)
    if code != expected:
        raise Failed(f"{' '.join(arguments)} ended with {code}: {said[-200:]}")
    return said


def work_with(folder: Path) -> str:
    """Have profiles and drafts beside the program, and a journal."""
    (folder / "data" / "config").mkdir(parents=True)
    (folder / "data" / "config" / "profiles.toml").write_text(PROFILES, "utf-8")
    run_beside(folder, "drafts", "new", "later", "--vault", "3b5816b5-f29c-4172-9d9a-76c719a659ce")
    run_beside(folder, "outbox", "list")
    if not [*(folder / "data").rglob("later.cbr.json")]:
        raise Failed("the draft is not beside the program")
    return run_beside(folder, "journal", "verify")[:50]


def move_data(older: Path, newer: Path) -> str:
    """Do what the text beside the program says."""
    size = unpack("new", newer)
    (older / "data").rename(newer / "data")
    shutil.rmtree(older.parent)
    return size


def find_work(folder: Path) -> str:
    if (folder / "data" / "config" / "profiles.toml").read_text("utf-8") != PROFILES:
        raise Failed("the profiles are not what they were")
    if "later" not in run_beside(folder, "drafts", "list"):
        raise Failed("the draft is not in the list")
    if "No password is known" not in run_beside(folder, "vaults", "--profile", "Prod", expected=2):
        raise Failed("the profile is not known")
    says_version(folder, version())
    return run_beside(folder, "journal", "verify")[:50]


def selftest_beside(folder: Path, platform: str) -> str:
    picture = FOLDER / "pictures" / f"portable-{platform}.png"
    arguments = ("selftest", "--screenshot", windows_path(picture))
    code, said = wine(folder / launchers.CONSOLE.file, *arguments, timeout=180, **on(platform))
    if code or not picture.exists():
        raise Failed(f"it ended with {code}: {said[-200:]}")
    if not (folder / "data" / "logs" / f"{NAME}.log").exists():
        raise Failed("there is no log beside it")
    line = next((line for line in said.splitlines() if line.startswith("selftest")), "")
    return line.partition(": vault")[0]


def remove_portable(folder: Path, before: set[Path]) -> str:
    """Remove the folder, which is all there is to remove."""
    shutil.rmtree(folder.parent)
    more = things_of_user() - before
    if more:
        raise Failed(f"it has written into the folders of the user: {', '.join(path.name for path in more)}")
    return "the folders of the user are what they were"


# Opening request files from the Explorer


def open_json_otherwise() -> str:
    """Have another program that opens .json by itself, and is offered for it, for the user and for everybody."""
    for root in ("HKCU", "HKLM"):
        for key, name in ((r".json", ""), (r".json\OpenWithProgids", THEIRS)):
            value = ("/v", name, "/d", "") if name else ("/ve", "/d", THEIRS)
            code, said = wine("reg", "add", rf"{root}\Software\Classes\{key}", *value, "/f")
            if code:
                raise Failed(f"it was not written: {said}")
    return THEIRS


def check_entries(target: Path, root: str) -> str:
    """The program is offered for .json; what opened .json before still does, and is still offered too."""
    program = f"{windows_path(target)}\\{launchers.WINDOW.file}"
    classes, command = r"Software\Classes", f'"{program}" --open "%1"'
    application = rf"{classes}\Applications\{launchers.WINDOW.file}"
    expected = {
        (rf"{classes}\{REQUEST}", ""): "CBR request",
        (rf"{classes}\{REQUEST}\DefaultIcon", ""): f"{program},0",
        (rf"{classes}\{REQUEST}\shell\open\command", ""): command,
        (rf"{application}\shell\open\command", ""): command,
        (application, "FriendlyAppName"): TITLE,
        (rf"{classes}\.json", ""): THEIRS,
    }
    for (key, name), value in expected.items():
        found = read_value(root, key, name)
        if found != value:
            raise Failed(f"{key} {name} is {found} and not {value}")
    names = {
        rf"{classes}\.json\OpenWithProgids": {THEIRS, REQUEST},
        rf"{application}\SupportedTypes": {".json"},
    }
    for key, wanted in names.items():
        there = read_names(root, key)
        if there != wanted:
            raise Failed(f"{key} has {', '.join(sorted(there))}")
    return f"{len(expected) + 3} values, .json stays with {THEIRS}"


def open_with(target: Path, root: str) -> str:
    """Start what the registry says, as the Explorer does: a review comes up, and nothing is queued or sent."""
    draft = next(path for path in things() if path.suffix == ".json")
    command = read_value(root, rf"Software\Classes\{REQUEST}\shell\open\command", "")
    line = command.replace("%1", windows_path(draft))
    home = DRIVE / "try-open"
    (home / "config").mkdir(parents=True, exist_ok=True)
    (home / "config" / "profiles.toml").write_text(PROFILES, "utf-8")
    title = f"{draft.name} — from outside"
    with started(line, windows_path(home), title) as process:
        wait(2)
        run_tool("import", "-window", "root", FOLDER / "pictures" / f"open-with-{root}.png")
    if process.returncode:
        raise Failed(f"it ended with {process.returncode}")
    waiting = wine(target / launchers.CONSOLE.file, "outbox", "list", CBR_DESKTOP_HOME=windows_path(home))[1]
    if waiting.strip() != "The outbox is empty.":
        raise Failed(f"something was queued: {waiting}")
    if draft.read_text("utf-8") != DRAFT:
        raise Failed("the file was changed")
    return f"a window called {title}; the outbox is empty"


@contextmanager
def running(program: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Have a program with its window open for as long as the block lasts; it is closed as a user would."""
    line = subprocess.list2cmdline([windows_path(program), *arguments])
    with started(line, r"C:\try-window", TITLE) as process:
        yield process


@contextmanager
def started(line: str, home: str, title: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a line with the window as Windows does, wait for a window with a title, and close all in the end."""
    with subprocess.Popen(
        ["wine", *words_of(line)],
        env=environment(CBR_DESKTOP_HOME=home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            wait_until(lambda: is_on_screen(title), 60)
            yield process
            # what is open over the window is closed first
            wait_until(lambda: has_ended(process), 30)
        finally:
            if process.poll() is None:
                process.kill()


def is_on_screen(title: str) -> bool:
    command = ["xdotool", "search", "--onlyvisible", "--name", title]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def has_ended(process: subprocess.Popen[bytes]) -> bool:
    """Ask the program to close, and tell whether it has ended some moments later."""
    wine("taskkill", "/im", launchers.WINDOW.file)
    with suppress(subprocess.TimeoutExpired):
        process.wait(3)
    return process.returncode is not None


# Wine


def make_prefix() -> str:
    log = (FOLDER / "wineboot.log").open("wb")
    with log:
        subprocess.run(["wineboot", "--init"], env=environment(), stdout=log, stderr=log, check=True, timeout=180)
    # services stay, so that no step has to start them
    subprocess.run(["wineserver", "-w"], env=environment(), check=False, timeout=60)
    subprocess.run(["wineserver", "-p"], env=environment(), check=False, timeout=60)
    # what it starts lives on and must not hold a pipe of ours
    command = ["wine", "winecfg", "-v", "win10"]
    quiet = subprocess.DEVNULL
    subprocess.run(command, env=environment(), stdin=quiet, stdout=quiet, stderr=quiet, check=True, timeout=60)
    for name in SHIMS:
        source = PACKAGING / "windows" / "wine" / f"{name}.c"
        target = DRIVE / "windows" / "system32" / f"{name}.dll"
        target.unlink(missing_ok=True)
        run_tool(launchers.COMPILER, "-O2", "-s", "-shared", "-o", target, source)
    return run_tool("wine", "--version").strip()


def environment(**more: str) -> dict[str, str]:
    """Return the environment of everything that runs in wine."""
    here = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "QT_", "LC_", "LANG"))}
    fixed = {
        "WINEPREFIX": str(PREFIX),
        "WINEARCH": "win64",
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml=;mscms=n;winemenubuilder.exe=d",
        "LC_ALL": "C.UTF-8",
    }
    return {**here, **fixed, **more}


def wine(
    program: Path | str, *arguments: str, timeout: int = 90, cwd: Path | None = None, **more: str
) -> tuple[int, str]:
    """Run a program of Windows; return its code of exit and what it prints."""
    done = subprocess.run(
        ["wine", str(program), *arguments],
        env=environment(**more),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        # a pipe and no file: Python does not start in wine when it is to print into one
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=timeout,
        check=False,
    )
    said = done.stdout.decode("utf-8", "replace").replace("\r", "")
    lines = [line for line in said.splitlines() if not line.startswith("This plugin does not support")]
    return done.returncode, "\n".join(lines)


def python(folder: Path, text: str, *arguments: str) -> str:
    """Run lines of Python with the modules of an installed program; return what they print, which is a line.

    The program and the library of Python are not the installed ones: that comes without the one and needs the other.
    """
    place = DRIVE / "python"
    if not place.exists():
        place.mkdir()
        for name, content in runtime.fetch().files.items():
            if name != "_wmi.pyd":
                (place / name).write_bytes(content)
    parts = ("runtime/python313.zip", "runtime", "lib", "app")
    paths = [windows_path(folder / part) for part in parts]
    (place / "python313._pth").write_text("\n".join([*paths, ""]), "utf-8")
    script = DRIVE / "probe.py"
    script.write_text(text, "utf-8")
    code, said = wine(place / "python.exe", "-X", "utf8", windows_path(script), *arguments)
    if code:
        raise Failed(f"Python ended with {code}: {said[-300:]}")
    return said.strip()


def read_value(root: str, key: str, name: str) -> str:
    """Return a value of the registry, or nothing."""
    roots = {"HKCU": "HKEY_CURRENT_USER", "HKLM": "HKEY_LOCAL_MACHINE"}
    question = f"""
import winreg
try:
    with winreg.OpenKey(winreg.{roots[root]}, {key!r}) as key:
        print(winreg.QueryValueEx(key, {name!r})[0])
except OSError:
    print()
"""
    return python(application("new"), question)


def read_names(root: str, key: str) -> set[str]:
    """Return the names of the values of a key."""
    roots = {"HKCU": "HKEY_CURRENT_USER", "HKLM": "HKEY_LOCAL_MACHINE"}
    question = f"""
import winreg
with winreg.OpenKey(winreg.{roots[root]}, {key!r}) as key:
    print(*(winreg.EnumValue(key, number)[0] for number in range(winreg.QueryInfoKey(key)[1])), sep="|")
"""
    return set(python(application("new"), question).split("|"))


def words_of(line: str) -> list[str]:
    """Return the words of a line in which blanks are put between quotation marks; backslashes mean nothing."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.escape, lexer.commenters = True, "", ""
    return list(lexer)


def registry(root: str) -> str:
    """Return all entries that an installation could have made, as text."""
    parts = [rf"{root}\Software\Classes", rf"{root}\Software\Microsoft\Windows\CurrentVersion\App Paths"]
    parts.append(rf"{root}\Software\Microsoft\Windows\CurrentVersion\Uninstall")
    return "\n".join(wine("reg", "query", part, "/s")[1] for part in parts)


def user_folder(inside: str) -> Path:
    users = DRIVE / "users"
    return next((user for user in sorted(users.iterdir()) if user.name != "Public"), users) / inside


def windows_path(path: Path) -> str:
    if path.is_relative_to(DRIVE):
        return "C:\\" + str(path.relative_to(DRIVE)).replace("/", "\\")
    return "Z:" + str(path).replace("/", "\\")


# Small things


@contextmanager
def display() -> Iterator[None]:
    """Have a screen that nobody sees, in the variable that says which."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x900x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as number:
            os.environ["DISPLAY"] = f":{number.readline().strip()}"
        try:
            yield
        finally:
            server.terminate()


def run_tool(*command: str | Path, timeout: int = 1800, **more: str) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(
        words,
        env=environment(**more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=timeout,
        check=False,
    )
    if done.returncode:
        raise Failed(f"{words[0]} ended with {done.returncode}: {done.stdout[-400:]}")
    return done.stdout


def wait_until(condition: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Failed("it takes too long")
        wait(0.2)


def wait(seconds: float) -> None:
    subprocess.run(["sleep", str(seconds)], check=True)


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    sys.exit(main(keep="--keep" in sys.argv[1:]))
