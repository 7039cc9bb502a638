"""What looking after the collection has found out and no record says: what falls short, dead links, vain searches.

All of it is made anew by `manage.py tend`, but for what curators said of like records and searches; none of it is
public, in a fixture or in history.
"""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RecordIssue(models.Model):
    """What the last check found that a record lacks; an `Issue` of `practices.curation.quality`, kept."""

    gate = models.CharField(_("gate"), max_length=40)
    #: the name of the model, and the primary key of the record
    kind = models.CharField(_("kind of record"), max_length=40)
    record = models.PositiveBigIntegerField(_("record"))
    #: of a pair of like records, the primary key of the other one
    other = models.PositiveBigIntegerField(_("other record"), null=True)
    missing = models.TextField(_("what it lacks"))

    class Meta:
        indexes = [models.Index(fields=["gate", "kind", "record"], name="record_issue_of_gate")]

    def __str__(self) -> str:
        return f"{self.gate}: {self.kind} {self.record}: {self.missing}"


class DistinctRecords(models.Model):
    """Two records of a kind that a curator found not to be the same, however alike they look; by their refs."""

    #: the name of the model
    kind = models.CharField(_("kind of record"), max_length=40)
    first = models.CharField(_("first record"), max_length=12)
    second = models.CharField(_("second record"), max_length=12)

    class Meta:
        verbose_name = _("pair of different records")
        verbose_name_plural = _("pairs of different records")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "first", "second"],
                name="distinct_records_unique",
                violation_error_message=_("It is noted already that these are not the same."),
            ),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")),
                name="distinct_records_in_order",
                violation_error_message=_("The record with the lower ref stands first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first}, {self.second}"


class ContentCheck(models.Model):
    """One row: when the content was last checked, of which data version that holds, and how much was read by then."""

    version = models.PositiveIntegerField(_("data version"), default=0)
    date = models.DateTimeField(_("date"), default=timezone.now)
    #: {primary key of a public source: [its paragraphs, those used or noted]}
    coverage = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pk=1),
                name="content_check_single",
                violation_error_message=_("There is one last check only."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.version} ({self.date:%Y-%m-%d %H:%M})"


class SearchMiss(models.Model):
    """A search that found nothing, or after which readers tried other words, on several days; of no person."""

    query = models.CharField(_("searched for"), max_length=100, unique=True)
    found_nothing = models.PositiveIntegerField(_("times nothing was found"), default=0)
    retyped = models.PositiveIntegerField(_("times other words were tried"), default=0)
    retyped_as = models.CharField(_("words tried instead"), max_length=100, blank=True)
    days = models.PositiveIntegerField(_("days"), default=0)
    last_day = models.DateField(_("last day"))
    is_dismissed = models.BooleanField(_("dismissed"), default=False)

    class Meta:
        verbose_name = _("search without success")
        verbose_name_plural = _("searches without success")
        ordering = ["-days", "query"]

    def __str__(self) -> str:
        return self.query


class LinkCheck(models.Model):
    """An address that a record names, and how it answered when it was last asked."""

    url = models.URLField(_("address"), max_length=500, unique=True)
    status = models.PositiveSmallIntegerField(_("status"), null=True)
    #: what is wrong with it, in words; "" where it answers
    problem = models.CharField(_("problem"), max_length=200, blank=True)
    checked = models.DateTimeField(_("checked"))
    since = models.DateTimeField(_("since"), null=True)

    class Meta:
        verbose_name = _("checked link")
        verbose_name_plural = _("checked links")
        ordering = ["since", "url"]

    def __str__(self) -> str:
        return self.url
