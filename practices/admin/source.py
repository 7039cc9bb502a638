"""Sources, sections and citations in the admin. The words of a passage are hashed and forgotten."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.options import InlineModelAdmin
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from practices.admin.access.rights import ReadableFilter
from practices.admin.citing.box import cite_view
from practices.admin.citing.forms import CitingForm
from practices.admin.citing.outline import outline_view
from practices.admin.citing.source_text import paragraphs_view, section_view
from practices.admin.curated import CuratedAdmin
from practices.admin.form.rows import RowInline
from practices.admin.history import AlwaysPublicAdmin
from practices.curation.changes.pending import original_row
from practices.curation.sources.passages import LookedUp, look_up
from practices.models import Citation, ParagraphNote, Section, Source
from practices.provenance.fingerprints import words

#: the number of a paragraph, as far as the database can hold one
NUMBER = re.compile(r"\d{1,4}", re.ASCII)


class SectionForm(CitingForm):
    """Refuses a number of paragraphs that leaves out one which is cited."""

    def clean_paragraphs(self) -> int:
        number: int = self.cleaned_data["paragraphs"]
        if number and self.instance.pk and "paragraphs" in self.changed_data:
            last = original_row(self.instance).last_named_paragraph()
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
    change_form_template = "admin/practices/source_text/change_form.html"
    fieldsets = (
        (None, {"fields": ["title", "subtitle", "slug", "series", "number", "publisher", "place", "year"]}),
        (_("Details"), {"fields": ["reported_year", "issn", "isbn", "pages", "url", "languages", "rights"]}),
        (_("About it"), {"fields": ["description", "event"]}),
        CuratedAdmin.bookkeeping,
    )

    def get_urls(self) -> list[URLPattern]:
        pages: dict[str, tuple[Callable[..., HttpResponse], str]] = {
            "<int:pk>/paragraphs/": (paragraphs_view, "practices_source_paragraphs"),
            "<int:pk>/paragraphs/<int:position>/": (section_view, "practices_source_section"),
            "<int:pk>/outline/": (outline_view, "practices_source_outline"),
        }
        ours = [
            path(route, self.admin_site.admin_view(view), {"model_admin": self}, name=name)
            for route, (view, name) in pages.items()
        ]
        return [*ours, *super().get_urls()]

    def get_inline_instances(self, request: HttpRequest, obj: Model | None = None) -> list[InlineModelAdmin]:
        """Leave out the links to the forms of sections in a pending edit, which have none of their own."""
        inlines = super().get_inline_instances(request, obj)
        for inline in inlines:
            inline.show_change_link = inline.show_change_link and not (isinstance(obj, Source) and obj.draft_of_id)
        return inlines


@admin.register(Section)
class SectionAdmin(AlwaysPublicAdmin):
    """One section."""

    form = SectionForm
    list_display = ("title", "number", "source", "position", "paragraphs", "page")
    list_filter = (("source", ReadableFilter),)
    list_select_related = ("source",)
    search_fields = ("title", "number", "source__title", "source__slug")
    autocomplete_fields = ("source", "parent")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Section]:
        return super().get_queryset(request).select_related("source")  # after which a section is called


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

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        text = cleaned.get("passage", "")
        if words(text) or not self.instance.fingerprint:
            self._clean_passage(cleaned.get("section"), cleaned.get("paragraph"), text)
        elif self._is_there(cleaned):
            self.add_error(None, _("This passage is there already: cite that one."))
        return cleaned

    def _clean_passage(self, section: Section | None, paragraph: int | None, text: str) -> None:
        """Take the fingerprint of the words, or say why they cannot be cited so."""
        if section is None or paragraph is None:
            return
        try:
            answer = look_up(section, paragraph, text, besides=self.instance.pk)
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                self.add_error("passage" if name == "text" else name, messages)
            return
        if not answer.is_new:
            self.add_error(None, there_already(answer))
        self.instance.fingerprint, self.instance.words = answer.citation.fingerprint, answer.citation.words

    def _is_there(self, cleaned: dict[str, object]) -> bool:
        """Whether the passage that is moved stands there; Django cannot tell, as its fingerprint is no field of it."""
        place = {name: cleaned.get(name) for name in ("section", "paragraph")}
        passage = {"fingerprint": self.instance.fingerprint, "words": self.instance.words}
        others = Citation.objects.filter(**place, **passage).exclude(pk=self.instance.pk)
        return None not in place.values() and others.exists()


def there_already(answer: LookedUp) -> SafeString:
    """Return what is said of a passage that is cited already: by which name, and by whom."""
    url = reverse("admin:practices_citation_change", args=[answer.citation.pk])
    users = ", ".join(dict.fromkeys(user.ref for user in answer.users)) or gettext("no record")
    text = gettext('This passage is there already: <a href="{url}">{citation}</a>, cited by {users}. Cite that one.')
    return format_html(text, url=url, citation=answer.citation, users=users)


@admin.register(Citation)
class CitationAdmin(AlwaysPublicAdmin):
    """One passage."""

    form = CitationForm
    change_list_template = "admin/practices/cite/list.html"
    list_display = ("section", "paragraph", "source", "words")
    list_filter = (("section__source", ReadableFilter),)
    search_fields = ("section__title", "section__number", "section__source__title", "section__source__slug")
    search_help_text = _("Words of the source and the section, then the number of the paragraph: consular 3")
    autocomplete_fields = ("section",)
    readonly_fields = ("fingerprint", "words")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Citation]:
        citations: Any = super().get_queryset(request)
        named: QuerySet[Citation] = citations.named()
        return named

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.cite_view)
        return [path("cite/", view, name="practices_citation_cite"), *super().get_urls()]

    def cite_view(self, request: HttpRequest) -> HttpResponse:
        """Show and answer the cite box."""
        return cite_view(request, self)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Citation], search_term: str
    ) -> tuple[QuerySet[Citation], bool]:
        """Take a number at the end as that of the paragraph, unless it is part of the source's slug, as in idm-2010."""
        words, _space, last = search_term.strip().rpartition(" ")
        if not NUMBER.fullmatch(last):
            return super().get_search_results(request, queryset, search_term)
        passages, duplicates = super().get_search_results(request, queryset, words)
        of_source = Q(section__source__slug__startswith=f"{last}-") | Q(section__source__slug__endswith=f"-{last}")
        return passages.filter(Q(paragraph=int(last)) | of_source), duplicates

    @admin.display(ordering="section__source__sort_key", description=_("source"))
    def source(self, citation: Citation) -> Source:
        """Return the report that the passage is in."""
        return citation.section.source


@admin.register(ParagraphNote)
class ParagraphNoteAdmin(AlwaysPublicAdmin):
    """Why a paragraph was not used."""

    list_display = ("section", "paragraph", "reason")
    list_filter = (("section__source", ReadableFilter),)
    list_select_related = ("section__source",)
    search_fields = ("section__title", "reason")
    autocomplete_fields = ("section",)
