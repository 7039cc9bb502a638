"""Whether the pinned files install on a later day, when everything that they pin has newer releases.

`python -m bench.pins [FILE …]` (all of `requirements/*.txt` by default) downloads the pinned wheels, checks that each
file holds all that they require, and lays them into an index on this disk, in which a newer release of every package
stands too. From that index alone each file is installed in empty environments, with the pip of Debian 12's venv and
with the newest: as the README says, and tried without its `--no-deps`. Prints a line for each, and exits with 1 where a
file is incomplete or an installation fails.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path

from packaging.utils import canonicalize_name, parse_wheel_filename

from bench.pages import ROOT
from tests.requirements import pins, unmet

#: the release in Debian 12's venv, and the newest
PIPS = {"debian": "pip==23.0.1", "newest": "pip"}
#: the ways to install, by name: resolving comes first, in an environment that is still empty, and installs nothing
WAYS = {"resolving": ["--dry-run"], "as in the README": ["--no-deps", "--no-compile"]}
#: newer than any release of anything
NEWER = "99999"
#: of what a failed command said, characters
SHOWN = 600


def main() -> int:
    """Try every file with every pip, print, and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.pins", description=str(__doc__).partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, default=sorted((ROOT / "requirements").glob("*.txt")))
    files: list[Path] = [path.resolve() for path in parser.parse_args().files]
    with tempfile.TemporaryDirectory(prefix="kb-pins-") as base:
        faults = [fault for path in files for fault in trial(path, Path(base) / path.stem)]
    return 1 if faults else 0


def trial(path: Path, folder: Path) -> list[str]:
    """Try a file with every pip and way, in a folder that is not there yet, and print; returns what is wrong."""
    wheels = download(path, folder / "wheels")
    packages: dict[str, Distribution] = {
        canonicalize_name(parse_wheel_filename(wheel.name)[0]): package_of(wheel) for wheel in wheels
    }
    faults = unmet(pins(path), packages)
    print(f"{path.name}: {len(packages)} packages, each with a newer release; {'; '.join(faults) or 'complete'}")
    make_index(wheels, folder / "simple")
    for name, requirement in PIPS.items():
        python = environment(folder / name, requirement)
        release = run([python, "-m", "pip", "--version"], os.environ).split()[1]
        for way, options in WAYS.items():
            fault = install(path, [python, "-m", "pip"], folder / "simple", options)
            print(f"{path.name}: pip {release}, {way}: {fault or 'succeeds'}", flush=True)
            faults += [fault] if fault else []
    return faults


def download(path: Path, folder: Path) -> list[Path]:
    """Download the pinned wheels of a file as this machine is set up to, and nothing that is not pinned."""
    options = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--dest", str(folder), "-r", str(path)]
    run([sys.executable, "-m", "pip", "download", "--quiet", *options], os.environ)
    return sorted(folder.glob("*.whl"))


def package_of(wheel: Path) -> Distribution:
    """Return what a wheel says of its package."""
    with zipfile.ZipFile(wheel) as archive:
        folder = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA")).partition("/")[0]
    return PathDistribution(zipfile.Path(wheel, f"{folder}/"))


def make_index(wheels: list[Path], folder: Path) -> None:
    """Lay wheels into a folder as an index (PEP 503), each beside a newer release that requires the same."""
    for wheel in wheels:
        name = canonicalize_name(parse_wheel_filename(wheel.name)[0])
        (folder / name).mkdir(parents=True)
        newer = write_newer(wheel, folder / name)
        links = "".join(f'<a href="{path.resolve().as_uri()}">{path.name}</a>\n' for path in (wheel, newer))
        (folder / name / "index.html").write_text(f"<!DOCTYPE html>\n{links}", encoding="utf-8")


def write_newer(wheel: Path, folder: Path) -> Path:
    """Write a wheel of a newer release into a folder: the same name, extras and requirements, and no code."""
    package = package_of(wheel)
    stem = f"{wheel.name.partition('-')[0]}-{NEWER}"
    description = str(package.read_text("METADATA")).replace(f"\nVersion: {package.version}", f"\nVersion: {NEWER}", 1)
    files = {
        "METADATA": description,
        "WHEEL": "Wheel-Version: 1.0\nGenerator: bench.pins\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "".join(f"{stem}.dist-info/{name},,\n" for name in ("METADATA", "WHEEL", "RECORD")),
    }
    newer = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(newer, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{stem}.dist-info/{name}", text)
    return newer


def install(path: Path, pip: list[str], index: Path, options: list[str]) -> str:
    """Install a file from an index alone; returns what went wrong, or nothing."""
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    alone |= {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_CACHE_DIR": "1"}
    options = ["--quiet", "--require-hashes", *options, "-r", str(path), "--index-url", index.as_uri()]
    try:
        run([*pip, "install", *options], alone)
        run([*pip, "check"], alone)
    except RuntimeError as error:
        return " ".join(str(error).split())[:SHOWN]
    return ""


def environment(folder: Path, pip: str) -> str:
    """Make an environment in a folder that is not there yet, with this pip in it; returns its Python."""
    run([sys.executable, "-m", "venv", str(folder)], os.environ)
    python = str(folder / "bin" / "python")
    run([python, "-m", "pip", "install", "--quiet", "--upgrade", pip], os.environ)
    return python


def run(command: list[str], env: Mapping[str, str]) -> str:
    """Run a command in an empty folder; returns what it printed, or raises RuntimeError with what went wrong."""
    with tempfile.TemporaryDirectory(prefix="kb-pins-") as empty:
        done = subprocess.run(command, cwd=empty, env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip() or done.stdout.strip())
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
