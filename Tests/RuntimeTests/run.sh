#!/bin/sh
# Builds and runs all tests of the C runtime.
#
#   Tests/RuntimeTests/run.sh [CC]
#
# The last line is "N passed, N failed"; the status is 0 iff nothing failed. Works in a
# temporary directory, or in $RT_TEST_DIR, which is kept.

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
CC=${1:-${CC:-cc}}
work=${RT_TEST_DIR:-$(mktemp -d)}
[ -n "$RT_TEST_DIR" ] || trap 'rm -rf "$work"' EXIT
passed=0
failed=0

fail() {
  failed=$((failed + 1))
  echo "FAILED: $*"
}

pass() { passed=$((passed + 1)); }

# check NAME COMMAND...: the command must succeed.
check() {
  name=$1
  shift
  if "$@" >check.out 2>&1; then pass; else fail "$name"; cat check.out; fi
}

# refuse STATUS TEXT COMMAND...: the command must end with the status and say the text
# on stderr.
refuse() {
  status=$1
  text=$2
  shift 2
  "$@" >check.out 2>check.err
  found=$?
  if [ $found -eq "$status" ] && grep -qF -- "$text" check.err; then
    pass
  else
    fail "expected status $status and '$text' from $*; found $found"
    cat check.err
  fi
}

