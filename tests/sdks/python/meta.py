"""What the tests of pywa need: Meta's hosts, which are the peer, the peer's control API, and a small web server of ours.

pywa is as it came from PyPI. It lets its user hand it the HTTP session (`session=`); ours resolves Meta's two hosts to
the peer, as a hosts file would.
"""

import json
import os
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import httpx

PEER = os.environ["PEER_URL"]
HOSTS = {"graph.facebook.com", "lookaside.fbsbx.com"}
NUMBER = "106500000000001"
ACCOUNT = "203300000000001"
TOKEN = "access-token"
SECRET = "app-secret"


class ToThePeer(httpx.HTTPTransport):
    """Sends what is for Meta to the peer, and nothing anywhere else."""

    def handle_request(self, request):
        assert request.url.host in HOSTS, f"a call to {request.url.host}"
        peer = urlsplit(PEER)
        request.url = request.url.copy_with(scheme="http", host=peer.hostname, port=peer.port)
        return super().handle_request(request)


def session():
    """A session for one client."""
    return httpx.Client(transport=ToThePeer(), timeout=20)


def control(method, path, body=None):
    """A call of the peer's control API."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        PEER + path, data=data, method=method, headers={"content-type": "application/json"}
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
        text = answer.read()
    return json.loads(text) if text else None


class Webhook(ThreadingHTTPServer):
    """Hands each call to pywa, which checks the signature and calls its handlers."""

    def __init__(self, client):
        self.client = client
        self.refused = []
        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    """One call."""

    def do_GET(self):
        query = parse_qs(urlsplit(self.path).query)
        one = lambda name: query.get(name, [None])[0]
        self.answer(*self.server.client.webhook_challenge_handler(vt=one("hub.verify_token"), ch=one("hub.challenge")))

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        refusal = self.server.client.webhook_update_validator(body, self.headers.get("X-Hub-Signature-256"))
        if refusal:
            self.server.refused.append(refusal[1])
        self.answer(*(refusal or self.server.client.webhook_update_handler(update=body)))

    def answer(self, text, status):
        data = (text or "").encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass
