#!/bin/sh
# Installs what builds the page, builds it, checks it: for Maven, and for ./parley, which asks first
# whether that can be done here.
set -eu
unset CDPATH
cd "$(dirname "$0")/.."

need=20.19

fail() {
  echo "parley: $1" >&2
  exit 1
}

# Whether there is a Node.js that is new enough, and an npm.
look() {
  what="the page is built by Node.js $need or later and its npm"
  command -v node >/dev/null || fail "$what; there is no node on the PATH: install Node.js"
  command -v npm >/dev/null || fail "$what; there is no npm on the PATH: install it"
  node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    const [needMajor, needMinor] = process.argv[1].split(".").map(Number);
    process.exit(major > needMajor || (major === needMajor && minor >= needMinor) ? 0 : 1);
  ' "$need" || fail "$what; found $(node --version): install a newer one"
}

# Whether what is installed is what the lock file says: npm writes down at the end what it did.
installed() {
  [ -n "$(find node_modules/.package-lock.json -newer package-lock.json 2>/dev/null)" ]
}

case ${1:-} in
  look) look ;;
  build)
    look
    installed || npm ci --no-audit --no-fund
    npm run build
    ;;
  check)
    look
    npm run check
    ;;
  *) fail "page.sh: ${1:-nothing} (expected: look, build or check)" ;;
esac
