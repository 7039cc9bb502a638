"""What is no longer chosen, and what stands for it: a code that was once public goes on answering."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Retirable(models.Model):
    """A term or place that may be retired: records keep it, forms no longer offer it.

    Where another one replaces it, all records have that one instead, and its code leads there.
    """

    replaced_by_id: int | None

    retired_on = models.DateField(_("retired on"), null=True, blank=True, editable=False)
    replaced_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="replaces",
        verbose_name=_("replaced by"),
    )

    class Meta:
        abstract = True
