"""The frame of a runner's own page: its parts, and the sentence after each change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from challenge.enrollment.what_next import what_next
from challenge.models import Enrollment

# What a change says when it is done. What comes next follows in the same line.
DONE: Mapping[str, Promise] = {
    "wrote": _("Your words are kept for your coach."),
    "hour": _("Your hour and time zone are saved."),
    "name": _("Your name is saved."),
    "pause": _("Your course is paused. Take the time that you need."),
    "resume": _("Your course goes on."),
    "undo-pause": _("The pause is undone: your course goes on as before."),
    "stopped": _("Nothing was changed: your course is on hold, and only your coach lifts the hold."),
    "agreed": _("Your consent is saved. You can take it back here at any time."),
    "taken-back": _("Your consent is taken back, and what was kept under it is erased."),
    "keep": _("Nothing will be erased. Everything is as it was."),
    "erase": _("You have a day to change your mind: we have told you so by mail."),
    "nothing": _("Nothing was changed: it was so already."),
}


@dataclass(frozen=True)
class OwnPage:
    """A visit of a runner to the own page. `run` is the one that goes on; `token` is what opened the page."""

    request: HttpRequest
    run: Enrollment
    token: str
    now: datetime

    @property
    def home_url(self) -> str:
        return reverse("own-page", args=[self.token])

    @property
    def is_posted(self) -> bool:
        return self.request.method == "POST"

    def bind(self, form: type[Form], **initial: Any) -> Form:
        return form(self.request.POST if self.is_posted else None, initial=initial)

    def render(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        context |= {"page": self, "enrollment": self.run, "runner": self.run.runner, "token": self.token}
        return render(self.request, template, context, status=status)

    def done(self, code: str) -> HttpResponse:
        """Lead back to the page, which says what was done and what comes next."""
        return redirect(f"{self.home_url}?done={code}")

    def what_next(self) -> str:
        return what_next(self.run, self.now)

    def says_done(self) -> Promise | None:
        return DONE.get(self.request.GET.get("done", ""))
