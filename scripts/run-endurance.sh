#!/usr/bin/env bash
# The long sizes of tests that `make test` runs small:
#
#     scripts/run-endurance.sh FOLDER [lines|restart|crash|boot|tls|kernel|engine|attacks|day|keep]…
#
# By default it does all of them. FOLDER has the release builds of TestServer, KernelScripts,
# EngineScripts, roost and echo-server. ENDURANCE_SECONDS=300 is how long the readers on slow
# lines read, ENDURANCE_CLIENTS=15000 how many clients reconnect or resume, ENDURANCE_RESTARTS=200
# how often a service is restarted while clients chat, ENDURANCE_BOOT="--reloads 1000 --restarts
# 100 --upgrades 50 --people 1000" what is done in a booted machine while people chat,
# ENDURANCE_SCRIPTS=1000000 in how many scripts the simulated kernel is compared with Linux, from
# the seed ENDURANCE_SEED=0 on, ENDURANCE_ENGINES=10000 how many runs several nodes have on a
# Redis that fails, ENDURANCE_RUNS=1 how often each attack runs, ENDURANCE_KILLS=1000 how often a
# server with a database is killed, ENDURANCE_CRASHES=100 how often one is killed whose 1,000
# clients stay connected. What is done of boot, engine, attacks and keep stands in
# .build/boot-done.jsonl, engine-done, attacks-done.jsonl and keep-done.jsonl and is not run
# again; the file goes when all have run. The status is 1 if one of them failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

programs=${1:?the folder of the programs}
shift
[ $# -gt 0 ] || set -- lines restart crash boot tls kernel engine attacks day keep
status=0
for what in "$@"; do
    case $what in
    lines)
        Tests/Support/python/slow_line.py --seconds "${ENDURANCE_SECONDS:-300}" -- \
            "$programs/TestServer" lines || status=1
        Tests/Support/python/train_line.py --seconds "${ENDURANCE_SECONDS:-300}" -- \
            "$programs/train-map" || status=1
        ;;
    restart)
        Tests/Support/python/restart_storm.py --clients "${ENDURANCE_CLIENTS:-15000}" -- \
            "$programs/roost" || status=1
        Tests/Support/python/service_restart.py --times "${ENDURANCE_RESTARTS:-200}" \
            --only chat --only encrypted_chat --only talk -- "$programs" || status=1
        ;;
    boot)
        scripts/install-packages tests
        scripts/python-venv.sh .venv-test Tests/Support/python/requirements.txt
        # shellcheck disable=SC2086
        if .venv-test/bin/python Tests/Support/boot/endure ${ENDURANCE_BOOT:-} \
            --state .build/boot-done.jsonl -- "$programs/roost"; then
            rm -f .build/boot-done.jsonl
        else
            status=1
        fi
        ;;
    crash)
        Tests/Support/python/service_restart.py --only crash --people 1000 --timed \
            --times $((4 * ${ENDURANCE_CRASHES:-100})) -- "$programs" || status=1
        ;;
    tls)
        Tests/Support/python/tls_peers.py --long --only cut_everywhere -- "$programs" || status=1
        ;;
    kernel)
        "$programs/KernelScripts" run "${ENDURANCE_SEED:-0}" "${ENDURANCE_SCRIPTS:-1000000}" ||
            status=1
        ;;
    engine)
        if "$programs/EngineScripts" run --state .build/engine-done \
            "${ENDURANCE_ENGINES:-10000}"; then
            rm -f .build/engine-done
        else
            status=1
        fi
        ;;
    attacks)
        names=()
        for name in $(Tests/Support/python/fair.py --list); do
            [[ $name == busy_day* ]] || names+=(--only "$name")
        done
        Tests/Support/python/fair.py --runs "${ENDURANCE_RUNS:-1}" "${names[@]}" \
            --state .build/attacks-done.jsonl -- "$programs/roost" || status=1
        rm -f .build/attacks-done.jsonl
        ;;
    day)
        Tests/Support/python/fair.py --resume "${ENDURANCE_CLIENTS:-15000}" --only busy_day \
            --only busy_day_attacked -- "$programs/roost" || status=1
        ;;
    keep)
        Tests/Support/python/keep.py --kills "${ENDURANCE_KILLS:-1000}" \
            --state .build/keep-done.jsonl -- "$programs/roost" || status=1
        rm -f .build/keep-done.jsonl
        ;;
    *)
        echo "There is no '$what': lines, restart, crash, boot, tls, kernel, engine, attacks, day"
        echo "or keep."
        status=1
        ;;
    esac
done
exit $status
