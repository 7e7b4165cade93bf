package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/jsrun"
	"github.com/corscope/corscope/internal/term"
	"github.com/corscope/corscope/origin"
)

const scriptHelp = `  corscope run snippet.js --url https://app.example.com/cart
  corscope run -e 'await (await fetch("https://api.example.com/users")).json()' --origin https://app.example.com
  corscope run --trace --origin http://localhost:5173 - < snippet.js
  cat jquery.min.js snippet.js | corscope run --url https://app.example.com/ -
  corscope run --repl --url https://app.example.com/

Runs JavaScript as the page at --url would run it: fetch, XMLHttpRequest, EventSource,
images, fonts, URL, timers and the console, with the browser's rules on what the page
may read. Each run starts with empty cookies and caches, and lives while timers or
requests are pending. The document is an empty page's. A library goes before the script
that uses it.

The console prints on standard output, where the values of -e and --repl go too, and
nothing else; its warn, error, trace and assert print on standard error. A fetch that
the page does not get is told there in one line; with --trace every fetch is explained
there, as corscope explain does.

A module may import others over http and https: they are fetched by CORS, relative to
--url. There are no import maps.

The script reaches no file and no environment variable. It does reach the network, and
requests are really sent, whatever their method.

Exit status: 0 the script ended; 1 an uncaught error, an unhandled rejection, a script
that cannot be parsed, or a limit; 2 bad usage; 3 time-out; 130 interrupted, by Ctrl-C.

`

// maxScript bounds a script.
const maxScript = 64 << 20

// scriptFlags are the flags of run as they were given.
type scriptFlags struct {
	url, origin string
	eval        string
	repl        bool
	module      bool
	worker      bool
	loadPage    bool
	pageSpace   string
	ownNetwork  bool
	trace       bool
	networkFlags
	browser     string
	showSecrets bool
	colour      string
	verbose     bool
}

