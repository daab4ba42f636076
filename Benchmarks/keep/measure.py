#!/usr/bin/env python3
"""Measures what it costs to keep what is said, and says which bars are reached.

    Benchmarks/keep/measure.py [--quick] [--only NAME ...] [--pairs N] [--json FILE]

Figures: durable (beside --history memory), rate (20,000 messages a second), push (from a message to
its push), resume (1,000 clients at once), start (ten million messages), memory (of an idle server).
Needs release builds of roost and bench, a C compiler, and 3 GB of a real disk for databases, which
stay in the build folder for the next time. Two processors: 0 for the server, 1 for the load.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import served
from filled import EPOCH_TEXT, filled, forget
from programs import Server
from served import ROOT, Bystanders, Started, bench, median, new_database, roost, talk

ROWS = []


def row(name, line, bar=None, reached=None, **figures):
    """One line of the table: printed at once, and again at the end."""
    verdict = "" if reached is None else "reached" if reached else "NOT reached"
    ROWS.append({"name": name, "measured": line, "bar": bar, "reached": reached} | figures)
    print(f"{verdict:12}{name:20} {line}" + (f"  [{bar}]" if bar else ""), flush=True)


def spread(values, form="{:.2f}"):
    low, middle, high = (form.format(value) for value in (min(values), median(values), max(values)))
    return f"{middle} ({low}–{high})"


def durable(options):
    """Deliveries per second of CPU of all threads, on the disk and in memory, in turn."""
    for depth in (1, 16):
        load = f"--connections 1000 --speakers 1 --depth {depth}"
        rates = {"disk": [], "memory": []}
        for number in range(options.pairs):
            sides = ["disk", "memory"] if number % 2 == 0 else ["memory", "disk"]
            for side in sides:
                with new_database(options) as path:
                    history = path if side == "disk" else "memory"
                    run = bench(options, history, load, options.seconds)
                rates[side].append(run["counted"] / run["server"]["cpuSeconds"])
        ratios = [disk / memory for disk, memory in zip(rates["disk"], rates["memory"])]
        row(f"durable-depth-{depth}",
            f"{spread(ratios, '{:.3f}')} of memory's; a CPU second: disk "
            f"{median(rates['disk']):,.0f}, memory {median(rates['memory']):,.0f}",
            "at least 0.95", median(ratios) >= 0.95, ratios=ratios, rates=rates)


def rate(options):
    """20,000 messages a second from 200 connections: in one room, and each in a room of its own."""
    wanted = 20_000
    for name, rooms, bar in (("rate-one-room", 1, 50), ("rate-own-rooms", 200, None)):
        runs = []
        for _ in range(options.runs):
            with new_database(options) as path, \
                    Server(roost(options, path, *served.LIMITLESS)) as server:
                before = served.thread_seconds(server.process.pid)
                run = talk(server, f"say --connections 200 --rooms {rooms} --rate {wanted} "
                                   f"--seconds {options.seconds} --warmup 1")
                run["threads"] = served.used_between(
                    before, served.thread_seconds(server.process.pid))
            runs.append(run)
            if run["said"]:
                print(f"            {run['said'][:300]}")
        costs = [run["server_cpu_seconds"] / max(1, run["count"]) * 1e6 for run in runs]
        speeds = [run["count"] / run["seconds"] if run["seconds"] else 0 for run in runs]
        whole = all(run["status"] == 0 for run in runs)
        reached = median(costs) <= 50 and median(speeds) >= 0.99 * wanted and whole
        last = runs[-1]
        row(name,
            f"{spread(costs, '{:.1f}')} µs of CPU a message; {median(speeds):,.0f} of {wanted:,} "
            f"a second acknowledged{', all' if whole else ', NOT all'}, after p50 "
            f"{last['p50_ms']:.1f} ms, p99 {last['p99_ms']:.1f} ms; {threads(last['threads'])}; "
            f"load {last['load_cpu_share']:.2f}",
            f"at most {bar} µs, all acknowledged" if bar else None, reached if bar else None,
            runs=runs)


def push(options):
    """From when a message was due until its push is there, its speaker among the receivers."""
    for name, load in (("push-20-people", "--connections 20 --speakers 20 --rate 200"),
                       ("push-alone", "--connections 1 --speakers 1 --depth 1")):
        runs = []
        for _ in range(options.runs):
            with new_database(options) as path:
                runs.append(bench(options, path, load, options.seconds))
        middle = [run["latency"]["p50"] / 1e3 for run in runs]
        most = [run["latency"]["p99"] / 1e3 for run in runs]
        row(name, f"p50 {spread(middle)} ms, p99 {spread(most)} ms, "
                  f"max {max(run['latency']['max'] for run in runs) / 1e3:.1f} ms",
            "p50 at most 3 ms, p99 at most 25 ms", median(middle) <= 3 and median(most) <= 25,
            p50=middle, p99=most)


def resume(options):
    """1,000 clients fetch 1,000 messages each, all older than what memory holds."""
    for name, rooms in (("resume-one-room", 1), ("resume-1000-rooms", 1000)):
        runs, delays = [], {"before": [], "entering": [], "reading": []}
        for _ in range(options.runs):
            path = filled(options.binaries / "roost", options.folder, 1000, 2001)
            with Server(roost(options, path, *served.LIMITLESS, "--rooms", "10000"), "0,1") as s, \
                    Bystanders(s.port) as people:
                time.sleep(4)  # 190 samples without the load, after the first second
                before = served.thread_seconds(s.process.pid)
                run = talk(s, f"resume --connections 1000 --rooms {rooms} --epoch {EPOCH_TEXT} "
                              "--since 1 --missed 1000", "0,1")
                run["threads"] = served.used_between(before, served.thread_seconds(s.process.pid))
                time.sleep(0.5)
                for due, delay in people.finish():
                    if due <= run["until"]:
                        delays[moment(run, due, delay)].append(delay * 1e3)
            if run["status"]:
                sys.exit(f"{name}: {run}")
            runs.append(run)
        totals = [run["seconds"] for run in runs]
        during = served.percentile(delays["entering"] + delays["reading"], 0.99)
        apart = ", ".join(f"{when} {served.percentile(found, 0.99):.0f}"
                          for when, found in delays.items() if found)
        row(name, f"{spread(totals)} s; bystanders' p99 {during:.1f} ms ({apart}); server "
                  f"{median([run['server_cpu_seconds'] for run in runs]):.2f} s of CPU: "
                  f"{threads(runs[-1]['threads'])}; load {runs[-1]['load_cpu_share']:.2f}",
            "at most 2 s, p99 at most 50 ms", median(totals) <= 2 and during <= 50, runs=runs,
            bystanders_ms=delays)


def moment(run, due, delay):
    """While the clients log in, while they read, or before."""
    if due + delay < run["from"]:
        return "before"
    return "entering" if due < run["entered"] else "reading"


def threads(seconds):
    return ", ".join(f"{name} {took:.2f} s" for name, took in seconds.items()) or "no CPU"


def ten_million(options):
    return filled(options.binaries / "roost", options.folder, 10_000, 1000)


def start(options):
    """From the process's start to its first answer, with ten million messages in 10,000 rooms."""
    path = ten_million(options)
    for name, is_cold in (("start-cached", False), ("start-from-disk", True)):
        times = []
        for _ in range(max(3, options.runs)):
            if is_cold:
                forget(path)
            with Started(options, path) as server:
                times.append(server.seconds)
        row(name, f"{spread(times, '{:.3f}')} s", "at most 0.5 s", median(times) <= 0.5,
            seconds=times)


