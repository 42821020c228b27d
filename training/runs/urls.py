"""Addresses of training runs."""

from django.urls import URLPattern, URLResolver, path

from training.runs import settings_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/<int:pk>/training-settings", settings_views.ProjectTrainingSettings.as_view()),
    path("presets", settings_views.PresetList.as_view()),
    path("projects/<int:pk>/presets", settings_views.ProjectPresets.as_view()),
    path("runs", views.RunList.as_view()),
    path("runs/<int:pk>", views.RunDetail.as_view()),
    path("runs/<int:pk>/curves", views.RunCurves.as_view()),
    path("runs/<int:pk>/pictures/<str:name>", views.RunPicture.as_view()),
    path("runs/<int:pk>/figures", views.RunFigures.as_view()),
    path("runs/<int:pk>/log", views.RunLog.as_view()),
    path("runs/<int:pk>/cancel", views.RunCancel.as_view()),
    path("runs/<int:pk>/retry", views.RunRetry.as_view()),
    path("jobs", views.JobList.as_view()),
]
