"""The course, readable day by day as the runner gets it; and the cohorts that start together."""

import re
import tomllib

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin

from challenge.coach.access import CoachAdmin, RecordAdmin
from challenge.coach.wording import NOTHING, when
from challenge.curriculum.compile import to_html
from challenge.curriculum.slots import NAMES, fill
from challenge.models import Cohort, Day, Program, Stretch

# A mail brings its own styles; nothing else of it runs or is fetched from elsewhere.
MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": [],
}
SHOWN_ABOVE = {"slug", "title", "minutes"}


def sample(day: int) -> dict[str, str]:
    """What the slots of a mail hold for a runner who does not exist; her links lead nowhere."""
    said = {
        "day": str(day),
        "first_name": "Robin",
        "coach_name": settings.COACH_NAME,
        "postal_address": settings.POSTAL_ADDRESS,
        "site_url": settings.SITE_URL,
        "send_at": "06:30",
        "time_zone": "Europe/Berlin",
        "starts_on": _("Monday, 2 November"),
    }
    links = {name: f"{settings.SITE_URL}/#{name}" for name in NAMES if name.endswith("_url")}
    return {**links, **said}


@admin.register(Program)
class ProgramAdmin(CoachAdmin[Program]):
    """What a program teaches comes from its folder; the coach opens and closes it for sign-up."""

    list_display = ("title", "length", "is_open")
    fields = ("title", "summary", "length", "is_open")
    readonly_fields = ("title", "summary", "length")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Program | None = None) -> bool:
        return False


@admin.register(Cohort)
class CohortAdmin(CoachAdmin[Cohort]):
    """Groups that start together, each with its own sign-up page."""

    list_display = ("name", "program", "starts_on", "sign_up_link")
    list_select_related = ("program",)
    ordering = ("-starts_on", "name")
    prepopulated_fields = {"slug": ("name",)}
    fields = ("program", "name", "slug", "starts_on", "sign_up_link")
    readonly_fields = ("sign_up_link",)

    def get_readonly_fields(self, request: HttpRequest, obj: Cohort | None = None) -> tuple[str, ...]:
        return ("program", "sign_up_link") if obj else ("sign_up_link",)

    @admin.display(description=gettext_lazy("Sign-up page"))
    def sign_up_link(self, cohort: Cohort) -> SafeString | str:
        if not cohort.slug:
            return _("Shown here once the cohort is saved.")
        address = settings.SITE_URL + reverse("join", args=[cohort.slug])
        return format_html('<a href="{}">{}</a>', address, address)


@admin.register(Day)
class DayAdmin(RecordAdmin[Day]):
    """The days as published; they are changed in the course's folder."""

    list_display = ("number", "title", "minutes", "points", "revision", "published_at")
    list_display_links = ("number", "title")
    list_filter = ("program",)
    list_select_related = ("published", "program")
    ordering = ("program", "number")
    list_per_page = 100
    facts = ("program", "number", "title", "subject", "minutes", "points", "revision", "published_at")
    readonly_fields = (*facts, "mail", "text")
    fieldsets = (
        (None, {"fields": facts}),
        (gettext_lazy("The mail, as a runner sees it"), {"fields": ("mail", "text")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Day]:
        heavy = ("published__html", "published__text", "published__source")
        found = super().get_queryset(request).select_related("published")
        return found.defer(*heavy)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(mail_view)
        return [path("<int:day_id>/mail/", view, name="challenge_day_mail"), *super().get_urls()]

    @admin.display(description=gettext_lazy("Title"))
    def title(self, day: Day) -> str:
        return day.published.title if day.published else _("not published")

    @admin.display(description=gettext_lazy("Subject"))
    def subject(self, day: Day) -> str:
        return fill(day.published.subject, sample(day.number)) if day.published else NOTHING

    @admin.display(description=gettext_lazy("Minutes"))
    def minutes(self, day: Day) -> str:
        return str(day.published.minutes) if day.published else NOTHING

    @admin.display(description=gettext_lazy("Points taught"))
    def points(self, day: Day) -> str:
        return ", ".join(day.published.points) if day.published else NOTHING

    @admin.display(description=gettext_lazy("Revision"))
    def revision(self, day: Day) -> str:
        return str(day.published.number) if day.published else NOTHING

    @admin.display(description=gettext_lazy("Published"), ordering="published__published_at")
    def published_at(self, day: Day) -> str:
        return when(day.published.published_at if day.published else None)

    @admin.display(description=gettext_lazy("HTML part"))
    def mail(self, day: Day) -> SafeString | str:
        if day.published is None:
            return NOTHING
        address = reverse("admin:challenge_day_mail", args=[day.pk])
        title = _("The HTML part of day %(number)d") % {"number": day.number}
        return format_html('<iframe class="mail" sandbox src="{}" title="{}"></iframe>', address, title)

    @admin.display(description=gettext_lazy("Text part"))
    def text(self, day: Day) -> SafeString | str:
        if day.published is None:
            return NOTHING
        return format_html('<pre class="mail">{}</pre>', fill(day.published.text, sample(day.number)))


@xframe_options_sameorigin
@csp_replace(MAIL_POLICY)  # type: ignore[arg-type]  # it types views without arguments alone
def mail_view(request: HttpRequest, day_id: int) -> HttpResponse:
    """The HTML part of a published day, its slots filled, for the frame on the day's page."""
    day = get_object_or_404(Day.objects.select_related("published"), pk=day_id)
    if day.published is None:
        raise Http404
    return HttpResponse(fill(day.published.html, sample(day.number), html=True))


@admin.register(Stretch)
class StretchAdmin(RecordAdmin[Stretch]):
    """The stretches of the library, as their files give them."""

    list_display = ("title", "minutes", "program")
    list_filter = ("program",)
    list_select_related = ("program",)
    search_fields = ("title",)
    fields = ("title", "program", "minutes", "facts", "steps")
    readonly_fields = fields

    @admin.display(description=gettext_lazy("Facts"))
    def facts(self, stretch: Stretch) -> str:
        facts = _parts(stretch)[0].items()
        shown = {key.replace("_", " "): value for key, value in facts if key not in SHOWN_ABOVE}
        return render_to_string("admin/challenge/stretch/facts.html", {"facts": shown})

    @admin.display(description=gettext_lazy("Steps"))
    def steps(self, stretch: Stretch) -> SafeString:
        # curriculum.compile.to_html lets nothing through but the tags of a lesson.
        return mark_safe(to_html(_parts(stretch)[1]))


def _parts(stretch: Stretch) -> tuple[dict[str, str], str]:
    """A stretch's front matter, its values as text, and its body; see curriculum.parse."""
    _before, front, body = re.split(r"^\+\+\+[ \t]*$\n?", stretch.source, maxsplit=2, flags=re.MULTILINE)
    values = tomllib.loads(front).items()
    return {key: ", ".join(value) if isinstance(value, list) else str(value) for key, value in values}, body
