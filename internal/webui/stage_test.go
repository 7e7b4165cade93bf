package webui

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"html"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/origin"
)

const chromeUserAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"

// goBrowser is a browser of Go: its engine is the one that it is compared with, and the way is the one of every browser.
type goBrowser struct {
	l     *lab
	agent *fetch.Agent
}

func (l *lab) browser(st *stage, limit int64) *goBrowser {
	l.t.Helper()
	config := fetch.NetConfig{Proxy: func(*url.URL) (*url.URL, error) { return nil, nil }}
	if len(st.plan.certified) > 0 {
		pool, err := st.set.world.CAPool() // the reader went on
		if err != nil {
			l.t.Fatal(err)
		}
		config.RootCAs = pool
	}
	transport, err := fetch.NewNetTransport(config)
	if err != nil {
		l.t.Fatal(err)
	}
	agent, err := fetch.NewAgent(fetch.AgentConfig{Profile: fetch.Chromium(), Transport: transport, Limits: fetch.Limits{Timeout: time.Duration(limit) * time.Millisecond}})
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { agent.Close() })
	return &goBrowser{l, agent}
}

func (b *goBrowser) page(config fetch.PageConfig) *fetch.Page {
	b.l.t.Helper()
	page, err := b.agent.NewPage(config)
	if err != nil {
		b.l.t.Fatal(err)
	}
	return page
}

func (b *goBrowser) fetch(from *fetch.Page, r fetch.Request) {
	b.l.t.Helper()
	response, err := from.Fetch(b.l.t.Context(), r)
	if err != nil {
		b.l.t.Fatal(err)
	}
	response.Close()
}

// postedCall is what a staged page reads.
type postedCall struct {
	ID, Lab, URL, Cookies string
	XHR, Import, Stream   bool
	Limit                 int64
	Window                *stagedWindow
	Init                  struct {
		Method, Mode, Credentials, Redirect, Cache string
		Integrity, TargetAddressSpace              string
		Headers                                    [][2]string
		Body                                       *string
		Keepalive                                  bool
	}
}

// unafraid is a reader who goes on whatever certificate there is.
var unafraid = &tls.Config{InsecureSkipVerify: true}

// open reads a staged page and returns its address, its headers and its call.
func (l *lab) open(address string) (string, fetch.HeaderList, postedCall) {
	l.t.Helper()
	dialer := new(net.Dialer)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, TLSClientConfig: unafraid, DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		if host, port, err := net.SplitHostPort(addr); err == nil && strings.HasSuffix(host, localhostSuffix) {
			addr = "127.0.0.1:" + port // as browsers do it, whatever the system's resolver says
		}
		return dialer.DialContext(ctx, network, addr)
	}}}
	response, err := client.Get(address)
	if err != nil {
		l.t.Fatal(err)
	}
	page, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil {
		l.t.Fatal(err)
	}
	if len(response.Cookies()) > 0 {
		l.t.Errorf("the staged page sets %v", response.Cookies())
	}
	if policy := response.Header.Get("Content-Security-Policy"); !strings.HasSuffix(policy, "frame-ancestors "+l.origin) || strings.Contains(policy, "connect-src") || strings.Contains(policy, "default-src") {
		l.t.Errorf("the staged page's policy is %s", policy)
	}
	found := regexp.MustCompile(`name="corscope-stage" content="([^"]*)"`).FindSubmatch(page)
	if found == nil {
		l.t.Fatalf("%s has no call in it: %d %s", address, response.StatusCode, page)
	}
	var call postedCall
	if err := json.Unmarshal([]byte(html.UnescapeString(string(found[1]))), &call); err != nil {
		l.t.Fatal(err)
	}
	var headers fetch.HeaderList
	for name, values := range response.Header {
		for _, value := range values {
			headers = append(headers, fetch.Header{Name: name, Value: value})
		}
	}
	return response.Request.URL.String(), headers, call
}

