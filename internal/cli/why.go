package cli

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/internal/spelling"
	"github.com/corscope/corscope/internal/term"
)

const whyHelp = `  corscope why
  corscope why preflight-needs-login
  corscope why allow-origin-missing --json
  corscope why "Access to fetch at 'https://api.example.com/users' from origin 'https://app.example.com' has been blocked..."
  corscope why - < error.txt

Lists the causes for which a page does not get what it asked for, or tells one of them:
what it means, why the browser insists, how to recognise it, and how to fix it. The
same pages are in docs/causes.md.

Of words that are neither a cause nor an error, such as 405 or cookie, it lists the
causes that speak of them.

Of an error that is pasted, as an argument, as @FILE, or as - on standard input, it
tells the cause that the words name, and the command that finds the rest. Nothing is
sent. What was recorded, a HAR or what curl -v printed, is judged as explain judges it.

Exit status: 0 told; 2 bad usage, no such cause, or an error that is not CORS; of what
was recorded, that of explain.

`

// codeCause is a cause that is not in the catalogue.
const codeCause usageCode = "cause-unknown"

type whyFlags struct {
	asJSON bool
	colour string
}

func (r *run) whyCommand() *cobra.Command {
	var f whyFlags
	c := &cobra.Command{
		Use:   "why [CAUSE | ERROR | - | @FILE]",
		Short: "Tell what a cause means, and how to fix it",
		Long:  whyHelp,
		// A cause may be given in words: corscope why preflight needs login.
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeCause,
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.why(cmd.Context(), strings.Join(args, " "), &f)
		},
	}
	fl := c.Flags()
	fl.SortFlags = false
	fl.BoolVar(&f.asJSON, "json", false, "print JSON")
	defineColour(fl, &f.colour)
	complete(c, map[string][]string{"color": colours})
	return c
}

func completeCause(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var ids []string
	for _, c := range diagnose.Causes() {
		ids = append(ids, c.ID+"\t"+c.Title)
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}

func (r *run) why(ctx context.Context, name string, f *whyFlags) error {
	style, width, err := r.env.layout(f.colour)
	if err != nil {
		return err
	}
	if name == "" && r.isFileOnStdin() {
		name = "-"
	}
	if name == "" {
		if f.asJSON {
			return r.writeJSON(struct {
				Version int              `json:"version"`
				Causes  []diagnose.Cause `json:"causes"`
			}{jsonVersion, diagnose.Causes()})
		}
		_, err = io.WriteString(r.env.Stdout, listCauses(style, width))
		return err
	}
	cause, ok := diagnose.CauseByID(name)
	if !ok && isPaste(name) {
		return r.whyPaste(ctx, name, f)
	}
	if !ok {
		failure, misspelt := unknownCause(name)
		if misspelt {
			return failure
		}
		return r.whyWords(name, failure, f)
	}
	if f.asJSON {
		return r.writeJSON(struct {
			Version int            `json:"version"`
			Cause   diagnose.Cause `json:"cause"`
		}{jsonVersion, cause})
	}
	_, err = io.WriteString(r.env.Stdout, causePage(cause, style, width))
	return err
}

// unknownCause proposes what was probably meant, if it is a slip of the finger away.
func unknownCause(name string) (failure *usageError, misspelt bool) {
	e := &usageError{Code: codeCause, Message: "there is no cause " + quote(name), Hint: "corscope why lists them"}
	word := strings.ReplaceAll(strings.ToLower(name), " ", "-")
	nearest := 4
	for _, c := range diagnose.Causes() {
		if d := spelling.Distance(c.ID, word, 3); d < nearest {
			e.Hint, nearest = "did you mean "+c.ID+"?", d
		}
	}
	return e, nearest < 4
}

// whyWords lists the causes that speak of some words which are neither a cause nor an error. Where there are none it returns failure.
func (r *run) whyWords(words string, failure *usageError, f *whyFlags) error {
	found := searchCauses(words)
	if len(found) == 0 {
		return failure
	}
	if f.asJSON {
		return r.writeJSON(struct {
			Version int              `json:"version"`
			Causes  []diagnose.Cause `json:"causes"`
		}{jsonVersion, found})
	}
	style, width, err := r.env.layout(f.colour)
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString(style.Faint("causes that speak of "+quote(words)) + "\n" + causeLines(found, style, width))
	b.WriteString("\ncorscope why CAUSE tells one of them. An error is best given whole: corscope why \"...\"\n")
	_, err = io.WriteString(r.env.Stdout, b.String())
	return err
}

// listCauses is one line for each cause, group by group.
func listCauses(style term.Style, width int) string {
	var b strings.Builder
	for _, group := range diagnose.Groups() {
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(style.Faint(string(group)) + "\n")
		var causes []diagnose.Cause
		for _, c := range diagnose.Causes() {
			if c.Group == group {
				causes = append(causes, c)
			}
		}
		b.WriteString(linesOf(causes, longestID(diagnose.Causes()), style, width))
	}
	b.WriteString("\ncorscope why CAUSE tells one of them.\n")
	return b.String()
}

// causeLines is one line for each of these causes.
func causeLines(causes []diagnose.Cause, style term.Style, width int) string {
	return linesOf(causes, longestID(causes), style, width)
}

func longestID(causes []diagnose.Cause) int {
	longest := 0
	for _, c := range causes {
		longest = max(longest, len(c.ID))
	}
	return longest
}

func linesOf(causes []diagnose.Cause, longest int, style term.Style, width int) string {
	var b strings.Builder
	for _, c := range causes {
		lead := "  " + style.Strong(c.ID) + strings.Repeat(" ", longest-len(c.ID)+2)
		for i, line := range term.Wrap(c.Title, max(width-longest-4, 24)) {
			if i > 0 {
				lead = strings.Repeat(" ", longest+4)
			}
			b.WriteString(lead + line + "\n")
		}
	}
	return b.String()
}

// causePage is all about one cause.
func causePage(c diagnose.Cause, style term.Style, width int) string {
	var b strings.Builder
	b.WriteString(style.Strong(c.ID) + "\n")
	for _, line := range term.Wrap(sentence(c.Title), width) {
		b.WriteString(line + "\n")
	}
	section(&b, "what it means", c.Means, style, width)
	section(&b, "why the browser insists", c.Why, style, width)
	section(&b, "how to recognise it", c.Recognise, style, width)
	section(&b, "how to fix it", c.Fix, style, width)
	if c.Needs != "" {
		section(&b, "what tells it", "One recorded request does not. It takes: "+c.Needs+".", style, width)
	}
	if len(c.Links) > 0 {
		b.WriteString("\n" + style.Faint("more") + "\n")
		for _, link := range c.Links {
			fmt.Fprintf(&b, "  %s\n", link)
		}
	}
	return b.String()
}

// section is a part of a cause's page; nothing where there is no text.
func section(b *strings.Builder, title, text string, style term.Style, width int) {
	if text == "" {
		return
	}
	b.WriteString("\n" + style.Faint(title) + "\n")
	for _, line := range term.Wrap(text, width-2) {
		b.WriteString("  " + line + "\n")
	}
}

// sentence begins a clause with a capital letter, where its first word is not a name of code, and ends it.
func sentence(clause string) string {
	first, _, _ := strings.Cut(clause, " ")
	if first == "localhost," || strings.ContainsAny(first, "*-:\"") {
		return clause + "."
	}
	return strings.ToUpper(clause[:1]) + clause[1:] + "."
}
