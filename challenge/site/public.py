"""The frame of the public pages, and their visitors."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic, sleep
from typing import Any

from django.conf import settings
from django.core.validators import slug_re
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from challenge.models import Cohort, Program


@dataclass(frozen=True)
class Visit:
    """The program that a visitor looks at, and the cohort of the page that led there."""

    program: Program | None
    cohort: Cohort | None = None

    @property
    def home_url(self) -> str:
        return reverse("join", args=[self.cohort.slug]) if self.cohort else reverse("sign-up")

    @property
    def join_url(self) -> str:
        """The address of the form; an empty text while nobody can join."""
        return f"{self.home_url}#join" if self.program and self.program.is_open else ""

    @property
    def cohort_query(self) -> str:
        """The query that carries the cohort from page to page: there is no cookie for it."""
        return f"?cohort={self.cohort.slug}" if self.cohort else ""


def current_visit(request: HttpRequest) -> Visit:
    """Find the cohort in the address, if one can join it; else the oldest open program, else the oldest."""
    slug = request.GET.get("cohort", "")
    if slug_re.match(slug):
        cohorts = Cohort.objects.select_related("program").filter(program__is_open=True)
        if cohort := cohorts.filter(slug=slug).first():
            return Visit(cohort.program, cohort)
    return Visit(Program.objects.order_by("-is_open", "pk").first())


def client_ip(request: HttpRequest) -> str:
    """Return the visitor's IP: the connection's, or behind PROXY_COUNT proxies the one that they report.

    Each proxy appends the address it saw to X-Forwarded-For, so only the entries from the right that our own
    proxies wrote can be trusted.
    """
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    if settings.PROXY_COUNT and len(hops) >= settings.PROXY_COUNT:
        return hops[-settings.PROXY_COUNT]
    return str(request.META.get("REMOTE_ADDR", ""))


@contextmanager
def even_time() -> Iterator[None]:
    """Let what is done inside end after settings.EVEN_SECONDS, so that a stranger learns nothing of an
    address by how long its answer takes. What takes longer than that still shows."""
    ends = monotonic() + settings.EVEN_SECONDS
    try:
        yield
    finally:
        sleep(max(0.0, ends - monotonic()))


def render_public(
    request: HttpRequest, visit: Visit, template: str, title: str, description: str, **context: Any
) -> HttpResponse:
    """Render a page that search engines may list; its canonical address has no query."""
    context |= {
        "visit": visit,
        "title": title,
        "description": description,
        "canonical": settings.SITE_URL + request.path,
        "coach": settings.COACH_NAME,
    }
    return render(request, template, context)


def render_unpublished(request: HttpRequest, visit: Visit) -> HttpResponse:
    return render(request, "pages/not_yet.html", {"visit": visit}, status=404)
