"""What the program is: its questions and answers, its story, and one day of it."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from challenge.models import Article
from challenge.site.lessons import lesson, sample, words
from challenge.site.public import course, not_yet, show
from challenge.site.questions import answered, introduction


@require_safe
def faq_page(request: HttpRequest) -> HttpResponse:
    article = Article.objects.filter(program=course(), slug=Article.Slug.FAQ).first()
    if article is None:
        return not_yet(request)
    context = {"introduction": introduction(article), "questions": answered(article)}
    return show(request, "pages/faq.html", article.title, article.summary, **context)


@require_safe
def about_page(request: HttpRequest) -> HttpResponse:
    article = Article.objects.filter(program=course(), slug=Article.Slug.ABOUT).first()
    if article is None:
        return not_yet(request)
    return show(request, "pages/about.html", article.title, article.summary, words=words(article.body))


@require_safe
def sample_page(request: HttpRequest) -> HttpResponse:
    """One whole day as it stands now, without the places that are a runner's own."""
    program = course()
    content = sample(program) if program else None
    if program is None or content is None:
        return not_yet(request)
    description = _(
        "One whole day of %(program)s as a runner gets it: a lesson, stretches with pictures, today's run."
    ) % {"program": program.title}
    context = {"program": program, "lesson": lesson(content)}
    return show(request, "pages/sample_day.html", _("A sample day"), description, **context)
