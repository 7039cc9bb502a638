"""The review page of a draft or pending edit: what it says or changes, what it lacks, what supports it."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import flatten
from django.http import HttpRequest

from practices.admin.form.changeform import Lack, place_of
from practices.admin.review.pending import FormStanding
from practices.curation.changes import pending, review
from practices.curation.changes.comments import comments_on
from practices.curation.changes.history import record_history
from practices.curation.changes.record_text import PartFields, PartText, record_text
from practices.curation.changes.supporting import SupportingPassages, supporting_passages
from practices.curation.quality import Scope, issues
from practices.curation.quality.similar import similar_to
from practices.curation.roles import Act, Person, allowed, may, name_for
from practices.models import Curated


class ReviewPage:
    """What the review page of a draft or pending edit shows, and what its user may decide."""

    def __init__(self, model_admin: admin.ModelAdmin, request: HttpRequest, record: Curated, address: str) -> None:
        user, is_edit = request.user, record.draft_of_id is not None
        self.standing = FormStanding(user, record)
        self.author = review.author_of(record)
        naming = partial(name_for, user)
        self.parts = [] if is_edit else _parts(model_admin, request, record)
        self.differences = pending.differences_of(record, naming) if is_edit else []
        self.changed_meanwhile = pending.changes_since(record, naming) if is_edit else []
        self.history = [] if is_edit else record_history(record, naming)
        self.lacks = _lacks(record, address)
        self.similar = similar_to(allowed(user, Act.READ, type(record)._default_manager.all()), record)
        self.supporting = _readable(user, supporting_passages(record))
        self.comments = list(comments_on(record))
        self.needs_second_person = may(user, Act.PUBLISH, record) and not self.standing.may_publish
        self.may_review = may(user, Act.REVIEW, record)
        self.may_send = may(user, Act.SEND_FOR_REVIEW, record)
        self.may_edit = may(user, Act.EDIT, record)
        self.may_discard = is_edit and may(user, Act.DELETE, record)


def _readable(user: Person, supporting: SupportingPassages) -> SupportingPassages:
    """Leave out the passages of sources that a user may not read."""
    readable = [passage for passage in supporting.passages if may(user, Act.READ, passage.citation)]
    return replace(supporting, passages=readable)


def _parts(model_admin: admin.ModelAdmin, request: HttpRequest, record: Curated) -> list[PartText]:
    """Return all that a record says, in the order of its form."""
    return record_text(record, _form_parts(model_admin, request, record), partial(name_for, request.user))


def _flat(names: list[Any] | tuple[Any, ...]) -> list[str]:
    """Return the names of fields, those of one line among them, one after the other."""
    return [str(name) for name in flatten(names)]


def _form_parts(model_admin: admin.ModelAdmin, request: HttpRequest, record: Curated) -> Iterator[PartFields]:
    fieldsets = model_admin.get_fieldsets(request, record)
    headings = [str(heading) for heading, _options in fieldsets]
    inlines = model_admin.get_inline_instances(request, record)
    for number, (heading, options) in enumerate(fieldsets):
        yield PartFields(str(heading or ""), _flat(options["fields"]))
        for inline in (inline for inline in inlines if place_of(inline, headings) == number):
            yield PartFields(
                str(inline.verbose_name_plural),
                _flat(inline.get_fields(request, record)),
                inline.model,
            )


def _lacks(record: Curated, form: str) -> list[Lack]:
    """Return what a record needs before it may be public, each with the address of where its form has it."""
    lacks = issues(Scope(record), publishing=True)
    return [Lack(issue.missing, form + _anchor(record, gate.fields)) for gate, issue in lacks]


def _anchor(record: Curated, names: tuple[str, ...]) -> str:
    """Return the place in the form of the first of some fields or rows that the record has, "" where it has none."""
    fields: dict[str, Any] = {field.name: field for field in record._meta.get_fields()}
    name = next((name for name in names if name in fields), "")
    return (f"#{name}-group" if fields[name].one_to_many else f"#id_{name}") if name else ""
