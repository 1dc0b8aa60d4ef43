"""The format of log lines, without email addresses, without links that somebody could use, and without the
answers that they propose. The settings import this module, so it imports nothing of Django's."""

import json
import logging
import re
from datetime import UTC, datetime

# The last choice is a capability in any other path (accounts.capabilities). After it comes the answer that a
# link proposes.
LINK = re.compile(
    r"(?:/(confirm|check-in|day|hour|keep|leave|pause)/[^/\s]+|/([\w-]+)/[\w.-]+~[\w-]*)(?:/[\w-]+/?)?"
)
# Also in a mail server's answer, in a Message-ID, or quoted for a URL (RFC 3986); with what follows it in the
# same word up to a further one. A word is tried from its first letter alone: from each of them, a stranger's
# long word would take seconds.
WORD, HOST = r"[^\s<>()\[\]\"',;:@/]", r"(?:@|%40)[\w-]+(?:\.[\w-]+)+"
ADDRESS = re.compile(f"(?<!{WORD}){WORD}+{HOST}(?:{WORD}*{HOST})*")
# PostgreSQL quotes the row that it refuses: "DETAIL:  Failing row contains (5, Alice, ...).". The quote
# includes each line of a runner's note, up to the end or to Python's next line about a chain of errors.
ROW = re.compile(
    r"^(DETAIL|CONTEXT):.*?(?=\n\n(?:The above exception|During handling of)|\Z)", re.MULTILINE | re.DOTALL
)

# The names that `extra` may carry: our own ids and words, nothing that a person or a server wrote.
EXTRA = ("delivery", "enrollment", "phase", "outcome", "code", "alarm", "status_code")


def hide(text: str) -> str:
    """Remove capabilities, addresses and rows of tables from a text."""
    text = LINK.sub(lambda link: f"/{link[1] or link[2]}/...", text)
    return ROW.sub(r"\1: ...", ADDRESS.sub("...@...", text))


class Line(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return hide(super().format(record))


class Json(logging.Formatter):
    """One object a line for machines: time (ISO 8601, UTC), level, logger, message; the record's fields of
    EXTRA; and the traceback as `exception`."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": hide(record.getMessage()),
        }
        for name in EXTRA:
            if (value := getattr(record, name, None)) is not None:
                entry[name] = value if isinstance(value, int) else hide(str(value))
        if record.exc_info:
            entry["exception"] = hide(self.formatException(record.exc_info))
        if record.stack_info:
            entry["stack"] = hide(self.formatStack(record.stack_info))
        return json.dumps(entry, ensure_ascii=False)
