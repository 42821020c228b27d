"""The API of training settings and presets."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.accounts.authentication import signed_in
from annotations.models import ProjectRole
from annotations.projects.selectors import get_project_for
from training.runs.presets import list_presets, suggest_for, use_preset
from training.runs.settings import settings_of, use_settings
from training.runs.settings_serializers import (
    NewTrainingSettingsSerializer,
    PresetQuerySerializer,
    PresetSerializer,
    PresetsSerializer,
    TrainingSettingsSerializer,
)


class ProjectTrainingSettings(APIView):
    """What the runs of a project start from."""

    @extend_schema(operation_id="training_settings_retrieve", responses=TrainingSettingsSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return the settings and where they come from."""
        project = get_project_for(request.user, pk)
        return Response(TrainingSettingsSerializer(settings_of(project)).data)

    @extend_schema(
        operation_id="training_settings_replace",
        request=NewTrainingSettingsSerializer,
        responses=TrainingSettingsSerializer,
    )
    def put(self, request: Request, pk: int) -> Response:
        """Replace the settings; a preset's, or those given, or none."""
        project = get_project_for(request.user, pk, at_least=ProjectRole.MANAGER)
        body = NewTrainingSettingsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        preset, by = body.validated_data.get("preset"), signed_in(request)
        chosen = (
            use_preset(project, preset, by=by)
            if preset
            else use_settings(project, body.validated_data.get("config", {}), source="hand", by=by)
        )
        return Response(TrainingSettingsSerializer(chosen).data)


class PresetList(APIView):
    """Starting points, before there is a project."""

    @extend_schema(
        operation_id="presets_list",
        parameters=[PresetQuerySerializer],
        responses=PresetSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """List the presets of a task."""
        query = PresetQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        presets = list_presets(query.validated_data["task_kind"])
        return Response(PresetSerializer(presets, many=True).data)


class ProjectPresets(APIView):
    """Starting points."""

    @extend_schema(operation_id="presets_retrieve", responses=PresetsSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """List the presets of the project's task, and which suits its pictures."""
        project = get_project_for(request.user, pk)
        presets = list_presets(project.task_kind)
        body = {"suggested": suggest_for(project), "presets": presets}
        return Response(PresetsSerializer(body).data)
