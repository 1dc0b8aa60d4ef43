"""What must not stand in a log."""

import logging
import re

LINK = re.compile(r"/(confirm|check-in|day|hour|leave|pause)/[^/\s]+")


class HideLinks(logging.Filter):
    """Takes the capability out of every address that is logged: who reads logs can't use it."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        hidden = LINK.sub(r"/\1/...", message)
        if hidden != message:
            record.msg, record.args = hidden, ()
        return True
