"""The short name of a source: "Siccardi 2023" for "Siccardi MA, Tariq MA, Valle C (2023). Anatomy ..."."""

import re

# Authors, then the year or "undated" in parentheses.
_REFERENCE = re.compile(r"(?P<authors>.+?) \((?P<year>\d{4}|undated)\w?\)")
_INITIALS = re.compile(r"^(?P<surname>.+?) [A-Z]{1,4}(?: and others| et al\.?)?$")
_ABBREVIATION = re.compile(r"\(([A-Z]{2,8})\)$")
LONGEST = 60


def short_names(sources: list[str]) -> list[str]:
    """Return each source's short name, once."""
    return list(dict.fromkeys(short_name(source) for source in sources))


def short_name(source: str) -> str:
    """Return the first author's surname, or the abbreviation in parentheses or name of an organisation, with
    the year. A source in another form is cut at its first sentence."""
    found = _REFERENCE.match(source)
    if found is None:
        return source.split(". ")[0][:LONGEST]
    name = found["authors"].split(",")[0]
    for pattern in (_INITIALS, _ABBREVIATION):
        if part := pattern.search(name):
            name = part[1]
    return f"{name} {found['year']}" if found["year"].isdigit() else name
