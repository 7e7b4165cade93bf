package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/export"
	"github.com/corscope/corscope/internal/policycheck"
	"github.com/corscope/corscope/internal/term"
	"github.com/corscope/corscope/policyfile"
)

const exportHelp = `  corscope export cors.yaml --to nginx
  corscope export cors.yaml --to nginx --file corscope-maps.conf > corscope-maps.conf
  corscope export --list

Writes a policy in the language of the server that you run: nginx, Apache httpd,
HAProxy, Caddy, Express, FastAPI, Flask, Django, or Go. A browser comes to the same
verdicts with it as with the policy itself, on errors too; preflights do not reach what
is behind, and CORS headers from there are removed.

POLICY is a policy file (see corscope check --help), or one policy alone, in YAML or
JSON; - is standard input. The files go to standard output, what to do with them to
standard error. Nothing else is written, and no server is touched.

What a server cannot say is refused, or said in a comment that begins with NOTE.

Exit status: 0 written; 2 bad usage, mistakes in the policy, or a policy that the server
cannot express.

`

// codeUnsupported is a policy that a target cannot express.
const codeUnsupported usageCode = "unsupported"

// exportFlags are the flags of export as they were given.
type exportFlags struct {
	to     string
	policy string
	file   string
	list   bool
	asJSON bool
}

func (r *run) exportCommand() *cobra.Command {
	var f exportFlags
	c := &cobra.Command{
		Use:   "export POLICY --to SERVER",
		Short: "Write a policy for nginx, Apache, HAProxy, Caddy, Node, Python, Go",
		Long:  exportHelp,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case f.list && len(args) == 0:
				return nil
			case f.list:
				return &usageError{Code: codeUsage, Message: "--list takes no policy", Hint: "leave out " + quote(args[0])}
			case len(args) == 0:
				return &usageError{Code: codeUsage, Message: "export needs a policy", Hint: "try corscope export cors.yaml --to nginx"}
			case len(args) > 1:
				return &usageError{Code: codeUsage, Message: "export takes one policy, and " + quote(args[1]) + " is one word too many"}
			case f.to == "":
				return &usageError{Code: codeUsage, Message: "export needs to know for which server", Hint: "add --to and one of " + strings.Join(targets(), ", ")}
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if f.list {
				return r.listTargets(f.asJSON)
			}
			return r.export(args[0], &f)
		},
	}
	fl := c.Flags()
	fl.SortFlags = false
	fl.StringVar(&f.to, "to", "", "the `SERVER` to write for; --list names them")
	fl.StringVar(&f.policy, "policy", "", "the `NAME` of the policy, where the file has several")
	fl.StringVar(&f.file, "file", "", "print this `NAME` alone, where the server needs several files")
	fl.BoolVar(&f.list, "list", false, "list the servers; with --json, also what each can and cannot say")
	fl.BoolVar(&f.asJSON, "json", false, "print JSON, and nothing else, on standard output")
	complete(c, map[string][]string{"to": targets()})
	return c
}

func targets() []string {
	var names []string
	for _, d := range export.Targets() {
		names = append(names, string(d.Target))
	}
	return names
}

// exportDocument is the JSON output of export.
type exportDocument struct {
	Version int `json:"version"`
	// Policy is the policy's name in its file, and Paths are its routes there; both are
	// empty for one policy alone.
	Policy string   `json:"policy,omitempty"`
	Paths  []string `json:"paths,omitempty"`
	export.Artifact
}

