"""Where addresses lead: public pages (other languages under a prefix), health, robots, and the curators' admin."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from practices.views import health, pages

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("robots.txt", pages.robots, name="robots"),
    path("favicon.ico", pages.favicon, name="favicon"),
    path("admin/", admin.site.urls),
    *i18n_patterns(path("", include("practices.urls")), prefix_default_language=False),
]

handler400 = "practices.views.errors.bad_request"
handler403 = "practices.views.errors.forbidden"
handler404 = "practices.views.errors.not_found"
handler500 = "practices.views.errors.server_error"
