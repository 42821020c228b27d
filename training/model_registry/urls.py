"""Addresses of model versions."""

from django.urls import URLPattern, URLResolver, path

from training.model_registry import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/<int:pk>/model-comparison", views.ProjectModelComparison.as_view()),
    path("models", views.ModelList.as_view()),
    path("models/<int:pk>", views.ModelDetail.as_view()),
    path("models/<int:pk>/promote", views.ModelPromote.as_view()),
    path("models/<int:pk>/test-look", views.ModelTestLook.as_view()),
]
