#!/bin/sh
# Runs redis-server, without root's rights, when only options or a configuration file are given; else the command.
set -e

case "${1:-}" in
  -* | *.conf) set -- redis-server "$@" ;;
esac

if [ "${1:-}" = redis-server ] && [ "$(id -u)" = 0 ]; then
  find . \! -user redis -exec chown redis '{}' +
  exec setpriv --reuid=redis --regid=redis --init-groups -- "$0" "$@"
fi

if [ "$(umask)" = 0022 ]; then umask 0077; fi
exec "$@"
