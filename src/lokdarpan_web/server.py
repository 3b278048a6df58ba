"""gunicorn, started from Python: the same server for `lokdarpan serve`, the demo, and your own."""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

from gunicorn.app.base import BaseApplication

from lokdarpan_core import Settings, SettingsError
from lokdarpan_web.app import App
from lokdarpan_web.metrics import forget_worker


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn with sync workers, each of which makes its own app after the fork."""

    def __init__(self, make_app: Callable[[], App], host: str, port: int, workers: int) -> None:
        self._make_app = make_app
        self._options = {"bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}", "workers": workers}
        super().__init__()

    def load_config(self) -> None:
        """Ours alone: gunicorn's own files and variables would be a second place for settings."""
        options: dict[str, Any] = {
            "loglevel": "warning",
            "proc_name": "lokdarpan",
            "forwarded_allow_ips": "",  # whose word is taken is LOKDARPAN_TRUSTED_PROXIES' affair
            "child_exit": _forget,
            **self._options,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> App:
        """Called in each worker."""
        return self._make_app()


def _forget(_server: object, worker: Any) -> None:
    forget_worker(worker.pid)


def refuse_open_door(settings: Settings, host: str) -> None:
    """Raise SettingsError when a network is to be served and nobody has said whether reading needs a key."""
    if settings.require_key is None and not _is_loopback(host):
        raise SettingsError(
            f"{host} can be reached from the network: set LOKDARPAN_REQUIRE_KEY to true (reading needs a key) "
            "or to false (anybody may read)"
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def require_free(host: str, port: int) -> int:
    """The port. Raises SettingsError when another program has it."""
    if _bound(host, port) is None:
        raise SettingsError(f"Port {port} on {host} is in use, or not allowed: give another with --port")
    return port


def _bound(host: str, port: int) -> int | None:
    """The port that one gets who asks for this one; None when it can't be had."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return None
        return int(probe.getsockname()[1])


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next of the ten after it that is free; 0 takes any."""
    for port in range(wanted, wanted + 10):
        if (found := _bound(host, port)) is not None:
            return found
    raise SettingsError(f"Ports {wanted} to {wanted + 9} are all in use on {host}: give another with --port")
