"""The addresses of the site: the API, the admin, and the front end for all the rest."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularAPIView

from config.views import front_end, health

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/v1/", include("annotations.urls")),
    path("api/v1/", include("training.urls")),
    path("api/schema", SpectacularAPIView.as_view(), name="schema"),
    path("healthz", health, name="health"),
    path("admin/", admin.site.urls),
    re_path(r"^(?!api/|static/|assets/|admin/).*$", front_end, name="front-end"),
]

handler404 = "config.views.not_found"
handler500 = "config.views.server_error"
