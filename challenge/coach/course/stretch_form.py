"""The form of a stretch; the self-check has fewer fields."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenge.coach.course.content_form import MAX_TEXT, AnnotatedField, DraftLines, DraftText
from challenge.coach.course.day_form import between
from challenge.coach.course.drawing_rows import FigureRowsForm, figure_values
from challenge.curriculum.lesson import Content
from challenge.curriculum.lint import fields as limits
from challenge.curriculum.parse import AREAS, FRONT_OF_HIP, HARD_LOAD, LOAD, STRETCH_MINUTES
from challenge.models import Stretch

FAMILIES = [
    ("", gettext_lazy("none")),
    (FRONT_OF_HIP, gettext_lazy("front of hip: its seconds count")),
    (LOAD, gettext_lazy("load")),
    (HARD_LOAD, gettext_lazy("hard load: days of rest between")),
]
SELF_CHECK_FIELDS = ("title", "purpose", "minutes", "timer", "skip_if")


class StretchForm(FigureRowsForm):
    min_rows = 3

    title = DraftText(label=gettext_lazy("Title"))
    purpose = DraftText(label=gettext_lazy("What it is for"), rows=2)
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"),
        min_value=STRETCH_MINUTES[0],
        max_value=STRETCH_MINUTES[1],
        required=False,
        help_text=gettext_lazy("1 to 12."),
    )
    hold = DraftText(label=gettext_lazy("Hold"))
    sets = DraftText(label=gettext_lazy("Sets"))
    sides = forms.ChoiceField(
        label=gettext_lazy("Sides"),
        required=False,
        choices=[("both", gettext_lazy("Both sides take turns")), ("one", gettext_lazy("There is only one"))],
        widget=forms.RadioSelect,
    )
    timer = DraftText(label=gettext_lazy("Timer"))
    area = forms.MultipleChoiceField(
        label=gettext_lazy("Areas"),
        required=False,
        choices=[(area, area) for area in AREAS],
        widget=forms.CheckboxSelectMultiple,
    )
    family = forms.ChoiceField(label=gettext_lazy("Family"), required=False, choices=FAMILIES)
    equipment = DraftLines(
        label=gettext_lazy("Equipment"), rows=3, help_text=gettext_lazy("One thing a line.")
    )
    steps = DraftText(label=gettext_lazy("Steps"), max_size=MAX_TEXT, rows=14)
    feel = DraftText(label=gettext_lazy("You should feel"), rows=3)
    not_feel = DraftText(label=gettext_lazy("You should not feel"), rows=3)
    easier = DraftText(label=gettext_lazy("Easier"), rows=3)
    harder = DraftText(label=gettext_lazy("Harder"), rows=3)
    skip_if = DraftText(label=gettext_lazy("Skip this if"), rows=4)
    reminder = DraftText(label=gettext_lazy("Reminder, in place of the steps when it comes again"), rows=3)

    def __init__(self, data: Any = None, *, instance: Stretch, **options: Any) -> None:
        super().__init__(data, **options)
        self.is_self_check = instance.kind == Stretch.Kind.SELF_CHECK
        if self.is_self_check:
            shown = {*SELF_CHECK_FIELDS, "steps"}
            for name in [each for each in StretchForm.base_fields if each not in shown]:
                del self.fields[name]
        for name, limit in (limits.STRETCH | limits.OPTIONAL_STRETCH).items():
            if name in self.fields:
                self.fields[name].help_text = between(limit)

    def draft(self) -> Content:
        names = [name for name in StretchForm.base_fields if name in self.fields and name != "steps"]
        data = {name: self.cleaned_data[name] for name in names}
        return {**data, "figures": self.figures(), "body": self.cleaned_data["steps"]}

    def sections(self) -> list[tuple[str, list[AnnotatedField]]]:
        groups = [
            (_("What it is"), ("title", "purpose", "area", "family", "equipment")),
            (_("How long"), ("minutes", "hold", "sets", "sides", "timer")),
            (_("When not to do it"), ("skip_if",)),
            (_("How it is done"), ("steps", "feel", "not_feel", "easier", "harder", "reminder")),
        ]
        shown = [
            (title, [self.annotated(name) for name in names if name in self.fields])
            for title, names in groups
        ]
        return [(title, fields) for title, fields in shown if fields]


def stretch_values(content: Content) -> dict[str, Any]:
    return {**content, "steps": content.get("body", ""), **figure_values(content)}
