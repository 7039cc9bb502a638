"""What all tests share: the real collection, loaded once, and clients that speak HTTPS as production asks.

Every test sees the published records of `fixtures/` and whatever it makes itself with `tests.factories`.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import User
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test import utils as test_utils
from django.test.signals import template_rendered

from practices.curation import loading

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT.parent / "shared" / "sources"
#: the tests of each run on one worker, which alone serves the site, installs the project, or reads every page
TOGETHER = ("tests/browser/", "tests/commands/test_quickstart.py", "tests/test_site.py")
#: started first, so that no worker is left with one of them when the others have nothing to do any more
LONGEST = (*TOGETHER, "tests/curation/test_fixtures.py", "tests/test_leakage.py")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def pytest_configure(config: pytest.Config) -> None:
    """Do without what takes long and is tested elsewhere: hashed names of static files, and slow password hashes."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django_settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    test_utils.instrumented_test_render = rendered


def rendered(template: Template, context: Context) -> str:
    """Render a template; tell tests the context of whole pages only, as it is copied each time."""
    if context.template is template:
        template_rendered.send(sender=template, template=template, context=context)
    return str(template.nodelist.render(context))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, with the reason, what this machine has no part for; fail instead where KB_REQUIRE names the part."""
    required = os.environ.get("KB_REQUIRE", "").split(",")
    for item in items:
        if item.get_closest_marker("browser") and not CHROMIUM:
            if "browser" in required:
                raise pytest.UsageError("KB_REQUIRE=browser, but there is no chromium: apt-get install chromium")
            item.add_marker(pytest.mark.skip(reason="no chromium on this system: apt-get install chromium"))
        if item.get_closest_marker("sources") and not SOURCES.exists():
            item.add_marker(pytest.mark.skip(reason="the reports are not here (../shared/sources)"))
    items.sort(key=position)


def position(item: pytest.Item) -> int:
    """Return where in a run a test's file comes: the longest first, the others as they were found."""
    names = [*(item.nodeid.startswith(name) for name in LONGEST), True]
    return names.index(True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand tests to workers one by one, but those of TOGETHER at once: xdist_group has no effect with pytest 9.2."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return next((name for name in TOGETHER if nodeid.startswith(name)), nodeid)

    config.option.loadscopereorder = False  # in the order of `position`
    return Scheduling(config, log)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Load the real collection once for the whole session; what drops it then may take longer than a request may."""
    with django_db_blocker.unblock():
        loading.load(ROOT / "fixtures")
    yield
    connection.settings_dict["OPTIONS"].pop("options", None)


class HttpsClient(Client):
    """A client that asks over HTTPS, as production wants it."""

    def generic(self, *args: Any, **kwargs: Any) -> Any:
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
def curator_client(client: Client, curator: User, settings: Any) -> Iterator[Client]:
    """Return a curator's browser, logged in with both factors."""
    from django_otp.plugins.otp_static.models import StaticDevice

    client.force_login(curator, backend="django.contrib.auth.backends.ModelBackend")
    device = StaticDevice.objects.create(user=curator, name="test")
    session = client.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    yield client
