"""Fill the peers' database: python -m bench.peers.stock LETTER COUNT (mails | post_office)."""

import sys
from pathlib import Path

import django


def main() -> None:
    path, count, kind = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", run_syncdb=True, verbosity=0)
    if kind == "mails":
        from bench.peers.models import Mail

        mails = [Mail(recipient=f"runner-{n}@example.com", number=n) for n in range(1, count + 1)]
        Mail.objects.all().delete()
        Mail.objects.bulk_create(mails, batch_size=1000)
    else:
        _post_office(path, count)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def _post_office(path: Path, count: int) -> None:
    """Queue mails that are rendered when they are delivered; their links are signed beforehand."""
    from post_office import mail
    from post_office.models import Email, EmailTemplate

    from bench.peers.mail import headers, links, read_letter

    letter = read_letter(path)
    Email.objects.all().delete()
    template, _ = EmailTemplate.objects.update_or_create(
        name="lesson",
        defaults={"subject": letter["subject"], "content": letter["text"], "html_content": letter["html"]},
    )
    for first in range(1, count + 1, 1000):
        mail.send_many(
            [
                {
                    "recipients": f"runner-{n}@example.com",
                    "template": template,
                    "context": {**letter["context"], **links(n)},
                    "headers": headers(n),
                    "render_on_delivery": True,
                }
                for n in range(first, min(first + 1000, count + 1))
            ]
        )


if __name__ == "__main__":
    main()
