#!/usr/bin/env bash
# Install the version in a checkout and go over to it while requests are answered: deploy.sh [CHECKOUT], as root.
#
# The schema goes first: the version that runs works on the new schema too (docs/deploy.md, "Updates"). Then the new code
# takes over, process by process. If it does not answer, the version before comes back; the schema stays.
set -euo pipefail
umask 022
source=$(realpath "${1:-$(dirname "$0")/..}")
root=/opt/lokdarpan
release=$root/releases/$(date -u +%Y%m%dT%H%M%SZ)
before=$(readlink --canonicalize-existing "$root/current" || true)

as() { # ACCOUNT COMMAND…: with this machine's settings
    runuser -u "$1" -- sh -c 'cd /; set -a; . /etc/lokdarpan/environment; set +a; exec "$@"' sh "${@:2}"
}
point_to() { # in one step: there is no moment without a current version
    ln -sfn "$1" "$root/current.new"
    mv -T "$root/current.new" "$root/current"
}
answers() {
    curl --silent --fail --output /dev/null --max-time 10 --unix-socket /run/lokdarpan/web.sock http://localhost/readyz
}
go_over() { # true when the new workers answer and the old ones are gone
    local old
    old=$(pgrep --parent "$(systemctl show --property MainPID --value lokdarpan-web)" || true)
    systemctl reload lokdarpan-web
    for _ in $(seq 60); do
        sleep 1
        # shellcheck disable=SC2086
        if [ -z "$old" ] || ! kill -0 $old 2>/dev/null; then answers && return; fi
    done
    return 1
}

echo "1/4 installing into $release"
trap 'rm -rf "$release"' ERR
"${PYTHON:-python3}" -m venv "$release"
# The versions that the tests ran with; without the lines of hashes, which folders can't have.
sed -n 's/ *\\$//; /^[a-z0-9]/p' "$source/requirements-dev.txt" > "$release/pins.txt"
pip=("$release/bin/python" -m pip install --quiet --disable-pip-version-check --constraint "$release/pins.txt")
"${pip[@]}" hatchling editables
"${pip[@]}" --no-build-isolation "$source"/src/lokdarpan_{core,web,jobs}
rm -rf "$root/deploy.new" && cp -r "$source/deploy" "$root/deploy.new"

echo "2/4 checking it with this machine's settings"
as lokdarpan "$release/bin/python" -P -m gunicorn --check-config lokdarpan_web.wsgi:app

echo "3/4 the schema"
as lokdarpan_owner "$release/bin/lokdarpan" db upgrade
as lokdarpan_owner "$release/bin/lokdarpan" jobs kinds > /dev/null # makes the queue's tables where it lies in the database
trap - ERR

echo "4/4 going over"
point_to "$release"
rm -rf "$root/deploy" && mv "$root/deploy.new" "$root/deploy"
if ! systemctl is-active --quiet lokdarpan-web; then
    echo "Installed; nothing runs yet."
    exit
fi
if ! go_over; then
    echo "The new version does not answer: going back to ${before:-none}. Look into: journalctl -u lokdarpan-web" >&2
    if [ -n "$before" ]; then point_to "$before"; systemctl restart lokdarpan-web; fi
    exit 1
fi
systemctl restart lokdarpan-worker
for old in $(find "$root/releases" -mindepth 1 -maxdepth 1 | sort | head --lines=-3); do
    if [ "$old" != "$release" ] && [ "$old" != "$before" ]; then rm -rf "$old"; fi
done
echo "Done: $release"
