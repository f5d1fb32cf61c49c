"""Nobody registers themselves: the only way in is an invitation."""

from allauth.account.adapter import DefaultAccountAdapter

from clinic.people.door import limits


class InvitationOnly(DefaultAccountAdapter):
    attempt = None

    def is_open_for_signup(self, request):
        return False

    def pre_authenticate(self, request, **credentials):
        """Count the try before it is known to be wrong; too many are refused unheard."""
        self.attempt = limits.begin(request, credentials.get("email", ""))
        if self.attempt is None:
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request, **credentials):
        """Find the person by the address that is theirs, not by one nobody has answered from.

        A stopped account is told apart from a wrong password by nobody.
        """
        user = super().authenticate(request, **credentials)
        email = credentials.get("email", "")
        if user is not None and email and email.casefold() != user.email.casefold():
            return None
        return user if user is not None and user.is_active else None

    def _rollback_login_failed_rl_usage(self):
        if self.attempt is not None:
            self.attempt.take_back()

    def _delete_login_attempts_cached_email(self, request, **credentials):
        """Nothing: whoever set a new password by mail is known to this browser from now on."""

    def count_attempt(self, request, email):
        """Count an attempt to prove a person where attempts to sign in are counted.

        Raises ValidationError when there were too many.
        """
        self.pre_authenticate(request, email=email)

    def attempt_succeeded(self):
        """Take the attempt back from the count: only failures weigh."""
        self._rollback_login_failed_rl_usage()
