"""The pages that need no link from a mail, and who reads them."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.validators import slug_re
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from challenge.models import Cohort, Program


@dataclass(frozen=True)
class Visit:
    """The program that somebody looks at, and the cohort whose page she came by."""

    program: Program | None
    cohort: Cohort | None = None

    @property
    def home(self) -> str:
        return reverse("join", args=[self.cohort.slug]) if self.cohort else reverse("sign-up")

    @property
    def join(self) -> str:
        """Where the form is; an empty text while nobody can join."""
        return f"{self.home}#join" if self.program and self.program.is_open else ""

    @property
    def kept(self) -> str:
        """What an address ends in so that the cohort is not lost: no cookie remembers it."""
        return f"?cohort={self.cohort.slug}" if self.cohort else ""


def visit(request: HttpRequest) -> Visit:
    """By the cohort that the address names, if one can join it; else the program that the site is
    about: the oldest that is open for sign-up, else the oldest."""
    slug = request.GET.get("cohort", "")
    if slug_re.match(slug):
        cohorts = Cohort.objects.select_related("program").filter(program__is_open=True)
        if cohort := cohorts.filter(slug=slug).first():
            return Visit(cohort.program, cohort)
    return Visit(Program.objects.order_by("-is_open", "pk").first())


def show(
    request: HttpRequest, visit: Visit, template: str, title: str, description: str, **context: Any
) -> HttpResponse:
    """A page that search engines may list; its address without a query is what it is called elsewhere."""
    context |= {
        "visit": visit,
        "title": title,
        "description": description,
        "canonical": settings.SITE_URL + request.path,
        "coach": settings.COACH_NAME,
    }
    return render(request, template, context)


def not_yet(request: HttpRequest, visit: Visit) -> HttpResponse:
    """For a page whose words nobody has published."""
    return render(request, "pages/not_yet.html", {"visit": visit}, status=404)
