#!/usr/bin/env bash
# Makes .venv-test at the root of the package, with what requirements.txt pins. The stamp inside is
# a copy of that file, so a second run costs nothing and a changed pin is noticed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
wanted=Tests/Support/python/requirements.txt
stamp=.venv-test/requirements.txt

# The venv is also useless once the Python that it was made from is gone.
if cmp -s "$wanted" "$stamp" && .venv-test/bin/python -c ''; then exit 0; fi
echo "Making .venv-test"
rm -f "$stamp"
python3 -m venv --clear .venv-test
.venv-test/bin/python -m pip install --quiet --disable-pip-version-check -r "$wanted" </dev/null
cp "$wanted" "$stamp"
