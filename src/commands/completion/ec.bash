# Completion of ec for bash 3.2 and newer; it needs no other package. Made by `ec completion bash`.
#
# What was typed is handed to ec as it stands and never evaluated, and so is what ec answers: names of resources and the
# like come from outside.

_ec_complete() {
  local line=${COMP_LINE:0:COMP_POINT} rest piece i n=0
  local -a words
  words=()

  # Bash breaks words at = and : too. What stands without a blank between is one word; the last ends at the cursor.
  for ((i = 0; i <= COMP_CWORD; i++)); do
    rest=${line#"${line%%[![:space:]]*}"}
    piece=${COMP_WORDS[i]}
    ((i == COMP_CWORD)) && piece=$rest
    if ((i > 0)) && [[ $rest == "$line" ]]; then
      words[n - 1]=${words[n - 1]}$piece
    else
      words[n]=$piece
      n=$((n + 1))
    fi
    line=${rest#"$piece"}
  done

  # Quotes and backslashes are taken away, not obeyed.
  local word=${words[n - 1]} part=${COMP_WORDS[COMP_CWORD]} quoted=
  [[ $part == [\"\']* ]] && quoted=yes
  [[ $part == [=:] ]] && part=
  for ((i = 0; i < n; i++)); do words[i]=${words[i]//[\\\"\']/}; done
  word=${words[n - 1]}
  # The cursor may stand inside the word.
  [[ -n $part ]] && part=${part//[\\\"\']/}
  local before= flag=
  case $word in
    *"$part") before=${word%"$part"} ;;
    *) part=$word ;;
  esac
  [[ $word == --*=* ]] && flag=${word%%=*}=

  local value description directive=4
  local -a values descriptions
  values=() descriptions=()
  while IFS=$'\t' read -r value description; do
    if [[ $value == :* ]]; then
      directive=${value#:}
    else
      values+=("$flag$value")
      descriptions+=("$description")
    fi
  done < <(command ec complete -- "${words[@]:1}" 2>/dev/null)
  [[ $directive == *[!0-9]* ]] && return

  COMPREPLY=()
  ((directive & 2)) && compopt -o nospace 2>/dev/null
  ((directive & 32)) && compopt -o nosort 2>/dev/null
  if ((directive == 0 || directive & 16)); then
    local kind=-f
    ((directive & 16)) && kind=-d
    compopt -o filenames 2>/dev/null
    while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen "$kind" -- "$part")
    return
  fi

  # A list that is only shown (not inserted) tells what each value is: 63 is the second TAB, 33 and 64 list at once.
  local width=0 tells=
  case $COMP_TYPE in 33 | 63 | 64) ((${#values[@]} > 1)) && tells=yes ;; esac
  for ((i = 0; i < ${#values[@]}; i++)); do ((${#values[i]} > width)) && width=${#values[i]}; done
  for ((i = 0; i < ${#values[@]}; i++)); do
    value=${values[i]#"$before"}
    if [[ -n $tells && -n ${descriptions[i]} ]]; then
      printf -v value '%-*s  (%s)' "$((width - ${#before}))" "$value" "${descriptions[i]}"
      value=${value:0:${COLUMNS:-80}}
    elif [[ -z $quoted && $value == *[!A-Za-z0-9_./:=@,+-]* ]]; then
      printf -v value %q "$value"
    fi
    COMPREPLY+=("$value")
  done
}

complete -F _ec_complete ec
