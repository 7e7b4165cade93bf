package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/policycheck"
	"github.com/corscope/corscope/policyfile"
)

const checkHelp = `  corscope check cors.yaml
  corscope check cors.yaml --against https://staging.example.com
  corscope check cors.yaml --format junit > report.xml

Reads a policy file, in YAML or JSON: the policies of a server, their routes, and what
pages are to be able to do then. Says of everything that is wrong in it where it stands
and what was probably meant. Then tries what is expected, as a browser would: against
the file's own policies, without a network, or with --against at a server that runs.

  policies:
    app:
      origins: ["https://app.example.com"]
      credentials: true
      methods: [PUT, DELETE]
  routes:
    - {path: /api/, policy: app}
  expect:
    - from: https://app.example.com
      request: DELETE /api/users/7
      credentials: true
      result: allowed
    - from: https://evil.example        # no request: a GET on every route
      result: blocked

--schema prints the JSON Schema of the format, which editors check and complete by.

With --against, requests with a method other than GET, HEAD and OPTIONS may change data.
They are sent only with --send. Without, their preflight is real and decides.

Exit status: 0 all that is expected holds; 1 something does not; 2 the file has
mistakes, bad usage, or a request would have had to be sent to tell; 3 the server could
not be reached; 130 interrupted, by Ctrl-C.

`

// codePolicyFile is a policy file with mistakes.
const codePolicyFile usageCode = "policy-file-invalid"

// The formats of check's answer.
const (
	formatText  = "text"
	formatJSON  = "json"
	formatJUnit = "junit"
	formatTAP   = "tap"
)

// checkFlags are the flags of check as they were given.
type checkFlags struct {
	against string
	format  string
	asJSON  bool
	schema  bool
	send    bool
	networkFlags
	colour  string
	verbose bool
}

func (r *run) checkCommand() *cobra.Command {
	var f checkFlags
	c := &cobra.Command{
		Use:   "check FILE",
		Short: "Check a policy file, and a server against it",
		Long:  checkHelp,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case f.schema && len(args) == 0:
				return nil
			case f.schema:
				return &usageError{Code: codeUsage, Message: "--schema takes no file", Hint: "leave out " + quote(args[0])}
			case len(args) == 0:
				return &usageError{Code: codeUsage, Message: "check needs a policy file",
					Hint: "try corscope check cors.yaml; corscope check --help shows one"}
			case len(args) > 1:
				return &usageError{Code: codeUsage, Message: "check takes one file, and " + quote(args[1]) + " is one word too many"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.schema {
				_, err := r.env.Stdout.Write(policyfile.Schema)
				return err
			}
			return r.check(cmd.Context(), args[0], &f)
		},
	}
	fl := c.Flags()
	fl.SortFlags = false
	fl.StringVar(&f.against, "against", "", "check the server at this `URL`, instead of the file's own policies")
	fl.StringVar(&f.format, "format", formatText, "`FORMAT` of the answer: text, json, junit or tap")
	fl.BoolVar(&f.asJSON, "json", false, "the same as --format json")
	fl.BoolVar(&f.schema, "schema", false, "print the JSON Schema of policy files, and do nothing else")
	fl.BoolVar(&f.send, "send", false, "with --against, send requests even where their method may change data")
	f.networkFlags.define(fl, "30s", "give up on one request")
	defineColour(fl, &f.colour)
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "show what holds too")
	complete(c, map[string][]string{"format": {formatText, formatJSON, formatJUnit, formatTAP}, "color": colours})
	return c
}

// checked is one run of check and what the reports say of it.
type checked struct {
	// name is the file's, as it was given, and against the server's URL or empty.
	name, against string
	file          *policycheck.File
	results       []policycheck.Result
}

