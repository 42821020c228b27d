"""The API of data sets."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.accounts.authentication import signed_in
from annotations.accounts.models import LabRole
from annotations.accounts.selectors import get_lab_for
from annotations.datasets import selectors, services
from annotations.datasets.models import DataSet
from annotations.datasets.serializers import (
    DataSetQuerySerializer,
    DataSetSerializer,
    DisplaySettingsSerializer,
    NewDataSetSerializer,
)


class DataSetList(generics.ListAPIView[DataSet]):
    """The data sets that the reader may see."""

    serializer_class = DataSetSerializer

    def get_queryset(self) -> QuerySet[DataSet]:
        """List them; `?lab=` narrows to one lab."""
        query = DataSetQuerySerializer(data=self.request.query_params)
        query.is_valid(raise_exception=True)
        return selectors.describe_datasets(self.request.user).filter(**query.validated_data)

    @extend_schema(parameters=[DataSetQuerySerializer])
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """List data sets, newest first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="datasets_create",
        request=NewDataSetSerializer,
        responses={201: DataSetSerializer},
    )
    def post(self, request: Request) -> Response:
        """Make a data set in one of the reader's labs."""
        values = NewDataSetSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        user = signed_in(request)
        lab = get_lab_for(user, values.validated_data["lab"])
        made = services.create_dataset(user, lab, values=values.validated_data)
        found = selectors.get_dataset_for(user, made.pk)
        return Response(DataSetSerializer(found).data, status=201)


class DataSetDetail(APIView):
    """One data set."""

    @extend_schema(operation_id="datasets_retrieve", responses=DataSetSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Show a data set."""
        return Response(DataSetSerializer(selectors.get_dataset_for(request.user, pk)).data)

    @extend_schema(
        operation_id="datasets_update", request=DataSetSerializer, responses=DataSetSerializer
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Change what a data set is described by."""
        dataset = selectors.get_dataset_for(request.user, pk, at_least=LabRole.MEMBER)
        values = DataSetSerializer(dataset, data=request.data, partial=True)
        values.is_valid(raise_exception=True)
        services.update_dataset(dataset, values=values.validated_data)
        return Response(DataSetSerializer(selectors.get_dataset_for(request.user, pk)).data)

    @extend_schema(operation_id="datasets_trash", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Put a data set in the trash (owners of its lab)."""
        dataset = selectors.get_dataset_for(request.user, pk, at_least=LabRole.OWNER)
        services.trash_dataset(dataset, by=signed_in(request), now=timezone.now())
        return Response(status=204)


NOTHING_KEPT = {"dtype": "", "lower": 0.01, "upper": 0.998, "channels": []}


class DataSetDisplay(APIView):
    """How the reader wants to see a data set's pictures."""

    @extend_schema(operation_id="datasets_display", responses=DisplaySettingsSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Show what the reader keeps for this data set."""
        user = signed_in(request)
        kept = selectors.get_display(user, selectors.get_dataset_for(user, pk))
        return Response(DisplaySettingsSerializer(kept or NOTHING_KEPT).data)

    @extend_schema(
        operation_id="datasets_keep_display",
        request=DisplaySettingsSerializer,
        responses=DisplaySettingsSerializer,
    )
    def put(self, request: Request, pk: int) -> Response:
        """Keep it, for the reader alone."""
        user = signed_in(request)
        dataset = selectors.get_dataset_for(user, pk)
        values = DisplaySettingsSerializer(data=request.data)
        values.is_valid(raise_exception=True)
        services.keep_display(user, dataset, settings=values.validated_data)
        return Response(values.data)
