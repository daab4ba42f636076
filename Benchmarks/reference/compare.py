#!/usr/bin/env python3
"""Measures our servers beside the bare C server of server.c, and says which bars they reach.

    Benchmarks/reference/compare.py [--quick] [--pairs N] [--only NAME ...] [--binary] [--json FILE]
    Benchmarks/reference/compare.py --old FOLDER --pairs 15    two builds of ours, and C beside

Every ratio is of the work done per second of server CPU, from interleaved pairs (ours, C, ours,
C ...), each run with a fresh server pinned to core 0 and the load pinned to core 1. The median
counts; the spread says how much the machine was doing besides. Needs `swift build -c release` of
echo-server, broadcast-server and roost, cc and libcrypto; Python's standard library is enough.
"""

import argparse
import json
import mmap
import os
import statistics
import sys
import tempfile
from functools import partial
from pathlib import Path

import tls
from programs import (BUILT, ROOT, Server, build, load, ours, reference, simulated, spread, tell,
                      unlimited)

LOG_LIMIT_KIB = 1024  # the default --topic-log

# Ratios to the C server: the mode of the servers, the load, and the bar.
RATIOS = {
    "echo-32-depth-1": ("echo", "echo --connections 100 --size 32 --depth 1", 0.95),
    "echo-32-depth-16": ("echo", "echo --connections 100 --size 32 --depth 16", 0.95),
    "echo-16k-depth-4": ("echo", "echo --connections 100 --size 16384 --depth 4", 0.85),
    "fanout-64-depth-1": ("broadcast", "fanout --connections 1000 --size 64 --depth 1", 0.95),
    "fanout-64-depth-16": ("broadcast", "fanout --connections 1000 --size 64 --depth 16", 0.95),
    "churn-64": ("echo", "churn --connections 64 --size 32", 0.85),
}
OLD_BAR = 0.98  # of the new binary to the old
OTHERS = ("idle", "slow", "allocations", "own", "million", "deflate-fanout", "deflate-idle",
          *tls.NAMES)


def sides(options, mode):
    """The servers that one case compares, by the names of their figures."""
    old = {"old": unlimited(options, mode, options.old)} if options.old else {}
    return old | {"ours": unlimited(options, mode), "reference": reference(mode)}


def ratio_case(name, options):
    mode, arguments, bar = RATIOS[name]
    timing = ("--seconds", str(options.seconds), "--warmup", "0.5")
    commands = sides(options, mode)
    rates = {side: [] for side in commands}
    for number in range(options.pairs):
        # Changes on the machine affect all alike: the first server rotates.
        first = number % len(commands)
        for side in [*commands][first:] + [*commands][:first]:
            with Server(commands[side]) as server:
                rates[side].append(
                    load(server, arguments, options, *timing)["per_server_cpu_second"])

    def ratio(a, b):
        return spread([x / y for x, y in zip(rates[a], rates[b])])

    result = {"ratio": ratio("ours", "reference")}
    line, bar_of = "{median:.3f} ({min:.3f}-{max:.3f}) of C".format(**result["ratio"]), "ratio"
    if options.old:
        result |= {"ratio_to_old": ratio("ours", "old"), "old_ratio": ratio("old", "reference")}
        line = "{median:.3f} ({min:.3f}-{max:.3f}) of the old".format(**result["ratio_to_old"])
        bar, bar_of = OLD_BAR, "ratio_to_old"
    result |= {f"{side}_per_cpu_second": spread(found) for side, found in rates.items()}
    result["bar"] = f"at least {bar}"
    result["reached"] = result[bar_of]["median"] >= bar
    medians = ", ".join(f"{side} {statistics.median(found):,.0f}" for side, found in rates.items())
    tell(name, result, f"{line}; a CPU second: {medians}")
    return result


def old_table(results):
    """The comparison of two binaries in Markdown: medians, minima and maxima."""
    lines = ["| load | new to old | old to C | new to C |", "|---|---|---|---|"]
    for name, result in results.items():
        if name not in RATIOS:
            continue
        ratios = ("{median:.3f} ({min:.3f}–{max:.3f})".format(**result[key])
                  for key in ("ratio_to_old", "old_ratio", "ratio"))
        lines.append(f"| {name} | {' | '.join(ratios)} |")
    return "\n".join(lines)


def idle_case(options):
    """Growth of VmRSS from no connection to as many as one process may have here.

    It includes what libraries load for the first connection, which is also reported alone.
    """
    result = {}
    for who, command in (("ours", ours(options, "echo")), ("reference", reference("echo"))):
        each, first = [], []
        for _ in range(1 if options.quick else 3):
            with Server(command) as server:
                r = load(server, "idle --connections 19500 --warmup 1 --seconds 0.1", options)
            each.append((r["rss_open_kib"] - r["rss_before_kib"]) * 1024 / r["count"])
            first.append(r["rss_first_kib"] - r["rss_before_kib"])
        result[who] = {"bytes_per_connection": spread(each), "first_connection_kib": spread(first)}
    found = result["ours"]["bytes_per_connection"]["median"]
    result["bar"] = "at most 250 bytes each"
    result["reached"] = found <= 250
    tell("idle", result, "{:.0f} bytes a connection at 19,500, {:,} KiB of it with the first; "
         "C {:.0f} and {:,}".format(
             found, result["ours"]["first_connection_kib"]["median"],
             result["reference"]["bytes_per_connection"]["median"],
             result["reference"]["first_connection_kib"]["median"]))
    return result


