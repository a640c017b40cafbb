from gevent import monkey

monkey.patch_all()

# What gunicorn serves. The lines above come first: whatever is imported before them keeps the
# blocking sockets and locks.
from app import create_app
from app.transport.http.worker import require_our_worker

require_our_worker()
app = create_app()
