"""Training settings and presets as JSON."""

from rest_framework import serializers

from annotations.models import TaskKind
from training.runs.models import SettingsSource, TrainingSettings


class TrainingSettingsSerializer(serializers.ModelSerializer[TrainingSettings]):
    """What the runs of a project start from."""

    config = serializers.DictField()
    kind = serializers.ChoiceField(choices=SettingsSource.choices, source="source", read_only=True)

    class Meta:
        model = TrainingSettings
        fields = ["config", "kind", "origin", "changed_at"]
        read_only_fields = ["origin", "changed_at"]


class NewTrainingSettingsSerializer(serializers.Serializer[object]):
    """Settings by hand, or those of a preset."""

    config = serializers.DictField(required=False)
    preset = serializers.CharField(required=False)


class PresetQuerySerializer(serializers.Serializer[object]):
    """Of which task."""

    task_kind = serializers.ChoiceField(choices=TaskKind.choices)


class PresetSerializer(serializers.Serializer[object]):
    """A starting point for one kind of picture."""

    name = serializers.CharField()
    title = serializers.CharField()
    reason = serializers.CharField()
    changes = serializers.DictField()


class PresetsSerializer(serializers.Serializer[object]):
    """Presets of a project's task, and the one that suits its pictures."""

    suggested = serializers.CharField(allow_null=True)
    presets = PresetSerializer(many=True)
