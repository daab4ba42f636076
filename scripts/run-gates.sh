#!/usr/bin/env bash
# Runs what has to hold besides the tests, and says of each whether it does, and how long that took
# to find out; .build/gates-summary has these lines, too. Arguments are targets of make; each writes
# to .build/gate-NAME.log, which is shown if the gate has failed. The status is how many have.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
# A gate runs as if it had been called by hand: it takes no arguments of the make around it.
unset MAKEFLAGS MAKEOVERRIDES MFLAGS MAKELEVEL ARGS

mkdir -p .build
summary=.build/gates-summary
: >"$summary"
failed=0
for gate in "$@"; do
    log=.build/gate-$gate.log
    start=$SECONDS
    timeout --kill-after=10 1200 make --no-print-directory "$gate" </dev/null >"$log" 2>&1
    result=$?
    if [ "$result" -eq 0 ]; then
        echo "✔ Gate $gate passed after $((SECONDS - start)) s" | tee -a "$summary"
    else
        cat "$log"
        [ "$result" -ne 124 ] || echo "Gate $gate timed out after 1200 s"
        failed=$((failed + 1))
        echo "✘ Gate $gate failed after $((SECONDS - start)) s: make $gate" | tee -a "$summary"
    fi
done
exit "$failed"
