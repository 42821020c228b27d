"""Samples and images as the annotator's page needs them."""

from typing import Any

from rest_framework import serializers

from annotations.images.models import Image
from annotations.projects.models import Sample


class SampleSerializer(serializers.Serializer[Sample]):
    """A sample."""

    id = serializers.IntegerField()
    image = serializers.IntegerField(source="image_id")
    name = serializers.CharField(source="image.name")
    state = serializers.CharField()
    split = serializers.CharField()
    group = serializers.CharField()
    region = serializers.SerializerMethodField()
    priority = serializers.FloatField()
    reason = serializers.CharField()
    agreement = serializers.FloatField(allow_null=True)

    def get_region(self, sample: Sample) -> dict[str, int | None] | None:
        """Return the region; null for a whole image."""
        region = {name: getattr(sample, name) for name in ("t", "z", "y0", "x0", "y1", "x1")}
        return region if any(value is not None for value in region.values()) else None


class ImageSerializer(serializers.Serializer[Image]):
    """An image."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    size = serializers.SerializerMethodField()
    dtype = serializers.CharField()
    channels = serializers.JSONField()
    levels = serializers.JSONField()

    def get_size(self, image: Image) -> dict[str, Any]:
        """Return the size along each axis."""
        return {axis: getattr(image, f"size_{axis}") for axis in "tczyx"}
