"""Django's admin, with the site class that this project wires to it."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    """The admin with two factors for everyone unless KB_LOCAL."""

    default_site = "kb.admin_site.CuratorSite"
