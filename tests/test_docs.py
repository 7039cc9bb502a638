"""Documents name what is there: parameters, commands, settings, paths, classes, ids, and no link leads nowhere."""

import ast
import re

import pytest
from django.core.management import get_commands

from practices.curation.fixtures import FILES
from practices.search.request import SearchRequest
from tests.conftest import LONG, ONCE, ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
BENCHES = (ROOT / "bench" / "README.md").read_text(encoding="utf-8")
OPERATORS = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
DOCUMENTS = [
    path
    for path in ROOT.rglob("*.md")
    if not {".venv", "node_modules", "staticfiles"} & set(path.relative_to(ROOT).parts)
]
OURS = sorted(name for name, app in get_commands().items() if app == "practices")


@pytest.mark.django_db
def test_every_parameter_in_the_readme_s_addresses_exists() -> None:
    addresses = re.findall(r"`/[\w./<>-]*\?([^`]+)`", README)
    named = {name for address in addresses for name in re.findall(r"(\w+)=", address)}
    search = SearchRequest()
    assert {"q", "country", "sort"} <= named <= {*search.filterset.filters, *search.display.modes}


@pytest.mark.parametrize("name", OURS)
def test_the_readme_names_every_command(name: str) -> None:
    assert re.search(rf"`{name}[ `]", README)


def test_the_operators_guide_names_every_setting_of_the_environment() -> None:
    settings = (ROOT / "kb" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'env\.\w+\(\s*"(\w+)"', settings))
    assert {"SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "KB_LOCAL"} <= read
    for name in read:
        assert f"| `{name}` |" in OPERATORS, name


@pytest.mark.parametrize("name", FILES)
def test_the_fixtures_readme_names_every_file(name: str) -> None:
    assert f"`{name}.json`" in (ROOT / "fixtures" / "README.md").read_text(encoding="utf-8")


def test_the_readme_has_two_commands_each_one_line() -> None:
    lines = [line for line in README.splitlines() if line.startswith("python3 -m venv .venv && ")]
    assert len(lines) == 2
    assert lines[0].endswith("requirements/base.txt && .venv/bin/python manage.py quickstart")
    assert lines[1].endswith("requirements/test.txt && .venv/bin/python -m tests")


def test_every_path_of_the_readme_s_tree_is_there() -> None:
    tree = README.partition("## The tree")[2].partition("```")[2].partition("```")[0]
    folder = ""
    paths = []
    for line in tree.strip().splitlines():
        if line.startswith("  "):
            paths.append(folder + line.split()[0])
            continue
        words = line.split("  ")[0].split() if not line.startswith("manage.py") else line.split()
        folder = words[0]
        paths += words
    assert len(paths) > 15
    for path in paths:
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_no_link_between_documents_leads_nowhere(document: object) -> None:
    from pathlib import Path

    path = Path(str(document))
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_every_figure_of_the_readme_has_a_command() -> None:
    figures = README.partition("## Figures")[2].partition("\n## ")[0]
    stated = figures.split("\n- ")[1:]
    assert stated
    assert figures.strip().count("\n") <= 12
    assert [figure for figure in stated if "`.venv/bin/python " not in figure] == []


def test_every_section_of_the_benches_with_figures_has_a_command() -> None:
    sections = BENCHES.split("\n## ")[1:]
    assert len(sections) >= 5
    assert [section for section in sections if "`.venv/bin/python -m bench." not in section] == []


@pytest.mark.parametrize("document", [README, BENCHES], ids=["README", "bench/README"])
def test_every_command_of_a_figure_is_there(document: str) -> None:
    commands = re.findall(r"python -m (bench\.\w+)", document)
    assert commands
    for command in commands:
        assert (ROOT / (command.replace(".", "/") + ".py")).exists(), command


def classes() -> set[str]:
    """Return the names of all classes of the app."""
    modules = (ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "practices").rglob("*.py"))
    return {node.name for module in modules for node in ast.walk(module) if isinstance(node, ast.ClassDef)}


@pytest.mark.parametrize("name", ["glossary", "design"])
def test_every_class_that_a_document_names_is_there(name: str) -> None:
    named = set(re.findall(r"`([A-Z][a-z]\w+)`", (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")))
    assert named
    assert named - classes() == set()


def test_the_glossary_has_each_word_once_and_in_order() -> None:
    words = re.findall(r"^- \*\*([\w -]+)\*\*: ", (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"), re.M)
    assert len(words) > 50
    assert words == sorted(set(words))


def test_every_id_of_quality_is_in_the_name_of_a_test_and_the_other_way_round() -> None:
    stated = re.findall(r"^\| ([A-Z]\d+) \|", (ROOT / "docs" / "quality.md").read_text(encoding="utf-8"), re.M)
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = {
        name.upper()
        for names in re.findall(r"^def test_((?:[a-z]\d+_)+)", tests, re.M)
        for name in names.strip("_").split("_")
    }
    assert len(stated) == len(set(stated))
    assert set(stated) == named


def test_no_file_names_the_address_of_a_registry() -> None:
    addresses = re.compile(r"pypi\.org|pythonhosted|npmjs|registry\.|--index-url|--find-links|deb\.debian")
    for path in [ROOT / ".ci" / "run", *(ROOT / "requirements").iterdir(), ROOT / "pyproject.toml", ROOT / "README.md"]:
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"--no-emit-(?:index-url|find-links|trusted-host)", "", text)
        assert not addresses.search(text), path


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda path: path.name)
def test_a_decision_has_date_context_decision_and_consequence(path: object) -> None:
    from pathlib import Path

    text = Path(str(path)).read_text(encoding="utf-8")
    for part in ("Date: 20", "Context", "Decision", "Consequence"):
        assert part in text, part


@pytest.mark.parametrize("name", [*ONCE, *LONG])
def test_the_files_of_tests_that_are_named_are_there(name: str) -> None:
    assert (ROOT / "tests" / name).exists()
