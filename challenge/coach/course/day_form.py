"""The form of a day."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from challenge.coach.course.content_form import MAX_TEXT, AnnotatedField, DraftLines, DraftText
from challenge.coach.course.drawing_rows import FigureRowsForm, figure_values
from challenge.curriculum.lesson import Content
from challenge.curriculum.lint import fields as limits
from challenge.models import Day, Stretch

TEXTS = ("title", "subject", "preview", "run")


def between(limit: tuple[int, int]) -> str:
    """Word the limits of a field's length."""
    least, most = limit
    if least <= 1:
        return _("Up to %(most)d characters.") % {"most": most}
    return _("%(least)d to %(most)d characters.") % {"least": least, "most": most}


class DayForm(FigureRowsForm):
    """The day's own fields; its stretches are only chosen here."""

    title = DraftText(label=gettext_lazy("Title"))
    subject = DraftText(label=gettext_lazy("Subject"))
    preview = DraftText(label=gettext_lazy("Preview text"))
    lesson = DraftText(label=gettext_lazy("Lesson"), max_size=MAX_TEXT, rows=22)
    stretch_1 = forms.ChoiceField(label=gettext_lazy("First stretch"), required=False)
    stretch_2 = forms.ChoiceField(label=gettext_lazy("Second stretch"), required=False)
    self_check = forms.BooleanField(label=gettext_lazy("With the self-check"), required=False)
    run = DraftText(label=gettext_lazy("Today's run"))
    points = forms.MultipleChoiceField(
        label=gettext_lazy("Points taught"), required=False, widget=forms.CheckboxSelectMultiple
    )
    sources = DraftLines(label=gettext_lazy("Sources"), max_size=MAX_TEXT, rows=6)
    places = {"minutes": "stretch_1", "stretches": "stretch_1"}

    def __init__(self, data: Any = None, *, instance: Day, **options: Any) -> None:
        super().__init__(data, **options)
        source = self.data if self.is_bound else self.initial
        stretches = list(instance.program.stretches.filter(kind=Stretch.Kind.STRETCH))
        for name in ("stretch_1", "stretch_2"):
            self.fields[name].choices = _choices(stretches, str(source.get(name) or ""))  # type: ignore[attr-defined]
        points = instance.program.points
        self.fields["points"].choices = [(code, f"{code}: {text}") for code, text in points.items()]  # type: ignore[attr-defined]
        for name in TEXTS:
            self.fields[name].help_text = between(limits.DAY[name])
        self.fields["sources"].help_text = _("One a line, at least one. %(length)s") % {
            "length": between(limits.SOURCE)
        }

    def draft(self) -> Content:
        data = self.cleaned_data
        named = [data["stretch_1"], data["stretch_2"]]
        return {
            "day": {
                **{name: data[name] for name in TEXTS},
                "points": self._points(),
                "stretches": list(dict.fromkeys(slug for slug in named if slug)),
                "self_check": data["self_check"],
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
            (_("The stretches"), ("stretch_1", "stretch_2", "self_check")),
            (_("After the stretch"), ("run", "sources")),
        ]
        return [(title, [self.annotated(name) for name in names]) for title, names in groups]


def day_values(draft: Content) -> dict[str, Any]:
    day = draft.get("day", {})
    first, second = [*day.get("stretches", []), "", ""][:2]
    return {
        **{name: day.get(name, "") for name in TEXTS},
        "lesson": draft.get("body", ""),
        "stretch_1": first,
        "stretch_2": second,
        "self_check": day.get("self_check", False),
        "points": day.get("points", []),
        "sources": day.get("sources", []),
        **figure_values(day),
    }


def _choices(stretches: list[Stretch], chosen: str) -> list[tuple[str, str]]:
    """Return every stretch on offer; a recalled one only where the draft still names it."""
    offered = [
        (stretch.slug, _named(stretch))
        for stretch in stretches
        if not stretch.recalled_at or stretch.slug == chosen
    ]
    return [("", _("none")), *offered]


def _named(stretch: Stretch) -> str:
    if stretch.recalled_at:
        return _("%(title)s (recalled)") % {"title": stretch.title}
    minutes = ngettext("%(count)d minute", "%(count)d minutes", stretch.minutes) % {"count": stretch.minutes}
    return f"{stretch.title}, {minutes}"
