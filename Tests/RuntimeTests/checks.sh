# checks.sh - what the scripts of these tests share: they read it with '.'. Counts are in $passed and
# $failed.

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

# count_unit NAME STATUS FILE: adds the counts that a test program printed to the file.
count_unit() {
  counts=$(sed -n 's/^ *\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$3" | tail -1)
  if [ -z "$counts" ]; then
    fail "$1 ended with status $2"
    cat "$3"
    return
  fi
  passed=$((passed + ${counts% *}))
  failed=$((failed + ${counts#* }))
  if [ "$2" -ne 0 ]; then
    echo "$1:"
    cat "$3"
    if [ "${counts#* }" -eq 0 ]; then fail "$1 ended with status $2"; fi
  else
    grep '^skipped' "$3" || true
  fi
}

# unit PROGRAM...: runs a test program, which prints its own counts.
unit() {
  "$@" >unit.out 2>&1
  count_unit "$*" $? unit.out
}

# ---- Two at a time ----

# later_check NAME COMMAND...: the command must succeed when 'together' runs it.
later_check() { later check "$@"; }

# later_unit NAME COMMAND...: the same for a test program, in the folder units/NAME.
later_unit() { later unit "$@"; }

# Writes a command to a file, each word in quotes, below its kind and its name.
later() {
  jobs=$((${jobs:-0} + 1))
  mkdir -p jobs
  file=jobs/$(printf %03d $jobs)
  printf '%s\n' "$1" >"$file.kind"
  printf '%s\n' "$2" >"$file.name"
  shift 2
  for word in "$@"; do
    # Most of the many thousand words need no process of their own.
    case $word in
      *\'*) printf "'%s' " "$(printf '%s' "$word" | sed "s/'/'\\\\''/g")" ;;
      *) printf "'%s' " "$word" ;;
    esac
  done >"$file.sh"
}

# Runs all that was put aside, two at a time and in this order, then counts the results.
together() {
  printf '%s\n' jobs/*.sh | xargs -P 2 -n 1 sh -c '
    file=${1%.sh} work=$(pwd)
    if [ "$(cat "$file.kind")" = unit ]; then
      folder=units/$(cat "$file.name")
      mkdir -p "$folder" && cd "$folder" || exit
    fi
    sh "$work/$1" >"$work/$file.out" 2>&1
    echo $? >"$work/$file.status"' sh
  for file in jobs/*.sh; do
    file=${file%.sh}
    name=$(cat "$file.name")
    status=$(cat "$file.status" 2>/dev/null || echo 99)
    if [ "$(cat "$file.kind")" = unit ]; then
      count_unit "$name" "$status" "$file.out"
    elif [ "$status" -eq 0 ]; then
      pass
    else
      fail "$name"
      cat "$file.out"
    fi
  done
  rm -rf jobs
  jobs=0
}
