"""What is encrypted at rest though it lies inside a column that is not."""

from functools import cached_property

from cryptography.fernet import InvalidToken
from django.core.signing import BadSignature
from encrypted_fields.fields import EncryptedTextField


class Vault:
    """The keys that encrypt columns, for a secret that lies inside one."""

    @cached_property
    def keys(self):
        return EncryptedTextField().f

    def close(self, text):
        return self.keys.encrypt(text.encode()).decode()

    def open(self, text):
        """The words again; raises BadSignature for what these keys have not closed."""
        try:
            return self.keys.decrypt(text.encode()).decode()
        except InvalidToken as unreadable:
            raise BadSignature("not closed by these keys") from unreadable


VAULT = Vault()
