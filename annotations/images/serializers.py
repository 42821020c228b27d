"""Shapes of images and uploads on the wire."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from annotations.images.ingest import ROLES
from annotations.images.models import Image, ImageStatus, Split, Upload, UploadStatus


class ImageSizeSerializer(serializers.Serializer[object]):
    """Sizes of the five axes."""

    t = serializers.IntegerField()
    c = serializers.IntegerField()
    z = serializers.IntegerField()
    y = serializers.IntegerField()
    x = serializers.IntegerField()


class PixelSizeSerializer(serializers.Serializer[object]):
    """Size of a pixel in µm; null where it is not known."""

    z = serializers.FloatField(allow_null=True)
    y = serializers.FloatField(allow_null=True)
    x = serializers.FloatField(allow_null=True)


class ImageChannelSerializer(serializers.Serializer[object]):
    """Name, display colour and display window of a channel."""

    name = serializers.CharField()
    color = serializers.CharField(help_text="#rrggbb")
    low = serializers.FloatField()
    high = serializers.FloatField()


class LevelSerializer(serializers.Serializer[object]):
    """Size of one level of the pyramid."""

    y = serializers.IntegerField()
    x = serializers.IntegerField()


class ImageSerializer(serializers.ModelSerializer[Image]):
    """One image."""

    dataset = serializers.IntegerField(source="dataset_id", read_only=True)
    status = serializers.ChoiceField(choices=ImageStatus.choices, read_only=True)
    split = serializers.ChoiceField(choices=Split.choices, read_only=True)
    size = serializers.SerializerMethodField()
    channels = ImageChannelSerializer(many=True, read_only=True)
    pixel_size_um = serializers.SerializerMethodField()
    levels = LevelSerializer(many=True, read_only=True)
    metadata = serializers.DictField(child=serializers.JSONField(), read_only=True)
    has_reference_mask = serializers.SerializerMethodField()

    class Meta:
        model = Image
        fields = (
            "id",
            "dataset",
            "name",
            "status",
            "code",
            "detail",
            "sha256",
            "format",
            "size_bytes",
            "group",
            "split",
            "size",
            "dtype",
            "channels",
            "pixel_size_um",
            "time_interval_s",
            "axes_note",
            "metadata",
            "levels",
            "has_reference_mask",
            "created_at",
        )
        read_only_fields = fields

    @extend_schema_field(ImageSizeSerializer)
    def get_size(self, image: Image) -> dict[str, int]:
        """Return the sizes of the axes."""
        return {axis: getattr(image, f"size_{axis}") for axis in "tczyx"}

    @extend_schema_field(PixelSizeSerializer(allow_null=True))
    def get_pixel_size_um(self, image: Image) -> dict[str, float | None] | None:
        """Return the file's calibration, or else what the data set says."""
        usual = image.dataset.pixel_size_um
        y, x = image.pixel_size_y_um or usual, image.pixel_size_x_um or usual
        if y is None and x is None and image.pixel_size_z_um is None:
            return None
        return {"z": image.pixel_size_z_um, "y": y, "x": x}

    def get_has_reference_mask(self, image: Image) -> bool:
        """Whether a label image came with the picture."""
        return bool(image.reference_mask)


class ImageQuerySerializer(serializers.Serializer[object]):
    """What a list of images may be narrowed to."""

    dataset = serializers.IntegerField(required=False, min_value=1)
    split = serializers.ChoiceField(choices=Split.choices, required=False)
    status = serializers.ChoiceField(choices=ImageStatus.choices, required=False)
    search = serializers.CharField(required=False, max_length=200)


class WarningSerializer(serializers.Serializer[object]):
    """Something to know about a file that was taken."""

    code = serializers.CharField()
    detail = serializers.CharField()


class UploadSerializer(serializers.ModelSerializer[Upload]):
    """What became of one file."""

    status = serializers.ChoiceField(choices=UploadStatus.choices, read_only=True)
    role = serializers.ChoiceField(choices=ROLES, read_only=True)
    image = serializers.IntegerField(source="image_id", read_only=True, allow_null=True)
    warnings = WarningSerializer(many=True, read_only=True)

    class Meta:
        model = Upload
        fields = (
            "id",
            "filename",
            "role",
            "size_bytes",
            "sha256",
            "status",
            "code",
            "detail",
            "image",
            "warnings",
            "created_at",
        )
        read_only_fields = fields


class NewUploadSerializer(serializers.Serializer[object]):
    """A file: a picture, a label image, or a zip archive of both."""

    file = serializers.FileField(allow_empty_file=True, max_length=None)
    path = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=4000,
        help_text="name with folders, relative to what is uploaded; browsers send the name only",
    )
    group = serializers.CharField(required=False, allow_blank=True, max_length=200)
    role = serializers.ChoiceField(
        choices=ROLES,
        required=False,
        allow_blank=True,
        help_text="where it is left out, folders (masks/) and names (_mask) decide",
    )


class UploadResultsSerializer(serializers.Serializer[object]):
    """One row per file."""

    results = UploadSerializer(many=True)


class DigestsSerializer(serializers.Serializer[object]):
    """SHA-256 of files, in hex."""

    sha256 = serializers.ListField(child=serializers.RegexField(r"^[0-9a-f]{64}$"), max_length=1000)


class KnownSerializer(serializers.Serializer[object]):
    """Which of the files are there already."""

    known = serializers.DictField(child=serializers.IntegerField())


class ChannelHistogramSerializer(serializers.Serializer[object]):
    """256 counts from `low` to `high`, the least and the greatest finite intensity."""

    low = serializers.FloatField()
    high = serializers.FloatField()
    bins = serializers.ListField(child=serializers.IntegerField(), min_length=256, max_length=256)
    not_finite = serializers.IntegerField()


class HistogramSerializer(serializers.Serializer[object]):
    """Intensities of each channel."""

    channels = ChannelHistogramSerializer(many=True)
