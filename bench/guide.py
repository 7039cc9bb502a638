"""The pictures of the curators' guide, taken from the admin as made-up curators see it.

`python -m bench.guide [NAME …]` serves the real collection from a scratch database, adds what curators would have done,
and writes a picture of each page of SHOTS, or of those named, into `docs/curators/`. It needs Chromium.
"""

import argparse
import json
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from bench.pages import ROOT, command, say, serving

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from practices.curation.roles import Role

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FOLDER = ROOT / "docs" / "curators"
PASSWORD = "only-for-the-pictures"  # noqa: S105 (of a database that is gone afterwards)


@dataclass(frozen=True)
class Shot:
    """A picture: its name, the page as `addresses` names it, and from which element on the page is shown."""

    name: str
    page: str
    start: str = ""
    width: int = 1100
    height: int = 760
    who: str = "carla"


SHOTS = [
    Shot("desk", "desk", width=1280, height=900),
    Shot("lacks", "lacks", height=420),
    Shot("form", "draft", height=820),
    Shot("cite", "cite", height=620),
    Shot("paragraphs", "paragraphs", height=620),
    Shot("review", "review", height=820),
    Shot("history", "history", height=560),
    Shot("suggestion", "suggestion", height=760),
    Shot("import", "import", height=560),
    Shot("account", "account", height=540),
    Shot("invite", "invite", height=520),
]


def main() -> int:
    """Take the pictures and return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m bench.guide", description=str(__doc__).partition("\n")[0])
    parser.add_argument("names", nargs="*", help=f"of: {', '.join(shot.name for shot in SHOTS)}")
    parser.add_argument("--addresses", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.addresses:
        print(json.dumps(addresses()))
        return 0
    if not CHROMIUM:
        parser.error("there is no Chromium: apt-get install chromium")
    shots = [shot for shot in SHOTS if not options.names or shot.name in options.names]
    with serving() as (env, port):
        pages = json.loads(command(env, "-m", "bench.guide", "--addresses"))
        FOLDER.mkdir(exist_ok=True)
        take(shots, f"http://127.0.0.1:{port}", pages)
    return 0


def take(shots: list[Shot], site: str, pages: dict[str, str]) -> None:
    """Take pictures of pages, each as the person of the shot sees it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for shot in shots:
            say(shot.name)
            page = browser.new_page(viewport={"width": shot.width, "height": shot.height})
            page.goto(f"{site}/admin/login/")
            page.fill("#id_username", shot.who)
            page.fill("#id_password", PASSWORD)
            page.click("[type=submit]")
            page.goto(site + pages[shot.page])
            page.wait_for_load_state("networkidle")
            if shot.start:
                page.locator(shot.start).first.scroll_into_view_if_needed()
            page.screenshot(path=Path(FOLDER, f"{shot.name}.png"))
            page.close()
        browser.close()


def addresses() -> dict[str, str]:
    """Make curators and some of their work in this process's database; returns the address of each page."""
    import django

    django.setup()
    from django.urls import reverse

    from practices import models as kb
    from practices.curation.changes.comments import add_comment
    from practices.curation.quality import upkeep
    from practices.curation.roles import Role
    from tests import factories

    carla, otto = (curator(name, Role.ADMINISTRATOR if name == "carla" else Role.EDITOR) for name in ("carla", "otto"))
    cited: dict[str, Any] = {"citation": kb.Citation.objects.all()[0]}  # of a report that is there already
    titles: dict[str, Any] = {"title": "Welcome desk of the city of Porto", "slug": "porto-welcome-desk"}
    draft = signed(factories.make_practice(state=kb.State.DRAFT, **titles, **cited), carla)
    draft.topics.clear()
    titles = {"title": "Evening classes for newcomers", "slug": "evening-classes"}
    in_review = signed(factories.make_practice(state=kb.State.IN_REVIEW, **titles, **cited), otto)
    add_comment(draft, otto, "In which year did it open?", to=carla)
    practice: Any = kb.Practice.objects.published().by_title()[0]
    practice.summary = f"{practice.summary} It went on for three years."
    practice._history_user = carla
    practice.save()
    suggestion = factories.make_suggestion(
        practice, part="summary", problem="The programme has another name now.", proposal=f"{practice.summary} Renamed."
    )
    misses(kb)
    kb.Topic.objects.filter(code="language").update(definition="")
    upkeep.check_content()
    source = kb.Source.objects.published().by_title()[0]
    return {
        "desk": "/admin/",
        "lacks": f"{reverse('admin:practices_topic_changelist')}?lacks=defined+terms",
        "draft": reverse("admin:practices_practice_change", args=[draft.pk]),
        "review": reverse("admin:practices_practice_review", args=[in_review.pk]),
        "cite": reverse("admin:practices_citation_cite"),
        "paragraphs": reverse("admin:practices_source_paragraphs", args=[source.pk]),
        "history": reverse("admin:practices_practice_history", args=[practice.pk]),
        "suggestion": reverse("admin:practices_readersuggestion_change", args=[suggestion.pk]),
        "import": reverse("admin:import"),
        "account": reverse("admin:account"),
        "invite": reverse("admin:auth_user_add"),
    }


def curator(name: str, role: "Role") -> "User":
    """Return a made-up curator."""
    from django.contrib.auth.models import User

    from practices.curation.roles import give_role

    user = User.objects.create_user(name, f"{name}@example.org", PASSWORD)
    give_role(user, role)
    return user


def signed(record: Any, user: "User") -> Any:
    """Sign the history of a record with a curator, as if they had added it; returns the record."""
    record.history.update(history_user=user)
    return record


def misses(kb: ModuleType) -> None:
    """Make two searches without success."""
    from django.utils import timezone

    day = timezone.now().date()
    kb.SearchMiss.objects.create(query="nannies", found_nothing=9, days=6, last_day=day)
    kb.SearchMiss.objects.create(
        query="money home", found_nothing=4, retyped=3, retyped_as="remittances", days=4, last_day=day
    )


if __name__ == "__main__":
    sys.exit(main())
