"""What the search keeps: one document per published practice, the words that occur, and rings of synonyms.

Documents and words are made by `practices.index.writer` from the published records, never by hand; both databases hold
a text index over the documents that follows them by triggers (see the migration).
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from practices.models.practice import Practice


class SearchDocument(models.Model):
    """A published practice as the search sees it. `text_a` to `text_c` are index words, the weightiest first."""

    practice = models.OneToOneField(Practice, models.CASCADE, primary_key=True, related_name="search_document")
    text_a = models.TextField(db_column="a")
    text_b = models.TextField(db_column="b")
    text_c = models.TextField(db_column="c")
    #: {field: [code]} and {row: [{column: [code]}]}: what filters ask for, broader terms included
    facets = models.JSONField(default=dict)
    #: [[kind, text]]: what a result can show of the practice, the weightiest first
    passages = models.JSONField(default=list)
    sort_key = models.CharField(max_length=200)
    country_key = models.CharField(max_length=200)
    first_year = models.PositiveSmallIntegerField(null=True)
    last_year = models.PositiveSmallIntegerField(null=True)

    def __str__(self) -> str:
        return self.sort_key


class SearchVector(models.Model):
    """Where the meaning of a practice lies, for the optional search by meaning: see `practices.index.embeddings`."""

    document = models.OneToOneField(SearchDocument, models.CASCADE, primary_key=True, related_name="vector")
    #: model and text that it was made of, so that it is made anew when either changes
    made_of = models.CharField(max_length=64)
    vector = models.BinaryField()

    def __str__(self) -> str:
        return str(self.document)


class SearchWord(models.Model):
    """A word as readers type it, with its stem: for words begun, and words misspelt. Words are only ever added."""

    surface = models.CharField(max_length=40, unique=True)
    stem = models.CharField(max_length=40)

    def __str__(self) -> str:
        return self.surface


def validate_ring(words: object) -> None:
    """Raise ValidationError unless `words` is a list of two or more different texts."""
    if not isinstance(words, list) or not all(isinstance(word, str) and word.strip() for word in words):
        raise ValidationError(_("Give a list of words or short phrases."))
    if len({word.strip().casefold() for word in words}) < max(2, len(words)):
        raise ValidationError(_("A ring needs two words or more, each once."))


class SynonymRingManager(models.Manager["SynonymRing"]):
    """Rings are known by their code."""

    def get_by_natural_key(self, code: str) -> "SynonymRing":
        return self.get(code=code)


class SynonymRing(models.Model):
    """Words that answer for each other in a search: who looks for one also finds the others, below."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    words = models.JSONField(
        _("words"), validators=[validate_ring], help_text=_("One word or short phrase per line; plurals are known.")
    )
    note = models.CharField(_("note"), max_length=250, blank=True)
    history = HistoricalRecords()

    objects = SynonymRingManager()

    class Meta:
        verbose_name = _("ring of synonyms")
        verbose_name_plural = _("rings of synonyms")
        ordering = ["code"]

    def __str__(self) -> str:
        return " = ".join(self.words)

    def natural_key(self) -> tuple[str]:
        return (self.code,)
