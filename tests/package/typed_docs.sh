#!/usr/bin/env bash
# Types the commands of README, installing.md and the tutorials (English and Chinese) as a newcomer would, in a Debian that has nothing
# but git, with only the packages that the pages themselves install.
#
#   tests/package/typed_docs.sh <empty folder>
#
# Three newcomers, each in a root of its own: one follows README.md and then the Chinese tutorial, one installing.md and the tutorial, one
# builds from the source tree without a package. Needs root, debootstrap, the network and 12 GB.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:?"usage: tests/package/typed_docs.sh <empty folder>"}
if [ -n "$(ls -A "$folder" 2>/dev/null)" ]; then
  echo "typed_docs.sh: '$folder' is not empty" >&2
  exit 2
fi
mkdir -p "$folder"
folder=$(realpath "$folder")

# The sources and certificates of this machine, so that a mirror works there as it does here.
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)
make_root() {
  local root=$1 part
  if [ ! -d "$folder/bare" ]; then
    debootstrap --variant=minbase --include=ca-certificates,git bookworm "$folder/bare" "$mirror" >/dev/null
    rm -f "$folder"/bare/etc/apt/sources.list
    for part in sources.list sources.list.d apt.conf.d auth.conf.d keyrings trusted.gpg.d; do
      [ ! -e "/etc/apt/$part" ] || cp -a "/etc/apt/$part" "$folder/bare/etc/apt/"
    done
    cp -a /etc/ssl/certs "$folder/bare/etc/ssl/"
    [ ! -d /usr/local/share/ca-certificates ] || cp -a /usr/local/share/ca-certificates "$folder/bare/usr/local/share/"
    cp /etc/resolv.conf "$folder/bare/etc/resolv.conf"
    chroot "$folder/bare" apt-get update -qq
  fi
  cp -a "$folder/bare" "$root"
  git clone -q . "$root/root/tilth"
}

# typed PAGE HEADING: the commands of a section, which are indented by four blanks; of the whole page without a heading.
typed() {
  awk -v heading="${2:-}" '/^#/ { inside = (heading == "" || $0 ~ heading) } inside && /^    / { print substr($0, 5) }' "$1"
}

# walk ROOT PLACE: types the lines of standard input in a folder of the root.
walk() {
  local root=$1 place=$2
  mkdir -p "$root$place"
  cat >"$root/tmp/typed.sh"
  test -s "$root/tmp/typed.sh"
  mount -t proc proc "$root/proc"
  local status=0
  chroot "$root" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root QT_QPA_PLATFORM=offscreen \
    DEBIAN_FRONTEND=noninteractive sh -c "cd '$place' && bash -euo pipefail -v /tmp/typed.sh" </dev/null >"$root/tmp/typed.log" 2>&1 || status=$?
  umount "$root/proc"
  [ "$status" -eq 0 ] || { tail -n 20 "$root/tmp/typed.log" >&2; echo "typed_docs.sh: failed in $root" >&2; exit 1; }
  echo "typed_docs.sh: $(wc -l <"$root/tmp/typed.sh") lines typed in $place"
}

clean='s/^sudo //; s/apt-get install /apt-get install -y /; s/install -y -y/install -y/'
make_root "$folder/first"
make_root "$folder/second"
make_root "$folder/third"
typed docs/guide/installing.md 'As a Debian package' | sed "$clean" | walk "$folder/first" /root/tilth
typed docs/guide/tutorial.md | sed "$clean" | walk "$folder/first" /root/study
typed README.md Install | sed "$clean" | walk "$folder/second" /root/tilth
typed docs/guide/terrain.md | sed -n '/terrainfactors/,$p' | walk "$folder/first" /root/study
typed docs/guide/paper.md | walk "$folder/first" /root/study
# The Chinese page uses the data of the tutorial and ends before the products, which nobody has at hand.
cp -a "$folder"/first/root/study "$folder/second/root/study"
typed docs/zh/tutorial.md | sed -n '/sceneinfo/,$p' | sed '/importscene/,$d' | walk "$folder/second" /root/study
typed docs/guide/installing.md 'From the source tree' | sed "$clean" | walk "$folder/third" /root/tilth
echo "typed_docs.sh: every line that the pages name runs in a clean Debian"
