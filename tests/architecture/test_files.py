"""Every file can be read in one sitting, says what it holds, and carries nothing of one machine."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import PACKAGES, kept_files, modules, parsed, place

LONGEST = 400
CATCH_ALLS = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "base", "core", "shared"}
VOCABULARY = {"acts", "assessments", "decisions", "events", "findings", "identifiers", "incidents", "rules"}
LEFT_OVER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
IGNORED = re.compile(r"#\s*type:\s*ignore(?P<code>\[[\w,\s-]+\])?(?P<reason>\s+#\s*\S+)?")
PRIVATE_PATH = re.compile(r"(?<![\w.~])/(?:home|root|Users|farm|work)/\w+")
TOKEN = re.compile(
    r"xox[abposr]-\d{6,}-|xapp-\d-[A-Z0-9]{6,}|[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27,}|-----BEGIN [A-Z ]*PRIVATE"
)


def test_no_file_is_longer_than_a_sitting() -> None:
    lengths = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules(*PACKAGES)}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


def test_no_module_is_a_drawer_for_odds_and_ends() -> None:
    assert [place(path) for path in modules(*PACKAGES) if path.stem in CATCH_ALLS] == []


def test_every_module_says_in_one_sentence_what_it_holds() -> None:
    assert [place(path) for path in modules(*PACKAGES) if not _first_line(parsed(path)).endswith(".")] == []


def test_every_public_class_and_function_says_what_it_is_for() -> None:
    silent = [
        f"{place(path, node.lineno)} {node.name}"
        for path in modules(*PACKAGES)
        for node in _public(parsed(path))
        if not _first_line(node)
    ]
    assert silent == []


def test_every_dataclass_inside_has_slots_and_the_vocabulary_is_frozen() -> None:
    loose = [
        f"{place(path, node.lineno)} {node.name}"
        for path in modules("handlers", "policies")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ClassDef)
        for decorator in map(ast.unparse, node.decorator_list)
        if decorator.startswith("dataclass")
        and not ("slots=True" in decorator and ("frozen=True" in decorator or not _is_vocabulary(path, node)))
    ]
    assert loose == []


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in modules("tests") if path.name.startswith("test_")}
    assert [place(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_a_silenced_type_error_names_its_code_and_its_reason() -> None:
    bare = [
        name
        for name, before, line in _lines(*PACKAGES, "tests")
        if (found := IGNORED.search(line))
        and not (found["code"] and (found["reason"] or before.lstrip().startswith("#")))
    ]
    assert bare == []


def test_mocks_stay_with_the_adapters() -> None:
    mocking = [place(path) for path in modules("tests") for node in ast.walk(parsed(path)) if _imports_mock(node)]
    assert [name for name in mocking if not re.match(r"tests/bot/\w+_adapter/", name)] == []


def test_nothing_is_left_for_later() -> None:
    assert [name for name, _, line in _lines(*PACKAGES) if LEFT_OVER.search(line)] == []


def test_no_file_names_a_place_on_somebodys_machine_or_carries_a_secret() -> None:
    ours = [path for path in kept_files() if path != Path(__file__) and path.suffix not in {".lock", ".onnx", ".zip"}]
    told = [
        place(path, number)
        for path in ours
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if PRIVATE_PATH.search(line) or TOKEN.search(line)
    ]
    assert told == []


def _is_vocabulary(path: Path, node: ast.ClassDef) -> bool:
    return path.parent.name == "policies" and path.stem in VOCABULARY and not node.name.startswith("_")


def _public(tree: ast.Module) -> Iterator[ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef]:
    """Give the classes and functions that other modules may use."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node


def _first_line(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    text = ast.get_docstring(node) or ""
    return text.partition("\n\n")[0].strip()


def _imports_mock(node: ast.AST) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == "unittest.mock" or (node.module == "unittest" and node.names[0].name == "mock")
    return isinstance(node, ast.Import) and any(name.name == "unittest.mock" for name in node.names)


def _lines(*folders: str) -> Iterator[tuple[str, str, str]]:
    """Give every line with its place and the line before it."""
    for path in modules(*folders):
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, (before, line) in enumerate(zip(["", *lines], lines, strict=False), 1):
            yield place(path, number), before, line
