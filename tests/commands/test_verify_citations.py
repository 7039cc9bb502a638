"""`manage.py verify_citations`: its report, and its exit status for whoever runs it in a script."""

import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from practices.models import Citation, Concept, Finding, Practice, Section, Source
from practices.provenance.sections import SectionMark, cite
from tests.factories import make_practice

ROOT = Path(__file__).resolve().parents[1]
KEY = "town-report"
TEXT = """\
# Markets

The fish market opens at six. Stalls are let by the week.

Every stall has a number.

# Schools

Pupils may choose between two languages from the first day on.

Every stall has a number.
"""
MARKS = [SectionMark.of(1, "Markets"), SectionMark.of(2, "Schools")]

pytestmark = pytest.mark.django_db


@pytest.fixture
def source() -> Source:
    """Return a source with two sections, and nothing cited from it yet."""
    return make_source(KEY)


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """Return a file that holds the text."""
    path = tmp_path / "town.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def make_source(key: str) -> Source:
    source = Source.objects.create(
        slug=key, title="A report on the town", publisher="The town", year=2020, reported_year=2020
    )
    for mark, title in zip(MARKS, ["Markets", "Schools"], strict=True):
        Section.objects.create(
            source=source,
            position=mark.position,
            title=title,
            heading_fingerprint=mark.fingerprint,
            heading_words=mark.words,
        )
    return source


def make_citation(source: Source, anchor: str, nth: int | None = None, **changes: Any) -> Citation:
    """Return a citation of the sentence that starts with `anchor`, changed as a mistake would change it."""
    passage = cite(TEXT, MARKS, anchor, nth)
    values = {
        "section": passage.section,
        "paragraph": passage.paragraph,
        "fingerprint": passage.fingerprint,
        "words": passage.words,
        **changes,
    }
    values["section"] = source.sections.get(position=values["section"])
    return Citation.objects.create(**values)


def run(*arguments: str) -> tuple[str, int, str]:
    """Run the command; return what it reports, its exit status and its message."""
    output = StringIO()
    try:
        call_command("verify_citations", *arguments, stdout=output)
    except CommandError as error:
        return output.getvalue(), error.returncode, str(error)
    return output.getvalue(), 0, ""


def test_it_works(source: Source, text: Path) -> None:
    make_citation(source, "Stalls are let")
    make_citation(source, "Pupils may choose")
    report, status, _ = run("--text", f"{KEY}={text}")
    assert status == 0
    assert report.splitlines() == [
        "town-report: A report on the town",
        "  sections: 2 of 2 found",
        "  citations: 2 found, 0 found more than once, 0 in another place, 0 missing",
    ]


def test_words_that_stand_elsewhere_too_are_reported_and_are_good(source: Source, text: Path) -> None:
    make_citation(source, "Every stall", 1)
    report, status, _ = run("--text", f"{KEY}={text}")
    assert status == 0
    assert "0 found, 1 found more than once" in report
    assert "section 1 (Markets), paragraph 2, as cited; also in section 2 (Schools), paragraph 2" in report


def test_words_that_stand_twice_in_their_paragraph_are_reported_and_are_good(source: Source, text: Path) -> None:
    make_citation(source, "The fish market")
    text.write_text(TEXT.replace("six. ", "six. The fish market opens at six. "), encoding="utf-8")
    report, status, _ = run("--text", f"{KEY}={text}")
    assert (status, "as cited; 2 times in the cited paragraph;" in report) == (0, True)


def test_words_in_another_section_are_not_good(source: Source, text: Path) -> None:
    make_citation(source, "Stalls are let", section=2)
    report, status, message = run("--text", f"{KEY}={text}")
    assert (status, message) == (1, "Not verified: town-report.")
    assert "0 found, 0 found more than once, 1 in another place, 0 missing" in report
    assert "section 2 (Schools), paragraph 1; it stands in section 1 (Markets), paragraph 1" in report


def test_words_in_another_paragraph_of_their_section_are_reported_but_do_not_fail(source: Source, text: Path) -> None:
    make_citation(source, "Stalls are let", paragraph=2)
    report, status, _ = run("--text", f"{KEY}={text}")
    assert (status, "1 in another place" in report) == (0, True)


def test_missing_words_are_not_good(source: Source, text: Path) -> None:
    citation = make_citation(source, "Stalls are let", fingerprint="f" * 64)
    report, status, _ = run("--text", f"{KEY}={text}")
    assert status == 1
    assert f"- missing: section 1 (Markets), paragraph 1, {citation.words} words, ffffffffffff…" in report


