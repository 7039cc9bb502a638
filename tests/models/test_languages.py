"""Codes of languages are those of a list, and what follows them has the shape of such codes."""

import json

import pytest
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError

from practices.models.languages import LANGUAGES, THREE_LETTERS, TWO_LETTERS, validate_language
from tests.conftest import ROOT


@pytest.mark.parametrize("code", ["en", "fil", "und", "zh-Hant", "pt-BR", "prs", "rhg", "sr-Latn-RS"])
def test_a_language_is_known_by_its_code(code: str) -> None:
    validate_language(code)


@pytest.mark.parametrize("code", ["", "xx", "xyz", "english", "EN", "e", "en_GB", "en-", "en; fr", "zz-Hant", None, 5])
def test_what_is_no_language_is_refused_with_what_to_write(code: object) -> None:
    with pytest.raises(ValidationError, match="is no language code"):
        validate_language(code)


def test_the_list_holds_iso_639_1_and_every_language_that_the_site_could_be_in() -> None:
    assert len(set(TWO_LETTERS.split())) == len(TWO_LETTERS.split()) == 183
    assert all(len(code) == 3 for code in THREE_LETTERS.split())
    assert {code.partition("-")[0] for code in LANG_INFO} <= LANGUAGES


def test_every_name_of_the_collection_is_in_a_language_of_the_list() -> None:
    for path in (ROOT / "fixtures").glob("*.json"):
        for record in json.loads(path.read_text(encoding="utf-8")):
            for name in record["fields"].get("other_names", []):
                assert not name["lang"] or name["lang"] in LANGUAGES, name