func (r *run) check(ctx context.Context, name string, f *checkFlags) error {
	if f.asJSON {
		f.format = formatJSON
	}
	if err := oneOf("--format", f.format, formatText, formatJSON, formatJUnit, formatTAP); err != nil {
		return err
	}
	style, width, err := r.env.layout(f.colour)
	if err != nil {
		return err
	}
	server, err := f.server()
	if err != nil {
		return err
	}
	data, err := r.readPolicyFile(name)
	if err != nil {
		return err
	}
	c := &checked{name: name, against: f.against}
	c.file, err = policycheck.Parse(data)
	var bad *policyfile.Error
	if errors.As(err, &bad) && isOnePolicy(data) {
		return &usageError{Code: codePolicyFile, Message: c.displayName() + " is one policy, and no policy file",
			Hint: "give it a name under policies:, and say under expect: what pages may do; corscope check --help shows one"}
	} else if errors.As(err, &bad) {
		r.status = exitUsage
		return r.reportPolicyFile(c, bad, f.format, checkRenderer{style, width, f.verbose})
	} else if err != nil {
		return err
	}
	if server == nil && len(c.file.Config.Policies) == 0 {
		return &usageError{Code: codeUsage, Message: c.displayName() + " has no policies to check its expectations against",
			Hint: "name a server with --against URL, or add policies:"}
	}
	if c.results, err = c.file.Check(ctx, server); err != nil {
		if ctx.Err() != nil {
			return &usageError{Code: codeInterrupted, Message: "interrupted"}
		}
		return requestError(err)
	}
	r.status = c.exitStatus()
	switch f.format {
	case formatJSON:
		return r.writeJSON(c.document())
	case formatJUnit:
		return c.writeJUnit(r.env.Stdout)
	case formatTAP:
		return c.writeTAP(r.env.Stdout)
	}
	_, err = io.WriteString(r.env.Stdout, checkRenderer{style, width, f.verbose}.render(c))
	return err
}

// server is nil for the file's own policies.
func (f *checkFlags) server() (*policycheck.Server, error) {
	if f.against == "" {
		if f.send {
			return nil, &usageError{Code: codeUsage, Message: "--send is for a server, and there is none without --against", Hint: "leave it out, or say --against and the server's URL"}
		}
		return nil, nil
	}
	u, err := fetch.ParseHTTPURL(f.against)
	if err != nil {
		e := &usageError{Code: codeURL, Message: "--against " + quote(f.against) + " is no URL", Hint: "give scheme and host, such as https://staging.example.com"}
		if bad := (*fetch.URLError)(nil); errors.As(err, &bad) && bad.Hint != "" {
			e.Hint = bad.Hint
		}
		return nil, e
	}
	if u.HasCredentials() {
		return nil, &usageError{Code: codeURL, Message: "--against holds a user name or password", Hint: "leave it out: fetch() refuses such URLs"}
	}
	timeout, err := parseTimeout(f.timeout)
	if err != nil {
		return nil, err
	}
	config, err := f.networkFlags.config()
	if err != nil {
		return nil, err
	}
	transport, err := fetch.NewNetTransport(config)
	if err != nil {
		return nil, networkError(err)
	}
	return &policycheck.Server{
		URL: u.String(), Send: f.send,
		Agent: fetch.AgentConfig{Transport: transport, Limits: fetch.Limits{Timeout: timeout}},
	}, nil
}

// maxPolicyFile is more than policyfile reads, so that it is the one to say so.
const maxPolicyFile = 2 << 20

func (r *run) readPolicyFile(name string) ([]byte, error) {
	in := r.env.Stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, fileError(name, err)
		}
		defer file.Close()
		in = file
	}
	data, err := io.ReadAll(io.LimitReader(in, maxPolicyFile))
	if err != nil {
		return nil, fileError(name, err)
	}
	return data, nil
}

// count returns how many results have the status.
func (c *checked) count(s policycheck.Status) int {
	n := 0
	for _, r := range c.results {
		if r.Status == s {
			n++
		}
	}
	return n
}

// exitStatus is that of the process: what does not hold comes before what could not be
// found out.
func (c *checked) exitStatus() int {
	switch {
	case c.count(policycheck.Fails) > 0:
		return exitBlocked
	case c.count(policycheck.Unreachable) > 0:
		return exitFailed
	case c.count(policycheck.NotSent) > 0:
		return exitUsage
	}
	return exitAllowed
}

// where names what the expectations were held against.
func (c *checked) where() string {
	if c.against == "" {
		return "its own policies"
	}
	return strings.TrimSuffix(c.against, "/")
}

// displayName is the file's name for a person.
func (c *checked) displayName() string {
	if c.name == "-" {
		return "standard input"
	}
	return c.name
}
