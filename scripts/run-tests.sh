#!/usr/bin/env bash
# Runs the built tests, and ends with the failures, the skipped tests and their reasons, and the
# counts, so that no scrolling is needed. Arguments go to `swift test`. The status is the tests'.
#
# A booted machine, slow lines, restarts and the conformance and hostile-input runs load the machine
# and measure network round trips: all other tests run in parallel first, and these alone
# afterwards.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

log=.build/test.log
gates=.build/gates-summary
: >"$log"
: >"$gates"
status=0 failed_gates=0 parts=
pass() { # its name, timeout in seconds, then arguments of `swift test`
    local name=$1 seconds=$2 start=$SECONDS
    shift 2
    timeout --kill-after=10 "$seconds" swift test --skip-build --disable-xctest "$@" \
        </dev/null 2>&1 | tee -a "$log"
    local result=${PIPESTATUS[0]}
    [ "$result" -ne 124 ] || echo "✘ timed out after $seconds s" | tee -a "$log"
    [ "$result" -eq 0 ] || status=$result
    parts+="$name $((SECONDS - start)) s, "
}
if [ $# -gt 0 ]; then
    pass "tests" 1500 "$@"
else
    systemd='^SystemTests\.(Boot|Journal|UnitFile|Line)Tests/' conformance='^InteropTests\.Conformance/'
    pass "tests in parallel" 900 --skip "$systemd" --skip "$conformance"
    pass "systemd and slow lines" 700 --filter "$systemd"
    pass "conformance" 600 --filter "$conformance"
    # shellcheck disable=SC2086 # these are words
    [ -z "${GATES:-}" ] || scripts/run-gates.sh $GATES || failed_gates=$?
fi

# The results of tests: after the title, which may contain "skipped" too.
outcome() { grep -aE "^[^ ]+ Test (\".*\"|[^ ]+\))( with [0-9]+ test cases?)? $1" "$log"; }
echo
outcome 'skipped'
outcome 'recorded an issue'
grep -E '^✘ timed out|^error: ' "$log"
passed=$(outcome 'passed after' | wc -l)
failed=$(outcome 'failed after' | wc -l)
skipped=$(outcome 'skipped' | wc -l)
cat "$gates"
[ -z "${BUILD_START:-}" ] || parts="builds $(($(date +%s) - BUILD_START - SECONDS)) s, $parts"
echo "Time: ${parts%, }; in all $((SECONDS / 60)) min $((SECONDS % 60)) s without builds"
if [ "$status" -ne 0 ] && [ "$failed" -eq 0 ]; then
    echo "The run itself ended with status $status: a crash, or a test that hung."
    failed=1
fi
if [ "$status" -eq 0 ] && [ "$passed" -eq 0 ]; then
    echo "No test ran."
    status=1
fi
failed=$((failed + failed_gates))
[ "$status" -ne 0 ] || status=$failed_gates
echo "$passed passed, $failed failed, $skipped skipped" | tee .build/test-summary
exit "$status"
