"""Scenarios of TLS with GnuTLS, with nginx in front, and of our client with `openssl s_server`."""

import base64
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import termios
from pathlib import Path

from roost_server import until
from server import die_with_parent
from tls_server import NAME, SECONDS, Authority, echo, free_port, path_of, plain
from wire import TEXT, Client, expect, frame

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def gnutls():
    """gnutls-cli: each version, resumed sessions, and new keys."""
    if not shutil.which("gnutls-cli"):
        return print("   gnutls-cli is not here: gnutls-bin")
    authority = Authority()
    with echo(authority) as server:
        for priority in (
                "NORMAL:-VERS-ALL:+VERS-TLS1.3", "NORMAL:-VERS-ALL:+VERS-TLS1.2",
                "NORMAL:-VERS-ALL:+VERS-TLS1.3:-CIPHER-ALL:+CHACHA20-POLY1305",
                "NORMAL:-VERS-ALL:+VERS-TLS1.3:-GROUP-ALL:+GROUP-SECP256R1"):
            for flags in [], ["--resume", "--waitresumption"]:
                said = gnutls_says(authority, server.port, priority, *flags)
                assert b"HTTP/1.1 426 " in said, said
                assert not flags or b"This is a resumed session" in said, said
        # Over TLS 1.3 this is a KeyUpdate that asks for another.
        said = gnutls_says(authority, server.port, "NORMAL:-VERS-ALL:+VERS-TLS1.3",
                           "--inline-commands", before=b"^rekey^\n")
        assert b"HTTP/1.1 426 " in said, said


def gnutls_says(authority, port, priority, *flags, before=b""):
    request = before + b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    process = subprocess.Popen(
        ["gnutls-cli", "--x509cafile", authority.path, "--priority", priority, "--sni-hostname",
         NAME, "--verify-hostname", NAME, "--port", str(port), *flags, "127.0.0.1"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        process.stdin.write(request)
        process.stdin.flush()  # and not closed: its answer comes before the end
        return process.stdout.read()
    finally:
        process.kill()
        process.wait()


NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass https://127.0.0.1:{backend};
      proxy_ssl_name localhost; proxy_ssl_server_name on;
      proxy_ssl_verify on; proxy_ssl_trusted_certificate {authority};
      proxy_ssl_protocols {versions};
      proxy_ssl_certificate {pair[0]}; proxy_ssl_certificate_key {pair[1]};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection "upgrade";
      proxy_set_header Host $http_host;
    }}
  }}
}}
"""


def nginx():
    """nginx in front as a client of TLS, which shows a certificate and checks ours."""
    if not (program := shutil.which("nginx", path="/usr/sbin:/usr/bin")):
        return print("   nginx is not here")
    authority = Authority()
    pair = authority.sign("proxy")
    with echo(authority, "--tls-client-ca", authority.path) as server:
        for versions in "TLSv1.3", "TLSv1.2":
            port = free_port()
            file = Path(authority.file("nginx.conf"))
            file.write_text(NGINX.format(
                folder=authority.folder.name, port=port, backend=server.port, versions=versions,
                authority=authority.path, pair=pair))
            process = subprocess.Popen(
                [program, "-c", file, "-p", authority.folder.name], preexec_fn=die_with_parent)
            try:
                until(lambda: is_there(port), "nginx")
                for number in range(20):  # later ones resume their sessions
                    with Client(port) as client:
                        client.send(frame(TEXT, b"%d" % number))
                        expect(client.next_frame() == (TEXT, b"RECEIVED : %d" % number), "echo")
            finally:
                process.kill()
                process.wait()


def is_there(port):
    try:
        plain(port).close()
        return True
    except ConnectionRefusedError:
        return False


class OpenSSLServer:
    """`openssl s_server`, which answers what the test writes; and our client that connects to it.
    """

    def __init__(self, authority, pair, *flags, trusted=None, name=NAME):
        port = free_port()
        self.server = subprocess.Popen(
            ["openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-cert", pair[0], "-key",
             pair[1], "-naccept", "1", *flags], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, preexec_fn=die_with_parent)
        self.words = {self.server: b""}
        os.set_blocking(self.server.stdout.fileno(), False)
        self.wait_for(self.server, b"ACCEPT")
        environment = dict(os.environ, SSL_CERT_FILE=(trusted or authority).path)
        self.talk = subprocess.Popen(
            [path_of("talk"), f"wss://{name}:{port}/"], env=environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            preexec_fn=die_with_parent)
        self.words[self.talk] = b""
        os.set_blocking(self.talk.stdout.fileno(), False)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.server, self.talk:
            process.kill()
            process.wait()

    def wait_for(self, process, part, count=1):
        def found():
            self.words[process] += process.stdout.read() or b""
            return self.words[process].count(part) >= count
        try:
            until(found, f"{part} {count} times", SECONDS)
        except AssertionError:
            raise AssertionError(f"no {part} {count} times in {self.words}") from None
        return self.words[process]

    def write(self, process, data):
        """Writes what the process reads by itself: s_server takes a command only at the beginning.
        """
        process.stdin.write(data)
        process.stdin.flush()
        pipe = process.stdin.fileno()
        until(lambda: fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)) == bytes(4), "it to be read")


def our_client():
    """Our client and s_server: each version, new keys of the server, requests for new keys."""
    authority = Authority()
    for flags in ["-tls1_3"], ["-tls1_2"], ["-tls1_3", "-ciphersuites", "TLS_AES_256_GCM_SHA384"]:
        with OpenSSLServer(authority, authority.sign(), *flags) as both:
            request = both.wait_for(both.server, b"\r\n\r\n")
            key = re.search(rb"Sec-WebSocket-Key: (\S+)", request)[1]
            accept = base64.b64encode(hashlib.sha1(key + MAGIC).digest())
            both.write(both.server, b"HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r"
                       b"\nSec-WebSocket-Accept: " + accept + b"\r\n\r\n")
            both.wait_for(both.talk, b"Connected to wss://")
            for number in range(1, 6):
                if "-tls1_3" in flags:
                    both.write(both.server, b"K\n" if number % 2 else b"k\n")
                both.write(both.server, b"\x81\x05word%d" % number)
                both.wait_for(both.talk, b"word%d\n" % number)
                # Its own frames go out with the new keys.
                both.write(both.talk, b"x" * 100 + b"\n")
                both.wait_for(both.server, b"\x81\xe4", number)
            assert both.words[both.server].count(b"SSL_do_handshake -> 1") >= (
                4 if "-tls1_3" in flags else 0)


def unknown_server():
    """Our client says in words what is wrong with a server's certificate."""
    authority, other = Authority(), Authority("Other")
    for pair, trusted, name, wanted in (
            (authority.sign(), other, NAME, b"signed by an authority that is not trusted here"),
            (authority.sign("evil.example"), authority, NAME,
             b"is for evil.example, 127.0.0.1, and not for localhost."),
            (authority.sign(days=-1), authority, NAME, b"has expired")):
        with OpenSSLServer(authority, pair, trusted=trusted, name=name) as both:
            until(lambda: both.talk.poll() is not None, "the end of the client", SECONDS)
            words = both.talk.stdout.read()
            assert both.talk.returncode == 1 and wanted in words, words
