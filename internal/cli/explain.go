package cli

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/intake"
)

const explainHelp = `  corscope explain "Access to fetch at 'https://api.example.com/users' from origin 'https://app.example.com' has been blocked..."
  corscope explain https://api.example.com/users --from https://app.example.com
  corscope explain http://localhost:8080/users/7 --from http://localhost:5173 -X DELETE -H 'Authorization: Bearer t'
  corscope explain https://api.example.com/me --from https://app.example.com --credentials include --cookie 'sid=1; SameSite=Lax'
  corscope explain https://api.example.com/users --from https://app.example.com -d '{"a":1}' -H 'Content-Type: application/json' --send
  pbpaste | corscope explain

Finds out by itself what it is given, as an argument, as @FILE, or on standard input
(which - names too): the error of a browser's console, with the lines around it or without, or that
of axios, Angular, ofetch or another library; a fetch() call, "Copy as fetch", axios,
jQuery, XMLHttpRequest or import() of a module; a cURL command, or what curl -v
printed; headers copied out of the network tab; a HAR; or a URL, with flags for the rest. It says how it understood what it
was given and what it assumed; flags override both. A snippet runs without a network:
what it asks for is written down, and not sent. A HAR, what curl printed, and headers are judged
from what was recorded, without a network; --live makes the request again.

Runs one request as the browser would for a page at --from, against the real server,
and says whether that page may have the answer, and why.

A request with a method other than GET, HEAD and OPTIONS may change data. It is sent
only with --send. Without, the preflight is real and the request itself stays here:
the verdict is then about the preflight alone.

Where one answer does not tell what is wrong, up to 6 further requests do, in at most 10
seconds: GET, HEAD or OPTIONS to the same server, with another Origin or with none, the
preflight with credentials, the target of a redirect. They are shown with what they told;
--no-probe forbids them. A HAR is judged without.

Authorization, Cookie and Set-Cookie values, and those of X-Api-Key and its like, are
masked in all that it prints.

Exit status: 0 the page may have it; 1 blocked; 2 bad usage or input, also where
nothing could be found out without --send; 3 failed, but not because of CORS (name,
connection, certificate, time-out); 130 interrupted, by Ctrl-C.

`

// explainFlags are the flags of explain as they were given.
type explainFlags struct {
	from        string
	method      string
	headers     []string
	data        []string
	credentials string
	mode        string
	redirect    string
	loadPage    bool
	pageSpace   string
	server      string
	cookies     []string
	networkFlags
	send        bool
	noProbe     bool
	asJSON      bool
	asHAR       bool
	asMarkdown  bool
	schema      bool
	entry       int
	live        bool
	showSecrets bool
	colour      string
	brief       bool
	verbose     bool
	// given is what the argument was read as, where it is no URL; what it says stands
	// in the flags above.
	given *intake.Intake
	// lab is what a case of the lab says beyond flags; nil on the command line.
	lab *labFlags
}

var errNothingToExplain = &usageError{Code: codeUsage, Message: "explain needs a console error, a fetch() call, a cURL command, a HAR or a URL",
	Hint: "try corscope explain https://api.example.com/users --from https://app.example.com, or pipe what you have to corscope explain"}

