"""The app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PracticesConfig(AppConfig):
    """The knowledge base."""

    name = "practices"
    verbose_name = _("Knowledge base")
