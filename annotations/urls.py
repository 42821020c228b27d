"""Addresses of the API of this app, one list per capability."""

from django.urls import URLPattern, URLResolver

from annotations.accounts.urls import urlpatterns as accounts
from annotations.crowdsourcing.urls import urlpatterns as crowdsourcing
from annotations.datasets.urls import urlpatterns as datasets
from annotations.exchange.urls import urlpatterns as exchange
from annotations.images.urls import urlpatterns as images
from annotations.labels.urls import urlpatterns as labels
from annotations.projects.urls import urlpatterns as projects
from annotations.review.urls import urlpatterns as review

urlpatterns: list[URLPattern | URLResolver] = [
    *accounts,
    *datasets,
    *images,
    *projects,
    *labels,
    *crowdsourcing,
    *review,
    *exchange,
]
