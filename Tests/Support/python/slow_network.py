"""Slow lines: a server's network namespace, a router, and a namespace for each reader, whose line
carries 480 kbit/s and has a queue of its own at the router.

The queue has to be in a namespace of its own. A queue on the server's own interface would not grow:
TCP sees how much of its output waits there (TCP small queues), and on no other machine's.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import sys

KILOBITS = 480
INSIDE = "ROOST_SLOW_NETWORK"
SERVER = "10.99.0.1"


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def unshare():
    return ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]


def what_is_missing():
    """Why there can be no slow line here; "" if there can."""
    for tool in ("ip", "tc", "unshare", "nsenter"):
        if not shutil.which(tool):
            return f"there is no {tool}"
    attempt = ("ip link add name veth-a type veth peer name veth-b && ip link set veth-a up && "
               "tc qdisc add dev veth-a root tbf rate 480kbit burst 3000 limit 30000")
    made = subprocess.run([*unshare(), "sh", "-c", attempt], capture_output=True, text=True)
    if made.returncode == 0:
        return ""
    return f"a slow line cannot be made here ({' '.join(made.stderr.split())})"


def enter_own_network():
    """Runs this script again, in a network namespace of its own: the server's."""
    if os.environ.get(INSIDE) is None:
        os.environ[INSIDE] = "yes"
        os.execvp(unshare()[0], [*unshare(), sys.executable, *sys.argv])


class Namespace:
    """A network namespace; a process that only waits keeps it alive."""

    def __init__(self):
        self.keeper = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", "echo; exec sleep 100000"], stdout=subprocess.PIPE,
            preexec_fn=die_with_parent)
        self.keeper.stdout.readline()
        self.do("ip link set lo up")

    def enter(self, *command):
        return ["nsenter", "--net", f"--target={self.keeper.pid}", *command]

    def do(self, command):
        do(command, self)

    def close(self):
        self.keeper.kill()
        self.keeper.wait()


def do(command, namespace=None):
    words = command.split()
    subprocess.run(namespace.enter(*words) if namespace else words, check=True)


def congestion_controls():
    """The machine's usual one (None), and the one of most machines if that is another."""
    folder = "/proc/sys/net/ipv4/tcp_"
    with open(f"{folder}available_congestion_control") as file:
        available = file.read().split()
    with open(f"{folder}congestion_control") as file:
        usual = file.read().strip()
    return [None, "cubic"] if usual != "cubic" and "cubic" in available else [None]


class Router:
    """The router behind the server; `line` makes one more line."""

    def __init__(self):
        do("ip link set lo up")
        self.namespace = Namespace()
        do(f"ip link add name uplink type veth peer name inner netns {self.namespace.keeper.pid}")
        do(f"ip address add {SERVER}/24 dev uplink")
        do("ip link set uplink up")
        self.namespace.do("ip address add 10.99.0.2/24 dev inner")
        self.namespace.do("ip link set inner up")
        self.namespace.do("sysctl -qw net.ipv4.ip_forward=1")
        self.readers = []

    def line(self, queue, congestion=None):
        """The namespace of a reader behind a queue of that many bytes."""
        reader = Namespace()
        number = len(self.readers) + 1
        self.readers.append(reader)
        net, outer, far = f"10.99.{number}", f"line{number}", f"far{number}"
        self.namespace.do(
            f"ip link add name {outer} type veth peer name {far} netns {reader.keeper.pid}")
        self.namespace.do(f"ip address add {net}.1/24 dev {outer}")
        self.namespace.do(f"ip link set {outer} up")
        self.namespace.do(
            f"tc qdisc add dev {outer} root tbf rate {KILOBITS}kbit burst 3000 limit {queue}")
        reader.do(f"ip address add {net}.2/24 dev {far}")
        reader.do(f"ip link set {far} up")
        reader.do(f"ip route add default via {net}.1")
        control = f" congctl {congestion}" if congestion else ""
        do(f"ip route add {net}.0/24 via 10.99.0.2{control}")
        return reader

    def close(self):
        for namespace in (*self.readers, self.namespace):
            namespace.close()
