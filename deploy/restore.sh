#!/usr/bin/env bash
# Restore a backup into a new database, and verify it: restore.sh FOLDER DATABASE [INBOX], as root.
#
# DATABASE must not exist; nothing that exists is touched. INBOX, if given, must be absent or empty. Exit 1 if a single row
# differs from what was backed up.
set -euo pipefail
folder=$(realpath "$1") database=$2 inbox=${3:-}
here=$(dirname "$(realpath "$0")")
admin() { runuser -u postgres -- sh -c 'cd /; exec "$@"' sh "$@"; }
sql() { admin psql --no-psqlrc --quiet --tuples-only --no-align --set ON_ERROR_STOP=on --dbname "$@"; }

(cd "$folder" && sha256sum --check --quiet SHA256SUMS)
if [ -n "$inbox" ] && [ -n "$(ls -A "$inbox" 2>/dev/null)" ]; then
    echo "$inbox is not empty" >&2
    exit 1
fi
admin createdb --template template0 --encoding UTF8 --locale C.UTF-8 "$database"
sql "$database" --file - < "$here/postgresql/roles.sql"
admin pg_restore --exit-on-error --single-transaction --dbname "$database" < "$folder/database.dump"
sql "$database" --file - < "$here/postgresql/roles.sql"
sql "$database" --command ANALYZE
found=$(mktemp)
sql "$database" --file - < "$here/digests.sql" > "$found"
if ! diff "$folder/digests.txt" "$found"; then
    echo "The restored rows are not those of the backup (above: < backup, > restored)" >&2
    exit 1
fi
rm "$found"
if [ -n "$inbox" ] && [ -f "$folder/inbox.tar" ]; then
    install --directory --owner lokdarpan --group lokdarpan --mode 2770 "$inbox"
    tar --extract --file "$folder/inbox.tar" --directory "$inbox"
fi
echo "$database: $(wc -l < "$folder/digests.txt") tables, every row as it was backed up"
