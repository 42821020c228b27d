"""Addresses of what spans capabilities."""

from django.urls import URLPattern, URLResolver, path

from annotations.exchange.views import OverviewView

urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/<int:pk>/overview", OverviewView.as_view()),
]