# unit NAME: runs a test program, which prints its own counts.
unit() {
  output=$("$@" 2>&1)
  status=$?
  counts=$(printf '%s\n' "$output" | sed -n 's/^ *\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p')
  if [ -z "$counts" ]; then
    fail "$* ended with status $status"
    printf '%s\n' "$output"
    return
  fi
  passed=$((passed + ${counts% *}))
  failed=$((failed + ${counts#* }))
  if [ $status -ne 0 ]; then printf '%s: %s\n' "$*" "$output"; fi
}

mkdir -p "$work/runtime" && cd "$work" || exit 1
cp -R "$root"/Runtime/runtime.h "$root"/Runtime/math "$root"/Runtime/model "$root"/Runtime/files \
  "$root"/Runtime/data "$root"/Runtime/program runtime/
cp "$here"/fixture/*.[ch] "$here"/*.[ch] .
cp -R "$here"/data .

warnings="-std=c11 -Wall -Wextra -Wpedantic -Wconversion -Werror"
optimised="-O3 -ffp-contract=fast -fno-trapping-math -fno-math-errno -march=native"
sanitized="-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all"
openmp=-Wno-unknown-pragmas
if echo '#include <omp.h>' | $CC -fopenmp -x c -fsyntax-only - 2>/dev/null; then
  openmp=-fopenmp
fi

# compile FLAGS SUFFIX: the runtime and the fixture into objects, two at a time.
compile() {
  for file in runtime/*/*.c tiny.c tiny_train.c tiny_infer.c; do
    printf '%s\n' "$file"
  done | xargs -P 2 -n 4 sh -c '
    for f in "$@"; do '"$CC $warnings $1"' -I. -c "$f" -o "${f%.c}'"$2"'" || exit 1; done
  ' sh
}

echo "compiling with $CC"
check "the runtime compiles without warnings" compile "$optimised $openmp" .o
check "the runtime compiles with sanitizers" compile "$sanitized -Wno-unknown-pragmas" .san.o
check "no warnings without OpenMP" $CC $warnings -Wno-unknown-pragmas -fsyntax-only -I. \
  runtime/*/*.c tiny_train.c tiny_infer.c
if command -v c++ >/dev/null; then
  printf '#include "%s"\n' tiny.h runtime/runtime.h runtime/program/training.h \
    runtime/program/events.h runtime/program/curves.h runtime/program/infer.h \
    runtime/program/inputs.h runtime/program/outputs.h runtime/program/bench.h \
    runtime/program/elements.h runtime/program/print.h runtime/program/prompt.h \
    runtime/program/sampling.h runtime/data/tokenizer.h >plus.cpp
  printf 'int main() { return 0; }\n' >>plus.cpp
  check "the headers are C++" c++ -std=c++11 -Wall -Wextra -Wpedantic -Wconversion -Werror \
    -I. -fsyntax-only plus.cpp
fi

link() {
  for program in train infer; do
    $CC $2 runtime/*/*$1 tiny$1 tiny_$program$1 -o $3-$program -lm || return 1
  done
}
# The wildcard *.o would take *.san.o as well, so these go elsewhere.
mkdir -p sane/runtime/all
mv runtime/*/*.san.o sane/runtime/all/ && mv ./*.san.o sane/
check "programs link" link .o $openmp tiny
(cd sane && link .san.o "$sanitized" ../sane-tiny) || fail "sanitized programs link"

check "scalar_test compiles" $CC $warnings $optimised -Iruntime scalar_test.c -o scalar_test -lm
check "scalar_test compiles without FMA" $CC $warnings -O2 -Iruntime scalar_test.c \
  -o scalar_test_plain -lm
# x86 of 32 bits computes with more digits than f32 has, unless it is told not to.
x87="-m32 -mno-sse -mfpmath=387"
if echo '#include <math.h>' | $CC $x87 -x c - -c -o x87.o 2>/dev/null &&
  echo 'int main(void) { return 0; }' | $CC $x87 -x c - -o x87 2>/dev/null && ./x87; then
  check "scalar_test compiles for x87" $CC $warnings $x87 -O2 -Iruntime scalar_test.c \
    -o scalar_test_x87 -lm
  check "the runtime compiles for x87" $CC $warnings $x87 -Wno-unknown-pragmas -fsyntax-only \
    -I. runtime/*/*.c tiny_train.c tiny_infer.c
  unit ./scalar_test_x87
  refuse 1 "f32 functions need numbers rounded to f32" $CC -std=gnu11 $x87 \
    -fsyntax-only -Iruntime scalar_test.c
fi
for test in random_test npy_test safetensors_test hostile_test file_test args_test profile_test \
  program_test results_test programs_test infer_test evaluate_test formats_test resume_test \
  run_test events_test curves_test progress_test train_flags_test train_modes_test pace_test \
  memory_room_test tokenizer_test tokenizer_files_test text_test prompt_test; do
  check "$test compiles" $CC $warnings $sanitized -I. -Iruntime $test.c sane/tiny.san.o \
    sane/runtime/all/*.o -o $test -lm
done
check "pace_test compiles with OpenMP" $CC $warnings $optimised $openmp -Iruntime pace_test.c \
  runtime/model/*.o -o pace_test_threads -lm
# Allocations are counted by the linker's leave, which not every linker gives.
wrap=
for name in calloc realloc free fopen fdopen open_memstream fclose opendir closedir; do
  wrap="$wrap -Wl,--wrap=$name"
done
memory_test=
if echo 'int main(void) { return 0; }' | $CC $wrap -x c - -o wrapped 2>/dev/null; then
  memory_test=memory_test
  check "memory_test compiles" $CC $warnings $sanitized -I. -Iruntime memory_test.c \
    sane/tiny.san.o sane/runtime/all/*.o $wrap -o memory_test -lm
  memory_test="memory_test text_memory_test"
  check "text_memory_test compiles" $CC $warnings $sanitized -I. -Iruntime text_memory_test.c \
    sane/runtime/all/*.o -Wl,--wrap=calloc -Wl,--wrap=free -o text_memory_test -lm
else
  echo "skipped: memory_test needs a linker with --wrap"
fi
for test in $memory_test scalar_test scalar_test_plain random_test npy_test safetensors_test \
  hostile_test file_test args_test profile_test program_test results_test programs_test \
  infer_test evaluate_test formats_test resume_test run_test events_test curves_test \
  progress_test train_flags_test train_modes_test pace_test pace_test_threads \
  memory_room_test tokenizer_test tokenizer_files_test text_test prompt_test; do
  unit ./$test
done

# ---- The fuzz targets, on stored inputs and their damages (scripts/fuzz lets them run) ----

for target in npy csv safetensors checkpoint json notes rows args tokenizer pieces; do
  check "fuzz_$target compiles" $CC $warnings $sanitized -Wno-unknown-pragmas -I. -Iruntime \
    "$here/fuzz/fuzz_$target.c" "$here/fuzz/replay.c" "$here/fuzz/exact_arena.c" \
    sane/tiny.san.o $(printf '%s\n' sane/runtime/all/*.o | grep -v arena) -o fuzz_$target -lm
  check "fuzz_$target takes all inputs" ./fuzz_$target "$here/fuzz/$target.hex"
done

# ---- The programs, on the data that program_test made: 84 examples to train on ----

mkdir -p split && rm -rf split/train split/validation
cp -r two/train two/validation split/
for kind in sane-tiny tiny; do
  train=./$kind-train
  infer=./$kind-infer
  rm -rf run runs again seed five begun taken
  : >empty
  check "$kind trains" $train --data split --epochs 3 --seed 4 --log log.csv --threads 1 --out run
  cp check.out train.out
  check "$kind logs each step" test "$(wc -l <log.csv)" -eq 13
  check "$kind prints the metrics" grep -q '^accuracy [0-9.]* %$' train.out
  check "$kind has a row per epoch" grep -q '^  3/3  ' train.out
  cp run/weights/last.safetensors first.safetensors
  check "$kind trains again" $train --data split --epochs 3 --seed 4 --log again.csv
  check "$kind gives the same bits" cmp runs/tiny-1/weights/last.safetensors first.safetensors
  check "$kind logs the same" cmp log.csv again.csv
  check "$kind takes another seed" $train --data split --epochs 3 --seed 5
  check "$kind numbers its runs" test "$(ls runs)" = "tiny-1
tiny-2"
  if cmp -s runs/tiny-2/weights/last.safetensors first.safetensors; then fail "$kind: the seed matters"; fi
  check "$kind stops after --steps" $train --data split --steps 5 --log steps.csv
  check "$kind made 5 steps" test "$(wc -l <steps.csv)" -eq 6
  check "$kind starts from --init" $train --data split --steps 1 --init first.safetensors
  check "$kind prints help" $train --help
  check "$kind infers" $infer --weights first.safetensors --input point=split/train/point.npy \
    --output probability=p.npy --output all
  check "$kind writes to a directory" cmp p.npy all/probability.npy
  check "$kind prints" $infer --weights first.safetensors --input point=split/validation/point.npy
  mv check.out printed.out
  check "$kind prints rows" grep -q '^  \[19\] ' printed.out
  check "$kind runs another function" $infer norm --weights first.safetensors
  mv check.out printed.out
  check "$kind prints a scalar" grep -q '^norm [0-9.]*$' printed.out
  check "$kind benches" $infer --bench 5
  check "$kind prints help of infer" $infer --help

  refuse 1 "cannot open 'none'" $infer --weights none --input point=p.npy
  refuse 1 "input 'point': expected f32[*, 2], found f32[64, 3]" \
    $infer --weights first.safetensors --input point=p.npy
  refuse 1 "expected a safetensors file, found an empty file" $infer norm --weights empty
  refuse 1 "byte 0" $infer norm --weights p.npy
  refuse 2 "--weights FILE is missing" $infer norm
  refuse 2 "--input point=FILE is missing; expected f32[*, 2] from" $infer --weights first.safetensors
  refuse 2 "no function 'init'; the functions are: infer norm" $infer init
  refuse 2 "found 'pint=p.npy'" $infer --weights first.safetensors --input pint=p.npy
  refuse 2 "did you mean --epochs?" $train --epoch 3
  refuse 1 "expected a directory, found 'nowhere'" $train --data nowhere
  refuse 1 "cannot create directory" $train --data split --out /dev/null/run
  refuse 1 "'run' holds a run already; go on with it: --resume run, or name another" \
    $train --data split --out run
  refuse 3 "epoch 1, step 2: expected a finite loss, found" $train --data split --rate 1e30
  grep -qF "nothing of epoch 1 was saved" check.err || fail "$kind: it says what was not saved"
  check "$kind keeps the checkpoint" cmp run/weights/last.safetensors first.safetensors
  # Also before the first checkpoint of a run that goes on, and in an evaluation within an epoch.
  rm -rf odd && cp -r run odd
  refuse 3 "expected a finite loss, found nan" $train --resume odd --epochs 99 --rate 1e30
  check "$kind keeps the step" test -s odd/failure/states.safetensors
  refuse 3 "held-out examples 0 to" $train --data split --steps 1 --rate 1e30 --out odd/within
  check "$kind keeps the evaluation" test -s odd/within/failure/states.safetensors
  # ---- Folders, devices and closed outputs ----
  check "$kind leaves nothing beside the results" test \
    "$(ls -A run run/weights | grep -v '^events.out' | tr '\n' ' ')" = \
    "run: args.json results.csv results.svg weights  run/weights: best.safetensors last.safetensors \
previous.safetensors "
  mkdir -p taken/weights/last.safetensors
  refuse 1 "cannot write 'taken/weights/last.safetensors': Is a directory" $train --data split --out taken
  refuse 2 "--out: expected DIR, found ''" $train --data split --out ""
  refuse 2 "--output: expected NAME=FILE, found ''" $infer norm --weights run/weights/last.safetensors \
    --output ""
  refuse 2 "found 'norm='" $infer norm --weights run/weights/last.safetensors --output norm=
  if [ -w /dev/full ]; then
    refuse 1 "cannot write '/dev/full': No space left" \
      $train --data split --epochs 1 --log /dev/full
    refuse 1 "cannot write to standard output: No space left" \
      sh -c "$infer norm --weights run/weights/last.safetensors >/dev/full"
    refuse 1 "cannot write to standard output: No space left" sh -c "$infer --help >/dev/full"
    refuse 1 "cannot write to standard output: No space left" \
      sh -c "$train --data split --epochs 1 >/dev/full"
  fi
  refuse 1 "cannot write to standard output: Bad file descriptor" \
    sh -c "$infer norm --weights run/weights/last.safetensors >&-"
  refuse 1 "cannot write to standard output: Bad file descriptor" \
    sh -c "$train --data split --epochs 1 --log log.csv >&-"
  check "$kind keeps results out of the log" test "$(wc -l <log.csv)" -eq 5
  rm -f pipe sink && mkfifo pipe && ln -s /dev/null sink
  refuse 1 "cannot read 'pipe': expected a file, found a pipe" \
    timeout 20 $infer norm --weights pipe
  check "$kind writes through a link" $infer norm --weights first.safetensors --output norm=sink
  check "$kind keeps the link" test -L sink
  check "$kind writes to standard output" sh -c \
    "$infer norm --weights first.safetensors --output norm=/dev/stdout >n1.npy"
  check "$kind writes a file" $infer norm --weights first.safetensors --output norm=n2.npy
  check "$kind writes the same to both" cmp n1.npy n2.npy

  # ---- Outputs by their endings ----
  check "$kind writes CSV" $infer --weights first.safetensors \
    --input point=split/validation/point.npy --output probability=p.csv
  check "$kind writes rows" test "$(grep -cE '^[0-9.e-]+,[0-9.e-]+,[0-9.e-]+$' p.csv)" -eq 20
  refuse 2 "expected a name that ends in .npy, .csv, .json or .jsonl, found 'n.txt'" \
    $infer norm --weights first.safetensors --output norm=n.txt
  refuse 1 "cannot write 'missing/n.npy': No such file" \
    $infer norm --weights first.safetensors --output norm=missing/n.npy

  # ---- What was trained before ----
  rm -rf go && check "$kind trains for long" $train --data split --epochs 30 --out go
  grep -q 'weights go/weights/best.safetensors, of epoch' check.out || fail "$kind: it says which is best"
  cp go/weights/best.safetensors best.kept
  check "$kind goes on" $train --data split --epochs 1 --rate 9 --init go/weights/last.safetensors --out go
  grep -q 'go/weights/best.safetensors, of an earlier run' check.out || fail "$kind: it says what it kept"
  check "$kind keeps better weights" cmp go/weights/best.safetensors best.kept
  check "$kind evaluates" $train --data split --epochs 0 --init go/weights/best.safetensors --out fresh
  grep -q 'no steps; the weights are evaluated, nothing is saved' check.out ||
    fail "$kind: it says that it evaluates"
  grep -q '^accuracy [0-9.]* %$' check.out || fail "$kind: it prints what it evaluated"
  check "$kind writes nothing then" test ! -e fresh
  cp first.safetensors go/weights/best.safetensors && printf x >>go/weights/best.safetensors
  refuse 1 "these are the best weights of the run that --init continues" \
    $train --data split --epochs 1 --init go/weights/last.safetensors --out go

  refuse 1 "expected an .npy file" sh -c \
    "mkdir -p torn && : >torn/point.npy && $train --data torn --out fresh"
  refuse 1 "cannot open 'nowhere'" $train --data split --init nowhere --out fresh
  check "$kind makes no folder for a run that cannot begin" test ! -e fresh

  # ---- Two at once ----
  rm -rf both both.out && mkdir both
  $train --data split --epochs 100000 --out both >both.out 2>&1 &
  first=$!
  for i in 1 2 3 4 5 6 7 8 9 10; do [ -s both/weights/last.safetensors ] || sleep 0.3; done
  refuse 1 "'both' is in use by tiny-train, process $first on" \
    $train --data split --epochs 1 --out both
  kill -9 $first
  wait $first 2>/dev/null
  check "$kind takes over from one that was killed" $train --resume both --steps 1
  check "$kind removes the lock" test ! -e both/.lock
done

# ---- Bad input: bad_input/cases.txt ----

chmod 755 "$work"
check "the maker of bad input compiles" $CC $warnings $sanitized -I. "$here/bad_input/make.c" \
  sane/runtime/all/checksum.san.o -o make_bad
parallel=
if [ "$openmp" = -fopenmp ]; then parallel=./tiny-infer; fi
unit sh "$here/bad_input/run.sh" ./sane-tiny-train ./sane-tiny-infer ./make_bad $parallel

# ---- Threads and stacks ----

if [ "$openmp" = -fopenmp ]; then
  refuse 2 "--threads: expected at most 1024, found 100000" ./tiny-train --threads 100000
  refuse 2 "OMP_NUM_THREADS: expected at most 1024, found 100000" \
    env OMP_NUM_THREADS=100000 ./tiny-infer norm --weights first.safetensors
  refuse 1 "the stack is limited to 64 KB (OMP_STACKSIZE); expected at least 512 KB" \
    env OMP_STACKSIZE=64k ./tiny-infer norm --weights first.safetensors
  check "a stack of 1 MB is enough" \
    env OMP_STACKSIZE=1m ./tiny-infer norm --weights first.safetensors
fi
refuse 1 "the stack is limited to 128 KB (ulimit -s); expected at least 512 KB" \
  sh -c 'ulimit -s 128; exec ./tiny-train --data split'
check "a stack of 512 KB is enough" sh -c 'ulimit -s 512; exec ./tiny-train --data split'

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
