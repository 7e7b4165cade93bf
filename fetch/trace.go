package fetch

import (
	"context"
	"strings"
	"time"

	"github.com/corscope/corscope/origin"
)

// Verdict is the outcome of one step.
type Verdict string

// The verdicts of a step.
const (
	// Pass: a rule was applied and satisfied.
	Pass Verdict = "pass"
	// Fail: a rule was applied and not satisfied; the fetch ends here.
	Fail Verdict = "fail"
	// Note: the step chose a way, or changed the request; nothing was judged.
	Note Verdict = "note"
)

// Step is one deciding step of an algorithm.
type Step struct {
	// Algorithm is the anchor of the algorithm in the Fetch standard, or "standard#anchor" for another one.
	Algorithm string `json:"algorithm"`
	// ID is the literal number of the step in that algorithm at the pinned commit.
	ID string `json:"step,omitempty"`
	// Verdict is what the step came to.
	Verdict Verdict `json:"verdict"`
	// Exchange is the index in [Trace.Exchanges] of the exchange whose answer was judged, or -1.
	Exchange int `json:"exchange"`
	// Subject is the header, method or other thing that was looked at; Want and Got what was wanted and what was there.
	Subject string `json:"subject,omitempty"`
	Want    string `json:"want,omitempty"`
	Got     string `json:"got,omitempty"`
	// Text says in a short clause what the step found, for a person.
	Text string `json:"text,omitempty"`
}

// Link is the address of the step's algorithm in its standard.
func (s Step) Link() string { return stepLink(s.Algorithm) }

// ExchangeKind tells a preflight from the request itself: the rows of a browser's network tab.
type ExchangeKind string

// The kinds of exchange.
const (
	ExchangePreflight ExchangeKind = "preflight"
	ExchangeRequest   ExchangeKind = "request"
)

// Exchange is one request and its answer, as the browser's network layer saw them and not as the page does: a row of the network tab.
type Exchange struct {
	Kind ExchangeKind `json:"kind"`
	// Hop is the number of redirects that were followed before it.
	Hop int `json:"hop"`
	// Method and URL are those that were asked; of a preflight the method is OPTIONS. The URL has no fragment.
	Method string `json:"method"`
	URL    string `json:"url"`
	// RequestHeaders are all that were sent, but for those that HTTP itself adds (Host, Connection).
	RequestHeaders HeaderList `json:"requestHeaders"`
	// RequestBody holds at most [Trace.BodyLimit] bytes of the body; RequestBodySize is its length, or -1 for a stream.
	RequestBody     []byte `json:"requestBody,omitempty"`
	RequestBodySize int64  `json:"requestBodySize,omitempty"`
	// Credentials says whether cookies and the like were allowed to go along.
	Credentials bool `json:"credentials"`
	// AskedAgain: the browser did not judge this answer, a 401 or 421, but made the request again; the next exchange is that.
	AskedAgain bool `json:"askedAgain,omitempty"`
	// AddressSpace is that of the server, where it and the page's own are known.
	AddressSpace AddressSpace `json:"addressSpace,omitempty"`
	// Cookies says of each cookie that the jar holds for the host whether it was sent, and why.
	Cookies []CookieDecision `json:"cookies,omitempty"`

	// Failure is set when no answer came; the fields below are then zero.
	Failure *NetworkError `json:"failure,omitempty"`
	// Status is that of the answer.
	Status int `json:"status,omitempty"`
	// StatusText is the reason phrase; empty in HTTP/2.
	StatusText string `json:"statusText,omitempty"`
	// Proto is "HTTP/1.1", "HTTP/2.0" and the like.
	Proto string `json:"proto,omitempty"`
	// ResponseHeaders are all that came, those that the page may not see included.
	ResponseHeaders HeaderList `json:"responseHeaders,omitempty"`
	// SetCookies says of each Set-Cookie header whether the jar kept it, and why.
	SetCookies []CookieDecision `json:"setCookies,omitempty"`
	// ResponseBody holds the first bytes of the body, at most [Trace.BodyLimit], as far as they were read; they are kept also
	// where the page may not see them. ResponseBodyTruncated says that there is or may be more.
	ResponseBody          []byte `json:"responseBody,omitempty"`
	ResponseBodyTruncated bool   `json:"responseBodyTruncated,omitempty"`
	// RemoteAddr is the address and port that answered; empty where there was no connection.
	RemoteAddr string `json:"remoteAddr,omitempty"`
	// Cache is set where a stored answer was used. In the state [CacheLocal] nothing was sent, and the request is the one that would
	// have been; in the state [CacheValidated] the exchange is the one that ended with 304, and the body the stored one.
	Cache *CacheUse `json:"cache,omitempty"`
	// Start is when the request was handed to the network, Duration how long the answer's headers took.
	Start    time.Time     `json:"start"`
	Duration time.Duration `json:"durationNanoseconds"`
}

