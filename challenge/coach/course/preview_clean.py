"""A draft as far as a mail can show it: what would keep the mail from being put together is left out,
so that a preview works while the words are not finished."""

import re
from typing import Any

from challenge import drawings

# XML 1.0 knows no such characters, and a mail is put together as XML.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def showable(content: Any) -> Any:
    """The content without control characters and without drawings that there are not."""
    if isinstance(content, str):
        return _UNSHOWABLE.sub("", content)
    if isinstance(content, list):
        return [showable(each) for each in content]
    if isinstance(content, dict):
        shown = {key: showable(value) for key, value in content.items()}
        if "figures" in shown:
            known = set(drawings.names())
            shown["figures"] = [figure for figure in shown["figures"] if figure.get("name") in known]
        return shown
    return content
