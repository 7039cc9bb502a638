"""The admin site: who may enter it, what its first page is, and how its models are grouped."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib.admin import AdminSite
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import DataError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kb.login import PasswordLogin, TwoFactorLogin
from practices.curation.mail import has_mail
from practices.curation.roles import role_of
from practices.models import (
    CURATED,
    VOCABULARIES,
    Citation,
    Country,
    Operation,
    ParagraphNote,
    Place,
    ReaderSuggestion,
    Region,
    Section,
    Session,
    SynonymRing,
)
from practices.views.errors import wrong_method

#: a view of the admin
View = Callable[..., HttpResponse]
#: the models by group; those that stand in none are for administration
RECORDS: list[type[Model]] = [*CURATED, Section, Citation, ParagraphNote, Session, ReaderSuggestion, Operation]
TERMS: list[type[Model]] = [*VOCABULARIES, Country, Region, Place, SynonymRing]


class CuratorSite(AdminSite):
    """Asks for a second factor at login, except on this machine only (KB_LOCAL). Its first page is the desk."""

    site_header = _("Integration practices: curation")
    site_title = _("Curation")
    index_title = _("Desk")
    index_template = "admin/practices/desk.html"
    login_form = PasswordLogin if settings.LOCAL else TwoFactorLogin
    login_template = "admin/login.html"

    def has_permission(self, request: HttpRequest) -> bool:
        allowed = super().has_permission(request) or role_of(request.user) is not None
        return allowed and (settings.LOCAL or request.user.is_verified())  # type: ignore[union-attr]

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """Leave out Django's address that tells where any record stands on the site, whoever may read it."""
        from practices.admin.access import accounts  # these need the site that this module makes
        from practices.admin.desk import acts
        from practices.admin.importing import views as importing

        others = (url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site")
        return [*acts.urls(self), *accounts.urls(self), *importing.urls(self), *others]

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().login(request, {"has_mail": has_mail(), **(extra_context or {})})

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Tell those who are refused for want of a role, or come where only buttons lead, what to do about it."""

        @wraps(view)
        def explained(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            try:
                response = view(request, *args, **kwargs)
            except PermissionDenied:
                if role_of(request.user):
                    raise
                return self.no_role(request)
            return wrong_method(request, response["Allow"]) if response.status_code == 405 else response

        return super().admin_view(in_words(explained), cacheable)

    def no_role(self, request: HttpRequest) -> TemplateResponse:
        """Return the page for those who may enter, and have no role yet."""
        context = {**self.each_context(request), "title": _("You have no role yet"), "is_nav_sidebar_enabled": False}
        return TemplateResponse(request, "admin/no_role.html", context, status=403)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        from practices.admin import desk  # which needs the site that this module makes

        if not role_of(request.user):
            return self.no_role(request)
        sections = desk.sections(request)
        is_running = any(section.is_running for section in sections)
        shown = {"sections": sections, "is_running": is_running, "ways_in": desk.ways_in(request)}
        return super().index(request, {**shown, **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Return the models that a person may see, in three groups; those of one app as Django does."""
        apps = super().get_app_list(request, app_label)
        if app_label:
            return apps
        models = {model["model"]: model for app in apps for model in app["models"]}
        records, terms = ([models.pop(model) for model in group if model in models] for group in (RECORDS, TERMS))
        groups = [("records", _("Records"), records), ("vocabularies", _("Vocabularies"), terms)]
        groups.append(("administration", _("Administration"), sorted(models.values(), key=lambda model: model["name"])))
        return [_group(*group) for group in groups if group[-1]]

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Answer what is typed where a record is chosen."""
        from practices.admin.form.pickers import PickerView  # its models are loaded after this site

        return cast(HttpResponse, PickerView.as_view(admin_site=self)(request))


def in_words(view: View) -> View:
    """Answer 400, not with an error, an address whose query string asks a list or form for what cannot be."""

    @wraps(view)
    def asked(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if any(name.endswith("regex") for name in request.GET):  # which could keep the database busy for long
            raise BadRequest("Nothing is filtered by regular expressions.")
        try:
            response = view(request, *args, **kwargs)
            # what a form is asked to begin with is read where it is drawn
            return response.render() if request.GET and isinstance(response, TemplateResponse) else response
        except (ArithmeticError, ValueError, DataError) as error:
            if request.method == "POST" or not request.GET:
                raise
            raise BadRequest("The address asks for what cannot be.") from error

    return asked


def _group(label: str, name: str | Promise, models: list[Any]) -> dict[str, Any]:
    """Return a group of models as Django's templates take an app."""
    url = f"{reverse('admin:index')}#{label}"
    return {"name": name, "app_label": label, "app_url": url, "has_module_perms": True, "models": models}
