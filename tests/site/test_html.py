"""M4: the Nu Html Checker finds no error in any page, forms with mistakes included."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.gallery.build import ROOT, gallery_folder
from tests.gallery.mails import sent_mails
from tests.gallery.reporting import print_result, skip_without_tool

pytestmark = pytest.mark.pure

JAR = Path(os.environ.get("VNU_JAR", ROOT / "var/npm/node_modules/vnu-jar/build/dist/vnu.jar"))
# For a few seconds Java's second compiler costs more than it saves; the checker's schema wants a deep stack.
JAVA = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss4m")
BROKEN = "<!DOCTYPE html><html lang=en><title>Broken</title><p><b>never closed</p><img src=x>"


def test_no_page_has_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pages = sorted((gallery_folder() / "pages").glob("*.html"))
    broken = tmp_path / "broken.html"
    broken.write_text(BROKEN)
    letters = []
    for mail in sent_mails("mid", ""):
        letters.append(tmp_path / f"{mail.name}.mail.html")
        letters[-1].write_text(mail.html)
    found = _errors([*pages, *letters, broken])
    errors = [f"{page.name}: {error}" for page in pages for error in found[page.name]]
    print_result(capsys, f"M4 Nu Html Checker: {len(pages)} pages, {len(errors)} errors")
    # Outlook needs markup that is in no standard, so the mails' errors are only counted.
    kinds = sorted({error.partition(" In: ")[0] for letter in letters for error in found[letter.name]})
    print_result(capsys, f"For information, in {len(letters)} mails: {' '.join(kinds) or 'none'}")

    assert found["broken.html"]
    assert not errors, "\n".join(errors)


def _errors(files: list[Path]) -> dict[str, list[str]]:
    """Return the errors of each file, by its name; one Java process reads them all."""
    java = shutil.which("java") or skip_without_tool("Java is not installed")
    if not JAR.exists():
        skip_without_tool("the Nu Html Checker is not installed: npm install --prefix var/npm vnu-jar")
    options = ("--errors-only", "--exit-zero-always", "--format", "json")
    command = [java, *JAVA, "-jar", JAR, *options, *files]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    found: dict[str, list[str]] = {file.name: [] for file in files}
    for message in json.loads(ran.stderr)["messages"]:
        extract = " ".join(message.get("extract", "").split())
        found[Path(message["url"]).name].append(f"{message['message']} In: {extract}")
    return found
