#!/bin/sh
# Installs what Jingwei needs to be built and run, or tested, on Debian 12 or Ubuntu 24.04 and newer.
# When nothing is missing it says so and ends without touching the network.
set -eu

usage() {
	cat <<'TEXT'
usage: sh deploy/setup.sh run|test
  run   PostgreSQL 15 or newer with PostGIS, the npm packages of the viewer
  test  the same, and a C compiler (for Go's race detector), Chromium and a Chinese font
Environment:
  JINGWEI_PG_BIN     folder of PostgreSQL's programs, instead of those that Debian's packages install
  JINGWEI_CHROMIUM   path of a Chromium or Chrome for the tests, instead of /usr/bin/chromium
TEXT
}

say() { printf 'setup: %s\n' "$*"; }
tell() { if [ -z "$unprivileged" ]; then say "$@"; fi; } # of what is done, not of what is printed for another to do
fail() {
	printf 'setup: %s\n' "$@" >&2
	exit 1
}
has() { command -v "$1" >/dev/null 2>&1; }

root=$(cd -- "$(dirname -- "$0")/.." && pwd)
web=$root/api/web
oldest_postgres=15
oldest_node=20
drop_in=/etc/postgresql-common/createcluster.d/jingwei.conf
packages=
unprivileged= # set when commands for root could only be printed

# --- what is there

# installed_postgres prints the major versions of installed servers, newest first.
installed_postgres() {
	for dir in /usr/lib/postgresql/*/bin; do
		if [ -x "$dir/postgres" ]; then
			version=${dir%/bin}
			echo "${version##*/}"
		fi
	done | sort -rn
}

# has_postgis looks for the library too: the control file is in a package of its own, which may be all that is left.
has_postgis() {
	[ -e "/usr/share/postgresql/$1/extension/postgis.control" ] && [ -e "/usr/lib/postgresql/$1/lib/postgis-3.so" ]
}

# postgres_ready tells whether a server that is new enough has PostGIS. Servers that are not from Debian's packages are
# left to Jingwei, which names what is missing.
postgres_ready() {
	if [ -n "${JINGWEI_PG_BIN:-}" ]; then return 0; fi
	for version in $(installed_postgres); do
		if [ "$version" -ge "$oldest_postgres" ] && has_postgis "$version"; then return 0; fi
	done
	return 1
}

is_ubuntu() { grep -qs '^ID=ubuntu' /etc/os-release; }

# chromium_ready does not take Ubuntu's /usr/bin/chromium-browser, a script that asks for a snap, nor the snap itself,
# which cannot see the folders of a test.
chromium_ready() {
	if [ -n "${JINGWEI_CHROMIUM:-}" ]; then
		[ -x "$JINGWEI_CHROMIUM" ] || fail "JINGWEI_CHROMIUM names $JINGWEI_CHROMIUM, which is no program"
		return 0
	fi
	[ -x /usr/bin/chromium ]
}

chinese_font_ready() {
	[ -e /usr/share/fonts/truetype/wqy/wqy-microhei.ttc ] || { has fc-list && [ -n "$(fc-list :lang=zh-cn family)" ]; }
}

# npm_ready: npm writes node_modules/.package-lock.json at the end of an installation.
npm_ready() {
	done_mark=$web/node_modules/.package-lock.json
	[ -e "$done_mark" ] && [ -z "$(find "$web/package-lock.json" -newer "$done_mark")" ]
}

check_go_and_node() {
	has go || fail "Go is missing: https://go.dev/dl (Jingwei needs the version in go.mod, which any Go since 1.21 fetches)"
	if ! has node || ! has npm; then
		fail "Node.js $oldest_node or newer with npm is missing: apt-get install nodejs npm on Debian 13, else https://nodejs.org/en/download"
	fi
	version=$(node --version)
	major=${version#v}
	major=${major%%.*}
	[ "$major" -ge "$oldest_node" ] || fail "Node.js $version is too old, $oldest_node or newer is needed: https://nodejs.org/en/download"
}

# --- installing

# as_root runs a command as root, or prints it for somebody who can.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif has sudo; then
		sudo "$@"
	else
		printf ' '
		for word; do
			case $word in
			*[!A-Za-z0-9_./=:-]*) printf " '%s'" "$word" ;;
			*) printf ' %s' "$word" ;;
			esac
		done
		printf '\n'
	fi
}

apt_install() {
	tell "installing $*"
	as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"
}

candidate() { apt-cache policy "$1" | sed -n 's/^ *Candidate: *//p' | grep -v '(none)'; }

