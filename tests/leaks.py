"""Records that no reader may see, each text a canary, tied to public records in every way that the models allow."""

import re
from collections.abc import Callable
from typing import Any

from django.db import models

from practices import models as kb
from practices.exports import OF_PAGES, suffixed
from tests import factories
from tests.factories import Record

#: hidden records by the names of their models
LeakSet = dict[str, list[Any]]
CANARY = "qcanary"
HIDDEN = [kb.State.DRAFT, kb.State.IN_REVIEW, kb.State.CHANGES_REQUESTED, kb.State.ARCHIVED, "withdrawn"]
MAKE: dict[type[kb.Curated], Callable[..., Any]] = {
    kb.Practice: factories.make_practice,
    kb.Stakeholder: factories.make_stakeholder,
    kb.Finding: factories.make_finding,
    kb.Event: factories.make_event,
    kb.Source: factories.make_source,
    kb.Concept: factories.make_concept,
}


def hide(record: Record, state: str) -> Record:
    """Put a canary into every text of a record, and the record into a state that is not public."""
    mark = f"{CANARY}{record.pk}x{state.replace('_', '')}"
    texts: dict[str, object] = {}
    for field in record._meta.concrete_fields:
        if isinstance(field, models.JSONField):
            texts[field.name] = [{"text": mark, "lang": "en", "kind": "name"}]
        elif isinstance(field, models.CharField | models.TextField) and not field.choices:
            texts[field.name] = mark[: field.max_length or 99]
    for name in ("ref", "starts", "ends", "title_original_lang", "sort_key"):
        texts.pop(name, None)
    if state == "withdrawn":
        texts |= {"state": kb.State.ARCHIVED, "published_at": record.created}
    else:
        texts |= {"state": state, "published_at": None}
    type(record)._default_manager.filter(pk=record.pk).update(**texts)
    record.refresh_from_db()
    return record


def make_leak_set() -> LeakSet:
    """Return hidden records by model name, tied to public ones in every way."""
    practice, country = factories.make_practice(), kb.Country.objects.get(alpha2="PT")
    public = {"practice": practice, "finding": factories.make_finding(), "event": factories.make_event()}
    hidden = {model._meta.model_name or "": [hide(make(), state) for state in HIDDEN] for model, make in MAKE.items()}
    for number in range(len(HIDDEN)):
        one = {name: members[number] for name, members in hidden.items()}
        tie(public, one, country, number + 2)
    kb.Practice.objects.filter(pk=hidden["practice"][0].pk).update(draft_of=practice, slug=practice.slug)
    suggest_of(practice)
    factories.publish_all()
    return hidden


def suggest_of(record: kb.Curated) -> None:
    """Let readers suggest something of a public record: a canary in every text, in every state."""
    texts = ("title", "problem", "proposal", "present", "where", "credit", "answer")
    words = {name: f"{CANARY} {name}" for name in texts} | {"email": f"{CANARY}@example.org"}
    for state in kb.SuggestionState.values:
        factories.make_suggestion(record, **words, part="summary", state=state)


def tie(public: dict[str, Any], hidden: dict[str, Any], country: kb.Country, position: int) -> None:
    """Tie hidden records to public ones, so that a missing filter would show them."""
    practice, role = public["practice"], kb.StakeholderRole.objects.get(code="ngo")
    kb.Stakeholder.objects.filter(pk=hidden["stakeholder"].pk).update(country=country, role=role)
    kb.Involvement.objects.create(
        practice=practice, position=position, role=role, function="lead", stakeholder=hidden["stakeholder"]
    )
    kb.Relation.objects.create(practice=practice, position=position, other=hidden["practice"], kind="see-also")
    kb.Relation.objects.create(practice=hidden["practice"], position=position, other=practice, kind="part-of")
    cited = kb.Citation.objects.create(
        section=hidden["source"].sections.first(), paragraph=1, fingerprint="f" * 64, words=10
    )
    kb.Section.objects.filter(source=hidden["source"]).update(title=f"{CANARY} section")
    kb.PracticeCitation.objects.create(practice=practice, position=position, citation=cited)
    for record in (public["finding"], public["event"], hidden["finding"], hidden["concept"]):
        record.citations.add(cited)
    public["finding"].practices.add(hidden["practice"])
    hidden["finding"].practices.add(practice)
    hidden["finding"].countries.add(country)
    hidden["finding"].roles.add(role)
    hidden["finding"].dimensions.add(*kb.Dimension.objects.all())
    hidden["finding"].topics.add(*kb.Topic.objects.all())
    kb.Finding.objects.filter(pk=hidden["finding"].pk).update(parent=public["finding"])
    kb.Event.objects.filter(pk=hidden["event"].pk).update(country=country)
    kb.Source.objects.filter(state=kb.State.PUBLISHED, event=None).update(event=hidden["event"])
    for event in (public["event"], hidden["event"]):
        kb.Representation.objects.create(
            event=event, position=position, country=country, stakeholder=hidden["stakeholder"]
        )


def neighbours(leak_set: LeakSet) -> list[str]:
    """Return the addresses of the public records that the hidden ones are tied to."""
    practice = kb.Practice.objects.published().get(relations__other__in=leak_set["practice"][1:2])
    event = kb.Event.objects.published().get(representations__stakeholder=leak_set["stakeholder"][0])
    finding = kb.Finding.objects.published().get(children=leak_set["finding"][0])
    found = [record.get_absolute_url() for record in (practice, event, finding)]
    exports = [suffixed(url, suffix) for url in found for suffix in OF_PAGES]
    return [*found, *exports, suffixed(found[0], "csv"), "/countries/portugal/", "/roles/ngo/"]


TABLES = {model._meta.db_table for model in kb.CURATED}
USE = re.compile(r'(?:FROM|JOIN) "(\w+)"(?: ([A-Z]\w*))?')


def unfiltered(sql: str) -> list[str]:
    """Return the curated tables that a SELECT reads without looking at their state."""
    uses = [(table, alias) for table, alias in USE.findall(sql) if table in TABLES]
    aliases = [alias if alias and alias not in ("INNER", "LEFT", "WHERE", "ON") else table for table, alias in uses]
    return [alias for alias in aliases if f'"{alias}"."state"' not in sql and f'{alias}."state"' not in sql]
