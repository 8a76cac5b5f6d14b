# Shortens JSON for reading: one member a line down to `levels` (default 2), what lies deeper as {…}, long lists as […].
#   awk -v levels=2 -f outline.awk < document.json

BEGIN { if (!levels) levels = 2 }
{ text = text $0 "\n" }
END { at = 1; print value(0) }

function blank() { while (substr(text, at, 1) ~ /[ \t\r\n]/) at++ }

function string(    start, c) {
    start = at++
    while ((c = substr(text, at, 1)) != "\"" && c != "") at += (c == "\\") ? 2 : 1
    at++
    return substr(text, start, at - start)
}

function value(depth,    c, start) {
    blank()
    c = substr(text, at, 1)
    if (c == "{") return object(depth)
    if (c == "[") return list(depth)
    if (c == "\"") return string()
    start = at
    while (substr(text, at, 1) ~ /[-+.0-9a-zA-Z]/) at++
    if (at == start) at = length(text) + 1 # not JSON: end here
    return substr(text, start, at - start)
}

function object(depth,    out, name, member, indent, count) {
    indent = sprintf("%" (2 * depth + 2) "s", "")
    at++
    for (blank(); substr(text, at, 1) == "\""; blank()) {
        name = string()
        blank(); at++ # the colon
        member = value(depth + 1)
        out = out (count++ ? "," : "") "\n" indent name ": " member
        blank()
        if (substr(text, at, 1) == ",") at++
    }
    at++
    if (!count) return "{}"
    return depth < levels ? "{" out "\n" substr(indent, 3) "}" : "{…}"
}

function list(depth,    out, count) {
    at++
    for (blank(); at <= length(text) && substr(text, at, 1) != "]"; blank()) {
        out = out (count++ ? ", " : "") value(levels)
        blank()
        if (substr(text, at, 1) == ",") at++
    }
    at++
    return length(out) <= 90 ? "[" out "]" : "[… " count " …]"
}
