"""Words: how texts become what the index holds. Indexed text and queries go through the same function.

A word is folded (case, accents, British and American spelling) and stemmed, so that both databases only ever compare
words of letters and digits. Names in other languages are stemmed as English too: the same on both sides, so they match.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from threading import Lock
from typing import NamedTuple

import snowballstemmer

#: between two texts of one field, so that no phrase runs from one into the next; a word that nobody can type
GAP = "_"
LONGEST_WORD = 40

# U.S., N.G.O., CO.RE.IS.; then P&G; then words, with the 's of women's. Bounded, so that no text takes long.
TOKEN = re.compile(
    r"(?:[^\W_]{1,3}\.){2,8}[^\W_]{0,3}(?![^\W_])"
    r"|[^\W_]{1,3}(?:&[^\W_]{1,3}){1,3}(?![^\W_])"
    r"|[^\W_]+(?:['’ʼ][sS](?![^\W_]))?"
)
HYPHENS = frozenset("-‐‑/")

_STAND_EVERYWHERE = """
 a about all also am an and any are as at be been being but by can could did do does doing for from had has have
 having he her his how i if in into is it its may me more most my no nor not of on or other our out over she should so
 some such than that the their them then there these they this those through to too under us very was we were what
 when where which while who whom whose why will with would you your
"""
# of French and Spanish, for readers who search in them; without "au" and "un", which are organisations in English
_STAND_EVERYWHERE_ELSE = """
 aux avec con dans de del des du el en et la las le les los ou para par por pour sur une una
"""
STOPWORDS = frozenset(_STAND_EVERYWHERE.split() + _STAND_EVERYWHERE_ELSE.split())

_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_SPELLINGS = {
    "centre": "center",
    "theatre": "theater",
    "metre": "meter",
    "litre": "liter",
    "fibre": "fiber",
    "calibre": "caliber",
    "programme": "program",
    "cheque": "check",
    "grey": "gray",
    "tyre": "tire",
    "defence": "defense",
    "offence": "offense",
    "licence": "license",
    "practise": "practice",
    "catalogue": "catalog",
    "dialogue": "dialog",
    "ageing": "aging",
    "judgement": "judgment",
    "enrol": "enroll",
    "fulfil": "fulfill",
    "instal": "install",
    "jewellery": "jewelry",
    "kerb": "curb",
    "mum": "mom",
    "plough": "plow",
    "sceptic": "skeptic",
    "paediatric": "pediatric",
    "foetus": "fetus",
    "gynaecology": "gynecology",
}
#: what Snowball would stem like another word that means something else: "nationality" like "national"
_KEPT_APART = """
 apartment authority department employer government governance housing intern internship legalization minor minority
 nationality naturalization officer population populism publicity regularization relative reporter university
"""
_KEPT = frozenset(_KEPT_APART.split())
_ISE = re.compile(r"(?<=[a-z]{3})is(e|es|ed|er|ers|ing|able|ation|ations|ational)$")
_OUR = re.compile(r"(?<=[a-z]{2})our(|s|ed|er|ers|ing|ite|ites|able|al|ly|less|ful|hood|hoods)$")
_DOUBLED = re.compile(
    r"^(counse|trave|labe|mode|cance|channe|leve|signa|fue|tunne|marve|riva)ll(ing|ed|er|ers|or|ors)$"
)
_stemmer, _one_at_a_time = snowballstemmer.stemmer("english"), Lock()  # it keeps the word it works on


class Token(NamedTuple):
    """A word as it stands in a text: where it stands, and the word that the index knows."""

    start: int
    end: int
    surface: str
    stem: str


def composed(text: str) -> str:
    """Return a text whose accents are parts of their letters: on its own an accent would part a word."""
    return unicodedata.normalize("NFC", text)


def tokens(text: str) -> Iterator[Token]:
    """Yield the words of `text` in their order."""
    for match in TOKEN.finditer(text):
        surface, stemmed = word(match.group())
        if surface:
            yield Token(match.start(), match.end(), surface, stemmed)


def stems(text: str) -> list[str]:
    """Return the words of `text` as the index knows them."""
    return [stemmed for surface, stemmed in map(word, TOKEN.findall(text)) if surface]


def compounds(text: str) -> Iterator[tuple[str, list[Token]]]:
    """Yield each hyphenated compound of `text` written in one ("predeparture"), with its parts."""
    if HYPHENS.isdisjoint(text):
        return
    run: list[Token] = []
    for token in [*tokens(text), Token(-1, -1, "", "")]:
        if run and token.start == run[-1].end + 1 and text[run[-1].end] in HYPHENS:
            run.append(token)
            continue
        if 1 < len(run) <= 4:
            yield fold("".join(part.surface for part in run)), run
        run = [token]


@lru_cache(maxsize=20_000)
def indexed(text: str) -> tuple[str, frozenset[str]]:
    """Return what the index holds of a text, its words and its compounds written in one; and all as readers type them.

    Kept for the names of terms, countries and actors, which come again and again.
    """
    words = [pair for pair in map(word, TOKEN.findall(text)) if pair[0]]
    joined = [compound for compound, _parts in compounds(text)]
    apart = [part for compound in joined for part in (GAP, stem(compound))]
    return " ".join([stemmed for _, stemmed in words] + apart), frozenset([surface for surface, _ in words] + joined)


def initials(name: str) -> str:
    """Return the initials of a name's capitalised words ("JIPSA"), "" of a name with fewer than three."""
    letters = [match.group()[0] for match in TOKEN.finditer(name) if match.group()[0].isupper()]
    return "".join(letters) if len(letters) > 2 else ""


@lru_cache(maxsize=100_000)
def word(written: str) -> tuple[str, str]:
    """Return a word as readers type it and as the index knows it, from how it is written."""
    surface = fold(written)
    return surface, stem(surface)


@lru_cache(maxsize=100_000)
def fold(word: str) -> str:
    """Return a word of letters and digits: no case, no accents, no 's, American spelling; "" where nothing is left."""
    word = unicodedata.normalize("NFKC", word)
    if word in ("US", "U.S."):
        return "usa"  # the country, where "us" is a pronoun
    if len(word) > 2 and word[-1] in "sS" and word[-2] in "'’ʼ":
        word = word[:-2]
    word = unicodedata.normalize("NFKD", word.casefold()).translate(_LETTERS)
    word = "".join(letter for letter in word if letter.isalnum())[:LONGEST_WORD]
    return american(word) if word.isascii() else word


def american(word: str) -> str:
    """Return the American spelling of a folded word: "labor" of "labour", "organize" of "organise"."""
    if word in _SPELLINGS:
        return _SPELLINGS[word]
    if word.endswith("s") and word[:-1] in _SPELLINGS:
        return _SPELLINGS[word[:-1]] + "s"
    word = _DOUBLED.sub(r"\1l\2", word)
    word = _ISE.sub(r"iz\1", word)
    return _OUR.sub(r"or\1", word)


@lru_cache(maxsize=100_000)
def stem(surface: str) -> str:
    """Return the stem of a folded word."""
    if not (surface.isascii() and surface.isalpha()):
        return surface
    for singular in (surface, surface.removesuffix("s"), surface.removesuffix("ies") + "y"):
        if singular in _KEPT:
            return singular
    with _one_at_a_time:
        return str(_stemmer.stemWord(surface))
