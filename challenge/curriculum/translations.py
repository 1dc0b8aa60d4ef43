"""Check that the mails' templates are translated into every language of the site."""

import ast
import re
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import trans_real
from django.utils.translation.template import templatize

from challenge.curriculum.lint import Finding

SOURCE = "en"
_GETTEXT_CALL = re.compile(r"gettext\(u('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")")


def check_translations() -> list[Finding]:
    """Return a finding for each language of the site with missing translations."""
    advice = _(
        "The mail is not whole in %(language)s: %(count)d pieces are not translated, such as %(text)s."
    )
    found = []
    for code, name in settings.LANGUAGES:
        if code == SOURCE:
            continue
        known: Any = trans_real.translation(code)._catalog  # type: ignore[attr-defined]
        # The catalogue stores a text with a plural under the text and the number of its form.
        missing = [text for text in _texts() if text not in known and (text, 0) not in known]
        if missing:
            values = {"language": str(name), "count": len(missing), "text": repr(missing[0])}
            found.append(Finding("mail", 1, advice % values))
    return found


@lru_cache
def _texts() -> list[str]:
    folder = settings.BASE_DIR / "templates" / "emails"
    sources = [str(templatize(path.read_text())) for path in sorted(folder.rglob("*.*"))]
    return list(
        dict.fromkeys(ast.literal_eval(text) for source in sources for text in _GETTEXT_CALL.findall(source))
    )
