#!/bin/sh
# Runs the programs of the fixture as people do.
#
#   programs.sh KIND WORK DATA
#
# KIND is 'tiny' or 'sane-tiny', of which WORK has the train and the infer program; DATA has the
# folders train, with 64 examples, and validation, with 20. Works in the present directory, which is
# empty at first. The last line printed is "N passed, N failed".

. "$(dirname "$0")/checks.sh"
kind=$1
train=$2/$kind-train
infer=$2/$kind-infer
mkdir split && cp -r "$3/train" "$3/validation" split/ || exit 1

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
endings=".npy, .csv, .png, .json, .jsonl, .wav or .txt"
refuse 2 "expected a name that ends in $endings, found 'n.tex'" \
  $infer norm --weights first.safetensors --output norm=n.tex
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

echo "  $passed passed, $failed failed"
[ $failed -eq 0 ]
