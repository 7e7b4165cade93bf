package fetch

import (
	"fmt"
	"time"
)

// Version is what the default User-Agent value says of Corscope.
const Version = "0.1.0"

// Limits bound what a server can make the agent do. Zero fields take the default that stands at them.
type Limits struct {
	// MaxResponseBody is the largest response body in bytes, after decoding, that [Response.Body] hands out. Default: 64 MiB.
	MaxResponseBody int64
	// Timeout bounds one fetch from its start to the answer's headers, preflights and redirects included, and each read of the
	// body after that. Default: 30 s. Negative: none but the context's.
	Timeout time.Duration
}

// The defaults of [Limits].
const (
	DefaultMaxResponseBody = 64 << 20
	DefaultTimeout         = 30 * time.Second
)

// AgentConfig configures [NewAgent]. The zero value is a browser that follows the standard, over the real network, with empty
// cookies and caches.
type AgentConfig struct {
	// Profile; zero: the standard.
	Profile Profile
	// Transport carries the exchanges; nil: a new [NetTransport] with its zero configuration.
	Transport Transport
	// Jar holds the cookies; nil: a new, empty one.
	Jar *Jar
	// PreflightCache; nil: a new, empty one.
	PreflightCache *PreflightCache
	// HTTPCache; nil: a new, empty one with the default bounds. Agents may share one only if they are the same user's.
	HTTPCache *HTTPCache
	// NoHTTPCache: there is no HTTP cache, and every request goes to the network. HTTPCache is then not used.
	NoHTTPCache bool
	// HSTS holds the hosts that asked to be fetched over https alone; nil: a new, empty one.
	HSTS *HSTS
	// BeforeSend is called before each exchange with its kind, method, URL and headers filled in. An error stops the fetch
	// with [ReasonNotSent], and nothing is sent. It must be safe for concurrent use and not keep the exchange. Nil: all is sent.
	BeforeSend func(*Exchange) error
	// Clock; nil: time.Now.
	Clock func() time.Time
	// UserAgent is the value of the User-Agent header; empty: one that names Corscope.
	UserAgent string
	// AcceptLanguage is the value of the Accept-Language header; empty: "en-US,en;q=0.9".
	AcceptLanguage string
	Limits         Limits
}

// Agent is a user agent: what the pages of one browser share. It is safe for concurrent use. Make one with [NewAgent].
type Agent struct {
	profile        Profile
	transport      Transport
	jar            *Jar
	preflightCache *PreflightCache
	httpCache      *HTTPCache // nil: none
	revalidations  *revalidations
	hsts           *HSTS // nil in a replay
	blobURLs       *blobURLStore
	beforeSend     func(*Exchange) error
	authentication *authenticationEntries
	hostRecords    *hostRecords
	watch          *watchdog
	clock          func() time.Time
	userAgent      string
	acceptLanguage string
	limits         Limits
}

// NewAgent returns an agent that works as c says. The error tells which field cannot be used.
func NewAgent(c AgentConfig) (*Agent, error) {
	if c.Limits.MaxResponseBody < 0 {
		return nil, fmt.Errorf("fetch: Limits.MaxResponseBody is %d: give a number of bytes, or 0 for %d", c.Limits.MaxResponseBody, DefaultMaxResponseBody)
	}
	a := &Agent{
		profile: c.Profile, transport: c.Transport, jar: c.Jar, preflightCache: c.PreflightCache, beforeSend: c.BeforeSend,
		authentication: new(authenticationEntries), hostRecords: new(hostRecords),
		clock: c.Clock, hsts: c.HSTS, revalidations: newRevalidations(), blobURLs: newBlobURLStore(), userAgent: c.UserAgent, acceptLanguage: c.AcceptLanguage, limits: c.Limits,
	}
	if a.clock == nil {
		a.clock = time.Now
	}
	if a.transport == nil {
		t, err := NewNetTransport(NetConfig{})
		if err != nil {
			return nil, err
		}
		a.transport = t
	}
	if a.jar == nil {
		a.jar = NewJar(a.clock)
	}
	if a.preflightCache == nil {
		a.preflightCache = NewPreflightCache(a.clock)
	}
	if a.hsts == nil {
		a.hsts = NewHSTS(a.clock)
	}
	if !c.NoHTTPCache {
		if a.httpCache = c.HTTPCache; a.httpCache == nil {
			a.httpCache = NewHTTPCache(HTTPCacheConfig{})
		}
	}
	if a.userAgent == "" {
		a.userAgent = "Mozilla/5.0 (compatible; Corscope/" + Version + "; +https://github.com/corscope/corscope)"
	}
	if a.acceptLanguage == "" {
		a.acceptLanguage = "en-US,en;q=0.9"
	}
	if a.limits.MaxResponseBody == 0 {
		a.limits.MaxResponseBody = DefaultMaxResponseBody
	}
	if a.limits.Timeout == 0 {
		a.limits.Timeout = DefaultTimeout
	}
	a.watch = newWatchdog(a.limits.Timeout)
	return a, nil
}

// Jar returns the agent's cookies.
func (a *Agent) Jar() *Jar { return a.jar }

// PreflightCache returns the agent's preflight cache.
func (a *Agent) PreflightCache() *PreflightCache { return a.preflightCache }

// HSTS returns the hosts that asked the agent for https alone.
func (a *Agent) HSTS() *HSTS { return a.hsts }

// HTTPCache returns the agent's HTTP cache, or nil where it has none.
func (a *Agent) HTTPCache() *HTTPCache { return a.httpCache }

// Profile returns a copy of the agent's profile.
func (a *Agent) Profile() Profile { return a.profile }

// Close ends what the HTTP cache refreshes in the background (stale-while-revalidate), waits for it, and frees idle connections, where the
// transport keeps any.
func (a *Agent) Close() error {
	a.revalidations.close()
	if c, ok := a.transport.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
	return nil
}
