"""Rules of the house that no linter knows."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent / "cbr_desktop"
FILES = sorted(HOUSE.rglob("*.py"))
TOP_LEVEL = {"pyproject.toml", "README.md", "cbr_desktop", "resources", "tests", "packaging"}
BESIDES = {"LICENSE", "CHANGELOG.md", "requirements.lock", "build"}
FORBIDDEN_WORDS = ("Manager", "Helper", "Util", "Misc", "Common")


def name_of(path: Path) -> str:
    return path.relative_to(HOUSE).as_posix()


def nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


@pytest.fixture(params=FILES, ids=name_of)
def path(request: pytest.FixtureRequest) -> Path:
    file: Path = request.param
    return file


def test_a_module_opens_with_one_sentence(path: Path) -> None:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    assert docstring
    assert docstring.split("\n\n")[0].replace("\n", " ").rstrip().endswith((".", "::"))


def test_no_dialog_runs_a_loop_of_its_own(path: Path) -> None:
    calls = [node.func for node in nodes(path) if isinstance(node, ast.Call)]
    names = {func.attr for func in calls if isinstance(func, ast.Attribute)}
    if name_of(path) == "app/window.py":
        names -= {"processEvents"}  # the first paint, before any loop runs
    assert not names & {"exec", "exec_", "processEvents"}


def test_no_screen_has_a_coroutine(path: Path) -> None:
    if "ui" not in path.parts:
        return
    for node in nodes(path):
        if isinstance(node, ast.ClassDef) and any(
            isinstance(base, ast.Name) and base.id.startswith("Q") for base in node.bases
        ):
            assert not [part.name for part in node.body if isinstance(part, ast.AsyncFunctionDef)]


def test_the_house_is_imported_at_the_top(path: Path) -> None:
    for node in nodes(path):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for inner in ast.walk(node):
                module = inner.module if isinstance(inner, ast.ImportFrom) else ""
                names = [alias.name for alias in inner.names] if isinstance(inner, ast.Import) else []
                inside = [name for name in [module or "", *names] if name.startswith("cbr_desktop")]
                assert not inside, f"line {node.lineno} imports {inside} inside a function"


def test_translation_is_the_screens_business(path: Path) -> None:
    if "ui" in path.parts:
        return
    calls = [node.func for node in nodes(path) if isinstance(node, ast.Call)]
    assert not [func for func in calls if isinstance(func, ast.Attribute) and func.attr == "tr"]


def test_names_say_what_a_thing_is(path: Path) -> None:
    classes = [node.name for node in nodes(path) if isinstance(node, ast.ClassDef)]
    assert not [name for name in classes if name.endswith(FORBIDDEN_WORDS)]


def test_only_the_runtime_knows_the_loop(path: Path) -> None:
    imported = {alias.name for node in nodes(path) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in nodes(path) if isinstance(node, ast.ImportFrom)}
    assert "qasync" not in imported or path.name == "runtime.py"


MARKUP_CALLS = {"setHtml", "insertHtml", "appendHtml", "setMarkdown", "setOpenExternalLinks"}
MARKUP_NAMES = {"QTextBrowser", "QMessageBox", "QErrorMessage", "QWhatsThis", "QWebEngineView"}


def test_links_are_opened_in_one_place(path: Path) -> None:
    named = {node.attr for node in nodes(path) if isinstance(node, ast.Attribute)}
    named |= {alias.name for node in nodes(path) if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert "QDesktopServices" not in named or name_of(path) == "ui/links.py"
    assert not named & {"webbrowser", "startfile"}
    assert "webbrowser" not in {a.name for node in nodes(path) if isinstance(node, ast.Import) for a in node.names}


def test_no_screen_reads_markup(path: Path) -> None:
    named = {alias.name for node in nodes(path) if isinstance(node, ast.ImportFrom) for alias in node.names}
    named |= {node.attr for node in nodes(path) if isinstance(node, ast.Attribute)}
    assert not named & (MARKUP_NAMES | MARKUP_CALLS)
    formats = [
        node.attr
        for node in nodes(path)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute | ast.Name)
        and (node.value.attr if isinstance(node.value, ast.Attribute) else node.value.id) == "TextFormat"
    ]
    assert set(formats) <= {"PlainText"}


def test_the_top_level_is_tidy() -> None:
    here = {entry.name for entry in HOUSE.parent.iterdir() if not entry.name.startswith(".")}
    assert here >= TOP_LEVEL
    assert here <= TOP_LEVEL | BESIDES
