"""Tell files apart by their first bytes; names only help to word the answer."""

from pathlib import PurePosixPath

from annotations.images.readers.base import UnreadableError

HEAD_BYTES = 512

SYSTEM_NAMES = frozenset({"thumbs.db", "desktop.ini", ".ds_store", "ehthumbs.db", "icon\r"})
SYSTEM_FOLDERS = frozenset({"__macosx", ".git", "@eadir", ".spotlight-v100", ".trashes"})

# Microscopes' own and other picture formats that are known, and not read here.
KNOWN_FORMATS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"ZISRAWFILE", "Zeiss CZI"),
    (0, b"\x70\x00\x00\x00", "Leica LIF"),
    (0, b"\xda\xce\xbe\x0a", "Nikon ND2"),
    (0, b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (0, b"\xff\x4f\xff\x51", "JPEG 2000"),
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"\x89HDF\r\n\x1a\n", "HDF5 (Imaris, ilastik and others)"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Olympus OIB, Zeiss ZVI or another OLE container"),
    (0, b"BM", "BMP"),
    (0, b"GIF8", "GIF"),
    (0, b"%PDF", "PDF"),
    (0, b"8BPS", "Photoshop"),
    (0, b"NRRD", "NRRD"),
    (0, b"\x93NUMPY", "NumPy"),
    (0, b"\x1f\x8b", "gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "7-Zip"),
    (0, b"Rar!", "RAR"),
    (4, b"ftyp", "video (MP4, AVIF or HEIC)"),
    (8, b"WEBP", "WebP"),
    (8, b"AVI ", "AVI video"),
    (128, b"DICM", "DICOM"),
)
TABLES = {
    ".xml": "an XML file, such as VOC annotations",
    ".csv": "a table",
    ".tsv": "a table",
    ".txt": "a text file, such as a track table",
    ".json": "a JSON file, such as COCO annotations",
    ".geojson": "a GeoJSON file",
    ".md": "a text file",
    ".yaml": "a text file",
    ".yml": "a text file",
}


def is_system_file(path: str) -> bool:
    """Whether `path` is something that an operating system leaves behind, not a picture."""
    parts = [part.lower() for part in PurePosixPath(path.replace("\\", "/")).parts]
    if not parts:
        return True
    return (
        parts[-1] in SYSTEM_NAMES
        or parts[-1].startswith("._")
        or any(part in SYSTEM_FOLDERS for part in parts[:-1])
    )


def is_zip(head: bytes) -> bool:
    """Whether the first bytes are those of a zip archive."""
    return head[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def explain_unknown(head: bytes, filename: str, supported: str) -> UnreadableError:
    """Say what a file is that no reader takes, and what to do about it.

    Parameters
    ----------
    head : bytes
        Its first bytes (`HEAD_BYTES`).
    filename : str
        Its name.
    supported : str
        The formats that are read, for people.
    """
    for offset, magic, name in KNOWN_FORMATS:
        if head[offset : offset + len(magic)] == magic:
            return UnreadableError(
                "format_not_supported",
                f"This is a {name} file, which is not read here; {supported} are. Export it from "
                "the microscope's software or Fiji (File > Save As > OME-TIFF) and upload that.",
            )
    suffix = PurePosixPath(filename).suffix.lower()
    if suffix in TABLES and _is_text(head):
        return UnreadableError(
            "annotation_file",
            f"This is {TABLES[suffix]}, not a picture. Upload only pictures and label images "
            "here; annotations and tables are imported into a project.",
        )
    what = "text" if _is_text(head) else "unknown data"
    claim = f" although it is named {suffix}" if suffix else ""
    return UnreadableError(
        "not_an_image",
        f"The file holds {what}, not a picture{claim}; {supported} are read. Check the file on "
        "your computer, and export it again.",
    )


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return head[:2] in (b"\xff\xfe", b"\xfe\xff")
    control = sum(byte < 9 or 13 < byte < 32 for byte in head)
    return control == 0
