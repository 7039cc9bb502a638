"""Terms of the vocabularies that say nothing: those without a definition, and those that no public record uses."""

from collections.abc import Iterator

from django.db.models import Model, Q, QuerySet

from practices.models import CURATED, PRACTICE_ROWS, VOCABULARIES, Curated, Term
from practices.querysets import PUBLISHED, is_published


def undefined_terms() -> Iterator[Term]:
    """Yield the terms without a definition in English, the language that others fall back on."""
    for vocabulary in VOCABULARIES:
        yield from (term for term in vocabulary.objects.all() if not term.definition.strip())


def unused_terms() -> Iterator[Term]:
    """Yield the terms that no public record has, and no narrower term of theirs either."""
    for vocabulary in VOCABULARIES:
        used = {pk for model in (*CURATED, *PRACTICE_ROWS) for pk in _uses(model, vocabulary)}
        terms = list(vocabulary.objects.all())
        broader = {term.parent_id for term in terms if term.pk in used}
        yield from (term for term in terms if term.pk not in used | broader)


def _uses(model: type[Model], vocabulary: type[Term]) -> Iterator[int | None]:
    """Yield the primary keys of the terms that the public rows of a model have."""
    for field in model._meta.get_fields():
        if field.related_model is vocabulary and not field.auto_created:
            yield from _public(model).values_list(field.name, flat=True).distinct()


def _public(model: type[Model]) -> QuerySet[Model]:
    public = Q(state=PUBLISHED) if issubclass(model, Curated) else is_published("practice")
    return model._default_manager.filter(public).order_by()
