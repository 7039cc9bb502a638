"""A JSON file of records, read one by one: neither its text nor what it holds is ever in memory as a whole.

A record is parsed once so much of the text is there as it may be long.
"""

import json
import re
from collections.abc import Iterator
from typing import IO, Any

from django.utils.translation import gettext as _

from practices.curation.importing.files import LIMITS, Refused

DECODER = json.JSONDecoder(parse_float=str, parse_constant=str)
NOT_BLANK = re.compile(r"[^ \t\r\n]")


class JsonText:
    """The text of {"practices": [{"key": …, "title": …}], "countries": […]}, read from its beginning to its end."""

    def __init__(self, file: IO[str]) -> None:
        self.file = file
        #: what is read and not yet parsed begins at `at`, in the line `line` of the file
        self.text, self.at, self.line = "", 0, 1
        self.is_whole = False

    def sheets(self) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
        """Yield each sheet: its name, and its records, which are to be read before the next. Raises Refused."""
        for begin in self._items("{", "}"):
            if begin != '"':
                raise self._refused(_("a name in quotation marks is missing"))
            name = self._value()
            self._take(":")
            yield name, self._records()
        if self._next():
            raise self._refused(_("something stands after its end"))

    def _records(self) -> Iterator[dict[str, Any]]:
        for begin in self._items("[", "]"):
            if begin != "{":
                raise Refused(_shape())
            yield self._value()

    def _items(self, first: str, last: str) -> Iterator[str]:
        """Yield the character with which each item of an object or list begins; each is to be read before the next."""
        if self._next() != first:
            raise Refused(_shape())
        self.at += 1
        if self._next() == last:
            self.at += 1
            return
        while True:
            yield self._next()
            if self._next() == last:
                self.at += 1
                return
            self._take(",")

    def _take(self, sign: str) -> None:
        if self._next() != sign:
            raise self._refused(_("a “%(sign)s” is missing") % {"sign": sign})
        self.at += 1

    def _value(self) -> Any:
        try:
            value, self.at = DECODER.raw_decode(self.text, self.at)
        except (ValueError, RecursionError) as error:
            self.at = getattr(error, "pos", self.at)
            raise self._refused(getattr(error, "msg", str(error))) from error
        return value

    def _next(self) -> str:
        """Return the next character that is not blank, "" at the end; what begins with it is read as a whole."""
        while True:
            match = NOT_BLANK.search(self.text, self.at)
            self.at = match.start() if match else len(self.text)
            if self.is_whole or len(self.text) - self.at >= LIMITS.line:
                return self.text[self.at : self.at + 1]
            self.line += self.text.count("\n", 0, self.at)
            more = self.file.read(LIMITS.line)
            self.text, self.at, self.is_whole = self.text[self.at :] + more, 0, not more

    def _refused(self, reason: str) -> Refused:
        """Return why it cannot be read, with the line."""
        values = {"n": self.line + self.text.count("\n", 0, self.at), "reason": reason, "most": LIMITS.line}
        words = _("This is no JSON that can be read: line %(n)d: %(reason)s. A record has %(most)d characters at most.")
        return Refused(words % values)


def _shape() -> str:
    return _("Give an object with a list of records under the name of each sheet, such as “practices”.")
