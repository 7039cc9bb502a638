"""Search by meaning reorders what matches in part, adds what is close, changes no count. The model is stood in for."""

from collections.abc import Callable, Iterable

import pytest
from pyroaring import BitMap

from practices import catalog
from practices import models as kb
from practices.catalog.snapshot import Snapshot
from practices.index import embeddings, writer
from practices.index.documents import Document, documents
from tests import factories
from tests.search.asking import results, slugs

pytestmark = pytest.mark.django_db


class Stand:
    """Says how close some practices are to any query."""

    def __init__(self, closeness: dict[str, float]) -> None:
        keys = dict(kb.Practice.objects.values_list("slug", "pk"))
        self.cosines = {keys[slug]: cosine for slug, cosine in closeness.items()}

    def closeness(self, query: str) -> dict[int, float]:
        return self.cosines


@pytest.fixture
def close(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return what sets how close practices are, in a collection that has not been looked at yet."""

    def set_closeness(**cosines: float) -> None:
        meanings = Stand({slug.replace("_", "-"): cosine for slug, cosine in cosines.items()})
        monkeypatch.setattr(Snapshot, "embeddings", meanings)
        monkeypatch.setattr(catalog, "_latest", None)

    return set_closeness


def make(slug: str, title: str) -> kb.Practice:
    return factories.make_practice(slug=slug, title=title)


def test_counts_and_sets_are_the_same_with_and_without_it(close: Callable[..., None]) -> None:
    make("both", "Zorble quixwhist")
    make("half", "Zorble")
    make("other", "Brimstack")
    before = results("zorble quixwhist")
    counts = {facet.name: facet.counts for facet in before.facets}
    close(both=0.7, half=0.95, other=0.99)
    after = results("zorble quixwhist")
    assert (after.count, after.full) == (before.count, before.full)
    assert after.practices == before.practices
    assert {facet.name: facet.counts for facet in after.facets} == counts


def test_what_matches_every_word_stays_first_and_the_rest_is_reordered(close: Callable[..., None]) -> None:
    make("both", "Zorble quixwhist")
    make("short", "Zorble")
    make("longer", "Zorble in a longer title")
    assert slugs(results("zorble quixwhist").ordered(0, 3)) == ["both", "short", "longer"]
    close(both=0.1, short=0.7, longer=0.95)
    found = results("zorble quixwhist")
    assert slugs(found.ordered(0, 3)) == ["both", "longer", "short"]
    assert slugs(found.ordered(0, 2)) + slugs(found.ordered(2, 3)) == ["both", "longer", "short"]


def test_what_is_close_is_added_under_the_filters_and_not_what_is_far(close: Callable[..., None]) -> None:
    make("found", "Zorble")
    make("near", "Brimstack")
    make("far", "Flump")
    close(found=0.9, near=embeddings.NEAR, far=embeddings.NEAR - 0.01)
    assert [hit.card.practice.slug for hit in results("zorble").similar] == ["near"]
    assert results("zorble", country="KR").similar == []
    assert results("").similar == []


def test_who_searches_for_exact_words_gets_nothing_but_them(close: Callable[..., None]) -> None:
    make("found", "Zorble")
    make("near", "Brimstack")
    close(found=0.9, near=0.99)
    assert results('"zorble"').similar == []


def test_no_more_than_so_many_are_added() -> None:
    cosines = dict.fromkeys(range(1, 50), 0.9)
    assert embeddings.close(cosines, BitMap(range(1, 50))) == list(range(1, embeddings.SIMILAR_SHOWN + 1))


def test_equally_close_practices_keep_their_order() -> None:
    assert embeddings.reordered([3, 1, 2], {3: 1.0, 1: 1.0, 2: 1.0}, {}) == [3, 1, 2]


def test_a_vector_is_made_anew_when_names_or_summary_change_and_not_for_the_rest() -> None:
    practice = make("vector", "Zorble")
    before = embeddings.made_of(next(documents([practice.pk])))
    kb.Practice.objects.filter(pk=practice.pk).update(description="Something else.")
    assert embeddings.made_of(next(documents([practice.pk]))) == before
    kb.Practice.objects.filter(pk=practice.pk).update(summary="Something else.")
    assert embeddings.made_of(next(documents([practice.pk]))) != before


def test_text_is_made_fit_for_the_model() -> None:
    assert embeddings.clean("a\0b\ud800  c\n") == "a b c"


def test_the_index_asks_for_vectors_only_where_they_can_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    practice, asked = make("vector", "Zorble"), list[int]()

    def write(made: Iterable[Document]) -> int:
        asked.extend(document.practice for document in made)
        return len(asked)

    monkeypatch.setattr(embeddings, "write", write)
    monkeypatch.setattr(embeddings, "available", lambda: False)
    assert writer.update([practice.pk]).vectors == 0
    monkeypatch.setattr(embeddings, "available", lambda: True)
    assert writer.update([practice.pk]).vectors == 1
    assert asked == [practice.pk]
