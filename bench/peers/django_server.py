"""django-quickbooks in a small Django project under a plain WSGI server; run by the Python of its own environment."""

import json
import os
import sys
from collections import defaultdict, deque
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
from django.conf import settings

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - it prints every call; until the end of the process
settings.configure(
    SECRET_KEY="bench", ALLOWED_HOSTS=["*"], ROOT_URLCONF="django_quickbooks.urls", DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django_quickbooks"], USE_TZ=True, LOGGING_CONFIG=None,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": os.environ["DATABASE"], "CONN_MAX_AGE": None}},
    QBWC_SETTINGS={"SESSION_MANAGER_CLASS": "django_server.Manager", "LOCAL_MODEL_CLASSES": dict.fromkeys(("Customer", "Invoice", "ItemService"), "django_quickbooks.models.Realm"), "RESPONSE_PROCESSORS": ("django_server.Estimates",)},
)  # fmt: skip
django.setup()
from django.core.management import call_command  # noqa: E402  Django is configured first
from django_quickbooks.models import Realm  # noqa: E402  Django is configured first
from django_quickbooks.processors.base import ResponseProcessor  # noqa: E402  Django is configured first
from django_quickbooks.session_manager import SessionManager  # noqa: E402  Django is configured first


class Manager(SessionManager):
    """The original with a list in memory instead of RabbitMQ."""

    queues: dict[str, deque[str]] = defaultdict(deque)

    def add_new_jobs(self, realm=None):
        self.queues[str(realm.id)] = deque(json.loads(Path(os.environ["REQUESTS"]).read_text()))

    def get_message(self, queue_name, ack=True):
        queue = self.queues[str(queue_name)]
        return queue.popleft() if queue else ""

    def publish_message(self, msg, queue_name, delete_queue=False):
        self.queues[str(queue_name)].append(msg)

    def get_queue_message_count(self, queue_name):
        return len(self.queues[str(queue_name)])

    def delete_queue(self, queue_name):
        self.queues.pop(str(queue_name), None)

    def purge_queue(self, queue_name):
        self.queues.pop(str(queue_name), None)


class Estimates(ResponseProcessor):
    """Reads the answer as the package's own processors do; it has none for Estimates."""

    resource, op_type = "Estimate", "Add"


class Quiet(WSGIRequestHandler):
    """Keeps connections open and says nothing."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass


if __name__ == "__main__":
    sys.modules["django_server"] = sys.modules["__main__"]
    call_command("migrate", verbosity=0)
    realm = Realm(id="00000000-0000-0000-0000-000000000001", name="bench", schema_name="bench")
    realm.set_password("password")
    realm.save()
    from django.core.wsgi import get_wsgi_application

    server = WSGIServer(("127.0.0.1", int(os.environ["PORT"])), Quiet)
    server.set_app(get_wsgi_application())
    server.serve_forever()