def memory(options):
    """VmRSS of a server that nobody uses."""
    with new_database(options) as new:
        databases = {"memory-empty": new, "memory-10-million": ten_million(options),
                     "memory-no-database": "memory"}
        for name, history in databases.items():
            found = []
            for _ in range(options.runs):
                with Started(options, history) as server:
                    found.append(server.settled_memory())
            whole = [one for one, _ in found]
            is_judged = history != "memory"
            row(name, f"{spread(whole, '{:.1f}')} MB, {found[-1][1]:.1f} of it anonymous",
                "at most 20 MB" if is_judged else None,
                median(whole) <= 20 if is_judged else None, megabytes=found)


FIGURES = {"durable": durable, "rate": rate, "push": push, "resume": resume, "start": start,
           "memory": memory}


def disk(folder):
    """What the disk is, and how long it takes to make 4 KiB durable: nothing here is faster."""
    kind = subprocess.run(["stat", "-f", "-c", "%T", folder], capture_output=True, text=True)
    if kind.stdout.strip() in ("tmpfs", "ramfs"):
        sys.exit(f"{folder} is in memory: name a folder on a disk with --folder.")
    path, times = folder / "sync", []
    with path.open("wb", buffering=0) as file:
        for _ in range(200):
            file.write(bytes(4096))
            begin = time.monotonic()
            os.fdatasync(file.fileno())
            times.append((time.monotonic() - begin) * 1e3)
    path.unlink()
    return (f"{kind.stdout.strip()}, fdatasync of 4 KiB p50 {median(times):.2f} ms, p99 "
            f"{served.percentile(times, 0.99):.2f} ms")


