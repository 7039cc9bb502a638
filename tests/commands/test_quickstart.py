"""`quickstart`, run for real on a copy of the project: from a fresh checkout to a served site, and safely again."""

import gzip
import json
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from urllib.parse import urljoin

import brotli
import pytest

from tests.installation import Installation, Project
from tests.server import free_port, wait_for

COUNT = """
from django.apps import apps
from practices.models import DataVersion
rows = {model._meta.label: model._default_manager.count() for model in apps.get_app_config("practices").get_models()}
rows["version"] = DataVersion.current().number
"""
CHANGE = """
from django.contrib.auth.models import User
from practices.curation.changes import workflow
from practices.models import Practice
practice = Practice.objects.published().by_title().first()
practice.description = "The curator's own words."
practice.save()
workflow.propagate(practice)
User.objects.create_superuser("carla")
"""
READ = """
from practices.models import Practice
rows["words"] = list(Practice.objects.published().by_title().values_list("description", flat=True)[:1])
"""


def counts(copy: Project, *code: str) -> dict[str, object]:
    """Return how many rows each table of a project holds, and its data version, with what more code adds to `rows`."""
    rows: dict[str, object] = copy.ask("\n".join(["import json", *code, "print(json.dumps(rows))"]))
    return rows


@pytest.fixture(scope="module")
def installed(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Return a project in which quickstart has run once."""
    with installation.copy(tmp_path_factory.mktemp("installed")) as copy:
        yield copy


@pytest.fixture
def migrated(installation: Installation, small_fixtures: Path, tmp_path: Path) -> Iterator[Project]:
    """Return a project with few fixtures, and a database that has all its tables and not a row of ours in them."""
    with installation.copy(tmp_path) as copy:
        shutil.copytree(small_fixtures, copy.folder / "fixtures", dirs_exist_ok=True)
        emptied = copy.run("flush", "--no-input")
        assert emptied.returncode == 0, emptied.stderr
        yield copy


# The first run


def test_it_works(installation: Installation, installed: Project) -> None:
    rows, printed = counts(installed, COUNT), installation.printed
    assert rows["practices.Practice"] > 0
    assert rows["version"] == 1
    assert re.search(r"[1-9]\d* created, 0 updated, 0 removed", printed)
    ready = re.search(r"Ready: (\d+) practices and (\d+) findings are published", printed)
    assert ready
    assert 0 < int(ready[1]) <= rows["practices.Practice"]
    assert int(ready[2]) > 0


@pytest.mark.once
def test_the_settings_of_this_machine_are_written_for_nobody_else_to_read(installed: Project) -> None:
    path = installed.folder / ".env"
    lines = dict(line.split("=", 1) for line in path.read_text().splitlines())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(lines["SECRET_KEY"]) >= 50
    assert lines["KB_LOCAL"] == "1"
    assert set(lines) == {"SECRET_KEY", "KB_LOCAL"}


@pytest.mark.once
def test_without_a_database_named_a_file_is_made(installed: Project) -> None:
    assert (installed.folder / "db.sqlite3").stat().st_size > 0


@pytest.mark.once
def test_static_files_are_collected_under_hashed_names(installed: Project) -> None:
    manifest = json.loads((installed.folder / "staticfiles" / "staticfiles.json").read_text())
    for name in ("css/site.css", "favicon.svg", "admin/css/base.css"):
        assert (installed.folder / "staticfiles" / manifest["paths"][name]).is_file()
        assert manifest["paths"][name] != name


@pytest.mark.once
def test_nothing_is_written_outside_the_folder_of_the_project(installation: Installation) -> None:
    folder = installation.project.folder
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


@pytest.mark.once
@pytest.mark.parametrize("name", ["SECRET_KEY", ".env"])
def test_settings_that_are_there_already_are_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    from manage import write_local_env

    path = tmp_path / ".env"
    monkeypatch.delenv("SECRET_KEY", raising=False)
    if name == "SECRET_KEY":
        monkeypatch.setenv("SECRET_KEY", "k" * 60)
    else:
        path.write_text("ALLOWED_HOSTS=kb.example.org\n")
    write_local_env(path)
    assert not path.exists() if name == "SECRET_KEY" else path.read_text() == "ALLOWED_HOSTS=kb.example.org\n"


# What goes wrong is said in a line


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """Return the reason that a run gave for ending, which is neither a trace nor a success."""
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


@contextmanager
def broken_fixture(copy: Project) -> Iterator[tuple[str, ...]]:
    """Let a fixture name what there is not; yields the words that say so."""
    path = copy.folder / "fixtures" / "05_practices.json"
    text = path.read_text()
    records = json.loads(text)
    number = next(n for n, record in enumerate(records, 1) if record["model"] == "practices.practice")
    records[number - 1]["fields"]["kind"] = ["spaceship"]
    path.write_text(json.dumps(records))
    yield "Nothing was loaded", f"05_practices.json, record {number}", "practices.practice", "spaceship"
    path.write_text(text)


@pytest.mark.once
def test_a_broken_fixture_is_named_with_its_record_and_nothing_is_loaded(migrated: Project) -> None:
    with broken_fixture(migrated) as explanation:
        reason = refused(migrated.run("quickstart", "--no-serve"))
    for words in explanation:
        assert words in reason
    assert not {name: count for name, count in counts(migrated, COUNT).items() if count}


@pytest.mark.once
def test_a_site_that_has_records_is_set_up_all_the_same_and_the_failure_is_told(installed: Project) -> None:
    before = counts(installed, COUNT)
    with broken_fixture(installed) as explanation:
        done = installed.run("quickstart", "--no-serve")
    reason = refused(done)
    for words in (*explanation, "What was there before can be served"):
        assert words in reason
    assert "Ready: " in done.stdout
    assert counts(installed, COUNT) == before


@pytest.mark.once
def test_a_port_that_is_taken_is_said_before_anything_is_done(installed: Project) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = installed.run("quickstart", "--port", str(port))
    reason = refused(done)
    assert f"Port {port} cannot be served on" in reason
    assert len(reason.splitlines()) == 1
    assert done.stdout == ""


@pytest.mark.once
def test_a_port_that_is_none_is_refused(installed: Project) -> None:
    assert "Port 70000 cannot be served on" in refused(installed.run("quickstart", "--port", "70000"))


@pytest.mark.once
@pytest.mark.parametrize(
    ("env", "reason"),
    [
        ({"KB_LOCAL": "", "ALLOWED_HOSTS": "kb.example.org"}, "serves this machine only"),
        ({"ALLOWED_HOSTS": "kb.example.org"}, "ALLOWED_HOSTS may then name loopback hosts only"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be a random text"),
        ({"DATABASE_URL": "mysql://a/b"}, "DATABASE_URL must be"),
    ],
    ids=["production", "local but public", "short key", "mysql"],
)
def test_settings_that_cannot_serve_are_refused_in_a_line(installed: Project, env: dict[str, str], reason: str) -> None:
    done = installed.run("quickstart", **env)
    assert reason in refused(done)
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


@pytest.mark.once
def test_a_database_that_does_not_answer_is_said_without_a_trace(installed: Project) -> None:
    address = f"postgres://kb@127.0.0.1:{free_port()}/none"
    assert "The database cannot be used" in refused(installed.run("quickstart", "--no-serve", DATABASE_URL=address))


# Serving


@dataclass
class Served:
    """A site that is being served."""

    address: str
    log: Path
    process: subprocess.Popen[bytes]
    #: what it must have said of the fixture that is broken
    explanation: tuple[str, ...] = ()

    def get(self, path: str, **headers: str) -> tuple[int, Message, bytes]:
        """Return status, headers and body of an answer."""
        request = urllib.request.Request(self.address + path, headers=headers)  # noqa: S310 (this machine)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()


@contextmanager
def serving(copy: Project, log: Path) -> Iterator[Served]:
    """Serve a project on a free port."""
    port = free_port()
    command = [sys.executable, "manage.py", "quickstart", "--port", str(port)]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=copy.folder, env=copy.env, stdout=output, stderr=output)
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz", process, log)
        yield Served(f"http://127.0.0.1:{port}", log, process)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait(timeout=30)


@pytest.fixture(scope="module")
def served(installed: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Return a site that is served though one of its fixtures is broken."""
    with ExitStack() as stack:
        with broken_fixture(installed) as explanation:
            site = stack.enter_context(serving(installed, tmp_path_factory.mktemp("served") / "log"))
        site.explanation = explanation
        yield site
        site.process.terminate()
        site.process.wait(timeout=60)


@pytest.mark.once
def test_it_prints_its_address_and_how_to_become_a_curator(served: Served) -> None:
    printed = served.log.read_text()
    assert f"Serving at {served.address}/ (stop with Ctrl+C)" in printed
    assert "manage.py createsuperuser, then log in at /admin/" in printed


@pytest.mark.once
@pytest.mark.parametrize("path", ["/", "/practices/", "/about/", "/admin/login/", "/livez", "/readyz"])
def test_it_serves_pages_over_plain_http_on_this_machine(served: Served, path: str) -> None:
    status, headers, body = served.get(path)
    assert status == 200
    assert body
    assert "Strict-Transport-Security" not in headers


@pytest.mark.once
def test_on_this_machine_a_password_is_enough(served: Served) -> None:
    assert b"otp_token" not in served.get("/admin/login/")[2]


@pytest.mark.once
def test_debug_is_off_and_a_missing_page_is_ours(served: Served) -> None:
    status, _headers, body = served.get("/no-such-page/")
    assert status == 404
    assert b"There is no such page" in body
    for word in (b"DEBUG", b"Traceback", b"urlpatterns", b"Using the URLconf"):
        assert word not in body


@pytest.mark.once
def test_static_files_are_named_by_hash_kept_for_ever_and_compressed(served: Served) -> None:
    home = served.get("/")[2].decode()
    [path] = re.findall(r'href="(/static/css/site\.[0-9a-f]{12}\.css)"', home)
    status, headers, plain = served.get(path, **{"Accept-Encoding": "identity"})
    assert status == 200
    assert "immutable" in headers["Cache-Control"]
    assert headers["Content-Type"].startswith("text/css")
    assert "Content-Encoding" not in headers
    for encoding, unpack in {"br": brotli.decompress, "gzip": gzip.decompress}.items():
        _status, headers, packed = served.get(path, **{"Accept-Encoding": encoding})
        assert headers["Content-Encoding"] == encoding
        assert unpack(packed) == plain
        assert len(packed) < len(plain)


@pytest.mark.once
def test_the_style_sheet_is_served_in_one_piece(served: Served) -> None:
    home = served.get("/")[2].decode()
    [path] = re.findall(r'href="(/static/css/[^"]+\.css)"', home)
    text = served.get(path)[2].decode()
    assert "@import" not in text
    layers = re.findall(r"^@layer (\w+) \{", text, re.MULTILINE)
    assert list(dict.fromkeys(layers)) == ["tokens", "base", "layout", "components", "print"]
    assert "@layer print {\n@media print {" in text
    assert text.count("{") == text.count("}")
    [font] = {name for name in re.findall(r'url\("([^"]+)"\)', text) if "-latin." in name}
    assert served.get(urljoin(path, font))[0] == 200


@pytest.mark.once
def test_a_broken_fixture_does_not_stop_the_site(served: Served) -> None:
    assert served.get("/practices/")[0] == 200
    for words in served.explanation:
        assert words in served.log.read_text()


@pytest.mark.once
def test_other_hosts_are_not_served(served: Served) -> None:
    assert served.get("/", Host="kb.example.org")[0] == 400


# Every further run


def test_a_further_run_keeps_what_curators_did_writes_nothing_and_ends_when_told_to(
    installed: Project, tmp_path: Path
) -> None:
    before, env = counts(installed, CHANGE, COUNT, READ), (installed.folder / ".env").read_bytes()
    with serving(installed, tmp_path / "log") as site:
        site.process.send_signal(signal.SIGTERM)
        assert site.process.wait(timeout=60) == 0
        printed = site.log.read_text()
    for words in ("nothing new", "1 left as curators changed them"):
        assert words in printed
    assert "createsuperuser" not in printed
    assert before["words"] == ["The curator's own words."]
    assert counts(installed, COUNT, READ) == before
    assert (installed.folder / ".env").read_bytes() == env
    with socket.socket() as freed:
        freed.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        freed.bind(("127.0.0.1", int(site.address.rpartition(":")[2])))
