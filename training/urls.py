"""Addresses of the API of this app, one list per capability."""

from django.urls import URLPattern, URLResolver

from training.active_learning.urls import urlpatterns as active_learning
from training.assist.urls import urlpatterns as assist
from training.model_registry.urls import urlpatterns as model_registry
from training.runs.urls import urlpatterns as runs
from training.search.urls import urlpatterns as search
from training.serving.urls import urlpatterns as serving
from training.starts.urls import urlpatterns as starts

urlpatterns: list[URLPattern | URLResolver] = [
    *runs,
    *starts,
    *model_registry,
    *active_learning,
    *assist,
    *serving,
    *search,
]