func (r *run) scriptCommand() *cobra.Command {
	var f scriptFlags
	c := &cobra.Command{
		Use:   "run FILE.js|-",
		Short: "Run JavaScript as a page would, with the browser's rules",
		Long:  scriptHelp,
		Args: func(cmd *cobra.Command, args []string) error {
			evals := cmd.Flags().Changed("eval") || f.repl
			switch {
			case f.repl && cmd.Flags().Changed("eval"):
				return &usageError{Code: codeUsage, Message: "run takes -e or --repl, and not both", Hint: "type the script at the prompt"}
			case f.repl && f.module:
				return &usageError{Code: codeUsage, Message: "--repl runs scripts, not modules", Hint: "leave out --module"}
			case evals && len(args) > 0:
				return &usageError{Code: codeUsage, Message: "run takes one script, and " + quote(args[0]) + " is one too many",
					Hint: "leave it out, or -e and --repl"}
			case !evals && len(args) == 0:
				return &usageError{Code: codeUsage, Message: "run needs a script", Hint: "name a file, - for standard input, or give the script with -e"}
			case len(args) > 1:
				return &usageError{Code: codeUsage, Message: "run takes one script, and " + quote(args[1]) + " is one too many",
					Hint: "join the scripts to one file"}
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			name := "-e"
			if len(args) == 1 {
				name = args[0]
			}
			if f.repl && !cmd.Flags().Changed("timeout") {
				f.timeout = "1h"
			}
			return r.script(cmd.Context(), name, &f)
		},
	}
	fl := c.Flags()
	fl.SortFlags = false
	fl.StringVar(&f.url, "url", "", "the page's `URL`: what location says, and relative URLs start from; the default is the origin's root")
	fl.StringVar(&f.origin, "origin", "", "the page's `ORIGIN`, or null; the default is that of --url, or null")
	fl.StringVarP(&f.eval, "eval", "e", "", "run this `SCRIPT` and print its value")
	fl.BoolVar(&f.repl, "repl", false, "read lines and print their values, as a browser's console does; --timeout is then an hour unless given")
	fl.BoolVar(&f.module, "module", false, "run it as an ES module; what it imports is fetched as the page's modules are, relative to --url")
	fl.BoolVar(&f.worker, "worker", false, "run it as a worker would: without document and window")
	fl.BoolVar(&f.loadPage, "load-page", false, "fetch the page at --url first, and obey the policies of its answer and of its <meta> elements")
	fl.StringVar(&f.pageSpace, "page-address-space", "", pageAddressSpaceUsage)
	fl.BoolVar(&f.ownNetwork, "allow-local-network", false, "the user lets the page reach the local network and this machine, where the browser asks")
	fl.BoolVar(&f.trace, "trace", false, "explain every fetch on standard error")
	fl.StringVar(&f.browser, "browser", "spec", "the `BROWSER` to be like: spec (the standard itself), chromium, firefox or webkit")
	f.networkFlags.define(fl, "60s", "stop the script")
	fl.BoolVar(&f.showSecrets, "show-secrets", false, "with --trace, do not mask the values of Authorization, Cookie and Set-Cookie")
	defineColour(fl, &f.colour)
	fl.BoolVarP(&f.verbose, "verbose", "v", false, "with --trace, show every header and every step")
	complete(c, map[string][]string{"browser": {"spec", "chromium", "firefox", "webkit"}, "page-address-space": addressSpaces, "color": colours})
	return c
}

// script runs the script called name.
func (r *run) script(ctx context.Context, name string, f *scriptFlags) error {
	timeout, err := parseTimeout(f.timeout)
	if err != nil {
		return err
	}
	options, err := r.traceOptions(f)
	if err != nil {
		return err
	}
	source := f.eval
	if name != "-e" {
		if source, err = r.readScript(name); err != nil {
			return err
		}
	}
	page, err := openScriptPage(ctx, f)
	if err != nil {
		var blocked *fetch.BlockedError
		if !errors.As(err, &blocked) {
			return err
		}
		fmt.Fprintln(r.env.Stderr, "corscope: the page could not be loaded: "+term.Escape(blocked.Reason.Sentence()))
		r.status = exitFailed
		return nil
	}
	defer page.Agent().Close()
	defer jsrun.CollectRarely()()
	config := jsrun.Config{
		Page: page, Worker: f.worker, Module: f.module, Stdout: r.env.Stdout, Stderr: r.env.Stderr,
		Limits: jsrun.Limits{Time: timeout},
		OnError: func(err error) {
			text := escapeLines(err.Error())
			if e, ok := errors.AsType[*jsrun.ScriptError](err); ok && e.Kind == jsrun.NeverSettled {
				text = "corscope: " + text // these are our words, not the console's
			}
			fmt.Fprintln(r.env.Stderr, text)
		},
		OnBlocked: func(method, url string, reason fetch.Reason) {
			hint := ""
			if reason.Code == fetch.ReasonLocalNetworkAccess && reason.Detail == "" {
				hint = " --allow-local-network allows it."
			}
			fmt.Fprintf(r.env.Stderr, "corscope: %s %s: %s%s\n", term.Escape(method), term.Escape(fetch.BriefURL(url)), term.Escape(reason.Sentence()), hint)
		},
	}
	if f.trace {
		config.OnBlocked = nil
		config.OnTrace = func(t *fetch.Trace) {
			if !f.showSecrets {
				t = masked(t)
			}
			fmt.Fprintln(r.env.Stderr, render(judge(t), options))
		}
	}
	if f.repl {
		return r.repl(ctx, config)
	}
	if name == "-e" {
		config.OnValue = func(text string) {
			if _, isTerminal := r.env.Terminal(r.env.Stdout); isTerminal {
				text = escapeLines(text) // what a server sent does not steer the reader's terminal; a pipe gets it as it is
			}
			fmt.Fprintln(r.env.Stdout, text)
		}
		name = "script"
	}
	return r.scriptEnded(ctx, runScript(ctx, config, source, name))
}

// scriptGrace is how long a script may go on after its time.
const scriptGrace = 2 * time.Second

// runScript is jsrun.Run, but lets go of a script that hangs in one of the engine's own loops, which nothing can interrupt: the
// process is about to end.
func runScript(ctx context.Context, config jsrun.Config, source, name string) error {
	ended := make(chan error, 1)
	go func() { ended <- jsrun.Run(ctx, config, source, name) }()
	limit, cancel := context.WithTimeout(ctx, config.Limits.Time)
	defer cancel()
	select {
	case err := <-ended:
		return err
	case <-limit.Done():
	}
	select {
	case err := <-ended:
		return err
	case <-time.After(scriptGrace):
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return &jsrun.TimeoutError{After: config.Limits.Time}
}

// scriptEnded sets the status that an error of Run stands for, and says what was not said while the script ran.
func (r *run) scriptEnded(ctx context.Context, err error) error {
	var uncaught *jsrun.ScriptError
	var syntax *jsrun.SyntaxError
	var limit *jsrun.LimitError
	var timeout *jsrun.TimeoutError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return &usageError{Code: codeInterrupted, Message: "interrupted"}
	case errors.As(err, &uncaught):
		r.status = exitBlocked
		return nil
	case errors.As(err, &syntax), errors.As(err, &limit):
		r.status = exitBlocked
	case errors.As(err, &timeout):
		r.status = exitFailed
	default:
		return err
	}
	fmt.Fprintln(r.env.Stderr, "corscope: "+escapeLines(err.Error()))
	return nil
}

// escapeLines makes a script's text safe for a terminal, line by line.
func escapeLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = term.Escape(lines[i])
	}
	return strings.Join(lines, "\n")
}

