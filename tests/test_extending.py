"""What the README says of adding a field, filter, vocabulary, format and page, done in a scratch copy of the project.

Each made-up addition touches the files that the README names and no others; everything else follows by itself.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.once

#: names of static files without their hash, which would have to be collected first
STATIC_FILES = "django.contrib.staticfiles.storage.StaticFilesStorage"
COPIED = ("manage.py", "kb", "practices", "templates", "static", "fixtures")
Edit = Callable[[str], str]


def before(mark: str, text: str) -> Edit:
    """Return the edit that puts text before the first place where a mark stands."""

    def edit(old: str) -> str:
        assert mark in old, mark
        return old.replace(mark, text + mark, 1)

    return edit


def after(mark: str, text: str) -> Edit:
    """Return the edit that puts text after the first place where a mark stands."""

    def edit(old: str) -> str:
        assert mark in old, mark
        return old.replace(mark, mark + text, 1)

    return edit


#: a text of a practice, such as who pays for it
FIELD: dict[str, list[Edit]] = {
    "practices/models/practice.py": [
        before(
            "    dimensions = models.ManyToManyField(",
            '    funding = models.CharField(_("funding"), max_length=200, blank=True)\n',
        )
    ],
    "practices/index/schema.py": [
        before(
            '    Field(\n        name="outcome"',
            '    Field(name="funding", label=_("Funding"), weight="c", columns=("funding",)),\n',
        )
    ],
}
#: a vocabulary of a practice, such as the policy instruments that it uses
VOCABULARY: dict[str, list[Edit]] = {
    "practices/models/vocabulary.py": [
        before(
            "VOCABULARIES: list[type[Term]] = [",
            '''class Instrument(Term):
    """By what means a practice works."""

    parameter = "instrument"

    class Meta(Term.Meta):
        verbose_name = _("instrument")
        verbose_name_plural = _("instruments")


''',
        ),
        after("VOCABULARIES: list[type[Term]] = [\n", "    Instrument,\n"),
    ],
    "practices/models/practice.py": [
        before("    Dimension,\n", "    Instrument,\n"),
        before(
            "    places = models.ManyToManyField(",
            '    instruments = models.ManyToManyField(Instrument, related_name="practices", blank=True, '
            'verbose_name=_("instruments"))\n',
        ),
        after("    _history_m2m_fields = [", '"instruments", '),
    ],
    "practices/index/schema.py": [
        before(
            '    term_field("kind", Kind',
            '    term_field("instruments", Instrument, _("Instrument"), _("Instruments")),\n',
        ),
        after("from practices.models import ", "Instrument_, "),
        lambda text: text.replace("Instrument_, ", "").replace(
            "\nLabel = str | Promise",
            "\nfrom practices.models.vocabulary import Instrument\n\nLabel = str | Promise",
            1,
        ),
    ],
    "fixtures/01_vocabularies.json": [
        after(
            "[\n",
            json.dumps(
                {
                    "model": "practices.instrument",
                    "fields": {"code": "zorble-grants", "label": "Zorble grants", "definition": "Grants for zorbles."},
                }
            )
            + ",\n",
        )
    ],
}
#: a filter on what is a field already
FILTER: dict[str, list[Edit]] = {
    "practices/index/schema.py": [
        lambda text: text.replace('label=_("Evidence"), ', 'label=_("Evidence"), parameter="evidence", ', 1)
    ]
}
#: a format: a writer, and its line
FORMAT: dict[str, list[Edit]] = {
    "practices/exports/titles.py": [
        lambda _old: (
            '''"""Titles, one to a line."""

from collections.abc import Iterable, Iterator

from practices.exports.citation import CitationContext
from practices.exports.entries import ExportEntry


def practices(entries: Iterable[ExportEntry], context: CitationContext) -> Iterator[str]:
    """Yield the title of each practice."""
    yield from (f"{entry.practice.title}\\n" for entry in entries)
'''
        )
    ],
    "practices/exports/__init__.py": [
        after("FORMATS = [\n", '    Format("txt", "Titles", _("Titles"), "text/plain", practices=titles.practices),\n'),
        after("from practices.exports import bibtex, csv, docx, json, markdown, ris", ", titles"),
    ],
}
#: a page: a presenter, a view and a template of the same name, and a line of the site map
PAGE: dict[str, list[Edit]] = {
    "practices/pages/zorble.py": [
        lambda _old: (
            '''"""A page on zorbles."""

from dataclasses import dataclass

from practices.catalog import current


@dataclass(frozen=True)
class ZorblePage:
    """How many practices there are."""

    count: int


def zorble_page() -> ZorblePage:
    """Return the page."""
    return ZorblePage(len(current().snapshot.all_ids))
'''
        )
    ],
    "practices/views/zorble.py": [
        lambda _old: (
            '''"""Zorbles."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from practices.pages.zorble import zorble_page


