"""The API of answers, consensus, review and ground truth."""

import uuid
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from annotations.accounts.authentication import signed_in
from annotations.accounts.models import User
from annotations.crowdsourcing.selectors import get_cell_agreement, get_newest_consensus
from annotations.crowdsourcing.serializers import NextSerializer, describe_draft
from annotations.labels.models import Annotation, AnnotationState
from annotations.labels.selectors import get_own_annotation, read_blob
from annotations.labels.services import SubmittedAnswer
from annotations.labels.views import PLANE_PARAMETERS, PLANE_SCHEMA, plane_response
from annotations.projects.models import ProjectRole, Sample
from annotations.projects.selectors import get_project_for, get_sample_for, with_answers
from annotations.projects.serializers import SampleSerializer
from annotations.review import selectors, services
from annotations.review.models import ReviewDecision
from annotations.review.serializers import (
    AnswerSerializer,
    CellAgreementSerializer,
    ConsensusSerializer,
    CorrectSerializer,
    GroundTruthSerializer,
    ReviewNoteSerializer,
    ReviewSerializer,
    SubmitSerializer,
    SubmittedSerializer,
    TickSerializer,
)
from core.api.pagination import NewestFirst

if TYPE_CHECKING:
    from django.db.models import QuerySet


def _reviewed(request: Request, sample_id: int) -> Sample:
    return get_sample_for(request.user, sample_id, at_least=ProjectRole.REVIEWER)


