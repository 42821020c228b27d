"""Shapes of data sets on the wire."""

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
