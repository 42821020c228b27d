"""What a TIFF says of its picture: pixel size, channels, times, the microscope."""

import codecs
import math
import re
from dataclasses import dataclass, field
from xml.etree import ElementTree

import tifffile

from annotations.images.readers.base import (
    Channel,
    Notice,
    PixelSize,
    default_channels,
    rgb_channels,
)

UM_PER_UNIT = {
    "m": 1e6,
    "cm": 1e4,
    "mm": 1e3,
    "um": 1.0,
    "µm": 1.0,
    "μm": 1.0,
    "micron": 1.0,
    "microns": 1.0,
    "micrometer": 1.0,
    "micrometre": 1.0,
    "micrometers": 1.0,
    "nm": 1e-3,
    "nanometer": 1e-3,
    "pm": 1e-6,
    "å": 1e-4,
    "inch": 25400.0,
    "in": 25400.0,
}
SECONDS_PER_UNIT = {"s": 1.0, "sec": 1.0, "ms": 1e-3, "µs": 1e-6, "min": 60.0, "h": 3600.0}
# Resolutions of print (72 or 300 dpi) are not pixel sizes of a microscope.
LARGEST_PLAUSIBLE_UM = 20.0
MAX_TEXT = 4000


@dataclass
class Metadata:
    """What was found."""

    pixel_size: PixelSize = field(default_factory=PixelSize)
    time_interval_s: float | None = None
    names: list[str] = field(default_factory=list)
    colors: list[str] = field(default_factory=list)
    entries: dict[str, object] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)

    def channels(self, count: int, *, rgb: bool) -> tuple[Channel, ...]:
        """Name and colour `count` channels, from the file where it names them all."""
        if rgb and count == 3:
            return rgb_channels()
        usual = default_channels(count)
        names = self.names if len(self.names) == count else [c.name for c in usual]
        colors = self.colors if len(self.colors) == count else [c.color for c in usual]
        return tuple(
            Channel(name[:100] or spare.name, color)
            for name, color, spare in zip(names, colors, usual, strict=True)
        )


def read_metadata(tif: tifffile.TiffFile, series: tifffile.TiffPageSeries) -> Metadata:
    """Read OME-XML, ImageJ's description or plain tags, whichever the file has."""
    found = Metadata()
    page = series.keyframe
    _read_tags(page, found)
    if tif.is_ome and tif.ome_metadata:
        _read_ome(tif.ome_metadata, found)
    elif tif.is_imagej and tif.imagej_metadata:
        _read_imagej(tif.imagej_metadata, page, found)
    else:
        found.pixel_size = _plain_pixel_size(page)
    return found


def _read_tags(page: tifffile.TiffPage, found: Metadata) -> None:
    for name in ("Software", "DateTime", "Artist", "Make", "Model", "ImageDescription"):
        tag = page.tags.get(name)
        text = str(tag.value).strip("\x00 \n") if tag is not None else ""
        if text and not (name == "ImageDescription" and text.startswith(("<", "{", "ImageJ"))):
            found.entries[name] = text[:MAX_TEXT]
    found.entries["bits_per_sample"] = int(page.bitspersample)
    found.entries["compression"] = getattr(page.compression, "name", str(page.compression)).lower()
    orientation = page.tags.get("Orientation")
    if orientation is not None and orientation.value not in (0, 1):
        found.notices.append(
            Notice(
                "orientation_not_applied",
                "The file says that it is to be shown turned or mirrored; pixels were kept as "
                "they are stored, as microscopes' software and Fiji do.",
            )
        )


def _read_imagej(metadata: dict[str, object], page: tifffile.TiffPage, found: Metadata) -> None:
    unit = _clean_unit(metadata.get("unit"))
    scale = UM_PER_UNIT.get(unit)
    if scale is not None:
        x, y = (_inverse(value) for value in page.resolution)
        spacing = _positive(metadata.get("spacing"))
        found.pixel_size = PixelSize(
            z=spacing * scale if spacing else None,
            y=y * scale if y else None,
            x=x * scale if x else None,
        )
    elif unit not in ("", "pixel", "pixels", "px"):
        found.entries["unit"] = unit
    if unit in ("px", "pixel", "pixels") and page.resolution[0] not in (0, 1):
        found.notices.append(
            Notice(
                "not_calibrated",
                "The file gives its pixel size in pixels, so it is not used. Set it in Fiji "
                "(Image > Properties) or for the whole data set.",
            )
        )
    found.time_interval_s = _positive(metadata.get("finterval"))
    found.colors = _lut_colors(metadata.get("LUTs"))
    for key in ("ImageJ", "Info", "Labels", "mode", "Ranges", "min", "max"):
        value = metadata.get(key)
        if value is not None:
            found.entries[f"imagej_{key.lower()}"] = value


