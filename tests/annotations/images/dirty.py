"""Files as they come from real life: what each is, what is to become of it, and how to make one."""

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import tifffile
from PIL import Image

from tests.annotations.images import files


@dataclass(frozen=True)
class Case:
    """What is to become of one file.

    `shape` is T, C, Z, Y, X of the image, `needs` the image that a mask belongs to.
    """

    make: Callable[[], bytes]
    status: str = "accepted"
    code: str = ""
    warnings: tuple[str, ...] = ()
    dtype: str = ""
    channels: int = 1
    slices: int = 1
    objects: int | None = None
    needs: str = ""
    says: tuple[str, ...] = field(default=())


def png_header_only(width: int, height: int) -> bytes:
    """A one-bit PNG that declares more than it can be decoded to, honestly compressed."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    squeezed = zlib.compressobj(9)
    row = b"\x00" * (1 + (width + 7) // 8)
    pixels = b"".join(squeezed.compress(row) for _ in range(height)) + squeezed.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def truncated_png() -> bytes:
    data = files.pil(files.picture(300, 420, dtype=np.uint8))
    return data[: len(data) // 2]


def palette(array: np.ndarray) -> bytes:
    image = Image.fromarray(array, "P")
    rng = np.random.default_rng(3)
    image.putpalette(rng.integers(0, 256, 768).astype(np.uint8).tobytes())
    return files.pil(image)


def palette_mask() -> bytes:
    return palette(files.labels())


def mixed_pages() -> bytes:
    target = io.BytesIO()
    with tifffile.TiffWriter(target) as writer:
        for array in (
            files.picture(dtype=np.uint8),
            files.picture(30, 20, dtype=np.uint8),
            files.picture(),
        ):
            writer.write(array, photometric="minisblack")
    return target.getvalue()


def with_nan() -> bytes:
    array = files.picture().astype(np.float32)
    array[3, 4:9] = np.nan
    array[5, 1] = np.inf
    return files.tiff(array)


def gappy_labels() -> bytes:
    table = np.array([0, 70_000, 7, 420_006], np.uint32)
    return files.tiff(table[files.labels()], compression="zlib")


def rgba() -> bytes:
    grey = files.picture(dtype=np.uint8)
    alpha = np.full_like(grey, 255)
    alpha[:10] = 0
    return files.pil(np.dstack([grey, grey, grey, alpha]))


def rotated_jpeg() -> bytes:
    exif = Image.Exif()
    exif[274] = 6
    colour = np.dstack([files.picture(dtype=np.uint8)] * 3)
    return files.pil(colour, "JPEG", exif=exif)


def cmyk() -> bytes:
    image = Image.fromarray(np.dstack([files.picture(dtype=np.uint8)] * 3)).convert("CMYK")
    return files.pil(image, "JPEG")


def blood() -> bytes:
    return files.pil(np.dstack([files.picture(dtype=np.uint8, seed=4)] * 3), "JPEG")


def grey_png(seed: int = 0) -> Callable[[], bytes]:
    return lambda: files.pil(files.picture(dtype=np.uint8, seed=seed))


CASES: dict[str, Case] = {
    "truncated.png": Case(truncated_png, "refused", "truncated"),
    "zero_byte.png": Case(lambda: b"", "refused", "empty_file"),
    "mismatch_image.png": Case(grey_png(1), dtype="uint8"),
    "mismatch_image_mask.tif": Case(
        lambda: files.tiff(files.labels(33, 44)),
        "refused",
        "mask_shape_mismatch",
        needs="mismatch_image.png",
    ),
    "rgba_partly_transparent.png": Case(
        rgba, warnings=("alpha_dropped",), dtype="uint8", channels=3
    ),
    "palette_mask_image.png": Case(grey_png(2), dtype="uint8"),
    "palette_mask.png": Case(palette_mask, objects=3, needs="palette_mask_image.png"),
    "12bit_in_16.tif": Case(lambda: files.tiff(files.picture()), dtype="uint16"),
    "multipage.tif": Case(
        lambda: files.tiff(np.stack([files.picture(dtype=np.uint8)] * 5)),
        warnings=("axes_guessed",),
        dtype="uint8",
        slices=5,
    ),
    "multipage_mixed_sizes.tif": Case(
        mixed_pages, warnings=("other_pages_left_out",), dtype="uint8"
    ),
    "Zellkerne äöü 細胞 #3 (copy).png": Case(grey_png(5), dtype="uint8"),
    "text_named.png": Case(lambda: b"not a picture at all", "refused", "not_an_image"),
    "jpeg_inside.png": Case(
        lambda: files.pil(files.picture(dtype=np.uint8), "JPEG"),
        warnings=("wrong_suffix",),
        dtype="uint8",
    ),
    "UPPERCASE.PNG": Case(grey_png(6), dtype="uint8"),
    "onebit_mask.png": Case(
        lambda: files.pil(Image.fromarray(files.labels() > 0)),
        warnings=("touching_merge",),
        objects=2,
        needs="onebit.png",
    ),
    "float_nan.tif": Case(with_nan, warnings=("not_finite",), dtype="float32"),
    "constant.tif": Case(
        lambda: files.tiff(np.full((40, 56), 100, np.uint16)),
        warnings=("constant",),
        dtype="uint16",
    ),
    "labels_uint32_gaps.tif": Case(
        gappy_labels, warnings=("labels_renumbered",), objects=3, needs="labels_uint32_gaps.png"
    ),
    "gray16.png": Case(lambda: files.pil(files.picture()), dtype="uint16"),
    "bigtiff.tif": Case(
        lambda: files.tiff(files.picture(dtype=np.uint8), bigtiff=True), dtype="uint8"
    ),
    "bigendian.tif": Case(lambda: files.tiff(files.picture(seed=8), byteorder=">"), dtype="uint16"),
    "huge_dimensions.png": Case(
        lambda: png_header_only(60_000, 6_000), "refused", "too_many_pixels"
    ),
    "cmyk.jpg": Case(cmyk, warnings=("colours_converted",), dtype="uint8", channels=3),
    "exif_rotated.jpg": Case(rotated_jpeg, dtype="uint8", channels=3),
    "duplicate_of_BloodImage_00004.jpg": Case(blood, "duplicate", "duplicate"),
    "voc_truncated.xml": Case(lambda: b"<annotation><obj", "refused", "annotation_file"),
    "voc_bad_boxes.xml": Case(lambda: b"<annotation></annotation>", "refused", "annotation_file"),
    "labels_semicolon_bom.csv": Case(
        lambda: b"\xef\xbb\xbffile;label\r\na.png; WBC \r\n", "refused", "annotation_file"
    ),
    "man_track_bad.txt": Case(lambda: b"1 0 10 0\n2 5 9 1\n", "refused", "annotation_file"),
    "Thumbs.db": Case(lambda: b"\xd0\xcf\x11\xe0", "ignored", "system_file"),
    "._dsb_077f026f4ab0.png": Case(lambda: b"\x00\x05\x16\x07", "ignored", "system_file"),
}
# What belongs to masks that come without an image in the folder.
COMPANIONS = {"onebit.png": (256, 256), "labels_uint32_gaps.png": (256, 256)}
