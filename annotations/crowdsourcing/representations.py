"""Images as the annotator's page needs them."""

from typing import Any

from rest_framework import serializers

from annotations.images.models import Image


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
