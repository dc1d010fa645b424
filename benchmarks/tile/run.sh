#!/bin/sh
# Measures sums of products: run.sh GCOMP [CC] [THREADS...]
# Prints a table for each number of threads (default: 1). Needs python3 and a C compiler.
set -e
here=$(cd "$(dirname "$0")" && pwd)
gcomp=$1
cc=${2:-cc}
[ $# -gt 2 ] && shift 2 || set -- 1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 "$here/shapes.py"
"$gcomp" shapes.gir --cc "$cc" -o . > log 2>&1 || { cat log; exit 1; }
"$cc" -std=c11 -O3 -march=native -ffp-contract=fast -fopenmp -Ishapes -I. "$here/bench.c" \
  shapes/libshapes.a -lm -o bench
for threads; do ./bench "$threads"; done
