"""Addresses of predictions."""

from django.urls import URLPattern, URLResolver, path

from training.serving import batch_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("models/<int:pk>/predict", views.ModelPredict.as_view()),
    path("predictions/<uuid:pk>", views.PredictionDetail.as_view()),
    path("predictions/<uuid:pk>/preview", views.PredictionPreview.as_view()),
    path("predictions/<uuid:pk>/labels", views.PredictionLabels.as_view()),
    path("models/<int:pk>/batches", batch_views.ModelBatches.as_view()),
    path("prediction-batches", batch_views.BatchList.as_view()),
    path("prediction-batches/<int:pk>", batch_views.BatchDetail.as_view()),
    path("prediction-batches/<int:pk>/cancel", batch_views.BatchCancel.as_view()),
    path("prediction-batches/<int:pk>/retry", batch_views.BatchRetry.as_view()),
    path("prediction-batches/<int:pk>/download", batch_views.BatchDownload.as_view()),
    path("prediction-batches/<int:pk>/images", batch_views.BatchImages.as_view()),
    path("prediction-batches/<int:pk>/images/<int:image_id>", batch_views.BatchImage.as_view()),
    path(
        "prediction-batches/<int:pk>/images/<int:image_id>/preview",
        batch_views.BatchImagePreview.as_view(),
    ),
    path(
        "prediction-batches/<int:pk>/images/<int:image_id>/labels",
        batch_views.BatchImageLabels.as_view(),
    ),
]