def test_a_missing_heading_is_not_good(source: Source, text: Path) -> None:
    text.write_text(TEXT.replace("# Schools", "# Lessons"), encoding="utf-8")
    report, status, _ = run("--text", f"{KEY}={text}")
    assert status == 1
    assert "sections: 1 of 2 found" in report
    assert "heading not found: section 2 (Schools)" in report


def test_problems_name_the_records_that_cite_the_passage(source: Source, text: Path) -> None:
    citation = make_citation(source, "Stalls are let", section=2)
    practice: Practice = make_practice(citation=citation)
    practice.involvements.first().citations.add(citation)
    finding = Finding.objects.create(slug="stalls", title="Stalls", statement="Let them.", kind="principle")
    concept = Concept.objects.create(slug="stall", term="Stall", definition="A table.")
    for record in (finding, concept):
        record.citations.add(citation)
    report, _, _ = run("--text", f"{KEY}={text}")
    assert f"cited by {concept.ref}, {finding.ref}, {practice.ref}\n" in report


def test_a_problem_that_no_record_cites_says_so(source: Source, text: Path) -> None:
    make_citation(source, "Stalls are let", section=2)
    assert "; cited by no record" in run("--text", f"{KEY}={text}")[0]


def test_several_texts_are_verified_at_once(source: Source, text: Path) -> None:
    other = make_source("other-report")
    make_citation(other, "Stalls are let", section=2)
    report, status, message = run("--text", f"{KEY}={text}", "--text", f"other-report={text}")
    assert (status, message) == (1, "Not verified: other-report.")
    assert report.count("sections: 2 of 2 found") == 2


def test_source_narrows_what_is_verified(source: Source, text: Path) -> None:
    make_citation(make_source("other-report"), "Stalls are let", section=2)
    report, status, _ = run("--text", f"{KEY}={text}", "--text", f"other-report={text}", "--source", KEY)
    assert (status, "other-report" in report) == (0, False)


def test_a_byte_order_mark_is_no_part_of_the_text(source: Source, text: Path) -> None:
    make_citation(source, "The fish market")
    text.write_text("\ufeff" + TEXT, encoding="utf-8")
    assert run("--text", f"{KEY}={text}")[1] == 0


def test_nothing_is_changed(source: Source, text: Path) -> None:
    make_citation(source, "Stalls are let", section=2)
    before = list(Citation.objects.values()), list(Section.objects.values()), list(Source.objects.values())
    run("--text", f"{KEY}={text}")
    assert before == (list(Citation.objects.values()), list(Section.objects.values()), list(Source.objects.values()))


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "Cannot read"), (b"", "is empty"), (b" \n---\n", "is empty"), (b"caf\xe9 cr\xe8me", "is not UTF-8 text")],
    ids=["missing", "empty", "blank", "latin-1"],
)
def test_an_unusable_file_is_refused(source: Source, tmp_path: Path, content: bytes | None, message: str) -> None:
    path = tmp_path / "unusable.txt"
    if content is not None:
        path.write_bytes(content)
    report, status, error = run("--text", f"{KEY}={path}")
    assert (report, status) == ("", 2)
    assert message in error and str(path) in error and "\n" not in error


def test_a_folder_is_no_text(source: Source, tmp_path: Path) -> None:
    assert run("--text", f"{KEY}={tmp_path}")[1] == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--text", "unknown={text}"], "There is no source unknown. Known sources:"),
        (["--text", "{text}"], "--text takes KEY=PATH"),
        (["--text", "town-report="], "--text takes KEY=PATH"),
        (["--text", "={text}"], "--text takes KEY=PATH"),
        (["--text", "town-report={text}", "--text", "town-report={text}"], "--text gives town-report twice."),
        (["--text", "town-report={text}", "--source", "unknown"], "--source unknown has no --text"),
        (["--text", "town-report={text}", "--text", "unknown={text}"], "There is no source unknown."),
    ],
    ids=["unknown", "no key", "no path", "empty key", "twice", "source without text", "one unknown of two"],
)
def test_unusable_arguments_are_refused(source: Source, text: Path, arguments: list[str], message: str) -> None:
    report, status, error = run(*(argument.format(text=text) for argument in arguments))
    assert (report, status) == ("", 2)
    assert message in error and "\n" not in error


def test_a_path_may_hold_an_equals_sign(source: Source, tmp_path: Path) -> None:
    path = tmp_path / "a=b.txt"
    path.write_text(TEXT, encoding="utf-8")
    assert run("--text", f"{KEY}={path}")[1] == 0


def test_the_shell_sees_the_exit_status(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "verify_citations", "--text", str(tmp_path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1
