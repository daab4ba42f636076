#!/usr/bin/env python3
"""Our servers' TLS with other implementations of TLS, and our client's with another server.

    tls_peers.py [--only NAME]… [--long] -- FOLDER of our programs
    tls_peers.py --list | --check

The scenarios are in tls_openssl.py, tls_curl.py, tls_python.py, tls_log.py,
tls_keys.py and tls_others.py.
Prints a line for each scenario, and ends with 1 if one failed. A scenario whose program is not
there says so, and passes. `--check` prints in one line what is missing to run this, if anything.
"""

import sys

import scenarios

try:
    import websockets
    from tls_server import what_is_missing
    missing = what_is_missing()
except ImportError as problem:
    missing = f"Python has no {problem.name}; `make test` installs it"

MODULES = {
    "tls_openssl": [
        "versions", "resumption", "restart", "exchange", "key_updates", "renegotiation",
        "client_certificates"],
    "tls_curl": ["requests", "wrong_port", "downloads", "uploads"],
    "tls_python": ["web_sockets", "cut_everywhere", "small_pieces", "closing"],
    "tls_log": ["sentences"],
    "tls_keys": ["memory"],
    "tls_others": ["gnutls", "nginx", "our_client", "unknown_server"],
}


def main():
    parser = scenarios.parser(__doc__)
    parser.add_argument("--long", action="store_true", help="cut at each byte, not at an eighth")
    sys.exit(scenarios.main(parser, MODULES, missing))


if __name__ == "__main__":
    main()
