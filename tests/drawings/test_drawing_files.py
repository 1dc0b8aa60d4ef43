"""Drawings as files: named by a hash of what they show, cached for a year, old names still served."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from challenge import drawings
from challenge.curriculum import drawing_files
from challenge.drawings.catalogue import THEMES, content_hash

pytestmark = pytest.mark.pure

BRIDGE = drawing_files.file_name("glute-bridge-2", "dark", "png")
OLD = "glute-bridge-2.dark.00000000.png"
NOT_FIGURES = [
    "nobody.light.00000000.svg",
    "glute-bridge-2.sepia.00000000.svg",
    "glute-bridge-2.light.0000000.svg",
    "glute-bridge-2.light.00000000.gif",
    "glute-bridge-2.light.00000000.svg\n",
    "GLUTE-BRIDGE-2.light.00000000.svg",
    "../../settings.py",
    "..%2f..%2fsettings.py",
    "glute-bridge-2.light.00000000.svg/../../x",
    "глют.light.00000000.svg",
    "\x00",
    "",
]


@pytest.fixture(autouse=True)
def var(settings: Any, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path


def test_a_picture_is_painted_once(var: Path) -> None:
    first = drawing_files.read(BRIDGE)
    (var / "figures" / BRIDGE).write_bytes(b"kept")
    assert first is not None
    assert drawing_files.read(BRIDGE) == b"kept"
    assert [path.name for path in (var / "figures").iterdir()] == [BRIDGE]


def test_a_folder_that_cannot_be_written_costs_no_picture(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "file"
    settings.VAR_DIR.write_text("no folder")
    content = drawing_files.read(BRIDGE)
    assert content is not None
    assert content.startswith(b"\x89PNG")


def test_an_old_mail_shows_its_old_picture_or_todays(var: Path) -> None:
    assert drawing_files.read(OLD) == drawing_files.read(BRIDGE)
    (var / "figures" / OLD).write_bytes(b"as it was")
    assert drawing_files.read(OLD) == b"as it was"


@pytest.mark.parametrize("drawing", sorted(drawing_files.WITHDRAWN))
@pytest.mark.parametrize("kind", ["png", "svg"])
def test_an_old_mail_shows_todays_picture_for_an_unsafe_one(
    client: Client, var: Path, drawing: str, kind: str
) -> None:
    name, theme, _hash = drawing.split(".")
    (var / "figures").mkdir()
    (var / "figures" / f"{drawing}.{kind}").write_bytes(b"unsafe")

    answer = client.get(f"/figures/{drawing}.{kind}")

    assert answer.content == drawing_files.read(drawing_files.file_name(name, theme, kind)) != b"unsafe"
    assert answer["Cache-Control"] == "public, max-age=3600"


def test_no_drawing_of_today_is_a_withdrawn_one() -> None:
    current = {f"{name}.{theme}.{content_hash(name, theme)}" for name in drawings.names() for theme in THEMES}
    assert not current & drawing_files.WITHDRAWN
    assert {drawing.split(".")[0] for drawing in drawing_files.WITHDRAWN} <= set(drawings.names())


@pytest.mark.parametrize("name", NOT_FIGURES)
def test_other_names_are_no_pictures(var: Path, name: str) -> None:
    (var / "settings.py").write_text("secret")
    assert drawing_files.read(name) is None


@pytest.mark.parametrize(("name", "theme", "kind"), [("no", "light", "svg"), ("psoas-side", "no", "svg")])
def test_no_file_name_for_what_is_not_drawn(name: str, theme: str, kind: str) -> None:
    with pytest.raises(KeyError):
        drawing_files.file_name(name, theme, kind)
    with pytest.raises(KeyError):
        drawing_files.file_name("psoas-side", "light", "gif")
    with pytest.raises(KeyError):
        drawings.size("no")


def test_a_picture_is_served_for_a_year_without_cookies(client: Client) -> None:
    for kind, content_type in (("svg", "image/svg+xml"), ("png", "image/png")):
        answer = client.get(f"/figures/{drawing_files.file_name('psoas-side', 'light', kind)}")
        assert answer.status_code == 200
        assert answer["Content-Type"] == content_type
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")


def test_todays_picture_for_an_old_name_is_kept_for_an_hour(client: Client, var: Path) -> None:
    assert client.get(f"/figures/{OLD}")["Cache-Control"] == "public, max-age=3600"
    (var / "figures" / OLD).write_bytes(b"as it was")
    answer = client.get(f"/figures/{OLD}")
    assert (answer.content, "immutable" in answer["Cache-Control"]) == (b"as it was", True)


def test_pictures_are_only_read(client: Client) -> None:
    address = f"/figures/{drawing_files.file_name('psoas-side')}"
    assert client.post(address).status_code == 405
    answer = client.head(address)
    assert (answer.status_code, answer.content) == (200, b"")
    assert client.get("/figures/nobody.light.00000000.svg").status_code == 404
    assert client.get("/figures/../challenge/settings.py").status_code == 404


def test_one_command_draws_them_all(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(drawing_files, "names", lambda: ["glute-bridge-2", "psoas-side"])
    call_command("draw_figures", folder=tmp_path / "drawn")
    files = {path.name for path in (tmp_path / "drawn").iterdir()}
    assert len(files) == 8
    assert BRIDGE in files
    assert "8 files" in capsys.readouterr().out
