"""`manage.py check_content`: its report by record, its exit status, and the collection itself against every gate."""

import re
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from practices import models as kb
from practices.curation.quality import GATES
from tests import factories
from tests.conftest import ROOT, SOURCES
from tests.town import KEY, TEXT, cite_town, make_town, write_town

pytestmark = pytest.mark.django_db

#: the files of the reports, where they are
FILES = {
    "idm-11": "idm-11.txt",
    "background-2006": "background-paper-2006.txt",
    "unitar-2007": "unitar-2007.txt",
    "idm-2010": "idm-2010.txt",
}


def run(*arguments: str, command: str = "check_content") -> tuple[str, int, str]:
    """Run the command; return what it reports, its exit status and its message."""
    output = StringIO()
    try:
        call_command(command, *arguments, stdout=output)
    except CommandError as error:
        return output.getvalue(), error.returncode, str(error)
    return output.getvalue(), 0, ""


@pytest.fixture
def town() -> kb.Source:
    """Return the only report of the collection, read whole: a practice, findings and a note for its paragraphs."""
    for model in kb.CURATED:
        model.objects.update(state=kb.State.ARCHIVED)
    source = make_town()
    factories.make_practice(citation=cite_town(source, "The fish market"))
    for anchor in ("Every stall", "Pupils may choose"):
        finding = factories.make_finding(citation=cite_town(source, anchor))
        finding.topics.add(kb.Topic.objects.get(code="language"))
    kb.ParagraphNote.objects.create(section=source.sections.get(position=2), paragraph=2, reason="figures only")
    return source


@pytest.fixture
def text(tmp_path: Path) -> Path:
    """Return a file that holds the text."""
    return write_town(tmp_path)


def test_a_good_collection_passes(town: kb.Source, text: Path) -> None:
    report, status, message = run("--text", f"{KEY}={text}")
    assert (status, message) == (0, ""), report
    assert [line for line in report.splitlines() if not line.startswith("Worth a look: ")] == [
        f"{gate.name}: good" for gate in GATES if not gate.warns
    ]


def test_without_texts_it_says_what_is_not_checked(town: kb.Source) -> None:
    report, status, _ = run()
    assert status == 0
    assert [line for line in report.splitlines() if "not checked" in line] == [
        f"{gate.name}: not checked without --text" for gate in GATES if gate.needs_text
    ]


def test_what_falls_short_is_told_by_record(town: kb.Source) -> None:
    bare = {"title": "Evening school for pilots", "topics": (), "summary": "Short."}
    practice = factories.make_practice(citation=cite_town(town, "Stalls are let"), **bare)
    report, status, message = run()
    assert (status, message) == (1, "Falls short: topic, summary.")
    lines = report.splitlines()
    at = lines.index(f"{practice.ref} {practice}")
    assert lines[at + 1 : at + 3] == [
        "  - topic: it lacks a topic",
        "  - summary: it lacks a summary of 15 to 60 words (it has 1)",
    ]
    assert "topic: 1" in lines


def test_an_unused_term_is_told_and_does_not_fail(town: kb.Source) -> None:
    kb.Topic.objects.create(code="tides", label="Tides", definition="What the moon does to the sea.")
    report, status, _ = run()
    assert status == 0
    assert "Worth a look: topic tides lacks a record that uses it\n" in report


def test_an_undefined_term_fails(town: kb.Source) -> None:
    kb.Topic.objects.create(code="tides", label="Tides")
    report, status, message = run()
    assert (status, message) == (1, "Falls short: defined terms.")
    assert "topic tides\n  - defined terms: it lacks a definition\n" in report


def test_with_a_text_citations_are_verified(town: kb.Source, text: Path) -> None:
    finding = factories.make_finding(citation=cite_town(town, "Stalls are let", section=2))
    finding.topics.add(kb.Topic.objects.get(code="language"))
    assert run()[1] == 0
    report, status, message = run("--text", f"{KEY}={text}")
    assert (status, message) == (1, "Falls short: citations.")
    assert f"{finding.ref} {finding}\n  - citations: it lacks the words cited from section 2 (Schools)" in report


