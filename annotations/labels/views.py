"""The API of drafts, edit operations and proposals."""

import struct
import uuid

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.labels import history, selectors, services
from annotations.labels.history_serializers import (
    LogQuerySerializer,
    LogSerializer,
    VersionQuerySerializer,
    describe_logged,
)
from annotations.labels.pieces import tabulate
from annotations.labels.planes import LabelStack
from annotations.labels.serializers import (
    AnnotationSerializer,
    BlockQuerySerializer,
    MarksSerializer,
    ObjectTableSerializer,
    OperationsSerializer,
    PlaneQuerySerializer,
    ProposalSerializer,
    StoredSerializer,
    parse_operation,
)
from annotations.projects.selectors import get_sample_for
from core.errors import NotFound

PLANE_SCHEMA = {(200, "application/octet-stream"): OpenApiTypes.BINARY}
PLANE_PARAMETERS = [
    OpenApiParameter("t", int, description="frame, counted from the sample's first"),
    OpenApiParameter("z", int, description="slice, counted from the sample's first"),
]
BLOCK_PARAMETER = OpenApiParameter(
    "blocks", str, required=True, description="level-row-column, with commas between"
)


def plane_response(request: Request, stack: LabelStack, **headers: str) -> HttpResponse:
    """Answer the plane that the query names, gzip'ed as it lies in storage."""
    query = PlaneQuerySerializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    body = stack.wire_plane(query.validated_data["t"], query.validated_data["z"])
    response = HttpResponse(body, content_type="application/octet-stream")
    response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = "no-store"
    response["X-Cytoloop-Shape"] = f"{stack.shape[2]},{stack.shape[3]}"
    for name, value in headers.items():
        response[f"X-Cytoloop-{name.title()}"] = value
    return response


class AnnotationView(APIView):
    """One annotation."""

    @extend_schema(operation_id="annotations_retrieve", responses=AnnotationSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Return an annotation: an own one, or any for reviewers."""
        annotation = selectors.get_annotation_for(request.user, pk)
        return Response(AnnotationSerializer(annotation).data)


class AnnotationLabelsView(APIView):
    """The label image of an annotation."""

    @extend_schema(
        operation_id="annotations_labels",
        parameters=[*PLANE_PARAMETERS, VersionQuerySerializer],
        responses=PLANE_SCHEMA,
    )
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponse:
        """Return one plane, as it is now or was at a version; the header says which."""
        annotation = selectors.get_annotation_for(request.user, pk)
        query = VersionQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        version = query.validated_data.get("version", annotation.version)
        stack = history.get_stack_at(annotation, version)
        return plane_response(request, stack, version=str(version))


class LabelBlocksView(APIView):
    """Parts of a large label image."""

    @extend_schema(
        operation_id="annotations_label_blocks",
        parameters=[*PLANE_PARAMETERS, BLOCK_PARAMETER],
        responses=PLANE_SCHEMA,
    )
    def get(self, request: Request, pk: uuid.UUID) -> HttpResponse:
        """Return blocks of one plane as they are now, in the order in which they are asked for.

        Each is its length (uint32, little endian) and a gzip'ed wire plane of 512 x 512; length 0
        stands for zeros. Level n holds every 2**n-th pixel.
        """
        annotation = selectors.get_annotation_for(request.user, pk)
        query = BlockQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        wanted = query.validated_data
        stack = selectors.get_stack(annotation)
        found = stack.wire_blocks(wanted["t"], wanted["z"], wanted["blocks"])
        body = b"".join(struct.pack("<I", len(block)) + block for block in found)
        response = HttpResponse(body, content_type="application/octet-stream")
        response["Cache-Control"] = "no-store"
        response["X-Cytoloop-Version"] = str(annotation.version)
        return response


class LabelObjectsView(APIView):
    """The objects of a label image."""

    @extend_schema(
        operation_id="annotations_label_objects",
        parameters=PLANE_PARAMETERS,
        responses=ObjectTableSerializer,
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Return place, size and box of each object of one plane."""
        annotation = selectors.get_annotation_for(request.user, pk)
        query = PlaneQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        stack = selectors.get_stack(annotation)
        table = tabulate(stack.pieces(query.validated_data["t"], query.validated_data["z"]))
        others = stack.object_ids(without=(query.validated_data["t"], query.validated_data["z"]))
        return Response(
            {
                "version": annotation.version,
                "largest": max([0, *table.id[-1:].tolist(), *others[-1:].tolist()]),
                "objects": [
                    [number, area, round(x, 2), round(y, 2), *box]
                    for number, area, x, y, box in zip(
                        table.id.tolist(),
                        table.area.tolist(),
                        table.x.tolist(),
                        table.y.tolist(),
                        table.box.tolist(),
                        strict=True,
                    )
                ],
            }
        )


class OperationsView(APIView):
    """The log of an annotation."""

    @extend_schema(
        operation_id="annotations_log", parameters=[LogQuerySerializer], responses=LogSerializer
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """Return a part of an own log, each operation with what takes it back."""
        annotation = selectors.get_own_annotation(request.user, pk)
        query = LogQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        page = history.get_log_page(annotation, **query.validated_data)
        ops = [describe_logged(logged) for logged in page.operations]
        log = {"version": page.version, "next": page.next, "ops": ops}
        return Response(LogSerializer(log).data)

    @extend_schema(
        operation_id="annotations_ops",
        request=OperationsSerializer,
        responses={200: StoredSerializer, 409: OpenApiResponse(description="version_conflict")},
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Store operations; a repeat is answered as the first time."""
        annotation = selectors.get_own_annotation(request.user, pk)
        body = OperationsSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        stored = services.store_operations(
            annotation.pk,
            base_version=body.validated_data["base_version"],
            batch=[parse_operation(item) for item in body.validated_data["ops"]],
            now=timezone.now(),
        )
        return Response({"version": stored.version, "applied": stored.applied})


class MarksView(APIView):
    """How far somebody has come with what a model proposes."""

    @extend_schema(
        operation_id="annotations_mark", request=MarksSerializer, responses=MarksSerializer
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Mark proposed objects as seen or confirmed, beside those that are; returns all."""
        annotation = selectors.get_own_annotation(request.user, pk)
        body = MarksSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        marks = services.mark_objects(annotation.pk, **body.validated_data)
        return Response(MarksSerializer(marks).data)


class ProposalView(APIView):
    """The label image that a model proposes for a sample."""

    @extend_schema(
        operation_id="samples_proposal", parameters=PLANE_PARAMETERS, responses=PLANE_SCHEMA
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Return one plane of the newest proposal."""
        sample = get_sample_for(request.user, pk)
        proposal = selectors.get_newest_proposal(sample)
        if not proposal.key:
            raise NotFound("proposed label image")
        stack = selectors.read_blob(proposal.key, sample)
        return plane_response(request, stack, source=proposal.source)


class ProposalInfoView(APIView):
    """What is known of a proposal beside its labels."""

    @extend_schema(operation_id="samples_proposal_info", responses=ProposalSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return source, reason, objects and class scores of the newest proposal."""
        proposal = selectors.get_newest_proposal(get_sample_for(request.user, pk))
        return Response(ProposalSerializer(proposal).data)
