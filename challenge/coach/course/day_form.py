"""The form of a day."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenge.coach.course.content_form import MAX_TEXT, AnnotatedField, DraftLines, DraftText
from challenge.coach.course.drawing_rows import figure_values
from challenge.coach.course.stretch_rows import StretchRowsForm, stretch_row_values
from challenge.curriculum.lesson import Content
from challenge.curriculum.lint import fields as limits
from challenge.models import Day, Stretch

TEXTS = ("title", "subject", "preview", "run", "no_run")


def between(limit: tuple[int, int]) -> str:
    """Word the limits of a field's length."""
    least, most = limit
    if least <= 1:
        return _("Up to %(most)d characters.") % {"most": most}
    return _("%(least)d to %(most)d characters.") % {"least": least, "most": most}


class DayForm(StretchRowsForm):
    """The day's own fields; its stretches are only chosen here, with their doses."""

    title = DraftText(label=gettext_lazy("Title"))
    subject = DraftText(label=gettext_lazy("Subject"))
    preview = DraftText(label=gettext_lazy("Preview text"))
    lesson = DraftText(label=gettext_lazy("Lesson"), max_size=MAX_TEXT, rows=22)
    self_check = forms.BooleanField(label=gettext_lazy("With the self-check"), required=False)
    run = DraftText(label=gettext_lazy("Today's run"))
    no_run = DraftText(label=gettext_lazy("No run today?"))
    strides = forms.BooleanField(label=gettext_lazy("The run has strides"), required=False)
    points = forms.MultipleChoiceField(
        label=gettext_lazy("Points taught"), required=False, widget=forms.CheckboxSelectMultiple
    )
    sources = DraftLines(label=gettext_lazy("Sources"), max_size=MAX_TEXT, rows=6)
    places = {"minutes": "stretch_1", "stretches": "stretch_1"}

    def __init__(self, data: Any = None, *, instance: Day, **options: Any) -> None:
        stretches = instance.program.stretches.filter(kind=Stretch.Kind.STRETCH)
        super().__init__(data, stretches=list(stretches), **options)
        points = instance.program.points
        self.fields["points"].choices = [(code, f"{code}: {text}") for code, text in points.items()]  # type: ignore[attr-defined]
        for name in TEXTS:
            self.fields[name].help_text = between((limits.DAY | limits.OPTIONAL_DAY)[name])
        self.fields["sources"].help_text = _("One a line, at least one. %(length)s") % {
            "length": between(limits.SOURCE)
        }

    def draft(self) -> Content:
        data = self.cleaned_data
        return {
            "day": {
                **{name: data[name] for name in TEXTS},
                "points": self._points(),
                "stretches": self.chosen_stretches(),
                "doses": self.doses(),
                "self_check": data["self_check"],
                "strides": data["strides"],
                "sources": data["sources"],
                "figures": self.figures(),
            },
            "body": data["lesson"],
        }

    def _points(self) -> list[str]:
        """Return the ticked points; those of the old draft keep their order."""
        ticked, before = self.cleaned_data["points"], self.initial.get("points", [])
        return [
            *(code for code in before if code in ticked),
            *(code for code in ticked if code not in before),
        ]

    @property
    def points_field(self) -> AnnotatedField:
        return self.annotated("points")

    @property
    def chosen_points(self) -> str:
        return ", ".join(self["points"].value() or [])

    def sections(self) -> list[tuple[str, list[AnnotatedField]]]:
        groups = [
            (_("In the inbox"), ("subject", "preview")),
            (_("The lesson"), ("title", "lesson")),
            (_("The stretches"), (*self.stretch_fields, "self_check")),
            (_("After the stretch"), ("run", "no_run", "strides", "sources")),
        ]
        return [(title, [self.annotated(name) for name in names]) for title, names in groups]


def day_values(draft: Content) -> dict[str, Any]:
    day = draft.get("day", {})
    return {
        **{name: day.get(name, "") for name in TEXTS},
        "lesson": draft.get("body", ""),
        **stretch_row_values(day),
        "self_check": day.get("self_check", False),
        "strides": day.get("strides", False),
        "points": day.get("points", []),
        "sources": day.get("sources", []),
        **figure_values(day),
    }
