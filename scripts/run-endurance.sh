#!/usr/bin/env bash
# The long sizes of tests that `make test` runs small:
#
#     scripts/run-endurance.sh FOLDER [lines|restart]…     all of them by default
#
# FOLDER has the release builds of TestServer and roost. ENDURANCE_SECONDS=300 is how long the
# readers on slow lines read, ENDURANCE_CLIENTS=15000 how many clients reconnect. The status is 1 if
# one of them failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

programs=${1:?the folder of the programs}
shift
[ $# -gt 0 ] || set -- lines restart
status=0
for what in "$@"; do
    case $what in
    lines)
        Tests/Support/python/slow_line.py --seconds "${ENDURANCE_SECONDS:-300}" -- \
            "$programs/TestServer" lines || status=1
        ;;
    restart)
        Tests/Support/python/restart_storm.py --clients "${ENDURANCE_CLIENTS:-15000}" -- \
            "$programs/roost" || status=1
        ;;
    *)
        echo "There is no '$what': lines or restart."
        status=1
        ;;
    esac
done
exit $status