// traceOptions say how traces look on standard error.
func (r *run) traceOptions(f *scriptFlags) (renderOptions, error) {
	env := r.env
	env.Stdout = env.Stderr
	style, width, err := env.layout(f.colour)
	return renderOptions{Style: style, Width: width, Verbose: f.verbose, BodyAfterwards: true}, err
}

func (r *run) readScript(name string) (string, error) {
	in, what := r.env.Stdin, "standard input"
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return "", fileError(quote(name), err)
		}
		defer file.Close()
		in, what = file, quote(name)
	}
	b, err := io.ReadAll(io.LimitReader(in, maxScript+1))
	if err != nil {
		return "", fileError(what, err)
	}
	if len(b) > maxScript {
		return "", &usageError{Code: codeFile, Message: fmt.Sprintf("%s is larger than %d MiB", what, maxScript>>20), Hint: "that is no script"}
	}
	return jsrun.DecodeSource(b), nil
}

// openScriptPage makes a browser with empty cookies and caches, and the page in it.
func openScriptPage(ctx context.Context, f *scriptFlags) (*fetch.Page, error) {
	profile, err := scriptProfile(f.browser)
	if err != nil {
		return nil, err
	}
	network, err := f.networkFlags.config()
	if err != nil {
		return nil, err
	}
	transport, err := fetch.NewNetTransport(network)
	if err != nil {
		return nil, networkError(err)
	}
	// One fetch may take as long as the script.
	agent, err := fetch.NewAgent(fetch.AgentConfig{Profile: profile, Transport: transport, Limits: fetch.Limits{Timeout: 24 * time.Hour}})
	if err != nil {
		return nil, err
	}
	config, err := scriptPage(f)
	if err != nil {
		return nil, err
	}
	space, given, err := parseAddressSpace(f.pageSpace)
	if err != nil {
		return nil, err
	}
	config.AddressSpace, config.LocalNetworkGranted = space, f.ownNetwork
	if !given && !f.loadPage && len(f.resolve) == 0 {
		if page, err := fetch.ParseURL(config.URL); err == nil {
			config.AddressSpace = page.LikelyAddressSpace()
		}
	}
	if f.loadPage {
		if f.url == "" {
			return nil, &usageError{Code: codeUsage, Message: "--load-page needs the page's URL", Hint: "add --url"}
		}
		page, _, err := agent.LoadPage(ctx, config)
		var refused *fetch.RequestError
		if errors.As(err, &refused) {
			return nil, requestError(err)
		}
		return page, err
	}
	page, err := agent.NewPage(config)
	if err != nil {
		return nil, pageError("--url", config.URL, err)
	}
	return page, nil
}

// scriptProfile returns the browser of that name.
func scriptProfile(name string) (fetch.Profile, error) {
	switch name {
	case "spec":
		return fetch.Profile{}, nil
	case "chromium":
		return fetch.Chromium(), nil
	case "firefox":
		return fetch.Firefox(), nil
	case "webkit":
		return fetch.WebKit(), nil
	}
	return fetch.Profile{}, &usageError{Code: codeFlagValue, Message: "--browser cannot be " + quote(name), Hint: "use spec, chromium, firefox or webkit"}
}

func scriptPage(f *scriptFlags) (fetch.PageConfig, error) {
	c := fetch.PageConfig{URL: f.url}
	switch {
	case f.origin == "" && f.url == "":
		c.URL = "null"
	case f.origin == "null":
		c.Origin = origin.NewOpaque()
		if c.URL == "" {
			c.URL = "null"
		}
	case f.origin != "":
		o, err := origin.Parse(f.origin)
		if err != nil {
			return c, &usageError{Code: codePage, Message: "--origin cannot be " + quote(f.origin), Hint: strings.TrimPrefix(err.Error(), "origin: ")}
		}
		c.Origin = o
		if c.URL == "" {
			c.URL = f.origin + "/"
		}
	}
	return c, nil
}
