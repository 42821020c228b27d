"""Addresses of rounds."""

from django.urls import URLPattern, URLResolver, path

from training.active_learning import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/<int:pk>/rounds", views.ProjectRounds.as_view()),
    path("projects/<int:pk>/learning-curve", views.LearningCurveView.as_view()),
    path("projects/<int:pk>/embeddings", views.EmbeddingsView.as_view()),
    path("rounds", views.RoundList.as_view()),
    path("rounds/<int:pk>", views.RoundDetail.as_view()),
    path("rounds/<int:pk>/cancel", views.RoundCancel.as_view()),
    path("rounds/<int:pk>/retry", views.RoundRetry.as_view()),
]