// PreflightNeed says whether a request had to be preflighted, and why.
type PreflightNeed struct {
	// Hop is the number of redirects that were followed before.
	Hop int `json:"hop"`
	// Needed is whether the standard asks for a preflight; CacheHit whether the preflight cache answered it.
	Needed   bool `json:"needed"`
	CacheHit bool `json:"cacheHit,omitempty"`
	// Method is set to the request's method when it is not safelisted.
	Method string `json:"method,omitempty"`
	// Forced is why a request is preflighted whatever its method and headers: "upload-listener", "stream-body" or empty.
	Forced string `json:"forced,omitempty"`
	// Headers are those that are not safelisted, and why.
	Headers []UnsafeHeader `json:"headers,omitempty"`
}

// Trace records one fetch. Give an empty one to [Request.Trace], and read it when the fetch has returned. It is not safe for
// concurrent use while the fetch runs. A nil trace records nothing.
type Trace struct {
	// BodyLimit is how many bytes of each request and response body are kept: 0 means [DefaultTraceBody], negative none.
	BodyLimit int `json:"-"`
	// Brief leaves Steps and Preflights empty, for those who want to know only what becomes of a fetch, often.
	Brief bool `json:"-"`
	// Checkpoint, if set, is filled in when a redirect is followed.
	Checkpoint *Checkpoint `json:"-"`

	// Page and Request are what was asked.
	Page    PageRecord    `json:"page"`
	Request RequestRecord `json:"request"`
	// Relation is how the page's origin and the first URL's differ.
	Relation origin.Difference `json:"-"`
	// Ignored are the headers that the page's JavaScript may not set; they were dropped.
	Ignored []IgnoredHeader `json:"ignored,omitempty"`

	// Preflights, Steps and Exchanges are in the order in which things happened. Preflights has none for a hop that was stopped before
	// the question came up.
	Preflights []PreflightNeed `json:"preflights,omitempty"`
	Steps      []Step          `json:"steps"`
	Exchanges  []*Exchange     `json:"exchanges"`
	// Outcome is what the page gets.
	Outcome Outcome `json:"outcome"`

	replay *replaySource
}

// DefaultTraceBody is how many bytes of a body a trace keeps unless told otherwise.
const DefaultTraceBody = 64 << 10

// PageRecord is the page as a trace keeps it.
type PageRecord struct {
	// URL is the page's address, or "null" for a page without a name.
	URL string `json:"url"`
	// Origin is serialised, "null" where it is opaque; TopSite is the site of the page in the address bar.
	Origin  string `json:"origin"`
	TopSite string `json:"topLevelSite"`
	// Profile is the name of the browser's profile.
	Profile string `json:"profile"`
	// Policies are the page's; nil where it has none but a referrer policy.
	Policies *PagePolicies `json:"policies,omitempty"`
	// AddressSpace is that of the page's address; empty where it is not known.
	AddressSpace AddressSpace `json:"addressSpace,omitempty"`
}

