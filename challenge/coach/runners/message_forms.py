"""The forms in which a coach writes to a runner, about one, or to all."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import NoteField
from challenge.conversation.notes import MOST_SIGNS

ROWS = {"rows": 8, "dir": "auto"}


class AnswerForm(forms.Form):
    """`seen` is the newest answer that the page showed."""

    text = NoteField(
        label=_("Your answer"),
        max_length=2000,
        widget=forms.Textarea(attrs=ROWS),
        error_messages={"required": _("Write your answer first.")},
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class LetterForm(forms.Form):
    text = NoteField(
        label=_("Your words"),
        max_length=2000,
        widget=forms.Textarea(attrs=ROWS),
        error_messages={"required": _("Write your words first.")},
    )


class RunnersNoteForm(forms.Form):
    text = NoteField(
        label=_("Your note"),
        max_length=MOST_SIGNS,
        widget=forms.Textarea(attrs=ROWS),
        error_messages={"required": _("Write your note first.")},
    )
    replaces = forms.BooleanField(label=_("In the place of the note that waits"), required=False)

    def __init__(self, *args: Any, is_first: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_first:
            self.fields["replaces"].widget = forms.HiddenInput()


class MemoForm(forms.Form):
    text = NoteField(
        label=_("Your memo"),
        max_length=4000,
        widget=forms.Textarea(attrs=ROWS),
        error_messages={"required": _("Write your memo first.")},
    )


class PublishedForm(forms.Form):
    text = NoteField(
        label=_("What all runners read"),
        max_length=4000,
        widget=forms.Textarea(attrs={**ROWS, "rows": 12}),
        error_messages={"required": _("Write what all runners may read, or withdraw it.")},
    )
