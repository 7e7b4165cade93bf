package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// localPorts are where ServeLocal would like to be found. The evil page is on
// 127.0.0.1 and the others on localhost: for a browser these are two sites, as
// evil.example and bank.example are.
var localPorts = []struct {
	role, host string
	port       int
}{
	{roleApp, "localhost", 4100},
	{roleAPI, "localhost", 4101},
	{roleBank, "localhost", 4102},
	{roleEvil, "127.0.0.1", 4103},
	{roleFaults, "localhost", 4104},
	{roleOther, "localhost", 4105},
	{roleWire, "localhost", 4106},
}

// Local is the world without TLS, on localhost ports, for a person's own browser,
// curl and corscope explain. Make one with [ServeLocal]. It is safe for concurrent
// use.
type Local struct {
	site    *site
	sockets *sockets
	servers []*http.Server
	cancel  context.CancelFunc
	unhook  func() bool
}

// ServeLocal opens the world on ports 4100 to 4106, or on free ones where these are
// taken. It runs until Close, or until ctx is done. Alice is logged in at the bank:
// her cookie is session=alice-1.
func ServeLocal(ctx context.Context) (*Local, error) {
	l := &Local{sockets: new(sockets)}
	ctx, l.cancel = context.WithCancel(ctx)
	at := make(places)
	var listeners [][]net.Listener
	for _, p := range localPorts {
		port, open, err := l.listen(p.port)
		if err != nil {
			l.shut()
			return nil, err
		}
		at[p.role] = "http://" + net.JoinHostPort(p.host, strconv.Itoa(port))
		listeners = append(listeners, open)
	}
	l.site = newSite(at)
	l.site.bank.login()
	for i, p := range localPorts {
		server := newServer(ctx, l.sockets, l.site.handler(p.role))
		l.servers = append(l.servers, server)
		for _, listener := range listeners[i] {
			l.sockets.run(func() { server.Serve(listener) })
		}
	}
	l.unhook = context.AfterFunc(ctx, l.shut)
	return l, nil
}

