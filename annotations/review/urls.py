"""Addresses of review."""

from django.urls import URLPattern, URLResolver, path

from annotations.review import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("annotations/<uuid:pk>/submit", views.SubmitView.as_view()),
    path("annotations/<uuid:pk>/notes", views.NotesView.as_view()),
    path("review-notes/<int:pk>/done", views.TickNoteView.as_view()),
    path("projects/<int:pk>/review-queue", views.ReviewQueueView.as_view()),
    path("samples/<int:pk>/answers", views.AnswersView.as_view()),
    path("samples/<int:pk>/answers/<uuid:annotation_id>/labels", views.AnswerLabelsView.as_view()),
    path("samples/<int:pk>/consensus", views.ConsensusView.as_view()),
    path("samples/<int:pk>/consensus/labels", views.ConsensusLabelsView.as_view()),
    path("samples/<int:pk>/agreement", views.AgreementView.as_view()),
    path("samples/<int:pk>/review", views.ReviewView.as_view()),
    path("samples/<int:pk>/correct", views.CorrectView.as_view()),
    path("samples/<int:pk>/ground-truth", views.GroundTruthView.as_view()),
    path("samples/<int:pk>/ground-truth/labels", views.GroundTruthLabelsView.as_view()),
]
