"""Addresses of model versions."""

from django.urls import URLPattern, URLResolver, path

from training.model_registry import transfer_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/<int:pk>/model-comparison", views.ProjectModelComparison.as_view()),
    path("models", views.ModelList.as_view()),
    path("models/<int:pk>", views.ModelDetail.as_view()),
    path("models/<int:pk>/promote", views.ModelPromote.as_view()),
    path("models/<int:pk>/test-look", views.ModelTestLook.as_view()),
    path("models/<int:pk>/card", transfer_views.ModelCard.as_view()),
    path("models/<int:pk>/measure", transfer_views.ModelMeasure.as_view()),
    path("models/<int:pk>/exports", transfer_views.ModelExports.as_view()),
    path("model-exports/<int:pk>/file", transfer_views.ModelExportFile.as_view()),
    path("projects/<int:pk>/model-imports", transfer_views.ModelImports.as_view()),
    path("projects/<int:pk>/adopt-model", transfer_views.ModelAdopt.as_view()),
]
