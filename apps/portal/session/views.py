"""The page to sign in."""

from django.contrib.auth.views import LoginView

from apps.accounts.sign_in import SignInForm
from apps.portal.policy import StrictPage


class SignIn(StrictPage, LoginView):
    """Name and password."""

    template_name = "portal/session/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True
