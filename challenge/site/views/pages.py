"""The public pages, and the drawings on them and in mails."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenge.curriculum import drawing_files
from challenge.enrollment.request_limits import last_place
from challenge.models import Article
from challenge.privacy.retention import LABELS
from challenge.site.faq import entries, introduction
from challenge.site.lessons import lesson_context, render_markdown, sample_lesson
from challenge.site.public import current_visit, render_public, render_unpublished

CONTENT_TYPES = {"svg": "image/svg+xml", "png": "image/png"}
YEAR, HOUR = 365 * 24 * 3600, 3600  # seconds


@require_safe
def sent_page(request: HttpRequest) -> HttpResponse:
    """Answer every sign-up and every request for links in the same way: it reveals no address."""
    waits = last_place(timezone.now()) is not None
    context = {"visit": current_visit(request), "inbox": bool(settings.INBOX_DIR), "waits": waits}
    return render(request, "pages/sent.html", context)


@require_safe
def faq_page(request: HttpRequest) -> HttpResponse:
    visit = current_visit(request)
    article = Article.objects.filter(program=visit.program, slug=Article.Slug.FAQ).first()
    if article is None:
        return render_unpublished(request, visit)
    context = {"introduction": introduction(article), "questions": entries(article)}
    return render_public(request, visit, "pages/faq.html", article.title, article.summary, **context)


@require_safe
def about_page(request: HttpRequest) -> HttpResponse:
    visit = current_visit(request)
    article = Article.objects.filter(program=visit.program, slug=Article.Slug.ABOUT).first()
    if article is None:
        return render_unpublished(request, visit)
    context = {"body": render_markdown(article.body)}
    return render_public(request, visit, "pages/about.html", article.title, article.summary, **context)


@require_safe
def sample_page(request: HttpRequest) -> HttpResponse:
    """Show one whole day in its current text, without a runner's own links."""
    visit = current_visit(request)
    content = sample_lesson(visit.program) if visit.program else None
    if visit.program is None or content is None:
        return render_unpublished(request, visit)
    description = _(
        "One whole day of %(program)s as a runner gets it: a lesson, stretches with pictures, today's run."
    ) % {"program": visit.program.title}
    context = {"program": visit.program, "lesson": lesson_context(content)}
    return render_public(request, visit, "pages/sample_day.html", _("A sample day"), description, **context)


@require_safe
def privacy_page(request: HttpRequest) -> HttpResponse:
    terms = [(label, settings.RETENTION[kind]) for kind, label in LABELS.items()]
    context = {"visit": current_visit(request), "coach": settings.COACH_NAME, "terms": terms}
    return render(request, "pages/privacy.html", context)


@require_safe
def drawing(request: HttpRequest, file_name: str) -> HttpResponse:
    """Serve a drawing, for a year if the name's hash is the drawing's own. Under an older hash the drawing
    may change later, so it is cached for an hour."""
    found = drawing_files.find(file_name)
    if found is None:
        raise Http404
    response = HttpResponse(found.content, content_type=CONTENT_TYPES[found.kind])
    response["Cache-Control"] = (
        f"public, max-age={YEAR}, immutable" if found.is_exact else f"public, max-age={HOUR}"
    )
    return response


@require_safe
def favicon(request: HttpRequest) -> HttpResponseBase:
    return redirect(static("icon.svg"))
