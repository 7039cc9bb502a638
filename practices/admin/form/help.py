"""What stands with each field of a form for curators: a word of help, or a label that needs none."""

from django import forms
from django.contrib.admin.options import BaseModelAdmin
from django.contrib.admin.widgets import AdminTextareaWidget, RelatedFieldWidgetWrapper
from django.db import models
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from practices.admin.form.fields import ParagraphsField
from practices.curation.quality import SUMMARY_WORDS
from practices.index.schema import Label

YEAR_STATED = _("Only where the source says so; four digits.")
PASSAGES = _("The passages that say this. Leave it empty where the record's own citations do.")
#: by model and field, or by field for all models that have no word of their own
HELP: dict[str, Label] = {
    "slug": _("The last part of its address, in Latin letters; made of the name, and permanent once published."),
    "reviewed_on": _("The day on which somebody last read the whole record against its sources."),
    "other_names": _("One to a line: text | language | kind. Kinds: name, acronym, translation."),
    "citations": PASSAGES,
    "parent": _("The broader one, under which this stands; mostly none."),
    "url": _("Where readers find the full text, beginning with https://."),
    "definition": _("One or two plain sentences, in our own words."),
    "country": _("Type a name in any language, or a code: Türkiye, Turkey, TR."),
    "practice.title": _("With the actor or the place in it, so that it stands alone in a list."),
    "practice.title_original": _("As the source gives it, where that is not in English."),
    "practice.summary": _("One or two sentences: what it is, who runs it, for whom."),
    "practice.description": _("What the sources say beyond the summary, in our own words, without names of persons."),
    "practice.kind": _("What sort of thing it is."),
    "practice.level": _("The level at which it works. Regional and international ones need no country."),
    "practice.places": _("Cities or regions within its countries, where the source names them."),
    "practice.year_start": YEAR_STATED,
    "practice.year_end": YEAR_STATED,
    "practice.reported_status": _("What the source says of its state, when it was written."),
    "practice.status_year": _("The year whose state of affairs that is."),
    "practice.evidence": _("How much the sources know of what came of it."),
    "practice.dimensions": _("The sides of life in which it works, one or two."),
    "practice.topics": _("What it is about, one to four. Words that mean the same are known: employment finds Work."),
    "practice.target_groups": _("Whom it is for, where the source says so."),
    "practice.stages": _("The stages of migration that it serves."),
    "practice.partnership_types": _("What sort of partners work together, where several do."),
    "countrylink.role": _("What the country is to the practice."),
    "involvement.role": _("In what capacity it takes part; the broader role only where the source says no more."),
    "involvement.function": _("What the actor does in this practice."),
    "involvement.stakeholder": _("Empty where the source leaves the actor unnamed: then say who it is in the note."),
    "involvement.note": _("Who it is, where no stakeholder stands above; or what it does, in a few words."),
    "outcome.kind": _("Whether it is a result, a limit or a controversy."),
    "outcome.statement": _("One sentence, in our own words."),
    "outcome.value": _("The number alone, such as 150 or 1,000. That it is more or less goes into “how exact”."),
    "outcome.qualifier": _("As the source has it; needed where there is a figure."),
    "outcome.unit": _("What is counted, such as pupils a year."),
    "outcome.as_of": _("The year for which the figure is given."),
    "relation.other": _("What shares an actor or topic needs no relation: the site finds it."),
    "relation.kind": _("How this practice stands to the other."),
    "practicecitation.citation": _("The passage: type words of its section and the paragraph: consular 3."),
    "practicecitation.supports": _("Which part of the record the passage bears out."),
    "source.title": _("As on its title page."),
    "source.series": _("The series in which it came out, without the number."),
    "source.number": _("Its number in that series, such as 11."),
    "source.publisher": _("Who published it, as in a reference list."),
    "source.place": _("The city, as in a reference list."),
    "source.issn": _("Of the series: 1726-4049."),
    "source.isbn": _("Of this volume, with or without hyphens."),
    "source.rights": _("Who holds them, and what may be done: copied into reference lists."),
    "source.description": _("What it is and what it covers, in one or two sentences."),
    "source.event": _("The meeting that it reports."),
    "section.number": _("As printed, such as 2.1 or IV."),
    "section.title": _("As printed; over seven words, in our own words."),
    "section.page": _("The page on which it begins."),
    "section.paragraphs": _("How many paragraphs it has, without those of the sections below it; 0 where not counted."),
    "stakeholder.name": _("Its name in English, with the country where others have the same."),
    "stakeholder.role": _("The capacity in which it usually acts; in a practice it may be another."),
    "stakeholder.country": _("Where it is at home; empty for international organisations."),
    "stakeholder.description": _("One sentence: what it is, and of which country."),
    "event.name": _("As it was announced, in English."),
    "event.starts": _("A year, a month or a day: 2006, 2006-07, 2006-07-12."),
    "event.ends": _("The same; empty where it lasted one day or nobody knows."),
    "event.city": _("In English."),
    "event.description": _("What was discussed, in one or two sentences."),
    "event.oddities": _("Where sources differ about the meeting, and what was taken."),
    "session.title": _("As in the programme."),
    "representation.session": _("Save new sessions first; empty where it took part in the whole meeting."),
    "representation.stakeholder": _("The organisation; or leave it empty and give the country."),
    "representation.country": _("The country that took part; empty where an organisation did."),
    "representation.part": _("What it did there."),
    "finding.title": _("The claim in a few words."),
    "finding.kind": _("What sort of conclusion it is."),
    "finding.position": _("Its place among the findings: lower numbers stand first."),
    "finding.practices": _("Practices in which it can be seen."),
    "finding.dimensions": _("The sides of life that it speaks of."),
    "finding.roles": _("The stakeholders that it speaks of, by their roles."),
    "finding.topics": _("What it is about."),
    "finding.target_groups": _("Whom it speaks of."),
    "finding.countries": _("Only where it speaks of certain countries."),
    "concept.term": _("The acronym or notion as the reports use it."),
    "concept.kind": _("An acronym or a notion."),
}
#: labels that say by themselves what to write
PLAIN = frozenset({"source.subtitle", "source.year", "source.pages"})


class HelpMixin(BaseModelAdmin):
    """Gives the fields of a model admin, or of its rows, their kind and words of help; leaves out red crosses."""

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: object
    ) -> forms.Field | None:
        if isinstance(db_field, models.TextField):
            kwargs.setdefault("form_class", ParagraphsField)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        return with_help(field, self.model, db_field.name) if field is not None else None


def with_help(field: forms.Field, model: type[Model], name: str) -> forms.Field:
    """Return a form field with its word of help; from beside what is chosen the way to delete that is taken out."""
    own = f"{model._meta.model_name}.{name}"
    if own in HELP or not field.help_text:
        field.help_text = HELP.get(own, HELP.get(name, ""))  # type: ignore[assignment]
    if isinstance(field.widget, RelatedFieldWidgetWrapper):
        field.widget.can_delete_related = False
    if name == "summary":
        field.widget.attrs |= {"data-words": f"{SUMMARY_WORDS[0]}-{SUMMARY_WORDS[-1]}"}
    if isinstance(field.widget, AdminTextareaWidget):
        field.widget.attrs["rows"] = 4
    return field
