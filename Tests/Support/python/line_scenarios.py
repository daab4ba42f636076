"""What the command line of a script with readers on slow lines means."""

import argparse

import server
import slow_network


def main(description, run):
    """Calls `run` with the command, the seconds and the age that is too old, until an attempt is
    well; the exit status."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=15, help="how long they read")
    parser.add_argument("--attempts", type=int, default=1, help="how often, until all is well")
    parser.add_argument("--oldest", type=float, default=2, help="seconds; more is too old")
    parser.add_argument("--list", action="store_true", help="name the scenarios: there is one")
    parser.add_argument("--check", action="store_true", help="print what is missing, if anything")
    parser.add_argument("command", nargs="*", help="starts the server")
    arguments = parser.parse_args()
    if arguments.list:
        return print("all")
    missing = slow_network.what_is_missing()
    if arguments.check or missing:
        print(missing)
        return 0 if arguments.check else 2
    slow_network.enter_own_network()
    server.stop_when_terminated()
    attempts = (run(arguments.command, arguments.seconds, arguments.oldest)
                for _ in range(arguments.attempts))
    return int(all(attempts))
