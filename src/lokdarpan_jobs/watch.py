"""Watch the inbox, so that files are taken as they arrive. The system's word is quick but may not come (on a network
share, or from a full buffer), so that it is looked at again anyway."""

import logging
import threading
from pathlib import Path

from watchfiles import watch

from lokdarpan_jobs.inbox import Identity, Inbox, identity
from lokdarpan_jobs.sending import Sender

RESCAN_SECONDS = 30
AFTER_ERROR_SECONDS = 5
STEP_MS, DEBOUNCE_MS = 50, 500

log = logging.getLogger(__name__)
logging.getLogger("watchfiles").setLevel(logging.WARNING)


def watch_inbox(inbox: Inbox, sender: Sender, over: threading.Event) -> None:
    """Queue a look at the inbox whenever something in it has changed, until it is over."""
    seen: dict[Path, Identity | None] = {}
    while not over.is_set():
        try:
            seen = look(inbox, sender, seen)
            for _ in watch(
                inbox.folder, watch_filter=None, recursive=False, stop_event=over, raise_interrupt=False,
                rust_timeout=RESCAN_SECONDS * 1000, yield_on_timeout=True, step=STEP_MS, debounce=DEBOUNCE_MS,
            ):  # fmt: skip
                seen = look(inbox, sender, seen)
        except Exception as error:  # noqa: BLE001 (folder or database may be away for a while)
            log.warning("The inbox can't be watched now: %s", str(error).strip().splitlines()[0])
            over.wait(AFTER_ERROR_SECONDS)


def look(inbox: Inbox, sender: Sender, seen: dict[Path, Identity | None]) -> dict[Path, Identity | None]:
    """Queue a look if there is a file that was not there, or has changed, the last time. A job that is looking already
    may have passed it: then it counts as not seen yet."""
    now = {path: identity(path) for path in inbox.files()}
    changed = any(path not in seen or seen[path] != there for path, there in now.items())
    return seen if changed and sender.submit("ingest_inbox").already_queued else now
