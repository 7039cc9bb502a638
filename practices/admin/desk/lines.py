"""What the desk shows: sections of lines, each with what can be done from there."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db.models import Model
from django.urls import reverse

#: how many lines of a kind a section shows
MOST = 8


@dataclass(frozen=True)
class Button:
    """A button: where its form is sent, and with what."""

    label: str
    url: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DeskLine:
    """One line of a section; `links` are (label, address) of what can be done with it."""

    label: str
    url: str = ""
    count: int | None = None
    detail: str = ""
    links: tuple[tuple[str, str], ...] = ()
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class DeskSection:
    """A section of the desk. `name` is its place on the page, `note` says how old it is or how it comes about."""

    name: str
    title: str
    lines: list[DeskLine]
    note: str = ""
    #: what is said where there is no line
    nothing: str = ""
    #: what it shows is being looked at anew, beside the page
    is_running: bool = False
    buttons: tuple[Button, ...] = ()


def joined(*parts: object) -> str:
    """Return what there is of some parts as one text, without the full stop of a part that ends with one."""
    return ", ".join(str(part).removesuffix(".") for part in parts if part)


def list_url(model: type[Model], **values: str) -> str:
    """Return the address of the list of a model, narrowed by its filters."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    return f"{url}?{urlencode(values)}" if values else url


def page_url(kind: str, key: int, page: str = "change") -> str:
    """Return the address of a page of a record of a kind, which is the name of its model."""
    return reverse(f"admin:practices_{kind}_{page}", args=[key])
