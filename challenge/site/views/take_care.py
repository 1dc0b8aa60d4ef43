"""The page on which the second contact takes care of an escalation: it names nobody, and says nothing of
health."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.capabilities import Altered
from challenge.mail.links import LinkEnded, open_escalation
from challenge.safety.escalations import acknowledge
from challenge.site.capability import guarded, link_error

MINE, LATE = "mine", "late"


@guarded
def take_care_page(request: HttpRequest, token: str) -> HttpResponse:
    """Show one button. Whoever presses it second is told who was first, and when."""
    now = timezone.now()
    try:
        escalation = open_escalation(token, now)
    except Altered:
        return link_error(request, "altered", 404)
    except LinkEnded:
        return link_error(request, "take_care", 410)
    if request.method == "POST":
        result = MINE if acknowledge(escalation.pk, None, now) else LATE
        return redirect(f"{request.path}?{result}")
    context = {
        "escalation": escalation,
        "desk": escalation.acknowledged_by_id is not None,
        "mine": MINE in request.GET,
        "late": LATE in request.GET,
    }
    return render(request, "pages/take_care.html", context)
