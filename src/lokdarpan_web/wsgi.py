"""The entry point of a WSGI server: `gunicorn 'lokdarpan_web.wsgi:app'`. Importing it reads the environment; nothing
else in this package does."""

import atexit
import os
from contextlib import ExitStack

from lokdarpan_core import Settings, open_engine
from lokdarpan_web.app import create_app

_settings = Settings.from_environment(os.environ)
_lifetime = ExitStack()  # an embedded server stays as long as this process
app = create_app(_lifetime.enter_context(open_engine(_settings, pool_pre_ping=False)), _settings)
atexit.register(_lifetime.close)