// listen returns listeners for one port, on both loopback addresses: a browser
// tries either for localhost, and somebody else's server must not answer.
func (l *Local) listen(preferred int) (port int, open []net.Listener, err error) {
	var last error
	dual := hasIPv6()
	for _, try := range []int{preferred, 0, 0, 0, 0} {
		v4, err := l.sockets.listen("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(try)))
		if err != nil {
			last = err
			continue
		}
		port := v4.Addr().(*net.TCPAddr).Port
		if !dual {
			return port, []net.Listener{v4}, nil
		}
		v6, err := l.sockets.listen("tcp6", net.JoinHostPort("::1", strconv.Itoa(port)))
		if err == nil {
			return port, []net.Listener{v4, v6}, nil
		}
		last = err
		v4.Close()
	}
	return 0, nil, fmt.Errorf("demo: cannot listen on loopback: %w", last)
}

// hasIPv6 reports whether the machine has the loopback address of IPv6.
func hasIPv6() bool {
	l, err := net.Listen("tcp6", "[::1]:0")
	if err != nil {
		return false
	}
	l.Close()
	return true
}

// Close ends all servers and connections and waits for them. It may be called more
// than once; the error is always nil.
func (l *Local) Close() error {
	if l.unhook != nil {
		l.unhook()
	}
	l.shut()
	return nil
}

func (l *Local) shut() {
	l.cancel()
	l.sockets.close()
	for _, s := range l.servers {
		s.Close()
	}
}

// Requests returns the requests with a number above n that reached a server, oldest
// first.
func (l *Local) Requests(n int) []Request { return l.site.record.since(n) }

// Server is one server of a [Local].
type Server struct {
	// URL of its page, or of its root where it has none.
	URL string
	// What it is, in a few words.
	What string
}

// Servers returns the addresses, in the order of the story.
func (l *Local) Servers() []Server {
	at := l.site.at
	return []Server{
		{at[roleApp] + "/", "the page of the story; open it in a browser"},
		{at[roleAPI] + "/", "its API, on another origin"},
		{at[roleBank] + "/", "a bank"},
		{at[roleEvil] + "/", "an evil page, on another site"},
		{at[roleFaults] + "/", "one wrong answer per path"},
		{at[roleOther] + "/", "where redirects lead"},
		{at[roleWire] + "/", "answers that are not HTTP"},
	}
}

// Try is something to type.
type Try struct {
	// Scene is the number of the scene, 0 for a fault.
	Scene int
	// Kind of the fault; empty for a scene.
	Kind  Kind
	Title string
	// Want is what comes of a fault, in Browser where that is not empty; zero for a scene.
	Want    Want
	Browser string
	URL     string
	// Explain and Curl are command lines for a POSIX shell. Curl is empty where no server is asked.
	Explain string
	Curl    string
	// CurlNote says what the command of curl does that a browser would keep from being
	// done; empty where it does no more.
	CurlNote string
}

// needsSites is a fault that is none with one site alone.
const needsSites = "resource-policy-same-site"

// Tries returns what can be tried against the servers: the browser's steps of all
// scenes, then the faults that command lines can ask for.
func (l *Local) Tries() []Try {
	var out []Try
	for _, scene := range l.site.at.scenes() {
		for _, step := range scene.Steps {
			if step.As != Browser || step.SameSite != SameSiteUnset {
				continue
			}
			cookies := sent(step.Cookies)
			switch {
			case step.Credentials != "include":
			case strings.HasPrefix(step.URL, l.site.at[roleBank]):
				cookies = []string{"session=" + username + "-1"}
			case strings.HasPrefix(step.URL, l.site.at[roleAPI]):
				cookies = []string{"sid=ada-1"}
			}
			try := Try{
				Scene: scene.Number, Title: step.Lead, URL: step.URL,
				Explain: step.explain(cookies), Curl: step.curl(cookies),
			}
			if step.Method == http.MethodDelete {
				try.CurlNote = "nobody asks first here: the user is gone after this"
			}
			out = append(out, try)
		}
	}
	for _, f := range l.site.at.faults() {
		if f.Page == "null" || f.Stream || f.Keepalive || f.UploadListener || f.Cache != "" {
			continue
		}
		if f.Kind == KindCookie {
			continue // names and https matter to cookies, and here is neither
		}
		if f.CutsHeader || f.ID == needsSites {
			continue // none without https, or with one site alone
		}
		try := Try{Kind: f.Kind, Title: f.Title, Want: f.Want, Browser: f.Browser, URL: f.URL, Explain: f.explain(nil), Curl: f.curl(nil)}
		if f.Kind == KindRedirect && f.Redirect == "" {
			try.Curl = strings.Replace(try.Curl, "curl -i", "curl -i -L", 1)
		}
		out = append(out, try)
	}
	return out
}

// sent are name and value of cookies.
func sent(cookies []Cookie) []string {
	var out []string
	for _, c := range cookies {
		pair, _, _ := strings.Cut(c.Set, ";")
		out = append(out, pair)
	}
	return out
}

// explain is the command line that runs the call as a browser would.
func (c Call) explain(cookies []string) string {
	words := append([]string{"corscope", "explain"}, c.Explained()...)
	words = append(words, c.flags()...)
	if c.Mode != "" {
		words = append(words, "--mode", c.Mode)
	}
	if c.Credentials != "" {
		words = append(words, "--credentials", c.Credentials)
	}
	if c.Redirect != "" {
		words = append(words, "--redirect", c.Redirect)
	}
	for _, cookie := range cookies {
		words = append(words, "--cookie", cookie)
	}
	// explain does not change anybody's data unasked; these servers are for that.
	if m := c.method(); m != "GET" && m != "HEAD" && m != "OPTIONS" {
		words = append(words, "--send")
	}
	return commandLine(words)
}

// Explained are the first arguments of corscope explain for the call: its URL, or JavaScript where the call has what no flag says, and the
// flags that say which page makes it.
func (c Call) Explained() []string {
	what, options := c.URL, c.ownOptions()
	switch {
	case c.Import:
		what = "import(" + literal(c.URL) + ")"
	case len(options) > 0:
		what = "fetch(" + literal(c.URL) + ", " + literal(options) + ")"
	}
	args := []string{what, "--from", strings.TrimSuffix(c.Page, "/")}
	if len(c.PageHeader) > 0 {
		args = append(args, "--load-page")
	}
	if c.PageSpace != "" {
		args = append(args, "--page-address-space", c.PageSpace)
	}
	return args
}

// ownOptions are those of fetch() that no flag of corscope explain says.
func (c Call) ownOptions() map[string]string {
	options := make(map[string]string)
	for name, value := range map[string]string{"integrity": c.Integrity, "targetAddressSpace": c.TargetAddressSpace} {
		if value != "" {
			options[name] = value
		}
	}
	return options
}

// literal is v as JavaScript, which JSON is.
func literal(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic("demo: a literal: " + err.Error())
	}
	return string(text)
}

// curl is the command line that makes the call without a browser; empty where it asks no server.
func (c Call) curl(cookies []string) string {
	if strings.HasPrefix(c.URL, "data:") || strings.HasPrefix(c.URL, "blob:") {
		return ""
	}
	words := append([]string{"curl", "-i"}, c.flags()...)
	for _, cookie := range cookies {
		words = append(words, "-b", cookie)
	}
	return commandLine(append(words, c.URL))
}

// flags are those that curl and corscope explain have in common.
func (c Call) flags() []string {
	var words []string
	if c.Method != "" {
		words = append(words, "-X", c.Method)
	}
	for _, f := range c.Header {
		words = append(words, "-H", f.Name+": "+f.Value)
	}
	if c.Body != "" {
		words = append(words, "-d", c.Body)
	}
	return words
}

// commandLine quotes words for a POSIX shell.
func commandLine(words []string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=,@%+", r)
	}
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = word
		if word == "" || strings.ContainsFunc(word, func(r rune) bool { return !plain(r) }) {
			quoted[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}
