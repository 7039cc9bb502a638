"""What curators say to each other about a record, and what a reviewer decided. Never public, nor in fixtures."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from practices.models.vocabulary import known_codes


class Decision(models.TextChoices):
    """What a comment decides."""

    NOTE = "note", _("Note")
    SENT = "sent", _("Sent for review")
    CHANGES = "changes", _("Changes requested")
    REVIEWED = "reviewed", _("Reviewed: fit to be published")
    PUBLISHED = "published", _("Published")
    DISCARDED = "discarded", _("Discarded")


class Comment(models.Model):
    """A note on a record, known by its kind and ref: what is said of a pending edit is said of its original too."""

    model = models.CharField(_("kind of record"), max_length=40)
    ref = models.CharField(_("ref"), max_length=12)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="comments", verbose_name=_("author")
    )
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="comments_to",
        verbose_name=_("to whom"),
    )
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, default=Decision.NOTE)
    text = models.TextField(_("text"), blank=True, max_length=5000)
    at = models.DateTimeField(_("at"), default=timezone.now)
    #: when the curator to whom it is said opened the record
    seen = models.DateTimeField(_("seen"), null=True, blank=True)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["model", "ref"], name="comment_of_record")]
        constraints = [known_codes("decision", Decision)]

    def __str__(self) -> str:
        return f"{self.ref}: {self.text or self.get_decision_display()}"
