#!/usr/bin/env bash
# Makes a Python environment at the root of the package: `python-venv.sh .venv-test REQUIREMENTS`.
# The stamp inside is a copy of that file, so a second run costs nothing and a changed pin is
# noticed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
folder=${1:?a folder} wanted=${2:?a requirements.txt}
stamp=$folder/requirements.txt

# The environment is also useless once the Python that made it is gone.
if cmp -s "$wanted" "$stamp" && "$folder/bin/python" -c ''; then exit 0; fi
echo "Making $folder"
rm -f "$stamp"
python3 -m venv --clear "$folder"
"$folder/bin/python" -m pip install --quiet --disable-pip-version-check -r "$wanted" </dev/null
cp "$wanted" "$stamp"
