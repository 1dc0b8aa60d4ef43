"""A mail as a runner will see it, before it is published or saved."""

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

from accounts.addresses import ascii_spelling
from accounts.words import search_words
from challenge.coach.course.course_item import CourseItem
from challenge.curriculum.sample import sample_values
from challenge.curriculum.slots import NAMES, Compiled, fill
from challenge.mail.context import MailContext
from challenge.mail.greeting import Greetings
from challenge.models import Delivery, Enrollment, Revision

# A mail may use its own styles; it may not run scripts or load files from other sites.
MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": [],
}
APPEARANCES = {
    "phone": gettext_lazy("Phone"),
    "dark": gettext_lazy("Dark"),
    "no-images": gettext_lazy("Images off"),
    "desktop": gettext_lazy("Desktop"),
    "text": gettext_lazy("Text"),
}
View = Callable[..., HttpResponse]


def framed(view: View) -> View:
    """Allow our own pages to show a view's answer in a frame, under the policy of a mail."""
    policy: Callable[[View], View] = csp_replace(MAIL_POLICY)  # type: ignore[assignment]
    return xframe_options_sameorigin(policy(view))


class NoSuchRunner(Exception):
    """There is no such address or number; `args[0]` is the typed text."""


class PreviewForm(forms.Form):
    as_runner = forms.CharField(
        label=gettext_lazy("As runner"),
        required=False,
        max_length=254,
        help_text=gettext_lazy(
            "An email address or the number of an enrollment; empty for Robin, who is made up."
        ),
    )
    view = forms.ChoiceField(
        label=gettext_lazy("Show as"),
        required=False,
        choices=list(APPEARANCES.items()),
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="%s", initial={"view": "phone"})

    @property
    def runner(self) -> str:
        return str(self.cleaned_data.get("as_runner", "")) if self.is_valid() else ""

    @property
    def appearance(self) -> str:
        return str(self.cleaned_data.get("view") or "phone") if self.is_valid() else "phone"


@dataclass(frozen=True)
class RenderedMail:
    subject: str
    text: str
    html: str


def values_for(typed: str, item: CourseItem[Any], day: int, site_url: str) -> dict[str, str]:
    """Return a runner's values of the slots, with links that lead nowhere. Raise NoSuchRunner."""
    runner = find_runner(typed, item)
    if runner is None:
        return sample_values(day, site_url=site_url)
    # This enrollment is never saved: it only holds the runner of the preview.
    now = timezone.now()
    mail = Delivery.objects.prepare(Delivery.Kind.LESSON, now, runner, day=day)
    harmless = {name: f"{settings.SITE_URL}/#{name}" for name in NAMES if name.endswith("_url")}
    values = MailContext(mail, now)
    values.update(harmless, greeting=Greetings([mail]).of(mail), site_url=site_url)
    return values


def find_runner(typed: str, item: CourseItem[Any]) -> Enrollment | None:
    """Return the enrollment that was typed; None for an empty text. Raise NoSuchRunner."""
    if not typed:
        return None
    runners = Enrollment.objects.filter(program=item.instance.program).select_related("runner", "program")
    found: QuerySet[Enrollment] = runners.filter(runner__email__iexact=ascii_spelling(search_words(typed)))
    if re.fullmatch("[0-9]{1,18}", typed):
        found = runners.filter(pk=int(typed))
    runner = found.order_by("-created_at").first()
    if runner is None:
        raise NoSuchRunner(typed)
    return runner


def render_mail(compiled: Compiled, values: dict[str, str]) -> RenderedMail:
    return RenderedMail(
        subject=fill(compiled.subject, values),
        text=fill(compiled.text, values),
        html=fill(compiled.html, values, html=True),
    )


def emulate_reader(html: str, appearance: str) -> str:
    """Change a mail's HTML to look as in a mail program in dark or light mode or with images off, whatever
    the coach's own browser prefers."""
    dark = appearance == "dark"
    html = html.replace("(prefers-color-scheme: dark)", "all" if dark else "not all")
    html = html.replace("color-scheme: light dark", f"color-scheme: {'dark' if dark else 'light'}")
    html = html.replace('content="light dark"', f'content="{"dark" if dark else "light"}"')
    if appearance == "no-images":
        html = re.sub(r'\b(src|srcset)="[^"]*"', r'\1=""', html)
    return html


@require_http_methods(["GET", "HEAD", "POST"])
@framed
def preview(request: HttpRequest, item: CourseItem[Any]) -> HttpResponse:
    """Show the posted draft, else the saved one, in the frame beside the editor. Save nothing."""
    asked = PreviewForm(request.POST or request.GET)
    draft = item.working_copy
    if request.method == "POST":
        form = item.form(request.POST)
        if not form.is_valid():
            return _notice(_("This can't be shown yet."), [f"{form.fields[name].label}: {errors[0]}"
                         for name, errors in form.errors.items() if name in form.fields])  # fmt: skip
        draft = item.complete(form.draft())
    try:
        compiled, day = item.compile_mail(draft)
    except (OSError, ValueError) as error:
        return _notice(_("No mail can be made of these words yet."), [str(error)])
    return framed_mail(request, compiled, day, item, asked)


def framed_mail(
    request: HttpRequest, compiled: Compiled, day: int, item: CourseItem[Any], asked: PreviewForm
) -> HttpResponse:
    """Show a compiled mail in the frame. Its pictures come from the host that the coach uses."""
    try:
        values = values_for(asked.runner, item, day, request.build_absolute_uri("/").rstrip("/"))
    except NoSuchRunner as error:
        return _notice(_("Nobody here has this address or number: %(typed)s") % {"typed": error}, [])
    mail = render_mail(compiled, values)
    if asked.appearance == "text":
        context = {"subject": mail.subject, "text": mail.text}
        return HttpResponse(render_to_string("admin/course/frame.html", context))
    return HttpResponse(emulate_reader(mail.html, asked.appearance))


@require_http_methods(["GET", "HEAD"])
@framed
def published_mail(request: HttpRequest, item: CourseItem[Any], revision: Revision) -> HttpResponse:
    compiled = Compiled(revision.subject, revision.text, revision.html)
    return framed_mail(request, compiled, item.instance.number, item, PreviewForm(request.GET))


def _notice(title: str, lines: list[str]) -> HttpResponse:
    return HttpResponse(render_to_string("admin/course/frame.html", {"title": title, "lines": lines}))