// visit does what the staged page's script does, and returns what it would post to the lab. A page in a window tells it by itself.
func (l *lab) visit(staged *stageResponse) Outcome {
	l.t.Helper()
	address, headers, call := l.open(staged.Page)
	if call.ID != staged.ID || call.Lab != l.origin || staged.Window != (call.Window != nil) {
		l.t.Errorf("the stage's script posts for %s to %s, in a window: %v", call.ID, call.Lab, call.Window != nil)
	}
	b := l.browser(l.stages.find(staged.ID), call.Limit)
	config := fetch.PageConfig{URL: address, TopLevel: l.origin, AddressSpace: fetch.AddressSpaceLoopback}.WithPolicies(headers)
	if staged.Window {
		config.TopLevel = ""
	}
	if staged.Sandbox {
		config.Origin = origin.NewOpaque()
	}
	from := b.page(config)
	switch {
	case call.Cookies == "":
	case staged.Window:
		b.fetch(b.page(fetch.PageConfig{URL: call.Cookies}), fetch.Request{URL: call.Cookies, Redirect: fetch.RedirectManual})
	default:
		b.fetch(from, fetch.Request{URL: call.Cookies, Mode: fetch.ModeNoCORS, Credentials: fetch.CredentialsInclude})
	}
	outcome := l.make(from, call)
	if call.Window != nil {
		for _, u := range call.Window.Next {
			b.fetch(from, fetch.Request{URL: u, Mode: fetch.ModeNoCORS, Credentials: fetch.CredentialsInclude})
		}
		home, _, then := l.open(call.Window.Home)
		for _, u := range then.Window.Next {
			b.fetch(b.page(fetch.PageConfig{URL: home}), fetch.Request{URL: u, Mode: fetch.ModeNoCORS, Credentials: fetch.CredentialsInclude})
		}
		l.tell(home, then.ID, outcome)
	}
	return outcome
}

// tell posts to a staged page's own server.
func (l *lab) tell(page, id string, o Outcome) {
	l.t.Helper()
	if status := l.tells(page, id, o, ""); status != http.StatusNoContent {
		l.t.Errorf("status %d", status)
	}
}

