#!/usr/bin/env bash
# Initialises the data folder on first start, as the settings in the environment ask, then runs the command.
set -Eeuo pipefail

data=/var/lib/mysql
socket=/run/mysqld/mysqld.sock

# Sets MARIADB_NAME from itself, from MYSQL_NAME, or from the file that one of them names with _FILE.
read_setting() {
  local name="MARIADB_$1" prefix variable file value=''
  for prefix in MYSQL MARIADB; do
    variable="${prefix}_$1"
    file="${variable}_FILE"
    if [ "${!file:-}" ]; then value="$(< "${!file}")"; fi
    if [ "${!variable:-}" ]; then value="${!variable}"; fi
    unset "$file"
  done
  export "$name"="$value"
}

# Puts a text in quotes for SQL.
quote() {
  local text="${1//\\/\\\\}"
  printf "'%s'" "${text//\'/\'\'}"
}

# Runs SQL as root while the server listens on its socket only; init scripts that are sourced may call it too.
docker_process_sql() {
  mariadb --no-defaults --socket="$socket" --user=root --batch --comments "$@"
}

# Creates the users and the database.
create_accounts() {
  local root_host="${MARIADB_ROOT_HOST:-%}"
  {
    echo "DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host <> 'localhost'); FLUSH PRIVILEGES;"
    echo "CREATE USER root@$(quote "$root_host") IDENTIFIED BY $(quote "$MARIADB_ROOT_PASSWORD");"
    echo "GRANT ALL ON *.* TO root@$(quote "$root_host") WITH GRANT OPTION;"
    if [ "$MARIADB_DATABASE" ]; then echo "CREATE DATABASE IF NOT EXISTS \`$MARIADB_DATABASE\`;"; fi
    if [ "$MARIADB_USER" ]; then
      echo "CREATE USER $(quote "$MARIADB_USER")@'%' IDENTIFIED BY $(quote "$MARIADB_PASSWORD");"
      if [ "$MARIADB_DATABASE" ]; then
        echo "GRANT ALL ON \`${MARIADB_DATABASE//_/\\_}\`.* TO $(quote "$MARIADB_USER")@'%';"
      fi
    fi
  } | docker_process_sql
}

# Runs the files of /docker-entrypoint-initdb.d in the order of their names.
run_init_files() {
  local file database=()
  if [ "$MARIADB_DATABASE" ]; then database=(--database="$MARIADB_DATABASE"); fi
  for file in /docker-entrypoint-initdb.d/*; do
    case "$file" in
      *.sh)
        if [ -x "$file" ]; then
          echo "$0: running $file"
          "$file"
        else
          echo "$0: sourcing $file"
          # shellcheck disable=SC1090
          . "$file"
        fi
        ;;
      *.sql) echo "$0: running $file" && docker_process_sql "${database[@]}" < "$file" ;;
      *.sql.gz) echo "$0: running $file" && gunzip -c "$file" | docker_process_sql "${database[@]}" ;;
      *.sql.xz) echo "$0: running $file" && xzcat "$file" | docker_process_sql "${database[@]}" ;;
      *.sql.zst) echo "$0: running $file" && zstd -dc "$file" | docker_process_sql "${database[@]}" ;;
      *'/*') ;;
      *) echo "$0: ignoring $file" ;;
    esac
  done
}

# Initialises an empty data folder; the server it starts for that listens on its socket only.
initialise() {
  local server
  mariadb-install-db --datadir="$data" --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve > /dev/null
  "$@" --skip-networking --socket="$socket" --pid-file=/run/mysqld/init.pid &
  server=$!
  for _ in {1..600}; do
    if docker_process_sql -e 'SELECT 1' > /dev/null 2>&1; then break; fi
    if ! kill -0 "$server" 2> /dev/null; then
      echo >&2 'error: the server ended while its data folder was initialised'
      exit 1
    fi
    sleep 0.05
  done
  create_accounts
  run_init_files
  docker_process_sql -e "ALTER USER root@localhost IDENTIFIED BY $(quote "$MARIADB_ROOT_PASSWORD")"
  kill "$server"
  wait "$server" || true
  printf '\nMariaDB init process done. Ready for start up.\n\n'
}

if [ "${1:-}" = '' ] || [ "${1:0:1}" = '-' ]; then set -- mariadbd "$@"; fi

if [ "$1" = mariadbd ] || [ "$1" = mysqld ]; then
  for name in ROOT_PASSWORD USER PASSWORD DATABASE ROOT_HOST RANDOM_ROOT_PASSWORD ALLOW_EMPTY_ROOT_PASSWORD; do
    read_setting "$name"
  done
  if [ "$(id -u)" = 0 ]; then
    chown mysql "$data" /run/mysqld
    exec setpriv --reuid=mysql --regid=mysql --init-groups -- "$0" "$@"
  fi
  if [ ! -d "$data/mysql" ]; then
    if [ "$MARIADB_RANDOM_ROOT_PASSWORD" ] && [ -z "$MARIADB_ROOT_PASSWORD" ]; then
      MARIADB_ROOT_PASSWORD="$(head -c 24 /dev/urandom | base64)"
      echo "GENERATED ROOT PASSWORD: $MARIADB_ROOT_PASSWORD"
    elif [ -z "$MARIADB_ROOT_PASSWORD$MARIADB_ALLOW_EMPTY_ROOT_PASSWORD${MYSQL_ALLOW_EMPTY_PASSWORD:-}" ]; then
      echo >&2 'error: the data folder is empty and no root password is given'
      echo >&2 '       Set MARIADB_ROOT_PASSWORD, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD or MARIADB_RANDOM_ROOT_PASSWORD.'
      exit 1
    fi
    initialise "$@"
  fi
fi

exec "$@"
