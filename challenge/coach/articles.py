"""The pages of words about a program: its questions and answers, and what it is."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenge.coach.access import CoachAdmin
from challenge.coach.words_form import TOO_LONG, Words, with_values
from challenge.curriculum.lint import Finding, lint_article
from challenge.curriculum.lint.fields import ARTICLE_LENGTH, plain_field
from challenge.models import Article

TITLE, SUMMARY = (1, 120), (10, 200)

if TYPE_CHECKING:
    Form = forms.ModelForm[Article]
else:
    Form = forms.ModelForm


class ArticleForm(Form):
    """The linter's findings are the form's errors: what is saved here is on the site at once."""

    title = Words(label=gettext_lazy("Title"), help_text=gettext_lazy("Up to 120 characters."))
    summary = Words(label=gettext_lazy("Summary"), help_text=gettext_lazy("10 to 200 characters."), rows=2)
    body = Words(
        label=gettext_lazy("Text"),
        most=ARTICLE_LENGTH,
        rows=30,
        help_text=gettext_lazy(
            "Markdown: ## begins a heading (in the questions and answers each ## is a question), **bold**, "
            "*italic*, - for a list, [words](https://address) for a link. Saved, it is on the site at once."
        ),
    )

    class Meta:
        model = Article
        fields = ("title", "summary", "body")

    def clean_title(self) -> str:
        return self._clean("title", plain_field("title", self.cleaned_data["title"], TITLE))

    def clean_summary(self) -> str:
        return self._clean("summary", plain_field("summary", self.cleaned_data["summary"], SUMMARY))

    def clean_body(self) -> str:
        return self._clean("body", lint_article(self.cleaned_data["body"]))

    def _clean(self, name: str, found: list[Finding]) -> str:
        if found:
            advice = _("Line %(line)d: %(message)s")
            raise forms.ValidationError(
                [advice % {"line": each.line, "message": each.message} for each in found]
            )
        return str(self.cleaned_data[name])

    def full_clean(self) -> None:
        super().full_clean()
        if not self.is_bound:
            return
        too_long = [name for name in self.fields if self.has_error(name, TOO_LONG)]
        self.data = with_values(self.data, {name: getattr(self.instance, name) for name in too_long})
        for name in too_long:
            self.add_error(name, _("Nothing was saved. This field is shown as it was last saved."))


@admin.register(Article)
class ArticleAdmin(CoachAdmin[Article]):
    """Two pages that come with the course; what the coach changes no longer follows the files."""

    form = ArticleForm
    list_display = ("title", "slug", "is_edited")
    fields = ("title", "summary", "body")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Article, form: Any, change: bool) -> None:
        obj.is_edited = obj.is_edited or bool(form.changed_data)
        super().save_model(request, obj, form, change)
