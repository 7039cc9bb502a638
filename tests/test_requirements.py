"""The pinned files hold all that is required, with its extras, so that they install when newer releases exist.

Read is what the installed packages require; `python -m bench.pins` reads all pinned ones, and installs them.
"""

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.requirements import Pins, direct_requirements, pins, unmet, unmet_of, version

FILES = sorted((ROOT / "requirements").glob("*.txt"))
every_file = pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)


def installed(pinned: Pins) -> dict[str, Distribution]:
    """Return the packages that are installed in the version that is pinned, by normalised name."""
    packages = {}
    for name, pin in pinned.items():
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue
        if package.version == version(pin):
            packages[name] = package
    return packages


def test_the_tests_run_on_the_pinned_packages() -> None:
    pinned = pins(ROOT / "requirements" / "test.txt")
    others = sorted(set(pinned) - set(installed(pinned)))
    assert not others, "pip install --require-hashes -r requirements/test.txt"


@every_file
def test_each_pinned_file_is_complete_and_keeps_extras(path: Path) -> None:
    pinned = pins(path)
    assert len(installed(pinned)) > 15
    assert unmet(pinned, installed(pinned)) == []


@every_file
def test_each_pinned_file_holds_what_its_in_file_requires(path: Path) -> None:
    assert unmet_of(pins(path), direct_requirements(path.with_suffix(".in")), path.stem) == []


@every_file
def test_each_pinned_file_has_hashes_and_names_no_index(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    entries = [line for line in text.replace("\\\n", "").splitlines() if line and line.lstrip()[:1] != "#"]
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"://|--(extra-)?index|--find-links|--trusted-host| @ ", text)


def test_what_several_files_pin_has_the_same_version_in_each() -> None:
    base, *others = (pins(ROOT / "requirements" / f"{name}.txt") for name in ("base", "test", "semantic", "bench"))
    for other in others:
        assert {name: str(pin) for name, pin in base.items()} == {name: str(other[name]) for name in base}


def test_every_command_installs_what_is_pinned_and_nothing_else() -> None:
    documents = [
        ROOT / "README.md",
        ROOT / ".ci" / "run",
        *(ROOT / "docs").glob("*.md"),
        *(ROOT / "requirements").glob("*.in"),
    ]
    commands = [
        command
        for path in documents
        for command in re.findall(r"pip install [^`&\n]*-r \S+", path.read_text(encoding="utf-8"))
    ]
    assert len(commands) >= 4
    assert [command for command in commands if "--no-deps --require-hashes -r requirements/" not in command] == []


BROKEN = """\
# pins as a tool leaves them that strips extras
pytest-cov=={pytest_cov} \\
    --hash=sha256:00
    # via -r test.in
coverage=={coverage} --hash=sha256:00
pluggy==0.1 \\
    --hash=sha256:00
"""


def test_a_file_with_faults_fails_with_each_of_them(tmp_path: Path) -> None:
    path = tmp_path / "broken.txt"
    path.write_text(BROKEN.format(**{name: distribution(name).version for name in ("pytest_cov", "coverage")}))
    pinned = pins(path)
    faults = unmet(pinned, {"pytest-cov": distribution("pytest-cov")})
    assert len(faults) == 3
    stripped, old, absent = sorted(faults, key=lambda fault: fault.partition(" requires ")[2])
    assert "requires coverage[toml]" in stripped and stripped.endswith("is pinned without [toml]")
    assert "requires pluggy" in old and old.endswith("but pluggy==0.1 is pinned")
    assert "requires pytest>" in absent and absent.endswith("which is not pinned")


def test_an_extra_requires_more_and_another_system_s_packages_nothing() -> None:
    requirements = ["pytest; extra == 'more'", "colorama; sys_platform == 'none'"]
    assert unmet_of({}, requirements, "a package") == []
    assert len(unmet_of({}, requirements, "a package", {"more"})) == 1


def test_an_in_file_requires_what_it_includes(tmp_path: Path) -> None:
    (tmp_path / "base.in").write_text("Django>=5 # the framework\n")
    (tmp_path / "test.in").write_text("# tests\n-r base.in\npytest\n")
    assert direct_requirements(tmp_path / "test.in") == ["pytest", "Django>=5"]
