package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/corscope/corscope/internal/spelling"
	"github.com/corscope/corscope/internal/term"
)

// The exit status of a run.
const (
	exitAllowed = 0 // the page may do it, or nothing was found
	exitBlocked = 1 // a rule of the browser stops it
	exitUsage   = 2 // bad usage or input
	exitFailed  = 3 // failed, but not because of CORS
	// exitInterrupted is what shells make of a program that Ctrl-C ends: 128 and the number of SIGINT. What was not found out is no
	// failure of the server, so that a script must be able to tell.
	exitInterrupted = 130
)

const rootHelp = `  corscope explain "Access to fetch at '...' from origin '...' has been blocked by CORS policy: ..."
  corscope explain https://api.example.com/users --from https://app.example.com
  corscope explain http://localhost:8080/users/7 --from http://localhost:5173 -X DELETE
  corscope demo

Corscope runs a request as a browser would, against the real server, and shows every
step it takes and why, all that is wrong, and the fix with its proof. Nothing is
guessed: each line comes from an implementation of the Fetch standard.

`

// Run runs the command line args, without the program's name, and returns the exit
// status. It returns early when ctx is done. Runs that share no Env can go on at the
// same time.
func Run(ctx context.Context, env Env, args []string) int {
	r := &run{env: env}
	root := r.command()
	root.SetArgs(args)
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return r.status
	}
	if unknown := unknownCommand(root, args); unknown != nil && !r.started {
		err = unknown
	}
	return r.report(args, r.asUsageError(ctx, err))
}

// run is what the verbs of one Run share.
type run struct {
	env    Env
	status int
	// started says that the command line was understood.
	started bool
}

func (r *run) command() *cobra.Command {
	version := false
	root := &cobra.Command{
		Use:           "corscope",
		Short:         "See, find and fix what the browser says is blocked by CORS policy",
		Long:          rootHelp,
		Args:          cobra.NoArgs,
		SilenceErrors: true,
		SilenceUsage:  true,
		// How many letters of a command may be wrong for it to be proposed.
		SuggestionsMinimumDistance: 2,
		CompletionOptions:          cobra.CompletionOptions{DisableDefaultCmd: true},
		PersistentPreRun:           func(*cobra.Command, []string) { r.started = true },
		RunE: func(cmd *cobra.Command, _ []string) error {
			if version {
				_, err := io.WriteString(r.env.Stdout, versionLine())
				return err
			}
			return &usageError{Code: codeUsage, Message: "no command was given", Hint: "try corscope demo, or corscope --help"}
		},
	}
	root.Flags().BoolVarP(&version, "version", "v", false, "version for corscope")
	root.AddCommand(r.explainCommand(), r.checkCommand(), r.exportCommand(), r.demoCommand(), r.labCommand(), r.scriptCommand(), r.whyCommand(), r.versionCommand(), r.completionCommand())
	root.SetHelpCommand(helpCommand(root))
	for _, c := range append(root.Commands(), root) {
		c.SetFlagErrorFunc(flagError)
		c.SetHelpFunc(r.help)
	}
	return root
}

// help leaves out cobra's own words where a command's text says it better. It is no template: package text/template finds methods by
// their names, so that the linker can leave none out of the binary.
func (r *run) help(c *cobra.Command, _ []string) {
	_, width, _ := r.env.layout("never")
	width = min(width, pipeWidth)
	var b strings.Builder
	b.WriteString(wrapHelp(c.Long, width))
	if c.HasAvailableSubCommands() {
		b.WriteString("Commands:\n")
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() || sub.Name() == "help" {
				lines := term.Wrap(sub.Short, width-14)
				fmt.Fprintf(&b, "  %-12s%s\n", sub.Name(), strings.Join(lines, "\n"+strings.Repeat(" ", 14)))
			}
		}
		b.WriteString("\ncorscope COMMAND --help says more about each of them.\n")
	} else if c.HasAvailableLocalFlags() {
		b.WriteString("Flags:\n" + strings.TrimRight(c.LocalFlags().FlagUsagesWrapped(width), " \t\n") + "\n")
	}
	fmt.Fprint(c.OutOrStdout(), b.String())
}

// wrapHelp wraps the paragraphs of a help text. Lines that begin with blanks are there to be copied, and stay.
func wrapHelp(text string, width int) string {
	var b strings.Builder
	for i, paragraph := range strings.Split(text, "\n\n") {
		if i > 0 {
			b.WriteString("\n\n")
		}
		if paragraph == "" || strings.HasPrefix(paragraph, " ") {
			b.WriteString(paragraph)
			continue
		}
		b.WriteString(strings.Join(term.Wrap(strings.ReplaceAll(paragraph, "\n", " "), width), "\n"))
	}
	return b.String()
}