def busy():
    """How much others use the processors: what was measured on a busy machine is no figure."""
    with open("/proc/pressure/cpu") as file:
        waiting = float(file.readline().split("avg10=")[1].split()[0])
    return f"load average {os.getloadavg()[0]:.2f}, programs waited for a processor {waiting:.0f} %"


def parse():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--quick", action="store_true", help="one short run of each")
    p.add_argument("--only", nargs="+", metavar="NAME", choices=FIGURES, default=[*FIGURES],
                   help=f"some of: {' '.join(FIGURES)}")
    p.add_argument("--pairs", type=int, help="pairs of `durable` (9)")
    p.add_argument("--runs", type=int, help="runs of each of the others (5)")
    p.add_argument("--binaries", type=Path, default=ROOT / ".build" / "release",
                   help="where roost and bench are")
    p.add_argument("--folder", type=Path, default=ROOT / ".build" / "keep",
                   help="a folder on the disk that is measured")
    p.add_argument("--json", type=Path, help="where to write all figures (FOLDER/results.json)")
    options = p.parse_args()
    options.pairs = options.pairs or (1 if options.quick else 9)
    options.runs = options.runs or (1 if options.quick else 5)
    options.seconds = 1.5 if options.quick else 3
    return options


def main():
    options = parse()
    if not {0, 1} <= os.sched_getaffinity(0):
        sys.exit("Two processors are needed, 0 for the server and 1 for the load.")
    for name in ("roost", "bench"):
        if not (options.binaries / name).exists():
            sys.exit(f"No {name} in {options.binaries}: swift build -c release --product {name}")
    options.folder.mkdir(parents=True, exist_ok=True)
    served.build()
    print(f"disk: {disk(options.folder)}; {busy()}", flush=True)
    for name in options.only:
        FIGURES[name](options)
    path = options.json or options.folder / "results.json"
    path.write_text(json.dumps(ROWS, indent=2) + "\n")
    judged = [one for one in ROWS if one["reached"] is not None]
    missed = [one["name"] for one in judged if not one["reached"]]
    print("\n| figure | measured: median (least–most) | bar | |\n|---|---|---|---|")
    for one in ROWS:
        verdict = {None: "", True: "reached", False: "**NOT reached**"}[one["reached"]]
        print(f"| {one['name']} | {one['measured']} | {one['bar'] or '—'} | {verdict} |")
    print(f"\n{len(judged) - len(missed)} of {len(judged)} reach their bar; all figures in "
          f"{os.path.relpath(path)}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
