"""Whoever is asked to sign in once more finds again what they had typed."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login

from clinic.pages import errors


class SignInFirst(LoginRequiredMiddleware):
    """Lead to the door; what was sent by a sign-in that is over is shown, and not obeyed."""

    def handle_no_permission(self, request: Any, view_func: Any) -> Any:
        answer = super().handle_no_permission(request, view_func)
        if not errors.typed(request):
            return answer
        back = redirect_to_login(request.path, self.get_login_url(view_func))
        return errors.signed_out(request, back.url)
