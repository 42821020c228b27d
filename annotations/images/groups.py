"""Which pictures belong together: read from folders and names, as microscopes write them."""

import re
from pathlib import PurePosixPath

# Folders that are a plate, a movie, a patient: "plate_3", "Movie 12", "patient-A7", "B03", "01".
GROUP_FOLDER = re.compile(
    r"^(?:(?:plate|well|movie|video|sequence|seq|patient|donor|subject|animal|mouse|slide|case|"
    r"field|fov|pos|position|site|series|experiment|exp|day)[\W_]*[a-z]?\d+\w*"
    r"|[A-P](?:0?[1-9]|1\d|2[0-4])|\d{1,6})$",
    re.IGNORECASE,
)
# A well in a name: "B02_s3_w1", "plate1_C11_f04".
WELL = re.compile(r"(?:^|[_\-. ])([A-P](?:0[1-9]|1\d|2[0-4]))(?=[_\-. ]|$)")
# Frames, slices, fields' tiles and channels at the end of a name: "scan_t003", "x_z12", "isl_r3c2".
TAIL = re.compile(
    r"(?:[_\-. ]+(?:t|time|frame|z|slice|c|ch|channel|w|tile|s|f|fov|site)[_\-]?\d{1,6}"
    r"|[_\-. ]+r\d{1,3}[_\-]?c\d{1,3})$",
    re.IGNORECASE,
)
FRAME_ONLY = re.compile(r"^(?:t|frame|z|slice)[_\-]?\d{1,6}$", re.IGNORECASE)

MASK_FOLDERS = frozenset(
    {"mask", "masks", "label", "labels", "segmentation", "segmentations", "gt"}
)
IMAGE_FOLDERS = frozenset({"image", "images", "img", "imgs", "raw"})
MASK_SUFFIX = re.compile(
    r"[_\-. ](?:masks?|labels?|label_?image|seg|segmentation|gt)$", re.IGNORECASE
)
IMAGE_SUFFIX = re.compile(r"[_\-. ](?:image|img|raw)$", re.IGNORECASE)
DOUBLE_SUFFIX = re.compile(r"\.ome$", re.IGNORECASE)


def stem_of(path: str) -> str:
    """Return the name without folders and without ".png", ".ome.tif" and the like."""
    return DOUBLE_SUFFIX.sub("", PurePosixPath(path).stem)


def name_of(path: str) -> str:
    """Return the name of a picture: its path without folders that only say "images"."""
    *folders, name = PurePosixPath(path).parts
    return "/".join([*(part for part in folders if part.lower() not in IMAGE_FOLDERS), name])


def derive_group(path: str) -> str:
    """Return what the picture at `path` belongs to: a folder's name, a well, a movie, or itself.

    Only folders and names that look like a plate, well, movie, patient or field count: folders
    are often classes, and a class must not end up in one split.

    Examples
    --------
    >>> derive_group("plate_3/images/B02_s1.tif")
    'plate_3/B02'
    >>> derive_group("lymphocyte/cell_17.png")
    'cell_17'
    >>> derive_group("scan_t003.tif")
    'scan'
    """
    folders = PurePosixPath(path).parts[:-1]
    stem = MASK_SUFFIX.sub("", stem_of(path))
    grouping = [folder for folder in folders if GROUP_FOLDER.match(folder)]
    well = WELL.search(stem)
    if well is not None:
        return "/".join([*grouping, well.group(1)])[:200]
    if grouping:
        return "/".join(grouping)[:200]
    if FRAME_ONLY.match(stem):
        return (folders[-1] if folders else "frames")[:200]
    base = stem
    while (shorter := TAIL.sub("", base)) not in (base, ""):
        base = shorter
    return base[:200]


def is_mask_path(path: str) -> bool:
    """Whether a file is a label image by its folder (masks/) or its name (x_mask.png)."""
    parts = [part.lower() for part in PurePosixPath(path).parts]
    if any(part in MASK_FOLDERS for part in parts[:-1]):
        return True
    return MASK_SUFFIX.search(stem_of(path)) is not None


def pairing_keys(path: str) -> tuple[str, str, str, str]:
    """Return what a picture and its mask have in common, from the strictest to the loosest.

    Folders and stem without "_mask"; the same without "_image" either; and both without folders.
    """
    folders = [
        part.lower()
        for part in PurePosixPath(path).parts[:-1]
        if part.lower() not in MASK_FOLDERS | IMAGE_FOLDERS
    ]
    strict = MASK_SUFFIX.sub("", stem_of(path)).lower()
    loose = strict
    while (shorter := MASK_SUFFIX.sub("", IMAGE_SUFFIX.sub("", loose))) not in (loose, ""):
        loose = shorter
    return ("/".join([*folders, strict]), "/".join([*folders, loose]), strict, loose)
