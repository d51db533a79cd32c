#!/bin/sh
# Draws the tables of docs/performance.md: that page on standard input, an SVG on standard output.
awk '
BEGIN {
    FS = "|"
    color["csan"] = "#1f6feb"; color["LSan gcc"] = "#8a6d9e"; color["LSan clang"] = "#b9a6c7"
    color["TSan gcc"] = "#8a6d9e"; color["heaptrack"] = "#c98a4b"; color["plain"] = "#c4c9cf"
    WIDTH = 880; MARGIN = 24; GAP = 40; LABEL = 78; BAR = 15; STEP = 21
}

function trim(s) { gsub(/^[ \t]+|[ \t]+$/, "", s); return s }
function text(x, y, class, what) {
    gsub(/&/, "\\&amp;", what); gsub(/</, "\\&lt;", what)
    body = body sprintf("<text x=\"%.1f\" y=\"%.1f\" class=\"%s\">%s</text>\n", x, y, class, what)
}
function number(v) { return v + 0 < 10 ? sprintf("%.1f", v) : sprintf("%.0f", v) }

/^\|  \|/ { # the head of a table: which column is whose
    delete column
    for (i = 3; i < NF; i++) {
        name = trim($i)
        if (name ~ /^-lcsan$/ || (name == "csan PROG" && !("csan" in column))) name = "csan"
        if (!(name in column)) column[name] = i
    }
    next
}
/^\|/ {
    key = trim($2)
    for (name in column) {
        v = trim($column[name])
        sub(/^\+/, "", v)
        if (v ~ /^-?[0-9.]+$/) value[key, name] = v
    }
}

# One row of a table as bars. Returns the height that it took.
function panel(x, y, width, title, unit, key, names,    n, i, name, most, at, long, room) {
    n = split(names, order, ",")
    most = 0
    for (i = 1; i <= n; i++) if ((key, order[i]) in value && value[key, order[i]] + 0 > most) most = value[key, order[i]] + 0
    if (most <= 0) return 0
    text(x, y + 14, "title", title)
    text(x, y + 30, "unit", unit)
    at = y + 42
    room = width - LABEL - 46
    for (i = 1; i <= n; i++) {
        name = order[i]
        if (!((key, name) in value)) {
            text(x + LABEL - 8, at + 12, "tool", name)
            text(x + LABEL, at + 12, "unit", "–")
            at += STEP
            continue
        }
        long = value[key, name] / most * room
        if (long < 1.5) long = 1.5
        text(x + LABEL - 8, at + 12, name == "csan" ? "own" : "tool", name)
        body = body sprintf("<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\" rx=\"2\" fill=\"%s\"/>\n", x + LABEL, at, long, BAR, color[name])
        text(x + LABEL + long + 6, at + 12, "value", number(value[key, name]))
        at += STEP
    }
    return at - y + 22
}

# Two panels side by side.
function pair_of(y, t1, u1, k1, n1, t2, u2, k2, n2,    width, a, b) {
    width = (WIDTH - 2 * MARGIN - GAP) / 2
    a = panel(MARGIN, y, width, t1, u1, k1, n1)
    b = panel(MARGIN + width + GAP, y, width, t2, u2, k2, n2)
    return y + (a > b ? a : b)
}

function as_percent(key, names,    n, i) {
    n = split(names, order, ",")
    for (i = 1; i <= n; i++)
        if ((key, order[i]) in value && value[key, "plain"] > 0)
            value[key, order[i]] = 100 * value[key, order[i]] / value[key, "plain"]
}

END {
    leak = "csan,LSan gcc,LSan clang,heaptrack"
    check = "csan,LSan gcc,LSan clang"
    lock = "plain,csan,TSan gcc"
    run = "csan,LSan gcc,heaptrack"
    pair = "ns of processor time a malloc+free pair, 12 frames, 1 thread"
    pointers = "the same, built with frame pointers, 12 frames"
    ending = "ms from main\047s end to the process\047s, 1,000,000 live blocks"
    empty = "ms of a whole empty process"
    mutex = "ns of processor time a lock+unlock, mutex"
    rwlock = "the same, rwlock, to read"
    y = 64
    y = pair_of(y, "malloc + free, complete stacks of 12 frames", "ns added; LSan takes 2 frames here", pair, leak,
        "the same, built with frame pointers", "ns added; all stacks complete", pointers, leak)
    y = pair_of(y, "leak check at the end, 1,000,000 live blocks", "ms added", ending, check,
        "an empty process, start to end", "ms added", empty, leak)
    y = pair_of(y, "mutex lock + unlock, uncontended", "ns, whole", mutex, lock,
        "rwlock, to read", "ns, whole", rwlock, lock)
    n = 0
    for (k in value) {
        split(k, part, SUBSEP)
        if (part[2] == "plain" && part[1] ~ /^ms of processor time, /) programs[++n] = part[1]
    }
    for (i = 1; i <= n; i++) # by name, as awk has no sort
        for (j = i + 1; j <= n; j++)
            if (programs[j] < programs[i]) { swap = programs[i]; programs[i] = programs[j]; programs[j] = swap }
    for (i = 1; i <= n; i += 2) {
        for (j = i; j <= i + 1; j++) {
            called[j] = what[j] = programs[j]
            sub(/^ms of processor time, /, "", called[j])
            sub(/:.*/, "", called[j])
            sub(/.*: /, "", what[j])
            as_percent(programs[j], run)
        }
        y = pair_of(y, called[i], "% of the run added: " what[i], programs[i], run,
            called[i + 1], "% of the run added: " what[i + 1], programs[i + 1], run)
    }
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">\n", WIDTH, y + 4, WIDTH, y + 4
    print "<!-- Drawn by bench/chart.sh from docs/performance.md. -->"
    print "<style>text { font-family: system-ui, -apple-system, \"Segoe UI\", Helvetica, Arial, sans-serif; fill: #1f2328; font-size: 12.5px }"
    print ".head { font-size: 18px; font-weight: 600 } .title { font-size: 13.5px; font-weight: 600 }"
    print ".unit { fill: #656d76; font-size: 11.5px } .tool { text-anchor: end; fill: #57606a }"
    print ".own { text-anchor: end; font-weight: 600; fill: #1f6feb } .value { font-variant-numeric: tabular-nums }</style>"
    printf "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n", WIDTH, y + 4
    body_of_page = body
    body = ""
    text(MARGIN, 36, "head", "What csan costs")
    text(MARGIN + 180, 36, "unit", "shorter is better; measured side by side in one run")
    printf "%s%s</svg>\n", body, body_of_page
}'