// tells is tell from a page of this origin, the page's own where that is empty, and returns the status.
func (l *lab) tells(page, id string, o Outcome, from string) int {
	l.t.Helper()
	body, err := json.Marshal(o)
	if err != nil {
		l.t.Fatal(err)
	}
	u, err := url.Parse(page)
	if err != nil {
		l.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(l.t.Context(), "POST", u.Scheme+"://127.0.0.1:"+u.Port()+backstage+"outcome?"+id, strings.NewReader(string(body)))
	if err != nil {
		l.t.Fatal(err)
	}
	r.Host = u.Host
	if from == "" {
		from = u.Scheme + "://" + u.Host
	}
	r.Header.Set("Origin", from)
	response, err := (&http.Transport{DisableKeepAlives: true, TLSClientConfig: unafraid}).RoundTrip(r)
	if err != nil {
		l.t.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}

// make makes a call.
func (l *lab) make(from *fetch.Page, call postedCall) Outcome {
	if call.Import {
		module, err := from.FetchModule(l.t.Context(), fetch.ModuleRequest{URL: call.URL})
		if err != nil || module.IsError() {
			return Outcome{Error: "TypeError"}
		}
		module.Close()
		return Outcome{OK: true}
	}
	i := call.Init
	r := fetch.Request{
		URL: call.URL, Method: i.Method, Mode: fetch.Mode(i.Mode), Credentials: fetch.CredentialsMode(i.Credentials), Redirect: fetch.RedirectMode(i.Redirect),
		Cache: fetch.CacheMode(i.Cache), Keepalive: i.Keepalive, UploadListener: call.XHR,
		Integrity: i.Integrity, TargetAddressSpace: fetch.AddressSpace(i.TargetAddressSpace),
	}
	for _, h := range i.Headers {
		r.Headers = append(r.Headers, fetch.Header{Name: h[0], Value: h[1]})
	}
	if i.Body != nil && call.Stream {
		r.Body = fetch.StreamBody(strings.NewReader(*i.Body))
	} else if i.Body != nil {
		r.Body = fetch.BytesBody([]byte(*i.Body))
		if !r.Headers.Contains("Content-Type") {
			r.Headers.Append("Content-Type", "text/plain;charset=UTF-8")
		}
	}
	answer, err := from.Fetch(l.t.Context(), r)
	if err != nil {
		return Outcome{Error: "TypeError"}
	}
	return outcomeOf(answer, call.XHR, call.Limit > 0)
}

// compareCase stages a case, visits it, and returns the comparison.
func (l *lab) compareCase(c Case, lie func(*Outcome)) *comparison {
	l.t.Helper()
	asked, err := json.Marshal(stageRequest{c})
	if err != nil {
		l.t.Fatal(err)
	}
	header := l.own()
	header["User-Agent"] = chromeUserAgent
	_, text := l.send("POST", "/api/v1/stage", header, string(asked))
	var staged stageResponse
	if err := json.Unmarshal([]byte(text), &staged); err != nil || staged.Cannot != "" {
		l.t.Fatalf("%v, cannot: %s", err, staged.Cannot)
	}
	o := l.visit(&staged)
	if lie != nil {
		lie(&o)
	}
	q := outcomeRequest{&o}
	if staged.Window {
		q.Outcome = nil
	}
	body, err := json.Marshal(q)
	if err != nil {
		l.t.Fatal(err)
	}
	header["User-Agent"] = chromeUserAgent
	_, text = l.send("POST", "/api/v1/stage/"+staged.ID+"/outcome", header, string(body))
	var c2 comparison
	if err := json.Unmarshal([]byte(text), &c2); err != nil {
		l.t.Fatalf("%v in %s", err, text)
	}
	return &c2
}

func TestEveryFaultThatCanBeStagedComesOutAlikeInABrowserAndInTheEngine(t *testing.T) {
	l := openLab(t)
	for _, item := range gallery().Causes {
		if !item.Compare {
			continue
		}
		t.Run(item.ID, func(t *testing.T) {
			if p, _ := planStage(item.Case, fetch.Chromium()); p.limit > 0 {
				t.Parallel()
			}
			l := &lab{l.Server, t, l.origin, l.token}
			if c := l.compareCase(item.Case, nil); !c.Agrees || c.Profile != "chromium" || c.Document == nil {
				t.Errorf("profile %s, differences %+v", c.Profile, c.Differences)
			}
		})
	}
}

func TestEveryStepOfTheStoryCanBeStaged(t *testing.T) {
	l := openLab(t)
	for _, scene := range gallery().Scenes {
		for _, step := range scene.Steps {
			if step.Case == nil {
				continue
			}
			t.Run(step.ID, func(t *testing.T) {
				l := &lab{l.Server, t, l.origin, l.token}
				if c := l.compareCase(*step.Case, nil); !c.Agrees {
					t.Errorf("differences %+v", c.Differences)
				}
			})
		}
	}
}

func TestWhatTheBrowserGotOtherwiseIsSaid(t *testing.T) {
	l := openLab(t)
	allowed := Case{Page: "https://app.example.com", URL: "https://api.example.com/x", Server: &Pretend{Answers: []Answer{
		{On: "request", Status: 200, Headers: []Header{{"Access-Control-Allow-Origin", "https://app.example.com"}, {"Content-Type", "text/plain"}}, Body: "hello"},
	}}}
	for name, c := range map[string]struct {
		lie  func(*Outcome)
		what []string
	}{
		"nothing":                    {func(*Outcome) {}, nil},
		"an error":                   {func(o *Outcome) { *o = Outcome{Error: "TypeError"} }, []string{"what the page gets"}},
		"another status":             {func(o *Outcome) { o.Status = 201 }, []string{"status"}},
		"another body":               {func(o *Outcome) { o.Body += "!" }, []string{"body"}},
		"a header more":              {func(o *Outcome) { o.Headers = append(o.Headers, Header{"X-More", "1"}) }, []string{"headers"}},
		"a date, which says nothing": {func(o *Outcome) { o.Headers = append(o.Headers, Header{"Date", "today"}) }, nil},
		"another type":               {func(o *Outcome) { o.Type = "basic" }, []string{"type"}},
		"another address":            {func(o *Outcome) { o.URL += "?" }, []string{"url"}},
		"a body that breaks":         {func(o *Outcome) { o.Error = "TypeError" }, []string{"error"}},
	} {
		t.Run(name, func(t *testing.T) {
			l := &lab{l.Server, t, l.origin, l.token}
			got := l.compareCase(allowed, c.lie)
			var what []string
			for _, d := range got.Differences {
				what = append(what, d.What)
			}
			if !slices.Equal(what, c.what) || got.Agrees != (len(c.what) == 0) {
				t.Errorf("differences %+v, agrees %v, want %v", got.Differences, got.Agrees, c.what)
			}
		})
	}
}

func TestWhatNoStandardSettlesIsNotedAndNoDifference(t *testing.T) {
	broken := Side{Outcome: Outcome{OK: true, Status: 200, Error: "TypeError"}, Requests: []string{"GET /"}}
	failed := Side{Outcome: Outcome{Error: "TypeError"}, Requests: []string{"GET /"}}
	again := Side{Outcome: Outcome{Error: "TypeError"}, Requests: []string{"GET /", "GET /", "GET /"}}
	other := Side{Outcome: Outcome{Error: "TypeError"}, Requests: []string{"GET /", "GET /", "GET /b"}}
	answered := Side{Outcome: Outcome{OK: true, Status: 200}, Requests: []string{"GET /", "GET /"}}
	for name, c := range map[string]struct {
		engine, browser Side
		note            string
		agrees          bool
	}{
		"a request that fails is tried again":              {failed, again, "tried 3 times", true},
		"another request is made behind it":                {failed, other, "", false},
		"a request that is answered is made twice":         {Side{Outcome: answered.Outcome, Requests: []string{"GET /"}}, answered, "", false},
		"a broken body is seen before the answer is there": {broken, failed, "body is broken", true},
		"an answer whose body is whole is not there":       {Side{Outcome: answered.Outcome, Requests: []string{"GET /"}}, failed, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			browser, notes := alike(c.engine, c.browser)
			if got := strings.Join(notes, " "); c.note == "" && got != "" || !strings.Contains(got, c.note) {
				t.Errorf("notes %q, want %q", got, c.note)
			}
			if d := differences(c.engine, browser); (len(d) == 0) != c.agrees {
				t.Errorf("differences %+v, agrees: want %v", d, c.agrees)
			}
		})
	}
}

func TestPretendServersAreCarriedOver(t *testing.T) {
	l := openLab(t)
	allow := func(origin string) Header { return Header{"Access-Control-Allow-Origin", origin} }
	body := `{"a":1}`
	for name, c := range map[string]struct {
		item     Case
		ok       bool
		requests []string
	}{
		"a preflight that allows": {Case{Page: "https://app.example.com", URL: "https://api.example.com/users/7?x=1", Method: "DELETE", Server: &Pretend{Answers: []Answer{
			{On: "preflight", Status: 204, Headers: []Header{allow("https://app.example.com"), {"Access-Control-Allow-Methods", "DELETE"}}},
			{On: "request", Status: 200, Headers: []Header{allow("https://app.example.com")}},
		}}}, true, []string{"OPTIONS /users/7?x=1", "DELETE /users/7?x=1"}},
		"a preflight that does not": {Case{Page: "https://app.example.com", URL: "https://api.example.com/", Method: "PUT", Server: &Pretend{Answers: []Answer{
			{On: "preflight", Status: 204, Headers: []Header{allow("https://app.example.com")}},
		}}}, false, []string{"OPTIONS /"}},
		"an origin that only begins like the page's": {Case{Page: "https://app.example.com", URL: "https://api.example.com/", Server: &Pretend{Answers: []Answer{
			{On: "request", Status: 200, Headers: []Header{allow("https://app.example.com.evil.example")}},
		}}}, false, []string{"GET /"}},
		"the page's origin with a port": {Case{Page: "https://app.example.com", URL: "https://api.example.com/", Server: &Pretend{Answers: []Answer{
			{On: "request", Status: 200, Headers: []Header{allow("https://app.example.com:443")}},
		}}}, false, []string{"GET /"}},
		"the page's origin with a slash": {Case{Page: "https://app.example.com", URL: "https://api.example.com/", Server: &Pretend{Answers: []Answer{
			{On: "request", Status: 200, Headers: []Header{allow("https://app.example.com/")}},
		}}}, false, []string{"GET /"}},
		"a page without an origin": {Case{Page: "null", URL: "https://api.example.com/", Server: &Pretend{Answers: []Answer{
			{On: "request", Status: 200, Headers: []Header{allow("null")}},
		}}}, true, []string{"GET /"}},
		"a redirect to a third site": {Case{Page: "https://app.example.com", URL: "https://api.other.example/", Server: &Pretend{Answers: []Answer{
			{On: "request", URL: "https://api.other.example/", Status: 302, Headers: []Header{allow("*"), {"Location", "https://third.test/landed"}}},
			{On: "request", URL: "https://third.test/landed", Status: 200, Headers: []Header{allow("null")}},
		}}}, true, []string{"GET /", "GET /landed"}},
		"a relative redirect": {Case{Page: "https://app.example.com", URL: "https://api.example.com/a/b", Server: &Pretend{Answers: []Answer{
			{On: "request", URL: "https://api.example.com/a/b", Status: 307, Headers: []Header{allow("*"), {"Location", "../c"}}},
			{On: "request", URL: "https://api.example.com/c", Status: 200, Headers: []Header{allow("*")}},
		}}}, true, []string{"GET /a/b", "GET /c"}},
		"its own origin, by a path": {Case{Page: "https://app.example.com", URL: "/api", Server: &Pretend{Answers: []Answer{
			{On: "request", Status: 200, Headers: []Header{}},
		}}}, true, []string{"GET /api"}},
		"an upload listener, by XMLHttpRequest": {Case{Page: "https://app.example.com", URL: "https://api.example.com/", Method: "POST", Body: &body, UploadListener: true, Server: &Pretend{Answers: []Answer{
			{On: "preflight", Status: 204, Headers: []Header{allow("*")}},
			{On: "request", Status: 200, Headers: []Header{allow("*")}},
		}}}, true, []string{"OPTIONS /", "POST /"}},
		"a connection that is closed": {Case{Page: "https://app.example.com", URL: "https://api.example.com/", Server: &Pretend{Answers: []Answer{
			{On: "request", Failure: "connection-reset"},
		}}}, false, []string{"GET /"}},
		"a policy that names the server": {Case{Page: "https://app.example.com", URL: "https://api.example.com/", Server: &Pretend{Answers: []Answer{{On: "request", Status: 200, Headers: []Header{allow("*")}}}},
			PageHeaders: []Header{{"Content-Security-Policy", "connect-src https://api.example.com"}, {"Set-Cookie", "a=1"}}}, true, []string{"GET /"}},
		"a policy that names another one": {Case{Page: "https://app.example.com", URL: "https://api.example.com/", Server: &Pretend{Answers: []Answer{{On: "request", Status: 200, Headers: []Header{allow("*")}}}},
			PageHeaders: []Header{{"Content-Security-Policy", "connect-src https://other.example"}}}, false, []string{}},
		"a server that never answers, for 3 seconds": {Case{Page: "https://app.example.com", URL: "https://api.example.com/", Server: &Pretend{Answers: []Answer{
			{On: "request", Failure: "timeout"},
		}}}, false, []string{"GET /"}},
		"mixed content": {Case{Page: "https://app.example.com", URL: "http://api.example.com/", Server: &Pretend{Answers: []Answer{
			{On: "request", Status: 200, Headers: []Header{allow("*")}},
		}}}, false, []string{}},
		"a redirect to mixed content": {Case{Page: "https://app.example.com", URL: "https://api.example.com/", Server: &Pretend{Answers: []Answer{
			{On: "request", Status: 302, Headers: []Header{allow("*"), {"Location", "http://other.example/"}}},
		}}}, false, []string{"GET /"}},
		"a stream": {Case{Page: "https://app.example.com", URL: "https://api.example.com/", Method: "POST", Body: &body, Stream: true, Server: &Pretend{Answers: []Answer{
			{On: "preflight", Status: 204, Headers: []Header{allow("*")}},
			{On: "request", Status: 200, Headers: []Header{allow("*")}},
		}}}, true, []string{"OPTIONS /", "POST /"}},
		"a blocked port stays what it is": {Case{Page: "https://app.example.com", URL: "https://api.example.com:6000/", Server: &Pretend{Answers: []Answer{
			{On: "request", Status: 200},
		}}}, false, []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			l := &lab{l.Server, t, l.origin, l.token}
			got := l.compareCase(c.item, nil)
			if !got.Agrees || got.Engine.Outcome.OK != c.ok || !slices.Equal(got.Browser.Requests, c.requests) {
				t.Errorf("agrees %v, ok %v, requests %v, differences %+v", got.Agrees, got.Engine.Outcome.OK, got.Browser.Requests, got.Differences)
			}
		})
	}
}

