"""Forms as a browser sends them: what the page shows in its fields, with what someone changes."""

from html.parser import HTMLParser

from django.contrib.messages import get_messages
from django.db import models
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from tests.responses import Response

Values = dict[str, list[str]]


class Form(HTMLParser):
    """Collects the fields of one form of a page with the values that a browser would send."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.values: Values = {}
        self._inside = False
        self._text: str | None = None  # the name of the text area that is open
        self._choice: tuple[str, bool] | None = None  # the name of the select that is open, and whether it takes many
        self._first: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        fields = dict(attrs)
        if tag == "form":
            self._inside = fields.get("id") == self.form_id
        elif self._inside and "disabled" not in fields:
            self._field(tag, fields, fields.get("name") or "")

    def _field(self, tag: str, fields: dict[str, str | None], name: str) -> None:
        if tag == "input" and name:
            kind = fields.get("type", "text")
            if kind in ("checkbox", "radio") and "checked" in fields:
                self._add(name, fields.get("value") or "on")
            elif kind not in ("checkbox", "radio", "submit", "button", "file", "reset", "image"):
                self._add(name, fields.get("value") or "")
        elif tag == "textarea":
            self._text, self.values[name] = name, [""]
        elif tag == "select":
            self._choice, self._first = (name, "multiple" in fields), None
        elif tag == "option" and self._choice:
            self._first = self._first if self._first is not None else fields.get("value") or ""
            if "selected" in fields:
                self._add(self._choice[0], fields.get("value") or "")

    def _add(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        if self._text:
            self.values[self._text][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text:
            self.values[self._text] = [self.values[self._text][0].removeprefix("\r\n").removeprefix("\n")]
            self._text = None
        elif tag == "select" and self._choice:
            name, many = self._choice
            if not many and name not in self.values and self._first is not None:
                self._add(name, self._first)
            self._choice = None
        elif tag == "form":
            self._inside = False


def fields_of(client: Client, url: str, form_id: str) -> Values:
    """Open a page and return the fields of one of its forms."""
    return values_of(client.get(url), form_id)


def values_of(response: Response, form_id: str) -> Values:
    """Return the fields of one of the forms of a page."""
    assert response.status_code == 200, response.status_code
    form = Form(form_id)
    form.feed(response.content.decode())
    assert form.values, f"there is no form {form_id}"
    return form.values


def add_row(values: Values, prefix: str, /, **fields: object) -> int:
    """Add a row to the formset with this prefix, as the button "Add another" does; returns its number in the form."""
    number = int(values[f"{prefix}-TOTAL_FORMS"][0])
    values[f"{prefix}-TOTAL_FORMS"] = [str(number + 1)]
    for name, value in fields.items():
        values[f"{prefix}-{number}-{name}"] = as_values(value)
    return number


def as_values(value: object) -> list[str]:
    """Return a value, or a list of values, as a browser sends them; a record as its key."""
    parts = value if isinstance(value, list) else [value]
    return [str(getattr(part, "pk", part)) for part in parts]


def submit(client: Client, url: str, form_id: str, /, **changes: object) -> Response:
    """Open a page, change some fields of its form, and send it."""
    values = fields_of(client, url, form_id)
    return client.post(url, values | {name: as_values(value) for name, value in changes.items()})


def errors(response: Response) -> str:
    """Return the errors that an admin form shows, "" where it was saved."""
    return str(response.context["errors"]) if response.status_code == 200 else ""


def admin_url(page: str, of: Model | type[Model], *more: object) -> str:
    """Return the address of an admin page ("changelist", "add", "change" …) of a model or record."""
    args = [of.pk, *more] if isinstance(of, models.Model) and page not in ("changelist", "add") else []
    return reverse(f"admin:{of._meta.app_label}_{of._meta.model_name}_{page}", args=args)


def form_of(of: Model | type[Model]) -> str:
    """Return the id of the form in which a model's records are added and changed."""
    return f"{of._meta.model_name}_form"


def add(client: Client, model: type[Model], /, **fields: object) -> Response:
    """Fill in and send the add form of a model."""
    return submit(client, admin_url("add", model), form_of(model), **fields)


def change(client: Client, record: Model, /, **fields: object) -> Response:
    """Open the change form of a record, change some fields, and send it."""
    return submit(client, admin_url("change", record), form_of(record), **fields)


def act(client: Client, action: str, *records: Model) -> Response:
    """Run an action of a changelist on some records, saying yes where it asks; the list is not opened again."""
    data = {"action": action, "_selected_action": [record.pk for record in records], "confirmed": "yes"}
    return client.post(admin_url("changelist", records[0]), data)


def messages(response: Response) -> str:
    """Return the messages at the top of an admin page, or of the one that an answer leads to."""
    return " ".join(str(message) for message in get_messages(response.wsgi_request))
