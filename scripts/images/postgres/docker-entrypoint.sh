#!/usr/bin/env bash
# Initialises the data folder on first start, as the settings in the environment ask, then runs the command.
set -Eeuo pipefail

# Sets a variable from itself, from the file named in VARIABLE_FILE, or from a default.
read_setting() {
  local name="$1" default="${2:-}" file_variable="${1}_FILE"
  if [ "${!name:-}" ] && [ "${!file_variable:-}" ]; then
    printf >&2 'error: both %s and %s are set (but are exclusive)\n' "$name" "$file_variable"
    exit 1
  fi
  local value="${!name:-$default}"
  if [ "${!file_variable:-}" ]; then value="$(< "${!file_variable}")"; fi
  export "$name"="$value"
  unset "$file_variable"
}

# Says whether the command only prints something, so that no data folder is needed.
only_prints() {
  local argument
  for argument; do
    case "$argument" in
      -'?' | --help | --describe-config | -V | --version) return 0 ;;
    esac
  done
  return 1
}

# Makes the folders the server writes to and gives them to its user.
prepare_folders() {
  local folder
  for folder in "$PGDATA" ${POSTGRES_INITDB_WALDIR:+"$POSTGRES_INITDB_WALDIR"}; do
    mkdir -p "$folder"
    chmod 0700 "$folder" || true
    if [ "$(id -u)" = 0 ]; then find "$folder" \! -user postgres -exec chown postgres '{}' +; fi
  done
  mkdir -p /var/run/postgresql || true
  chmod 3775 /var/run/postgresql 2> /dev/null || true
}

# Ends with an explanation when the superuser would get no password and nobody said that this is meant.
require_password() {
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
    cat >&2 <<- 'TEXT'
		Error: Database is uninitialized and superuser password is not specified.
		       Give one in POSTGRES_PASSWORD or in the file named by POSTGRES_PASSWORD_FILE.
		       POSTGRES_HOST_AUTH_METHOD=trust lets everyone in without one: for throw-away servers only.
	TEXT
    exit 1
  fi
  if [ "$POSTGRES_HOST_AUTH_METHOD" = trust ]; then
    echo >&2 'WARNING: POSTGRES_HOST_AUTH_METHOD is "trust": everyone who reaches the port is let in as any role.'
  fi
}

# Creates the data folder. initdb wants a name for its user id, so an unknown id borrows one for the moment.
create_data_folder() {
  local wrapper=''
  if ! getent passwd "$(id -u)" > /dev/null; then
    wrapper="$(find /usr/lib -name libnss_wrapper.so -print -quit)"
    export LD_PRELOAD="$wrapper" NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
    NSS_WRAPPER_PASSWD="$(mktemp)"
    NSS_WRAPPER_GROUP="$(mktemp)"
    echo "postgres:x:$(id -u):$(id -g):PostgreSQL:$PGDATA:/bin/false" > "$NSS_WRAPPER_PASSWD"
    echo "postgres:x:$(id -g):" > "$NSS_WRAPPER_GROUP"
  fi
  eval 'initdb --username="$POSTGRES_USER" --pwfile=<(printf "%s\n" "$POSTGRES_PASSWORD")' \
    ${POSTGRES_INITDB_WALDIR:+'--waldir="$POSTGRES_INITDB_WALDIR"'} "$POSTGRES_INITDB_ARGS"
  if [ "$wrapper" ]; then
    rm -f "$NSS_WRAPPER_PASSWD" "$NSS_WRAPPER_GROUP"
    unset LD_PRELOAD NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
  fi
}

# Lets clients on other machines in by the chosen method, by default the server's own way of storing passwords.
allow_network_clients() {
  local method="${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption "$@")}"
  printf '\nhost all all all %s\n' "$method" >> "$PGDATA/pg_hba.conf"
}

# Runs SQL in the database; init scripts that are sourced may call it too.
docker_process_sql() {
  PGHOST='' PGHOSTADDR='' psql -v ON_ERROR_STOP=1 --no-psqlrc --no-password \
    --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" "$@"
}

# Creates the database named in POSTGRES_DB unless initdb already did.
create_database() {
  [ "$POSTGRES_DB" != postgres ] || return 0
  local exists
  exists="$(POSTGRES_DB=postgres docker_process_sql -tA --set db="$POSTGRES_DB" \
    <<< "SELECT 1 FROM pg_database WHERE datname = :'db'")"
  [ -n "$exists" ] || POSTGRES_DB=postgres docker_process_sql --set db="$POSTGRES_DB" <<< 'CREATE DATABASE :"db"'
}

# Runs the files of /docker-entrypoint-initdb.d in the order of their names.
run_init_files() {
  local file
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
      *.sql) echo "$0: running $file" && docker_process_sql -f "$file" && echo ;;
      *.sql.gz) echo "$0: running $file" && gunzip -c "$file" | docker_process_sql && echo ;;
      *.sql.xz) echo "$0: running $file" && xzcat "$file" | docker_process_sql && echo ;;
      *.sql.zst) echo "$0: running $file" && zstd -dc "$file" | docker_process_sql && echo ;;
      *'/*') ;;
      *) echo "$0: ignoring $file" ;;
    esac
  done
}

# Initialises an empty data folder; the server it starts for that listens on the Unix socket only.
initialise() {
  ls /docker-entrypoint-initdb.d/ > /dev/null
  create_data_folder
  allow_network_clients "$@"
  export PGPASSWORD="${PGPASSWORD:-$POSTGRES_PASSWORD}"
  local options=("$@" -c "listen_addresses=" -p "${PGPORT:-5432}")
  NOTIFY_SOCKET='' pg_ctl -D "$PGDATA" -o "$(printf '%q ' "${options[@]}")" -w start
  create_database
  run_init_files
  pg_ctl -D "$PGDATA" -m fast -w stop
  unset PGPASSWORD
  printf '\nPostgreSQL init process complete; ready for start up.\n\n'
}

if [ "${1:-}" = '' ] || [ "${1:0:1}" = '-' ]; then set -- postgres "$@"; fi

if [ "$1" = postgres ] && ! only_prints "$@"; then
  read_setting POSTGRES_PASSWORD
  read_setting POSTGRES_USER postgres
  read_setting POSTGRES_DB "$POSTGRES_USER"
  read_setting POSTGRES_INITDB_ARGS
  : "${POSTGRES_HOST_AUTH_METHOD:=}"
  prepare_folders
  if [ "$(id -u)" = 0 ]; then
    chown postgres /var/run/postgresql
    exec gosu postgres "$0" "$@"
  fi
  if [ -s "$PGDATA/PG_VERSION" ]; then
    printf '\nPostgreSQL Database directory appears to contain a database; Skipping initialization\n\n'
  else
    require_password
    initialise "${@:2}"
  fi
fi

exec "$@"
