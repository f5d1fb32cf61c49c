"""What the admin site asks, answered from roles at a site; there are no groups."""

from clinic.access import Permission, may_anywhere

# The admin's own permission names, and the permission of ours that answers for each.
ANSWERS = {
    "clinic.view_protocol": (Permission.WRITE_PROTOCOLS, Permission.PUBLISH_PROTOCOLS),
    "clinic.add_protocol": (Permission.WRITE_PROTOCOLS,),
    "clinic.change_protocol": (Permission.WRITE_PROTOCOLS,),
    "clinic.view_protocolversion": (Permission.WRITE_PROTOCOLS, Permission.PUBLISH_PROTOCOLS),
    "clinic.add_protocolversion": (Permission.WRITE_PROTOCOLS,),
    "clinic.change_protocolversion": (Permission.WRITE_PROTOCOLS, Permission.PUBLISH_PROTOCOLS),
}


class RolesBackend:
    """Authenticates nobody; it only says what a signed-in person may do in the admin site."""

    def authenticate(self, request, **credentials):
        return None

    def get_user(self, user_id):
        return None

    def has_perm(self, user, permission, obj=None):
        return any(may_anywhere(user, p) for p in ANSWERS.get(permission, ()))

    def has_module_perms(self, user, app_label):
        return any(
            self.has_perm(user, name) for name in ANSWERS if name.startswith(f"{app_label}.")
        )
