#!/bin/sh
# deploy.sh CHECKOUT REF COMMIT: pulls the branch REF into CHECKOUT, and fails unless COMMIT is in it
# then. What it is given comes from a stranger: each argument is quoted, and none may be an option.
set -eu

refuse() {
  printf 'deploy.sh: %s\n' "$1" >&2
  exit 64
}

[ $# -eq 3 ] || refuse 'it takes a checkout, a ref and a commit'
for argument in "$@"; do
  case $argument in
  '' | -*) refuse 'an argument is empty or begins with a dash' ;;
  esac
done
checkout=$1 ref=$2 commit=$3

case $ref in
refs/heads/-*) refuse 'the name of the branch begins with a dash' ;;
refs/heads/*) git check-ref-format "$ref" || refuse 'that is no branch' ;;
*) refuse 'that is no branch' ;;
esac
case $commit in
*[!0-9a-f]*) refuse 'that is no commit' ;;
esac

# Nobody is there to type a password.
export GIT_TERMINAL_PROMPT=0
# Two pushes at once are deployed one after the other.
exec 9<"$checkout"
flock 9
git -C "$checkout" pull --quiet --ff-only --no-tags origin "$ref"
git -C "$checkout" merge-base --is-ancestor "$commit" HEAD
# What else makes the new commit run goes here: make, npm ci, hugo …
git -C "$checkout" log -1 --format='deployed %h: %s'
