"""How the web server runs, in the demo and in production alike."""

import os

from django.conf import settings
from django.db import connections

bind = os.environ.get("VIGIL_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
# The application is loaded after the fork: a pool that crosses one talks on its parent's socket.
preload_app = False
timeout = 60
graceful_timeout = 10
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
# A file in memory, for a slow disk must not look like a hung worker.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
control_socket_disable = True
proc_name = "vigil-web"
errorlog = "-"
accesslog = None
loglevel = "warning"


def post_fork(server, worker):
    """Give each worker a pool of its own, should anything have opened one before the fork."""
    if settings.configured:
        for connection in connections.all(initialized_only=True):
            connection.close_pool()
