"""Addresses of crowdsourcing."""

from django.urls import URLPattern, URLResolver, path

from annotations.crowdsourcing import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/<int:pk>/next", views.NextView.as_view()),
    path("projects/<int:pk>/upcoming", views.UpcomingView.as_view()),
    path("projects/<int:pk>/next-batch", views.NextBatchView.as_view()),
    path("assignments/<uuid:pk>/heartbeat", views.HeartbeatView.as_view()),
    path("assignments/<uuid:pk>/release", views.ReleaseView.as_view()),
    path("assignments/<uuid:pk>/skip", views.SkipView.as_view()),
]
