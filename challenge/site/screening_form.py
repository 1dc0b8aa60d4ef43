"""The form of the ten questions before the course: yes or no to nine, and boxes to tick in the tenth."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from challenge.safety.screening_list import (
    ASK_BOXES,
    MOVEMENT_BOXES,
    NO,
    QUESTIONS,
    URGENT_BOXES,
    Box,
    Question,
)
from challenge.site.fields import Boxes, Cells, PlainForm

# The button for all ten at once, and what the two buttons without consent to health data send.
ALL_NO, ONE_OF_THEM = "none", "some"


def _asked(number: int, question: Question) -> forms.ChoiceField:
    answer = _("Answer this question with yes or no.")
    return forms.ChoiceField(
        label=f"{number}. {question.text}",
        help_text=str(question.aside),
        choices=[(NO, _("no")), *((choice.code, choice.label) for choice in question.choices)],
        widget=Cells,
        error_messages={"required": answer, "invalid_choice": answer},
    )


def _boxes(label: Any, boxes: tuple[Box, ...]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=[(box.code, box.text) for box in boxes],
        required=False,
        widget=Boxes,
        error_messages={"invalid_choice": _("Tick boxes of this list alone.")},
    )


class ScreeningForm(PlainForm):
    urgent = _boxes(_("Now, or in the last four weeks"), URGENT_BOXES)
    ask = _boxes(_("About you"), ASK_BOXES)
    movements = _boxes(_("You have, or had"), MOVEMENT_BOXES)
    nothing = forms.BooleanField(label=_("None of these fits"), required=False)
    field_order = [question.code for question in QUESTIONS]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.says_all_no = self.data.get("answer") == ALL_NO
        for number, question in enumerate(QUESTIONS, 1):
            self.fields[question.code] = _asked(number, question)
            self.fields[question.code].required = not self.says_all_no
        self.order_fields(self.field_order)

    @property
    def questions(self) -> list[forms.BoundField]:
        return [self[question.code] for question in QUESTIONS]

    @property
    def codes(self) -> list[str]:
        """Return the codes of what was answered with yes and ticked."""
        said = [self.cleaned_data.get(question.code) for question in QUESTIONS]
        ticked = [code for name in ("urgent", "ask", "movements") for code in self.cleaned_data.get(name, [])]
        return [code for code in said if code and code != NO] + ticked

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        ticked = [name for name in ("urgent", "ask", "movements") if data.get(name)]
        if self.says_all_no and self.codes:
            self.add_error(
                None, _("You answered yes or ticked a box, so please finish and press Save my answers.")
            )
        elif not self.says_all_no and bool(data.get("nothing")) == bool(ticked):
            only_one = _("Tick what fits, or tick None of these fits: not both.")
            missing = _("Tick what fits, or tick None of these fits.")
            self.add_error("nothing", only_one if ticked else missing)
        return data
