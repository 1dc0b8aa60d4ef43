"""The forms of a day, a stretch and an article: they save any text up to a size limit, and show each of the
linter's findings at its field and line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenge.curriculum.lesson import Content
from challenge.curriculum.lint import Finding
from challenge.curriculum.lint.fields import too_long
from challenge.curriculum.lint.unsafe import normalise_line_ends

MAX_LINE, MAX_TEXT = 2_000, 20_000
# A text that is too long is shown again up to this size, so that the coach can shorten it.
MAX_REDISPLAYED = 200_000
QUOTED = 120
TOO_LONG = "too_long"
NO_NULLS = ProhibitNullCharactersValidator(
    message=gettext_lazy("A character that can't be kept (NUL) is in here. Type this field again.")
)


class DraftText(forms.CharField):
    """A text of a draft, saved with all its faults. No maxlength: a browser would cut a paste silently."""

    def __init__(self, *, max_size: int = MAX_LINE, rows: int = 0, **options: Any) -> None:
        if rows:
            options["widget"] = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
        super().__init__(required=False, **options)
        self.max_size = max_size
        self.validators = [NO_NULLS]

    def to_python(self, value: Any) -> str:
        return normalise_line_ends(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        if len(value) > self.max_size:
            raise ValidationError(too_long(len(value), self.max_size), code=TOO_LONG)


class DraftLines(DraftText):
    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return [line.strip() for line in super().clean(value).split("\n") if line.strip()]


@dataclass(frozen=True)
class Remark:
    """A finding at its field: the line (0 in a field of one line), the advice, and the text of the line."""

    line: int
    message: str
    quote: str


@dataclass(frozen=True)
class AnnotatedField:
    field: BoundField
    remarks: list[Remark]


class ContentForm(forms.Form):
    """A draft as fields. `places` maps a finding's place to the field that shows it."""

    places: Mapping[str, str] = {}

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, auto_id="%s", **options)
        self.remarks: dict[str, list[Remark]] = {}

    def draft(self) -> Content:
        raise NotImplementedError

    def show(self, findings: Sequence[Finding]) -> None:
        for finding in findings:
            name = self.field_of(finding)
            quote, line = "", 0
            if name in self.fields and isinstance(self.fields[name].widget, forms.Textarea):
                quote, line = _quoted(self[name].value(), finding.line), finding.line
            found = self.remarks.setdefault(name, [])
            if found and found[-1].line == line:
                quote = ""  # the remark before this one quotes the line
            if (remark := Remark(line, finding.message, quote)) not in found:
                found.append(remark)
        for name in self.remarks:
            if name in self.fields:
                described = (
                    f"{name}_helptext {name}_remarks" if self.fields[name].help_text else f"{name}_remarks"
                )
                attributes = {"aria-invalid": "true", "aria-describedby": described}
                self.fields[name].widget.attrs.update(attributes)

    def field_of(self, finding: Finding) -> str:
        """Return the name of a finding's field; "" for the whole mail."""
        return self.places.get(finding.place, finding.place if finding.place in self.fields else "")

    def annotated(self, name: str) -> AnnotatedField:
        return AnnotatedField(self[name], self.remarks.get(name, []))

    def summary(self) -> list[tuple[str, str, Remark]]:
        """Return every remark with the label and the anchor of its field, in the order of the page."""
        order = [*self.fields, ""]
        named = sorted(self.remarks.items(), key=lambda item: order.index(item[0]))
        labels = {name: str(field.label) for name, field in self.fields.items()} | {"": _("The whole mail")}
        return [(labels[name], f"field-{name}", remark) for name, found in named for remark in found]


def refuse(findings: Sequence[Finding]) -> None:
    """Raise a ValidationError with each finding and its line."""
    if findings:
        text = _("Line %(line)d: %(message)s")
        raise ValidationError([text % {"line": each.line, "message": each.message} for each in findings])


def clear_oversized_fields(form: forms.BaseForm, kept: Mapping[str, Any]) -> None:
    """Reset a field whose text is longer than MAX_REDISPLAYED to its saved text, or to an empty one."""
    posted = {name: form[name].data for name in form.errors if name in form.fields}
    names = [name for name, text in posted.items() if isinstance(text, str) and len(text) > MAX_REDISPLAYED]
    shown = {name: form.fields[name].prepare_value(kept.get(name, "")) for name in names}
    form.data = with_values(form.data, shown)
    for name in names:
        if shown[name]:
            text = _(
                "Nothing was saved. This is too long to be shown again: the field is as it was last saved."
            )
        else:
            text = _("Nothing was saved. This is too long to be shown again, so the field is empty.")
        form.add_error(name, text)


def with_values(data: Any, values: Mapping[str, Any]) -> Any:
    """Return a copy of the posted data, with other values for some fields."""
    posted = data.copy()
    for name, value in values.items():
        posted[name] = value
    return posted


def _quoted(text: Any, line: int) -> str:
    lines = normalise_line_ends(text).split("\n") if isinstance(text, str) else list(text or [])
    found = str(lines[line - 1]).strip() if 0 < line <= len(lines) else ""
    return found if len(found) <= QUOTED else f"{found[:QUOTED]}…"
