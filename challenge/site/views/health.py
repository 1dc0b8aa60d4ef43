"""The addresses for monitors: liveness, readiness and metrics."""

from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4

from challenge.monitoring.metrics import exposition
from challenge.monitoring.readiness import parts


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when this process reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when mail can flow, else 503, with one line for each part."""
    found = parts(timezone.now())
    lines = [f"{part.name}: {part.says}\n" for part in found]
    status = 200 if all(part.is_well for part in found) else 503
    return HttpResponse("".join(lines), content_type="text/plain", status=status)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Serve Prometheus, with METRICS_TOKEN as its bearer token (RFC 6750)."""
    if not settings.METRICS_TOKEN:
        raise Http404
    given = request.headers.get("Authorization", "")
    if not constant_time_compare(given, f"Bearer {settings.METRICS_TOKEN}"):
        return HttpResponse(status=401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
    return HttpResponse(exposition(timezone.now()), content_type=CONTENT_TYPE_PLAIN_0_0_4)
