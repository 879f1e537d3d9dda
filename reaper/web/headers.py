"""What every answer tells the browser: keep nothing, tell nobody, run nothing."""

from __future__ import annotations

import base64
import hashlib

from flask import Response


def policy_for(css: str) -> str:
    """Allow this one style sheet, inline icons, forms to ourselves, and nothing else; no script at all."""
    digest = base64.b64encode(hashlib.sha256(css.encode("utf-8")).digest()).decode("ascii")
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


def guard(response: Response, policy: str) -> Response:
    """Put the headers on: the address is a secret, so it is neither cached, passed on, indexed nor framed."""
    response.headers.update(
        {
            "Cache-Control": "no-store",
            "Content-Security-Policy": policy,
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Permissions-Policy": "interest-cohort=()",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "X-Robots-Tag": "noindex, nofollow",
        }
    )
    return response
