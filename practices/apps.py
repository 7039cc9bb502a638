"""The app."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class PracticesConfig(AppConfig):
    """The knowledge base."""

    name = "practices"
    verbose_name = _("Knowledge base")

    def ready(self) -> None:
        """Let `manage.py check` look at what is declared of practices."""
        from practices.index.checks import check_schema  # models are there by now

        checks.register(check_schema)
