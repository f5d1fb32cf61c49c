"""Nobody registers themselves: the only way in is an invitation."""

from allauth.account.adapter import DefaultAccountAdapter


class InvitationOnly(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False
