"""Probes for an operator: alive, and ready to work. They say nothing but that."""

from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe


@require_safe
@transaction.non_atomic_requests
def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "live"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """503 until the database answers. The broker is not asked: the site works without it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM accounts_province LIMIT 1")
            loaded = cursor.fetchone() is not None
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    if not loaded:
        return JsonResponse({"status": "no places loaded"}, status=503)
    return JsonResponse({"status": "ready"})
