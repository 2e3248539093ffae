"""WSGI entry point. WSGI, not ASGI: django-tenants keeps the tenant on a per-thread connection."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "perscoach.settings")

application = get_wsgi_application()
