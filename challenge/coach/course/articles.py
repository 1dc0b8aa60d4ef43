"""The articles about a program: its questions and answers, and what it is."""

import hashlib
import json
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenge.coach.access import CoachAdmin, ModelForm
from challenge.coach.course.content_form import DraftText, clear_oversized_fields, refuse
from challenge.coach.course.differences import Row, differences
from challenge.coach.course.form_recovery import recoverable_view
from challenge.curriculum.lint import Finding, lint_article
from challenge.curriculum.lint.fields import ARTICLE_LENGTH, plain_field
from challenge.curriculum.lint.safety import check_safety
from challenge.curriculum.lint.unsafe import normalise_line_ends
from challenge.models import Article

TITLE, SUMMARY = (1, 120), (10, 200)
TEXTS = ("title", "summary", "body")


def digest(article: Article) -> str:
    texts = json.dumps([getattr(article, name) for name in TEXTS])
    return hashlib.sha256(texts.encode()).hexdigest()


class ArticleForm(ModelForm[Article]):
    """The linter's findings are errors of the form, because a saved article is on the site at once."""

    title = DraftText(label=gettext_lazy("Title"), help_text=gettext_lazy("Up to 120 characters."))
    summary = DraftText(
        label=gettext_lazy("Summary"), help_text=gettext_lazy("10 to 200 characters."), rows=2
    )
    body = DraftText(
        label=gettext_lazy("Text"),
        max_size=ARTICLE_LENGTH,
        rows=30,
        help_text=gettext_lazy(
            "Markdown: ## begins a heading (in the questions and answers each ## is a question), **bold**, "
            "*italic*, - for a list, [words](https://address) for a link. Saved, it is on the site at once."
        ),
    )

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    # The article, if another coach has saved it since the form was opened.
    other: Article | None = None

    class Meta:
        model = Article
        fields = TEXTS

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["seen"] = digest(self.instance)

    def clean_title(self) -> str:
        return self._clean("title", plain_field("title", self.cleaned_data["title"], TITLE))

    def clean_summary(self) -> str:
        return self._clean("summary", plain_field("summary", self.cleaned_data["summary"], SUMMARY))

    def clean_body(self) -> str:
        said = {name: self.cleaned_data.get(name, "") for name in TEXTS}
        rules, slug = self.instance.program.safety, self.instance.slug
        return self._clean("body", lint_article(said["body"]) + check_safety(rules, slug, said, "article"))

    def _clean(self, name: str, found: list[Finding]) -> str:
        refuse(found)
        return str(self.cleaned_data[name])

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound:
            clear_oversized_fields(self, {name: getattr(self.instance, name) for name in TEXTS})

    def clean(self) -> dict[str, Any]:
        # Lock the row until the change is saved or refused.
        current = Article.objects.select_for_update().get(pk=self.instance.pk)
        if not self.errors and self.cleaned_data["seen"] != digest(current):
            self.other = current
            raise forms.ValidationError(_("Somebody else changed this page meanwhile."))
        return self.cleaned_data


@admin.register(Article)
class ArticleAdmin(CoachAdmin[Article]):
    """The two pages that come with the course. After a coach's change, a page no longer follows the files."""

    form = ArticleForm
    list_display = ("title", "slug", "is_edited")
    fields = (*TEXTS, "seen")

    def get_urls(self) -> list[URLPattern]:
        view = recoverable_view(self.admin_site, self.change_view)
        return [path("<path:object_id>/change/", view, name="challenge_article_change"), *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return False

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        form = context["adminform"].form
        if form.other is None:
            return super().render_change_form(request, context, *args, **options)
        return _conflict(request, form, form.other, context)

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        obj.is_edited = obj.is_edited or bool(form.changed_data)
        super().save_model(request, obj, form, change)


def _conflict(
    request: HttpRequest, form: ArticleForm, other: Article, context: dict[str, Any]
) -> HttpResponse:
    """Show both texts side by side; the form still holds the coach's own."""
    labels = {name: str(form.fields[name].label) for name in TEXTS}
    own = {name: normalise_line_ends(str(form[name].value() or "")) for name in TEXTS}
    found = differences(
        [Row(label, getattr(other, name)) for name, label in labels.items()],
        [Row(label, own[name]) for name, label in labels.items()],
    )
    conflict = {
        **context,
        "title": _("Somebody else changed it meanwhile"),
        "differences": found,
        "posted": [("seen", digest(other)), *own.items()],
        "change": request.path,
    }
    return TemplateResponse(request, "admin/challenge/article/conflict.html", conflict, status=409)
