package cors

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/corscope/corscope/internal/httpspec"
)

// Middleware applies a policy to the requests of a handler. Make one with [New];
// the zero Middleware has no policy and passes everything through unchanged,
// until [Middleware.Reconfigure] gives it one.
//
// All methods are safe for concurrent use, with each other and with requests. A
// Middleware must not be copied.
type Middleware struct {
	policy  atomic.Pointer[Policy]
	watcher atomic.Pointer[watcher]
	// changing is held while the policy or its origins change, so that an origin
	// is never added to a policy that has just been replaced.
	changing sync.Mutex
	// watching is held while the watcher changes.
	watching sync.Mutex
}

// watcher is what looks at decisions; nil if nothing does. It does not change.
type watcher struct {
	observe func(*http.Request, Decision)
	debug   bool
}

// ErrNoPolicy is the error of adding an origin to a Middleware without a policy,
// and, as a *[NoPolicyError], to a policy of [Routes] that there is not.
var ErrNoPolicy = errors.New("cors: there is no policy to add an origin to")

// New returns a Middleware with the policy that config describes, or a
// *[ConfigError] with every mistake in it.
func New(config Config) (*Middleware, error) {
	m := new(Middleware)
	if err := m.Reconfigure(&config); err != nil {
		return nil, err
	}
	return m, nil
}

// Wrap returns a handler that applies the policy of the moment to each request:
// it answers preflights by itself, sets the headers of all other answers, and
// then has h handle the request, whether a browser will show the answer or not.
// See Config.RejectRefusedRequests for the exception. For a handler that passes on
// what others answer there is [Middleware.WrapProxy]. Wrap panics if m or h is nil.
func (m *Middleware) Wrap(h http.Handler) http.Handler {
	mustWrap(m == nil, h)
	return &handler{m, h}
}

type handler struct {
	middleware *Middleware
	next       http.Handler
}

// ServeHTTP implements [http.Handler].
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m := h.middleware
	if serve(m.policy.Load(), m.watcher.Load(), w, r) {
		h.next.ServeHTTP(w, r)
	}
}

// serve applies p to r. It reports whether the request is still to be handled.
func serve(p *Policy, watch *watcher, w http.ResponseWriter, r *http.Request) (handle bool) {
	origins := r.Header[httpspec.HeaderOrigin]
	if len(origins) == 0 && watch == nil && p.onlyVaries() {
		// The most frequent request of all, without the room for a Decision.
		addVary(w.Header(), httpspec.HeaderOrigin)
		return true
	}
	var d Decision
	p.decide(&d, r.Method, r.Header, origins, watch != nil)
	switch {
	case d.policy == nil:
	case !d.Preflight:
		d.applyActual(d.policy, w.Header())
	case d.Reason == ReasonAllowed || d.policy.preflightVary:
		d.Apply(w.Header())
	}
	if watch != nil {
		watch.look(w.Header(), r, &d)
	}
	if d.Preflight {
		w.WriteHeader(d.Status)
		return false
	}
	if d.policy != nil && d.policy.reject && d.Reason.Refused() && !fromOwnPage(r, d.Origin) {
		w.WriteHeader(http.StatusForbidden)
		return false
	}
	return true
}

// look shows the decision to whoever asked.
func (watch *watcher) look(h http.Header, r *http.Request, d *Decision) {
	if watch.debug && d.Reason.Refused() {
		d.explain(h)
	}
	if watch.observe != nil {
		watch.observe(r, *d)
	}
}

// fromOwnPage reports whether the request comes from a page of the origin that
// it goes to; browsers send Origin with those too, unless the method is GET or
// HEAD. Browsers before 2023 do not send Sec-Fetch-Site, and none does over http,
// but to the machine itself.
func fromOwnPage(r *http.Request, origin string) bool {
	if says, own := saysOwnPage(r.Header); says {
		return own
	}
	_, hostport, ok := strings.Cut(origin, "://")
	return ok && r.Host != "" && hostport == r.Host
}

// Decide is [Policy.Decide] with the policy of the moment.
func (m *Middleware) Decide(method string, header http.Header) Decision {
	return m.policy.Load().Decide(method, header)
}

