"""The paragraph of a report with which a form is opened: where it stands, and its words where its text is loaded."""

from typing import NamedTuple
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict

from practices.admin.citing.fields import CITE, KEY, PASSAGE, PLACE, place_value, readable_section
from practices.curation.roles import Act, Person, allowed, may
from practices.curation.sources.texts import loaded_text
from practices.models import Citation


class ParagraphBeside(NamedTuple):
    """A paragraph that stands beside a form; `text` is "" where it is not loaded, or not for the user."""

    place: Citation
    text: str


def paragraph_beside(request: HttpRequest) -> ParagraphBeside | None:
    """Return the paragraph that the address of a form names, None where it names none. Three queries at most."""
    place = _place(request.GET.get(CITE, ""), request.user)
    if place is None:
        return None
    loaded = loaded_text(place.section.source) if may(request.user, Act.EDIT) else None
    return ParagraphBeside(place, loaded.at(place.section, place.paragraph) if loaded else "")


def stay_beside(request: HttpRequest, response: HttpResponse) -> None:
    """Let the form to which a save leads stand beside the paragraph that the one before it was opened with."""
    parts = urlsplit(response.headers.get("Location", ""))
    place = _place(request.GET.get(CITE, ""), request.user) if parts.path.endswith("/change/") else None
    if place is not None:
        query = QueryDict(parts.query, mutable=True)
        query[CITE] = place_value(place.section, place.paragraph)  # its passage was saved, or taken out of the form
        response.headers["Location"] = parts._replace(query=query.urlencode()).geturl()


def _place(value: str, user: Person) -> Citation | None:
    """Return the paragraph that the value of an address names, as a citation of no words."""
    if KEY.fullmatch(value):
        cited = Citation.objects.select_related("section__source").filter(pk=int(value))
        return allowed(user, Act.READ, cited).first()
    place = PASSAGE.fullmatch(value) or PLACE.fullmatch(value)
    section = readable_section(int(place["section"]), user) if place else None
    return Citation(section=section, paragraph=int(place["paragraph"])) if place and section else None
