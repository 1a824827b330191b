"""Rules of the house that no linter knows."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from pathlib import Path
from typing import get_type_hints

import pytest

from cbr_desktop.domain.change import Kind
from cbr_desktop.text.marks import _MARKS
from cbr_desktop.text.operations import words_for
from cbr_desktop.text.states import _WORDS
from cbr_desktop.workflows.operations import OPERATIONS
from sayings import Saying, sayings

HOUSE = Path(__file__).parent.parent / "cbr_desktop"
TOP_LEVEL = {"pyproject.toml", "README.md", "cbr_desktop", "resources", "tests", "packaging"}
BESIDES = {"LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "requirements.lock", "build"}
FORBIDDEN_WORDS = ("Manager", "Helper", "Util", "Misc", "Common")


class Module:
    """One file of the house, parsed once for all rules."""

    def __init__(self, path: Path) -> None:
        self.name = path.relative_to(HOUSE).as_posix()
        self.path = path
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.nodes = list(ast.walk(self.tree))

    @property
    def is_screen(self) -> bool:
        return self.name.startswith("ui/")

    @cached_property
    def attributes(self) -> set[str]:
        """The names that stand behind a dot."""
        return {node.attr for node in self.nodes if isinstance(node, ast.Attribute)}

    @cached_property
    def kinds(self) -> set[str]:
        """The kinds of changes that it names."""
        found = [node for node in self.nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)]
        return {node.attr for node in found if isinstance(node.value, ast.Name) and node.value.id == "Kind"}

    @cached_property
    def called(self) -> set[str]:
        """The names of the methods that are called."""
        calls = [node.func for node in self.nodes if isinstance(node, ast.Call)]
        return {func.attr for func in calls if isinstance(func, ast.Attribute)}

    @cached_property
    def imported(self) -> set[str]:
        """The names of ``import name`` and of ``from module import name``, without their modules."""
        imports = [node for node in self.nodes if isinstance(node, ast.Import | ast.ImportFrom)]
        return {alias.name for node in imports for alias in node.names}

    @cached_property
    def sources(self) -> set[str]:
        """The modules of ``import module`` and of ``from module import name``."""
        return {source for node in self.nodes for source in _sources(node)}


def _sources(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    found = [Module(path) for path in sorted(HOUSE.rglob("*.py"))]
    assert found
    return found


def broken(modules: Iterable[Module], rule: Callable[[Module], object]) -> dict[str, object]:
    """Return what a rule finds, by the name of the file that breaks it."""
    return {module.name: found for module in modules if (found := rule(module))}


def test_a_module_opens_with_one_sentence(modules: list[Module]) -> None:
    def opening(module: Module) -> str:
        first = (ast.get_docstring(module.tree) or "").split("\n\n")[0].replace("\n", " ").rstrip()
        return "" if first.endswith((".", "::")) else first or "no docstring"

    assert broken(modules, opening) == {}


def test_no_dialog_runs_a_loop_of_its_own(modules: list[Module]) -> None:
    def loops(module: Module) -> set[str]:
        found = module.called & {"exec", "exec_", "processEvents"}
        # the first paint and what is imported after it, before any loop runs
        return found - {"processEvents"} if module.name in ("app/window.py", "app/late_imports.py") else found

    assert broken(modules, loops) == {}


def test_no_screen_has_a_coroutine(modules: list[Module]) -> None:
    def coroutines(module: Module) -> list[str]:
        widgets = [
            node
            for node in module.nodes
            if isinstance(node, ast.ClassDef)
            and any(isinstance(base, ast.Name) and base.id.startswith("Q") for base in node.bases)
        ]
        return [part.name for widget in widgets for part in widget.body if isinstance(part, ast.AsyncFunctionDef)]

    assert broken([module for module in modules if module.is_screen], coroutines) == {}


LATE = ("app/", "ui/shell/", "cli/", "__main__.py")
"""Where the program is put together: only there may a module be imported when it is first needed."""


def test_imports_stand_at_the_top_but_where_the_program_is_put_together(modules: list[Module]) -> None:
    def late(module: Module) -> list[str]:
        if module.name.startswith(LATE):
            return []
        functions = [node for node in module.nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        lines = {line for each in functions for line in range(each.lineno, (each.end_lineno or each.lineno) + 1)}
        return [
            f"line {node.lineno} imports {source} inside a function"
            for node in module.nodes
            if isinstance(node, ast.Import | ast.ImportFrom) and node.lineno in lines
            for source in _sources(node)
            if source.startswith("cbr_desktop")
        ]

    assert broken(modules, late) == {}


def test_late_imports_are_statements_that_tools_can_follow(modules: list[Module]) -> None:
    """The command line alone imports by name: its commands name their function as text."""
    named = [module for module in modules if module.name not in ("cli/__init__.py", "__main__.py")]

    def hidden(module: Module) -> list[str]:
        calls = [
            node for node in module.nodes if isinstance(node, ast.Call) and "import_module" in ast.unparse(node.func)
        ]
        return [f"line {call.lineno}" for call in calls if "cbr_desktop" in ast.unparse(call)]

    assert broken(named, hidden) == {}


@pytest.mark.parametrize("table", [_WORDS, _MARKS], ids=["words", "marks"])
def test_what_is_kept_by_the_names_of_a_class_is_of_one_that_has_them(
    modules: list[Module], table: dict[str, dict[str, object]]
) -> None:
    classes = [node for module in modules for node in module.nodes if isinstance(node, ast.ClassDef)]
    members = [(each.name, {*map(_assigned, each.body)}) for each in classes]
    assert [
        name for name, kept in table.items() if not any(name == known and kept.keys() <= has for known, has in members)
    ] == []


def _assigned(node: ast.stmt) -> str:
    """Return the name that a line of a class gives to something, empty for another line."""
    target = node.targets[0] if isinstance(node, ast.Assign) else None
    return target.id if isinstance(target, ast.Name) else ""


def test_translation_is_the_screens_business(modules: list[Module]) -> None:
    elsewhere = [module for module in modules if not module.is_screen]
    assert broken(elsewhere, lambda module: module.called & {"tr"}) == {}


def test_names_say_what_a_thing_is(modules: list[Module]) -> None:
    def vague(module: Module) -> list[str]:
        classes = [node.name for node in module.nodes if isinstance(node, ast.ClassDef)]
        return [name for name in classes if name.endswith(FORBIDDEN_WORDS)]

    assert broken(modules, vague) == {}


def test_a_name_stands_for_one_class(modules: list[Module]) -> None:
    """The simulator has the service's names as well, and so have the rows of the wire, each within its module.

    The clock is one shape for two packages that are strangers to each other.
    """
    ours = [module for module in modules if not module.name.startswith(("simulator/", "cloud/wire/"))]
    classes = [(node.name, module.name) for module in ours for node in module.nodes if isinstance(node, ast.ClassDef)]
    counts = Counter(name for name, _module in classes)
    assert [(name, module) for name, module in classes if counts[name] > 1 and name[0] != "_" and name != "Clock"] == []


def test_only_the_runtime_knows_the_loop(modules: list[Module]) -> None:
    others = [module for module in modules if module.path.name != "runtime.py"]
    assert broken(others, lambda module: module.sources & {"qasync"}) == {}


OPERATION_LIST = "domain/change.py"
"""The file in which operations are listed, one line each."""


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.CREATE_CHECKPOINT])
def test_an_operation_is_five_files(modules: list[Module], kind: Kind) -> None:
    """Its operation, its words, its entry on the wire, its dialog and its route of the simulator; nobody else names it.

    The checkpoint was there before there were others: the rows and request files of before mean it without naming it.
    """
    own = {f"workflows/operations/{kind.name.lower()}.py", f"text/operations/{kind.name.lower()}.py"}
    names = {module.name for module in modules}
    assert own <= names
    assert OPERATIONS[kind].kind is kind
    assert get_type_hints(OPERATIONS[kind].draft_of)["return"].change_kind == kind.value
    assert words_for(kind).title
    naming = {module.name for module in modules if kind.name in module.kinds} - {OPERATION_LIST} - own
    screens = {name for name in naming if name.startswith("ui/")}
    assert len(screens) == 1, "the dialog"
    assert naming - screens == {"cloud/wire/results.py"}
    routes = [path for path in (HOUSE / "simulator").glob("*.py") if path.stem in SIMULATED[kind]]
    assert len(routes) == 1


SIMULATED = {
    Kind.CREATE_POLICY: {"policies"},
    Kind.UPDATE_POLICY: {"policies"},
    Kind.DELETE_POLICY: {"policies"},
    Kind.APPLY_POLICY: {"policies"},
    Kind.REMOVE_POLICY: {"policies"},
    Kind.ASSOCIATE_RESOURCES: {"associations"},
    Kind.DISSOCIATE_RESOURCES: {"associations"},
    Kind.MIGRATE_RESOURCES: {"associations"},
    Kind.SET_PROTECTION: {"associations"},
    Kind.DELETE_BACKUP: {"deletions"},
    Kind.RENAME_BACKUP: {"renaming"},
    Kind.SHARE_BACKUP: {"members"},
    Kind.WITHDRAW_SHARE: {"members"},
    Kind.ANSWER_SHARE: {"members"},
    Kind.REPLICATE_BACKUP: {"replication"},
    Kind.REPLICATE_VAULT: {"replication"},
    Kind.CREATE_VAULT: {"vault_changes"},
    Kind.RESTORE_BACKUP: {"restores"},
    Kind.UPDATE_VAULT: {"vault_changes"},
    Kind.LOCK_VAULT: {"vault_changes"},
    Kind.DELETE_VAULT: {"vault_changes"},
    Kind.UPDATE_ALL_VAULTS: {"vault_changes"},
    Kind.CHANGE_TAGS: {"tags"},
    Kind.UPDATE_EXPIRATION: {"expiry"},
    Kind.CHANGE_ENTERPRISE_PROJECT: {"projects"},
}
"""The file of the simulator that plays each operation, which knows nothing of our kinds."""


MARKUP_CALLS = {"setHtml", "insertHtml", "appendHtml", "setMarkdown", "setOpenExternalLinks"}
MARKUP_NAMES = {"QTextBrowser", "QMessageBox", "QErrorMessage", "QWhatsThis", "QWebEngineView"}


def test_links_are_opened_in_one_place(modules: list[Module]) -> None:
    def openers(module: Module) -> set[str]:
        named = module.attributes | module.imported
        found = named & {"QDesktopServices", "webbrowser", "startfile"}
        return found - {"QDesktopServices"} if module.name == "ui/kit/links.py" else found

    assert broken(modules, openers) == {}


def test_no_screen_reads_markup(modules: list[Module]) -> None:
    def markup(module: Module) -> set[str]:
        formats = {
            node.attr
            for node in module.nodes
            if isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Attribute | ast.Name)
            and (node.value.attr if isinstance(node.value, ast.Attribute) else node.value.id) == "TextFormat"
        }
        return (module.imported | module.attributes) & (MARKUP_NAMES | MARKUP_CALLS) | formats - {"PlainText"}

    assert broken(modules, markup) == {}


def test_no_screen_names_a_colour(modules: list[Module]) -> None:
    """Colours are tokens of ``ui/kit``: one that is named elsewhere is the same in every theme."""

    def colours(module: Module) -> set[str]:
        if not module.name.startswith("ui/") or module.name.startswith("ui/kit/"):
            return set()
        texts = (node.value for node in module.nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
        return {text for text in texts if re.fullmatch(r"#[0-9a-fA-F]{3,8}", text)}

    assert broken(modules, colours) == {}


HINT_CALLS = {"setToolTip", "setWhatsThis", "setStatusTip", "setTabToolTip", "setItemToolTip", "showText"}
HINT_ROLES = {"ToolTipRole", "WhatsThisRole", "StatusTipRole"}


def is_hint_without_markup(value: ast.expr) -> bool:
    """Tell whether what a hint is set to has passed ``tooltip``, or stands in the source without a sign of markup."""
    if isinstance(value, ast.IfExp):
        return is_hint_without_markup(value.body) and is_hint_without_markup(value.orelse)
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str) and not set("<&") & set(value.value)
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "tooltip"


def roles_of_hints(node: ast.AST) -> bool:
    return any(isinstance(inner, ast.Attribute) and inner.attr in HINT_ROLES for inner in ast.walk(node))


def hints(module: Module) -> Iterator[tuple[int, ast.expr | None]]:
    """Yield the line and the value of everything that becomes a hint: Qt guesses whether such a text is markup."""
    for node in module.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            values = [value for value in node.args if not roles_of_hints(value)]
            if node.func.attr in HINT_CALLS or (
                node.func.attr in ("setData", "setItemData", "setHeaderData") and len(values) < len(node.args)
            ):
                yield node.lineno, values[-1] if values else None
        elif isinstance(node, ast.If) and roles_of_hints(node.test):
            returned = [inner for part in node.body for inner in ast.walk(part) if isinstance(inner, ast.Return)]
            yield from ((inner.lineno, inner.value) for inner in returned)
        elif isinstance(node, ast.Dict) and roles_of_hints(node):
            yield node.lineno, None


def test_fault_93_every_hint_passes_the_one_function_that_takes_markup_away(modules: list[Module]) -> None:
    def raw(module: Module) -> list[int]:
        return [line for line, value in hints(module) if value is None or not is_hint_without_markup(value)]

    assert broken(modules, raw) == {}


def test_fault_93_a_notification_passes_what_takes_markup_away_and_no_menu_shows_hints(modules: list[Module]) -> None:
    def is_unmarked(text: ast.expr) -> bool:
        return isinstance(text, ast.Call) and getattr(text.func, "id", "") == "unmarked"

    def raw(module: Module) -> list[str]:
        found = sorted(module.called & {"setToolTipsVisible", "setDefaultAction", "setInformativeText"})
        calls = [node for node in module.nodes if isinstance(node, ast.Call)]
        told = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "showMessage"]
        return found + [f"line {call.lineno}" for call in told if not all(map(is_unmarked, call.args[:2]))]

    assert broken(modules, raw) == {}


SHOWING = {
    *("setText", "setWindowTitle", "setTitle", "setPlaceholderText", "setLabelText", "setHeaderLabels"),
    *("setAccessibleName", "setAccessibleDescription", "setSuffix", "setPrefix", "setSpecialValueText"),
    *("addAction", "addMenu", "addTab", "addRow", "addItem", "addButton", "say", "label", "push_button"),
}
"""What shows or reads aloud the text that it is given first."""
SAME_EVERYWHERE = re.compile(r"CBR Desktop|JSON|ID|[a-z]+:[a-z]+|[^A-Za-z]*[A-Za-z]?[^A-Za-z]*")


def said_plainly(value: ast.expr) -> bool:
    """Tell whether a text stands in the source as it is, though it has words."""
    if isinstance(value, ast.IfExp):
        return said_plainly(value.body) or said_plainly(value.orelse)
    if isinstance(value, ast.JoinedStr):
        parts = [part.value for part in value.values if isinstance(part, ast.Constant)]
        text = " ".join(map(str, parts)).replace("CBR Desktop", "")
        # what is typed into a filter is typed so in every language
        return re.fullmatch(r"[a-z]+:", text) is None and re.search(r"[A-Za-z]{2,}", text) is not None
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return False
    return SAME_EVERYWHERE.fullmatch(value.value) is None


def test_what_a_screen_says_passes_the_catalogue(modules: list[Module]) -> None:
    def bypasses(module: Module) -> list[int]:
        calls = [node for node in module.nodes if isinstance(node, ast.Call) and node.args]
        named = [(getattr(call.func, "attr", getattr(call.func, "id", "")), call) for call in calls]
        return [call.lineno for name, call in named if name in SHOWING and said_plainly(call.args[0])]

    assert broken([module for module in modules if module.is_screen], bypasses) == {}


def kept_messages() -> set[Saying]:
    """Return the messages of the template."""
    text = (HOUSE.parent / "resources" / "messages" / "cbr_desktop.pot").read_text(encoding="utf-8")
    found = set()
    for entry in text.split("\n\n"):
        parts = {"msgctxt": "", "msgid": "", "msgid_plural": ""}
        key = ""
        for line in entry.split("\n"):
            word, _space, rest = line.partition(" ")
            key, quoted = (key, line) if line.startswith('"') else (word, rest)
            if key in parts:
                parts[key] += ast.literal_eval(quoted)
        if parts["msgid"]:
            found.add(Saying(parts["msgctxt"], parts["msgid"], parts["msgid_plural"]))
    return found


def test_the_template_of_messages_is_true_to_the_source(modules: list[Module]) -> None:
    """``python3 packaging/bootstrap.py messages`` makes it anew."""
    said = {saying for module in modules for _line, saying in sayings(module.nodes)}
    # a message that is said with a number and without one has a single entry
    counted = {saying[:2] for saying in said if saying.many}
    said = {saying for saying in said if saying.many or saying[:2] not in counted}
    assert len(said) > 1000
    assert said - kept_messages() == set()
    assert kept_messages() - said == set()


def test_nothing_takes_the_name_of_the_catalogue(modules: list[Module]) -> None:
    def shadowed(module: Module) -> list[int]:
        if "_" not in module.imported or "cbr_desktop.text.catalogue" not in module.sources:
            return []
        names = [node for node in module.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
        arguments = [node for node in module.nodes if isinstance(node, ast.arg)]
        taken = [node.lineno for node in names if node.id == "_"] + [
            each.lineno for each in arguments if each.arg == "_"
        ]
        return sorted(taken)

    assert broken(modules, shadowed) == {}


def test_the_top_level_is_tidy() -> None:
    here = {entry.name for entry in HOUSE.parent.iterdir() if not entry.name.startswith(".")}
    assert here >= TOP_LEVEL
    assert here <= TOP_LEVEL | BESIDES


def test_nothing_waits_where_a_cancellation_could_get_lost(modules: list[Module]) -> None:
    """What is raised by an ``await`` in a ``finally`` takes the place of the cancellation that led there.

    Closing is allowed, since ``aclose`` of ours raises nothing, and what stands under ``suppress``.
    """

    def waits(module: Module) -> list[int]:
        found = []
        for node in module.nodes:
            if isinstance(node, ast.Try):
                for part in [node.finalbody, *(each.body for each in node.handlers if _catches_all(each))]:
                    found += [line for each in part for line in _bare_waits(each)]
        return found

    assert broken(modules, waits) == {}


def _catches_all(handler: ast.ExceptHandler) -> bool:
    """Whether a handler is entered by a cancellation."""
    named = ast.unparse(handler.type) if handler.type is not None else ""
    return not named or "BaseException" in named or "CancelledError" in named


def _bare_waits(node: ast.AST) -> list[int]:
    """Return the lines of what is awaited below a node and may raise."""
    if isinstance(node, ast.With) and any("suppress" in ast.unparse(item.context_expr) for item in node.items):
        return []
    if isinstance(node, ast.Await):
        is_closing = isinstance(node.value, ast.Call) and ast.unparse(node.value.func).endswith(".aclose")
        return [] if is_closing else [node.lineno]
    if isinstance(node, ast.AsyncFor | ast.AsyncWith):
        return [node.lineno]
    return [line for each in ast.iter_child_nodes(node) for line in _bare_waits(each)]
