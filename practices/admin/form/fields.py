"""Form fields that are no plain input: texts of paragraphs, figures, and what is kept as JSON, one item to a line."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from practices.index.schema import Label
from practices.models import Qualifier
from practices.models.curated import NAME_KINDS, validate_names
from practices.models.languages import validate_language


class ParagraphsField(forms.CharField):
    """A text whose lines end as they are kept, and not as browsers send them: what nobody touched has not changed."""

    def to_python(self, value: object) -> str:
        return str(super().to_python(value) or "").replace("\r\n", "\n").replace("\r", "\n")


class LinesField(forms.CharField):
    """Items of the same parts, one to a line. Subclasses name the parts and check one item."""

    widget = forms.Textarea(attrs={"rows": 3})
    parts: tuple[str, ...] = ()
    #: for the message that a line has other parts: what to write, and the codes among which to choose
    shape: Label = ""
    codes: Iterable[str] = ()

    def prepare_value(self, value: object) -> object:
        if isinstance(value, list):
            return "\n".join(" | ".join(self._text(item.get(part)) for part in self.parts) for item in value)
        return value

    def to_python(self, value: object) -> Any:  # a list, where Django knows texts
        return [
            self._item(number, line) for number, line in enumerate(str(value or "").splitlines(), 1) if line.strip()
        ]

    def has_changed(self, initial: object, data: object) -> bool:
        return self.prepare_value(initial or []) != "\n".join(str(data or "").splitlines())

    def _item(self, number: int, line: str) -> Mapping[str, object]:
        texts = [text.strip() for text in line.split("|")]
        item = dict(zip(self.parts, texts, strict=False))
        if len(texts) != len(self.parts) or not self.is_item(item):
            params = {"line": number, "shape": self.shape, "codes": ", ".join(self.codes)}
            raise ValidationError(_("Line %(line)s: write %(shape)s, with one of: %(codes)s."), "shape", params)
        return self.as_stored(item)

    def is_item(self, item: dict[str, str]) -> bool:
        """Tell whether a line with the right number of parts says something that can be kept."""
        raise NotImplementedError

    def as_stored(self, item: dict[str, str]) -> Mapping[str, object]:
        """Return an item as the JSON holds it."""
        return item

    def _text(self, value: object) -> str:
        return "" if value is None else str(value)


#: figures as people write them: 1,000 or 1 000.5
GROUPED = re.compile(r"[0-9]{1,3}([ ,\u00a0\u2009\u202f'’][0-9]{3})+(\.[0-9]+)?")


def plain_number(text: str) -> str:
    """Return a number without what groups its digits, any other text as it is."""
    text = text.strip()
    return re.sub(r"[^0-9.]", "", text) if GROUPED.fullmatch(text) else text


class FigureField(forms.DecimalField):
    """A figure as a report has it, which is no text, and never below zero."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def to_python(self, value: object) -> Any:
        text = plain_number(value) if isinstance(value, str) else value
        try:
            number = super().to_python(text)
        except ValidationError:
            raise ValidationError(
                _("Write the number alone, such as 150 or 1,000. That it is more or less goes into “how exact”.")
            ) from None
        if number is not None and number < 0:
            raise ValidationError(_("A figure is not below zero: say in the statement what became less."))
        return number

    def widget_attrs(self, widget: forms.Widget) -> dict[str, object]:
        return {}


class NamesField(LinesField):
    """Other names, one to a line: text | language | kind."""

    parts = ("text", "lang", "kind")
    shape = _("text | language | kind")
    codes = NAME_KINDS

    def __init__(self, **kwargs: object) -> None:
        help_text = _("One to a line: text | language | kind. Kinds: %s.") % ", ".join(NAME_KINDS)
        super().__init__(required=False, help_text=help_text, label=_("Other names"))

    def is_item(self, item: dict[str, str]) -> bool:
        return bool(item["text"]) and item["kind"] in NAME_KINDS

    def validate(self, value: object) -> None:
        validate_names(value)


class AttendanceField(LinesField):
    """Who came to an event, one group to a line: number | how exact | of whom. The number may be left out."""

    parts = ("count", "qualifier", "what")
    shape = _("number | how exact | of whom")
    codes = Qualifier.values

    def __init__(self, **kwargs: object) -> None:
        help_text = _("One group to a line: number | how exact | of whom. How exact: %s.") % ", ".join(Qualifier.values)
        super().__init__(required=False, help_text=help_text, label=_("Attendance"))

    def is_item(self, item: dict[str, str]) -> bool:
        number = item["count"] = plain_number(item["count"])
        is_counted = bool(re.fullmatch(r"[0-9]{1,9}", number)) and item["qualifier"] in Qualifier.values
        return bool(item["what"]) and (is_counted or number == item["qualifier"] == "")

    def as_stored(self, item: dict[str, str]) -> Mapping[str, object]:
        return {**item, "count": int(item["count"]) if item["count"] else None}


class LanguagesField(forms.CharField):
    """Language codes with commas between them."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(help_text=_("Language codes, such as: en, fr."), label=_("Languages"))

    def prepare_value(self, value: object) -> object:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: object) -> Any:  # a list, where Django knows texts
        codes = [code.strip() for code in str(value or "").split(",") if code.strip()]
        for code in codes:
            validate_language(code)
        return codes

    def has_changed(self, initial: object, data: object) -> bool:
        return self.prepare_value(initial or []) != (data or "")


class WordsField(forms.CharField):
    """Words or short phrases, one to a line."""

    widget = forms.Textarea(attrs={"rows": 8})

    def prepare_value(self, value: object) -> object:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: object) -> Any:  # a list, where Django knows texts
        return [" ".join(line.split()) for line in str(value or "").splitlines() if line.strip()]

    def has_changed(self, initial: object, data: object) -> bool:
        return self.prepare_value(initial or []) != "\n".join(self.to_python(data))
