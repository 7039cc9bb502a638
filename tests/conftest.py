"""What all tests share: the real collection, loaded once, and clients that speak HTTPS as production asks.

Every test sees the published records of `fixtures/` and whatever it makes itself with `tests.factories`.
"""

import gc
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoDbBlocker, Settings

from practices import models as kb
from tests import databases
from tests.curation.subset import only, write_subset
from tests.installation import Installation, installed
from tests.responses import Response

#: name, in the environment, a database that holds the collection already, and the folder of its installation
COLLECTION, INSTALLATION = "KB_COLLECTION", "KB_INSTALLATION"
ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT.parent / "shared" / "sources"
#: what renders pages, forms and documents, or reads files: tests that no other database can make fail run on SQLite
#: only. Folders and files of `tests/`; what is not named here runs on both databases, but for tests marked `once`.
ONCE = (
    *("bench", "browser", "exports", "pages", "provenance", "templatetags", "views"),
    *("admin/access/test_access.py", "admin/test_admin.py", "admin/form/test_fields.py", "admin/test_practice.py"),
    *("admin/access/test_rights.py", "admin/test_users.py", "admin/test_data.py", "admin/form/test_unchanged.py"),
    *("admin/citing/test_box.py", "admin/citing/test_source_text.py", "admin/test_merging.py"),
    *("admin/desk/test_changes.py", "admin/desk/test_duplicates.py", "admin/desk/test_lacking.py"),
    *("admin/desk/test_links.py", "admin/desk/test_searches.py", "admin/desk/test_waiting.py"),
    *("admin/lists/test_assigning.py", "admin/lists/test_tagging.py", "admin/review/test_views.py"),
    *("admin/test_source.py", "admin/test_suggestion.py", "admin/test_vocabulary.py"),
    *("commands/test_check_content.py", "commands/test_verify_citations.py", "models/test_urls.py"),
    *("curation/changes/test_history.py", "curation/quality/test_quality.py"),
    *("index/test_checks.py", "index/test_text.py"),
    *("models/test_languages.py", "test_content.py", "test_proxy.py", "test_static.py"),
    *("search/test_highlighting.py", "search/test_links.py", "search/test_query.py"),
    *("test_architecture.py", "test_design.py", "test_docs.py", "test_extending.py"),
    *("test_headers.py", "test_html.py", "test_leakage.py", "test_requirements.py", "test_settings.py"),
    *("test_site.py", "test_templates.py"),
)
#: what takes a worker minutes, and so is begun first: begun last, it would be waited for while other workers are idle
LONG = (
    *(
        "browser/test_accessibility.py",
        "browser/test_zoom.py",
        "commands/test_quickstart.py",
        "curation/fixtures/test_loading.py",
        "test_site.py",
    ),
    *("browser/test_search.py", "search/test_conformance.py", "index/test_writer.py", "test_upgrade.py"),
    *("admin/test_admin.py", "admin/access/test_rights.py", "test_extending.py", "test_odd_data.py", "test_leakage.py"),
)
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_configure(config: pytest.Config) -> None:
    """Do without what takes long and is tested elsewhere: hashed names of static files, and slow password hashes.

    Raises UsageError where a part of the machine is missing that KB_REQUIRE names.
    """
    if "browser" in os.environ.get("KB_REQUIRE", "") and not CHROMIUM:
        raise pytest.UsageError("KB_REQUIRE=browser, but there is no chromium: apt-get install chromium")
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django_settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"


