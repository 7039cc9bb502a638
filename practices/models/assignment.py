"""Which curator is to see to a record. Never public, nor in fixtures or history: operations keep who asked whom."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Assignment(models.Model):
    """A record, known by its kind and ref, and the curator who is to see to it: to it and its pending edit alike."""

    model = models.CharField(_("kind of record"), max_length=40)
    ref = models.CharField(_("ref"), max_length=12)
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="assignments", verbose_name=_("assigned to")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("assigned by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["model", "ref"],
                name="assignment_of_record",
                violation_error_message=_("This record is assigned to somebody already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.ref}: {self.to}"
