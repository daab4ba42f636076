"""The command line of a script that runs scenarios, and the arguments that its scenarios read."""

import argparse
from importlib import import_module

arguments = argparse.Namespace()


def parser(description):
    """The options of every such script; the script may add its own."""
    made = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--only", action="append", metavar="NAME", help="this scenario (repeatable)")
    made.add_argument("--list", action="store_true", help="name the scenarios")
    made.add_argument("--check", action="store_true", help="print what is missing, if anything")
    made.add_argument("command", nargs="*", help="starts the server")
    return made


def main(parser, modules, missing):
    """Runs the scenarios, which are functions of these modules; returns the exit status.

    Modules are imported only to run them: `--list` and `--check` need no package.
    """
    module_of = {name: module for module, names in modules.items() for name in names}
    parser.parse_args(namespace=arguments)
    for name in arguments.only or ():
        if name not in module_of:
            parser.error(f"--only {name}: the scenarios are {', '.join(module_of)}")
    if arguments.list:
        print("\n".join(module_of))
        return 0
    if missing:
        print(missing)
        return 0 if arguments.check else 2
    if arguments.check:
        return 0
    from roost_server import run
    return run({name: getattr(import_module(module), name) for name, module in module_of.items()},
               arguments.only)
