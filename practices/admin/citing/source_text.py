"""A source paragraph by paragraph: what is cited, noted as unused, or left; with its text beside, where it is loaded.

The text is shown only to those who may edit records, on pages that no cache keeps. Without it, the pages show numbers.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from practices.admin.citing.box import UserLink, depths, user_links
from practices.admin.citing.fields import CITE, passage_value, place_value
from practices.curation.roles import Act, Person, may
from practices.curation.sources import texts
from practices.curation.sources.sections import note_unused
from practices.curation.sources.texts import LoadedText, TextError
from practices.models import Citation, ParagraphNote, Section, Source
from practices.models.curated import ORIGINALS
from practices.provenance.citing import users_by_citation
from practices.provenance.coverage import Covered, coverage, ranges
from practices.provenance.sections import CitedPassage


class TextForm(forms.Form):
    """The file with the text of a source."""

    file = forms.FileField(
        label=gettext_lazy("Its text"),
        help_text=gettext_lazy(
            "A file of plain text (.txt, UTF-8), at most 10 MB. Only curators see it, and it is deleted after a day."
        ),
    )

    def clean_file(self) -> str:
        upload = self.cleaned_data["file"]
        try:
            if upload.size > texts.LARGEST:
                raise TextError(texts.too_large())
            return texts.decoded(upload.read())
        except TextError as error:
            raise forms.ValidationError(str(error)) from None


class NoteForm(forms.Form):
    """Why some paragraphs of a section are not used."""

    paragraph = forms.TypedMultipleChoiceField(
        coerce=int, error_messages={"required": gettext_lazy("Tick the paragraphs first.")}
    )
    reason = forms.CharField(max_length=200, label=gettext_lazy("Why the paragraphs that are ticked are not used"))

    def __init__(self, *args: Any, left: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["paragraph"]
        choice.choices = [(number, str(number)) for number in left]


@dataclass
class CitedPassageRow:
    """A cited passage of a paragraph, and the records that use it."""

    citation: Citation
    users: list[UserLink]


@dataclass
class ParagraphRow:
    """A paragraph: its text where it is loaded, what is cited, why it is not used; `begin` opens a form with it."""

    number: int
    begin: str
    text: str = ""
    passages: list[CitedPassageRow] = field(default_factory=list)
    note: ParagraphNote | None = None

    @property
    def is_left(self) -> bool:
        """Whether nobody has cited it or said why not."""
        return not self.passages and self.note is None


# All sections of a source


def paragraphs_view(request: HttpRequest, model_admin: admin.ModelAdmin, pk: int) -> HttpResponse:
    """Show how far each section of a source is used; load its text, or forget it."""
    source = source_of(request, model_admin, pk)
    sees_text = may(request.user, Act.EDIT)
    form = TextForm(request.POST, request.FILES) if "load" in request.POST else TextForm()
    if request.method == "POST":
        if not sees_text:
            raise PermissionDenied
        if "forget" in request.POST:
            texts.forget(source)
            return _back(request, model_admin, source, _("The text is deleted."))
        if form.is_bound and form.is_valid() and _is_loaded(form, source):
            return _back(request, model_admin, source, _("The text is loaded."))
    covered = coverage(source)
    levels = depths(paragraph.section for paragraph in covered)
    context = {
        **page_context(request, model_admin, source),
        "title": _("Paragraphs of %(source)s") % {"source": source},
        "form": form,
        "sees_text": sees_text,
        "hours": texts.hours_left(source) if sees_text else None,
        "sections": [(levels[paragraph.section.pk], paragraph, _reasons(paragraph)) for paragraph in covered],
        "totals": [sum(map(len, parts)) for parts in zip(*((c.cited, c.noted, c.left) for c in covered), strict=True)],
        "may_begin": not covered and may(request.user, Act.EDIT, source),
    }
    return render(request, "admin/practices/source_text/paragraphs.html", context)


def _is_loaded(form: TextForm, source: Source) -> bool:
    """Load a text; False, with the reason in the form, where it is not that of the source."""
    try:
        texts.load(source, form.cleaned_data["file"])
    except TextError as error:
        form.add_error("file", str(error))
        return False
    return True


def _reasons(covered: Covered) -> int:
    """Return how many paragraphs are noted and not cited."""
    return len(covered.noted.keys() - set(covered.cited))


# One section


def section_view(request: HttpRequest, model_admin: admin.ModelAdmin, pk: int, position: int) -> HttpResponse:
    """Show a section paragraph by paragraph; note why some are not used."""
    source = source_of(request, model_admin, pk)
    section = get_object_or_404(source.sections, position=position)
    section.source = source
    sees_text, may_note = may(request.user, Act.EDIT), may(request.user, Act.EDIT, source)
    loaded = texts.loaded_text(source) if sees_text else None
    rows = paragraph_rows(section, loaded, request.user)
    left = [row.number for row in rows if row.is_left]
    form = NoteForm(request.POST if "note" in request.POST else None, left=left)
    if form.is_bound:
        if not may_note:
            raise PermissionDenied
        if form.is_valid():
            noted = note_unused(section, form.cleaned_data["paragraph"], form.cleaned_data["reason"])
            message = ngettext("%(n)d paragraph noted.", "%(n)d paragraphs noted.", noted) % {"n": noted}
            model_admin.message_user(request, message)
            return HttpResponseRedirect(request.path)
    others = source.sections.exclude(pk=section.pk).order_by("position")
    context = {
        **page_context(request, model_admin, source),
        "title": f"{position} {section.numbered_title}",
        "section": section,
        "rows": rows,
        "left": ranges(left),
        "loaded": loaded is not None,
        "hours": texts.hours_left(source) if loaded else None,
        "ticked": request.POST.getlist("paragraph"),
        "form": form,
        "may_note": may_note,
        "reasons": ParagraphNote.objects.order_by("reason").values_list("reason", flat=True).distinct()[:50],
        "before": others.filter(position__lt=position).last(),
        "after": others.filter(position__gt=position).first(),
        "cite": CITE,
    }
    return render(request, "admin/practices/source_text/section.html", context)


def paragraph_rows(section: Section, loaded: LoadedText | None, reader: Person) -> list[ParagraphRow]:
    """Return the paragraphs of a section, in their order. Three queries, and those of `user_links`."""
    citations = Citation.objects.named().filter(section=section).order_by("paragraph", "pk")
    users = user_links(users_by_citation(Citation.objects.filter(section=section)), reader)
    cited: defaultdict[int, list[CitedPassageRow]] = defaultdict(list)
    for citation in citations:
        cited[citation.paragraph].append(CitedPassageRow(citation, users.get(citation.pk, [])))
    notes = {note.paragraph: note for note in section.paragraph_notes.all()}
    last = max([section.paragraphs, *cited, *notes])
    rows = []
    for number in range(1, last + 1):
        passage = loaded.first_passage(section, number) if loaded else None
        begin = _begin(section, number, passage, [row.citation for row in cited[number]])
        text = loaded.at(section, number) if loaded else ""
        rows.append(ParagraphRow(number, begin, text, cited[number], notes.get(number)))
    return rows


def _begin(section: Section, number: int, passage: CitedPassage | None, cited: list[Citation]) -> str:
    """Return what opens a form with a paragraph: its first sentence where the text is loaded, else its place."""
    if passage is None:
        return place_value(section, number)
    first = Citation(section=section, paragraph=number, fingerprint=passage.fingerprint, words=passage.words)
    same = (
        candidate for candidate in cited if (candidate.fingerprint, candidate.words) == (first.fingerprint, first.words)
    )
    return passage_value(next(same, first))


# What the pages share


def source_of(request: HttpRequest, model_admin: admin.ModelAdmin, pk: int) -> Source:
    """Return the source of a page, where the user may see it: else 404 or 403. Pending edits have no such pages."""
    source: Source = get_object_or_404(model_admin.get_queryset(request).filter(**ORIGINALS), pk=pk)
    if not model_admin.has_view_permission(request, source):
        raise PermissionDenied
    return source


def page_context(request: HttpRequest, model_admin: admin.ModelAdmin, source: Source) -> dict[str, Any]:
    """Return what every page of a source shows."""
    return {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "source": source,
        "media": model_admin.media,
    }


def _back(request: HttpRequest, model_admin: admin.ModelAdmin, source: Source, message: str) -> HttpResponse:
    model_admin.message_user(request, message)
    return HttpResponseRedirect(reverse("admin:practices_source_paragraphs", args=[source.pk]))
