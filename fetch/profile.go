package fetch

import "time"

// Profile says where a browser departs from the standard, or settles what the standard leaves to it. The zero value is the
// standard as the notes at its fields say. A Profile is plain data: copy it, change a field, give it to [AgentConfig].
type Profile struct {
	// Name is shown in traces; empty: "spec".
	Name string
	// MaxPreflightAge caps Access-Control-Max-Age, the standard's imposed limit on max-age. Zero: no limit.
	MaxPreflightAge time.Duration
	// WildcardCoversAuthorization lets "Access-Control-Allow-Headers: *" allow Authorization, which the standard refuses and
	// Chromium, Firefox and WebKit do. https://github.com/whatwg/fetch/issues/1919, checked 2026-11-22.
	WildcardCoversAuthorization bool
	// KeepAuthorizationOnRedirect leaves an Authorization header that JavaScript set on the request when it is redirected to
	// another origin, as Chromium does.
	KeepAuthorizationOnRedirect bool
	// TrustworthyHTTPRestrictsMixedContent follows the Mixed Content text for pages on http://localhost: their origin is
	// potentially trustworthy, so that they may not fetch from other http hosts. Off, only pages on https are restricted.
	//
	// DEVIATION(browser): off by default, because no browser blocks http://192.168.1.5 for a page on http://localhost:5173.
	// https://w3c.github.io/webappsec-mixed-content/#categorize-settings-object, 2026-11-22.
	TrustworthyHTTPRestrictsMixedContent bool
	// Cookies is what the browser does with cookies beyond the standard.
	Cookies CookiePolicy
}

func (p *Profile) name() string {
	if p.Name == "" {
		return "spec"
	}
	return p.Name
}
