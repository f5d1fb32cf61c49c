"""Nobody registers themselves: the only way in is an invitation."""

from allauth.account.adapter import DefaultAccountAdapter


class InvitationOnly(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False

    def authenticate(self, request, **credentials):
        """Find the person by the address that is theirs, not by one nobody has answered from."""
        user = super().authenticate(request, **credentials)
        email = credentials.get("email", "")
        if user is not None and email and email.casefold() != user.email.casefold():
            return None
        return user

    def count_attempt(self, request, email):
        """Count an attempt to prove a person where attempts to sign in are counted.

        Raises ValidationError when there were too many.
        """
        self.pre_authenticate(request, email=email)

    def attempt_succeeded(self):
        """Take the attempt back from the count: only failures weigh."""
        self._rollback_login_failed_rl_usage()
