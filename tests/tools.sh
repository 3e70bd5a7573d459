#!/usr/bin/env sh
# What some tests need beside Python: the Mermaid parser and the SARIF Multitool, where there is Node to install them.
set -eu
cd "$(dirname "$0")"
if ! command -v npm >/dev/null; then
  echo "no npm: the tests of flowcharts and SARIF will skip, or in CI fail" >&2
  exit 0
fi
for tool in mermaid sarif; do
  (cd "$tool" && npm install --no-package-lock --no-audit --no-fund --silent)
done
