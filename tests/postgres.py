"""A throw-away PostgreSQL cluster from the system's own server binaries, gone when the tests end."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

#: what a cluster that nobody will miss can do without
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "jit": "off"}


def binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL server on this system, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def cluster() -> Iterator[str]:
    """Run a cluster on a free port of this machine; yields the address of its database."""
    folder = binaries()
    if folder is None:
        raise RuntimeError("No PostgreSQL server: apt-get install postgresql")
    with tempfile.TemporaryDirectory(prefix="kb-postgres-") as base:
        data, port = Path(base) / "data", _free_port()
        who = _unprivileged(Path(base))
        settings = {**FAST, "port": str(port), "listen_addresses": "127.0.0.1", "unix_socket_directories": base}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        _run([folder / "initdb", "-D", data, "-U", "kb", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"], who)
        start = [folder / "pg_ctl", "-D", data, "-w", "-l", Path(base) / "log", "-o", " ".join(options), "start"]
        _run(start, who)
        try:
            yield f"postgres://kb@127.0.0.1:{port}/postgres"
        finally:
            _run([folder / "pg_ctl", "-D", data, "-w", "-m", "immediate", "stop"], who)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _unprivileged(base: Path) -> dict[str, Any]:
    """Return whom to run as: PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    name = "postgres" if "postgres" in names else "nobody"
    entry = pwd.getpwnam(name)
    os.chown(base, entry.pw_uid, entry.pw_gid)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _run(command: list[object], who: dict[str, Any]) -> None:
    done = subprocess.run(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/", **who
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}")
