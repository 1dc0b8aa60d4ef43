"""Build the gallery in a temporary database, every mail and page of a runner as a file:

    python -m tests.gallery.build FOLDER

writes mails/NAME.eml, as an SMTP server got them, and pages/NAME.html, as the site answers.
"""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.support import ROOT
from tests.support.shared import made_once

SITE = "https://reset.example.org"
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "challenge.settings",
    "SECRET_KEY": "only-for-checks-and-tests-0123456789abcdefghijklmnopq",
    "SITE_URL": SITE,
    "MAIL_FROM": "Sam Rivers <coach@reset.example.org>",
    "COACH_NAME": "Sam Rivers",
    "POSTAL_ADDRESS": "Runner Reset, 12 Mill Lane, Oakham LE15 6AA, United Kingdom",
    "SIGN_UPS_PER_IP": "100",
    "INBOX_DIR": "",
    "REDIS_URL": "",
    "DEBUG": "0",
    "LOG_LEVEL": "CRITICAL",
}
RECALLED, INSTEAD = "couch-stretch", "standing-hip-flexor"
WHY = (
    "The couch stretch asks more of the knee than we want from somebody alone. If it felt well, "
    "nothing has to be done."
)


def prepare(folder: Path) -> None:
    """Set Django up with a database of its own in a folder, and the course in it."""
    os.environ.update(SETTINGS, DATABASE_URL=f"sqlite:///{folder / 'gallery.sqlite3'}")
    import django
    from django.apps import apps
    from django.conf import settings

    django.setup()
    from django.core.management import call_command

    from challenge.curriculum.course import CONTENT
    from challenge.curriculum.load import load
    from tests.gallery.cast import BEGIN

    # Tables as the models say, where nothing is migrated.
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)
    load(CONTENT / "reset-21", BEGIN)


def contents(*, with_pages: bool) -> dict[str, bytes]:
    """Go through the course; return every mail, then every page, by the name of its file."""
    from django.conf import settings

    from challenge.models import Program
    from tests.gallery.answers import answers
    from tests.gallery.walk import Walk
    from tests.support.smtp_server import SmtpServer

    with SmtpServer() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
        walk = Walk(Program.objects.get(), sink)
        walk.begin()
        walk.to_the_end()
        walk.recall(RECALLED, INSTEAD, WHY)
        walk.leave_out()
        mails = {f"mails/{name}.eml": raw for name, raw in walk.mails().items()}
        pages = {f"pages/{name}.html": page for name, page in answers(walk).items()} if with_pages else {}
        return mails | pages


def gallery_folder() -> Path:
    """Return the folder of this test run's gallery, built in a process of its own."""
    return made_once("gallery", _build)


def _build(folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "tests.gallery.build", folder], cwd=ROOT, check=True)


if __name__ == "__main__":
    with TemporaryDirectory(prefix="gallery-") as place:
        prepare(Path(place))
        for name, content in contents(with_pages=True).items():
            path = Path(sys.argv[1], name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
