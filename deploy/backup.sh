#!/usr/bin/env bash
# A backup of database, inbox and settings into a new folder: backup.sh [FOLDER], as lokdarpan_owner.
#
#   runuser -u lokdarpan_owner -- /opt/lokdarpan/deploy/backup.sh /var/backups/lokdarpan
#
# Dump and digests are of one moment (one snapshot), however much is written meanwhile; the inbox is read afterwards, so
# that a file that was taken meanwhile is in one or the other. Folders older than KEEP_DAYS (14) are removed.
set -euo pipefail
umask 077
target=${1:-/var/backups/lokdarpan}
here=$(dirname "$(realpath "$0")")
set -a
. /etc/lokdarpan/environment
set +a
stamp=$(date -u +%Y%m%dT%H%M%SZ)
part=$target/$stamp.part
mkdir -p "$part"
trap 'rm -rf "$part"' ERR

PART=$part URL=$LOKDARPAN_DATABASE_URL HERE=$here psql --no-psqlrc --quiet --tuples-only --no-align \
    --set ON_ERROR_STOP=on --dbname "$LOKDARPAN_DATABASE_URL" <<'SQL'
\getenv part PART
\set dump :part/database.dump
\set digests :part/digests.txt
\getenv here HERE
\set digests_sql :here/digests.sql
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT pg_export_snapshot() AS snapshot \gset
\setenv SNAPSHOT :snapshot
\setenv DUMP :dump
\! pg_dump --format=custom --snapshot="$SNAPSHOT" --file="$DUMP.part" --dbname="$URL" && mv "$DUMP.part" "$DUMP"
\o :digests
\i :digests_sql
\o
COMMIT;
SQL
[ -s "$part/database.dump" ] || { echo "pg_dump failed" >&2; false; }
if [ -d "${LOKDARPAN_INBOX:-}" ]; then
    tar --create --file "$part/inbox.tar" --directory "$LOKDARPAN_INBOX" .
fi
cp /etc/lokdarpan/environment "$part/environment"
(cd "$part" && sha256sum -- * > SHA256SUMS)
sync "$part"
mv -T "$part" "$target/$stamp"
find "$target" -mindepth 1 -maxdepth 1 -name '20*Z' -mtime "+${KEEP_DAYS:-14}" -exec rm -rf {} +
echo "$target/$stamp"
