"""Addresses of images and uploads."""

from django.urls import URLPattern, URLResolver, path

from annotations.images import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("datasets/<int:pk>/uploads", views.UploadList.as_view()),
    path("datasets/<int:pk>/uploads/check", views.UploadCheck.as_view()),
    path("images", views.ImageList.as_view()),
    path("images/<int:pk>", views.ImageDetail.as_view()),
    path("images/<int:pk>/thumbnail", views.ImageThumbnail.as_view()),
    path("images/<int:pk>/histogram", views.ImageHistogram.as_view()),
    path("images/<int:pk>/zarr/<path:path>", views.ImageZarr.as_view()),
]