def pytest_sessionstart(session: pytest.Session) -> None:
    """Make the collection's database once for all workers of pytest-xdist, which find it in the environment."""
    if getattr(session.config.option, "numprocesses", None) and COLLECTION not in os.environ:
        stack = ExitStack()
        session.config.add_cleanup(stack.close)
        folder = stack.enter_context(TemporaryDirectory(prefix="kb-tests-"))
        made = stack.enter_context(installed(Path(folder)))
        os.environ |= {COLLECTION: made.database, INSTALLATION: str(made.base)}


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let Python look for garbage less often, and not in what all tests share: that takes a seventh of their time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out on PostgreSQL what is in ONCE, unless it is asked for by name."""
    named = any(collection_path == config.invocation_params.dir / name.partition("::")[0] for name in config.args)
    once = any(collection_path == ROOT / "tests" / name for name in ONCE)
    return True if once and databases.ON_POSTGRES and not named else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out on PostgreSQL what is marked `once`; skip, with the reason, what this machine has no part for.

    The files in LONG come first, in that order.
    """
    places = {ROOT / "tests" / name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path, len(places)))
    if databases.ON_POSTGRES and (once := [item for item in items if item.get_closest_marker("once")]):
        config.hook.pytest_deselected(items=once)
        items[:] = [item for item in items if not item.get_closest_marker("once")]
    for item in items:
        if item.get_closest_marker("browser") and not CHROMIUM:
            item.add_marker(pytest.mark.skip(reason="no chromium on this system: apt-get install chromium"))
        if item.get_closest_marker("sources") and not SOURCES.exists():
            item.add_marker(pytest.mark.skip(reason="the reports are not here (../shared/sources)"))


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Return the project as `quickstart` sets it up, to be copied: what there is already, or one made here."""
    if base := os.environ.get(INSTALLATION):
        yield Installation(Path(base), os.environ[COLLECTION])
        return
    with installed(tmp_path_factory.mktemp("installation")) as made:
        yield made


@pytest.fixture(scope="session")
def collection_database(request: pytest.FixtureRequest) -> str:
    """Return the address of a database that holds the real collection, to be copied."""
    given = os.environ.get(COLLECTION)
    return given or str(request.getfixturevalue("installation").database)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    collection_database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """Work on a copy of the collection's database, once for the whole session, instead of an empty one."""
    with ExitStack() as stack:
        with django_db_blocker.unblock():
            stack.enter_context(databases.connected(collection_database, tmp_path_factory.mktemp("database")))
        yield


@pytest.fixture(scope="session")
def small_fixtures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of fixtures: 25 practices with all that they need, and all terms, countries and places."""
    target = tmp_path_factory.mktemp("small") / "fixtures"
    return write_subset(ROOT / "fixtures", target, 25, whole=[*kb.VOCABULARIES, kb.Country, kb.Place])


@pytest.fixture(scope="module")
def small_collection(small_fixtures: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Path]:
    """Let the database hold only the small collection for all tests of a module; returns its fixtures."""
    with django_db_blocker.unblock(), only(small_fixtures):
        yield small_fixtures


@pytest.fixture
def own_database(
    django_db_blocker: DjangoDbBlocker, collection_database: str, tmp_path: Path
) -> Iterator[dict[str, Any]]:
    """Connect to a copy of the collection's database outside of any transaction; returns the settings."""
    with (
        django_db_blocker.unblock(),
        databases.copy(collection_database, tmp_path) as address,
        databases.in_use(address) as used,
    ):
        yield used


class HttpsClient(Client):
    """A client that asks over HTTPS, as production wants it."""

    def generic(self, *args: Any, **kwargs: Any) -> Response:
        return super().generic(*args, **{**kwargs, "secure": True})


@pytest.fixture
def client() -> Client:
    """Return a reader's browser, over HTTPS."""
    return HttpsClient()


@pytest.fixture
def curator(db: None) -> User:
    """Return someone who may do everything in the admin."""
    return User.objects.create_superuser("carla", "carla@example.org", "a-long-pass-phrase")


@pytest.fixture
def curator_client(client: Client, curator: User, settings: Settings) -> Client:
    """Return a curator's browser, logged in with both factors."""
    return logged_in(client, curator)


def logged_in(client: Client, user: User) -> Client:
    """Log somebody in with both factors; returns the browser."""
    from django_otp.plugins.otp_static.models import StaticDevice

    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    device = StaticDevice.objects.create(user=user, name="test")
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    return client
