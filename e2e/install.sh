#!/usr/bin/env bash
# Installs the browsers that the tests of this folder drive, where they are missing: on Debian and its like, by apt-get, as root.
#
#   e2e/install.sh              chromium, firefox and webkit
#   e2e/install.sh firefox      that one alone
set -euo pipefail

# Two packages of tests may ask at once, and apt-get gives way to nobody.
if command -v flock >/dev/null; then
  exec 9>"${TMPDIR:-/tmp}/corscope-install.lock"
  flock 9
fi

have() { local p; for p in "$@"; do command -v "$p" >/dev/null && return 0; done; return 1; }

missing=()
for browser in "${@:-chromium firefox webkit}"; do
  for name in $browser; do
    case $name in
      chromium) have chromium chromium-browser google-chrome || missing+=(chromium) ;;
      firefox) have firefox-esr firefox || missing+=(firefox-esr) ;;
      webkit)
        have WebKitWebDriver || missing+=(webkit2gtk-driver)
        have Xvfb || missing+=(xvfb)
        ;;
      *) echo "install.sh: there is no browser called $name here: chromium, firefox, webkit" >&2; exit 2 ;;
    esac
  done
done
[ ${#missing[@]} -gt 0 ] || { echo 'install.sh: nothing is missing'; exit 0; }

if ! have apt-get; then
  echo "install.sh: this system has no apt-get; install by hand: ${missing[*]}" >&2
  exit 1
fi
if [ "$(id -u)" != 0 ]; then
  echo "install.sh: apt-get needs root; run: sudo $0 $*" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -q 9>&-
if ! apt-get install -q -y --no-install-recommends "${missing[@]}" 9>&-; then
  echo "install.sh: apt-get could not install ${missing[*]}; its reason stands above" >&2
  exit 1
fi
