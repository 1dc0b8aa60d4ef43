"""The library of stretches, open to everybody."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenge.curriculum.lesson import standing_in
from challenge.models import Stretch
from challenge.site.lessons import exercise
from challenge.site.public import course, not_yet, show
from challenge.site.search import fits, read


@require_safe
def library_page(request: HttpRequest) -> HttpResponse:
    """Every stretch that is in use, or those that somebody looks for."""
    in_use = Stretch.objects.filter(program=course(), kind=Stretch.Kind.STRETCH, recalled_at=None)
    library = [{**stretch.content, "slug": stretch.slug} for stretch in in_use.order_by("title")]
    if not library:
        return not_yet(request)
    form, wanted = read(request.GET, library)
    found = [exercise(stretch) for stretch in library if fits(stretch, wanted)]
    title = _("The library of stretches")
    description = _(
        "Gentle stretches for a runner's hips, each drawn and told step by step: how long, what to feel, "
        "an easier and a harder way, and when to skip it."
    )
    context = {"form": form, "wanted": wanted, "stretches": found, "total": len(library)}
    return show(request, "pages/library.html", title, description, **context)


@require_safe
def stretch_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One stretch, also to print; of a recalled one no more than that, and what to do instead."""
    stretches = Stretch.objects.filter(program=course(), kind=Stretch.Kind.STRETCH)
    stretch = stretches.select_related("replacement").filter(slug=slug).first()
    if stretch is None:
        raise Http404
    if stretch.recalled_at:
        context = {"stretch": stretch, "instead": standing_in(stretch)}
        return render(request, "pages/recalled.html", context, status=410)
    purpose = stretch.content["purpose"]
    return show(request, "pages/stretch.html", stretch.title, purpose, stretch=exercise(stretch.content))
