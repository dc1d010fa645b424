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
. "$here/checks.sh"

mkdir -p "$work/runtime" && cd "$work" || exit 1
cp -R "$root"/Runtime/runtime.h "$root"/Runtime/math "$root"/Runtime/model "$root"/Runtime/files \
  "$root"/Runtime/data "$root"/Runtime/program runtime/
cp "$here"/fixture/*.[ch] "$here"/*.[ch] .
# Not below the name 'data', which programs in this folder would take for theirs by default.
rm -rf stored && cp -R "$here"/data stored

warnings="-std=c11 -Wall -Wextra -Wpedantic -Wconversion -Werror"
optimised="-O3 -ffp-contract=fast -fno-trapping-math -fno-math-errno -march=native"
# With the sanitizers of clang; those of gcc find the same and take twice as long.
sanitized="-Og -g"
case $($CC --version) in
  *clang*) sanitized="$sanitized -fsanitize=address,undefined -fno-sanitize-recover=all" ;;
esac
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
# The wildcard *.o would take *.san.o as well, so these go elsewhere.
mkdir -p sane/runtime/all
mv runtime/*/*.san.o sane/runtime/all/ && mv ./*.san.o sane/

# ---- What else is compiled, two at a time ----

later_check "no warnings without OpenMP" $CC $warnings -Wno-unknown-pragmas -fsyntax-only -I. \
  runtime/*/*.c tiny_train.c tiny_infer.c
if command -v c++ >/dev/null; then
  printf '#include "%s"\n' tiny.h runtime/runtime.h runtime/program/training.h \
    runtime/program/events.h runtime/program/curves.h runtime/program/infer.h \
    runtime/program/inputs.h runtime/program/outputs.h runtime/program/bench.h \
    runtime/files/elements.h runtime/program/print.h runtime/program/prompt.h \
    runtime/program/sampling.h runtime/files/image.h runtime/files/inflate.h runtime/files/csv.h \
    runtime/files/wav.h runtime/files/lines.h runtime/files/resample.h runtime/data/formats.h \
    runtime/data/tokenizer.h runtime/data/csv_columns.h runtime/data/class_files.h \
    runtime/data/dataset.h runtime/files/write_bytes.h runtime/files/retry.h \
    runtime/files/folder.h runtime/program/signals.h runtime/program/labels.h \
    runtime/data/read_ahead.h >plus.cpp
  printf 'int main() { return 0; }\n' >>plus.cpp
  later_check "the headers are C++" c++ -std=c++11 -Wall -Wextra -Wpedantic -Wconversion -Werror \
    -I. -fsyntax-only plus.cpp
fi
for program in train infer; do
  later_check "tiny-$program links" $CC $openmp runtime/*/*.o tiny.o tiny_$program.o \
    -o tiny-$program -lm
  later_check "sane-tiny-$program links" $CC $sanitized sane/runtime/all/*.o sane/tiny.san.o \
    sane/tiny_$program.san.o -o sane-tiny-$program -lm
done

later_check "scalar_test compiles" $CC $warnings $optimised -Iruntime scalar_test.c \
  -o scalar_test -lm
later_check "scalar_test compiles without FMA" $CC $warnings -O2 -Iruntime scalar_test.c \
  -o scalar_test_plain -lm
units="scalar_test scalar_test_plain"
# x86 of 32 bits computes with more digits than f32 has, unless it is told not to.
x87="-m32 -mno-sse -mfpmath=387"
if echo '#include <math.h>' | $CC $x87 -x c - -c -o x87.o 2>/dev/null &&
  echo 'int main(void) { return 0; }' | $CC $x87 -x c - -o x87 2>/dev/null && ./x87; then
  later_check "scalar_test compiles for x87" $CC $warnings $x87 -O2 -Iruntime scalar_test.c \
    -o scalar_test_x87 -lm
  later_check "the runtime compiles for x87" $CC $warnings $x87 -Wno-unknown-pragmas \
    -fsyntax-only -I. runtime/*/*.c tiny_train.c tiny_infer.c
  units="$units scalar_test_x87"
  refuse 1 "f32 functions need numbers rounded to f32" $CC -std=gnu11 $x87 \
    -fsyntax-only -Iruntime scalar_test.c
fi
# The slowest ones begin first, so that no processor waits for the last of them.
slow_units=resume_test
sanitized_units="run_test train_flags_test train_modes_test random_test npy_test \
  safetensors_test hostile_test file_test args_test profile_test program_test results_test \
  programs_test infer_test evaluate_test formats_test naming_test events_test curves_test \
  progress_test memory_room_test csv_data_test sound_test series_test boxes_test \
  packed_test pictures_test picture_inputs_test arrays_test npz_test images_test \
  tokenizer_test tokenizer_files_test text_test prompt_test interrupts_test rates_test \
  train_states_test labels_test read_ahead_test split_test limits_test processor_test"
