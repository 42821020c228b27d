"""`cytoloop import` against a real web process."""

import zipfile

import numpy as np
import pytest
import tifffile
from PIL import Image

from cytoloop.cli import main
from cytoloop.client import Client

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def web(shared_processes):
    """Address of a web process for all tests."""
    return shared_processes.start_web()


@pytest.fixture
def live_site(web, transactional_db):
    """The same, without any rows."""
    return web


@pytest.fixture
def token(live_site):
    with Client(live_site) as visitor:
        visitor.set_up_site(
            username="ada", email="ada@example.org", password="long-pass-word-7", lab="Lab"
        )
        return visitor.create_token("import")


@pytest.fixture
def folder(tmp_path):
    rng = np.random.default_rng(5)
    for name in ("images", "masks"):
        (tmp_path / "plate 1" / name).mkdir(parents=True)
    base = tmp_path / "plate 1"
    for number in range(3):
        pixels = rng.integers(0, 4000, (40, 60), dtype=np.uint16)
        tifffile.imwrite(base / "images" / f"f{number}.tif", pixels)
    Image.fromarray(rng.integers(0, 255, (30, 50), dtype=np.uint8)).save(base / "images" / "ü.png")
    (base / "images" / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n broken")
    labels = np.zeros((40, 60), np.uint16)
    labels[5:15, 5:20] = 1
    tifffile.imwrite(base / "masks" / "f0.tif", labels)
    return base


def _import(capsys, live_site, token, *arguments):
    code = main(["import", *map(str, arguments), "--url", live_site, "--token", token])
    return code, capsys.readouterr().out


def test_a_folder_is_imported_and_a_second_call_sends_nothing(live_site, token, folder, capsys):
    code, out = _import(capsys, live_site, token, folder, "--dataset", "Plate")
    assert code == 1
    assert "5 accepted, 0 duplicate, 1 refused, 0 ignored" in out
    (refused,) = [line for line in out.splitlines() if "refused  " in line]
    assert refused.startswith("images/broken.png")

    (folder / "images" / "broken.png").unlink()
    code, out = _import(capsys, live_site, token, folder, "--dataset", "Plate")
    assert code == 0
    assert "0 accepted, 5 duplicate, 0 refused, 0 ignored" in out

    with Client(live_site, token=token) as client:
        (dataset,) = client.listing("datasets")
        images = {image["name"]: image for image in client.images(dataset["id"])}
    assert set(images) == {"f0.tif", "f1.tif", "f2.tif", "ü.png"}
    assert images["f0.tif"]["has_reference_mask"]
    assert not images["f1.tif"]["has_reference_mask"]
    assert (images["f0.tif"]["size"]["y"], images["f0.tif"]["size"]["x"]) == (40, 60)


def test_a_zip_gives_the_same(live_site, token, folder, tmp_path, capsys):
    archive = tmp_path / "plate.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(folder.rglob("*.tif")):
            file.write(path, path.relative_to(folder.parent))
    code, out = _import(capsys, live_site, token, archive, "--dataset", "Zip")
    assert code == 0
    assert "4 accepted" in out


def test_what_is_wrong_is_said_in_a_line(live_site, token, folder, tmp_path, capsys):
    assert (
        main(["import", str(folder), "--dataset", "7", "--url", live_site, "--token", token]) == 1
    )
    assert "cytoloop: " in capsys.readouterr().err
    assert main(["import", str(folder), "--dataset", "7", "--url", live_site, "--token", "no"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    missing = str(tmp_path / "missing.tif")
    assert main(["import", missing, "--dataset", "x", "--url", live_site, "--token", token]) == 1
    assert "missing.tif" in capsys.readouterr().err
