namespace Eunomia.Cli.Shell;

/// <summary>
/// What a shell has to be told so that it asks <c>eunomiactl complete</c>. An answer's line is a value, a tab and its
/// meaning, or <c>:files</c> where the shell's own names of files belong.
/// </summary>
internal static class CompletionScripts
{
    public const string Files = ":files";

    /// <summary>The script for each shell that there is one for.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["bash"] = Bash,
        ["zsh"] = Zsh,
        ["fish"] = Fish,
    };

    private const string Bash =
        """
        # eunomiactl completion for bash: source it, or save it as
        # /usr/share/bash-completion/completions/eunomiactl
        _eunomiactl() {
          local line
          COMPREPLY=()
          while IFS= read -r line; do
            if [ "$line" = :files ]; then
              compopt -o default
            else
              COMPREPLY+=("${line%%$'\t'*}")
            fi
          done < <("${COMP_WORDS[0]}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
        }
        complete -F _eunomiactl eunomiactl
        """;

    private const string Zsh =
        """
        #compdef eunomiactl
        # eunomiactl completion for zsh: source it after compinit, or save it as _eunomiactl in a directory of $fpath
        _eunomiactl() {
          local line
          local -a items
          for line in ${(f)"$($words[1] complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)"}; do
            if [[ $line == :files ]]; then
              _files
              return
            fi
            items+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
          done
          _describe eunomiactl items
        }
        if [[ $funcstack[1] == _eunomiactl ]]; then
          _eunomiactl "$@"
        else
          compdef _eunomiactl eunomiactl
        fi
        """;

    private const string Fish =
        """
        # eunomiactl completion for fish: source it, or save it as ~/.config/fish/completions/eunomiactl.fish
        function __eunomiactl_complete
            set -l words (commandline -opc) (commandline -ct)
            for line in ($words[1] complete -- $words[2..-1] 2>/dev/null)
                if test "$line" = :files
                    __fish_complete_path (commandline -ct)
                else
                    printf '%s\n' $line
                end
            end
        end
        complete -c eunomiactl -f -a '(__eunomiactl_complete)'
        """;
}
