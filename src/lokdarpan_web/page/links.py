"""Links out of the page: only to the web, whatever a file said."""

from urllib.parse import urlsplit


def web_link(url: str | None) -> str | None:
    """The address, if it is one of http or https with a host; None for all else (`javascript:`, `data:`, a path)."""
    if not url:
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return url.strip() if parts.scheme.lower() in ("http", "https") and parts.netloc else None
