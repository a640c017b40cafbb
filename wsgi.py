from gevent import monkey

monkey.patch_all()

# The application for gunicorn. The patch comes first: modules imported before it would keep the
# blocking sockets and locks.
from app import create_app
from app.transport.http.worker import require_our_worker

require_our_worker()
app = create_app()
