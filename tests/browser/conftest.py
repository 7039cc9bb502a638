"""The system's Chromium, and the real site to look at."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from playwright.sync_api import Page
from pytest_django import DjangoDbBlocker

from tests import databases, server
from tests.conftest import CHROMIUM
from tests.installation import Installation

#: who may do everything in the admin
CURATOR, PASSWORD = "carla", "a-long-pass-phrase"
#: the key of a practice that waits for review
SENT = 99_999
#: the key of a source that has no sections yet
NEW = 99_998
#: an address of each kind of page, on the real collection
PAGES = [
    "/",
    "/practices/",
    "/practices/?country=CA&role=ngo&function=lead",
    "/practices/?q=zzzz",
    "/practices/success-canada/",
    "/countries/",
    "/countries/morocco/",
    "/countries/andorra/",
    "/roles/",
    "/roles/civil-society/",
    "/stakeholders/",
    "/stakeholders/unesco/",
    "/dimensions/",
    "/dimensions/legal/",
    "/topics/work/",
    "/findings/",
    "/findings/?kind=challenge",
    "/sources/",
    "/sources/unitar-2007/",
    "/events/",
    "/practices/?view=map&country_role=origin",
    "/matrix/",
    "/matrix/?rows=dimension&columns=country&view=picture",
    "/matrix/?rows=level&columns=stage&all=1&q=language",
    "/timeline/",
    "/timeline/?year=unknown",
    "/compare/",
    "/compare/?practice=success-canada&practice=adult-migrant-english-programme&practice=alliance-of-civilizations",
    "/compare/?country=AU&country=CA&country=ES&country=MA",
    "/selection/?practice=success-canada&practice=adult-migrant-english-programme",
    "/brief/?country=AU",
    "/glossary/",
    "/about/",
    "/accessibility/",
    "/design/",
    "/suggest/?record=/practices/success-canada/&part=summary",
    "/no-such-page/",
]


@pytest.fixture(scope="session")
def site(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    """Return the address of the real site with a curator and a draft, served once for all browser tests."""

    def add_curator(database: str) -> None:
        from django.contrib.auth.models import User

        from practices.models import State
        from tests.factories import make_practice, make_source

        password = make_password(PASSWORD, hasher=PBKDF2PasswordHasher())  # which the site knows
        with django_db_blocker.unblock(), databases.in_use(database):
            User.objects.create(username=CURATOR, password=password, is_staff=True, is_superuser=True)
            make_practice(pk=SENT, title="Night school", state=State.IN_REVIEW)
            make_source(pk=NEW, title="A report without sections", state=State.DRAFT).sections.all().delete()

    with server.site(installation, tmp_path_factory.mktemp("site"), add_curator) as address:
        yield address


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Start the system's Chromium, which asks nothing of the network by itself."""
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    return {"executable_path": CHROMIUM, "args": [*quiet, "--disable-sync", "--no-first-run"]}


def watched(page: Page, site: str) -> list[str]:
    """Return a list that fills with what a page should never do."""
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(site) else faults.append(request.url))
    page.on(
        "response",
        lambda answer: (
            faults.append(f"{answer.status} {answer.url}")
            if answer.status >= 400 and "/no-such-page/" not in answer.url
            else None
        ),
    )
    return faults