func (r *run) explainCommand() *cobra.Command {
	var f explainFlags
	c := &cobra.Command{
		Use:   "explain WHAT [--from PAGE]",
		Short: "Run a request as a browser would, and say what happens and why",
		Long:  explainHelp,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 0 && (f.schema || piped(r.env.Stdin)):
				return nil
			case len(args) == 0:
				return errNothingToExplain
			case len(args) > 1:
				return &usageError{Code: codeUsage, Message: "explain takes one argument, and " + quote(args[1]) + " is one word too many",
					Hint: "quote values that have spaces in them, or pipe the text to corscope explain"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if f.schema {
				_, err := r.env.Stdout.Write(explainSchema)
				return err
			}
			if err := f.output(); err != nil {
				return err
			}
			what := "-"
			if len(args) > 0 {
				what = args[0]
			} else if r.nothingPiped() {
				return errNothingToExplain
			}
			target, err := r.understand(cmd.Context(), what, &f, cmd.Flags().Changed)
			if err != nil {
				return err
			}
			return r.explain(cmd.Context(), target, &f)
		},
	}
	fl := c.Flags()
	fl.SortFlags = false
	fl.StringVar(&f.from, "from", "", "the `PAGE` that asks: its URL or its origin, an app's too, as in capacitor://localhost; null for a sandboxed frame or a file; needed unless the input says it")
	fl.StringVarP(&f.method, "request", "X", "", "the `METHOD`, also as --method; default GET, or POST with -d")
	alsoCalled(fl, "method", "request")
	fl.StringArrayVarP(&f.headers, "header", "H", nil, "a `HEADER` that the page's JavaScript sets, as 'Name: value'; may be repeated")
	fl.StringArrayVarP(&f.data, "data", "d", nil, "`TEXT` as body, sent as fetch() sends a string: as text/plain;charset=UTF-8, unless -H says another Content-Type; @FILE and @- are read as they are; several are joined by &")
	fl.StringVar(&f.credentials, "credentials", "same-origin", "`WHEN` cookies go along: omit, same-origin or include")
	fl.StringVar(&f.mode, "mode", "cors", "the request's `MODE`: cors, no-cors or same-origin")
	fl.StringVar(&f.redirect, "redirect", "follow", "`WHAT` to do on a redirect: follow, error or manual")
	fl.StringVar(&f.server, "server", "", "print the fix in the language of this `SERVER`: nginx, apache, haproxy, caddy, express, fastapi, flask, go; see corscope export --list")
	fl.BoolVar(&f.loadPage, "load-page", false, "fetch the page itself first, and obey the policies that its answer and its <meta> elements state: Content-Security-Policy, Cross-Origin-Embedder-Policy, Referrer-Policy, Permissions-Policy")
	fl.StringVar(&f.pageSpace, "page-address-space", "", pageAddressSpaceUsage)
	fl.StringArrayVar(&f.cookies, "cookie", nil, "a `COOKIE` that the browser already holds for the URL, as in Set-Cookie: 'a=1; SameSite=Lax', or several as in Cookie: 'a=1; b=2'; may be repeated")
	fl.BoolVar(&f.send, "send", false, "send the request even where its method may change data")
	fl.BoolVar(&f.noProbe, "no-probe", false, "make the one request and no further ones, whatever they could tell")
	f.networkFlags.define(fl, "30s", "give up")
	fl.IntVar(&f.entry, "entry", 0, "take the request of this `NUMBER`, where the input holds several")
	fl.BoolVar(&f.live, "live", false, "make the request of a HAR, or of what curl printed, again, and do not judge what was recorded")
	fl.BoolVar(&f.asJSON, "json", false, "print the whole trace as JSON, and nothing else, on standard output; errors too")
	fl.BoolVar(&f.asHAR, "har", false, "print the exchanges as a HAR, which browsers' network tabs open and corscope explain reads back, and nothing else")
	fl.BoolVar(&f.asMarkdown, "markdown", false, "print Markdown for a ticket, without secrets, and nothing else")
	fl.BoolVar(&f.schema, "schema", false, "print the JSON Schema of --json, and do nothing else")
	fl.BoolVar(&f.showSecrets, "show-secrets", false, "do not mask Authorization, Cookie, Set-Cookie and X-Api-Key values and passwords in URLs")
	defineColour(fl, &f.colour)
	fl.BoolVarP(&f.brief, "brief", "q", false, "print the verdict, the cause and the fix, and no more")
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "show every header and every step")
	complete(c, map[string][]string{
		"credentials": {"omit", "same-origin", "include"}, "mode": {"cors", "no-cors", "same-origin"},
		"redirect": {"follow", "error", "manual"}, "server": targets(), "page-address-space": addressSpaces, "color": colours,
	})
	return c
}

// output refuses two forms of output at once.
func (f *explainFlags) output() error {
	var forms []string
	for _, form := range []struct {
		name string
		set  bool
	}{{"--json", f.asJSON}, {"--har", f.asHAR}, {"--markdown", f.asMarkdown}} {
		if form.set {
			forms = append(forms, form.name)
		}
	}
	if len(forms) > 1 {
		return &usageError{Code: codeUsage, Message: strings.Join(forms, " and ") + " exclude each other", Hint: "run explain once for each"}
	}
	if f.brief && f.verbose {
		forms = []string{"--brief", "--verbose"}
	} else if f.brief && len(forms) > 0 {
		forms = append(forms, "--brief")
	}
	if len(forms) > 1 {
		return &usageError{Code: codeUsage, Message: strings.Join(forms, " and ") + " exclude each other", Hint: "leave out one of them"}
	}
	if f.asMarkdown && f.showSecrets {
		return &usageError{Code: codeUsage, Message: "--markdown is for a ticket, where secrets do not belong", Hint: "leave out --show-secrets"}
	}
	return nil
}

// explain runs one fetch and reports it.
func (r *run) explain(ctx context.Context, target string, f *explainFlags) error {
	style, width, err := r.env.layout(f.colour)
	if err != nil {
		return err
	}
	result, err := r.examine(ctx, target, f)
	if err != nil {
		return err
	}
	r.status = result.exitStatus()
	switch {
	case f.asJSON:
		return r.writeJSON(result.document())
	case f.asHAR:
		return r.writeJSON(result.har())
	case f.asMarkdown:
		_, err = io.WriteString(r.env.Stdout, result.markdown())
		return err
	}
	_, err = io.WriteString(r.env.Stdout, result.text(renderOptions{Style: style, Width: width, Verbose: f.verbose, Brief: f.brief}))
	return err
}

