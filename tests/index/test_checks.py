"""System checks of the schema: what is declared wrongly is said with the field, the file and what to write."""

from dataclasses import replace

import pytest
from django.core.management import call_command

from practices import models as kb
from practices.index import checks
from practices.index.checks import check_schema
from practices.index.schema import BY_NAME, FIELDS, Field


def messages(*changed: Field, without: str = "") -> dict[str, str]:
    """Return what is wrong by id where some lines are added or changed, or one is left out."""
    lines = {field.name: field for field in FIELDS if field.name != without} | {field.name: field for field in changed}
    return {str(message.id): f"{message.msg} {message.hint}" for message in check_schema(None, list(lines.values()))}


def test_what_is_declared_is_right() -> None:
    assert messages() == {}
    call_command("check", fail_level="WARNING")


def test_a_field_that_no_line_states_is_named_with_what_to_write() -> None:
    [text] = messages(without="evidence").values()
    assert text.startswith("Practice.evidence: is neither exported nor declared private.")
    assert 'practices/index/schema.py: add Field(name="evidence"' in text


@pytest.mark.parametrize(
    ("number", "line", "text"),
    [
        ("E002", Field(name="funding", label="Funding", columns=("funding",)), "the model has no such field"),
        ("E003", replace(BY_NAME["evidence"], label=" "), 'give Field(name="evidence") a label'),
        ("E004", replace(BY_NAME["summary"], parameter="summary"), "no search document holds its values"),
        ("E004", replace(BY_NAME["years"], parameter="year"), 'leave out parameter="year"'),
        ("E005", replace(BY_NAME["summary"], weight="z"), "write one of a, b, c"),  # type: ignore[arg-type]
        ("E006", replace(BY_NAME["evidence"], weight="c"), "no search document holds its words"),
        ("E007", replace(BY_NAME["evidence"], columns=()), 'give Field(name="evidence") columns'),
        ("E008", replace(BY_NAME["evidence"], parameter="kind"), "2 lines have this parameter"),
    ],
)
def test_a_wrong_line_is_named_with_what_to_write(number: str, line: Field, text: str) -> None:
    found = messages(line)
    assert text in found[f"practices.{number}"]
    assert "practices/index/schema.py" in found[f"practices.{number}"]


def test_a_vocabulary_that_no_line_filters_by_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kb.Kind, "parameter", "sort_of_thing")
    text = messages()["practices.E009"]
    assert "Kind: no filter has the parameter 'sort_of_thing'." in text
    assert "practices/models/vocabulary.py" in text


def test_what_documents_read_apart_is_what_the_schema_declares_so() -> None:
    assert {field.name for field in FIELDS if field.weight and field.kind == "special"} == checks.WORDS_READ_APART
    apart = {(field.row, field.facet_key) for field in FIELDS if field.parameter and field.kind == "special"}
    assert apart == checks.READ_APART
