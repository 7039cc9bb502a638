"""System checks of what `schema.FIELDS` declares: `manage.py check` says what a line lacks, and what to write.

https://docs.djangoproject.com/en/5.2/topics/checks/
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from django.core.checks import CheckMessage, Error

from practices.index.schema import BOOKKEEPING, FIELDS, WEIGHTS, Field
from practices.models import VOCABULARIES, Practice, Term

WHERE = "practices/index/schema.py"
#: what is no fact of a practice: its history, and relations that Django makes for itself
NOT_STATED = ("history", "+")
#: the filters whose values a document reads by a reader of its own, by (relation, key)
READ_APART = {
    ("country_links", "country"),
    ("country_links", "role"),
    ("involvements", "role"),
    ("involvements", "function"),
    ("involvements", "stakeholder"),
    ("", "sources"),
}
#: the fields whose words a document reads by a reader of its own
WORDS_READ_APART = {"name", "country", "place", "role", "actor", "outcome", "finding"}


def check_schema(app_configs: object, fields: list[Field] | None = None, **kwargs: object) -> list[CheckMessage]:
    """Return what is wrong with the declarations, each with the field, the file and what to write."""
    fields = FIELDS if fields is None else fields
    checks = (unstated, unknown, unnamed, unindexed, unsearchable, unexported, repeated, unfiltered_vocabularies)
    return [message for check in checks for message in check(fields)]


def _error(number: int, field: str, text: str, hint: str) -> CheckMessage:
    return Error(f"Practice.{field}: {text}", hint=f"{WHERE}: {hint}", id=f"practices.E{number:03}")


def unstated(fields: Iterable[Field]) -> Iterator[CheckMessage]:
    """Yield the fields of the model that no line states."""
    stated = {name for field in fields for name in field.fields} | BOOKKEEPING.keys()
    for model_field in Practice._meta.get_fields():
        name = getattr(model_field, "related_name", None) if model_field.auto_created else model_field.name
        name = name or model_field.name
        if name not in stated and not str(name).startswith(NOT_STATED):
            hint = f'add Field(name="{name}", label=…, columns=("{name}",)) to FIELDS, or "{name}" to BOOKKEEPING.'
            yield _error(1, str(name), "is neither exported nor declared private.", hint)


def unknown(fields: Iterable[Field]) -> Iterator[CheckMessage]:
    """Yield the lines that state a field which the model does not have."""
    names = {name for field in Practice._meta.get_fields() for name in (field.name, getattr(field, "related_name", ""))}
    for field in fields:
        for name in field.fields:
            if name not in names:
                hint = f'correct `covers` or the name of Field(name="{field.name}"), or add the field to the model.'
                yield _error(2, name, "is declared, and the model has no such field.", hint)


def unnamed(fields: Iterable[Field]) -> Iterator[CheckMessage]:
    """Yield the lines without a label, which filters and passages show."""
    for field in fields:
        if not str(field.label).strip():
            yield _error(3, field.name, "has no label.", f'give Field(name="{field.name}") a label=_("…").')


def unindexed(fields: Iterable[Field]) -> Iterator[CheckMessage]:
    """Yield the filters whose values no document holds: they would find nothing."""
    for field in fields:
        apart = (field.row, field.facet_key) in READ_APART
        if field.parameter and not apart and field.kind not in ("terms", "term", "choice"):
            hint = f'leave out parameter="{field.parameter}", or write its codes in practices/index/documents.py.'
            yield _error(4, field.name, "is filtered by, and no search document holds its values.", hint)


def unsearchable(fields: Iterable[Field]) -> Iterator[CheckMessage]:
    """Yield the lines with a weight that is none, or words that no document reads."""
    for field in fields:
        if field.weight and field.weight not in WEIGHTS:
            yield _error(5, field.name, f"has the weight {field.weight!r}.", f"write one of {', '.join(WEIGHTS)}.")
        if field.weight and field.name not in WORDS_READ_APART and field.kind not in ("terms", "term", "text"):
            hint = "leave out `weight`, or read its words in practices/index/documents.py."
            yield _error(6, field.name, "is searched, and no search document holds its words.", hint)


def unexported(fields: Iterable[Field]) -> Iterator[CheckMessage]:
    """Yield the lines that name no column and no reason."""
    for field in fields:
        if not field.columns and not field.private:
            hint = f'give Field(name="{field.name}") columns=("…",), or private="…" with the reason.'
            yield _error(7, field.name, "is neither exported nor declared private.", hint)


def repeated(fields: Iterable[Field]) -> Iterator[CheckMessage]:
    """Yield the names and parameters that stand twice."""
    for what in ("name", "parameter"):
        for value, number in Counter(getattr(field, what) for field in fields).items():
            if value and number > 1:
                yield _error(8, value, f"{number} lines have this {what}.", f"give each line a {what} of its own.")


def unfiltered_vocabularies(fields: Iterable[Field]) -> Iterator[CheckMessage]:
    """Yield the vocabularies whose terms lead to a filter that does not exist."""
    filters = {field.parameter: field.vocabulary for field in fields if field.parameter}
    for model in VOCABULARIES:
        if model.parameter and filters.get(model.parameter) is not model:
            yield _vocabulary_error(model)


def _vocabulary_error(model: type[Term]) -> CheckMessage:
    hint = (
        f'{WHERE}: add a line with parameter="{model.parameter}", or leave `parameter` of {model.__name__} empty in '
        "practices/models/vocabulary.py."
    )
    return Error(f"{model.__name__}: no filter has the parameter {model.parameter!r}.", hint=hint, id="practices.E009")