func TestWhatCannotBeStagedIsSaidInASentence(t *testing.T) {
	server := func(headers ...Header) *Pretend {
		return &Pretend{Answers: []Answer{{On: "request", Status: 200, Headers: headers}}}
	}
	const page, target = "https://app.example.com", "https://api.example.com/"
	served := func(name, value string) Case {
		return Case{Page: page, URL: target, PageHeaders: []Header{{name, value}}, Server: server()}
	}
	body := "x"
	for name, c := range map[string]struct {
		item Case
		says string
	}{
		"a real server":                   {Case{Page: page, URL: target}, "real server"},
		"a name that is not found":        {Case{Page: page, URL: target, Server: &Pretend{Answers: []Answer{{On: "request", Failure: "name-not-resolved"}}}}, "name-not-resolved"},
		"a stream over plain http":        {Case{Page: "http://app.example.com", URL: "http://api.example.com/", Method: "POST", Body: &body, Stream: true, Server: server()}, "HTTP/2"},
		"a stream without a page":         {Case{Page: "null", URL: target, Method: "POST", Body: &body, Stream: true, Server: server()}, "without an origin"},
		"a stream to a wrong certificate": {Case{Page: page, URL: "https://expired.example/", Method: "POST", Body: &body, Stream: true, Demo: "certificate-expired"}, "comes to none"},
		"a stream by XMLHttpRequest":      {Case{Page: page, URL: target, Method: "POST", Body: &body, Stream: true, UploadListener: true, Server: server()}, "take no stream"},
		"a frame's cookie with a Domain":  {Case{Page: "null", URL: target, Cookies: []string{"a=1; Domain=example.com"}, Server: server()}, "without an origin"},
		"a Secure cookie over http":       {Case{Page: "http://app.example.com", URL: "http://api.example.com/", Server: server(Header{"Set-Cookie", "a=1; domain=example.com; secure"})}, "Secure cookie over plain http"},
		"another browser's default":       {Case{Page: page, URL: "https://bank.example/mobile/balance", Demo: "scene-3-4"}, "without SameSite"},
		"a header that Firefox takes":     {Case{Page: page, URL: "https://wire.example/header-cut-off", Demo: "header-cut-off"}, "takes for a whole one"},
		"Clear-Site-Data":                 {Case{Page: page, URL: target, Server: server(Header{"Clear-Site-Data", `"cookies"`})}, "Clear-Site-Data"},
		"a login": {Case{Page: page, URL: target, Credentials: "include", Server: &Pretend{Answers: []Answer{
			{On: "request", Status: 401, Headers: []Header{{"WWW-Authenticate", "Basic"}}},
		}}}, "password"},
		"five sites":                            {Case{Page: page, URL: "https://a.test/", Server: server(Header{"Location", "https://b.example/"}, Header{"Location", "https://c.example/"})}, "three sites"},
		"a module of a pretend server":          {Case{Page: page, URL: target, Import: true, Server: server()}, "would run in your browser"},
		"a policy that takes the page's origin": {served("Content-Security-Policy", "connect-src 'self'; Sandbox allow-scripts"), "keep the stage from its work"},
		"a policy that asks for TLS":            {served("Content-Security-Policy", "upgrade-insecure-requests"), "keep the stage from its work"},
		"a policy that takes no scripts":        {served("content-security-policy", "default-src 'none'"), "keep the stage from its work"},
		"a policy of a page without an origin":  {Case{Page: "null", URL: target, PageHeaders: []Header{{"Referrer-Policy", "no-referrer"}}, Server: server()}, "keep the stage from its work"},
	} {
		t.Run(name, func(t *testing.T) {
			profile := fetch.Profile{}
			if c.item.Demo == "header-cut-off" {
				profile = fetch.Firefox()
			}
			_, cannot := planStage(c.item, profile)
			if !strings.Contains(cannot, c.says) || !strings.HasSuffix(cannot, ".") || strings.Count(cannot, ". ") > 0 {
				t.Errorf("got %q, want a sentence with %q", cannot, c.says)
			}
		})
	}
}

