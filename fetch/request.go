package fetch

import (
	"github.com/corscope/corscope/internal/httpspec"
	"github.com/corscope/corscope/origin"
)

// Mode says what a request may do with another origin's answer.
//
// https://fetch.spec.whatwg.org/#concept-request-mode
type Mode string

// The modes that fetch() can be given. The zero value counts as [ModeCORS], the default of fetch().
const (
	ModeCORS       Mode = "cors"
	ModeNoCORS     Mode = "no-cors"
	ModeSameOrigin Mode = "same-origin"
)

// CredentialsMode says when cookies, HTTP authentication and TLS client certificates go along.
//
// https://fetch.spec.whatwg.org/#concept-request-credentials-mode
type CredentialsMode string

// The credentials modes. The zero value counts as [CredentialsSameOrigin], the default of fetch().
const (
	CredentialsOmit       CredentialsMode = "omit"
	CredentialsSameOrigin CredentialsMode = "same-origin"
	CredentialsInclude    CredentialsMode = "include"
)

// RedirectMode says what happens when the server redirects.
//
// https://fetch.spec.whatwg.org/#concept-request-redirect-mode
type RedirectMode string

// The redirect modes. The zero value counts as [RedirectFollow], the default of fetch().
const (
	RedirectFollow RedirectMode = "follow"
	RedirectError  RedirectMode = "error"
	RedirectManual RedirectMode = "manual"
)

// CacheMode says how the HTTP cache is used, and which headers tell caches on the way to the server of it.
//
// https://fetch.spec.whatwg.org/#concept-request-cache-mode
type CacheMode string

// The cache modes. The zero value counts as [CacheDefault].
const (
	CacheDefault      CacheMode = "default"
	CacheNoStore      CacheMode = "no-store"
	CacheReload       CacheMode = "reload"
	CacheNoCache      CacheMode = "no-cache"
	CacheForceCache   CacheMode = "force-cache"
	CacheOnlyIfCached CacheMode = "only-if-cached"
)

// Tainting is a request's response tainting: how much of the answer the page may see.
//
// https://fetch.spec.whatwg.org/#concept-request-response-tainting
type Tainting string

// The response taintings. A request starts as basic; once it is cors it never becomes basic again.
const (
	TaintingBasic  Tainting = "basic"
	TaintingCORS   Tainting = "cors"
	TaintingOpaque Tainting = "opaque"
)

// RedirectTaint says whether a chain of redirects has passed through a party that the page's origin must be hidden from.
//
// https://fetch.spec.whatwg.org/#concept-request-tainted-origin
type RedirectTaint string

// The redirect taints.
const (
	TaintSameOrigin RedirectTaint = "same-origin"
	TaintSameSite   RedirectTaint = "same-site"
	TaintCrossSite  RedirectTaint = "cross-site"
)

