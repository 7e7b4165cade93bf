package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/origin"
)

// maxData bounds a body that is read from a file or a pipe.
const maxData = 64 << 20

// asked is what the flags of explain ask for, ready to run.
type asked struct {
	agent *fetch.Agent
	// transport is the network for further requests, timeout how long each may take; nil where there is no network.
	transport fetch.Transport
	timeout   time.Duration
	page      *fetch.Page
	request   fetch.Request
	imports   bool   // the request is for a module, of which its URL alone counts
	body      []byte // the request's
	// notes are what the reader should know about how the flags were understood.
	notes []string
	// assumedPublic: nobody said that the page is of the internet, but its name does.
	assumedPublic bool
}

// prepare makes page and request of the flags.
func (r *run) prepare(target string, f *explainFlags) (*asked, error) {
	a := new(asked)
	if f.from == "" {
		message := "which page asks? CORS depends on it"
		if f.given != nil && f.given.Message != nil && f.given.Message.Foreign && f.given.Message.Reason == "" {
			message = "the message is not in English: its URL was read, and nothing else, and it does not say which page asks"
		}
		hint := "add --from with the page's origin, such as --from http://localhost:5173"
		if id := f.meaning().Cause.ID; id != "" {
			hint += "; the words alone name " + id + ", which corscope why tells of"
		}
		if known := f.command(target); known != "" {
			hint += "; with what is known: " + known
		}
		return nil, &usageError{Code: codeMissingPage, Message: message, Hint: hint}
	}
	if err := oneOf("--credentials", f.credentials, "omit", "same-origin", "include"); err != nil {
		return nil, err
	}
	if err := oneOf("--mode", f.mode, "cors", "no-cors", "same-origin"); err != nil {
		return nil, err
	}
	if err := oneOf("--redirect", f.redirect, "follow", "error", "manual"); err != nil {
		return nil, err
	}
	pageURL, err := a.parsePage(f)
	if err != nil {
		return nil, err
	}
	targetURL, err := parseTarget(target, pageURL, f)
	if err != nil {
		return nil, err
	}
	if err := r.readRequest(a, targetURL, f); err != nil {
		return nil, err
	}
	f.complete(a)
	f.lab.complete(a)
	if err := a.open(f); err != nil {
		return nil, err
	}
	if err := a.holdCookies(targetURL, f.cookies); err != nil {
		return nil, err
	}
	return a, nil
}

// oneOf refuses a flag's value that is none of the words.
func oneOf(flag, value string, words ...string) error {
	if slices.Contains(words, value) {
		return nil
	}
	last := len(words) - 1
	return &usageError{Code: codeFlagValue, Message: flag + " cannot be " + quote(value),
		Hint: "use " + strings.Join(words[:last], ", ") + " or " + words[last]}
}

const onePage = "write one address, as it stands in the browser's address bar, and no pattern"

// parsePage returns nil for a page without a name.
func (a *asked) parsePage(f *explainFlags) (*fetch.URL, error) {
	from := f.from
	if strings.EqualFold(from, "null") {
		if f.loadPage {
			return nil, &usageError{Code: codeFlagValue, Message: "--load-page needs a page with an address", Hint: "give its URL to --from"}
		}
		return nil, nil
	}
	u, err := fetch.ParseHTTPURL(from)
	if app := appPage(from); err != nil && app != nil && !f.loadPage {
		a.notes = append(a.notes, ofApps(app.Scheme()))
		return app, nil
	}
	if err != nil {
		e := &usageError{Code: codePage, Message: "--from " + quote(from) + " is no page"}
		if bad := (*fetch.URLError)(nil); errors.As(err, &bad) {
			e.Hint = bad.Hint
			if bad.Value != "" && strings.HasPrefix(from, bad.Value+"://") {
				e.Hint = "a page is at an http or https URL, or at one of an app or extension, such as capacitor://localhost"
			}
			if hostless.MatchString(from) {
				e.Message = "the page is at " + quote(from) + ", as Electron's apps often are, and by the standard's grammar no origin has that host"
				e.Hint = "load the app from a name, as in app://localhost, which a server can allow (--from app://localhost asks as it does), or ask from Electron's main process, where no rule applies"
			}
			if strings.HasPrefix(from, "file:") {
				e.Hint = "write null for it, because to a browser a file: page has no origin of its own; or serve the file over http"
			}
		}
		if strings.Contains(from, "*") {
			e.Hint = onePage
		}
		return nil, e
	}
	if strings.Contains(u.Host(), "*") {
		return nil, &usageError{Code: codePage, Message: "--from " + quote(from) + " is no page", Hint: onePage}
	}
	if u.HasCredentials() {
		return nil, &usageError{Code: codePage, Message: "--from holds a user name or password", Hint: "leave it out: no origin has one"}
	}
	if path := strings.TrimPrefix(from, u.Origin().String()); path != from && path != "" && path != "/" && !f.loadPage {
		a.notes = append(a.notes, "of --from, only the origin "+u.Origin().String()+" counts, not the path")
	} else if written, err := origin.Parse(strings.TrimSuffix(from, "/")); err != nil && u.StringWithoutFragment() == u.Origin().String()+"/" {
		a.notes = append(a.notes, "a browser writes the origin of --from as "+u.Origin().String())
	} else if err == nil && written != u.Origin() {
		a.notes = append(a.notes, "the origin of --from is "+u.Origin().String())
	}
	return u, nil
}