@require_safe
def zorble(request: HttpRequest) -> HttpResponse:
    """Show them."""
    return render(request, "zorble/zorble.html", {"page": zorble_page()})
'''
        )
    ],
    "practices/urls.py": [
        lambda text: text.replace("    timeline,\n)", "    timeline,\n    zorble,\n)", 1),
        after('    path("", home.home, name="home"),\n', '    path("zorble/", zorble.zorble, name="zorble"),\n'),
    ],
    "templates/zorble/zorble.html": [
        lambda _old: '{% extends "base.html" %}{% block content %}<h1>{{ page.count }} zorbles</h1>{% endblock %}\n'
    ],
}

#: what is asked of the copy once everything is added; prints what is found as JSON
QUESTIONS = """
import csv, importlib, io, json, re
from pathlib import Path
import django
django.setup()
from django.core.management import call_command
call_command("check", fail_level="WARNING", stdout=io.StringIO())
call_command("makemigrations", "practices", name="extended", verbosity=0)
importlib.invalidate_caches()
call_command("migrate", verbosity=0)
call_command("load_fixtures", stdout=io.StringIO())
from django.contrib.auth.models import User
from django.test import Client
from openpyxl import load_workbook
from practices.curation.changes import workflow
from practices.curation.importing import workbook
from practices.models import Practice
from practices.models.vocabulary import Instrument

first, second = Practice.objects.published().by_title()[:2]
first.funding = "Paid by the quixwhist lottery"
first.instruments.set(Instrument.objects.all())
first.save()
workflow.propagate(first)

get = lambda url: Client().get(url, secure=True, headers={"host": "kb.example.org"})
text = lambda url: " ".join(re.sub("<[^>]+>", " ", get(url).content.decode()).split())
search = lambda query: get("/practices.json?" + query).json()
body = lambda url: b"".join(get(url).streaming_content).decode("utf-8-sig")
admin = User.objects.create_superuser("carla", "c@example.org", "a-long-pass-phrase")
curator = Client()
curator.force_login(admin, backend="django.contrib.auth.backends.ModelBackend")
admin_page = lambda url: curator.get(f"/admin/practices/{url}", secure=True, headers={"host": "127.0.0.1"})
new_texts = {"key": second.ref, "funding": "Paid by the zibbet fund", "instruments": ["zorble-grants"]}
Path("import.json").write_text(json.dumps({"practices": [new_texts]}))
call_command("import_records", "import.json", user="carla", stdout=io.StringIO())
edit = second.pending_edits.get()
exported = load_workbook(io.BytesIO(workbook.export({"practices": [first.pk]})))["practices"].values
loaded = io.StringIO()
call_command("load_fixtures", stdout=loaded)
print(json.dumps({
    "slug": first.slug,
    "page": text(first.get_absolute_url()),
    "other page": text(second.get_absolute_url()),
    "found by words": [hit["slug"] for hit in search("q=quixwhist")["results"]],
    "why": search("q=quixwhist")["results"][0]["why"],
    "found by term": [hit["why"] for hit in search("q=zorble+grants")["results"]],
    "results page": text("/practices/?q=quixwhist"),
    "found by filter": [hit["slug"] for hit in search("instrument=zorble-grants")["results"]],
    "facets": search("")["facets"],
    "evidence": {code: search("evidence=" + code)["count"] for code in search("")["facets"]["evidence"]},
    "filters": text("/practices/"),
    "row": next(csv.DictReader(io.StringIO(body(f"/practices/{first.slug}.csv")))),
    "comparison": text(f"/compare/?practice={first.slug}&practice={second.slug}"),
    "form": admin_page(f"practice/{first.pk}/change/").content.decode(),
    "workbook": dict(zip(*exported)),
    "imported": [edit.funding, [term.code for term in edit.instruments.all()]],
    "review": " ".join(re.sub("<[^>]+>", " ", admin_page(f"practice/{edit.pk}/review/").content.decode()).split()),
    "terms": admin_page("instrument/").status_code,
    "glossary": text("/glossary/"),
    "link": Instrument.objects.get().get_absolute_url(),
    "titles": body("/practices.txt?instrument=zorble-grants"),
    "new page": text("/zorble/"),
    "matrix": text("/matrix/?rows=instrument&columns=evidence"),
    "loaded again": loaded.getvalue(),
    "funding": Practice.objects.get(pk=first.pk).funding,
}))
"""


def change(copy: Path, edits: dict[str, list[Edit]]) -> None:
    """Edit the files of the copy, making those that are not there."""
    for name, steps in edits.items():
        path = copy / name
        path.parent.mkdir(exist_ok=True)
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        for step in steps:
            changed = step(text)
            assert changed != text, name
            text = changed
        path.write_text(text, encoding="utf-8")


def run(copy: Path, *command: str) -> str:
    """Run Python in the copy and return what it prints."""
    env = {**os.environ, "KB_LOCAL": "1", "ALLOWED_HOSTS": "", "DJANGO_SETTINGS_MODULE": "kb.settings"}
    env |= {"DATABASE_URL": f"sqlite:///{copy / 'db.sqlite3'}", "LOG_LEVEL": "ERROR", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, *command], cwd=copy, env=env, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return done.stdout


def scratch_copy(folder: Path) -> Path:
    """Return a copy of the project in a folder, without its data."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name)  # with what is compiled of it: that holds where nothing is edited
        else:
            shutil.copy(source, folder / name)
    return folder


#: what the copy says to each of QUESTIONS
Answers = dict[str, Any]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory, collection_database: str) -> Answers:
    """Add one of everything to a copy, bring a database with the collection up to it by its own commands, and ask."""
    copy = scratch_copy(tmp_path_factory.mktemp("extended"))
    for edits in (FIELD, VOCABULARY, FILTER, FORMAT, PAGE):
        change(copy, edits)
    shutil.copy(collection_database.removeprefix("sqlite:///"), copy / "db.sqlite3")
    settings = copy / "kb" / "settings.py"
    settings.write_text(settings.read_text().replace("kb.static.StaticStorage", STATIC_FILES))
    found: Answers = json.loads(run(copy, "-c", QUESTIONS.replace("kb.example.org", "127.0.0.1")))
    return found


@pytest.mark.parametrize(
    ("edits", "files"),
    [
        # beside those edited here the migration, which a command writes, and the fixtures that dump_fixtures writes
        pytest.param({**FIELD, "a migration": [], "fixtures/05_practices.json": []}, 6, id="field"),
        pytest.param({**VOCABULARY, "a migration": [], "fixtures/05_practices.json": []}, 6, id="vocabulary"),
        pytest.param(FILTER, 1, id="filter"),
        pytest.param(FORMAT, 2, id="format"),
        pytest.param(PAGE, 4, id="page"),
    ],
)
def test_an_addition_touches_few_files(edits: dict[str, list[Edit]], files: int) -> None:
    assert len(edits) <= files


def test_a_new_field_is_on_the_page_and_only_of_its_practice(answers: Answers) -> None:
    assert "Funding Paid by the quixwhist lottery" in answers["page"]
    assert "Funding not stated in the source" in answers["other page"]


def test_a_new_field_is_searched_and_its_passage_has_its_label(answers: Answers) -> None:
    assert answers["found by words"] == [answers["slug"]]
    assert answers["why"] == [{"in": "funding", "text": "Paid by the quixwhist lottery", "how": "exact", "for": ""}]
    assert "Funding: Paid by the quixwhist lottery" in answers["results page"]


def test_a_new_field_is_in_files_comparisons_and_the_admin(answers: Answers) -> None:
    assert answers["row"]["funding"] == "Paid by the quixwhist lottery"
    assert "Funding" in answers["comparison"]
    assert "Paid by the quixwhist lottery" in answers["comparison"]
    assert 'name="funding"' in answers["form"]


def test_a_new_field_and_a_new_vocabulary_are_taken_away_imported_and_reviewed(answers: Answers) -> None:
    assert answers["workbook"]["funding"] == "Paid by the quixwhist lottery"
    assert answers["workbook"]["instruments"] == "zorble-grants"
    assert answers["imported"] == ["Paid by the zibbet fund", ["zorble-grants"]]
    assert "Funding – Paid by the zibbet fund" in answers["review"]
    assert re.search(r"Instruments (– )?Zorble grants", answers["review"])


def test_loading_the_fixtures_again_leaves_a_field_that_they_lack_alone(answers: Answers) -> None:
    assert answers["funding"] == "Paid by the quixwhist lottery"
    assert not re.search(r"[1-9]\d* updated", answers["loaded again"])


def test_a_new_vocabulary_is_everywhere(answers: Answers) -> None:
    assert "Instruments Zorble grants" in answers["page"]
    assert answers["found by term"][0][0]["in"] == "instruments"
    assert answers["found by filter"] == [answers["slug"]]
    assert answers["facets"]["instrument"] == {"zorble-grants": 1}
    assert answers["row"]["instruments"] == "Zorble grants"
    assert "Zorble grants" in answers["comparison"]
    assert 'name="instruments"' in answers["form"]
    assert answers["terms"] == 200
    assert "Zorble grants Grants for zorbles." in answers["glossary"]
    assert answers["link"] == "/practices/?instrument=zorble-grants"
    assert "Zorble grants" in answers["matrix"]


def test_a_new_filter_counts_what_it_finds(answers: Answers) -> None:
    assert answers["evidence"] == answers["facets"]["evidence"]
    assert sum(answers["evidence"].values()) == 216
    assert "Evidence" in answers["filters"]


def test_a_new_format_and_a_new_page_are_there(answers: Answers) -> None:
    assert len(answers["titles"].splitlines()) == 1
    assert "216 zorbles" in answers["new page"]


@pytest.mark.parametrize(
    ("edits", "message"),
    [
        pytest.param(
            {"practices/models/practice.py": FIELD["practices/models/practice.py"]},
            "Practice.funding: is neither",
            id="field",
        ),
        pytest.param(
            {name: edits for name, edits in VOCABULARY.items() if name.endswith(".py") and "schema" not in name},
            "Instrument: no filter has the parameter 'instrument'",
            id="vocabulary",
        ),
    ],
)
def test_an_incomplete_addition_fails_the_check_in_words(
    tmp_path: Path, edits: dict[str, list[Edit]], message: str
) -> None:
    copy = scratch_copy(tmp_path)
    change(copy, edits)
    with pytest.raises(AssertionError) as error:
        run(copy, "manage.py", "check")
    assert message in str(error.value)
    assert "practices/index/schema.py" in str(error.value)
