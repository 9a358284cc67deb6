"""The desk itself: the rooms behind it, its templates, and how it answers. One a process, made by `create_desk`."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Annotated, Final
from urllib.parse import quote

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from gateway.api.rooms import Rooms
from gateway.desk import spelling
from gateway.desk.attempts import Attempts
from gateway.settings import ApiSettings

_PACKAGE: Final = files("gateway.desk")
_YEAR: Final = 31_536_000

# Pages load our own stylesheet and icon and nothing else: no script, no frame, no foreign form.
PAGE_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
# Foreign bytes get a policy of their own: whatever a browser makes of them, they run nothing and reach nothing.
BYTES_POLICY: Final = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_EVERYWHERE: Final[Mapping[str, str]] = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not `no-referrer`: browsers would then call the origin of our own forms `null`.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_TEXT_TYPES: Final = frozenset({"application/xml", "text/xml", "application/json", "text/csv", "text/plain"})


@dataclass(frozen=True)
class Desk:
    """What every page needs."""

    rooms: Rooms
    settings: ApiSettings
    attempts: Attempts

    @cached_property
    def templates(self) -> Environment:
        """The templates; what they show is escaped unless it is markup of ours."""
        made = Environment(
            loader=FunctionLoader(lambda name: (_PACKAGE / "templates" / name).read_text("utf-8")),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        made.globals |= {
            "sprite": Markup((_PACKAGE / "static" / "sprite.svg").read_text("utf-8")),  # noqa: S704 - our own file
            "stylesheet": f"static/{self.stylesheet_tag}/desk.css",
        }
        made.filters |= {"foreign": spelling.foreign, "plain": spelling.plain, "count": spelling.count}
        return made

    @cached_property
    def stylesheet(self) -> bytes:
        """The stylesheet."""
        return (_PACKAGE / "static" / "desk.css").read_bytes()

    @cached_property
    def icon(self) -> bytes:
        """The icon in the browser's tab."""
        return (_PACKAGE / "static" / "icon.svg").read_bytes()

    @cached_property
    def stylesheet_tag(self) -> str:
        """Stands in the stylesheet's address, so that browsers keep it for ever and still see each new one."""
        return hashlib.sha256(self.stylesheet).hexdigest()[:12]

    def page(self, request: Request, template: str, status: int = 200, **shown: object) -> HTMLResponse:
        """One page. shown: what the template names; `base` is the address of the desk."""
        html = self.templates.get_template(template).render(base=base_of(request), **{"visitor": None, **shown})
        return HTMLResponse(html, status, self._headers(PAGE_POLICY, "no-store"))

    def redirect(self, request: Request, path: str) -> Response:
        """On to another page of the desk. path: below the desk's own address."""
        return RedirectResponse(f"{base_of(request)}/{path}", 303, self._headers(PAGE_POLICY, "no-store"))

    def download(self, content: bytes, media_type: str, file_name: str) -> Response:
        """Foreign bytes to be saved: never shown, never guessed at."""
        known = media_type if media_type in {*_TEXT_TYPES, "application/pdf"} else "application/octet-stream"
        headers = {**self._headers(BYTES_POLICY, "no-store"), "Content-Disposition": _named("attachment", file_name)}
        return Response(content, media_type=known, headers=headers)

    def pdf(self, content: bytes, file_name: str) -> Response:
        """A PDF to be read in a tab of its own."""
        headers = {**self._headers(BYTES_POLICY, "no-store"), "Content-Disposition": _named("inline", file_name)}
        return Response(content, media_type="application/pdf", headers=headers)

    def own_file(self, content: bytes, media_type: str) -> Response:
        """A file of the desk's own under an address that changes with its content."""
        headers = self._headers(PAGE_POLICY, f"public, max-age={_YEAR}, immutable")
        return Response(content, media_type=media_type, headers=headers)

    def _headers(self, policy: str, caching: str) -> dict[str, str]:
        headers = {**_EVERYWHERE, "Content-Security-Policy": policy, "Cache-Control": caching}
        if self.settings.secure_cookies:
            headers["Strict-Transport-Security"] = f"max-age={_YEAR}"
        return headers


def _named(disposition: str, file_name: str) -> str:
    """A `Content-Disposition` with the name in both of its spellings (RFC 6266 section 5)."""
    printable = "".join(sign for sign in spelling.plain(file_name) if sign.isprintable())
    name = printable.replace("/", "_").replace("\\", "_") or "file"
    narrow = "".join(sign if sign.isascii() and sign not in '"%;' else "_" for sign in name)
    return f"{disposition}; filename=\"{narrow}\"; filename*=UTF-8''{quote(name, safe='')}"


def base_of(request: Request) -> str:
    """The address at which the desk is mounted: `/desk`."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def desk_of(request: Request) -> Desk:
    """The desk behind this application."""
    found: Desk = request.app.state.desk
    return found


TheDesk = Annotated[Desk, Depends(desk_of)]