// flagError turns pflag's messages into one line with what to do.
func flagError(cmd *cobra.Command, err error) error {
	e := &usageError{Code: codeUsage, Message: err.Error(), Hint: "see " + cmd.CommandPath() + " --help"}
	var missing *pflag.ValueRequiredError
	var unknown *pflag.NotExistError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &missing):
		e.Message = dashed(missing.GetSpecifiedName()) + " needs a value"
	case errors.As(err, &unknown):
		name, group := unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames()
		e.Message = "unknown flag " + dashed(name)
		if len(name) == 1 && len(group) > 1 && cmd.Flags().Lookup(longName(group)) != nil {
			e.Message, e.Hint = "unknown flag -"+group, "write --"+longName(group)+" with two dashes"
		} else if near := nearestFlag(cmd.Flags(), name); near != "" {
			e.Hint = "did you mean --" + near + "?"
		}
	case errors.As(err, &invalid):
		e.Code = codeFlagValue
		e.Message = dashed(invalid.GetFlag().Name) + " cannot be " + quote(invalid.GetValue())
	}
	return e
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

func longName(group string) string {
	name, _, _ := strings.Cut(group, "=")
	return name
}

// nearestFlag returns the flag that name is most likely a slip of, or "".
func nearestFlag(flags *pflag.FlagSet, name string) string {
	best, nearest := "", 3
	flags.VisitAll(func(f *pflag.Flag) {
		if d := spelling.Distance(f.Name, name, 2); d < nearest && d < len(f.Name)-1 {
			best, nearest = f.Name, d
		}
	})
	return best
}

// unknownCommand is the error for a first word that is no command, whatever flags follow it; nil if it is one.
func unknownCommand(root *cobra.Command, args []string) *usageError {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return nil
	}
	if c, _, err := root.Find(args[:1]); err == nil && c != root {
		return nil
	}
	e := &usageError{Code: codeUsage, Message: "there is no command " + quote(args[0]), Hint: "corscope --help lists them"}
	if near := root.SuggestionsFor(args[0]); len(near) > 0 {
		e.Hint = "did you mean corscope " + near[0] + "?"
	} else if strings.ContainsAny(args[0], ":/ ") {
		// A URL or what the console says: the verb was forgotten.
		e.Hint = "write corscope explain in front of it"
	}
	return e
}

// asUsageError gives every error that reaches Run a code and a hint.
func (r *run) asUsageError(ctx context.Context, err error) *usageError {
	var e *usageError
	switch {
	case errors.As(err, &e):
		return e
	case ctx.Err() != nil:
		return &usageError{Code: codeInterrupted, Message: "interrupted"}
	case r.started:
		return &usageError{Code: codeInternal, Message: withoutPrefix(err)}
	}
	// What is left are cobra's own.
	message, _, _ := strings.Cut(err.Error(), "\n")
	return &usageError{Code: codeUsage, Message: message, Hint: "see corscope --help"}
}

// noArguments is for a command that takes flags alone.
func noArguments(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return &usageError{Code: codeUsage, Message: c.Name() + " takes no argument, and " + quote(args[0]) + " is one", Hint: "see " + c.CommandPath() + " --help"}
}

// complete tells shells the values of flags.
func complete(c *cobra.Command, flags map[string][]string) {
	for name, values := range flags {
		// The only error is a name that is no flag, and the first run would show it.
		_ = c.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
}

// report says on standard error what was wrong, and on standard output too when the
// reader there waits for JSON.
func (r *run) report(args []string, e *usageError) int {
	fmt.Fprintln(r.env.Stderr, e.Error())
	if wantsJSON(args) {
		_ = r.writeJSON(struct {
			Version int         `json:"version"`
			Error   *usageError `json:"error"`
		}{jsonVersion, e})
	}
	switch e.Code {
	case codeInterrupted:
		return exitInterrupted
	case codeInternal, codePageNotLoaded:
		return exitFailed
	}
	return exitUsage
}

// wantsJSON looks for the flag in the arguments themselves, because a command line
// that does not parse has no flags.
func wantsJSON(args []string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	return slices.ContainsFunc(args, func(a string) bool { return a == "--json" || a == "--json=true" })
}

// jsonVersion is that of the JSON output. It grows when a field changes its meaning
// or goes; new fields leave it.
const jsonVersion = 1

func (r *run) writeJSON(v any) error {
	return encodeJSON(r.env.Stdout, v)
}

func encodeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
