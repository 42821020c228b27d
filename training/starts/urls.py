"""Addresses of starts."""

from django.urls import URLPattern, URLResolver, path

from training.starts import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/<int:pk>/runs", views.ProjectRuns.as_view()),
    path("projects/<int:pk>/start", views.ProjectStart.as_view()),
    path("projects/<int:pk>/pretrainings", views.ProjectPretrainings.as_view()),
    path("projects/<int:pk>/start-comparisons", views.ProjectStartComparisons.as_view()),
    path("pretrainings", views.PretrainingList.as_view()),
    path("pretrainings/<int:pk>", views.PretrainingDetail.as_view()),
    path("pretrainings/<int:pk>/cancel", views.PretrainingCancel.as_view()),
    path("start-comparisons", views.StartComparisonList.as_view()),
    path("start-comparisons/<int:pk>", views.StartComparisonDetail.as_view()),
    path("start-comparisons/<int:pk>/cancel", views.StartComparisonCancel.as_view()),
]