// hostless is an app's page with a dot or a hyphen for a host.
var hostless = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://[.-](?:/|$)`)

// appPage is a page of a scheme that apps and extensions have for themselves, such as capacitor://localhost; nil for any other.
func appPage(from string) *fetch.URL {
	u, err := fetch.ParseURL(from)
	if err != nil || u.IsHTTP() || u.Scheme() == "ws" || u.Scheme() == "wss" || u.Scheme() == "ftp" || !strings.HasPrefix(strings.TrimSpace(from)[len(u.Scheme()):], "://") {
		return nil
	}
	if o, err := origin.Parse(u.Scheme() + "://" + u.HostPort()); err != nil || o.IsOpaque() {
		return nil
	}
	return u
}

// ofApps is what to know of a page of such a scheme.
func ofApps(scheme string) string {
	if strings.HasSuffix(scheme, "-extension") {
		return "what an extension's manifest names in host_permissions its own pages may read, whatever the server says; this is about all else"
	}
	return scheme + ": is the scheme of an app, which can also ask through native code, where no rule of CORS applies"
}

// parseTarget takes a path too, as fetch() does: it is relative to the page.
func parseTarget(target string, page *fetch.URL, f *explainFlags) (*fetch.URL, error) {
	var u *fetch.URL
	var err error
	if strings.HasPrefix(target, "/") && page != nil {
		u, err = page.Parse(target)
	} else {
		u, err = f.lab.parseTarget(target)
	}
	if err != nil {
		return nil, requestError(err)
	}
	if u.HasCredentials() {
		return nil, &usageError{Code: codeURL, Message: "fetch() refuses a URL with a user name or password in it",
			Hint: "leave it out, and give -H 'Authorization: Basic ...' if the page does"}
	}
	return u, nil
}

// readRequest fills in the request.
func (r *run) readRequest(a *asked, target *fetch.URL, f *explainFlags) error {
	a.request = fetch.Request{
		URL: target.String(), Method: f.method, Mode: fetch.Mode(f.mode),
		Credentials: fetch.CredentialsMode(f.credentials), Redirect: fetch.RedirectMode(f.redirect),
	}
	for _, line := range f.headers {
		name, value, err := parseHeader(line)
		if err != nil {
			return err
		}
		a.request.Headers = append(a.request.Headers, fetch.Header{Name: name, Value: value})
	}
	body, err := r.readData(f.data)
	if err != nil {
		return err
	}
	if body != nil {
		a.request.Body, a.body = fetch.BytesBody(body), body
		if f.method == "" {
			a.request.Method = "POST"
		}
		if !a.request.Headers.Contains("Content-Type") {
			a.request.Headers.Append("Content-Type", "text/plain;charset=UTF-8")
			a.notes = append(a.notes, "fetch() sends a string as text/plain;charset=UTF-8; -H 'Content-Type: ...' says another type")
		}
	}
	method := a.request.Method
	if upper := strings.ToUpper(method); httpspec.IsToken(method) && httpspec.NormalizeMethod(method) != upper {
		a.notes = append(a.notes, "browsers send the method "+method+" as it is written, and to a server that is not "+upper)
	}
	return nil
}

// parseHeader takes "Name: value"; the value may be empty.
func parseHeader(line string) (name, value string, err error) {
	name, value, found := strings.Cut(line, ":")
	if !found {
		return "", "", &usageError{Code: codeHeader, Message: "-H " + quote(line) + " has no colon", Hint: "write 'Name: value', or 'Name:' for an empty value"}
	}
	name, value = strings.TrimSpace(name), httpspec.NormalizeHeaderValue(value)
	if !httpspec.IsToken(name) {
		return "", "", &usageError{Code: codeHeader, Message: "-H " + quote(line) + " has no header name before the colon",
			Hint: "a name is made of letters, digits and hyphens"}
	}
	if !httpspec.IsHeaderValue(value) {
		return "", "", &usageError{Code: codeHeader, Message: "the value of -H " + name + " holds a line break or a zero byte", Hint: "leave it out"}
	}
	return name, value, nil
}

// readData returns nil without -d.
func (r *run) readData(data []string) ([]byte, error) {
	if data == nil {
		return nil, nil
	}
	body := []byte{}
	for i, d := range data {
		if i > 0 {
			body = append(body, '&')
		}
		name, isFile := strings.CutPrefix(d, "@")
		if !isFile {
			body = append(body, d...)
			continue
		}
		part, err := r.readDataFile(name)
		if err != nil {
			return nil, err
		}
		body = append(body, part...)
	}
	return body, nil
}

