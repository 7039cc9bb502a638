"""How often one address did what only so many times may be done: `settings.LIMITS`, counted in `curation/limits.py`."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RequestCount(models.Model):
    """How often one origin did one thing in one window of time. The origin is a hash whose salt changes every day."""

    limit = models.CharField(max_length=40)
    origin = models.CharField(max_length=64)
    window = models.PositiveBigIntegerField()
    times = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["limit", "origin", "window"],
                name="request_count_unique",
                violation_error_message=_("This is counted already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.limit}: {self.times}"
