#!/bin/sh
# Runs the command, or Node with the arguments when they are options or a file and no command.
set -e

if [ "${1#-}" != "$1" ] || { [ -f "$1" ] && ! [ -x "$1" ]; } || [ -z "$(command -v "$1")" ]; then
  set -- node "$@"
fi
exec "$@"
