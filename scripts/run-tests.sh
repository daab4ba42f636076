#!/usr/bin/env bash
# Runs the built tests, and ends with the failures, the skipped tests and their reasons, the time of
# each part and the counts, so that no scrolling is needed. Arguments go to `swift test`. The status
# is 0 if everything passed.
#
# A booted machine, slow lines, restarts and the conformance and hostile-input runs load the machine
# and measure network round trips: all other tests run beside each other first, and these run alone
# afterwards.
#
# What the tests print goes to a file, and is shown from there: a program below them may make a
# shared pipe non-blocking, and then bytes of others are lost. What counts is in the event streams
# that Swift Testing writes.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

log=.build/test.log
events=.build/test-events
gates=.build/gates-summary
mkdir -p "$events"
rm -f "$events"/*
: >"$log"
: >"$gates"
status=0 failed_gates=0 parts=
run() { # its name, timeout in seconds, then arguments of `swift test`
    local name=$1 seconds=$2
    shift 2
    timeout --kill-after=10 "$seconds" swift test --skip-build --ignore-lock --disable-xctest \
        --event-stream-output-path "$events/${name// /-}.jsonl" --event-stream-version 0 "$@" \
        </dev/null >".build/test-part-${name// /-}.log" 2>&1
}
follow() { # the name and process of a part: shows it until it ends
    local part=".build/test-part-${1// /-}.log"
    tail --lines=+1 --follow --retry --sleep-interval=0.2 --pid="$2" "$part" 2>/dev/null
}
ended() { # the name, process and beginning of a part, and its timeout
    local result
    wait "$2"
    result=$?
    cat ".build/test-part-${1// /-}.log" >>"$log"
    [ "$result" -ne 124 ] || echo "✘ timed out after $4 s: $1" | tee -a "$log"
    [ "$result" -eq 0 ] || status=$result
    parts+="$1 $((SECONDS - $3)) s, "
}
pass() { # as `run`
    local start=$SECONDS
    run "$@" &
    follow "$1" $!
    ended "$1" $! "$start" "$2"
}
if [ $# -gt 0 ]; then
    pass "tests" 1500 "$@"
else
    systemd='^SystemTests\.(Boot|Journal|UnitFile)Tests/' lines='^SystemTests\.LineTests/'
    conformance='^InteropTests\.Conformance/'
    # Two processes: in one, tests that only compute would keep its threads from tests that wait for
    # programs and browsers.
    programs='^(Browser|Interop|System)Tests\.' start=$SECONDS
    run "programs" 1200 --filter "$programs" --skip "$systemd" --skip "$lines" \
        --skip "$conformance" &
    first=$!
    run "code" 900 --skip "$programs" &
    second=$!
    follow "code" "$second"
    ended "code" "$second" "$start" 900
    follow "programs" "$first"
    ended "programs" "$first" "$start" 1200
    pass "systemd" 500 --filter "$systemd"
    pass "slow lines" 200 --filter "$lines"
    pass "conformance" 600 --filter "$conformance"
    # shellcheck disable=SC2086 # these are words
    [ -z "${GATES:-}" ] || scripts/run-gates.sh $GATES || failed_gates=$?
fi

echo
grep -E '^✘ timed out|^error: ' "$log"
[ -z "${BUILD_START:-}" ] || parts="builds $(($(date +%s) - BUILD_START - SECONDS)) s, $parts"
{
    cat "$gates"
    echo "Time: ${parts%, }; in all $((SECONDS / 60)) min $((SECONDS % 60)) s without builds"
} | scripts/test-summary "$status" "$failed_gates" "$events"/*.jsonl | tee .build/test-summary-whole
result=${PIPESTATUS[1]}
tail -n 1 .build/test-summary-whole >.build/test-summary
exit "$result"
