"""The web server's way in."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")

from clinic.embedded import ensure_database  # noqa: E402 -- settings read what this exports

ensure_database()

from django.core.wsgi import get_wsgi_application  # noqa: E402 -- after the database's address is known

application = get_wsgi_application()

from clinic.safe_start import refuse_to_start_weak  # noqa: E402 -- reads the settings

refuse_to_start_weak()
