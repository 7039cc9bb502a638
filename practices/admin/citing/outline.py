"""The sections of a new report, proposed from its text, to be corrected and saved. Nothing is written before that."""

from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from practices.admin.citing.source_text import page_context, source_of
from practices.curation.roles import Act, may
from practices.curation.sources import texts
from practices.curation.sources.sections import NewSection, SectionsThere, begin_sections
from practices.models import Source
from practices.provenance.fingerprints import words
from practices.provenance.outline import Heading, heading_at, lengths, opening_text, propose
from practices.provenance.paragraphs import Paragraph, paragraphs

#: so many headings are proposed at most, and may be sent
MOST = 400
#: a heading of more words is the report's text: its section is called in words of ours
LONGEST_TITLE = 7
JOINED, NO_HEADING = "joined", "none"
LEVELS = [(str(level), gettext_lazy("a section, level %d") % level) for level in range(1, 6)]
WHAT = [*LEVELS, (JOINED, gettext_lazy("goes on the heading above")), (NO_HEADING, gettext_lazy("no heading"))]


class HeadingForm(forms.Form):
    """One heading of the text: what it is, and what its section is called. `start` and `words` say where it stands."""

    start = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    words = forms.IntegerField(min_value=1, max_value=1000, widget=forms.HiddenInput)
    what = forms.ChoiceField(choices=WHAT, label=gettext_lazy("It is"))
    number = forms.CharField(max_length=20, required=False, label=gettext_lazy("Its own number"))
    title = forms.CharField(max_length=200, required=False, label=gettext_lazy("Title"))
    page = forms.IntegerField(min_value=1, max_value=9999, required=False, label=gettext_lazy("Page"))

    #: the words of the heading in the text, and how many paragraphs its section has, None where it has no section
    text: str = ""
    count: int | None = None

    @property
    def is_section(self) -> bool:
        """Whether a section begins with it."""
        return self["what"].value() not in (JOINED, NO_HEADING)

    @property
    def is_long(self) -> bool:
        """Whether the report's heading is too long to be a title of ours."""
        return len(words(self.text)) > LONGEST_TITLE

    def check_title(self) -> None:
        """Say what is wrong with the title of a section."""
        title = self.cleaned_data["title"]
        if not title:
            self.add_error("title", _("Give it a title."))
        elif (
            self.is_long
            and len(words(title)) > LONGEST_TITLE
            and words(title) == words(self.text)[-len(words(title)) :]
        ):
            self.add_error("title", _("More than seven words of the report: say it in words of your own."))


HeadingFormSet = forms.formset_factory(HeadingForm, extra=0, max_num=MOST, absolute_max=MOST)


