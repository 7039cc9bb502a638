"""The admin site: who may enter it, and what it is called."""

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_otp.admin import OTPAdminAuthenticationForm


class CuratorSite(AdminSite):
    """Asks for a second factor at login, except on this machine only (KB_LOCAL)."""

    site_header = _("Integration practices: curation")
    site_title = _("Curation")
    index_title = _("Records and vocabularies")
    login_form = None if settings.LOCAL else OTPAdminAuthenticationForm
    login_template = None if settings.LOCAL else "otp/admin111/login.html"

    def has_permission(self, request: HttpRequest) -> bool:
        allowed = super().has_permission(request)
        return allowed and (settings.LOCAL or request.user.is_verified())  # type: ignore[union-attr]
