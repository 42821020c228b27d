"""Addresses of searches."""

from django.urls import URLPattern, URLResolver, path

from training.search import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("projects/<int:pk>/searches", views.ProjectSearches.as_view()),
    path("projects/<int:pk>/search-space", views.ProjectSearchSpace.as_view()),
    path("searches", views.SearchList.as_view()),
    path("searches/<int:pk>", views.SearchDetail.as_view()),
    path("searches/<int:pk>/cancel", views.SearchCancel.as_view()),
    path("searches/<int:pk>/apply", views.SearchApply.as_view()),
]
