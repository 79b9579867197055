#!/usr/bin/env bash
# Runs the tests of Headwater as a consumer, from a checkout of the compatibility tests, and writes their report:
#   consumer/consumers/headwater/run_headwater_tests.sh --headwater FOLDER [--scenarios FOLDER] [--report FILE]
# FOLDER of --headwater is a checkout of Headwater; it is installed into the Python that is active, 3.11 or newer.
set -euo pipefail

consumer=$(cd "$(dirname "$0")" && pwd)
headwater="" scenarios="$consumer/../../scenarios" report="headwater-report.json"

while [[ $# -gt 0 ]]; do
  case $1 in
    --headwater) headwater=$2 ;;
    --scenarios) scenarios=$2 ;;
    --report) report=$2 ;;
    *) sed -n '2,4s/^# //p' "$0" >&2; exit 2 ;;
  esac
  shift 2
done
[[ -n $headwater ]] || { echo "Name a checkout of Headwater with --headwater." >&2; exit 2; }

scenarios=$(realpath "$scenarios") report=$(realpath "$report")
cd "$headwater"
python -m pip install --quiet --retries 10 -e '.[test]'
python -m tests.compatibility --consumer "$consumer" --scenarios "$scenarios" --report "$report"
