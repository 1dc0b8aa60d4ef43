"""The base class, fields and widgets of the site's forms."""

from typing import Any

from django import forms


class PlainForm(forms.Form):
    """A form whose labels end without a colon; after an error, the first wrong field has the focus."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def full_clean(self) -> None:
        super().full_clean()
        if bad := [name for name in self.fields if name in self.errors]:
            self.focus(bad[0])

    def focus(self, name: str) -> None:
        self.fields[name].widget.attrs["autofocus"] = True


class CommaDecimalField(forms.DecimalField):
    """A number that may be written with a comma."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace(",", ".") if isinstance(value, str) else value)


class LongSelect(forms.Select):
    template_name = "pages/long_select.html"


class Cells(forms.RadioSelect):
    """Radio buttons side by side, each in a cell to tap."""

    template_name = "pages/cells.html"

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        if option["index"] != "0":
            # Only one element of a page may have it.
            option["attrs"].pop("autofocus", None)
        return option


class Boxes(forms.CheckboxSelectMultiple):
    """Boxes to tick, one below the other."""

    template_name = "pages/boxes.html"
