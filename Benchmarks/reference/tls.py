"""What TLS costs our servers: beside themselves without it, and beside libssl in the C server."""

import statistics
import subprocess

from programs import BUILT, Server, load, ours, reference, spread, tell, unlimited

CERTIFICATE, KEY = BUILT / "certificate.pem", BUILT / "key.pem"

# Ratios of our server with TLS to itself without: the mode, the load, and the bar.
TO_PLAIN = {
    "tls-echo-32-depth-16": ("echo", "echo --connections 100 --size 32 --depth 16", 0.65),
    "tls-echo-16k": ("echo", "echo --connections 100 --size 16384 --depth 4", 0.45),
    "tls-fanout-64-depth-1": ("broadcast", "fanout --connections 1000 --size 64 --depth 1", 0.80),
    "tls-fanout-64-depth-16": ("broadcast", "fanout --connections 1000 --size 64 --depth 16", 0.80),
}
# Ratios of our server to the C server, both with TLS.
TO_C = {
    "tls-churn": ("echo", "churn --connections 64 --size 32 --tls", 0.85),
    "tls-churn-resumed": ("echo", "churn --connections 64 --size 32 --tls --resume", 0.85),
}
IDLE = "tls-idle"
NAMES = (*TO_PLAIN, *TO_C, IDLE)


def make_certificate():
    """An ECDSA P-256 certificate, as certbot's are by default, that nobody has signed."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "30", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", KEY, "-out", CERTIFICATE], check=True, capture_output=True)


def flags():
    return ["--tls-certificate", str(CERTIFICATE), "--tls-key", str(KEY)]


def case(name, options):
    make_certificate()
    if name == IDLE:
        return idle_case(options)
    mode, arguments, bar = (TO_PLAIN | TO_C)[name]
    timing = ("--seconds", str(options.seconds), "--warmup", "0.5")
    if name in TO_PLAIN:
        sides = [(unlimited(options, mode), ()), ([*unlimited(options, mode), *flags()], ["--tls"])]
        other = "plain"
    else:
        sides = [([*reference(mode), str(CERTIFICATE), str(KEY)], ()),
                 ([*unlimited(options, mode), *flags()], ())]
        other = "C"
    rates = ([], [])
    for number in range(options.pairs):
        for side in (0, 1) if number % 2 else (1, 0):
            command, more = sides[side]
            with Server(command) as server:
                rates[side].append(
                    load(server, arguments, options, *timing, *more)["per_server_cpu_second"])
    result = {"ratio": spread([ours / its for its, ours in zip(*rates)]),
              f"{other}_per_cpu_second": spread(rates[0]), "tls_per_cpu_second": spread(rates[1]),
              "bar": f"at least {bar}"}
    result["reached"] = result["ratio"]["median"] >= bar
    tell(name, result, "{median:.3f} ({min:.3f}-{max:.3f}) of {}; a CPU second: {:,.0f}, {:,.0f}"
         .format(other, *(statistics.median(found) for found in reversed(rates)),
                 **result["ratio"]))
    return result


def idle_case(options):
    """Growth of VmRSS from one connection to 19,000: libssl loads more than a megabyte once."""
    each, first = [], []
    for _ in range(1 if options.quick else 3):
        with Server([*ours(options, "echo"), *flags()]) as server:
            r = load(server, "idle --connections 19000 --warmup 3 --seconds 0.1 --tls", options)
        each.append((r["rss_open_kib"] - r["rss_first_kib"]) * 1024 / (r["count"] - 1))
        first.append(r["rss_first_kib"] - r["rss_before_kib"])
    result = {"bytes_per_connection": spread(each), "first_connection_kib": spread(first),
              "bar": "at most 480 bytes each"}
    found = result["bytes_per_connection"]["median"]
    result["reached"] = found <= 480
    tell(IDLE, result, f"{found:.0f} bytes a connection at 19,000, besides "
         f"{result['first_connection_kib']['median']:,} KiB with the first")
    return result