func TestAStageEndsWithItsOutcomeAndOthersMakeRoom(t *testing.T) {
	l := openLab(t)
	c := Case{Page: "https://app.example.com", URL: "https://api.example.com/", Server: &Pretend{Answers: []Answer{{On: "request", Status: 200}}}}
	var all []stageResponse
	for range maxStages + 1 {
		var staged stageResponse
		l.call("stage", stageRequest{c}, &staged)
		all = append(all, staged)
		if until := time.Until(*staged.Expires); until <= 0 || until > stageLife {
			t.Errorf("it expires in %v", until)
		}
	}
	outcome := func(id string) string {
		var f failure
		if response := l.call("stage/"+id+"/outcome", outcomeRequest{new(Outcome)}, &f); response.StatusCode == 200 {
			return ""
		}
		return f.Error.Code
	}
	if got := outcome(all[0].ID); got != "stage-unknown" {
		t.Errorf("the oldest of too many: %q", got)
	}
	if got := outcome(all[1].ID); got != "" {
		t.Errorf("the second oldest: %q", got)
	}
	if got := outcome(all[1].ID); got != "stage-unknown" {
		t.Errorf("a second outcome: %q", got)
	}
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	if response, err := client.Get(all[1].Page); err == nil {
		response.Body.Close()
		t.Error("the page of a stage that is over is still there")
	}
}