// Request is what a page's JavaScript gives to fetch(). Only URL is needed. [Page.Fetch] does not change it.
type Request struct {
	// Method in the caller's case; GET, HEAD, POST, PUT, DELETE and OPTIONS are recognised in any case, all others are sent as
	// they are written. Empty: GET.
	Method string
	// URL, absolute or relative to the page's. It must not hold a user name or password but with URLCredentials.
	URL string
	// Parsed is what [Page.ParseURL] made of the URL earlier, which then stands in the place of URL. Nil: URL is parsed when the fetch begins,
	// and a blob: URL must name something then.
	Parsed *URL
	// Headers as the page's JavaScript sets them. Forbidden ones are dropped, as browsers do, and the trace says so.
	Headers HeaderList
	// Body; nil: none. GET and HEAD must have none.
	Body *Body
	// BodyType is the Content-Type that comes with Body, as a Blob's does, for where Headers has none. Empty: none.
	BodyType string
	// Mode; empty: [ModeCORS].
	Mode Mode
	// Credentials; empty: [CredentialsSameOrigin].
	Credentials CredentialsMode
	// Redirect; empty: [RedirectFollow].
	Redirect RedirectMode
	// Cache; empty: [CacheDefault]. [CacheOnlyIfCached] needs [ModeSameOrigin].
	Cache CacheMode
	// Referrer: empty for the page's URL, "no-referrer" for none, or a URL of the page's own origin; another origin's counts as
	// empty.
	Referrer string
	// ReferrerPolicy; empty: the page's.
	ReferrerPolicy ReferrerPolicy
	// Integrity holds the hashes of which the body must have one, as "sha384-BASE64", separated by spaces; only those of the strongest
	// algorithm count. Empty, or no algorithm that is known: any body will do. The body is then read before [Page.Fetch] returns, and an
	// answer that the page may not read is blocked.
	Integrity string
	// Keepalive: the request may outlive the page. Bodies of all such requests of a page in flight are limited to 64 KiB; each is in flight
	// until the body of its answer has ended, which is read to its end even if nobody asks for it, or until it is closed.
	Keepalive bool
	// KeepaliveImplied: Keepalive is that of a Request object which fetch() was given, or of navigator.sendBeacon, and no option of fetch()
	// itself, which makes a difference to [KeepalivePolicy.OwnOptionAlone].
	KeepaliveImplied bool
	// Record is the place of a keepalive request among those in flight, from [Page.NewFetchRecord]. Nil: it takes its place when it is
	// fetched.
	Record *FetchRecord
	// URLCredentials: the URL may hold a user name and password, as XMLHttpRequest allows, and they are sent when the server asks
	// for them by a 401 and credentials are included.
	URLCredentials bool
	// UploadListener: an XMLHttpRequest with a listener on its upload object; such a request is always preflighted when it is
	// cross-origin.
	UploadListener bool
	// Uploaded is called with the number of bytes of Body that have gone to the network, each time some more have, by the goroutine that
	// sends them; where the body is sent again, behind a redirect, it starts again. A stream is not told of. Nil: nobody is told.
	//
	// https://fetch.spec.whatwg.org/#process-request-body-chunk-length
	Uploaded func(bytes int64)
	// TargetAddressSpace is the address space that the server is said to be in, which profiles with
	// [LocalNetworkPolicy.TargetAddressSpace] heed. Empty: it is not said.
	TargetAddressSpace AddressSpace
	// Destination is what the answer is for. Empty: for JavaScript to read, as with fetch().
	Destination Destination
	// InitiatorType says what of the page asks. Empty: fetch(). A request that no script chose the method and headers of is never preflighted.
	InitiatorType InitiatorType
	// Trace records what happened; nil records nothing and costs nothing. A trace takes one fetch.
	Trace *Trace
}

// request is the standard's request: what the algorithms read and change.
//
// https://fetch.spec.whatwg.org/#concept-request
type request struct {
	method            string
	urlList           []*URL
	headers           HeaderList
	body              *Body
	unsafeRequest     bool
	useURLCredentials bool
	useCORSPreflight  bool
	client            *Page
	origin            origin.Origin
	referrer          referrer
	referrerPolicy    ReferrerPolicy
	mode              Mode
	credentials       CredentialsMode
	cache             CacheMode
	redirect          RedirectMode
	integrity         string
	uploaded          func(int64)
	// destination is empty for fetch().
	destination   Destination
	initiatorType InitiatorType
	// targetAddressSpace is what the page says of the server.
	targetAddressSpace AddressSpace
	// ownConditions: JavaScript asked a conditional question, whose answer, a 304 included, is its own.
	ownConditions     bool
	keepalive         bool
	redirectCount     int
	tainting          Tainting
	timingAllowFailed bool
	// upgradedFrom is the current URL as it was before the page's policy made https of it; nil where it did not. upgraded: it did so with
	// any URL of the list.
	upgradedFrom *URL
	upgraded     bool
	// askedOther is set once a hop was subject to CORS, and withoutCORS for the hop whose answer is not checked, for [UpgradePolicy].
	askedOther, withoutCORS bool
	// askedFrom is the index of the URL of that first hop, where it came after one that was asked for nothing.
	askedFrom int
	spared    bool
	// upgradeTaints is set once a URL was of another origin than the one before it until it was upgraded, for [UpgradePolicy.JudgedBefore].
	upgradeTaints bool
	// keepsCacheControl is the prevent no-cache cache-control header modification flag.
	keepsCacheControl bool

	// unsafeNames are the CORS-unsafe request-header names of unsafeOf, computed when first asked for. Redirects, which delete headers,
	// put another list in the place of headers.
	unsafeNames      []string
	unsafeOf         HeaderList
	unsafeNamesKnown bool
	// taint is the redirect-taint of taintOf, in the same way.
	taint   RedirectTaint
	taintOf []*URL

	// ownReferrerPolicy leaves [ReferrerRules.StrictCrossSite] out.
	ownReferrerPolicy bool
	// memory is nil in browsers that forget what was before a redirect, as the standard does.
	memory *redirectMemory
}

