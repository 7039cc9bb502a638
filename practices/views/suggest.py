"""Where readers suggest a correction of a record or a practice to add, and the private page of what became of it.

Public pages only link here, so that they stay without cookies; what is answered here is kept by no cache.
"""

import json
import secrets
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from practices.curation import suggestions
from practices.models import ReaderSuggestion, SuggestionKind
from practices.models.suggestion import LONGEST
from practices.pages.suggest import SuggestPage, suggest_page, suggestion_page

View = Callable[..., HttpResponse]
SALT = "practices.suggest"
#: seconds between opening and sending a form: nobody is quicker, and nobody takes longer
QUICKEST, SLOWEST = 3, 24 * 60 * 60
UNSEEN = {"tabindex": "-1", "autocomplete": "off"}
HEADERS = {
    "Cache-Control": "no-store, private",
    "X-Robots-Tag": "noindex, nofollow",
    # to this site the browser names the page it comes from: without, it would not prove where a form was sent from
    "Referrer-Policy": "same-origin",
}


def private(view: View) -> View:
    """Let no cache and no robot keep what a view answers, and no other site learn its address."""

    @wraps(view)
    def wrapper(request: HttpRequest, **kwargs: object) -> HttpResponse:
        response = view(request, **kwargs)
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    return require_http_methods(["GET", "HEAD", "POST"])(wrapper)


def proposal_field(longest: int) -> forms.CharField:
    """Return the field for what a record should say, of so many letters at most."""
    widget = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(label=_("What should it say?"), max_length=longest, widget=widget, required=False)


class SuggestionForm(forms.Form):
    """What a reader sends about a record, or about a practice to add. Texts that are refused stay in the form."""

    title = forms.CharField(
        label=_("What is it called?"),
        max_length=200,
        help_text=_("Its name, or a few words with the actor or the place in them."),
    )
    kind = forms.ChoiceField(label=_("What is the matter?"), choices=SuggestionKind)
    problem = forms.CharField(
        label=_("What is wrong or missing?"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4})
    )
    proposal = proposal_field(LONGEST)
    where = forms.CharField(
        label=_("Where does it stand?"),
        max_length=500,
        required=False,
        help_text=_("A report and its page, or a link. What can be checked is mended first."),
    )
    credit = forms.CharField(
        label=_("Your name, if you wish to be thanked"),
        max_length=100,
        required=False,
        help_text=_("Shown on the page “About” once your suggestion is published, and only then."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail, if you wish to be told"),
        required=False,
        help_text=_("Used for the answer and for nothing else."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    #: programs that fill in every field fill in this one, which people do not see
    website = forms.CharField(label=_("Leave this empty"), required=False, widget=forms.TextInput(attrs=UNSEEN))
    opened = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, page: SuggestPage, data: QueryDict | None = None) -> None:
        super().__init__(data, label_suffix="", initial={"proposal": page.present, "opened": opened_now()})
        self.page = page
        if page.record is None:
            self._for_a_practice()
        else:
            del self.fields["title"]
            self.fields["problem"].required = not page.rewrites
        if page.rewrites:
            longest = type(page.record)._meta.get_field(page.part).max_length
            self.fields["proposal"] = proposal = proposal_field(longest or max(LONGEST, 2 * len(page.present)))
            proposal.required = bool(page.present)
            proposal.help_text = _("This is what it says now. Change it here.") if page.present else ""
            self.fields["problem"].label = _("What is wrong with it?")

    def _for_a_practice(self) -> None:
        for name in ("kind", "proposal"):
            del self.fields[name]
        self.fields["problem"].label = _("What was done, by whom, where and when?")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("website"):
            self._send_again("website", "", _("A field that must be empty was filled in. Now it is empty: send again."))
        age = age_of(cleaned.get("opened", ""))
        if age is not None and age < QUICKEST:
            self.add_error(None, _("That was quicker than anybody writes. Wait a moment, then send it again."))
        elif age is None or age > SLOWEST:
            self._send_again("opened", opened_now(), _("This form was open for too long. Look it over, then send it."))
        if self.page.rewrites and not self.errors and not cleaned["problem"] and not self._proposal():
            self.add_error("proposal", _("Change the text, or say below what is wrong with it."))
        return cleaned

    def _send_again(self, name: str, value: str, reason: Any) -> None:
        """Refuse the form, and draw it with another value in a field that people do not see."""
        self.data = {**self.data.dict(), name: value}  # type: ignore[attr-defined]
        self.add_error(None, reason)

    def _proposal(self) -> str:
        """Return what a reader proposes, "" where the text is left as it was."""
        proposal: str = self.cleaned_data.get("proposal", "").replace("\r\n", "\n")
        return "" if proposal.split() == self.page.present.split() else proposal

    def suggestion(self) -> ReaderSuggestion:
        """Return what a valid form says, not yet saved. The same form with the same texts has the same token."""
        cleaned, page = self.cleaned_data, self.page
        texts = {name: cleaned.get(name, "") for name in ("title", "problem", "where", "credit", "email")}
        values = {
            **texts,
            "record_kind": page.kind,
            "record_ref": page.ref,
            "part": page.part,
            "kind": cleaned.get("kind", SuggestionKind.MISSING),
            "proposal": self._proposal(),
            "present": page.present,
        }
        secret = json.dumps([cleaned["opened"], values])
        return ReaderSuggestion(token=salted_hmac(SALT, secret, algorithm="sha256").hexdigest(), **values)


def opened_now() -> str:
    """Return what a form carries that is opened now: when that was, signed, with a number of its own."""
    return signing.dumps([time.time(), secrets.token_urlsafe(16)], salt=SALT)


def age_of(opened: str) -> float | None:
    """Return how many seconds ago a form was opened; None where what it carries is not ours."""
    try:
        return float(time.time() - signing.loads(opened, salt=SALT)[0])
    except signing.BadSignature:
        return None


@private
def suggest(request: HttpRequest) -> HttpResponse:
    """Show the form for a record, or for a practice to add, and take what a reader sends."""
    named = request.GET.get("record")
    page = SuggestPage() if named is None else suggest_page(named, request.GET.get("part", ""))
    if page is None:
        raise Http404
    form, status, wait = SuggestionForm(page, request.POST if request.method == "POST" else None), 200, 0
    if form.is_bound and form.is_valid():
        try:
            sent = suggestions.send(form.suggestion(), request.META["REMOTE_ADDR"])
        except suggestions.TooMany as reason:
            form.add_error(None, _("You have sent several in a short time. What you wrote stays below: send it later."))
            status, wait = 429, reason.seconds
        else:
            return redirect("suggestion", token=sent.token)
    response = render(request, "suggest/suggest.html", {"page": page, "form": form}, status=status)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


@private
def suggestion(request: HttpRequest, token: str) -> HttpResponse:
    """Show a reader what became of a suggestion, and erase it where the reader says so twice."""
    suggestion = get_object_or_404(ReaderSuggestion, token=token)
    if request.method == "POST":
        if request.POST.get("sure"):
            suggestions.withdraw(suggestion)
        return redirect("suggestion", token=token)
    return render(request, "suggest/suggestion.html", {"page": suggestion_page(suggestion)})