for test in $slow_units $sanitized_units pace_test; do
  later_check "$test compiles" $CC $warnings $sanitized -I. -Iruntime $test.c sane/tiny.san.o \
    sane/runtime/all/*.o -o $test -lm
done
later_check "pace_test compiles with OpenMP" $CC $warnings $optimised $openmp -Iruntime \
  pace_test.c runtime/model/*.o -o pace_test_threads -lm
later_check "read_ahead_test compiles with OpenMP" $CC $warnings $optimised $openmp -Iruntime \
  read_ahead_test.c runtime/model/*.o runtime/files/*.o runtime/data/*.o -o read_ahead_threads -lm
# Allocations are counted by the linker's leave, which not every linker gives.
wrap=
for name in calloc realloc free fopen fdopen open_memstream fclose opendir closedir; do
  wrap="$wrap -Wl,--wrap=$name"
done
if echo 'int main(void) { return 0; }' | $CC $wrap -x c - -o wrapped 2>/dev/null; then
  slow_units="resume_test memory_test"
  units="text_memory_test table_memory_test data_memory_test $units"
  later_check "memory_test compiles" $CC $warnings $sanitized -I. -Iruntime memory_test.c \
    sane/tiny.san.o sane/runtime/all/*.o $wrap -o memory_test -lm
  for test in text_memory_test table_memory_test; do
    later_check "$test compiles" $CC $warnings $sanitized -I. -Iruntime $test.c \
      sane/runtime/all/*.o -Wl,--wrap=calloc -Wl,--wrap=free -o $test -lm
  done
  wrap=
  for name in calloc free opendir closedir; do wrap="$wrap -Wl,--wrap=$name"; done
  later_check "data_memory_test compiles" $CC $warnings $sanitized -I. -Iruntime \
    data_memory_test.c sane/tiny.san.o sane/runtime/all/*.o $wrap -o data_memory_test -lm
else
  echo "skipped: memory_test needs a linker with --wrap"
fi
targets="npy csv safetensors checkpoint json notes rows args table wav boxes gzip \
  image png idx cifar npz tokenizer pieces"
for target in $targets; do
  later_check "fuzz_$target compiles" $CC $warnings $sanitized -Wno-unknown-pragmas -I. -Iruntime \
    "$here/fuzz/fuzz_$target.c" "$here/fuzz/replay.c" "$here/fuzz/exact_arena.c" \
    sane/tiny.san.o $(printf '%s\n' sane/runtime/all/*.o | grep -v arena) -o fuzz_$target -lm
done
later_check "the maker of bad input compiles" $CC $warnings $sanitized -I. \
  "$here/bad_input/make.c" sane/runtime/all/*.o -o make_bad -lm
together

# ---- All tests, two at a time, each in a folder of its own ----

chmod 755 "$work"
rm -rf units
for test in $slow_units $units $sanitized_units; do
  mkdir -p units/$test
  # This one makes a folder of that name.
  [ $test = evaluate_test ] || ln -s ../../stored units/$test/data
done
# It makes the data of the programs: 84 examples.
cd units/program_test || exit 1
unit ../../program_test
cd "$work" || exit 1
rm -rf points && cp -r units/program_test/two points || exit 1

parallel=
if [ "$openmp" = -fopenmp ]; then parallel=../../tiny-infer; fi
for test in $slow_units; do
  later_unit $test ../../$test
done
later_unit bad_input sh "$here/bad_input/run.sh" ../../sane-tiny-train ../../sane-tiny-infer \
  ../../make_bad $parallel
for kind in sane-tiny tiny; do
  later_unit $kind sh "$here/programs.sh" $kind ../.. ../../points
done
mkdir -p units/read_ahead_threads
later_unit read_ahead_threads ../../read_ahead_threads
for test in $units $sanitized_units; do
  [ $test = program_test ] || later_unit $test ../../$test
done
# Stored inputs and their damages; scripts/fuzz lets the targets run.
for target in $targets; do
  later_check "fuzz_$target takes all inputs" sh -c '
    mkdir -p "units/$1" && cd "units/$1" && "../../$1" "$2"' sh fuzz_$target \
    "$here/fuzz/$target.hex"
done
together
# These measure how fast the machine is, so nothing else runs.
unit ./pace_test
unit ./pace_test_threads

# ---- Threads and stacks ----

cd units/tiny || exit 1

if [ "$openmp" = -fopenmp ]; then
  refuse 2 "--threads: expected at most 1024, found 100000" ../../tiny-train --threads 100000
  refuse 2 "OMP_NUM_THREADS: expected at most 1024, found 100000" \
    env OMP_NUM_THREADS=100000 ../../tiny-infer norm --weights first.safetensors
  refuse 1 "the stack is limited to 64 KB (OMP_STACKSIZE); expected at least 512 KB" \
    env OMP_STACKSIZE=64k ../../tiny-infer norm --weights first.safetensors
  check "a stack of 1 MB is enough" \
    env OMP_STACKSIZE=1m ../../tiny-infer norm --weights first.safetensors
fi
refuse 2 "for which alone this program is built, found 'vax'" \
  env GCOMP_PROCESSOR=vax ../../tiny-train
refuse 2 "for which alone this program is built, found 'vax'" \
  env GCOMP_PROCESSOR=vax ../../tiny-infer norm --weights first.safetensors
refuse 1 "the stack is limited to 128 KB (ulimit -s); expected at least 512 KB" \
  sh -c 'ulimit -s 128; exec ../../tiny-train --data split'
check "a stack of 512 KB is enough" sh -c 'ulimit -s 512; exec ../../tiny-train --data split'

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
