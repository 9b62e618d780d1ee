# Sourced by figures.sh: medians of the lines of the row's section, and what they say to its goal.

# med NAME KEY [FIRST [LAST]]: the median of KEY in NAME's lines under the last title, of those with
# a repeat from FIRST to LAST. Nothing if there is none.
med() {
  awk -v title="# $section" -v name="$1" -v key="$2" -v first="${3:-1}" -v last="${4:-1000}" '
    /^#/ { at = $0 == title }
    at && $1 == name && !/ failed=/ {
      match($0, /repeat=[0-9]+/); k = substr($0, RSTART + 7, RLENGTH - 7) + 0
      if (k < first || k > last || !match($0, "\"?" key "\"?[=:][0-9.]+")) next
      x = substr($0, RSTART, RLENGTH); sub(/.*[=:]/, "", x); x += 0
      for (i = ++n; i > 1 && v[i - 1] > x; i--) v[i] = v[i - 1]
      v[i] = x
    }
    END { if (n) print n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2 }' "$out"
}
warm() { med "$1" "$2" $((SKIP + 1)); }   # of a JVM

# ratio WHAT UNIT OURS MARK [GOAL]: OURS against MARK, the goal is a ratio.
ratio() {
  awk -v w="$1" -v u="$2" -v a="$3" -v b="$4" -v g="${5:-}" '
    function n(x) { return x >= 1000 ? int(x + 0.5) : sprintf("%.3g", x) }
    BEGIN {
    r = a == "" || b + 0 == 0 ? "-" : a / b
    printf "%s: %s against %s%s: ", w, a == "" ? "-" : n(a),
      b == "" ? "-" : n(b), u == "" ? "" : " " u
    if (r == "-") { print "-"; exit }
    printf "%.2f x", r
    if (g != "") printf ", goal %s x: %s", g, r <= g ? "held" : "missed"
    print "" }' >> "$work/verdicts.txt"
}

# amount WHAT UNIT OURS GOAL: the goal is in the same unit.
amount() {
  awk -v w="$1" -v u="$2" -v a="$3" -v g="$4" 'BEGIN {
    if (a == "") { printf "%s: -\n", w; exit }
    printf "%s: %.3g %s, goal %s: %s\n", w, a, u, g, a + 0 <= g + 0 ? "held" : "missed"
  }' >> "$work/verdicts.txt"
}

# also WHAT UNIT FIGURE: has no goal.
also() {
  printf '  %s: %s %s\n' "$1" "$([ -z "$3" ] && echo - || printf %.3g "$3")" "$2" \
    >> "$work/verdicts.txt"
}
