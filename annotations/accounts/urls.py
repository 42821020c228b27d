"""Addresses of sessions, tokens and labs."""

from django.urls import URLPattern, URLResolver, path

from annotations.accounts.views import labs, session

urlpatterns: list[URLPattern | URLResolver] = [
    path("auth/session", session.SessionView.as_view()),
    path("auth/setup", session.SetupView.as_view()),
    path("auth/login", session.LoginView.as_view()),
    path("auth/logout", session.LogoutView.as_view()),
    path("auth/password", session.PasswordView.as_view()),
    path("tokens", labs.TokenList.as_view()),
    path("tokens/<int:pk>", labs.TokenDetail.as_view()),
    path("labs", labs.LabList.as_view()),
    path("labs/<int:pk>", labs.LabDetail.as_view()),
    path("labs/<int:pk>/members", labs.LabMemberList.as_view()),
    path("labs/<int:pk>/members/<int:user_id>", labs.LabMemberDetail.as_view()),
]