def test_coverage_shows_what_was_read_and_what_was_left(town: kb.Source) -> None:
    town.sections.filter(position=1).update(paragraphs=4)
    report, status, message = run("--coverage")
    assert (status, message) == (1, "Falls short: coverage.")
    assert report.splitlines()[:7] == [
        f"{KEY}: 6 paragraphs, 3 cited, 1 noted only, 2 left",
        "  1. Markets: 4 paragraphs",
        "     cited: 1–2",
        "     left: 3–4",
        "  2. Schools: 2 paragraphs",
        "     cited: 1",
        "     noted: 2, figures only",
    ]


def test_coverage_of_one_source_leaves_out_the_others(town: kb.Source) -> None:
    factories.make_source(slug="village-report")
    report, _, _ = run("--coverage", KEY)
    assert f"{KEY}: 4 paragraphs" in report
    assert "village-report: 3 paragraphs" not in report
    assert "village-report: 3 paragraphs, 0 cited, 0 noted only, 3 left" in run("--coverage")[0]


def test_without_being_asked_it_shows_no_coverage(town: kb.Source) -> None:
    assert not re.search(r"\d paragraphs", run()[0])


def test_nothing_is_changed(town: kb.Source, text: Path) -> None:
    def rows() -> list[object]:
        return [list(model.objects.order_by("pk").values()) for model in (*kb.CURATED, kb.Citation, kb.Section)]

    before = rows(), kb.DataVersion.current().number
    run("--text", f"{KEY}={text}", "--coverage")
    assert (rows(), kb.DataVersion.current().number) == before


@pytest.mark.parametrize("command", ["check_content", "verify_citations"])
@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "Cannot read"),
        (b"", "is empty"),
        (b" \n---\n", "is empty"),
        (b"caf\xe9 cr\xe8me", "is not UTF-8 text"),
        (TEXT.encode("utf-16"), "is not UTF-8 text"),
        (b"# Something else\n\nA story of a ship that came home.\n", f"is not the text of {KEY}"),
    ],
    ids=["missing", "empty", "blank", "latin-1", "utf-16", "another text"],
)
def test_an_unusable_file_is_refused(
    town: kb.Source, tmp_path: Path, command: str, content: bytes | None, message: str
) -> None:
    path = tmp_path / "unusable.txt"
    if content is not None:
        path.write_bytes(content)
    report, status, error = run("--text", f"{KEY}={path}", command=command)
    assert (report, status) == ("", 2)
    assert message in error and str(path) in error and "\n" not in error


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--text", "unknown={text}"], "There is no source unknown. Known sources:"),
        (["--text", "{text}"], "--text takes KEY=PATH"),
        (["--text", "town-report={text}", "--text", "town-report={text}"], "--text gives town-report twice."),
        (["--coverage", "unknown"], "There is no source unknown. Known sources:"),
        (["--coverage", "town-report", "--text", "unknown={text}"], "There is no source unknown."),
    ],
    ids=["unknown", "no key", "twice", "unknown for coverage", "unknown beside a known one"],
)
def test_unusable_arguments_are_refused(town: kb.Source, text: Path, arguments: list[str], message: str) -> None:
    report, status, error = run(*(argument.format(text=text) for argument in arguments))
    assert (report, status) == ("", 2)
    assert message in error and "\n" not in error


def test_the_shell_sees_the_exit_status(tmp_path: Path) -> None:
    command = [sys.executable, "manage.py", "check_content", "--text", str(tmp_path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    assert len(result.stderr.splitlines()) == 1


def test_the_collection_passes_every_gate() -> None:
    report, status, message = run()
    assert status == 0, f"{message}\n{report}"


@pytest.mark.sources
@pytest.mark.parametrize("command", ["check_content", "verify_citations"])
def test_the_reports_bear_out_the_collection_within_ten_seconds(command: str) -> None:
    known = kb.Source.objects.filter(slug__in=FILES).values_list("slug", flat=True)
    arguments = [f"--text={key}={SOURCES / FILES[key]}" for key in known]
    started = time.process_time()
    report, status, message = run(*arguments, command=command)
    assert time.process_time() - started < 10
    assert status == 0, f"{message}\n{report}"
