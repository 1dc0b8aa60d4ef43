"""What the program is: its questions and answers, its story, and one day of it."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenge.models import Article
from challenge.site.lessons import lesson, sample, words
from challenge.site.public import not_yet, show, visit
from challenge.site.questions import asked, introduction


@require_safe
def faq_page(request: HttpRequest) -> HttpResponse:
    seen = visit(request)
    article = Article.objects.filter(program=seen.program, slug=Article.Slug.FAQ).first()
    if article is None:
        return not_yet(request, seen)
    context = {"introduction": introduction(article), "questions": asked(article)}
    return show(request, seen, "pages/faq.html", article.title, article.summary, **context)


@require_safe
def about_page(request: HttpRequest) -> HttpResponse:
    seen = visit(request)
    article = Article.objects.filter(program=seen.program, slug=Article.Slug.ABOUT).first()
    if article is None:
        return not_yet(request, seen)
    context = {"words": words(article.body)}
    return show(request, seen, "pages/about.html", article.title, article.summary, **context)


@require_safe
def sample_page(request: HttpRequest) -> HttpResponse:
    """One whole day as it stands now, without the places that are a runner's own."""
    seen = visit(request)
    content = sample(seen.program) if seen.program else None
    if seen.program is None or content is None:
        return not_yet(request, seen)
    description = _(
        "One whole day of %(program)s as a runner gets it: a lesson, stretches with pictures, today's run."
    ) % {"program": seen.program.title}
    context = {"program": seen.program, "lesson": lesson(content)}
    return show(request, seen, "pages/sample_day.html", _("A sample day"), description, **context)