func (r *run) readDataFile(name string) ([]byte, error) {
	in := r.env.Stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, fileError("-d @"+name, err)
		}
		defer file.Close()
		in = file
	}
	part, err := io.ReadAll(io.LimitReader(in, maxData+1))
	if err != nil {
		return nil, fileError("-d @"+name, err)
	}
	if len(part) > maxData {
		return nil, &usageError{Code: codeFile, Message: "-d @" + name + " is larger than 64 MiB", Hint: "send less: CORS does not depend on the body's size"}
	}
	return part, nil
}

func fileError(what string, err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return &usageError{Code: codeFile, Message: what + " cannot be read", Hint: err.Error()}
}

// open makes agent and page.
func (a *asked) open(f *explainFlags) error {
	timeout, err := parseTimeout(f.timeout)
	if err != nil {
		return err
	}
	config, err := f.networkFlags.config()
	if err != nil {
		return err
	}
	transport, err := f.lab.transport(a.request.URL, config)
	if err != nil {
		return networkError(err)
	}
	a.transport, a.timeout = f.lab.furtherTransport(transport), timeout
	if f.noProbe || f.offline() {
		a.transport = nil
	}
	c := fetch.AgentConfig{Profile: f.lab.browser(), Transport: transport, Limits: fetch.Limits{Timeout: timeout}, BeforeSend: beforeSendUnless(f.send)}
	if f.offline() {
		c.Transport, c.BeforeSend = f.given.Recorded, nil
		// How long it takes to read a recording is no time of the server's.
		now := time.Now()
		c.Clock = func() time.Time { return now }
	}
	a.agent, err = fetch.NewAgent(c)
	if err != nil {
		return err
	}
	space, given, err := parseAddressSpace(f.pageSpace)
	if err != nil {
		return err
	}
	if !given && len(f.resolve) == 0 && !f.offline() && f.lab == nil {
		page, err := fetch.ParseURL(f.from)
		if err == nil && page.IsHTTP() {
			space = page.LikelyAddressSpace()
			a.assumedPublic = space == fetch.AddressSpacePublic
		}
	}
	a.page, err = a.agent.NewPage(f.saidPolicy(f.lab.pageConfig(fetch.PageConfig{URL: f.from, AddressSpace: space})))
	if err != nil {
		return pageError("--from", f.from, err)
	}
	return nil
}

// run makes the request. That an answer is no module is another matter than whether the page may have it, and a note.
func (a *asked) run(ctx context.Context, trace *fetch.Trace) (*fetch.Response, error) {
	if !a.imports {
		a.request.Trace = trace
		return a.page.Fetch(ctx, a.request)
	}
	response, err := a.page.FetchModule(ctx, fetch.ModuleRequest{URL: a.request.URL, Trace: trace})
	if noModule := (*fetch.ModuleError)(nil); errors.As(err, &noModule) {
		a.notes = append(a.notes, "the import fails all the same: "+withoutPrefix(noModule))
		return nil, nil
	}
	return response, err
}

func beforeSendUnless(send bool) func(*fetch.Exchange) error {
	if send {
		return nil
	}
	return beforeSend
}

// networkError is for flags and environment variables that the transport refuses.
func networkError(err error) error {
	var bad *fetch.NetConfigError
	if !errors.As(err, &bad) {
		return err
	}
	e := &usageError{Code: codeFlagValue, Message: bad.Field + " " + quote(bad.Value) + " " + bad.Problem, Hint: bad.Hint}
	switch bad.Code {
	case fetch.NetConfigCAUnreadable, fetch.NetConfigCAInvalid:
		e.Code, e.Message = codeFile, "--cacert "+bad.Value+" "+bad.Problem
	case fetch.NetConfigResolve:
		e.Code, e.Message = codeResolve, "--resolve "+quote(bad.Value)+" "+bad.Problem
	}
	return e
}

// holdCookies puts the cookies into the browser, as if the target had set them on its
// own page.
func (a *asked) holdCookies(target *fetch.URL, specs []string) error {
	var lines []string
	for _, spec := range specs {
		read, err := fetch.ParseCookieSpec(spec)
		var bad *fetch.CookieSpecError
		if errors.As(err, &bad) {
			return &usageError{Code: codeCookie, Message: "--cookie is no cookie", Hint: bad.Hint}
		}
		if err != nil {
			return err
		}
		lines = append(lines, read...)
	}
	for _, line := range lines {
		d := a.agent.Jar().Set(target, line, fetch.CookieContext{Policy: a.agent.Profile().Cookies})
		if !d.Accepted {
			name, _, _ := strings.Cut(line, "=")
			return &usageError{Code: codeCookie, Message: "no browser would hold the cookie " + quote(name) + " for " + target.Origin().String(), Hint: d.Why}
		}
		for _, ignored := range d.Ignored {
			a.notes = append(a.notes, "--cookie "+d.Name+": "+ignored)
		}
	}
	return nil
}
