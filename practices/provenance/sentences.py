"""Where the sentences of a paragraph start."""

import re

from practices.provenance.fingerprints import WORD

#: what may stand between a full stop and the end of the line, besides the number of a footnote
CLOSERS = r"[\"”'»)\]*_]*+"
#: a decimal, unlike a year with the number of a footnote, such as 1999.4
DECIMAL_END = re.compile(r"(?<!\d)\d{1,3}\.\d{1,3}$")
BOUNDARY = re.compile(rf"(?<![.!?])[.!?]++{CLOSERS}\d{{0,3}}+{CLOSERS}\s++")
#: the number of a list's item or of a footnote
ENUMERATOR = re.compile(r"\d{1,3}[.)]?\s+(?=[\"“‘'(\[*_]*[^\W\d_a-z])[\"“‘'(\[*_]*")
#: how far back to look for what a full stop belongs to
LONGEST_TOKEN = 40
INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")
SHORTENED = frozenset(WORD.findall("mr mrs ms mme dr prof st sr sra jr cf vs viz approx ca"))
#: abbreviations only where a number follows
BEFORE_NUMBER = frozenset(WORD.findall("no nos art arts sec fig p pp vol vols para paras chap"))


def sentence_offsets(text: str) -> list[int]:
    """Return where the first word of each sentence of `text` starts."""
    first = WORD.search(text)
    if not first:
        return []
    offsets = [first.start()]
    for match in BOUNDARY.finditer(text):
        word = WORD.search(text, match.end())
        before = text[max(offsets[-1], match.start() - LONGEST_TOKEN) : match.start()]
        if word and _ends_sentence(before, match[0], word[0]):
            offsets.append(word.start())
    return offsets


def _ends_sentence(before: str, mark: str, following: str) -> bool:
    """Whether `mark`, between the sentence so far and the word after it, ends the sentence."""
    if not (following[0].isupper() or following[0].isdigit()):
        return False
    if not mark.startswith("."):
        return True
    is_number = before.isdigit() or DECIMAL_END.search(before + mark.rstrip())
    return not is_number and not is_abbreviation(before.rpartition(" ")[2], following)


def is_abbreviation(token: str, following: str) -> bool:
    """Whether the full stop after `token` only shortens it, `following` being the next word if known."""
    token = token.casefold().strip("\"“‘'([*_")
    if token in BEFORE_NUMBER:
        return following[:1].isdigit()
    return token in SHORTENED or bool(INITIALS.fullmatch(token))