// examine runs one fetch and judges it.
func (r *run) examine(ctx context.Context, target string, f *explainFlags) (*result, error) {
	server, err := serverTarget(f.server)
	if err != nil {
		return nil, err
	}
	asked, err := r.prepare(target, f)
	if err != nil {
		return nil, err
	}
	defer asked.agent.Close()
	if f.loadPage {
		if err := asked.loadPage(ctx, f.from); err != nil {
			return nil, err
		}
	}
	trace := new(fetch.Trace)
	response, err := asked.run(ctx, trace)
	if err != nil {
		if ctx.Err() != nil {
			return nil, &usageError{Code: codeInterrupted, Message: "interrupted"}
		}
		return nil, requestError(err)
	}
	bodyErr := readStart(response)
	if ctx.Err() != nil {
		return nil, &usageError{Code: codeInterrupted, Message: "interrupted"}
	}
	probes := asked.probes(ctx, trace)
	if ctx.Err() != nil {
		return nil, &usageError{Code: codeInterrupted, Message: "interrupted"}
	}
	nameFlags(trace, probes)
	if !f.showSecrets {
		trace, probes = maskedWith(trace, probes)
	}
	result := judge(trace)
	result.probes = probes
	result.notes, result.requestBody, result.bodyErr, result.heldCookies = asked.notes, asked.body, bodyErr, len(f.cookies) > 0
	result.curlNetwork = curlNetwork(trace.Request.URL, f.resolve, f.caFile)
	result.understood, result.server = f.understood(trace, bodyErr), server
	if by := f.initiator(asked); by != diagnose.ByFetch {
		result.initiator = by
	}
	if asked.assumedPublic && tellsOfLocalNetwork(result.report()) {
		result.notes = append(result.notes, "the page is taken to be of the internet, by its name; --page-address-space says otherwise")
	}
	result.withBody()
	result.withOthers(f.meaning())
	return result, nil
}

// text is the result for a person, behind how the input was understood.
func (r *result) text(o renderOptions) string {
	text := render(r, o)
	switch {
	case r.understood == nil:
	case o.Brief:
		// How the input was read stands behind the answer, where the answer is what was asked for.
		text = strings.TrimRight(text+"\n"+renderInput(r.understood, o), "\n") + "\n"
	default:
		text = renderInput(r.understood, o) + text
	}
	return text
}

// flagsInHints are the fields of a transport's configuration that a hint speaks of, and the flags that set them.
var flagsInHints = strings.NewReplacer("name its PEM file as CA file", "name its PEM file with --cacert",
	"give its address by a resolve rule (HOST:PORT:ADDRESS)", "give its address with --resolve HOST:PORT:ADDRESS")

// nameFlags has the hints of a trace speak of flags.
func nameFlags(t *fetch.Trace, probes []diagnose.Probe) {
	if r := t.Outcome.Reason; r != nil {
		r.Want = flagsInHints.Replace(r.Want)
	}
	exchanges := slices.Clone(t.Exchanges)
	for _, p := range probes {
		exchanges = append(exchanges, p.Exchange)
	}
	for _, x := range exchanges {
		if x.Failure != nil {
			x.Failure.Hint = flagsInHints.Replace(x.Failure.Hint)
		}
	}
}

// startOfBody is how much of a body that the page may read is looked at, and
// startWait how long.
const (
	startOfBody = fetch.DefaultTraceBody
	startWait   = 2 * time.Second
)

// readStart reads the start of the body into the trace. The error is that of a page
// that would read on: a body that is cut short, or does not fit its coding.
func readStart(response *fetch.Response) error {
	if response == nil {
		return nil
	}
	defer response.Close()
	body := response.Internal().Body
	if response.IsError() || body == nil {
		return nil
	}
	stopped := make(chan error, 1)
	go func() {
		_, err := io.CopyN(io.Discard, body, startOfBody+1)
		stopped <- err
	}()
	timer := time.NewTimer(startWait)
	defer timer.Stop()
	select {
	case err := <-stopped:
		var broken *fetch.BodyError
		if errors.As(err, &broken) {
			return broken
		}
		return nil
	case <-timer.C:
		// A stream of events may go on for ever, and its start is enough.
		response.Close()
		<-stopped
		return nil
	}
}

// errUnsent stops a request that the user did not ask to send.
var errUnsent = errors.New("its method may change data, and --send was not given")

// beforeSend lets everything pass that cannot change data.
func beforeSend(x *fetch.Exchange) error {
	if x.Kind == fetch.ExchangePreflight || isSafeMethod(x.Method) {
		return nil
	}
	return errUnsent
}

// isSafeMethod names the methods that are sent unasked. Methods are told apart by
// case, as servers do.
func isSafeMethod(method string) bool {
	return method == "GET" || method == "HEAD" || method == "OPTIONS"
}

// requestError is for a request that no browser would even begin.
func requestError(err error) error {
	var bad *fetch.URLError
	var refused *fetch.RequestError
	switch {
	case errors.As(err, &bad):
		return &usageError{Code: codeURL, Message: withoutPrefix(bad)}
	case errors.As(err, &refused):
		return &usageError{Code: codeRequest, Message: withoutPrefix(refused)}
	}
	return err
}

func withoutPrefix(err error) string { return strings.TrimPrefix(err.Error(), "fetch: ") }
