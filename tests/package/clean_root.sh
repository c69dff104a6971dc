#!/usr/bin/env bash
# Installs the Debian package in a Debian that has never seen tilth, and walks through the tutorial there without the source tree.
#
#   tests/package/clean_root.sh <empty folder> [<package.deb>]
#
# Without a package it makes one (cmake --workflow --preset package). Needs root, debootstrap, the network and 2 GB.
set -euo pipefail
cd "$(dirname "$0")/../.."
root=${1:?"usage: tests/package/clean_root.sh <empty folder> [<package.deb>]"}
package=${2:-}
if [ -z "$package" ]; then
  cmake --workflow --preset package
  package=$(ls build/package/tilth_*.deb)
fi
if [ -n "$(ls -A "$root" 2>/dev/null)" ]; then
  echo "clean_root.sh: '$root' is not empty" >&2
  exit 2
fi

# The sources and certificates of this machine, so that a mirror works there as it does here.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | head -n 1)
debootstrap --variant=minbase --include=ca-certificates bookworm "$root" "$mirror"
rm -f "$root"/etc/apt/sources.list
for part in sources.list sources.list.d apt.conf.d auth.conf.d keyrings trusted.gpg.d; do
  [ ! -e "/etc/apt/$part" ] || cp -a "/etc/apt/$part" "$root/etc/apt/"
done
cp -a /etc/ssl/certs "$root/etc/ssl/"
[ ! -d /usr/local/share/ca-certificates ] || cp -a /usr/local/share/ca-certificates "$root/usr/local/share/"
cp /etc/resolv.conf "$root/etc/resolv.conf"
cp "$package" "$root/tmp/tilth.deb"
cp docs/guide/tutorial.md tests/package/walk.sh "$root/tmp/"
mount -t proc proc "$root/proc"
trap 'umount "$root/proc"' EXIT

inside() {
  echo "\$ $*"
  chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive sh -c "$*"
}
inside "apt-get update -qq"
inside "apt-get install -y -qq /tmp/tilth.deb >/dev/null" # with what it recommends: gdal-bin and QGIS
inside "/tmp/walk.sh /tmp/tutorial.md /tmp/study"
echo "clean_root.sh: the package works in $root"
