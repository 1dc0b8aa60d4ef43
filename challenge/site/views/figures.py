"""The course's pictures, for pages and for mails of any age."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from challenge.curriculum import drawing_files

TYPES = {"svg": "image/svg+xml", "png": "image/png"}
YEAR, HOUR = 365 * 24 * 3600, 3600


@require_safe
def figure(request: HttpRequest, file_name: str) -> HttpResponse:
    """A name with a mark of old times may come to mean another picture, so that it is not kept for long."""
    found = drawing_files.find(file_name)
    if found is None:
        raise Http404
    response = HttpResponse(found.content, content_type=TYPES[found.kind])
    response["Cache-Control"] = (
        f"public, max-age={YEAR}, immutable" if found.is_exact else f"public, max-age={HOUR}"
    )
    return response
