"""The cite box as a page of its own, and as the part of it that `js/admin/cite.js` shows in a dialog.

source → section → paragraph → first words; it answers whether the passage is new, cited already and by whom, or why it
cannot be cited so. Nothing is written but by "Cite it". What is typed goes by POST only: words stand in no address.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from practices.admin.citing.fields import CITE, passage_value, readable_sources
from practices.curation.roles import Act, Person, allowed, may
from practices.curation.sources.passages import LookedUp, look_up, saved
from practices.curation.sources.texts import LoadedText, hours_left, loaded_text
from practices.models import Citation, Curated, Section, Source, State
from practices.provenance.citing import CITING, CitingUser

#: the kinds of record that cite, by the name of the model
CITING_KINDS = {str(model._meta.model_name): model for model in CITING}


class SourceChoice(forms.ModelChoiceField):
    """The sources, the latest first."""

    def label_from_instance(self, source: Source) -> str:
        return f"{source.short_name}: {source.title}"


class SectionChoice(forms.ModelChoiceField):
    """The sections of a source as its table of contents."""

    def label_from_instance(self, section: Section) -> str:
        indent = "\N{EN SPACE}" * 2 * self.depths.get(section.pk, 0)  # type: ignore[attr-defined]
        return f"{indent}{section.position} {section.numbered_title} ({section.paragraphs})"


class CiteBoxForm(forms.Form):
    """Where a passage stands and how it starts."""

    source = SourceChoice(Source.objects.none(), label=gettext_lazy("Source"))
    section = SectionChoice(Section.objects.none(), required=False, label=gettext_lazy("Section"))
    paragraph = forms.IntegerField(
        min_value=1, max_value=32767, required=False, label=gettext_lazy("Paragraph, its number within the section")
    )
    text = forms.CharField(
        required=False,
        label=gettext_lazy("First words of the sentence"),
        help_text=gettext_lazy(
            "Ten words, or the whole sentence where it is shorter. They are turned into a fingerprint."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, source: Source | None, sources: QuerySet[Source], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].queryset = sources.order_by("-year", "sort_key")  # type: ignore[attr-defined]
        choice: Any = self.fields["section"]
        sections = Section.objects.filter(source=source).order_by("position")
        choice.queryset, choice.depths = sections, depths(sections)
        choice.help_text = "" if source else _("Choose the source first.")


def depths(sections: Iterable[Section]) -> dict[int, int]:
    """Return how deep each section of one source stands, given in the order of its text; 0 at the top."""
    depth: dict[int, int] = {}
    for section in sections:
        depth[section.pk] = depth.get(section.parent_id or 0, -1) + 1
    return depth


class UserLink(NamedTuple):
    """A record that cites a passage, as the admin shows it; of one that the user may not read, its ref without link."""

    label: str
    url: str
    is_public: bool


def user_links(citing: Mapping[int, Iterable[CitingUser]], reader: Person) -> dict[int, list[UserLink]]:
    """Return the links to the records that cite some passages, by the key of the passage.

    A query for each kind of which some are not public.
    """
    hidden = {user for users in citing.values() for user in users if user.state != State.PUBLISHED}
    for model in {CITING_KINDS[user.kind] for user in hidden}:
        keys = [user.pk for user in hidden if user.kind == model._meta.model_name]
        readable = set(allowed(reader, Act.READ, model.objects.filter(pk__in=keys)).values_list("pk", flat=True))
        hidden -= {user for user in hidden if user.kind == model._meta.model_name and user.pk in readable}
    return {key: [_user_link(user, user in hidden) for user in users] for key, users in citing.items()}


def _user_link(user: CitingUser, is_hidden: bool) -> UserLink:
    if is_hidden:
        return UserLink(user.ref, "", False)
    url = reverse(f"admin:practices_{user.kind}_change", args=[user.pk])
    return UserLink(f"{user.ref} {user.name}", url, user.state == State.PUBLISHED)


def cite_view(request: HttpRequest, model_admin: admin.ModelAdmin) -> HttpResponse:
    """LookedUp the cite box: a page, or its inside for a dialog."""
    if not may(request.user, Act.READ):
        raise PermissionDenied
    may_add = may(request.user, Act.ADD)
    sources = readable_sources(request.user)
    source = _chosen_source(request, sources)
    loaded = loaded_text(source) if source and may(request.user, Act.EDIT) else None
    form = CiteBoxForm(_asked(request), source=source, sources=sources, initial=_initial(request, source))
    answer = _answer(form, loaded) if form.is_bound else None
    if answer and answer.is_new and "cite" in request.POST and may_add:
        answer = LookedUp(Citation.objects.named().get(pk=saved(answer.citation).pk), [])
    if answer and "ref" in request.POST and (record := _record(request.POST["ref"].strip(), request.user)):
        url = reverse(f"admin:practices_{record._meta.model_name}_change", args=[record.pk])
        return HttpResponseRedirect(f"{url}?{CITE}={passage_value(answer.citation)}")
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Cite a passage"),
        "opts": model_admin.opts,
        "form": form,
        "url": reverse("admin:practices_citation_cite"),
        "answer": answer,
        "value": passage_value(answer.citation) if answer else "",
        "users": user_links({0: answer.users}, request.user)[0] if answer else [],
        "may_add": may_add,
        "hours": hours_left(source) if source and loaded else None,
        "sentences": _sentences(form, loaded),
        "kinds": _kinds(request, model_admin.admin_site),
        "no_record": request.POST.get("ref", ""),
        "media": model_admin.media,
    }
    in_dialog = request.headers.get("X-Requested-With") == "fetch"
    return render(request, "admin/practices/cite/box.html" if in_dialog else "admin/practices/cite/page.html", context)


def _asked(request: HttpRequest) -> dict[str, Any] | None:
    """Return what is asked of the box, None where its sections are only to be shown."""
    if request.method != "POST" or "show" in request.POST:
        return None
    data = request.POST.dict()
    return {**data, "text": data.get("sentence", data.get("text", ""))}


def _initial(request: HttpRequest, source: Source | None) -> dict[str, Any]:
    values = request.POST if request.method == "POST" else request.GET
    given = {name: values[name] for name in ("section", "paragraph") if values.get(name, "").isdecimal()}
    return {**given, "source": source, "text": request.POST.get("text", "")}


def _chosen_source(request: HttpRequest, sources: QuerySet[Source]) -> Source | None:
    """Return the source that is chosen, or that of the section that an address names."""
    values = request.POST if request.method == "POST" else request.GET
    keys = {name: int(values[name][:18]) for name in ("source", "section") if values.get(name, "").isdecimal()}
    if "source" in keys:
        return sources.filter(pk=keys["source"]).first()
    return sources.filter(sections=keys["section"]).first() if "section" in keys else None


def _answer(form: CiteBoxForm, loaded: LoadedText | None) -> LookedUp | None:
    """Return what became of looking the passage up; None where the form says why it cannot be."""
    if not form.is_valid():
        return None
    cleaned = form.cleaned_data
    try:
        return look_up(cleaned["section"], cleaned["paragraph"], cleaned["text"], loaded)
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            form.add_error(name if name in form.fields else None, messages)
        return None


def _sentences(form: CiteBoxForm, loaded: LoadedText | None) -> list[str]:
    """Return the sentences of the chosen paragraph, where its text is loaded."""
    section, paragraph = form["section"].value(), form["paragraph"].value()
    if not loaded or not str(section or "").isdecimal() or not str(paragraph or "").isdecimal():
        return []
    current = next((candidate for candidate in loaded.sections.values() if candidate.pk == int(section)), None)
    return loaded.sentences(current, int(paragraph)) if current else []


def _record(ref: str, user: Person) -> Curated | None:
    """Return the record with this ref that may cite, None where there is none that the user may read."""
    kinds = (model for model in CITING if ref.upper().startswith(f"{model.prefix}-"))
    records = (allowed(user, Act.READ, model.objects.originals().filter(ref=ref.upper())).first() for model in kinds)
    return next((record for record in records if record), None)


def _kinds(request: HttpRequest, site: admin.AdminSite) -> list[tuple[str, str]]:
    """Return the kinds of record that the user may add and that cite: what one is called, where it is added."""
    return [
        (str(model._meta.verbose_name), reverse(f"admin:practices_{model._meta.model_name}_add"))
        for model in CITING
        if site._registry[model].has_add_permission(request)
    ]
