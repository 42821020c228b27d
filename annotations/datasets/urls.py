"""Addresses of data sets."""

from django.urls import URLPattern, URLResolver, path

from annotations.datasets.views import DataSetDetail, DataSetDisplay, DataSetList

urlpatterns: list[URLPattern | URLResolver] = [
    path("datasets", DataSetList.as_view()),
    path("datasets/<int:pk>", DataSetDetail.as_view()),
    path("datasets/<int:pk>/display", DataSetDisplay.as_view()),
]
