"""The app, and the admin site that it brings."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig
from django.utils.translation import gettext_lazy as _


class PracticesConfig(AppConfig):
    """The knowledge base."""

    name = "practices"
    verbose_name = _("Knowledge base")


class AdminConfig(DjangoAdminConfig):
    """Django's admin with our site class: two factors for everyone unless KB_LOCAL."""

    default_site = "kb.admin_site.CuratorSite"
