"""A mail as a runner will see it, before anything is published or saved."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods

from challenge.coach.course.course_item import Work
from challenge.curriculum.compile import Compiled
from challenge.curriculum.sample import sample_values
from challenge.curriculum.slots import NAMES, fill
from challenge.mail.context import RunnerValues
from challenge.mail.greeting import Greetings
from challenge.models import Delivery, Enrollment, Revision

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
VIEWS = {
    "phone": gettext_lazy("Phone"),
    "dark": gettext_lazy("Dark"),
    "no-images": gettext_lazy("Images off"),
    "desktop": gettext_lazy("Desktop"),
    "text": gettext_lazy("Text"),
}


Room = Callable[..., HttpResponse]


def in_a_frame(room: Room) -> Room:
    """A view whose answer is shown in a frame of our own pages, under the policy of a mail."""
    policy: Callable[[Room], Room] = csp_replace(MAIL_POLICY)  # type: ignore[assignment]
    return xframe_options_sameorigin(policy(room))


class NoSuchRunner(Exception):
    """Nobody has this address or number; `args[0]` is what was typed."""


class PreviewForm(forms.Form):
    """As whom, and on what, a mail is looked at."""

    as_runner = forms.CharField(
        label=gettext_lazy("As runner"),
        required=False,
        max_length=254,
        help_text=gettext_lazy(
            "An email address or the number of an enrollment; empty for Robin, who is made up."
        ),
    )
    view = forms.ChoiceField(
        label=gettext_lazy("Show as"), required=False, choices=list(VIEWS.items()), widget=forms.RadioSelect
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="%s", initial={"view": "phone"})

    @property
    def runner(self) -> str:
        return str(self.cleaned_data.get("as_runner", "")) if self.is_valid() else ""

    @property
    def chosen_view(self) -> str:
        return str(self.cleaned_data.get("view") or "phone") if self.is_valid() else "phone"


@dataclass(frozen=True)
class Look:
    """A mail as one runner gets it."""

    subject: str
    text: str
    html: str


def values_for(typed: str, work: Work[Any], day: int, site_url: str) -> dict[str, str]:
    """What the slots hold for a runner, and links that lead nowhere. Raises NoSuchRunner."""
    runner = find_runner(typed, work)
    if runner is None:
        return sample_values(day, site_url=site_url)
    # Never saved: it only says whose mail this would be.
    now = timezone.now()
    mail = Delivery.objects.prepare(Delivery.Kind.LESSON, now, runner, day=day)
    harmless = {name: f"{settings.SITE_URL}/#{name}" for name in NAMES if name.endswith("_url")}
    values = RunnerValues(mail, now)
    values.update(harmless, greeting=Greetings([mail]).of(mail), site_url=site_url)
    return values


def find_runner(typed: str, work: Work[Any]) -> Enrollment | None:
    """The enrollment that was typed, None for nothing typed. Raises NoSuchRunner."""
    if not typed:
        return None
    runners = Enrollment.objects.filter(program=work.item.program).select_related("runner", "program")
    found: QuerySet[Enrollment] = runners.filter(runner__email__iexact=typed)
    if re.fullmatch("[0-9]{1,18}", typed):
        found = runners.filter(pk=int(typed))
    runner = found.order_by("-created_at").first()
    if runner is None:
        raise NoSuchRunner(typed)
    return runner


def look(compiled: Compiled, values: dict[str, str]) -> Look:
    return Look(
        subject=fill(compiled.subject, values),
        text=fill(compiled.text, values),
        html=fill(compiled.html, values, html=True),
    )


def seen_on(html: str, view: str) -> str:
    """A mail's HTML as a reader shows it who is dark, or light, or has images off, whatever the coach's
    own browser prefers."""
    dark = view == "dark"
    html = html.replace("(prefers-color-scheme: dark)", "all" if dark else "not all")
    html = html.replace("color-scheme: light dark", f"color-scheme: {'dark' if dark else 'light'}")
    html = html.replace('content="light dark"', f'content="{"dark" if dark else "light"}"')
    if view == "no-images":
        html = re.sub(r'\b(src|srcset)="[^"]*"', r'\1=""', html)
    return html


@require_http_methods(["GET", "HEAD", "POST"])
@in_a_frame
def preview(request: HttpRequest, work: Work[Any]) -> HttpResponse:
    """The frame beside the editor: what is posted, else what was saved. Nothing is kept."""
    asked = PreviewForm(request.POST or request.GET)
    words = work.working_copy
    if request.method == "POST":
        form = work.form(request.POST)
        if not form.is_valid():
            return _said(_("This can't be shown yet."), [f"{form.fields[name].label}: {errors[0]}"
                         for name, errors in form.errors.items() if name in form.fields])  # fmt: skip
        words = work.whole(form.words())
    try:
        compiled, day = work.mail(words)
    except (OSError, ValueError) as error:
        return _said(_("No mail can be made of these words yet."), [str(error)])
    return framed(request, compiled, day, work, asked)


def framed(
    request: HttpRequest, compiled: Compiled, day: int, work: Work[Any], asked: PreviewForm
) -> HttpResponse:
    """A compiled mail in the frame. Its pictures come from where the coach is."""
    try:
        values = values_for(asked.runner, work, day, request.build_absolute_uri("/").rstrip("/"))
    except NoSuchRunner as error:
        return _said(_("Nobody here has this address or number: %(typed)s") % {"typed": error}, [])
    seen = look(compiled, values)
    if asked.chosen_view == "text":
        said = {"subject": seen.subject, "text": seen.text}
        return HttpResponse(render_to_string("admin/course/frame.html", said))
    return HttpResponse(seen_on(seen.html, asked.chosen_view))


@require_http_methods(["GET", "HEAD"])
@in_a_frame
def published_mail(request: HttpRequest, work: Work[Any], revision: Revision) -> HttpResponse:
    """The mail of a day's version, as it is kept."""
    compiled = Compiled(revision.subject, revision.text, revision.html)
    return framed(request, compiled, work.item.number, work, PreviewForm(request.GET))


def _said(title: str, lines: list[str]) -> HttpResponse:
    return HttpResponse(render_to_string("admin/course/frame.html", {"title": title, "lines": lines}))
