package cors

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

// Policy is a compiled [Config]. It does not change and is safe for concurrent
// use. The zero Policy and a nil one decide [ReasonNoPolicy] and add nothing.
type Policy struct {
	name    string
	origins *originSet // nil: no policy
	// config is the Config in normal form, without Origins.
	config Config

	// static is the one value that Access-Control-Allow-Origin ever has: "*" or,
	// with AlwaysSendOrigin, the origin. Otherwise it is "".
	static      string
	allowNull   bool
	credentials bool
	reject      bool

	// anyMethod implies that methods is empty.
	anyMethod bool
	methods   []string // ascending
	// anyHeader implies that headerNames has at most authorization.
	anyHeader   bool
	headerNames []string // lower case, ascending
	headers     headerSet
	// exposeAll implies that exposedNames is empty.
	exposeAll    bool
	exposedNames []string // lower case, ascending

	// What is sent, or "".
	allowMethods   string // "*" without credentials only
	allowHeaders   string // begins with "*" without credentials only
	exposeHeaders  string
	maxAge         string
	resourcePolicy string
	timing         bool
	preflightVary  bool
	status         int
	// requestHeadersBytes bounds Access-Control-Request-Headers.
	requestHeadersBytes int
	// How many values the answers have at most.
	actualCount, preflightCount int
}

// Compile returns the policy that config describes, or a *[ConfigError] with
// every mistake in it.
func Compile(config Config) (*Policy, error) {
	p, problems := compile(config)
	if err := configError(problems); err != nil {
		return nil, err
	}
	return p, nil
}

// finish derives what is sent from what was collected.
func (p *Policy) finish(config Config) {
	p.headers = newHeaderSet(p.headerNames)
	p.allowNull = config.DangerouslyAllowNullOrigin
	p.credentials = config.Credentials
	p.reject = config.RejectRefusedRequests
	p.timing = config.TimingAllowOrigin
	p.preflightVary = config.PreflightVary
	p.resourcePolicy = config.CrossOriginResourcePolicy
	p.status = config.PreflightStatus
	if p.status == 0 {
		p.status = http.StatusNoContent
	}
	switch {
	case config.AllowAnyOrigin:
		p.static = httpspec.Wildcard
	case config.AlwaysSendOrigin && p.origins.exact.size == 1:
		p.static = p.origins.list()[0]
	}
	p.allowMethods = strings.Join(p.methods, ",")
	if p.anyMethod && !p.credentials {
		p.allowMethods = httpspec.Wildcard
	}
	p.allowHeaders = strings.Join(p.headerNames, ",")
	if p.anyHeader && !p.credentials {
		p.allowHeaders = strings.Join(append([]string{httpspec.Wildcard}, p.headerNames...), ",")
	}
	// A page that sets all of them at once must be understood, even by way of a
	// gateway that adds blanks.
	p.requestHeadersBytes = max(maxRequestHeadersBytes, 2*len(p.allowHeaders))
	p.exposeHeaders = strings.Join(p.exposedNames, ",")
	if p.exposeAll {
		p.exposeHeaders = httpspec.Wildcard
	}
	switch {
	case config.MaxAgeSeconds > 0:
		p.maxAge = strconv.Itoa(config.MaxAgeSeconds)
	case config.MaxAgeSeconds < 0:
		p.maxAge = "0"
	}
	p.actualCount = 1 + count(p.credentials, p.exposeHeaders != "", p.timing, p.resourcePolicy != "", p.static == "")
	p.preflightCount = 1 + count(p.credentials, p.allowMethods != "" || p.anyMethod, p.allowHeaders != "" || p.anyHeader, p.maxAge != "")

	config.Origins = nil // origins has them.
	p.config = config.clone()
	p.config.Methods = p.methods
	if p.anyMethod {
		p.config.Methods = []string{httpspec.Wildcard}
	}
	p.config.RequestHeaders = p.headerNames
	if p.anyHeader {
		p.config.RequestHeaders = append([]string{httpspec.Wildcard}, p.headerNames...)
	}
	p.config.ExposedHeaders = p.exposedNames
	if p.exposeAll {
		p.config.ExposedHeaders = []string{httpspec.Wildcard}
	}
}

func count(conditions ...bool) (n int) {
	for _, c := range conditions {
		if c {
			n++
		}
	}
	return n
}

// Config returns the Config of p in normal form: lists sorted and without
// repetitions, methods in upper case where browsers send them so, header names
// in lower case, and without what "*" includes. It compiles to an equal policy.
// The zero Policy returns the zero Config.
func (p *Policy) Config() Config {
	if p == nil || p.origins == nil {
		return Config{}
	}
	config := p.config.clone()
	if config.Origins = p.origins.list(); len(config.Origins) == 0 && (config.AllowAnyOrigin || config.DangerouslyAllowNullOrigin) {
		config.Origins = nil
	}
	return config
}

