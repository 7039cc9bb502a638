"""Operations: acts of one curator on many records at once, kept so that each can be undone exactly."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from practices.models.vocabulary import known_codes


class OperationKind(models.TextChoices):
    """What sort of act it was."""

    MERGE = "merge", _("Merge")
    BULK = "bulk", _("Several at once")
    IMPORT = "import", _("Import")
    DELETION = "deletion", _("Deletion")
    RETIREMENT = "retirement", _("Retirement")
    ASSIGNMENT = "assignment", _("Assignment")
    DISTINCTION = "distinction", _("Not the same")


class Operation(models.Model):
    """One act, who did it and when, and the rows that it changed; written by `curation.operations.recorded` only."""

    kind = models.CharField(_("kind"), max_length=12, choices=OperationKind)
    title = models.CharField(_("what was done"), max_length=250)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"), default=timezone.now)
    #: {label of a model: {"columns": [name], "rows": {primary key: [values before or null, mark after or null]}}},
    #: a mark being what `curation.rows.mark` makes of values
    changes = models.JSONField(default=dict, editable=False)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("undone by")
    )

    class Meta:
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        ordering = ["-at", "-pk"]
        constraints = [known_codes("kind", OperationKind)]

    def __str__(self) -> str:
        return self.title
