"""The type of what Django's test client answers, which the stubs of Django name for themselves only."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse as Response
else:
    from django.http import HttpResponseBase as Response

__all__ = ["Response"]