def slow_case(options):
    """100 members that never read beside 20 that read, against the same 20 alone."""
    arguments = f"slow --connections 20 --size 64 --depth 16 --seconds {options.seconds}"
    ratios, growth, dropped = [], [], []
    for _ in range(options.pairs):
        rates = []
        for count in (100, 0):
            with Server(ours(options, "broadcast")) as server:
                r = load(server, f"{arguments} --never-read {count}", options)
            rates.append(r["per_server_cpu_second"])
            if count:
                growth.append(r["rss_peak_kib"] - r["rss_open_kib"])
                dropped.append(r["dropped"])
        ratios.append(rates[0] / rates[1])
    # Besides the log itself, pages that the server touches for the first time.
    allowed = LOG_LIMIT_KIB + 512
    result = {
        "ratio": spread(ratios), "rss_growth_kib": spread(growth), "dropped": spread(dropped),
        "bar": f"at least 0.9 of their rate, and at most {allowed} KiB"}
    result["reached"] = result["ratio"]["median"] >= 0.9 and max(growth) <= allowed
    tell("slow", result, "{:.3f} ({:.3f}-{:.3f}) of the rate without them; grew by {:,} KiB, "
         "{:.0f} dropped".format(statistics.median(ratios), min(ratios), max(ratios),
                                 max(growth), statistics.median(dropped)))
    return result


def deflate_fanout_case(options):
    """The server's CPU for a compressed fan-out of chat, against its plain one."""
    arguments = "fanout --connections 1000 --size 512 --depth 1 --chat"
    timing = ("--seconds", str(options.seconds), "--warmup", "0.5")
    ratios, rates = [], ([], [])
    for _ in range(options.pairs):
        for rate, deflate in zip(rates, ((), ("--deflate",))):
            with Server(unlimited(options, "broadcast")) as server:
                rate.append(load(server, arguments, options, *timing, *deflate)
                            ["per_server_cpu_second"])
        ratios.append(rates[0][-1] / rates[1][-1])
    result = {
        "cost": spread(ratios), "plain_per_cpu_second": spread(rates[0]),
        "deflated_per_cpu_second": spread(rates[1]), "bar": "at most 1.15 of the plain cost"}
    result["reached"] = result["cost"]["median"] <= 1.15
    tell("deflate-fanout", result, "{:.3f} ({:.3f}-{:.3f}) of the plain cost; {:,.0f} against "
         "{:,.0f} a CPU second".format(
             *(result["cost"][key] for key in ("median", "min", "max")),
             result["deflated_per_cpu_second"]["median"],
             result["plain_per_cpu_second"]["median"]))
    return result


def deflate_idle_case(options):
    """The extra cost of an idle connection that negotiated compression."""
    each = ([], [])
    for _ in range(1 if options.quick else 3):
        for found, deflate in zip(each, ((), ("--deflate",))):
            with Server(ours(options, "echo")) as server:
                r = load(server, "idle --connections 19500 --warmup 1 --seconds 0.1", options,
                         *deflate)
            found.append((r["rss_open_kib"] - r["rss_before_kib"]) * 1024 / r["count"])
    more = statistics.median(each[1]) - statistics.median(each[0])
    result = {"plain": spread(each[0]), "deflated": spread(each[1])}
    result["bar"] = "at most 128 bytes more"
    result["reached"] = more <= 128
    tell("deflate-idle", result, f"{more:.0f} bytes more than a plain connection's "
         f"{statistics.median(each[0]):.0f}")
    return result


def allocation_case(options):
    """Allocations per echoed message and per broadcast, once warm."""
    found = {}
    with tempfile.NamedTemporaryFile() as file:
        for mode, arguments in (("echo", "echo --connections 100 --size 32 --depth 16"),
                                ("broadcast", "fanout --connections 100 --size 64 --depth 16")):
            file.truncate(0)
            file.truncate(mmap.PAGESIZE)
            counting = {"LD_PRELOAD": str(BUILT / "malloc_count.so"),
                        "MALLOC_COUNT_FILE": file.name}
            with Server(unlimited(options, mode), **counting) as server:
                r = load(server, arguments, options, "--warmup", "1", "--seconds", "2",
                         "--allocations", file.name)
            published = r["count"] / (100 if mode == "broadcast" else 1)
            found[mode] = {"allocations": r["allocations"], "messages": published,
                           "each": r["allocations"] / published}
    result = {"per_message": found, "bar": "0 per echoed message, at most 1 per broadcast"}
    # A timer or a log line now and then does not belong to a message.
    result["reached"] = found["echo"]["each"] < 1e-4 and found["broadcast"]["each"] <= 1
    tell("allocations", result, "{:.6f} per echo ({:,} in {:,.0f}), {:.6f} per broadcast".format(
        found["echo"]["each"], found["echo"]["allocations"], found["echo"]["messages"],
        found["broadcast"]["each"]))
    return result


