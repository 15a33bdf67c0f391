#!/usr/bin/env bash
# What `make demo` shows, against the local server that Tests/with-sandbox started.
set -eu
cd "$(dirname "$0")/.."
echo "A local server answers at $REPLICATE_BASE_URL; no account, no network."
echo
echo "examples/lua/quickstart.lua:"
lua5.4 examples/lua/quickstart.lua
echo
echo "examples/c/run.c:"
program=$(mktemp)
trap 'rm -f "$program"' EXIT
cc -std=c99 examples/c/run.c -o "$program" $(pkg-config --cflags --libs replicate) -Wl,-rpath,"$PWD/build/lib"
"$program"
