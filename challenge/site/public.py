"""The pages that everybody may read and search engines may list."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from challenge.models import Program


def course() -> Program | None:
    """The program that the site is about: the oldest that is open for sign-up, else the oldest."""
    return Program.objects.order_by("-is_open", "pk").first()


def show(request: HttpRequest, template: str, title: str, description: str, **context: Any) -> HttpResponse:
    """A public page; its address without a query is what it is called elsewhere."""
    context |= {
        "title": title,
        "description": description,
        "canonical": settings.SITE_URL + request.path,
        "coach": settings.COACH_NAME,
    }
    return render(request, template, context)


def not_yet(request: HttpRequest) -> HttpResponse:
    """For a page whose words nobody has published."""
    return render(request, "pages/not_yet.html", status=404)
