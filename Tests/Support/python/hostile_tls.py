#!/usr/bin/env python3
"""Attacks a server's TLS, and checks that each attack ends as documented.

    hostile_tls.py [--p99-ms N] [--attempts N] [--growth-mib N] [--json FILE] [--only CASE]
                   [--long] -- SERVER ...
    hostile_tls.py --list | --check

As hostile.py does for WebSockets, which has the options. The bystander speaks TLS. The server is
`echo-server` at its default limits; flags for its certificate are added. `--long` has all sizes.
"""

import re
import sys

import hostile
import hostile_tls_load
import hostile_tls_records
from hostile_tls_records import AUTHORITY, CONTEXT
from server import Server
from tls_server import what_is_missing

CASES = [
    hostile_tls_records.garbage, hostile_tls_records.old_versions, hostile_tls_records.slow_hello,
    hostile_tls_records.long_hello, hostile_tls_records.damaged, hostile_tls_load.cut_off,
    hostile_tls_load.crowd, hostile_tls_load.never_reads, hostile_tls_load.half_open,
]


class Target(Server):
    ready = re.compile(rb"wss://[a-z0-9.]+:(\d+)")
    context = CONTEXT

    def __init__(self, command):
        chain, key = AUTHORITY.sign()
        super().__init__([*command, "--tls-certificate", chain, "--tls-key", key])


def attack(found):
    only = found.options.only
    half = hostile_tls_load.HalfHellos(found.server.port)
    for case in CASES:
        if case is hostile_tls_load.half_open:  # which would give them up earlier
            found.case("half_hellos", half.finish)
        if not only or case.__name__ in only:
            found.case(case.__name__, lambda: case(found.server.port))


def main():
    if "--check" in sys.argv and (missing := what_is_missing()):
        return print(missing)
    # What libssl holds for 1,024 handshakes is 48 MiB, and the connections beyond them have slots.
    options = hostile.parse(__doc__, CASES, growth_mib=120)
    hostile.run_attempts(options, lambda: Target(options.server), attack, AUTHORITY.path)


if __name__ == "__main__":
    main()
