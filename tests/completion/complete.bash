# complete.bash SCRIPT: for each line of standard input, what bash offers at its end, a word a line, and
# a line "===" behind it. Words are parted as bash parts them, at blanks and at "=".
source "$1"
compopt() { :; } # only works within a completion that the Tab key started
while IFS= read -r line; do
    COMP_LINE=$line COMP_POINT=${#line} COMP_WORDS=()
    for word in $line; do
        while [[ $word == *=* ]]; do
            COMP_WORDS+=("${word%%=*}" =)
            word=${word#*=}
        done
        [[ -z $word ]] || COMP_WORDS+=("$word")
    done
    [[ $line != *\  ]] || COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _avow
    ((${#COMPREPLY[@]} == 0)) || printf '%s\n' "${COMPREPLY[@]}"
    echo ===
done
