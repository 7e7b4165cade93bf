package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/e2e/browser"
	"github.com/corscope/corscope/e2e/front"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
	"github.com/corscope/corscope/internal/demofetch"
)

// TestFixesInChromium and TestFixesInFirefox put every fault of internal/demo before a real browser: it must fail as diagnose says,
// line by line, and it must read the answer once the fix that diagnose proved is made at the server and in the page.
func TestFixesInChromium(t *testing.T) { fixIn{chromium, diagnose.Chromium}.test(t) }
func TestFixesInFirefox(t *testing.T)  { fixIn{firefox, diagnose.Firefox}.test(t) }

type fixIn struct {
	product
	console diagnose.Browser
}

// forAPerson are the faults that no header and no option of the call repairs: diagnose says what is to be done, and a person does it.
var forAPerson = []string{
	"bad-port", "scheme-ftp",
	"name-not-resolved", "connection-refused", "address-unreachable", "certificate-wrong-name", "certificate-expired",
	"certificate-unknown-authority", "http-on-https-port", "never-shakes-hands", "never-answers", "closed", "reset", "not-http", "status-word",
	"header-with-nul", "two-lengths", "header-cut-off", "endless-headers", "endless-header", "endless-hints",
	"preflight-never-answers",
	"redirect-to-login", "redirect-loop", "redirect-location-invalid", "redirect-to-ftp", "redirect-to-data", "redirect-to-bad-port",
	"status-407",
	// URLs whose content nobody has.
	"data-url-malformed", "blob-url-unavailable",
	// Chromium asks the person at the browser, for pages on https: see granted.
	"local-network-access", "local-network-insecure",
}

// unsteady are bodies of gigabytes, which browsers take, and one over HTTP/2 whose reset, where it comes with the headers, takes them away in
// Chromium: now the script has a response, and now none.
var unsteady = []string{"body-huge", "body-gzip-bomb", "body-cut-off-http2"}

// pagesOfNobody are the faults of a page that no server of the demo serves: one at a port of localhost, whatever runs there.
var pagesOfNobody = []string{"localhost-names"}

// strangers are servers whose certificates are wrong for Chromium in one more way, because it trusts a key and not the demo's
// authority, and right for Firefox, which BiDi lets trust everybody.
var strangers = []string{"certificate-wrong-name", "certificate-expired", "certificate-unknown-authority"}

