"""What `cytoloop import` finds to send."""

import hashlib
import zipfile

from cytoloop.sources import hash_source, list_sources


def _names(sources):
    return [(source.name, source.role) for source in sources]


def test_a_folder_is_searched_through_and_litter_left_out(tmp_path):
    for name in ("images/b.png", "images/a.tif", "masks/a.tif", ".git/x", "images/Thumbs.db"):
        path = tmp_path / "plate 1" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    found = list_sources([tmp_path / "plate 1"])
    assert _names(found) == [("a.tif", "image"), ("b.png", "image"), ("a.tif", "mask")]
    assert found[0].folder == "images"


def test_a_folder_of_masks_is_given_apart(tmp_path):
    for name in ("pictures/a.png", "truth/a.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    found = list_sources([tmp_path / "pictures"], masks=tmp_path / "truth")
    assert _names(found) == [("a.png", "image"), ("a.png", "mask")]
    # Also where the masks lie inside what is imported.
    assert _names(list_sources([tmp_path], masks=tmp_path / "truth")) == _names(found)


def test_a_zip_is_read_file_by_file(tmp_path):
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("run/images/ü.png", b"one")
        file.writestr("run/masks/ü.png", b"two")
        file.writestr("__MACOSX/run/images/._ü.png", b"litter")
    found = list_sources([archive])
    assert _names(found) == [("ü.png", "image"), ("ü.png", "mask")]
    assert hash_source(found[0]) == hashlib.sha256(b"one").hexdigest()
    with found[1].open() as content:
        assert content.read() == b"two"
        content.seek(0)
        assert content.read() == b"two"


def test_masks_beside_their_images_are_told_by_their_names(tmp_path):
    for name in ("plate 1/a.png", "plate 1/a_mask.png", "plate 1/b-labels.tif"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())

    found = list_sources([tmp_path])

    assert [(source.relative, source.role) for source in found] == [
        ("plate 1/a.png", "image"),
        ("plate 1/a_mask.png", "mask"),
        ("plate 1/b-labels.tif", "mask"),
    ]
