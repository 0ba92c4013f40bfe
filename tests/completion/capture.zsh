# Sourced by an interactive zsh: what the Tab key offers goes to the file $CAPTURE, a word a line; what
# the line became, with "=== " before it, when Control-X is typed.
autoload -Uz compinit
compinit -u -D
compadd()
{
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then
        builtin compadd "$@"
        return $?
    fi
    typeset -a offered
    builtin compadd -A offered "$@"
    print -rl -- $offered >>$CAPTURE
    builtin compadd "$@"
}
finish-line()
{
    print -r -- "=== $BUFFER" >>$CAPTURE
    BUFFER=
}
zle -N finish-line
bindkey '^X' finish-line
bindkey '^I' complete-word
zstyle ':completion:*' verbose yes
PS1='ready> '