// Config returns the Config of the policy of the moment, in normal form (see
// [Policy.Config]), with the origins added and without those removed since. ok is
// false if there is no policy.
func (m *Middleware) Config() (config Config, ok bool) {
	p := m.policy.Load()
	return p.Config(), p != nil
}

// Reconfigure replaces the policy by the one that config describes, from one
// request to the next. If config has mistakes it changes nothing and returns a
// *[ConfigError]. With nil, requests pass through unchanged from now on. Observer
// and debug mode stay.
func (m *Middleware) Reconfigure(config *Config) error {
	var p *Policy
	if config != nil {
		compiled, err := Compile(*config)
		if err != nil {
			return err
		}
		p = compiled
	}
	m.changing.Lock()
	defer m.changing.Unlock()
	m.policy.Store(p)
	return nil
}

// AddOrigin adds one entry, exact or pattern, to the origins of the policy of
// the moment; requests see it once AddOrigin has returned. It reports whether
// the entry was not there already. The time that it takes does not depend on how
// many there are. What is refused gives a *[Problem] with Index -1, or
// [ErrNoPolicy].
func (m *Middleware) AddOrigin(entry string) (added bool, err error) {
	m.changing.Lock()
	defer m.changing.Unlock()
	return m.policy.Load().addOrigin(entry)
}

// RemoveOrigin removes one entry, in any spelling with the same canonical form,
// from the origins of the policy of the moment; requests see it once
// RemoveOrigin has returned. It reports whether the entry was there. Origins that
// another entry allows stay allowed. The last entry can be removed too; with
// AlwaysSendOrigin it cannot.
func (m *Middleware) RemoveOrigin(entry string) (removed bool) {
	m.changing.Lock()
	defer m.changing.Unlock()
	return m.policy.Load().removeOrigin(entry)
}

// addOrigin changes p, and so is for the policies that a Middleware made for
// itself.
func (p *Policy) addOrigin(entry string) (added bool, err error) {
	if p == nil {
		return false, ErrNoPolicy
	}
	parsed, problem := admit(strings.Clone(entry), &p.config)
	if problem != nil {
		problem.Index = -1
		return false, problem
	}
	if p.config.AlwaysSendOrigin {
		if parsed.exact && parsed.text == p.static {
			return false, nil
		}
		return false, &Problem{Field: "origins", Index: -1, Value: entry, Code: CodeNotStatic,
			Hint: "with alwaysSendOrigin (AlwaysSendOrigin) there is one origin only"}
	}
	return p.origins.add(&parsed), nil
}

func (p *Policy) removeOrigin(entry string) (removed bool) {
	if p == nil || p.config.AlwaysSendOrigin {
		return false
	}
	parsed, fault := parsePattern(entry)
	return fault == nil && p.origins.remove(&parsed)
}

// Observe has f called with each request and the decision about it, after the
// headers are set and before anything is sent; with nil it ends that. f runs on
// the goroutine of the request, must not keep or change the request, and must be
// safe for concurrent use. There is one observer; for several, f calls them. Without
// one decisions cost nothing more. See [NewSlogObserver] and [Counters].
func (m *Middleware) Observe(f func(*http.Request, Decision)) {
	m.watching.Lock()
	defer m.watching.Unlock()
	m.watcher.Store(m.watcher.Load().with(f))
}

// SetDebug turns the debug mode on or off. In debug mode refused answers carry
// what the policy would have allowed, so that the browser's console says what
// differs in place of "no header is present": the nearest allowed origin, the
// allowed methods, or the allowed headers. The browser refuses as before. The
// reason's name is sent in Corscope-Reason. This tells every page part of the
// policy; it is meant for development.
func (m *Middleware) SetDebug(on bool) {
	m.watching.Lock()
	defer m.watching.Unlock()
	m.watcher.Store(m.watcher.Load().withDebug(on))
}

func (watch *watcher) with(f func(*http.Request, Decision)) *watcher {
	next := watcher{observe: f}
	if watch != nil {
		next.debug = watch.debug
	}
	return next.orNil()
}

func (watch *watcher) withDebug(on bool) *watcher {
	next := watcher{debug: on}
	if watch != nil {
		next.observe = watch.observe
	}
	return next.orNil()
}

func (watch watcher) orNil() *watcher {
	if watch.observe == nil && !watch.debug {
		return nil
	}
	return &watch
}
