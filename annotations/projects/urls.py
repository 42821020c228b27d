"""Addresses of projects, members, samples and invitations."""

from django.urls import URLPattern, URLResolver, path

from annotations.projects.views import invitations, members, projects

urlpatterns: list[URLPattern | URLResolver] = [
    path("auth/signup", invitations.SignUpView.as_view()),
    path("labs/<int:pk>/invitations", invitations.InvitationList.as_view()),
    path("invitations/preview", invitations.InvitationPreview.as_view()),
    path("invitations/accept", invitations.InvitationAccept.as_view()),
    path("invitations/<int:pk>", invitations.InvitationDetail.as_view()),
    path("projects", projects.ProjectList.as_view()),
    path("projects/<int:pk>", projects.ProjectDetail.as_view()),
    path("projects/<int:pk>/move-group", projects.ProjectMoveGroup.as_view()),
    path("projects/<int:pk>/members", members.MemberList.as_view()),
    path("projects/<int:pk>/members/<int:user_id>", members.MemberDetail.as_view()),
    path("samples", projects.SampleList.as_view()),
    path("samples/<int:pk>", projects.SampleDetail.as_view()),
]
