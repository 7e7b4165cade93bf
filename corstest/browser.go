package corstest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/corscope/corscope/fetch"
)

// DefaultURL is where relative URLs of requests lead if a [Browser] has no URL. It
// is https, so that pages of all kinds may ask for it, and of a site of its own.
const DefaultURL = "https://server-under-test.example"

// Browser is a browser in front of a server. What it keeps, cookies, allowed preflights
// and answers that may be stored, it keeps from one request to the next; so two pages
// of one site that ask for the same show whether Vary is right. The fields must not be changed
// after the first request. It is then safe for concurrent use as far as the handler
// is. The zero Browser is on the network and wants requests with whole URLs.
type Browser struct {
	// Handler is the server: it answers for every scheme, host and port, and sees
	// them in the request. Nil: the network.
	Handler http.Handler
	// URL is what URLs of requests are relative to: the scheme and host of the server,
	// such as "https://api.example.com". Empty: [DefaultURL] with a Handler, and none
	// without.
	URL string
	// Cookies are held from the start, as if the server at URL had set them on a page
	// of its own: lines as in Set-Cookie, such as "sid=1; SameSite=None; Secure". A
	// line that a browser would not keep fails the test. Nil: none.
	Cookies []string
	// Send sends all requests over the network. If it is false, those with a method
	// other than GET, HEAD and OPTIONS, which may change data, are not sent: their
	// preflight is real, and the verdict is about that alone. A handler gets
	// everything, whatever Send says.
	Send bool
	// Agent says more of the browser: profile, limits, user agent. With a Handler its
	// Transport is not used. The zero value follows the standard.
	Agent fetch.AgentConfig

	once  sync.Once
	agent *fetch.Agent
	base  *fetch.URL
	err   error
}

// Result is what became of a request.
type Result struct {
	// Allowed says whether the page may read the answer. A request that was not sent
	// (see [Browser.Send]) is allowed if its preflight is.
	Allowed bool
	// Reason says why not; it is zero if Allowed is set.
	Reason fetch.Reason
	// Status and Headers are those that the page sees.
	Status  int
	Headers fetch.HeaderList
	// Body is the start of the body that the page may read: at most a mebibyte, and
	// of an endless one what came in two seconds.
	Body []byte
	// Trace has every step and every exchange, what the page may not see included.
	Trace *fetch.Trace

	// unsent says that the request itself stayed here.
	unsent bool
}

// How much of a body is read, and for how long.
const (
	maxBody  = 1 << 20
	bodyWait = 2 * time.Second
)

// errUnsent stops requests that may change data.
var errUnsent = errors.New("its method may change data")

// open makes the agent at the first use.
func (b *Browser) open() error {
	b.once.Do(func() { b.err = b.start() })
	return b.err
}

func (b *Browser) start() error {
	config := b.Agent
	base := b.URL
	if b.Handler != nil {
		handler := b.Handler
		config.Transport = &fetch.HandlerTransport{Handler: func(*fetch.URL) http.Handler { return handler }}
		if base == "" {
			base = DefaultURL
		}
	} else if !b.Send {
		config.BeforeSend = func(x *fetch.Exchange) error {
			if x.Kind != fetch.ExchangePreflight && x.Method != "GET" && x.Method != "HEAD" && x.Method != "OPTIONS" {
				return errUnsent
			}
			if b.Agent.BeforeSend != nil {
				return b.Agent.BeforeSend(x)
			}
			return nil
		}
	}
	if base != "" {
		u, err := fetch.ParseHTTPURL(base)
		if err != nil {
			return fmt.Errorf("the URL of the browser: %w", err)
		}
		b.base = u
	}
	agent, err := fetch.NewAgent(config)
	if err != nil {
		return err
	}
	b.agent = agent
	for _, line := range b.Cookies {
		if b.base == nil {
			return errors.New("cookies need the URL that they are for: set Browser.URL")
		}
		d := agent.Jar().Set(b.base, line, fetch.CookieContext{Policy: agent.Profile().Cookies})
		if !d.Accepted {
			return fmt.Errorf("no browser would keep the cookie %q for %s: %s", line, b.base.Origin(), d.Why)
		}
	}
	return nil
}

// Fetch runs the request as a page at this address would, expecting nothing. page is
// a URL or an origin, or "null" for a sandboxed frame. What cannot be run at all, such
// as a method that is none, ends the test.
func (b *Browser) Fetch(t testing.TB, page string, request Request) *Result {
	t.Helper()
	result, err := b.run(t.Context(), page, request)
	if err != nil {
		t.Fatalf("corstest: the request cannot be run: %v", err)
	}
	return result
}

func (b *Browser) run(ctx context.Context, page string, request Request) (*Result, error) {
	if err := b.open(); err != nil {
		return nil, err
	}
	defer b.agent.Close()
	p, err := b.agent.NewPage(fetch.PageConfig{URL: page})
	if err != nil {
		return nil, err
	}
	asked := fetch.Request(request)
	if asked.URL, err = b.resolve(asked.URL); err != nil {
		return nil, err
	}
	trace := new(fetch.Trace)
	asked.Trace = trace
	response, err := p.Fetch(ctx, asked)
	if err != nil {
		return nil, err
	}
	r := &Result{
		Allowed: !response.IsError(), Reason: response.Reason, Status: response.Status, Headers: response.Headers,
		Body: readStart(response), Trace: trace,
	}
	if response.Reason.Code == fetch.ReasonNotSent {
		r.unsent = true
		if preflighted(trace) {
			r.Allowed, r.Reason = true, fetch.Reason{}
		}
	}
	return r, nil
}

// resolve makes a whole URL of the request's.
func (b *Browser) resolve(url string) (string, error) {
	if b.base == nil {
		u, err := fetch.ParseHTTPURL(url)
		if err != nil {
			return "", fmt.Errorf("%w (without Browser.URL requests need whole URLs)", err)
		}
		return u.String(), nil
	}
	u, err := b.base.Parse(url)
	if err != nil {
		return "", err
	}
	return u.String(), nil
}

// preflighted reports whether a preflight was answered, and so allowed, since the
// fetch would have ended there if not.
func preflighted(t *fetch.Trace) bool {
	for _, x := range t.Exchanges {
		if x.Kind == fetch.ExchangePreflight && x.Status != 0 {
			return true
		}
	}
	return false
}

func readStart(response *fetch.Response) []byte {
	defer response.Close()
	if response.Body == nil {
		return nil
	}
	read := make(chan []byte, 1)
	go func() {
		// A body that breaks off was readable until then.
		body, _ := io.ReadAll(io.LimitReader(response.Body, maxBody))
		read <- body
	}()
	timer := time.NewTimer(bodyWait)
	defer timer.Stop()
	select {
	case body := <-read:
		return body
	case <-timer.C:
		response.Close()
		return <-read
	}
}
