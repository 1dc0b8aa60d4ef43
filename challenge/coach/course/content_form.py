"""What the forms of a day, a stretch and an article have in common: fields that keep whatever is typed,
up to a size that nobody types, and the linter's findings shown at the field with the line."""

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

LONGEST_LINE, LONGEST_TEXT = 2_000, 20_000
# What is refused for its length is given back all the same, so that it can be shortened, up to here.
MOST_GIVEN_BACK = 200_000
QUOTED = 120
TOO_LONG = "too_long"
NO_NULLS = ProhibitNullCharactersValidator(
    message=gettext_lazy("A character that can't be kept (NUL) is in here. Type this field again.")
)


class Words(forms.CharField):
    """Text that a draft keeps whatever its faults. No maxlength: a browser would cut a paste silently."""

    def __init__(self, *, most: int = LONGEST_LINE, rows: int = 0, **options: Any) -> None:
        if rows:
            options["widget"] = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
        super().__init__(required=False, **options)
        self.most = most
        self.validators = [NO_NULLS]

    def to_python(self, value: Any) -> str:
        return normalise_line_ends(super().to_python(value) or "")

    def validate(self, value: str) -> None:
        if len(value) > self.most:
            raise ValidationError(too_long(len(value), self.most), code=TOO_LONG)


class Lines(Words):
    """A list, one item a line."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return [line.strip() for line in super().clean(value).split("\n") if line.strip()]


@dataclass(frozen=True)
class Remark:
    """A finding at its field: the line (0 where there is but one), the advice, and what stands there."""

    line: int
    message: str
    quote: str


@dataclass(frozen=True)
class Spot:
    """A field with its remarks."""

    field: BoundField
    remarks: list[Remark]


class WordsForm(forms.Form):
    """A draft as fields. `places` names the field in which a finding's place is shown."""

    places: Mapping[str, str] = {}

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, auto_id="%s", **options)
        self.remarks: dict[str, list[Remark]] = {}

    def words(self) -> Content:
        """What was typed, as a draft holds it."""
        raise NotImplementedError

    def show(self, findings: Sequence[Finding]) -> None:
        """Put findings at their fields."""
        for finding in findings:
            name = self.field_of(finding)
            quote, line = "", 0
            if name in self.fields and isinstance(self.fields[name].widget, forms.Textarea):
                quote, line = _quoted(self[name].value(), finding.line), finding.line
            found = self.remarks.setdefault(name, [])
            if found and found[-1].line == line:
                quote = ""  # it stands above already
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
        """The name of the field that a finding is about; "" for the whole."""
        return self.places.get(finding.place, finding.place if finding.place in self.fields else "")

    def spot(self, name: str) -> Spot:
        return Spot(self[name], self.remarks.get(name, []))

    def summary(self) -> list[tuple[str, str, Remark]]:
        """Every remark with the name and the anchor of its field, as they come on the page."""
        order = [*self.fields, ""]
        named = sorted(self.remarks.items(), key=lambda item: order.index(item[0]))
        labels = {name: str(field.label) for name, field in self.fields.items()} | {"": _("The whole mail")}
        return [(labels[name], f"field-{name}", remark) for name, found in named for remark in found]


def forget_what_is_too_long(form: forms.BaseForm, kept: Mapping[str, Any]) -> None:
    """Show a field of which no page could hold what was typed as it was last kept, or empty."""
    typed = {name: form[name].data for name in form.errors if name in form.fields}
    names = [name for name, text in typed.items() if isinstance(text, str) and len(text) > MOST_GIVEN_BACK]
    shown = {name: form.fields[name].prepare_value(kept.get(name, "")) for name in names}
    form.data = with_values(form.data, shown)
    for name in names:
        if shown[name]:
            said = _(
                "Nothing was saved. This is too long to be shown again: the field is as it was last saved."
            )
        else:
            said = _("Nothing was saved. This is too long to be shown again, so the field is empty.")
        form.add_error(name, said)


def with_values(data: Any, values: Mapping[str, Any]) -> Any:
    """A copy of what was posted, with other values for some fields."""
    posted = data.copy()
    for name, value in values.items():
        posted[name] = value
    return posted


def _quoted(text: Any, line: int) -> str:
    lines = normalise_line_ends(text).split("\n") if isinstance(text, str) else list(text or [])
    found = str(lines[line - 1]).strip() if 0 < line <= len(lines) else ""
    return found if len(found) <= QUOTED else f"{found[:QUOTED]}…"