# choose_postgres prints the version to install PostGIS for: the newest that is here, else the system's own.
choose_postgres() {
	for version in $(installed_postgres); do
		if [ "$version" -ge "$oldest_postgres" ]; then
			echo "$version"
			return
		fi
	done
	version=$(candidate postgresql) || return 0
	echo "${version%%[!0-9]*}"
}

# forbid_main_cluster keeps Debian's package from starting a server of its own on port 5432, which nobody asked for.
# What the administrator has decided, or has running, stays. It has to come after postgresql-common, whose settings it
# adds to, and before the server's package.
forbid_main_cluster() {
	if [ -n "$(installed_postgres)" ]; then return 0; fi
	if ! has pg_conftool; then apt_install postgresql-common; fi
	settings=/etc/postgresql-common/createcluster.conf
	if [ -e "$settings" ] && [ -n "$(pg_conftool "$settings" show -bs create_main_cluster 2>/dev/null || :)" ]; then
		say "leaving create_main_cluster as $settings has it"
		return 0
	fi
	tell "telling postgresql-common not to start a server of its own ($drop_in)"
	as_root sh -c "mkdir -p ${drop_in%/*} && echo create_main_cluster = false >$drop_in"
}

plan_postgres() {
	version=$(choose_postgres)
	if [ -z "$version" ]; then fail "apt offers no postgresql: is the main section in /etc/apt/sources.list?"; fi
	if [ "$version" -lt "$oldest_postgres" ]; then
		fail "this system offers PostgreSQL $version; Jingwei needs $oldest_postgres or newer." \
			"The PostgreSQL project has packages for it. To use them:" \
			"  apt-get install postgresql-common && /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh" \
			"Then come back."
	fi
	candidate "postgresql-$version-postgis-3" >/dev/null ||
		fail "apt offers PostgreSQL $version but not postgresql-$version-postgis-3: is the universe section (Ubuntu) or main (Debian) enabled?"
	packages="$packages postgresql-$version postgresql-$version-postgis-3"
	forbid_main_cluster
}

plan_chromium() {
	if ! is_ubuntu; then
		packages="$packages chromium"
		return
	fi
	for browser in google-chrome-stable google-chrome /opt/google/chrome/chrome; do
		if has "$browser"; then fail "for the tests in a browser: export JINGWEI_CHROMIUM=$(command -v "$browser")"; fi
	done
	fail "the tests in a browser need Chromium, which Ubuntu has only as a snap that cannot see their folders. Either" \
		"  install Google Chrome (https://www.google.com/chrome) and export JINGWEI_CHROMIUM=/usr/bin/google-chrome-stable" \
		"or, with no system-wide installation," \
		"  cd api/web && npm ci && npx playwright-core install --with-deps chromium, and export JINGWEI_CHROMIUM with the path of its chrome"
}

# install_packages updates the package lists first: only when something is to be installed.
install_packages() {
	has apt-get || fail "this script knows Debian and Ubuntu only. Missing:$1"
	say "missing:$1"
	if [ "$(id -u)" -ne 0 ] && ! has sudo; then
		unprivileged=yes
		say "they need root, and there is no sudo: run the following as root, then this again"
	fi
	as_root apt-get update -q
	case $1 in *ca-certificates*) packages="$packages ca-certificates" ;; esac
	case $1 in *compiler*) packages="$packages gcc libc6-dev" ;; esac
	case $1 in *font*) packages="$packages fonts-wqy-microhei" ;; esac
	case $1 in *Chromium*) plan_chromium ;; esac
	case $1 in *PostGIS*) plan_postgres ;; esac
	# Words are packages here.
	# shellcheck disable=SC2086
	apt_install $packages
	if [ -n "$unprivileged" ]; then exit 1; fi
}

missing_packages() {
	[ -s /etc/ssl/certs/ca-certificates.crt ] || has update-ca-certificates || ! has apt-get || printf ' ca-certificates,'
	postgres_ready || printf ' PostgreSQL with PostGIS,'
	if [ "$1" = test ]; then
		has cc || has gcc || printf ' a C compiler,'
		chromium_ready || printf ' Chromium,'
		chinese_font_ready || printf ' a Chinese font,'
	fi
}

case ${1:-} in
run | test) ;;
-h | --help)
	usage
	exit 0
	;;
*)
	usage >&2
	exit 2
	;;
esac

check_go_and_node
missing=$(missing_packages "$1")
if [ -n "$missing" ]; then install_packages "${missing%,}"; fi
if npm_ready; then
	if [ -z "$missing" ]; then say "nothing to install"; fi
else
	say "installing the npm packages of the viewer (npm ci in api/web)"
	(cd "$web" && npm ci --no-audit --no-fund --loglevel=error)
fi
