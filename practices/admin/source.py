"""Sources, sections and citations in the admin. The words of a passage are hashed and forgotten."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from practices.admin.curated import CuratedAdmin, RowInline
from practices.admin.history import AlwaysPublicAdmin
from practices.models import Citation, ParagraphNote, Section, Source
from practices.provenance.fingerprints import WINDOW, fingerprint, words
from practices.provenance.paragraphs import SENTENCE_END


class SectionForm(forms.ModelForm):
    """Refuses a number of paragraphs that leaves out one which is cited."""

    def clean_paragraphs(self) -> int:
        number: int = self.cleaned_data["paragraphs"]
        if number and self.instance.pk and "paragraphs" in self.changed_data:
            last = self.instance.last_named_paragraph()
            if last > number:
                message = _("A citation or a note names paragraph %(last)s of this section.")
                raise forms.ValidationError(message, params={"last": last})
        return number


class SectionInline(RowInline):
    """The sections of a source, in the order of its text."""

    model = Section
    form = SectionForm
    fields = ("number", "title", "page", "paragraphs")
    show_change_link = True


@admin.register(Source)
class SourceAdmin(CuratedAdmin):
    """One report."""

    list_display = ("title", "state", "year", "publisher", "modified")
    search_fields = ("title", "ref", "slug", "series", "publisher")
    autocomplete_fields = ("event",)
    inlines = (SectionInline,)
    fieldsets = (
        (None, {"fields": ["title", "subtitle", "slug", "series", "number", "publisher", "place", "year"]}),
        (_("Details"), {"fields": ["reported_year", "issn", "isbn", "pages", "url", "languages", "rights"]}),
        (_("About it"), {"fields": ["description", "event"]}),
        CuratedAdmin.bookkeeping,
    )


@admin.register(Section)
class SectionAdmin(AlwaysPublicAdmin):
    """One section."""

    form = SectionForm
    list_display = ("title", "number", "source", "position", "paragraphs", "page")
    list_filter = ("source",)
    list_select_related = ("source",)
    search_fields = ("title", "number", "source__title")
    autocomplete_fields = ("source", "parent")


#: a passage of fewer words is a sentence of its own, or could stand anywhere
FEWEST_WORDS = 3


class CitationForm(forms.ModelForm):
    """Asks for the first words of the cited sentence, keeps their fingerprint only."""

    passage = forms.CharField(
        label=_("First words of the cited sentence"),
        help_text=_("Ten words, or the whole sentence where it is shorter. They are turned into a fingerprint."),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
    )

    class Meta:
        model = Citation
        fields = ("section", "paragraph")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if passage := words(text := cleaned.get("passage", "")):
            if len(passage) < FEWEST_WORDS and not SENTENCE_END.search(text.strip()):
                self.add_error("passage", _("Give three words or more, or the whole sentence with its full stop."))
            self.instance.fingerprint = fingerprint(passage)
            self.instance.words = min(len(passage), WINDOW)
        elif not self.instance.fingerprint:
            self.add_error("passage", _("Give the words at which the cited sentence starts."))
        if self._is_there(cleaned):
            self.add_error(None, _("This passage is there already: cite that one."))
        return cleaned

    def _is_there(self, cleaned: dict[str, Any]) -> bool:
        """Whether the same passage is cited already; Django cannot tell, as its fingerprint is no field of the form."""
        place = {name: cleaned.get(name) for name in ("section", "paragraph")}
        passage = {"fingerprint": self.instance.fingerprint, "words": self.instance.words}
        others = Citation.objects.filter(**place, **passage).exclude(pk=self.instance.pk)
        return None not in place.values() and others.exists()


@admin.register(Citation)
class CitationAdmin(AlwaysPublicAdmin):
    """One passage."""

    form = CitationForm
    list_display = ("section", "paragraph", "source", "words")
    list_filter = ("section__source",)
    search_fields = ("section__title", "section__number", "section__source__title", "=paragraph", "fingerprint")
    autocomplete_fields = ("section",)
    readonly_fields = ("fingerprint", "words")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Citation]:
        return super().get_queryset(request).select_related("section__source")  # after which a citation is called

    @admin.display(ordering="section__source__sort_key", description=_("source"))
    def source(self, citation: Citation) -> Source:
        """Return the report that the passage is in."""
        return citation.section.source


@admin.register(ParagraphNote)
class ParagraphNoteAdmin(AlwaysPublicAdmin):
    """Why a paragraph was not used."""

    list_display = ("section", "paragraph", "reason")
    list_filter = ("section__source",)
    list_select_related = ("section",)
    search_fields = ("section__title", "reason")
    autocomplete_fields = ("section",)
