"""The form of the safety rules: numbers that agree with each other, and red words that can be read."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.fields import AddressField
from challenge.checkins.heeding import LEVELS
from challenge.checkins.told_pain import THRESHOLDS
from challenge.coach.access import ModelForm
from challenge.models import SafetyLevel, SafetyRules
from challenge.safety.pain_rules import PainThresholds
from challenge.safety.red_word_list import RedWordsError, with_added

# What asks for somebody today, or now, always stops the lessons.
MAY_GO_ON = [rule for rule, level in LEVELS.items() if level == SafetyLevel.WITHIN_DAYS]
RULES = {
    "hold_bone_stress": gettext_lazy("Pain in front of the hip that running brings on"),
    "hold_down_a_leg": gettext_lazy("Pain down a leg"),
    "hold_rising": gettext_lazy("Rising pain"),
}
WORDS = {
    "emergency": gettext_lazy("Emergency: holds, and the coach is told at once"),
    "urgent": gettext_lazy("Urgent: holds, and the coach is told"),
    "ask_first": gettext_lazy("Ask first: the coach sees it, and nothing is held"),
    "ask_screening_3": gettext_lazy("Both legs after an effort: the runner is asked"),
    "strikes": gettext_lazy("Harmless: taken out before the rest is read"),
}
PREFIX = "words_"
CONTRADICTIONS = {
    "ease_from": gettext_lazy(
        "“Ease off” must begin above 0 and not above the number that stops, and that not above 10."
    ),
    "rising_hold_from": gettext_lazy("Rising pain must stop from a number between 1 and 10."),
    "what": gettext_lazy("What is counted in a row takes two check-ins at least."),
    "a": gettext_lazy("A score must count for longer than a movement is left out."),
}
# The faults of the list, named here for the translators.
FAULTS = (
    gettext_lazy("A rule has three sides at most."),
    gettext_lazy("Something is missing before or after a comma or a +."),
    gettext_lazy("A bracket is not closed, or stands within another."),
    gettext_lazy("A phrase has more than 200 spellings."),
    gettext_lazy("A phrase has no word, or none outside brackets."),
    gettext_lazy("Something is missing before or after a /."),
    gettext_lazy("A - stands at one end of a word of 3 to 20 letters."),
)


def _words(key: str) -> forms.CharField:
    return forms.CharField(label=WORDS[key], required=False, widget=forms.Textarea(attrs={"rows": 4}))


class SafetyRulesForm(ModelForm[SafetyRules]):
    """Red words are written one rule a line, as content/red-words.en.toml says."""

    words_only = forms.MultipleChoiceField(
        label=gettext_lazy("Lessons go on, without exercise, after"),
        choices=[(rule.value, RULES[rule.value]) for rule in MAY_GO_ON],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy("After every other rule that holds, no lesson comes until you lift the hold."),
    )
    second_contact = AddressField(
        label=gettext_lazy("Second contact"),
        max_length=254,
        required=False,
        help_text=gettext_lazy("An address that is told where no coach has acknowledged in time."),
    )

    words_emergency = _words("emergency")
    words_urgent = _words("urgent")
    words_ask_first = _words("ask_first")
    words_ask_screening_3 = _words("ask_screening_3")
    words_strikes = _words("strikes")

    class Meta:
        model = SafetyRules
        fields = (*THRESHOLDS, "words_only", "remind_after", "second_contact", "second_after")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for key in WORDS:
            self.initial[PREFIX + key] = "\n".join(self.instance.red_words.get(key, []))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if all(name in data for name in THRESHOLDS):
            try:
                PainThresholds(**{name: data[name] for name in THRESHOLDS})
            except ValueError as error:
                self._contradicts(str(error))
        self._read_words()
        return data

    def _contradicts(self, error: str) -> None:
        begins = error.split()[0]
        field = {"what": "in_a_row", "a": "counts_for_days"}.get(begins, begins)
        self.add_error(field, CONTRADICTIONS[begins])

    def _read_words(self) -> None:
        added = {key: _lines(self.cleaned_data.get(PREFIX + key, "")) for key in WORDS}
        others = {key: rules for key, rules in self.instance.red_words.items() if key not in WORDS}
        words = others | {key: rules for key, rules in added.items() if rules}
        try:
            with_added(words)
        except RedWordsError as error:
            for problem in error.problems:
                said = {"rule": problem.rule, "fault": _(problem.fault)}
                name = PREFIX + problem.key
                self.add_error(name if name in self.fields else None, _("“%(rule)s”: %(fault)s") % said)
        else:
            self.instance.red_words = words


def _lines(text: str) -> list[str]:
    return [line for line in map(str.strip, text.splitlines()) if line]