def outline_view(request: HttpRequest, model_admin: admin.ModelAdmin, pk: int) -> HttpResponse:
    """Propose the sections of a source that has none; count them again as they are corrected; save them."""
    source = source_of(request, model_admin, pk)
    if not may(request.user, Act.EDIT, source):
        raise PermissionDenied
    text = texts.raw_text(source)
    if source.sections.exists() or text is None:
        reason = _("It has sections already.") if text else _("Load its text first.")
        model_admin.message_user(request, reason, messages.WARNING)
        return HttpResponseRedirect(reverse("admin:practices_source_paragraphs", args=[source.pk]))
    page = OutlinePage(source, text)
    formset, problem = page.answer(request)
    if formset is None:
        saved = source.sections.count()
        message = ngettext("%(n)d section saved.", "%(n)d sections saved.", saved) % {"n": saved}
        model_admin.message_user(request, message, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:practices_source_paragraphs", args=[source.pk]))
    context = {
        **page_context(request, model_admin, source),
        "title": _("Sections of %(source)s") % {"source": source},
        "formset": formset,
        "problem": problem,
        "missing": "" if not problem and "add" in request.POST else request.POST.get("missing", ""),
        "paragraphs": len(page.split),
        "is_redrawn": request.method == "POST",
    }
    return render(request, "admin/practices/source_text/outline.html", context)


class OutlinePage:
    """The page on which the sections of a text are corrected."""

    def __init__(self, source: Source, text: str) -> None:
        self.source, self.text = source, text
        self.split: list[Paragraph] = paragraphs(text)

    def answer(self, request: HttpRequest) -> tuple[forms.BaseFormSet | None, str]:
        """Return the formset to be shown and what is wrong besides its rows; no formset where all is saved."""
        if request.method != "POST":
            rows = [_row(heading) for heading in propose(self.text)[:MOST]]
            rows[0]["title"] = rows[0]["title"] or _("Front matter")
            return self._shown(rows), ""
        formset = HeadingFormSet(request.POST)
        if not formset.is_valid() or not self._are_places(formset):
            return self._counted(formset), _("Some of it cannot be: see below.")
        if "save" in request.POST:
            return self._saved(formset)
        rows = [form.cleaned_data for form in formset]
        problem = ""
        if "add" in request.POST:
            missing = heading_at(self.split, request.POST.get("missing", ""))
            starts = {row["start"] for row in rows}
            if missing is None or missing.start in starts:
                problem = _("No paragraph starts with these words.") if missing is None else _("It is there already.")
            else:
                rows.append(_row(missing))
        return self._shown(sorted(rows, key=lambda row: row["start"])), problem

    def _are_places(self, formset: forms.BaseFormSet) -> bool:
        """Whether the rows stand in the text, in its order; it may have been loaded anew."""
        starts = [form.cleaned_data.get("start", -1) for form in formset]
        return bool(starts) and starts == sorted(set(starts)) and 0 <= starts[-1] < len(self.split)

    def _shown(self, rows: list[dict[str, Any]]) -> forms.BaseFormSet:
        return self._counted(HeadingFormSet(initial=rows))

    def _counted(self, formset: forms.BaseFormSet) -> forms.BaseFormSet:
        """Return a formset whose rows know their words in the text, and how many paragraphs their sections have."""
        rows = {form: heading for form in formset if (heading := self._heading(form))}
        for form, heading in rows.items():
            form.text = heading.text
        sections = self._sections(list(rows))
        for form, count in zip(sections, lengths(list(sections.values()), self.split), strict=True):
            form.count = count
        return formset

    def _heading(self, form: HeadingForm) -> Heading | None:
        """Return the heading of a row, None where the row names no place of the text."""
        start, wanted = str(form["start"].value()), str(form["words"].value())
        if not (start.isdecimal() and wanted.isdecimal()) or not int(start) < len(self.split):
            return None
        paragraph = self.split[int(start)]
        size = min(int(wanted), len(paragraph.words))
        what = form["what"].value()
        return Heading(int(start), size, opening_text(paragraph, size), level=int(what) if str(what).isdecimal() else 1)

    def _sections(self, forms: list[HeadingForm]) -> dict[HeadingForm, Heading]:
        """Return the sections that rows begin, each with the words of the rows that go on its heading."""
        sections: dict[HeadingForm, Heading] = {}
        for form in forms:
            heading, what = self._heading(form), form["what"].value()
            if heading is None or what == NO_HEADING:
                continue
            if what == JOINED and sections:
                first = next(reversed(sections))
                between = self.split[sections[first].start : heading.start + 1]
                sections[first] = replace(sections[first], words=sum(len(section.words) for section in between))
            elif what != JOINED:
                sections[form] = heading
        return sections

    def _saved(self, formset: forms.BaseFormSet) -> tuple[forms.BaseFormSet | None, str]:
        """Save the sections; return the formset with what is wrong where they cannot be."""
        self._counted(formset)
        sections = self._sections(list(formset))
        for form in sections:
            form.check_title()
            if form.count is None:
                form.add_error("what", _("The same words stand alone before, and would be taken for this heading."))
        self._check_joined(formset)
        if not sections or any(form.errors for form in formset):
            return formset, _("Nothing is saved yet: see below.") if sections else _("A report has a section at least.")
        new = [
            NewSection(heading, *(form.cleaned_data[name] for name in ("number", "title", "page")))
            for form, heading in sections.items()
        ]
        try:
            begin_sections(self.source, new, self.split)
        except SectionsThere:
            return formset, _("Somebody else saved its sections meanwhile.")
        return None, ""

    def _check_joined(self, formset: forms.BaseFormSet) -> None:
        """A row goes on a heading only right after it."""
        before: HeadingForm | None = None
        for form in formset:
            what = form.cleaned_data["what"]
            follows = before and form.cleaned_data["start"] == before.cleaned_data["start"] + 1
            if what == JOINED and not follows:
                form.add_error("what", _("It does not stand right below a heading."))
            before = None if what == NO_HEADING else form


def _row(heading: Heading) -> dict[str, Any]:
    title = heading.title if len(words(heading.title)) <= LONGEST_TITLE else ""
    return {
        "start": heading.start,
        "words": heading.words,
        "what": str(min(heading.level, len(LEVELS))),
        "number": heading.number[:20],
        "title": title.capitalize() if title.isupper() else title[:200],
        "page": heading.page,
    }