func (r *run) listTargets(asJSON bool) error {
	all := export.Targets()
	if asJSON {
		return r.writeJSON(struct {
			Version int                  `json:"version"`
			Targets []export.Description `json:"targets"`
		}{jsonVersion, all})
	}
	for _, d := range all {
		if _, err := fmt.Fprintf(r.env.Stdout, "%-12s%-24sneeds %s\n", d.Target, d.Title, d.Needs); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) export(name string, f *exportFlags) error {
	target, err := export.ParseTarget(f.to)
	if err != nil {
		return &usageError{Code: codeFlagValue, Message: "--to cannot be " + quote(f.to), Hint: "use one of " + strings.Join(targets(), ", ")}
	}
	data, err := r.readPolicyFile(name)
	if err != nil {
		return err
	}
	policy, config, paths, err := onePolicy(name, data, f.policy)
	if err != nil {
		return err
	}
	artifact, err := export.Render(config, target)
	var unsupported *export.UnsupportedError
	switch {
	case errors.As(err, &unsupported):
		return unsupportedError(unsupported)
	case err != nil:
		return err
	}
	if f.file != "" {
		if artifact.Files, err = oneFile(artifact.Files, f.file); err != nil {
			return err
		}
	}
	if f.asJSON {
		return r.writeJSON(exportDocument{jsonVersion, policy, paths, artifact})
	}
	for i, file := range artifact.Files {
		if i > 0 {
			file.Content = "\n" + file.Content
		}
		if _, err := io.WriteString(r.env.Stdout, file.Content); err != nil {
			return err
		}
	}
	for _, file := range artifact.Files {
		fmt.Fprintf(r.env.Stderr, "%s: %s\n", file.Name, file.Place)
	}
	if len(paths) > 0 && !slices.Equal(paths, []string{"/"}) {
		fmt.Fprintln(r.env.Stderr, term.Escape("The policy is for "+strings.Join(paths, ", ")+" only. "+howByPath(target)))
	}
	for _, note := range artifact.Notes {
		fmt.Fprintln(r.env.Stderr, "NOTE: "+note.Text)
	}
	return nil
}

// howByPath says how target has a policy for some paths only.
func howByPath(target export.Target) string {
	for _, d := range export.Targets() {
		for _, s := range d.Supports {
			if d.Target == target && s.Feature == export.FeatureSeveralPolicies {
				return s.Text
			}
		}
	}
	return ""
}

// oneFile returns the file of that name alone.
func oneFile(files []export.File, name string) ([]export.File, error) {
	var names []string
	for _, file := range files {
		if file.Name == name {
			return []export.File{file}, nil
		}
		names = append(names, file.Name)
	}
	return nil, &usageError{Code: codeFlagValue, Message: "--file cannot be " + quote(name), Hint: "there is " + strings.Join(names, " and ")}
}

// unsupportedError says all that a target cannot express, in one line.
func unsupportedError(e *export.UnsupportedError) error {
	var all []string
	for _, p := range e.Problems {
		what := p.Field
		if p.Value != "" {
			what += " " + quote(p.Value)
		}
		all = append(all, what+": "+p.Hint)
	}
	return &usageError{Code: codeUnsupported, Message: string(e.Target) + " cannot express this policy", Hint: strings.Join(all, "; ")}
}

// onePolicy reads a policy file, or one policy alone, and returns the policy with that
// name, or the only one, and its routes.
func onePolicy(file string, data []byte, name string) (policy string, config cors.Config, paths []string, err error) {
	text, alone := string(data), isPolicyAlone(data)
	if alone {
		text = asPolicyFile(text)
	}
	parsed, err := policycheck.Parse([]byte(text))
	if err != nil {
		return "", cors.Config{}, nil, policyError(file, err, alone)
	}
	names := slices.Sorted(maps.Keys(parsed.Config.Policies))
	switch {
	case alone && name == "":
		return "", parsed.Config.Policies[names[0]], nil, nil
	case name == "" && len(names) == 1:
		name = names[0]
	case name == "":
		return "", cors.Config{}, nil, &usageError{Code: codeUsage, Message: "there are several policies in " + quote(file), Hint: "add --policy and one of " + quoteAll(names)}
	case alone || !slices.Contains(names, name):
		hint := "there is only one policy, without a name: leave --policy out"
		if !alone {
			hint = "there is " + quoteAll(names)
		}
		return "", cors.Config{}, nil, &usageError{Code: codeFlagValue, Message: "--policy cannot be " + quote(name), Hint: hint}
	}
	for _, route := range parsed.Config.Routes {
		if route.Policy == name {
			paths = append(paths, route.Path)
		}
	}
	return name, parsed.Config.Policies[name], paths, nil
}

func quoteAll(names []string) string {
	const most = 20
	more := ""
	if len(names) > most {
		names, more = names[:most], fmt.Sprintf(" and %d more", len(names)-most)
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = quote(n)
	}
	return strings.Join(quoted, ", ") + more
}

// Fields of a policy and of a policy file at the beginning of a line.
var (
	policyField = regexp.MustCompile(`(?m)^["']?(origins|allowAnyOrigin|dangerouslyAllowNullOrigin)["']?[ \t]*:`)
	fileField   = regexp.MustCompile(`(?m)^["']?(policies|routes|expect)["']?[ \t]*:`)
)

// isPolicyAlone reports whether data is one policy, and not a policy file. It may
// be wrong about what is neither.
func isPolicyAlone(data []byte) bool {
	var object map[string]json.RawMessage
	if json.Unmarshal(data, &object) == nil {
		_, policies := object["policies"]
		_, routes := object["routes"]
		_, expect := object["expect"]
		return !policies && !routes && !expect
	}
	return policyField.Match(data) && !fileField.Match(data)
}

// isOnePolicy is surer of it: the fields are those of a policy.
func isOnePolicy(data []byte) bool {
	var object map[string]json.RawMessage
	if json.Unmarshal(data, &object) == nil {
		_, origins := object["origins"]
		_, any := object["allowAnyOrigin"]
		return (origins || any) && isPolicyAlone(data)
	}
	return isPolicyAlone(data)
}

// lineBefore is what asPolicyFile adds: the lines, and the bytes of each other line.
const (
	linesBefore   = 2
	columnsBefore = 4
)

// asPolicyFile makes a policy file of one policy, so that there is one reader for both.
func asPolicyFile(text string) string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(text, "\ufeff"))
	indent := strings.Repeat(" ", columnsBefore)
	return "policies:\n  policy:\n" + indent + strings.ReplaceAll(text, "\n", "\n"+indent)
}

// policyError says the first thing that is wrong with a policy, and how many more
// there are.
func policyError(file string, err error, alone bool) error {
	var bad *policyfile.Error
	if !errors.As(err, &bad) {
		return err
	}
	errs := slices.DeleteFunc(slices.Clone(bad.Problems), func(p *policyfile.Problem) bool { return p.Severity != cors.SeverityError })
	first := errs[0]
	e := &usageError{Code: codePolicyFile, Message: file, Hint: first.Hint}
	if file == "-" {
		e.Message = "standard input"
	}
	line, column := first.Line, first.Column
	if alone {
		line, column = line-linesBefore, column-columnsBefore
	}
	if line > 0 && column > 0 {
		e.Message += fmt.Sprintf(":%d:%d", line, column)
	}
	e.Message += ": " + first.Message
	if len(errs) > 1 {
		e.Hint = strings.TrimSpace(fmt.Sprintf("%s (and %d more)", e.Hint, len(errs)-1))
	}
	return e
}
