"""Addresses of clicking cells."""

from django.urls import URLPattern, URLResolver, path

from training.assist import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("samples/<int:pk>/outline", views.SampleOutline.as_view()),
    path("samples/<int:pk>/uncertainty", views.SampleUncertainty.as_view()),
]
