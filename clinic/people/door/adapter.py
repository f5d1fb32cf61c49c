"""Second factors: their secrets are encrypted at rest, and the last one is not thrown away."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings

from clinic.people.door.vault import VAULT
from clinic.people.queries import organisation


class SecondFactors(DefaultMFAAdapter):
    def encrypt(self, text):
        return VAULT.close(text)

    def decrypt(self, encrypted_text):
        return VAULT.open(encrypted_text)

    def get_totp_issuer(self):
        house = organisation()
        return f"Vigil, {house}" if house else "Vigil"

    def can_delete_authenticator(self, authenticator):
        """Whether another second factor is left; recovery codes alone are none."""
        others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(
            pk=authenticator.pk
        )
        return (
            not settings.SECOND_FACTOR_REQUIRED
            or others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists()
        )