// currentURL is the last URL of the URL list, which is never empty.
func (r *request) currentURL() *URL { return r.urlList[len(r.urlList)-1] }

// redirectTaint is the request's redirect-taint.
//
// https://fetch.spec.whatwg.org/#concept-request-tainted-origin
func (r *request) redirectTaint() RedirectTaint {
	if len(r.taintOf) != len(r.urlList) || &r.taintOf[0] != &r.urlList[0] {
		r.taint, r.taintOf = r.computeRedirectTaint(), r.urlList
	}
	if r.upgradeTaints && r.taint == TaintSameOrigin {
		return TaintSameSite
	}
	return r.taint
}

func (r *request) computeRedirectTaint() RedirectTaint {
	taint := TaintSameOrigin
	for i, u := range r.urlList {
		if i == 0 {
			continue
		}
		last, here := r.urlList[i-1].Origin(), u.Origin()
		if origin.SameOrigin(here, last) {
			continue
		}
		if !origin.SameSite(here, last) && !origin.SameSite(r.origin, last) {
			return TaintCrossSite
		}
		if !origin.SameOrigin(r.origin, last) {
			taint = TaintSameSite
		}
	}
	return taint
}

// crossedOrigins reports whether a redirect led from one origin to another.
func (r *request) crossedOrigins() bool {
	for i, u := range r.urlList[1:] {
		if !origin.SameOrigin(r.urlList[i].Origin(), u.Origin()) {
			return true
		}
	}
	return false
}

// serializeOrigin is the value of the Origin header, and what Access-Control-Allow-Origin is compared with.
//
// https://fetch.spec.whatwg.org/#serializing-a-request-origin
func (r *request) serializeOrigin() string {
	if len(r.urlList) > 1 && r.redirectTaint() != TaintSameOrigin {
		return "null"
	}
	return r.origin.String()
}

// preflightHeaders are those that a preflight must ask for where they are unsafe.
func (r *request) preflightHeaders() HeaderList {
	if r.memory != nil && r.memory.judged != nil {
		return r.memory.judged
	}
	return r.headers
}

// corsUnsafeRequestHeaderNames are in lower case, sorted and unique. The caller must not change them.
func (r *request) corsUnsafeRequestHeaderNames() []string {
	headers := r.preflightHeaders()
	if !r.unsafeNamesKnown || !headers.is(r.unsafeOf) {
		r.unsafeNames, r.unsafeOf, r.unsafeNamesKnown = r.client.agent.profile.Headers.corsUnsafeRequestHeaderNames(headers), headers, true
	}
	return r.unsafeNames
}

// clone copies the request but for its body, which is shared: a body with a source is read from the start each time.
//
// https://fetch.spec.whatwg.org/#concept-request-clone
func (r *request) clone() *request {
	c := *r
	c.headers = make(HeaderList, len(r.headers), len(r.headers)+8)
	copy(c.headers, r.headers)
	return &c
}

// includeCredentials is step 8.3 of HTTP-network-or-cache fetch.
func (r *request) includeCredentials() bool {
	if r.credentials == CredentialsSameOrigin && r.mode == ModeNoCORS && r.client.agent.profile.Redirect.NoCORSKeepsCredentials {
		return origin.SameOrigin(r.origin, r.urlList[0].Origin())
	}
	return r.credentials == CredentialsInclude || r.credentials == CredentialsSameOrigin && r.tainting == TaintingBasic
}

func isUnsafeMethod(method string) bool { return !httpspec.IsCORSSafelistedMethod(method) }
