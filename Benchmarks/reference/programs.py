"""The programs that the comparisons run: this folder's C programs, compiled; servers and loads."""

import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
BUILT = ROOT / ".build" / "reference"
SIMULATED = BUILT / "simulated.so"
READY = re.compile(rb"(?:ws|http)s?://(?:127\.0\.0\.1|localhost):(\d+)")


def spread(values):
    return {"median": statistics.median(values), "min": min(values), "max": max(values)}


def tell(name, result, line):
    print(f"{'ok  ' if result['reached'] else 'MISS'} {name:22} {line}  [{result['bar']}]",
          flush=True)


class Server:
    """A server of one run: started on a free port, pinned, and stopped at the end of `with`."""

    def __init__(self, command, processors="0", **environment):
        self.said = tempfile.TemporaryFile()  # a pipe that is not drained would stop it in the end
        self.process = subprocess.Popen(
            ["taskset", "-c", processors, *command], stdin=subprocess.DEVNULL,
            stdout=self.said, stderr=subprocess.STDOUT, env=os.environ | environment)
        self.port = self._ready_port(command)

    def _ready_port(self, command):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            ended = self.process.poll() is not None
            said = os.pread(self.said.fileno(), 65536, 0)
            if found := READY.search(said):
                return int(found[1])
            if ended:
                break
            time.sleep(0.01)
        self.stop()
        sys.exit(f"{' '.join(command)} did not say where it listens:\n{said.decode()}")

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def compile(to, *arguments):
    BUILT.mkdir(parents=True, exist_ok=True)
    compiler = shutil.which("cc") or shutil.which("clang") or sys.exit("There is no C compiler.")
    subprocess.run([compiler, "-O3", "-Wall", "-Wextra", "-o", to, *arguments], check=True)


def build():
    names = ("load.c", "client.c", "stream.c", "measure.c", "secure.c")
    compile(BUILT / "load", *(HERE / name for name in names), "-lssl", "-lcrypto")
    compile(BUILT / "server", HERE / "server.c", HERE / "secure.c", "-lssl", "-lcrypto")
    compile(BUILT / "malloc_count.so", "-fPIC", "-shared", "-fno-builtin", HERE / "malloc_count.c")
    build_simulated()


def build_simulated():
    compile(SIMULATED, "-fPIC", "-shared", HERE / "simulated.c", HERE / "simulated_clients.c")


def reference(mode):
    return [str(BUILT / "server"), mode, "0"]


def ours(options, mode, *flags, folder=None):
    if options.against_itself:
        return reference(mode)
    folder = folder or options.binaries
    if mode == "echo":
        return [str(folder / "echo-server"), "0", "--verbatim", *flags]
    return [str(folder / "broadcast-server"), "0", *flags]


def unlimited(options, mode, folder=None):
    """Our server with `Limits.benchmark`, which --verbatim implies."""
    return ours(options, mode, *(["--no-limits"] if mode == "broadcast" else []), folder=folder)


def load(server, arguments, options, *more):
    command = ["taskset", "-c", "1", str(BUILT / "load"), *arguments.split(),
               "--port", str(server.port), "--pid", str(server.process.pid), *more]
    if not options.binary and "--chat" not in command:
        command.append("--text")
    ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if ran.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{ran.stdout}{ran.stderr}")
    return json.loads(ran.stdout)


def simulated(load, command):
    """Runs a server alone on the simulated kernel of simulated.c, and returns its report."""
    ran = subprocess.run(
        ["taskset", "-c", "0", *command], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        env=os.environ | {"LD_PRELOAD": str(SIMULATED), "SIMULATED": load})
    if ran.returncode:
        sys.exit(f"{' '.join(command)} with {load} failed:\n{ran.stdout}{ran.stderr}")
    return json.loads(ran.stdout.splitlines()[-1])
