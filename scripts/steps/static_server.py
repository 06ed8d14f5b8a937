"""A plain static file server, as a host that sends no headers of its own would be.

Used by `scripts/serve.py` (with live reload) and by the browser tests (below `/` and below `/repo/`).
"""

import re
import sys
import threading
import traceback
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

RELOAD_SCRIPT = b"""new EventSource(new URL("./changes", import.meta.url)).onmessage = () => location.reload();\n"""
_RELOAD_TAG = '<script type="module" src="{base}@dev/reload.js"></script></body>'


class Changes:
    """Tells waiting browsers that the site was built again."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._version = 0

    def announce(self) -> None:
        with self._condition:
            self._version += 1
            self._condition.notify_all()

    def wait(self, seconds: float) -> bool:
        """Whether a new build was announced within `seconds`."""
        with self._condition:
            before = self._version
            return self._condition.wait_for(lambda: self._version != before, seconds)


class StaticServer(ThreadingHTTPServer):
    """Serves `root` below `base` on `host:port` (0 picks a free port). With `changes`, pages reload after each build."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, root: Path, host: str, port: int, base: str = "/", changes: Changes | None = None) -> None:
        self.root = root
        self.base = base
        self.changes = changes
        super().__init__((host, port), partial(_Handler, directory=str(root)))

    def handle_error(self, request: object, client_address: object) -> None:
        """A browser that leaves in the middle of an answer is no error; anything else is shown."""
        if not isinstance(sys.exception(), ConnectionError):
            traceback.print_exc()

    @property
    def url(self) -> str:
        host, port = self.server_address[0], self.server_address[1]
        return f"http://{host!s}:{port}{self.base}"

    def start(self) -> Callable[[], None]:
        """Serve in a thread of its own; the returned function stops the server and frees the port."""
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()

        def stop() -> None:
            self.shutdown()
            thread.join()
            self.server_close()

        return stop


class _Handler(SimpleHTTPRequestHandler):
    server: StaticServer
    protocol_version = "HTTP/1.1"
    extensions_map = {  # noqa: RUF012 - the base class's attribute
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
        ".json": "application/json",
        ".woff2": "font/woff2",
        ".svg": "image/svg+xml",
        ".webmanifest": "application/manifest+json",
        "": "application/octet-stream",
    }

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if self.server.changes and path.startswith(f"{self.server.base}@dev/"):
            self._serve_changes(path)
        elif not path.startswith(self.server.base):
            self.send_error(HTTPStatus.NOT_FOUND)
        else:
            self._serve_file(path)

    def translate_path(self, path: str) -> str:
        return super().translate_path("/" + path[len(self.server.base) :])

    def end_headers(self) -> None:
        # A page of the last build must not be mixed with code of this one.
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Requests are not worth a line each."""

    def _serve_file(self, path: str) -> None:
        file = Path(self.translate_path(path))
        page = file / "index.html" if file.is_dir() and path.endswith("/") else file
        if page.suffix == ".html" and page.is_file():
            self._send_page(page, HTTPStatus.OK)
        elif file.name == "sitemap.xml" and file.is_file():
            self._send_sitemap(file)
        elif file.exists():
            super().do_GET()
        else:
            self._send_page(self.server.root / "404.html", HTTPStatus.NOT_FOUND)

    def _send_page(self, page: Path, status: HTTPStatus) -> None:
        body = page.read_bytes() if page.is_file() else b"404"
        if self.server.changes:
            body = body.replace(b"</body>", _RELOAD_TAG.format(base=self.server.base).encode())
        self._send(body, "text/html; charset=utf-8", status)

    def _send_sitemap(self, sitemap: Path) -> None:
        """A sitemap names the address the site was built for, port included, and instant navigation works only for pages
        it lists. Whatever port is free here stands in for that address."""
        here = f"<loc>http://{self.headers.get('Host', '')}/"
        self._send(re.sub(r"<loc>https?://[^/<]+/", here, sitemap.read_text()).encode(), "application/xml")

    def _serve_changes(self, path: str) -> None:
        if path.endswith("reload.js"):
            self._send(RELOAD_SCRIPT, "text/javascript")
            return
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        try:
            while self.server.changes:
                self.wfile.write(b"data: built\n\n" if self.server.changes.wait(15) else b": still here\n\n")
                self.wfile.flush()
        except OSError:
            return  # The page is gone.

    def _send(self, body: bytes, content_type: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
