"""What a log line looks like, and what must not stand in it: whose mail it is about, and links that
somebody could use. Imported while settings are read, so it imports nothing of Django's."""

import json
import logging
import re
from datetime import UTC, datetime

LINK = re.compile(r"/(confirm|check-in|day|hour|leave|pause)/[^/\s]+")
# Also in an answer of a mail server, in a Message-ID, or quoted for a URL (RFC 3986).
ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:@/]+(?:@|%40)[\w-]+(?:\.[\w-]+)+")
# PostgreSQL quotes the row that it refuses: "DETAIL:  Failing row contains (5, Alice, ...).". That goes on
# over each line of a note of hers, up to the end or to what Python says next of a chain of errors.
ROW = re.compile(
    r"^(DETAIL|CONTEXT):.*?(?=\n\n(?:The above exception|During handling of)|\Z)", re.MULTILINE | re.DOTALL
)

# What a record may carry in `extra`: ids and words of our own, nothing that a person or a server wrote.
EXTRA = ("delivery", "enrollment", "phase", "outcome", "code", "alarm", "status_code")


def hide(text: str) -> str:
    """The text without capabilities, addresses and rows of tables."""
    text = LINK.sub(r"/\1/...", text)
    return ROW.sub(r"\1: ...", ADDRESS.sub("...@...", text))


class Line(logging.Formatter):
    """One line for people, its traceback below it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return hide(super().format(record))


class Json(logging.Formatter):
    """One object a line for machines: time (ISO 8601, UTC), level, logger, message; what the record
    carries of EXTRA; and the traceback as `exception`."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": hide(record.getMessage()),
        }
        for name in EXTRA:
            if (value := getattr(record, name, None)) is not None:
                told[name] = value if isinstance(value, int) else hide(str(value))
        if record.exc_info:
            told["exception"] = hide(self.formatException(record.exc_info))
        if record.stack_info:
            told["stack"] = hide(self.formatStack(record.stack_info))
        return json.dumps(told, ensure_ascii=False)
