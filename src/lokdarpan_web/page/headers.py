"""What browsers are told not to do with our pages.

No script and no style but our own files, nothing from another host, no frame around us, no address of ours told to
others. Texts of articles can therefore not run, even if one slipped through unescaped.
"""

import falcon

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
DRAWING = "default-src 'none'; style-src 'unsafe-inline'; sandbox"  # an SVG that is opened by itself


def protect(resp: falcon.Response, policy: str = POLICY) -> None:
    """Set the headers; every answer of the page has them."""
    resp.set_header("Content-Security-Policy", policy)
    resp.set_header("X-Content-Type-Options", "nosniff")
    resp.set_header("Referrer-Policy", "same-origin")
    resp.set_header("Cross-Origin-Opener-Policy", "same-origin")
    resp.set_header("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
