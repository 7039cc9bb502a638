"""What every answer passes through: compression, one data version, headers for readers' safety and for caches."""

from collections.abc import Callable

from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from practices.catalog import pinned

Handler = Callable[[HttpRequest], HttpResponse]

PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
#: how long a shared cache may keep a public page: what is withdrawn is gone everywhere within a minute
PUBLIC_PAGE = "public, max-age=60"
#: how many parameters an address may have; Django's own limit is for the forms of curators
MAX_PARAMETERS = 1000


def security_headers(get_response: Handler) -> Handler:
    """Isolate every answer, static files included, from other sites, and refuse what no page of ours needs."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        return response

    return middleware


def short_addresses(get_response: Handler) -> Handler:
    """Refuse an address with more parameters than any page of ours would read."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.META.get("QUERY_STRING", "").count("&") >= MAX_PARAMETERS:
            raise TooManyFieldsSent
        return get_response(request)

    return middleware


class Compression(GZipMiddleware):
    """Compresses what caches may keep, which holds no secret; of others a length could give one away (BREACH)."""

    max_random_bytes = 0  # the same page, the same bytes

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        secret = "no-store" in response.headers.get("Cache-Control", "")
        return response if secret else super().process_response(request, response)


def cache_headers(get_response: Handler) -> Handler:
    """Let caches keep public pages for a minute, and nothing of the admin ever."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path_info.startswith("/admin/"):
            response.headers["Cache-Control"] = "no-store, private"
        elif response.status_code == 200:
            response.headers.setdefault("Cache-Control", PUBLIC_PAGE)
        return response

    return middleware


def one_data_version(get_response: Handler) -> Handler:
    """Make each page from one version of vocabularies and countries, asked for once."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with pinned():
            return get_response(request)

    return middleware
