#!/bin/sh
# Gives the programs bad input and compares what they say with cases.txt.
#
#   bad_input/run.sh TRAIN INFER MAKE [INFER_IN_PARALLEL]
#
# TRAIN and INFER are the programs of the fixture, MAKE is make.c, and the last one is the infer
# program with OpenMP, without which a few cases are skipped. Works in the present directory, in a
# folder bad_input that is made anew. A case in cases.txt is a name, a command, and what it must
# print on standard error, each line behind the exit status:
#
#   # npy: an empty file
#   $ : >x.npy; infer
#   1: tiny-infer: error: x.npy: byte 0: expected an .npy file, found an empty file
#
# RT_BLESS=1 rewrites these lines. The last line printed is "N passed, N failed".

here=$(cd "$(dirname "$0")" && pwd)
absolute() { echo "$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"; }
mkdir -p bad_input && chmod 755 bad_input
programs=$(pwd)/bad_input/programs
rm -rf bad_input/* && mkdir "$programs"
cp "$(absolute "$1")" "$programs/tiny-train" && cp "$(absolute "$2")" "$programs/tiny-infer" &&
  cp "$(absolute "$3")" "$programs/make" || exit 1
[ -z "$4" ] || cp "$(absolute "$4")" "$programs/parallel-infer" || exit 1
PATH=$programs:$PATH
cd bad_input && mkdir place || exit 1

# Words that cases use; each case runs in a place of its own, where these files are.
npy() { make npy 1 "$@" >x.npy; }
weights() { make safetensors "$@" >x.safetensors; }
infer() { tiny-infer --weights good.safetensors --input point=x.npy; }
load() { tiny-infer norm --weights x.safetensors; }
train() { tiny-train --data data --out out --epochs 1 "$@"; }
data() { cp -r data bad; }
note() { make note "$1" "$2" run/weights/last.safetensors >x &&
  cp x run/weights/last.safetensors && rm -f run/weights/previous.safetensors; }
again() { tiny-train --resume run "$@"; }
# Without the rights of the superuser, if that is who runs this.
unprivileged() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid 65534 --clear-groups "$@"; else "$@"; fi
}
can_drop=yes
unprivileged test -x "$programs/tiny-train" 2>/dev/null || can_drop=no

mkdir kept kept/data && cd kept &&
  make points 100 >data/point.npy && make labels 100 >data/label.npy &&
  tiny-train --data data --out run --epochs 2 --seed 1 >/dev/null 2>&1 &&
  cp run/weights/last.safetensors good.safetensors && rm -f run/events* && cd .. || exit 1
# Names of processes and hosts differ, and sizes of memory and speeds in the lines of epochs.
tame() { sed -e "/^memory [0-9]/d" -e "s/process [0-9]* on [^;]*/process N on HOST/" -e "/^epoch [0-9]*\/[0-9]* /d" -e "/^ *[0-9]*\/[0-9]* .*[0-9]:[0-9]/d"; }

# run COMMAND: prints the lines of standard error behind the status.
run() {
  rm -rf place && cp -r kept place && chmod 777 place
  (cd place && eval "$1" >stdout 2>stderr </dev/null)
  found_status=$?
  if [ -s place/stderr ]; then
    tame <place/stderr | sed "s/^/$found_status: /"
  else
    echo "$found_status:"
  fi
}

passed=0
failed=0
cases=0
name=
: >blessed
# True iff the command can run here.
can_run() {
  case $can_drop$command in no*unprivileged*) return 1 ;; esac
  case $command in *parallel-infer*) [ -x "$programs/parallel-infer" ] ;; esac
}
finish() {
  [ -n "$command" ] || return 0
  cases=$((cases + 1))
  if ! can_run; then
    echo "skipped, as it needs another user or OpenMP: $name"
    cat expected >>blessed
    command=
    return 0
  fi
  run "$command" >found
  cat found >>blessed
  if cmp -s found expected; then
    passed=$((passed + 1))
  elif [ "$RT_BLESS" != 1 ]; then
    failed=$((failed + 1))
    printf 'FAILED: %s\n  $ %s\nexpected\n%s\nfound\n%s\n' "$name" "$command" "$(cat expected)" \
      "$(cat found)"
  fi
  command=
}
command=
: >expected
while IFS= read -r line; do
  case $line in
    '# '*)
      finish
      name=${line#\# }
      : >expected
      printf '\n%s\n' "$line" >>blessed
      ;;
    '$ '*)
      command=${line#\$ }
      printf '%s\n' "$line" >>blessed
      ;;
    '') ;;
    *) printf '%s\n' "$line" >>expected ;;
  esac
done <"$here/cases.txt"
finish
if [ "$RT_BLESS" = 1 ]; then
  sed 1d blessed >"$here/cases.txt"
  echo "wrote $cases cases"
fi
[ $cases -ge 150 ] || failed=$((failed + 1))
echo "  $passed passed, $failed failed"
[ $failed -eq 0 ]
