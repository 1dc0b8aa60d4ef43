"""Django's own loop, one process of several: render, EmailMultiAlternatives on a connection that stays
open, and a mark for each mail.

python -m bench.peers.loop LETTER PART PARTS
"""

import sys
from pathlib import Path

import django

from bench.processes import await_start, done


def main() -> None:
    path, part, parts = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    django.setup()
    from django.core.mail import get_connection
    from django.db.models import F
    from django.utils import timezone

    from bench.peers.mail import make_message, read_letter
    from bench.peers.models import Mail

    letter = read_letter(path)
    await_start()
    with get_connection() as connection:
        for mail in (
            Mail.objects.annotate(part=F("number") % parts).filter(sent_at=None, part=part).order_by("id")
        ):
            connection.send_messages([make_message(letter, mail.number, mail.recipient)])
            mail.sent_at = timezone.now()
            mail.save(update_fields=["sent_at"])
    if Mail.objects.annotate(part=F("number") % parts).filter(sent_at=None, part=part).exists():
        sys.exit("not every mail was sent")
    done()


if __name__ == "__main__":
    main()
