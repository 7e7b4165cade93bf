package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

const completionHelp = `  corscope completion bash > ~/.local/share/bash-completion/completions/corscope
  corscope completion zsh > "${fpath[1]}/_corscope"
  corscope completion fish > ~/.config/fish/completions/corscope.fish
  corscope completion powershell >> $PROFILE

Prints a script by which the shell completes commands, flags and their values. Open
another shell after it is stored.

`

var shells = []string{"bash", "zsh", "fish", "powershell"}

func (r *run) completionCommand() *cobra.Command {
	return &cobra.Command{
		Use:       "completion SHELL",
		Short:     "Print a script by which bash, zsh, fish or PowerShell completes",
		Long:      completionHelp,
		ValidArgs: shells,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return &usageError{Code: codeUsage, Message: "completion needs the name of one shell", Hint: "use " + strings.Join(shells, ", ")}
			}
			return oneOf("the shell", args[0], shells...)
		},
		RunE: func(c *cobra.Command, args []string) error {
			root, out := c.Root(), r.env.Stdout
			switch args[0] {
			case "bash":
				return root.GenBashCompletionV2(out, true)
			case "zsh":
				return root.GenZshCompletion(out)
			case "fish":
				return root.GenFishCompletion(out, true)
			}
			return root.GenPowerShellCompletionWithDesc(out)
		},
	}
}

const helpHelp = `  corscope help
  corscope help explain

Prints what a command does and takes, as corscope COMMAND --help does.

`

func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Say more about a command",
		Long:  helpHelp,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return &usageError{Code: codeUsage, Message: "help takes one command, and " + quote(args[1]) + " is one word too many", Hint: "leave it out"}
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, c := range root.Commands() {
				if len(args) == 0 && c.IsAvailableCommand() {
					names = append(names, c.Name()+"\t"+c.Short)
				}
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return root.Help()
			}
			if unknown := unknownCommand(root, args); unknown != nil {
				return unknown
			}
			c, _, err := root.Find(args)
			if err != nil {
				return err
			}
			return c.Help()
		},
	}
}
