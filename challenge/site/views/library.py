"""The library of stretches, open to everybody."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenge.curriculum.lesson import standing_in
from challenge.models import Stretch
from challenge.site.lessons import exercise
from challenge.site.public import not_yet, show, visit
from challenge.site.search import LONGEST, fits, is_too_long, read


@require_safe
def library_page(request: HttpRequest) -> HttpResponse:
    """Every stretch that is in use, or those that somebody looks for."""
    seen = visit(request)
    in_use = Stretch.objects.filter(program=seen.program, kind=Stretch.Kind.STRETCH, recalled_at=None)
    library = [{**stretch.content, "slug": stretch.slug} for stretch in in_use.order_by("title")]
    if not library:
        return not_yet(request, seen)
    form, wanted = read(request.GET, library)
    found = [exercise(stretch) for stretch in library if fits(stretch, wanted)]
    title = _("The library of stretches")
    description = _(
        "Gentle stretches for a runner's hips, each drawn and told step by step: how long, what to feel, "
        "an easier and a harder way, and when to skip it."
    )
    context = {
        "form": form,
        "wanted": wanted,
        "cut_at": LONGEST if is_too_long(request.GET) else None,
        "stretches": found,
        "total": len(library),
    }
    return show(request, seen, "pages/library.html", title, description, **context)


@require_safe
def stretch_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One stretch, also to print; of a recalled one no more than that, and what to do instead."""
    seen = visit(request)
    stretches = Stretch.objects.filter(program=seen.program, kind=Stretch.Kind.STRETCH)
    stretch = stretches.select_related("replacement").filter(slug=slug).first()
    if stretch is None:
        raise Http404
    if stretch.recalled_at:
        context = {"visit": seen, "stretch": stretch, "instead": standing_in(stretch)}
        return render(request, "pages/recalled.html", context, status=410)
    purpose, context = stretch.content["purpose"], {"stretch": exercise(stretch.content)}
    return show(request, seen, "pages/stretch.html", stretch.title, purpose, **context)
