"""What hangs on a record: the records that name it, which lose something when it is withdrawn or deleted."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from practices.curation.fixtures import FIXTURE_MODELS
from practices.models import Citation, Curated

ModelT = TypeVar("ModelT", bound=Model)


def dependants(records: Iterable[Model]) -> list[Model]:
    """Return the records that name any of these, each once; for a row, the record that owns it.

    What cites a section or source is what cites its passages. One query for each relation that leads to these records.
    """
    keys = by_model(records)
    others = [other for model, pks in keys.items() for other in _naming(model._default_manager.filter(pk__in=pks))]
    ours = {(model, pk) for model, pks in keys.items() for pk in pks}
    return list(dict.fromkeys(other for other in others if (type(other), other.pk) not in ours))


def by_model(records: Iterable[ModelT]) -> dict[type[ModelT], list[int]]:
    """Return the primary keys of records by their models."""
    keys: dict[type[ModelT], list[int]] = {}
    for record in records:
        keys.setdefault(type(record), []).append(record.pk)
    return keys


def public_dependants(records: Iterable[Model]) -> list[Curated]:
    """Return those of the dependants that readers see, and that have states of their own."""
    return [other for other in dependants(records) if isinstance(other, Curated) and other.is_published]


def _naming(records: QuerySet) -> Iterator[Model]:
    """Yield the records that name some records of a model, or the rows of these."""
    relations = (relation for relation in records.model._meta.related_objects if _is_record(relation.related_model))
    for relation in relations:
        if relation.field.name == "draft_of":
            continue  # a pending edit goes with its original
        model: type[Model] = relation.related_model
        naming = model._default_manager.filter(**{f"{relation.field.name}__in": records.values("pk")})
        owner = _owner(model)
        if owner == relation.field.name or model is Citation:
            yield from _naming(naming)
        elif owner:
            owners: Any = model._meta.get_field(owner).related_model
            yield from owners._default_manager.filter(pk__in=naming.values(owner))
        else:
            yield from naming.distinct()


def _is_record(model: type[Model]) -> bool:
    """Whether curators make records of this model, unlike those of the search index."""
    return model._meta.label_lower in FIXTURE_MODELS


def _owner(model: type[Model]) -> str:
    """Return the field of a row that leads to the record that owns it, "" for what is no row."""
    return FIXTURE_MODELS[model._meta.label_lower].owner
