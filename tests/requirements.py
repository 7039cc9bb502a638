"""What a file of pins pins, and whether that is all that the pinned packages require, extras included.

The files are installed without resolving (`--no-deps`), so that pip does not notice what is missing. Extras count,
since an older pip that resolves takes `name[extra]` for another project than `name`, and looks for its newest release.
"""

import re
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

Pins = dict[str, Requirement]


def pins(path: Path) -> Pins:
    """Return what a file of pins (`*.txt`) pins, by normalised name."""
    lines = re.sub(r"\\\n", "", path.read_text(encoding="utf-8")).splitlines()
    requirements = [Requirement(line.partition("--hash")[0]) for line in lines if line and line.lstrip()[:1] != "#"]
    return {canonicalize_name(requirement.name): requirement for requirement in requirements}


def direct_requirements(path: Path) -> list[str]:
    """Return the requirements that an `*.in` file states, with those of the files that it includes."""
    lines = [line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()]
    included = [path.parent / line.removeprefix("-r ") for line in lines if line.startswith("-r ")]
    own = [line for line in lines if line and not line.startswith("-r ")]
    return own + [requirement for other in included for requirement in direct_requirements(other)]


def version(pin: Requirement) -> str:
    """Return the version of `name==version`."""
    return str(pin.specifier).removeprefix("==")


def unmet(pinned: Pins, packages: Mapping[str, Distribution]) -> list[str]:
    """Return a sentence for each requirement of these packages, by normalised name, that the pins do not meet."""
    return [
        sentence
        for name, package in packages.items()
        for sentence in unmet_of(pinned, package.requires or (), f"{name} {package.version}", pinned[name].extras)
    ]


def unmet_of(pinned: Pins, requirements: Iterable[str], source: str, extras: Iterable[str] = ()) -> list[str]:
    """Return a sentence for each requirement of this source that applies here, with these extras, and is not met."""
    sentences = []
    for requirement in map(Requirement, requirements):
        if applies(requirement, extras) and (fault := _fault(pinned, requirement)):
            sentences.append(f"{source} requires {requirement}, {fault}")
    return sentences


def applies(requirement: Requirement, extras: Iterable[str]) -> bool:
    """Tell whether a requirement holds on this Python and system for a package with these extras."""
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras))


def _fault(pinned: Pins, requirement: Requirement) -> str | None:
    pin = pinned.get(canonicalize_name(requirement.name))
    if pin is None:
        return "which is not pinned"
    if not requirement.specifier.contains(version(pin), prereleases=True):
        return f"but {pin} is pinned"
    if missing := _normalised(requirement.extras) - _normalised(pin.extras):
        return f"but {pin} is pinned without [{','.join(sorted(missing))}]"
    return None


def _normalised(extras: Iterable[str]) -> set[str]:
    return {canonicalize_name(extra) for extra in extras}
