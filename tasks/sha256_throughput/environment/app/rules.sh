# Part of the build, not to be edited: refuses a source that asks for another instruction set than x86-64-v3.
#   sh rules.sh COMPILER FLAGS... SOURCE
# Looks at the text after the preprocessor, so that macros hide nothing; headers of the system may say what they like.
for source; do :; done

refuse() {
    echo "$source: $1" >&2
    exit 1
}

if grep -nE '^[[:blank:]]*(#|%:|\?\?=)[[:blank:]]*(line|[0-9])' "$source" >&2; then
    refuse "line directives are not allowed"
fi
text=$("$@" -E) || exit 1
if printf '%s\n' "$text" | awk '
    /^# [0-9]+ "/ { system_header = $3 ~ "^\"/usr/"; next }
    system_header { next }
    /^[ \t]*#[ \t]*pragma[ \t]+GCC[ \t]+target/ { print; found = 1; next }
    /(^|[^A-Za-z0-9_])(__)?target(_clones|_version)?(__)?[ \t]*(\(|$)/ { print; found = 1 }
    END { exit !found }' >&2; then
    refuse "pragma and attribute target are not allowed; all is compiled for x86-64-v3"
fi
