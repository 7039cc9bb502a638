"""Who has which record open in a form at the moment."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: how long somebody counts as present after the form was last heard of
PRESENT = timedelta(minutes=2)


class PresenceQuerySet(models.QuerySet["Presence"]):
    """Reads and writes of who is present; marks that have run out count for nothing."""

    def beside(self, record: models.Model, user: User | AnonymousUser) -> "PresenceQuerySet":
        """Return who else has a record open, who came first first. One query."""
        others = self.filter(model=record._meta.label_lower, record=record.pk, until__gt=timezone.now())
        return others.exclude(user=user.pk).select_related("user").order_by("since")

    def mark(self, record: models.Model, user: User | AnonymousUser) -> None:
        """Note that somebody has a record open, from now on or still; forget who has gone."""
        now = timezone.now()
        self.filter(until__lt=now).delete()
        key = {"model": record._meta.label_lower, "record": record.pk, "user_id": user.pk}
        self.update_or_create(**key, defaults={"until": now + PRESENT})

    def leave(self, record: models.Model, user: User | AnonymousUser) -> None:
        """Note that somebody has a record open no more."""
        self.filter(model=record._meta.label_lower, record=record.pk, user=user.pk).delete()


class Presence(models.Model):
    """Somebody who has a record open in a form. It is no part of the record, and nothing is kept of it."""

    model = models.CharField(max_length=60)
    record = models.BigIntegerField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("presence")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["model", "record", "user"],
                name="presence_unique",
                violation_error_message=_("This person has the record open already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.model} {self.record}"
