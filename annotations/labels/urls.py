"""Addresses of labels."""

from django.urls import URLPattern, URLResolver, path

from annotations.labels import history_views, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("annotations/<uuid:pk>", views.AnnotationView.as_view()),
    path("annotations/<uuid:pk>/labels", views.AnnotationLabelsView.as_view()),
    path("annotations/<uuid:pk>/labels/blocks", views.LabelBlocksView.as_view()),
    path("annotations/<uuid:pk>/labels/objects", views.LabelObjectsView.as_view()),
    path("annotations/<uuid:pk>/marks", views.MarksView.as_view()),
    path("annotations/<uuid:pk>/ops", views.OperationsView.as_view()),
    path("annotations/<uuid:pk>/restore", history_views.RestoreView.as_view()),
    path("annotations/<uuid:pk>/verify", history_views.VerifyView.as_view()),
    path("annotations/<uuid:pk>/versions", history_views.VersionList.as_view()),
    path("samples/<int:pk>/proposal", views.ProposalView.as_view()),
    path("samples/<int:pk>/proposal/info", views.ProposalInfoView.as_view()),
]
