"""Health: is the process alive, and can it serve."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from practices.models import DataVersion


@never_cache
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """Answer that the process is alive; asks nothing of the database."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers, is migrated and holds data; else 503 with what is missing."""
    try:
        missing = _missing()
    except DatabaseError:
        missing = ["database"]
    return JsonResponse(
        {"status": "unavailable" if missing else "ok", "missing": missing}, status=503 if missing else 200
    )


def _missing() -> list[str]:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return ["migrations"]
    return [] if DataVersion.current().number else ["data"]
