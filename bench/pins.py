"""Whether the pinned files install on a later day, when everything that they pin has newer releases.

`python -m bench.pins [FILE …]` (all of `requirements/*.txt` by default) downloads the pinned wheels, checks that each
file holds all that they require, and lays them into an index on this disk, in which a newer release of every package
stands too. From that index alone each file is installed, with hashes, into empty environments: with the pip of
Debian 12's venv and with the newest. Prints a table, and exits with 1 where a file is incomplete or an installation fails.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import zipfile
from importlib.metadata import Distribution, PathDistribution
from pathlib import Path

from packaging.utils import canonicalize_name, parse_wheel_filename

from bench.pages import ROOT, table
from tests.requirements import pins, unmet

#: what to install pip as: the release in Debian 12's venv, and the newest
PIPS = {"23.0.1": "pip==23.0.1", "newest": "pip"}
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
        results = [result for path in files for result in trial(path, Path(base) / path.stem)]
    print("Newer releases of all that is pinned stand in the index.")
    table("Pins", ["Page", "pip", "incomplete", "installation"], [row for row, _ in results])
    return 0 if all(succeeded for _, succeeded in results) else 1


def trial(path: Path, folder: Path) -> list[tuple[list[str], bool]]:
    """Try a file with every pip, in a folder that is not there yet; returns the row of each and whether all is well."""
    wheels = download(path, folder / "wheels")
    packages = {canonicalize_name(parse_wheel_filename(wheel.name)[0]): package_of(wheel) for wheel in wheels}
    faults = unmet(pins(path), packages)
    make_index(wheels, folder / "simple")
    results = []
    for name, requirement in PIPS.items():
        release, error = install(path, requirement, folder / name, folder / "simple")
        row = [path.name, f"{release} ({name})", "; ".join(faults) or "no", error or "succeeds"]
        results.append((row, not faults and not error))
    return results


def download(path: Path, folder: Path) -> list[Path]:
    """Download the pinned wheels of a file as this machine is set up to, and nothing that is not pinned."""
    python = environment(folder.with_name("download"), "pip")
    options = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--dest", str(folder), "-r", str(path)]
    run([python, "-m", "pip", "download", "--quiet", *options], os.environ)
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


def install(path: Path, pip: str, folder: Path, index: Path) -> tuple[str, str]:
    """Install a file from an index alone with a pip; returns the release of pip, and what went wrong or nothing."""
    python = environment(folder, pip)
    release = run([python, "-m", "pip", "--version"], os.environ).split()[1]
    alone = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    alone |= {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_CACHE_DIR": "1"}
    options = ["--quiet", "--no-compile", "--require-hashes", "-r", str(path), "--index-url", index.as_uri()]
    try:
        run([python, "-m", "pip", "install", *options], alone)
        run([python, "-m", "pip", "check"], alone)
    except RuntimeError as error:
        return release, " ".join(str(error).split())[:SHOWN]
    return release, ""


def environment(folder: Path, pip: str) -> str:
    """Make an environment in a folder that is not there yet, with this pip in it; returns its Python."""
    run([sys.executable, "-m", "venv", str(folder)], os.environ)
    python = str(folder / "bin" / "python")
    run([python, "-m", "pip", "install", "--quiet", "--upgrade", pip], os.environ)
    return python


def run(command: list[str], env: "os._Environ[str] | dict[str, str]") -> str:
    """Run a command in an empty folder; returns what it printed, or raises RuntimeError with what went wrong."""
    with tempfile.TemporaryDirectory(prefix="kb-pins-") as empty:
        done = subprocess.run(command, cwd=empty, env=env, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip() or done.stdout.strip())
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
