#!/usr/bin/env bash
# Runs the built tests, and ends with the failures, the skipped tests and their reasons, the time of
# each part and the counts, so that no scrolling is needed. Arguments go to `swift test`. The status
# is 0 if everything passed.
#
# Slow lines, attacks and hostile input load the machine and measure network round trips: all other
# tests run beside each other first, and these run alone afterwards, but for the gates, which take
# what the slow lines leave.
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
run() { # its name, timeout in seconds, then arguments of `swift test`; its status
    local file=.build/test-part-${1// /-} seconds=$2
    shift 2
    {
        TIMEFORMAT='%0R s, %0U + %0S s of CPU'
        time timeout --kill-after=10 "$seconds" swift test --skip-build --ignore-lock \
            --disable-xctest --event-stream-version 0 \
            --event-stream-output-path "$events/${file#.build/test-part-}.jsonl" "$@" \
            </dev/null >"$file.log" 2>&1
    } 2>"$file.time"
}
follow() { # the name and process of a part: shows it until it ends
    tail --lines=+1 --follow --retry --sleep-interval=0.2 --pid="$2" \
        ".build/test-part-${1// /-}.log" 2>/dev/null
}
ended() { # the name and process of a part, and its timeout
    local result file=.build/test-part-${1// /-}
    wait "$2"
    result=$?
    cat "$file.log" >>"$log"
    [ "$result" -ne 124 ] || echo "✘ timed out after $3 s: $1" | tee -a "$log"
    [ "$result" -eq 0 ] || status=$result
    parts+="$1 $(cat "$file.time"); "
}
begun=()
beside() { # as `run`: begins a part, which `all_ended` waits for
    run "$@" &
    begun+=("$1|$!|$2")
}
all_ended() { # shows the parts that have begun, one after another
    local part name process limit
    for part in "${begun[@]}"; do
        IFS='|' read -r name process limit <<<"$part"
        follow "$name" "$process"
        ended "$name" "$process" "$limit"
    done
    begun=()
}
pass() { # as `run`: a part beside which nothing runs
    beside "$@"
    all_ended
}
if [ $# -gt 0 ]; then
    pass "tests" 1500 "$@"
else
    systemd='^SystemTests\.(Boot|Journal|UnitFile)Tests/' lines='^SystemTests\.LineTests/'
    conformance='^InteropTests\.AutobahnTests/' alone='^InteropTests\.Alone/'
    browsers='^BrowserTests\.' programs='^(Interop|System)Tests\.'
    peers='^InteropTests\.' system='^SystemTests\.'
    # Processes of their own: where tests compute, or wait for a program without giving up their
    # thread, those of the same process that wait for a browser or a script would begin late: up
    # to six minutes were seen, beyond their own limits.
    beside "code" 1200 --skip "$programs" --skip "$browsers"
    beside "programs" 1200 --filter "$system" --skip "$systemd" --skip "$lines"
    beside "peers" 1200 --filter "$peers" --skip "$conformance" --skip "$alone"
    beside "browsers" 1200 --filter "$browsers"
    all_ended
    beside "conformance" 600 --filter "$conformance"
    beside "systemd" 500 --filter "$systemd"
    all_ended
    # A slow line leaves the processors idle. What runs at this priority has only what is left.
    # shellcheck disable=SC2086 # these are words
    chrt --idle 0 scripts/run-gates.sh ${GATES:-} >.build/gates.log 2>&1 &
    gates_process=$!
    pass "slow lines" 200 --filter "$lines"
    wait "$gates_process" || failed_gates=$?
    cat .build/gates.log
    pass "alone" 600 --filter "$alone"
fi

echo
grep -E '^✘ timed out|^error: ' "$log"
[ -z "${BUILD_START:-}" ] || parts="builds $(($(date +%s) - BUILD_START - SECONDS)) s; $parts"
{
    cat "$gates"
    echo "Time: ${parts%; }; in all $((SECONDS / 60)) min $((SECONDS % 60)) s without builds"
} | scripts/test-summary "$status" "$failed_gates" "$events"/*.jsonl | tee .build/test-summary-whole
result=${PIPESTATUS[1]}
tail -n 1 .build/test-summary-whole >.build/test-summary
exit "$result"
