from gevent import monkey; monkey.patch_all()  # noqa: E702, I001  # before any other import

"""What gunicorn serves: the application, in a process that gevent has patched."""

from app.realtime.worker import require_our_worker  # noqa: E402
from app import create_app  # noqa: E402

require_our_worker()
app = create_app()