// RequestRecord is the request as a trace keeps it, with its defaults filled in.
type RequestRecord struct {
	Method string `json:"method"`
	// URL is the first one, and Origin is its, not the page's.
	URL    string `json:"url"`
	Origin string `json:"origin"`
	// Headers are those that the page's JavaScript set and may set, and the Content-Type of a body.
	Headers HeaderList `json:"headers"`
	// BodySize is in bytes: 0 without a body, -1 for a stream.
	BodySize int64 `json:"bodySize,omitempty"`
	// These are the options of fetch() that have the same names.
	Mode           Mode            `json:"mode"`
	Credentials    CredentialsMode `json:"credentials"`
	Redirect       RedirectMode    `json:"redirect"`
	Cache          CacheMode       `json:"cache"`
	ReferrerPolicy ReferrerPolicy  `json:"referrerPolicy"`
	Integrity      string          `json:"integrity,omitempty"`
	// TargetAddressSpace is what the page says of the server.
	TargetAddressSpace AddressSpace `json:"targetAddressSpace,omitempty"`
	// Destination is empty for fetch(), and "script" for a module. InitiatorType is empty where it was not said.
	Destination   Destination   `json:"destination,omitempty"`
	InitiatorType InitiatorType `json:"initiatorType,omitempty"`
	// Keepalive and UploadListener are those of the request. A body that is a stream asks for a preflight as a listener does.
	Keepalive      bool `json:"keepalive,omitempty"`
	UploadListener bool `json:"uploadListener,omitempty"`
}

// IgnoredHeader is a header that was dropped before the request was made.
type IgnoredHeader struct {
	Header
	// Why is a clause.
	Why string `json:"why"`
}

// Outcome is what the page's JavaScript gets.
type Outcome struct {
	// Allowed is false for a network error, where JavaScript gets a TypeError.
	Allowed bool `json:"allowed"`
	// Reason is why not; nil when it is allowed.
	Reason *Reason `json:"reason,omitempty"`
	// Type, Status, URL, Redirected and Headers are those of the response that JavaScript sees.
	Type       ResponseType `json:"type"`
	Status     int          `json:"status"`
	URL        string       `json:"url,omitempty"`
	Redirected bool         `json:"redirected,omitempty"`
	Headers    HeaderList   `json:"headers,omitempty"`
	// Hidden are the names of the answer's headers that JavaScript cannot see, in lower case and sorted.
	Hidden []string `json:"hiddenHeaders,omitempty"`
	// BodyReadable says whether JavaScript may read the body.
	BodyReadable bool `json:"bodyReadable"`
}

type traceKey struct{}

// WithTrace returns a context whose next request through [Page.Client] or [Page.Transport] is recorded in t.
func WithTrace(ctx context.Context, t *Trace) context.Context {
	return context.WithValue(ctx, traceKey{}, t)
}

func traceFrom(ctx context.Context) *Trace {
	t, _ := ctx.Value(traceKey{}).(*Trace)
	return t
}

// RequestBody returns the body that was asked with, also where nothing was sent; nil for none, and for a trace that was read from JSON.
func (t *Trace) RequestBody() *Body {
	if t.replay == nil {
		return nil
	}
	return t.replay.request.body
}

// LastStep returns the last step with that verdict, or nil.
func (t *Trace) LastStep(v Verdict) *Step {
	for i := len(t.Steps) - 1; i >= 0; i-- {
		if t.Steps[i].Verdict == v {
			return &t.Steps[i]
		}
	}
	return nil
}

func (t *Trace) bodyLimit() int {
	switch {
	case t.BodyLimit < 0:
		return 0
	case t.BodyLimit == 0:
		return DefaultTraceBody
	}
	return t.BodyLimit
}

// standards are where anchors of the form "standard#anchor" lead.
var standards = map[string]string{
	"fetch":                     "https://fetch.spec.whatwg.org/",
	"local-network-access":      "https://wicg.github.io/local-network-access/",
	"csp":                       "https://w3c.github.io/webappsec-csp/",
	"mixed-content":             "https://w3c.github.io/webappsec-mixed-content/",
	"referrer-policy":           "https://w3c.github.io/webappsec-referrer-policy/",
	"fetch-metadata":            "https://w3c.github.io/webappsec-fetch-metadata/",
	"secure-contexts":           "https://w3c.github.io/webappsec-secure-contexts/",
	"upgrade-insecure-requests": "https://w3c.github.io/webappsec-upgrade-insecure-requests/",
	"rfc9111":                   "https://www.rfc-editor.org/rfc/rfc9111",
	"rfc6265bis":                "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis",
}

func stepLink(algorithm string) string {
	if algorithm == "" {
		return ""
	}
	standard, anchor, found := strings.Cut(algorithm, "#")
	if !found {
		return standards["fetch"] + "#" + algorithm
	}
	return standards[standard] + "#" + anchor
}
