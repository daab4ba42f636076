#!/usr/bin/env python3
"""Sends a server hostile input of all kinds, and checks that each kind gets its documented answer.

    hostile.py [--p99-ms N] [--attempts N] [--growth-mib N] [--json FILE] [--only CASE] -- SERVER ...
    hostile.py --list | --check

Meanwhile a bystander echoes messages: the 99th percentile of its round trips is bounded, as is the
server's memory, and at the end the server still answers. Other work on the machine can make round
trips slower and never faster: if nothing else has failed, everything is repeated with another
server, up to `--attempts` times. Prints a line for each case and ends with status 0 if all pass.
The server is `echo-server` at its default limits: 64 KiB and 128 fragments a message, 16 KiB of
request head within 10 seconds. Needs only Python 3's library.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import hostile_frames
import hostile_http
import hostile_load
from server import Server, stop_when_terminated
from wire import PREFIX, TEXT, Client, expect, frame

CASES = [
    hostile_http.garbage, hostile_http.headers,
    hostile_frames.protocol_errors, hostile_frames.huge_length, hostile_frames.empty_fragments,
    hostile_frames.invalid_utf8, hostile_frames.large_message,
    hostile_load.never_reads, hostile_load.reset_storm, hostile_load.single_bytes,
]


def percentile(samples, share):
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Run:
    """One server, one bystander, the cases in order, and the results."""

    def __init__(self, server, options):
        self.server, self.options = server, options
        self.results, self.failed = {}, 0
        with self.client() as client:  # memory for the first connection is not growth
            client.send(frame(TEXT, b"first"))
            client.next_frame()
        self.rss_before = self.rss_peak = server.rss_kib()

    def client(self):
        return Client(self.server.port, context=getattr(self.server, "context", None))

    def case(self, name, action):
        started, error, note = time.monotonic(), None, None
        try:
            note = action()
        except (AssertionError, OSError) as e:
            error = f"{type(e).__name__}: {e}"
        if self.server.process.poll() is not None:
            error = f"the server ended with status {self.server.process.returncode}: {error}"
        else:
            self.rss_peak = max(self.rss_peak, self.server.rss_kib())
        self.record(name, error, note, started, time.monotonic())

    def record(self, name, error, note, started=0, ended=0):
        self.failed += error is not None
        self.results[name] = {"error": error, "note": note, "started": started, "ended": ended}
        took = f"{ended - started:5.1f} s" if ended else " " * 7
        print(f"{'FAIL' if error else 'ok  '} {name:16} {took}  {error or note or ''}", flush=True)

    def judge_round_trips(self, samples):
        times = [seconds * 1000 for _, seconds in samples]
        for result in self.results.values():
            inside = [s * 1000 for due, s in samples if result["started"] <= due <= result["ended"]]
            if inside:
                result["bystander_p99_ms"] = percentile(inside, 0.99)
        p99, bound = percentile(times, 0.99), self.options.p99_ms
        note = (f"{len(times):,} round trips: median {percentile(times, 0.5):.2f}, "
                f"p99 {p99:.2f}, most {max(times):.1f} ms (p99 may be {bound:g})")
        self.record("bystander", note if p99 >= bound else None, note)

    def judge_memory(self):
        growth, bound = (self.rss_peak - self.rss_before) / 1024, self.options.growth_mib
        note = f"grew by {growth:.1f} MiB at most (may be {bound})"
        self.record("memory", note if growth > bound else None, note)

    def still_alive(self):
        with self.client() as client:
            client.send(frame(TEXT, b"alive"))
            expect(client.next_frame() == (TEXT, PREFIX + b"alive"), "the echo at the end")


def run(server, options, attack, *authorities):
    """Everything that `attack` does to a server, beside a bystander."""
    found = Run(server, options)
    bystander = subprocess.Popen(
        [sys.executable, Path(__file__).with_name("bystander.py"), str(server.port), *authorities],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        expect(bystander.stdout.readline() == "ready\n", "no bystander")
        attack(found)
        found.case("alive", found.still_alive)
        told, _ = bystander.communicate(timeout=60)
        if bystander.returncode == 0:
            found.judge_round_trips(json.loads(told))
        else:
            found.record("bystander", f"ended with status {bystander.returncode}", None)
        found.judge_memory()
    finally:
        bystander.kill()
        bystander.wait()
    return found


def attack(found):
    port, only = found.server.port, found.options.only
    half = hostile_http.HalfHandshakes(port)
    for case in CASES:
        if not only or case.__name__ in only:
            found.case(case.__name__, lambda: case(port))
    found.case("half_handshake", half.finish)


def run_attempts(options, start, attack, *authorities):
    """All of it, and again if only the bystander noticed; ends the process with the outcome."""
    stop_when_terminated()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    for attempt in range(options.attempts):
        if attempt > 0:
            print("Only the round trips were slow; once more:")
        with start() as server:
            found = run(server, options, attack, *authorities)
        if found.failed != 1 or not found.results["bystander"]["error"]:
            break
    if options.json:
        options.json.write_text(json.dumps(found.results, indent=2) + "\n")
    print(f"{len(found.results) - found.failed} passed, {found.failed} failed")
    sys.exit(1 if found.failed else 0)


def parse(description, cases, growth_mib):
    p = argparse.ArgumentParser(description=description.split("\n")[0])
    p.add_argument("--p99-ms", type=float, default=50, help="of the bystander's round trips")
    p.add_argument("--attempts", type=int, default=3, help="if only round trips were slow")
    p.add_argument("--growth-mib", type=float, default=growth_mib, help="of the server's memory")
    p.add_argument("--json", type=Path, help="write all results to this file")
    p.add_argument("--only", action="append", choices=[c.__name__ for c in cases])
    p.add_argument("--list", action="store_true", help="name the cases")
    p.add_argument("--check", action="store_true", help="say what is missing: nothing ever is")
    p.add_argument("--long", action="store_true", help="all sizes, where there are two")
    p.add_argument("server", nargs="*", help="the server and its arguments, behind --")
    options = p.parse_args()
    if options.list:
        print("\n".join(case.__name__ for case in cases))
    if options.list or options.check:
        sys.exit()
    if not options.server:
        p.error("no server")
    return options


def main():
    options = parse(__doc__, CASES, growth_mib=32)
    run_attempts(options, lambda: Server(options.server), attack)


if __name__ == "__main__":
    main()