def _lut_colors(luts: object) -> list[str]:
    """Each look-up table's brightest colour, as "#rrggbb"."""
    if not isinstance(luts, list):
        return []
    colors = []
    for lut in luts:
        red, green, blue = (int(table[-1]) for table in lut[:3])
        colors.append(f"#{red:02x}{green:02x}{blue:02x}")
    return ["#ffffff" if color == "#000000" else color for color in colors]


def _plain_pixel_size(page: tifffile.TiffPage) -> PixelSize:
    unit = {2: 25400.0, 3: 1e4}.get(int(page.resolutionunit))
    if unit is None:
        return PixelSize()
    x, y = (_inverse(value) for value in page.resolution)
    if not x or not y or max(x, y) * unit > LARGEST_PLAUSIBLE_UM:
        return PixelSize()
    return PixelSize(y=y * unit, x=x * unit)


def _read_ome(xml: str, found: Metadata) -> None:
    if "<!DOCTYPE" in xml or "<!ENTITY" in xml:
        return
    try:
        root = ElementTree.fromstring(xml)
    except ElementTree.ParseError:
        found.notices.append(
            Notice("ome_xml_broken", "The OME description is broken; pixel size may be missing.")
        )
        return
    image = root.find("{*}Image")
    pixels = image.find("{*}Pixels") if image is not None else None
    if image is None or pixels is None:
        return
    found.pixel_size = PixelSize(*(_ome_length(pixels, axis) for axis in "ZYX"))
    interval = _positive(pixels.get("TimeIncrement"))
    unit = pixels.get("TimeIncrementUnit", "s")
    if interval and unit in SECONDS_PER_UNIT:
        found.time_interval_s = interval * SECONDS_PER_UNIT[unit]
    channels = pixels.findall("{*}Channel")
    found.names = [c.get("Name") or f"channel {i + 1}" for i, c in enumerate(channels)]
    if channels and all(c.get("Color") is not None for c in channels):
        found.colors = [_ome_color(c.get("Color", "-1")) for c in channels]
    _read_ome_entries(root, image, channels, found)


def _read_ome_entries(
    root: ElementTree.Element,
    image: ElementTree.Element,
    channels: list[ElementTree.Element],
    found: Metadata,
) -> None:
    date = image.find("{*}AcquisitionDate")
    if date is not None and date.text:
        found.entries["acquisition_date"] = date.text
    if image.get("Name"):
        found.entries["ome_name"] = image.get("Name")
    for tag in ("Microscope", "Objective", "Detector"):
        node = root.find(f".//{{*}}{tag}")
        if node is not None:
            found.entries[tag.lower()] = dict(node.attrib)
    found.entries["ome_channels"] = [dict(channel.attrib) for channel in channels][:100]


def _ome_length(pixels: ElementTree.Element, axis: str) -> float | None:
    value = _positive(pixels.get(f"PhysicalSize{axis}"))
    scale = UM_PER_UNIT.get(_clean_unit(pixels.get(f"PhysicalSize{axis}Unit", "µm")))
    return value * scale if value and scale else None


def _ome_color(text: str) -> str:
    """OME stores RGBA as one signed 32-bit number."""
    try:
        value = int(text) & 0xFFFFFFFF
    except ValueError:
        return "#ffffff"
    return f"#{value >> 8:06x}"


def _clean_unit(unit: object) -> str:
    text = str(unit or "").strip()
    if "\\u" in text:
        text = codecs.decode(text, "unicode_escape")
    return re.sub(r"[\x00\s]", "", text).lower()


def _positive(value: object) -> float | None:
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) and number > 0 else None


def _inverse(value: object) -> float | None:
    number = _positive(value)
    return 1.0 / number if number else None
