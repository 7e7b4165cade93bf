package differ

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/corscope/corscope/e2e/world"
	"github.com/corscope/corscope/fetch"
)

// Engine is a fetch.Agent in the world.
type Engine struct {
	agent *fetch.Agent
	pages map[string]*fetch.Page
}

// NewEngine returns an agent with the profile and with the cookies that a browser has after it opened every origin.
func NewEngine(w *world.World, profile fetch.Profile) (*Engine, error) {
	c := fetch.NetConfig{RootCAs: w.RootCAs()}
	// Whatever else a script leads to is refused, as the browsers' proxy and resolver refuse it.
	c.Resolve = append(c.Resolve, fetch.ResolveRule{Host: "*", Addrs: []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:1")}})
	for name, address := range w.Addresses() {
		host, port, _ := strings.Cut(name, ":")
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil {
			return nil, err
		}
		c.Resolve = append(c.Resolve, fetch.ResolveRule{Host: host, Port: uint16(n), Addrs: []netip.AddrPort{netip.MustParseAddrPort(address)}})
	}
	transport, err := fetch.NewNetTransport(c)
	if err != nil {
		return nil, err
	}
	return newEngine(fetch.AgentConfig{Profile: profile, Transport: transport})
}

func newEngine(c fetch.AgentConfig) (*Engine, error) {
	agent, err := fetch.NewAgent(c)
	if err != nil {
		return nil, err
	}
	e := &Engine{agent: agent, pages: map[string]*fetch.Page{}}
	return e, e.resetCookies()
}

// resetCookies brings the jar to where it is after all origins were opened at /cookies.
func (e *Engine) resetCookies() error {
	e.agent.Jar().Clear()
	for _, url := range cookieURLs() {
		u, err := fetch.ParseURL(url)
		if err != nil {
			return err
		}
		for _, line := range world.Cookies[u.Scheme()] {
			e.agent.Jar().Set(u, line, fetch.CookieContext{Policy: e.agent.Profile().Cookies, TopLevelNavigation: true, Method: "GET"})
		}
	}
	return nil
}

// cookieURLs are the pages that set the world's cookies, in the order in which they are opened.
func cookieURLs() []string {
	var urls []string
	for _, scheme := range []string{"http", "https"} {
		for _, host := range world.Hosts {
			urls = append(urls, scheme+"://"+host+"/cookies")
		}
	}
	return urls
}

// Close frees the engine's connections.
func (e *Engine) Close() { e.agent.Close() }

// page is not safe for concurrent use.
func (e *Engine) page(c Case) (*fetch.Page, error) {
	config, key := fetch.PageConfig{URL: c.Page}, c.Page
	if u, err := url.Parse(c.Page); err == nil && u.Query().Has("csp") {
		config.ContentSecurityPolicy = []string{u.Query().Get("csp")}
	}
	if c.Frame != nil {
		config = fetch.PageConfig{URL: c.Frame.URL, TopLevel: c.Page}
		if c.Frame.Sandbox {
			config.ContentSecurityPolicy = []string{"sandbox allow-scripts"}
		}
		key = fmt.Sprint(c.Page, " ", *c.Frame)
	}
	if p := e.pages[key]; p != nil {
		return p, nil
	}
	p, err := e.agent.NewPage(config)
	if err == nil {
		e.pages[key] = p
	}
	return p, err
}

func run(ctx context.Context, page *fetch.Page, calls []Call) []Outcome {
	var outcomes []Outcome
	for _, call := range calls {
		time.Sleep(time.Duration(call.Wait) * time.Millisecond)
		outcomes = append(outcomes, call.run(ctx, page))
	}
	return outcomes
}

func (c Call) run(ctx context.Context, page *fetch.Page) Outcome {
	response, err := page.Fetch(ctx, c.request())
	if err != nil {
		if failure := new(fetch.RequestError); errors.As(err, &failure) {
			return Outcome{Error: "TypeError"}
		}
		return Outcome{Error: err.Error()}
	}
	defer response.Close()
	if response.IsError() {
		return Outcome{Error: "TypeError"}
	}
	o := Outcome{Type: string(response.Type), Status: response.Status, StatusText: decodeLatin1(response.StatusText), URL: response.URL(), Redirected: response.Redirected()}
	for _, h := range response.Headers.Combined() {
		o.Headers = append(o.Headers, world.Field{h.Name, decodeLatin1(h.Value)})
	}
	if response.Body != nil {
		body, err := io.ReadAll(response.Body)
		if err != nil {
			o.BodyError = "TypeError"
		}
		o.Body = string(body)
	}
	return o
}

// request is what the page's JavaScript makes of a call before the engine's part begins.
func (c Call) request() fetch.Request {
	q := fetch.Request{
		URL: c.URL, Method: c.Method, Mode: fetch.Mode(c.Mode), Credentials: fetch.CredentialsMode(c.Credentials),
		Redirect: fetch.RedirectMode(c.Redirect), Cache: fetch.CacheMode(c.Cache), ReferrerPolicy: fetch.ReferrerPolicy(c.ReferrerPolicy),
		Referrer: c.Referrer, Keepalive: c.Keepalive,
	}
	for _, f := range c.Headers {
		q.Headers = append(q.Headers, fetch.Header{Name: f[0], Value: encodeLatin1(f[1])})
	}
	if c.Body == nil {
		return q
	}
	switch c.Body.Kind {
	case "text":
		q.BodyType = "text/plain;charset=UTF-8"
	case "form":
		q.BodyType = "application/x-www-form-urlencoded;charset=UTF-8"
	case "blob":
		q.BodyType = c.Body.Type
	}
	q.Body = fetch.BytesBody([]byte(c.Body.Text))
	if c.Body.Kind == "stream" {
		q.Body = fetch.StreamBody(strings.NewReader(c.Body.Text))
	}
	return q
}

func decodeLatin1(s string) string {
	runes := make([]rune, len(s))
	for i := range len(s) {
		runes[i] = rune(s[i])
	}
	return string(runes)
}

func encodeLatin1(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		b = append(b, byte(r))
	}
	return string(b)
}
