"""The library of stretches, open to everybody."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenge.curriculum.lesson import replacement_for
from challenge.models import Stretch
from challenge.site.lessons import exercise_context
from challenge.site.public import current_visit, render_public, render_unpublished
from challenge.site.search import MAX_LENGTH, is_too_long, matches, read_search


@require_safe
def library_page(request: HttpRequest) -> HttpResponse:
    visit = current_visit(request)
    in_use = Stretch.objects.filter(program=visit.program, kind=Stretch.Kind.STRETCH, recalled_at=None)
    library = [{**stretch.content, "slug": stretch.slug} for stretch in in_use.order_by("title")]
    if not library:
        return render_unpublished(request, visit)
    form, wanted = read_search(request.GET, library)
    found = [exercise_context(stretch) for stretch in library if matches(stretch, wanted)]
    title = _("The library of stretches")
    description = _(
        "Gentle stretches for a runner's hips, each drawn and told step by step: how long, what to feel, "
        "an easier and a harder way, and when to skip it."
    )
    context = {
        "form": form,
        "wanted": wanted,
        "cut_at": MAX_LENGTH if is_too_long(request.GET) else None,
        "stretches": found,
        "total": len(library),
    }
    return render_public(request, visit, "pages/library.html", title, description, **context)


@require_safe
def stretch_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one stretch, also to print; of a recalled one only the name and its replacement."""
    visit = current_visit(request)
    stretches = Stretch.objects.filter(program=visit.program, kind=Stretch.Kind.STRETCH)
    stretch = stretches.select_related("replacement").filter(slug=slug).first()
    if stretch is None:
        raise Http404
    if stretch.recalled_at:
        context = {"visit": visit, "stretch": stretch, "instead": replacement_for(stretch)}
        return render(request, "pages/recalled.html", context, status=410)
    purpose, context = stretch.content["purpose"], {"stretch": exercise_context(stretch.content)}
    return render_public(request, visit, "pages/stretch.html", stretch.title, purpose, **context)
