#!/usr/bin/env bash
# One task of the action: runs medvl-watch, writes the step summary, and ends as the job should.
#
# Environment: TASK (collect, publish, digest or check), CONFIG (a file), and from GitHub
# GITHUB_STEP_SUMMARY and GITHUB_OUTPUT. A run that is partly done (exit code 4) or put off by a
# rate limit (75) is a warning, not a failure: the next run completes it.
set -euo pipefail

summary="${GITHUB_STEP_SUMMARY:-/dev/null}"
case "${TASK:?is not set}" in
  collect) arguments=(run --only poll --summary "$summary") ;;
  publish) arguments=(run --only publish --summary "$summary") ;;
  digest) arguments=(digest --week last) ;;
  check) arguments=(doctor) ;;
  *)
    echo "::error::the input task is not one of collect, publish, digest and check"
    exit 2
    ;;
esac

log="$(mktemp)"
trap 'rm -f "$log"' EXIT
code=0
medvl-watch "${arguments[@]}" --config "${CONFIG:?is not set}" 2>&1 | tee "$log" || code=$?

{
  echo "The output of $TASK (exit code $code):"
  echo
  # Indented, the log is a code block; nothing in it is Markdown.
  sed 's/^/    /' "$log"
} >> "$summary"
echo "exit-code=$code" >> "${GITHUB_OUTPUT:-/dev/null}"

case "$code" in
  0) ;;
  4) echo "::warning::$TASK is partly done; see the summary of this step" ;;
  75) echo "::warning::$TASK was put off by a limit; the next run continues" ;;
  *) exit "$code" ;;
esac
