# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes the completion of bash and zsh for tools, parameters and choices: make_completion.py TILTH FOLDER"""
import json
import shlex
import subprocess
import sys
from pathlib import Path

COMMANDS = ("help", "list", "describe", "run", "version")
OPTIONS = ("--config", "--quiet", "--json", "--help")

BASH = """# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of bash for tilth(1), made from the descriptions of the tools.
_tilth() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} tool=${{COMP_WORDS[1]}} words=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="{commands} {tools}"
  elif [ "$COMP_CWORD" -eq 2 ] && [[ " help describe run " == *" $tool "* ]]; then
    words="{tools}"
  else
    case "$tool $before" in
{choices}
    esac
    if [ -z "$words" ] && [[ "$current" == -* ]]; then
      case "$tool" in
{parameters}
      esac
    fi
  fi
  if [ -n "$words" ]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
    compopt -o filenames 2>/dev/null
  fi
}}
complete -F _tilth tilth
"""

ZSH = """#compdef tilth
# SPDX-License-Identifier: GPL-2.0-or-later
# Completion of zsh for tilth(1), made from the descriptions of the tools.
local -a tools found
tools=({described})
if (( CURRENT == 2 )); then
  _describe tool tools
  compadd -- {commands}
  return
fi
if (( CURRENT == 3 )) && [[ "$words[2]" == (help|describe|run) ]]; then
  _describe tool tools
  return
fi
case "$words[2] $words[CURRENT-1]" in
{choices}
esac
if (( ${{#found}} == 0 )) && [[ "$PREFIX" == -* ]]; then
  case "$words[2]" in
{parameters}
  esac
fi
if (( ${{#found}} )); then compadd -- $found; else _files; fi
"""


def cases(description, choice, parameter):
    """The branches of the two case statements, in the form that a function makes of a pattern and its words."""
    choices, parameters = [], []
    for tool in description["algorithms"]:
        for one in tool["parameters"]:
            words = one.get("choices") or (["yes", "no"] if one["kind"] == "flag" else [])
            if words:
                choices.append(choice(f"{tool['id']} --{one['id']}", words))
        parameters.append(parameter(tool["id"], [f"--{one['id']}" for one in tool["parameters"]] + list(OPTIONS)))
    return "\n".join(choices), "\n".join(parameters)


def main():
    tilth, folder = sys.argv[1], Path(sys.argv[2])
    description = json.loads(subprocess.run([tilth, "describe", "--json"], check=True, capture_output=True).stdout.decode("utf-8"))
    folder.mkdir(parents=True, exist_ok=True)
    names = [tool["id"] for tool in description["algorithms"]]
    choices, parameters = cases(description, lambda at, words: f'      "{at}") words="{" ".join(words)}" ;;',
                                lambda at, words: f'        {at}) words="{" ".join(words)}" ;;')
    (folder / "tilth").write_text(BASH.format(commands=" ".join(COMMANDS), tools=" ".join(names), choices=choices, parameters=parameters),
                                  encoding="utf-8")
    choices, parameters = cases(description, lambda at, words: f'  "{at}") found=({" ".join(words)}) ;;',
                                lambda at, words: f'    {at}) found=({" ".join(words)}) ;;')
    described = " ".join(shlex.quote(f"{tool['id']}:{tool['title']}") for tool in description["algorithms"])
    (folder / "_tilth").write_text(ZSH.format(commands=" ".join(COMMANDS), described=described, choices=choices, parameters=parameters),
                                   encoding="utf-8")


if __name__ == "__main__":
    main()