// Decide says how a request fares and what to answer to it. It is a pure
// function of the policy, the method and the headers, whose names are canonical
// as net/http has them, and does not keep or change the latter. Its work is
// bounded whatever the headers hold.
//
// The actual request that follows an allowed preflight is decided by itself: a
// browser sends what the preflight allowed, and other clients ask nobody.
func (p *Policy) Decide(method string, header http.Header) Decision {
	var d Decision
	p.decide(&d, method, header, header[httpspec.HeaderOrigin], true)
	return d
}

// onlyVaries reports whether all that answers to requests without Origin get is
// Vary.
func (p *Policy) onlyVaries() bool {
	return p != nil && p.origins != nil && p.static == "" && p.resourcePolicy == ""
}

// decide sets d, which is zero. The origins are the Origin lines of header.
// Without detail it leaves out what only whoever looks at decisions wants: Method,
// Policy, and the reasons for which an origin is refused are all the same.
func (p *Policy) decide(d *Decision, method string, header http.Header, origins []string, detail bool) {
	if detail {
		d.Method = method
	}
	if p == nil || p.origins == nil {
		return
	}
	if detail {
		d.Policy = p.name
	}
	d.policy, d.allowOrigin = p, p.static
	if len(origins) == 0 {
		d.Reason = ReasonNotCORS
		return
	}
	d.Origin = origins[0]
	if method == http.MethodOptions {
		if methods := header[httpspec.AccessControlRequestMethod]; len(methods) > 0 {
			d.Preflight, d.Status = true, http.StatusForbidden
			if detail {
				d.Method = methods[0]
			}
			if d.Reason = p.decideOrigin(d, origins, header, detail); d.Reason == ReasonAllowed {
				p.decidePreflight(d, methods, header)
			}
			return
		}
	}
	d.Reason = p.decideOrigin(d, origins, header, detail)
}

func (p *Policy) decideOrigin(d *Decision, origins []string, header http.Header, detail bool) Reason {
	if len(origins) > 1 {
		return ReasonOriginRepeated
	}
	if p.static == httpspec.Wildcard {
		d.Pattern = httpspec.Wildcard
		return ReasonAllowed
	}
	if pattern, ok := p.origins.match(d.Origin); ok {
		d.Pattern, d.allowOrigin = pattern, d.Origin
		return ReasonAllowed
	}
	if d.Origin == nullOrigin && p.allowNull {
		d.Pattern, d.allowOrigin = nullOrigin, nullOrigin
		return ReasonAllowed
	}
	if !detail {
		return ReasonOriginNotAllowed
	}
	if _, ok := parseRequestOrigin(d.Origin); !ok && d.Origin != nullOrigin {
		return ReasonOriginMalformed
	}
	// Origin alone does not make a request cross-origin: browsers send it with what
	// the site's own pages POST too.
	if says, own := saysOwnPage(header); says && own && !d.Preflight {
		return ReasonNotCORS
	}
	if d.Origin == nullOrigin {
		return ReasonOriginNull
	}
	return ReasonOriginNotAllowed
}

const nullOrigin = "null"

// saysOwnPage reads Sec-Fetch-Site: whether it is there, and whether it says that a
// page of the server's own origin, or no page at all, is behind the request, so that
// browsers apply no CORS. A page cannot forge it
// (https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-site-header).
func saysOwnPage(header http.Header) (says, own bool) {
	sites := header["Sec-Fetch-Site"]
	return len(sites) > 0, len(sites) == 1 && (sites[0] == "same-origin" || sites[0] == "none")
}

// decidePreflight decides what a page may send whose origin is allowed.
func (p *Policy) decidePreflight(d *Decision, methods []string, header http.Header) {
	if d.Reason = p.decideMethod(methods); d.Reason != ReasonAllowed {
		return
	}
	lines := header[httpspec.AccessControlRequestHeaders]
	if d.Reason, d.Header = p.checkRequestHeaders(lines); d.Reason != ReasonAllowed {
		return
	}
	d.Status = p.status
	d.allowMethods, d.allowHeaders = p.allowMethods, p.allowHeaders
	// With credentials "*" is no wildcard to browsers, and what was asked for, and
	// allowed, is said instead.
	if p.anyMethod && p.credentials {
		d.allowMethods = methods[0]
	}
	if p.anyHeader && p.credentials && len(lines) > 0 {
		d.allowHeaders = echoRequestHeaders(lines)
	}
}

func (p *Policy) decideMethod(lines []string) Reason {
	method := lines[0]
	switch {
	case len(lines) > 1 || len(method) > maxMethodLength:
		return ReasonMethodMalformed
	case httpspec.IsCORSSafelistedMethod(method) || slices.Contains(p.methods, method):
		return ReasonAllowed
	case !httpspec.IsToken(method):
		return ReasonMethodMalformed
	case p.anyMethod && !httpspec.IsForbiddenMethod(method):
		return ReasonAllowed
	}
	return ReasonMethodNotAllowed
}
