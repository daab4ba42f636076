#!/usr/bin/env bash
# Runs the tests that are built, and then the gates that GATES names (scripts/run-gates.sh). Ends
# with what failed, what was skipped and why, and how many of each, so that nobody scrolls. A gate
# that has failed counts as a failed test. Arguments go to `swift test`, and then no gate is run.
# The status is that of the tests and gates.
#
# A booted machine and the conformance and hostile-input runs load the machine and measure round
# trips: all else runs in parallel first, and they come alone afterwards.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

log=.build/test.log
gates=.build/gates-summary
: >"$log"
: >"$gates"
status=0
failed_gates=0
pass() { # seconds after which it is hung, then arguments of `swift test`
    local seconds=$1
    shift
    timeout --kill-after=10 "$seconds" swift test --skip-build --disable-xctest "$@" \
        </dev/null 2>&1 | tee -a "$log"
    local result=${PIPESTATUS[0]}
    [ "$result" -ne 124 ] || echo "✘ No end after $seconds s: stopped." | tee -a "$log"
    [ "$result" -eq 0 ] || status=$result
}
if [ $# -gt 0 ]; then
    pass 1500 "$@"
else
    systemd='^SystemTests\.(Boot|Journal|UnitFile)Tests/' conformance='^InteropTests\.Conformance/'
    pass 900 --skip "$systemd" --skip "$conformance"
    pass 600 --filter "$systemd"
    pass 600 --filter "$conformance"
    # shellcheck disable=SC2086 # these are words
    [ -z "${GATES:-}" ] || scripts/run-gates.sh $GATES || failed_gates=$?
fi

# What became of tests: behind the title, which may say "skipped" too.
outcome() { grep -aE "^[^ ]+ Test (\".*\"|[^ ]+\))( with [0-9]+ test cases?)? $1" "$log"; }
echo
outcome 'skipped'
outcome 'recorded an issue'
grep -E '^✘ No end|^error: ' "$log"
passed=$(outcome 'passed after' | wc -l)
failed=$(outcome 'failed after' | wc -l)
skipped=$(outcome 'skipped' | wc -l)
cat "$gates"
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
