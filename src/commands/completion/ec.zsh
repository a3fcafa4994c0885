#compdef ec
# Completion of ec for zsh. Made by `ec completion zsh`.
#
# What was typed is handed to ec as it stands and never evaluated, and so is what ec answers: names of resources and the
# like come from outside.

_ec() {
  local answer line value description
  local -a typed lines told
  # (Q) takes quotes away without running what stands in them; the word at the cursor ends there.
  typed=("${(@Q)words[2,CURRENT-1]}" "${(Q)PREFIX}")
  answer=$(command ec complete -- "${typed[@]}" 2>/dev/null) || return 1
  lines=("${(@f)answer}")
  local -i directive=4
  [[ $lines[-1] == :<-> ]] && directive=${lines[-1]#:}

  # Behind `--flag=` a value of its own begins.
  [[ $PREFIX == --*=* ]] && compset -P 1 '*='

  if (( directive == 0 )); then
    _files
    return
  elif (( directive & 16 )); then
    _files -/
    return
  fi
  for line in "${(@)lines[1,-2]}"; do
    # _describe parts value and description at the first colon that is not escaped, and reads backslashes in both.
    line=${line//\\/\\\\}
    value=${line%%$'\t'*}
    description=
    [[ $line == *$'\t'* ]] && description=${line#*$'\t'}
    told+=("${value//:/\\:}${description:+:$description}")
  done
  local -a suffix
  (( directive & 2 )) && suffix=(-S '')
  _describe -V ec told "${suffix[@]}"
}

# Found through fpath, this file is the function itself; sourced, it says what it completes.
if [[ ${funcstack[1]} == _ec ]]; then
  _ec "$@"
else
  (( ${+functions[compdef]} )) || { autoload -Uz compinit && compinit -i }
  compdef _ec ec
fi