class SubmitView(APIView):
    """Submitting an answer."""

    @extend_schema(
        operation_id="annotations_submit", request=SubmitSerializer, responses=SubmittedSerializer
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Submit a draft; repeating it is harmless, and being late only makes it an extra vote."""
        annotation = get_own_annotation(request.user, pk)
        body = SubmitSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        answer = SubmittedAnswer(
            seconds=body.validated_data["seconds"],
            class_index=body.validated_data.get("class_index"),
            class_indexes=body.validated_data.get("class_indexes"),
        )
        done = services.submit_annotation(
            annotation, signed_in(request), answer=answer, now=timezone.now()
        )
        return Response({"state": done.state, "extra_vote": done.extra_vote, "next": None})


class ReviewQueueView(ListAPIView[Sample]):
    """What waits for a reviewer."""

    serializer_class = SampleSerializer

    class pagination_class(NewestFirst):
        """The least agreed first."""

        ordering = ("agreement", "pk")

    @extend_schema(operation_id="projects_review_queue")
    def get(self, request: Request, *args: object, **kwargs: object) -> Response:
        """List the samples in review, the least agreed first."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> "QuerySet[Sample]":
        """Select the project's samples in review."""
        project = get_project_for(
            self.request.user, self.kwargs["pk"], at_least=ProjectRole.REVIEWER
        )
        return selectors.list_review_queue(project)


class AnswersView(APIView):
    """Who answered what."""

    @extend_schema(operation_id="samples_answers", responses=AnswerSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """List the submitted answers of a sample, oldest first."""
        answers = (
            Annotation.objects.filter(
                sample=_reviewed(request, pk), state=AnnotationState.SUBMITTED, is_correction=False
            )
            .select_related("user")
            .order_by("submitted_at", "pk")
        )
        return Response(AnswerSerializer(answers, many=True).data)


class AnswerLabelsView(APIView):
    """The label image of one answer."""

    @extend_schema(
        operation_id="samples_answer_labels", parameters=PLANE_PARAMETERS, responses=PLANE_SCHEMA
    )
    def get(self, request: Request, pk: int, annotation_id: uuid.UUID) -> HttpResponse:
        """Return one plane of a submitted answer."""
        sample = _reviewed(request, pk)
        annotation = selectors.get_submitted_answer(sample, annotation_id)
        return plane_response(request, read_blob(annotation.key, sample))


class ConsensusView(APIView):
    """What all answers add up to."""

    @extend_schema(operation_id="samples_consensus", responses=ConsensusSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return the newest consensus."""
        consensus = get_newest_consensus(_reviewed(request, pk))
        return Response(ConsensusSerializer(consensus).data)


class ConsensusLabelsView(APIView):
    """The label image of the consensus."""

    @extend_schema(
        operation_id="samples_consensus_labels", parameters=PLANE_PARAMETERS, responses=PLANE_SCHEMA
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Return one plane of the newest consensus."""
        sample = _reviewed(request, pk)
        consensus = get_newest_consensus(sample)
        return plane_response(
            request, read_blob(consensus.key, sample), version=str(consensus.version)
        )


class AgreementView(APIView):
    """How far people agree about each cell."""

    @extend_schema(operation_id="samples_agreement", responses=CellAgreementSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return who drew which cell and how alike, the least agreed first."""
        consensus = get_cell_agreement(_reviewed(request, pk))
        return Response(CellAgreementSerializer(consensus).data)


class NotesView(APIView):
    """Reviewers' notes on an answer."""

    @extend_schema(operation_id="annotations_notes", responses=ReviewNoteSerializer(many=True))
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """List the notes on an own answer (on any, for reviewers), oldest first."""
        notes = selectors.list_notes(request.user, pk)
        return Response(ReviewNoteSerializer(notes, many=True).data)


class TickNoteView(APIView):
    """Whether a note was dealt with."""

    @extend_schema(
        operation_id="review_notes_done", request=TickSerializer, responses=ReviewNoteSerializer
    )
    def post(self, request: Request, pk: int) -> Response:
        """Tick a note on an own answer, or take the tick away."""
        note = selectors.get_own_note(request.user, pk)
        body = TickSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        done = services.tick_note(note, done=body.validated_data["done"], now=timezone.now())
        return Response(ReviewNoteSerializer(done).data)


class ReviewView(APIView):
    """A reviewer's decision."""

    @extend_schema(
        operation_id="samples_review", request=ReviewSerializer, responses=SampleSerializer
    )
    def post(self, request: Request, pk: int) -> Response:
        """Accept the consensus or one answer, or send the sample back."""
        sample = _reviewed(request, pk)
        body = ReviewSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        _decide(sample, signed_in(request), body.validated_data)
        return Response(SampleSerializer(with_answers(Sample.objects.filter(pk=pk)).get()).data)


class CorrectView(APIView):
    """A reviewer's own correction."""

    @extend_schema(
        operation_id="samples_correct", request=CorrectSerializer, responses=NextSerializer
    )
    def post(self, request: Request, pk: int) -> Response:
        """Open a draft that becomes the ground truth when it is submitted."""
        sample = _reviewed(request, pk)
        body = CorrectSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        chosen = body.validated_data
        start = None
        if "start" in chosen:
            start = services.CorrectionStart(chosen["start"], chosen.get("annotation"))
        draft = services.correct(sample, signed_in(request), start=start, anew=chosen["anew"])
        return Response(describe_draft(draft))


class GroundTruthView(APIView):
    """What was accepted."""

    @extend_schema(operation_id="samples_ground_truth", responses=GroundTruthSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """Return the current ground truth; that of test samples to reviewers only."""
        truth = selectors.get_ground_truth_for(request.user, pk)
        return Response(GroundTruthSerializer(truth).data)


class GroundTruthLabelsView(APIView):
    """The label image that was accepted."""

    @extend_schema(
        operation_id="samples_ground_truth_labels",
        parameters=PLANE_PARAMETERS,
        responses=PLANE_SCHEMA,
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """Return one plane of the current ground truth."""
        truth = selectors.get_ground_truth_for(request.user, pk)
        return plane_response(
            request, read_blob(truth.key, truth.sample), version=str(truth.version)
        )


def _decide(sample: Sample, reviewer: User, decision: dict[str, Any]) -> None:
    note = decision["note"]
    answer = decision.get("annotation")
    if decision["decision"] == ReviewDecision.ACCEPT:
        services.accept(sample, reviewer, note=note)
    elif decision["decision"] == ReviewDecision.ACCEPT_ANSWER:
        services.accept_answer(sample, reviewer, annotation_id=decision["annotation"], note=note)
    else:
        services.send_back(
            sample,
            reviewer,
            annotation_ids=decision["annotations"] or ([answer] if answer else []),
            note=note,
            notes=[_placed(item) for item in decision["notes"]],
        )


def _placed(item: dict[str, Any]) -> services.PlacedNote:
    return services.PlacedNote(
        text=item["text"],
        t=item["t"],
        z=item["z"],
        x=item["x"],
        y=item["y"],
        object_id=item.get("object"),
        annotation_id=item.get("annotation"),
    )
