"""Admin's home, which opens with what needs the coach, and the list of what was done lately."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenge.coach.desk.needs_me import escalations_of, needs_me
from challenge.coach.desk.rows import reason_of
from challenge.coach.desk.told import DeskFacts
from challenge.coach.wording import runner_link, when
from challenge.models import DeskItem

DONE_SHOWN = 200


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    needy, page = needs_me(request.GET.get("page", ""), timezone.now())
    return admin.site.index(request, {"needy": needy, "page": page})


@require_safe
def done_page(request: HttpRequest) -> HttpResponse:
    """Show what left the desk last, with who did it and when."""
    rows = DeskItem.objects.filter(done_at__isnull=False).order_by("-done_at", "-pk")
    items = list(rows.select_related("enrollment__runner", "done_by")[:DONE_SHOWN])
    told = DeskFacts(items, escalations_of(items))
    context = {
        **admin.site.each_context(request),
        "title": _("Done lately"),
        "rows": [
            (
                runner_link(item.enrollment),
                reason_of(item, told),
                when(item.since),
                when(item.done_at),
                item.done_by.get_short_name() if item.done_by else _("by itself"),
            )
            for item in items
        ],
    }
    return TemplateResponse(request, "admin/desk/done.html", context)
