"""The app, and the admin site that it brings."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
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


class AdminConfig(DjangoAdminConfig):
    """Django's admin with our site class: two factors for everyone unless KB_LOCAL."""

    default_site = "kb.admin_site.CuratorSite"
