package cors

import "slices"

// Config says what a policy allows. It is plain data: it is copied when it is
// compiled and when it is given back, and it survives JSON. The zero Config is
// refused, for a policy without origins allows nothing; write Origins as an
// empty, non-nil list if they are to be added later.
//
// Config is safe for concurrent use as long as nobody changes it.
type Config struct {
	// Origins lists the origins whose pages may read, as browsers write them, or
	// patterns:
	//
	//	https://app.example.com                this origin only
	//	http://localhost:5173                  the port counts; the default port is left out
	//	http://[::1]:8080                      an IPv6 address in brackets, compressed
	//	https://xn--bcher-kva.example          a Unicode name in punycode
	//	https://*.example.com                  one or more labels before it; not example.com itself
	//	https://*.example.com:8443             the same on one port
	//	https://app.example.com:{443,8443}     these ports, of which the default may be one; up to 64
	//	http://localhost:*                     any port, the default too
	//	{http,https}://intranet.example.com    these schemes; up to 8
	//	chrome-extension://aebcd               any scheme; not file, whose pages have the origin null
	//
	//	*                                      refused: set AllowAnyOrigin
	//	null                                   refused: see DangerouslyAllowNullOrigin
	//	https://app.example.com/               refused: no slash, no path
	//	https://App.example.com                refused: no upper case
	//	https://app.example.com:443            refused: the default port
	//	https://pr-*.example.com               refused: a wildcard is a whole label, the first
	//	https://*.com, https://*.github.io     refused: see DangerouslyAllowPublicSuffixes
	//
	// Zero value: none, which is refused unless AllowAnyOrigin or
	// DangerouslyAllowNullOrigin is set; an empty list that is not nil is accepted.
	Origins []string `json:"origins,omitzero"`

	// AllowAnyOrigin lets pages of every origin read, without credentials: each
	// answer says "Access-Control-Allow-Origin: *". That is right for what anybody
	// can fetch anyway, and wrong for what is protected by the network alone, such
	// as an intranet. Origins need not be listed then. It excludes Credentials.
	// Default: false.
	AllowAnyOrigin bool `json:"allowAnyOrigin,omitempty"`

	// Credentials lets the pages send cookies, HTTP authentication and client
	// certificates (credentials: "include") and read what comes back. Without it a
	// browser hides such answers. It asks for https origins, except on loopback.
	// Default: false.
	Credentials bool `json:"credentials,omitempty"`

	// Methods lists the methods that pages may use besides GET, HEAD and POST,
	// which need no permission. Methods are case-sensitive; what browsers send in
	// upper case (DELETE, GET, HEAD, OPTIONS, POST, PUT) is listed in upper case.
	// "*" allows all. At most 1024. Default: none.
	Methods []string `json:"methods,omitempty"`

	// RequestHeaders lists the headers that pages may set besides those that need no
	// permission; Content-Type is one of them only with the types of forms, so
	// that JSON needs it listed. Case does not matter. "*" allows all but
	// Authorization, which must be listed always, as the Fetch standard has it. At
	// most 1024. Default: none.
	RequestHeaders []string `json:"requestHeaders,omitempty"`

	// ExposedHeaders lists the response headers that pages may read besides
	// Cache-Control, Content-Language, Content-Length, Content-Type, Expires,
	// Last-Modified and Pragma. Case does not matter. "*" exposes all, without
	// Credentials only. At most 1024. Default: none.
	ExposedHeaders []string `json:"exposedHeaders,omitempty"`

	// MaxAgeSeconds is how long a browser may remember the answer to a preflight,
	// in seconds: 1 to 86400, more than which no browser grants (Firefox 86400,
	// Chromium 7200, WebKit 600). -1 means not at all. Default: 0, which sends
	// nothing and so leaves browsers at the standard's 5 seconds
	// (https://fetch.spec.whatwg.org/#http-access-control-max-age).
	MaxAgeSeconds int `json:"maxAgeSeconds,omitempty"`

	// PreflightStatus is the status of the answer to a preflight that is allowed:
	// 200 to 299, for clients older than the standard's ok status
	// (https://fetch.spec.whatwg.org/#ok-status). Refused ones get 403. Default: 0,
	// which stands for 204.
	PreflightStatus int `json:"preflightStatus,omitempty"`

	// PreflightVary adds Vary to the answers to preflights, for when something in
	// front caches them although answers to OPTIONS cannot be cached. Default:
	// false. See "Vary" in the package documentation.
	PreflightVary bool `json:"preflightVary,omitempty"`

	// AlwaysSendOrigin sends the one origin with every answer, whoever asks, and no
	// Vary, so that a CDN stores each resource once. It wants exactly one entry in
	// Origins, without wildcard or list, and keeps it so. Default: false.
	AlwaysSendOrigin bool `json:"alwaysSendOrigin,omitempty"`

	// TimingAllowOrigin lets the pages that may read an answer see its detailed
	// timing too (Timing-Allow-Origin, https://fetch.spec.whatwg.org/#tao-check).
	// Requests without an Origin header, such as those of plain img elements, are
	// covered with AllowAnyOrigin and AlwaysSendOrigin only. Default: false.
	TimingAllowOrigin bool `json:"timingAllowOrigin,omitempty"`

	// CrossOriginResourcePolicy is sent with every answer but those to preflights,
	// and says which pages may embed it without CORS: "same-origin", "same-site"
	// or "cross-origin"
	// (https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header).
	// Default: "", which sends nothing.
	CrossOriginResourcePolicy string `json:"crossOriginResourcePolicy,omitempty"`

	// RejectRefusedRequests answers 403 to an actual request whose Origin the policy
	// refuses, instead of running the handler and leaving it to the browser to hide
	// the answer. Requests of the site's own pages, and those behind which there is no
	// page, pass, as told by Sec-Fetch-Site or by the Host header; a proxy that changes
	// both breaks them. So does, where there is no Sec-Fetch-Site, as on plain http, a
	// page's own "Referrer-Policy: no-referrer", with which forms and fetches of mode
	// "same-origin" say "Origin: null"
	// (https://fetch.spec.whatwg.org/#append-a-request-origin-header). It refuses what
	// is no fetch as well: a form that another site posts here, such as a login or a
	// payment that returns, and WebSockets. It is no defence against forged requests
	// (see "What CORS does not protect"). Default: false.
	RejectRefusedRequests bool `json:"rejectRefusedRequests,omitempty"`

	// DangerouslyAllowNullOrigin lets pages with the origin null read. Everybody
	// can make one: a sandboxed frame, a data: URL, a file. With Credentials that
	// hands every user's data to every site. Default: false.
	DangerouslyAllowNullOrigin bool `json:"dangerouslyAllowNullOrigin,omitempty"`

	// DangerouslyAllowInsecureOrigins accepts http origins together with
	// Credentials. Whoever can change an http page on its way, as in an open
	// network, then acts as the user. Loopback needs no such permission.
	// Default: false.
	DangerouslyAllowInsecureOrigins bool `json:"dangerouslyAllowInsecureOrigins,omitempty"`

	// DangerouslyAllowPublicSuffixes accepts patterns for all subdomains of a public
	// suffix, such as https://*.github.io: anybody can register one. It also accepts
	// those of a single label, such as https://*.internal. Default: false.
	DangerouslyAllowPublicSuffixes bool `json:"dangerouslyAllowPublicSuffixes,omitempty"`
}

// clone returns a copy that shares nothing with c.
func (c Config) clone() Config {
	c.Origins = slices.Clone(c.Origins)
	c.Methods = slices.Clone(c.Methods)
	c.RequestHeaders = slices.Clone(c.RequestHeaders)
	c.ExposedHeaders = slices.Clone(c.ExposedHeaders)
	return c
}
