#!/bin/sh
# What a shell completes behind `csan`, made from what csan's own help says, so that it is never
# older than the command:  completions.sh bash|zsh|fish PATH-OF-CSAN
set -eu
shell=$1 csan=$2

# Rows of words parted by tabs: what completions know.
#   verb NAME SENTENCE
#   flag VERB OPTION VALUE           VALUE: file, words of a choice, or "" (something else)
#   word VERB WORDS                  what may follow the verb besides files
#   option NAME VALUE SENTENCE       of csan run
facts() {
    "$csan" help | awk '
        /^  csan / { verb = $2 == "[run]" ? "run" : $2; next }
        /^        / && verb { sub(/^ */, ""); print "verb\t" verb "\t" $0; verb = "" }'
    formats=$("$csan" report --format '?' x 2>&1 | sed 's/.*there are //; s/,//g')
    for verb in $("$csan" help | awk '/^  csan / && $2 != "[run]" { print $2 }'); do
        "$csan" help "$verb" | awk -v verb="$verb" -v formats="$formats" '
            NR > 1 { exit }
            {
                gsub(/[][|]/, " ")
                for (i = 1; i <= NF; i++) {
                    if ($i !~ /^-/ || $i in seen || $i == "--") continue
                    seen[$i]
                    name = $i
                    has = index(name, "=")
                    value = has ? "" : $(i + 1)
                    sub(/=.*/, has ? "=" : "", name)
                    print "flag\t" verb "\t" name "\t" (value == "FILE" ? "file" : value == "FORMAT" ? formats : "")
                }
            }'
    done
    printf 'word\texplain\t%s\n' "$("$csan" explain | awk '{ printf "%s ", $1 }' | sed 's/ $//')"
    printf 'word\tsupp\t%s\n' "$("$csan" help supp | sed -n '1s/.*supp \([a-z|]*\).*/\1/p' | tr '|' ' ')"
    printf 'word\thelp\t%s\n' "$("$csan" help | awk '/^  csan / { printf "%s ", $2 == "[run]" ? "run" : $2 }' | sed 's/ $//')"
    "$csan" help run | awk '
        function put() { if (name != "") { sub(/(;|\. |\.$).*/, "", text); print "option\t" name "\t" value "\t" text } name = "" }
        /^  --/ {
            put()
            if (/\[not in this version\]$/) next
            name = substr($1, 3); sub(/=.*/, "", name)
            value = $0
            sub(/, several with commas/, "", value)
            sub(/^[^(]*\(/, "", value); sub(/[;)].*/, "", value)
            if (value == "file" || value == "folder") next_words = value
            else {
                n = split(value, word, /, | or | and | /)
                next_words = ""
                for (i = 1; i <= n; i++)
                    if (word[i] !~ /^(size|duration|number|glob|text|[0-9]+ to [0-9]+)$/)
                        next_words = next_words (next_words == "" ? "" : " ") word[i]
            }
            value = next_words; text = ""
            next
        }
        /^      / && name != "" { sub(/^ */, ""); text = text (text == "" ? "" : " ") $0 }
        END { put() }'
}

bash_script() {
    cat <<'END'
# bash completion for csan: made by packaging/completions.sh from csan's own help.
_csan_files() {
    [[ $(type -t compopt) != builtin ]] || compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen "$1" -- "$cur")
}
_csan_words() {
    mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
    [[ ${#COMPREPLY[@]} != 1 || ${COMPREPLY[0]} != *= ]] || compopt -o nospace 2>/dev/null
}
_csan_value() { # of an option: what completes it
    case $1 in
    file) _csan_files -f ;;
    folder) _csan_files -d ;;
    *) _csan_words "$1" ;;
    esac
}
_csan_program() { # what stands behind the program is the program's
    if declare -F _command_offset >/dev/null; then _command_offset "$1"; else _csan_files -f; fi
}
END
    awk -F '\t' '
        $1 == "verb" { verbs = verbs (verbs == "" ? "" : " ") $2 }
        $1 == "option" { options = options " --" $2 "="; value[$2] = $3 }
        $1 == "flag" { flags[$2] = flags[$2] " " $3; given[$2 " " $3] = $4 }
        $1 == "word" { words[$2] = $3 }
        END {
            print "_csan_verbs=\"" verbs "\""
            print "_csan_options=\"" substr(options, 2) " --help --version\""
            print "_csan_option_value() {\n    case $1 in"
            for (o in value) print "    --" o ") _csan_value \"" value[o] "\" ;;" | "sort"
            close("sort")
            print "    *) return 1 ;;\n    esac\n}"
            print "_csan_flags() {\n    case $1 in"
            for (v in flags) print "    " v ") echo \"" substr(flags[v], 2) "\" ;;" | "sort"
            close("sort")
            print "    esac\n}"
            print "_csan_flag_value() {\n    case \"$1 $2\" in"
            for (g in given) { f = g; sub(/=$/, "", f); print "    \"" f "\") _csan_value \"" given[g] "\" ;;" | "sort" }
            close("sort")
            print "    *) return 1 ;;\n    esac\n}"
            print "_csan_verb_words() {\n    case $1 in"
            for (v in words) print "    " v ") echo \"" words[v] "\" ;;" | "sort"
            close("sort")
            print "    esac\n}"
        }' "$1"
    cat <<'END'
_csan() {
    local cur=${COMP_WORDS[COMP_CWORD]} option="" verb="" i word
    COMPREPLY=()
    # bash parts --option=value at the =
    if [[ $cur == = ]]; then
        option=${COMP_WORDS[COMP_CWORD - 1]} cur=""
    elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == = ]]; then
        option=${COMP_WORDS[COMP_CWORD - 2]}
    elif [[ ${COMP_WORDS[COMP_CWORD - 1]} == -* && ${COMP_WORDS[COMP_CWORD - 1]} != -- ]]; then
        option=${COMP_WORDS[COMP_CWORD - 1]}
    fi
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ $word == -- && -z ${verb#run} ]]; then
            _csan_program $((i + 1))
            return
        elif [[ $word == --* ]]; then
            [[ ${COMP_WORDS[i + 1]} == = ]] && ((++i))
            ((++i)) # its value
        elif [[ -z $verb && $i == 1 && " $_csan_verbs " == *" $word "* ]]; then
            verb=$word
        elif [[ -z ${verb#run} ]]; then
            _csan_program "$i"
            return
        fi
    done
    if [[ -n $verb && $verb != run ]]; then
        [[ -n $option ]] && _csan_flag_value "$verb" "$option" && return
        word=$(_csan_flags "$verb")
        if [[ $cur == -* ]]; then
            _csan_words "$word --help"
        else
            word=$(_csan_verb_words "$verb")
            if [[ -n $word && $i == 2 ]]; then _csan_words "$word"; else _csan_files -f; fi
        fi
        return
    fi
    [[ -n $option ]] && _csan_option_value "$option" && return
    if [[ $cur == -* ]]; then
        _csan_words "$_csan_options"
    else
        local verbs=()
        [[ -n $verb || $COMP_CWORD != 1 ]] || mapfile -t verbs < <(compgen -W "$_csan_verbs" -- "$cur")
        if [[ $cur == */* ]]; then _csan_files -f; else mapfile -t COMPREPLY < <(compgen -c -- "$cur"); fi
        [[ -n $cur ]] || COMPREPLY=()
        COMPREPLY=("${verbs[@]}" "${COMPREPLY[@]}")
    fi
}
complete -F _csan csan
END
}

zsh_script() {
    echo '#compdef csan'
    echo '# zsh completion for csan: made by packaging/completions.sh from its own help.'
    awk -F '\t' '
        function quoted(s) { gsub(/\047/, "\047\\\047\047", s); return "\047" s "\047" }
        function plain(s) { gsub(/\[|\]|:/, "\\\\&", s); return s }
        function action(v) { return v == "file" ? "_files" : v == "folder" ? "_files -/" : v == "" ? " " : "(" v ")" }
        $1 == "verb" { verbs = verbs "\n        " quoted($2 ":" plain($3)) }
        $1 == "option" { options = options "\n        " quoted("--" $2 "=[" plain($4) "]:value:" action($3)) }
        $1 == "flag" { flags[$2] = flags[$2] " " quoted($3 ":value:" action($4)) }
        $1 == "word" { words[$2] = $3 }
        END {
            print "_csan() {\n    local curcontext=$curcontext state line\n    local -a verbs=(" verbs "\n    )"
            print "    local -a options=(" options "\n    )"
            print "    _arguments -C -S -A \047-*\047 $options \"(-)\"{-h,--help}\"[list the verbs]\" \"(-)\"{-V,--version}\"[print the version]\" \\"
            print "        \0471: :->first\047 \047*:: :->rest\047 && return"
            print "    case $state in\n    first)"
            print "        _describe -t verbs verb verbs\n        _command_names -e\n        _files -g \047*(-*)\047\n        ;;"
            print "    rest)\n        case $words[1] in"
            print "        run) _arguments -S -A \047-*\047 $options \0471:program: _command_names -e\047 \047*:: : _normal\047 ;;"
            n = split(verbs, all, "\n        ")
            for (i = 2; i <= n; i++) {
                v = substr(all[i], 2); sub(/:.*/, "", v)
                if (v == "run" || v == "version") continue
                first = v in words ? " \0471:word:(" words[v] ")\047" : ""
                print "        " v ") _arguments" flags[v] " --help" first " \047*:file:_files\047 ;;"
            }
            print "        *) _normal ;;\n        esac\n        ;;\n    esac\n}\n_csan \"$@\""
        }' "$1"
}

fish_script() {
    echo '# fish completion for csan: made by packaging/completions.sh from its own help.'
    awk -F '\t' '
        function quoted(s) { gsub(/[\\\047]/, "\\\\&", s); return "\047" s "\047" }
        function value(v) { return v == "file" ? "-r -F" : v == "folder" ? "-x -a \047(__fish_complete_directories)\047" : "-x" (v == "" ? "" : " -a " quoted(v)) }
        $1 == "verb" { verbs = verbs " " $2; first = first "complete -c csan -n __fish_use_subcommand -a " $2 " -d " quoted($3) "\n" }
        $1 == "option" { options = options "complete -c csan -n __csan_runs -l " $2 " " value($3) " -d " quoted($4) "\n" }
        $1 == "flag" {
            name = $3
            sub(/=$/, "", name)
            sub(/^--/, "-l ", name) || sub(/^-/, "-s ", name)
            flags = flags "complete -c csan -n \047__fish_seen_subcommand_from " $2 "\047 " name " " value($4) "\n"
        }
        $1 == "word" { words = words "complete -c csan -n \047__fish_seen_subcommand_from " $2 "\047 -a " quoted($3) "\n" }
        END {
            sub(/^ run/, "", verbs)
            print "function __csan_runs\n    not __fish_seen_subcommand_from" verbs "\nend"
            printf "%s", first
            print "complete -c csan -n __fish_use_subcommand -a \047(__fish_complete_command)\047"
            print "complete -c csan -l help -d \047More about it\047"
            printf "%s%s%s", options, flags, words
        }' "$1"
}

facts=${TMPDIR:-/tmp}/csan-facts.$$
trap 'rm -f "$facts"' EXIT
facts >"$facts"
"${shell}_script" "$facts"