func TestCookiesOfAStageAreBriefAndInNobodysWay(t *testing.T) {
	for name, c := range map[string]struct{ line, want string }{
		"for the whole host":          {"sid=1; Path=/; HttpOnly", "sid=1; HttpOnly; Path=/me; Max-Age=60"},
		"for a year":                  {"sid=1; Max-Age=31536000; SameSite=Lax", "sid=1; SameSite=Lax; Path=/me; Max-Age=60"},
		"until a date":                {"sid=1; expires=Wed, 01 Jan 2031 00:00:00 GMT", "sid=1; Path=/me; Max-Age=60"},
		"one that ends at once":       {"sid=; Max-Age=0", "sid=; Path=/me; Max-Age=0"},
		"one without any attribute":   {"sid", "sid; Path=/me; Max-Age=60"},
		"one that is Secure and None": {"sid=1; Secure; SameSite=None", "sid=1; Secure; SameSite=None; Path=/me; Max-Age=60"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := briefCookie(c.line, "/me"); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if got := briefCookie(briefCookie(c.line, "/me"), "/me"); got != c.want {
				t.Errorf("twice: %q", got)
			}
		})
	}
}

func TestAStagedServerKnowsItsOwnNameAlone(t *testing.T) {
	l := openLab(t)
	var staged stageResponse
	l.call("stage", stageRequest{Case{Page: "https://app.example.com", URL: "https://api.example.com/", Server: &Pretend{Answers: []Answer{{On: "request", Status: 200}}}}}, &staged)
	r, err := http.NewRequestWithContext(t.Context(), "GET", staged.Page, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "evil.example" + staged.Page[strings.LastIndexByte(staged.Page, ':'):]
	r.Host = strings.TrimSuffix(r.Host, backstage+"stage")
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusMisdirectedRequest {
		t.Errorf("status %d for %s", response.StatusCode, r.Host)
	}
}

func TestAStageMayBeFramedByALabAtAnyLoopbackAddress(t *testing.T) {
	for lab, want := range map[string]string{
		"http://127.0.0.1:8642": "http://127.0.0.1:8642",
		"http://localhost:8642": "http://localhost:8642",
		"http://[::1]:8642":     "http://*:8642",
		"http://[::1]":          "http://*",
	} {
		if got := ancestor(lab); got != want {
			t.Errorf("a lab at %s frames as %s, want %s", lab, got, want)
		}
	}
}
