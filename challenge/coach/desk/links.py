"""The pages to which the desk leads, and the way back."""

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

ANSWER, NOTE, WRITE = "admin:answer", "admin:note", "admin:write"
FROM_DESK = "from=desk"


def link_of(name: str, pk: int) -> str:
    """Return the address of a page that leads back to the desk; empty where there is none."""
    try:
        return f"{reverse(name, args=[pk])}?{FROM_DESK}"
    except NoReverseMatch:
        return ""


def back(request: HttpRequest, enrollment_id: int) -> str:
    """Return the page from which the coach came: the desk, or the runner's."""
    if request.GET.get("from") == "desk":
        return reverse("admin:index")
    return reverse("admin:challenge_enrollment_change", args=[enrollment_id])