def own_case(options):
    """The cost of an echo without the kernel: the median of interleaved runs, of many laps each.

    A lap is far shorter than a time slice of another process, so few laps are interrupted.
    """
    runs = {}
    for _ in range(options.pairs):
        for depth in (1, 16):
            for side, command in sides(options, "echo").items():
                found = simulated(f"echo depth={depth} laps=3001 lap=2000", command)
                runs.setdefault(f"{side}_depth_{depth}", []).append(found["own_ns_median"])
    result = {name: spread(found) for name, found in runs.items()}
    line = ", ".join("{} {median:.1f} ns ({min:.1f}-{max:.1f})".format(
        name.replace("_", " "), **found) for name, found in result.items())
    result["bar"], result["reached"] = "told only", True
    tell("own", result, line)
    return result


def million_case(options):
    """A million members of one chat room, one speaker, and a bystander that is pinged."""
    roost = [str(options.binaries / "roost"), "serve", "--port", "0", "--history", "memory",
             "--no-limits", "--max-connections", "1100000"]
    runs = [simulated("chat connections=1000001 size=64 laps=11 lap=1000000", roost)
            for _ in range(1 if options.quick else 3)]
    result = {key: statistics.median(run[key] for run in runs)
              for key in ("bytes_per_connection", "own_ns_median", "worst_ping_ms")}
    result["bar"] = "at most 350 bytes, 250 ns, 50 ms"
    result["reached"] = (result["bytes_per_connection"] <= 350 and
                         result["own_ns_median"] <= 250 and result["worst_ping_ms"] <= 50)
    tell("million", result, "{bytes_per_connection:.0f} bytes a member, {own_ns_median:.1f} ns of "
         "its own a delivery, a ping waits {worst_ping_ms:.1f} ms at most".format(**result))
    return result


def parse():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--quick", action="store_true", help="three short pairs of each")
    p.add_argument("--pairs", type=int, help="how many pairs of each; more give a surer median (9)")
    p.add_argument("--only", nargs="+", metavar="NAME", choices=[*RATIOS, *OTHERS], default=[],
                   help=f"some of: {' '.join([*RATIOS, *OTHERS])}")
    p.add_argument("--binary", action="store_true", help="binary messages instead of text")
    p.add_argument("--binaries", type=Path, default=ROOT / ".build" / "release",
                   help="where echo-server and broadcast-server are")
    p.add_argument("--old", type=Path, metavar="FOLDER",
                   help="compare with the binaries of an earlier build: the ratios, and `own`")
    p.add_argument("--json", type=Path, default=BUILT / "results.json", help="where to write to")
    p.add_argument("--against-itself", action="store_true",
                   help="the C server on both sides: how far from 1 this machine errs")
    options = p.parse_args()
    pairs, options.seconds = (3, 1.5) if options.quick else (9, 3)
    options.pairs = options.pairs or pairs
    if options.old and (options.against_itself or set(options.only) - {*RATIOS, "own"}):
        p.error(f"--old compares {', '.join(RATIOS)} and own of two builds, nothing else")
    return options


def main():
    options = parse()
    if not {0, 1} <= os.sched_getaffinity(0):
        sys.exit("Two cores are needed, 0 for the server and 1 for the load.")
    build()
    wanted = options.only or [*RATIOS, *(["own"] if options.old else OTHERS)]
    folders = [options.binaries, options.old] if options.old else [options.binaries]
    for folder in [] if options.against_itself else folders:
        for name in ("echo-server", "broadcast-server", *([] if options.old else ["roost"])):
            if not (folder / name).exists():
                sys.exit(f"No {name} in {folder}: swift build -c release --product {name}")
    others = {"idle": idle_case, "slow": slow_case, "allocations": allocation_case,
              "own": own_case, "million": million_case,
              "deflate-fanout": deflate_fanout_case, "deflate-idle": deflate_idle_case}
    results = {}
    for name in wanted:
        if name in tls.NAMES:
            results[name] = tls.case(name, options)
        else:
            results[name] = others.get(name, partial(ratio_case, name))(options)
    options.json.write_text(json.dumps(results, indent=2) + "\n")
    if options.old:
        print(f"\n{old_table(results)}\n")
    missed = [name for name, result in results.items() if not result["reached"]]
    print(f"{len(results) - len(missed)} of {len(results)} reach their bar; all figures in "
          f"{os.path.relpath(options.json)}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