func (p fixIn) test(t *testing.T) {
	t.Parallel()
	d, err := demo.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	f, err := front.Start(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	b := p.openAt(t, browser.Options{Hosts: f.Addresses(), SOCKS: f.SOCKS(), TrustSPKI: f.SPKI()})
	for _, fault := range demo.Faults() {
		t.Run(fault.ID, func(t *testing.T) { p.fault(t, d, f, b, fault) })
	}
}

func (p fixIn) fault(t *testing.T, d *demo.World, f *front.Front, b browser.Browser, fault demo.Fault) {
	by := diagnose.ByFetch
	if fault.UploadListener {
		by = diagnose.ByXMLHttpRequest
	}
	trace, probes, bodyErr := p.record(t, d, fault)
	report := diagnose.Diagnose(trace, diagnose.Options{Initiator: by, BodyError: bodyErr})
	elsewhere := fault.Browser != "" && fault.Browser != p.profile.Name // the rule is another browser's
	if said := report.Fix != nil && !report.Fix.Complete; said != (slices.Contains(forAPerson, fault.ID) && !elsewhere) || said && report.Fix.Todo == "" {
		t.Errorf("left to a person: %v, with the words %q", said, report.Fix.Todo)
	}
	if fault.NeedsTimeout || slices.Contains(unsteady, fault.ID) || fault.ID == "endless-hints" || slices.Contains(pagesOfNobody, fault.ID) {
		// Browsers have more patience than a test.
		return
	}
	f.Apply(nil)
	p.visit(t, b, fault)
	p.fails(t, b, fault, callOf(fault.Call), report)
	if fault.Mode+fault.Redirect+fault.Cache+fault.Integrity+fault.TargetAddressSpace == "" && !fault.Import && !fault.Keepalive && !fault.Stream && by == diagnose.ByFetch {
		p.fails(t, b, fault, xhrOf(fault.Call), diagnose.Diagnose(trace, diagnose.Options{Initiator: diagnose.ByXMLHttpRequest, BodyError: bodyErr}))
	}
	p.granted(t, b, fault)
	if report.Fix == nil || !report.Fix.Complete {
		return
	}
	p.fixed(t, f, b, fault, report)
	// What further requests told may make another fix of it.
	asked := diagnose.Diagnose(trace, diagnose.Options{Initiator: by, Probes: probes})
	if toJSON(asked.Fix.Server) != toJSON(report.Fix.Server) || asked.Fix.Call != report.Fix.Call {
		if !asked.Fix.Complete {
			t.Fatalf("further requests leave it to a person: %s", asked.Fix.Todo)
		}
		p.fixed(t, f, b, fault, asked)
	}
}

// fails makes the call as it is: console and script must show what diagnose says, be it good or bad.
func (p fixIn) fails(t *testing.T, b browser.Browser, fault demo.Fault, call string, report *diagnose.Report) {
	t.Helper()
	console := report.Consoles[slices.IndexFunc(report.Consoles, func(c diagnose.Printout) bool { return c.Browser == p.console })]
	before := p.run(t, b, call, len(console.Lines))
	got, want := p.lines(before.console), printed(console)
	if fault.ID == "status-word" {
		// Firefox's network says its line from a process of its own, before or after.
		slices.Sort(got)
		slices.Sort(want)
	}
	if console.Unknown {
		got = got[:min(len(got), len(want))]
	} else if before.Error != console.JavaScript {
		t.Errorf("the script sees %q, and diagnose says %q", before.Error, console.JavaScript)
	}
	if !slices.Equal(got, want) && !slices.Contains(strangers, fault.ID) {
		t.Errorf("%s\nthe console shows\n  %s\nand diagnose says\n  %s", console.Basis, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// fixed makes a complete fix at the server and in the page: the script must read the answer.
func (p fixIn) fixed(t *testing.T, f *front.Front, b browser.Browser, fault demo.Fault, report *diagnose.Report) {
	t.Helper()
	f.Apply(report.Fix.Server)
	if slices.ContainsFunc(report.Fix.Server, func(c diagnose.Change) bool { return c.On == diagnose.OnPage }) {
		p.visit(t, b, fault)
	}
	call := callOf(fault.Call)
	if report.Fix.Call != "" {
		sent := fault.Call
		// A body that is named anew is what the person who follows the fix has to hand.
		sent.Stream = sent.Stream && !slices.ContainsFunc(report.Fix.Page, func(c diagnose.PageChange) bool { return c.Option == "body" })
		call = bodyOf(sent) + "return " + report.Fix.Call
		if sent.Import {
			call = "await " + report.Fix.Call + "; return new Response('imported');"
		}
	}
	after := p.run(t, b, call, 0)
	proof := report.Fix.Proofs[slices.IndexFunc(report.Fix.Proofs, func(o diagnose.Proof) bool { return o.Profile == p.profile.Name })]
	if after.Error != "" || after.Type == "opaque" && proof.Reads || after.BodyError != "" {
		t.Errorf("with the fix\n  %+v\n  %.300s\nthe script sees %+v", report.Fix.Server, call, after)
	}
}

// granted does what diagnose leaves to the person at the browser: the page comes over https, and the user lets it into the local network.
// No header and no script can. It must read the answer then.
func (p fixIn) granted(t *testing.T, b browser.Browser, fault demo.Fault) {
	t.Helper()
	c, ok := b.(*browser.Chromium)
	if !ok || fault.ID != "local-network-access" && fault.ID != "local-network-insecure" {
		return
	}
	fault.Page = strings.Replace(fault.Page, "http://", "https://", 1)
	page, err := fetch.ParseURL(fault.Page)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.GrantLocalNetwork(t.Context(), page.Origin().String()); err != nil {
		t.Fatal(err)
	}
	p.visit(t, b, fault)
	if after := p.run(t, b, callOf(fault.Call), 0); after.Error != "" || after.BodyError != "" {
		t.Errorf("with the user's permission the script sees %+v", after)
	}
	if err := c.ResetPermissions(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// seen is what a page's script got.
type seen struct {
	Error, Type, Body, BodyError string
	Status                       int
	console                      []browser.Line
}

// lines are those of a console that are about the fetch. Firefox has lines on cookies too, and does not hand on its warnings.
func (p fixIn) lines(console []browser.Line) []string {
	lines := []string{}
	for _, l := range console {
		if !strings.HasPrefix(l.Text, "Cookie “") {
			lines = append(lines, l.Text)
		}
	}
	return lines
}

func printed(p diagnose.Printout) []string {
	lines := []string{}
	for _, l := range p.Lines {
		if p.Browser != diagnose.Firefox || l.Level == diagnose.LevelError {
			lines = append(lines, l.Text)
		}
	}
	return lines
}

// visit opens the fault's page.
func (p fixIn) visit(t *testing.T, b browser.Browser, fault demo.Fault) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	page := fault.Page
	if page == "null" {
		page = front.NoOrigin
	}
	if err := b.Navigate(ctx, page); err != nil {
		t.Fatal(err)
	}
}

// run makes a call in the page.
func (p fixIn) run(t *testing.T, b browser.Browser, call string, lines int) seen {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := b.ClearCookies(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Console(ctx, 0); err != nil {
		t.Fatal(err)
	}
	text, err := b.Eval(ctx, fmt.Sprintf(`(async () => {
		const out = {};
		try {
			const end = new Promise((resolve, reject) => setTimeout(reject, 3000, "no event: the request never ends"));
			const response = await Promise.race([end, (async () => {%s})()]);
			out.type = response.type;
			out.status = response.status;
			try { out.body = (await response.text()).slice(0, 200); } catch (e) { out.bodyError = String(e); }
		} catch (e) { out.error = String(e); }
		return JSON.stringify(out);
	})()`, call))
	if err != nil {
		t.Fatal(err)
	}
	var s seen
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	if s.console, err = b.Console(ctx, lines); err != nil {
		t.Fatal(err)
	}
	return s
}

// callOf is the script of a call, which returns the promise of a response.
func callOf(c demo.Call) string {
	if c.Import {
		return "await import(" + toJSON(c.URL) + "); return new Response('imported');"
	}
	init := map[string]any{}
	for name, value := range map[string]string{"method": c.Method, "mode": c.Mode, "credentials": c.Credentials, "redirect": c.Redirect, "cache": c.Cache} {
		if value != "" {
			init[name] = value
		}
	}
	for name, value := range map[string]string{"integrity": c.Integrity, "targetAddressSpace": c.TargetAddressSpace} {
		if value != "" {
			init[name] = value
		}
	}
	if c.Keepalive {
		init["keepalive"] = true
	}
	headers := [][2]string{}
	for _, h := range c.Header {
		headers = append(headers, [2]string{h.Name, h.Value})
	}
	init["headers"] = headers
	script := bodyOf(c) + "const init = " + toJSON(init) + "; if (body !== undefined) init.body = body;"
	if c.Stream {
		script += `init.duplex = "half";`
	}
	if c.UploadListener {
		return xhrOf(c)
	}
	return script + "return fetch(" + toJSON(c.URL) + ", init);"
}

// xhrOf is the same by XMLHttpRequest, which has no modes.
func xhrOf(c demo.Call) string {
	headers := [][2]string{}
	for _, h := range c.Header {
		headers = append(headers, [2]string{h.Name, h.Value})
	}
	method := c.Method
	if method == "" {
		method = "GET"
	}
	return bodyOf(c) + fmt.Sprintf(`const x = new XMLHttpRequest();
		if (%t) x.upload.onprogress = () => {};
		x.open(%s, %s);
		x.withCredentials = %t;
		for (const [name, value] of %s) x.setRequestHeader(name, value);
		return new Promise((resolve, reject) => {
			const empty = status => status === 204 || status === 205 || status === 304;
			x.onload = () => resolve(new Response(empty(x.status) ? null : x.responseText, {status: x.status}));
			x.onerror = () => reject("error event, status " + x.status);
			x.send(body);
		});`, c.UploadListener, toJSON(method), toJSON(c.URL), c.Credentials == "include", toJSON(headers))
}

// bodyOf defines the body of a call.
func bodyOf(c demo.Call) string {
	switch {
	case c.Stream:
		return "const body = new Blob([" + toJSON(c.Body) + "]).stream();"
	case c.Body != "":
		return "const body = " + toJSON(c.Body) + ";"
	}
	return "const body = undefined;"
}

func toJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// record runs a fault's call in the engine, over the servers as they are, and asks further what diagnose wants to know. A rule that is one
// browser's own needs the profile of this one.
func (p fixIn) record(t *testing.T, d *demo.World, fault demo.Fault) (*fetch.Trace, []diagnose.Probe, error) {
	t.Helper()
	config, err := demofetch.Network(d)
	if err != nil {
		t.Fatal(err)
	}
	transport, err := fetch.NewNetTransport(config)
	if err != nil {
		t.Fatal(err)
	}
	limits := fetch.Limits{Timeout: 20 * time.Second}
	if fault.NeedsTimeout {
		limits.Timeout = 200 * time.Millisecond
	}
	browsers := fetch.AgentConfig{Transport: transport, Limits: limits}
	if fault.Browser != "" {
		browsers.Profile = p.profile
	}
	agent, err := fetch.NewAgent(browsers)
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()
	page, err := demofetch.OpenPage(t.Context(), agent, fault.Call)
	if err != nil {
		t.Fatal(err)
	}
	trace := new(fetch.Trace)
	response, err := demofetch.Make(t.Context(), page, fault.Call, trace)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Close()
	var broken error
	if fault.Want.BodyError != "" {
		_, broken = io.Copy(io.Discard, response.Internal().Body)
	}
	return trace, askFurther(t, transport, trace), broken
}

func askFurther(t *testing.T, transport fetch.Transport, trace *fetch.Trace) []diagnose.Probe {
	var done []diagnose.Probe
	for {
		p, ok := diagnose.NextProbe(trace, done)
		if !ok {
			return done
		}
		u, err := fetch.ParseURL(p.Exchange.URL)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		answer, err := transport.Exchange(ctx, &fetch.Message{Method: p.Exchange.Method, URL: u, Headers: p.Exchange.RequestHeaders})
		if err != nil {
			p.Exchange.Failure = &fetch.NetworkError{Code: fetch.ReasonNetwork, Detail: err.Error()}
		} else {
			answer.Body.Close()
			p.Exchange.Status, p.Exchange.ResponseHeaders = answer.Status, answer.Headers
		}
		cancel()
		done = append(done, p)
	}
}
