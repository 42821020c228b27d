"""Shapes of data sets on the wire."""

import math

from rest_framework import serializers

from annotations.accounts.models import Lab
from annotations.datasets.models import DataSet


class DataSetSerializer(serializers.ModelSerializer[DataSet]):
    """One data set."""

    lab = serializers.PrimaryKeyRelatedField[Lab](read_only=True)
    pixel_size_um = serializers.FloatField(required=False, allow_null=True, min_value=1e-6)
    n_images = serializers.IntegerField(read_only=True)
    n_failed = serializers.IntegerField(read_only=True)
    role = serializers.ChoiceField(choices=["owner", "member", "viewer"], read_only=True)

    class Meta:
        model = DataSet
        fields = (
            "id",
            "lab",
            "name",
            "description",
            "licence",
            "modality",
            "organism",
            "stain",
            "pixel_size_um",
            "n_images",
            "n_failed",
            "role",
            "created_at",
        )
        read_only_fields = ("id", "created_at")
        # The database constraint answers with a code; DRF's own check would not see the trash.
        validators: list[object] = []


class NewDataSetSerializer(DataSetSerializer):
    """What makes a data set."""

    lab = serializers.IntegerField(min_value=1)  # type: ignore[assignment]


class DataSetQuerySerializer(serializers.Serializer[object]):
    """What a list of data sets may be narrowed to."""

    lab = serializers.IntegerField(required=False, min_value=1)


class FiniteField(serializers.FloatField):
    """A number; neither NaN nor infinite, which JSON does not know."""

    def to_internal_value(self, data: object) -> float:
        """Read a number."""
        value = super().to_internal_value(data)  # type: ignore[arg-type]
        if not math.isfinite(value):
            self.fail("invalid")
        return value


class ChannelDisplaySerializer(serializers.Serializer[object]):
    """How one channel is shown. `low` and `high` hold where `window` is "fixed"."""

    name = serializers.CharField(max_length=200, allow_blank=True)
    color = serializers.RegexField(r"^#[0-9a-fA-F]{6}$", help_text="#rrggbb")
    window = serializers.ChoiceField(
        choices=["picture", "percentiles", "fixed"],
        help_text="each picture's own, found by the percentiles, or kept",
    )
    low = FiniteField()
    high = FiniteField()
    gamma = FiniteField(min_value=0.01, max_value=100)
    log = serializers.BooleanField()
    invert = serializers.BooleanField()
    on = serializers.BooleanField()


class DisplaySettingsSerializer(serializers.Serializer[object]):
    """How a person wants to see the pictures of a data set; no channels: as they come."""

    dtype = serializers.CharField(
        max_length=16, allow_blank=True, help_text="of the intensities that kept windows are in"
    )
    lower = FiniteField(min_value=0, max_value=1)
    upper = FiniteField(min_value=0, max_value=1)
    channels = ChannelDisplaySerializer(many=True, max_length=64)  # type: ignore[call-arg]
    grid_window = serializers.ChoiceField(
        choices=["image", "crop"],
        default="image",
        help_text="in a grid of cells, each picture's own window is its image's, or its crop's",
    )
