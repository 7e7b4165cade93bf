package fetch

import (
	"fmt"
	"strings"
)

// Sentence says in one sentence what the browser did and why; it is empty for the zero Reason. Values from the server are quoted and cut.
func (r Reason) Sentence() string {
	if r.IsZero() {
		return ""
	}
	clause := r.clause()
	if r.Code == ReasonNotSent {
		return "The request was not sent: " + clause + "."
	}
	if r.Code.IsNetwork() {
		if r.Phase == PhasePreflight {
			return "The preflight got no answer, and the browser did not send the request: " + clause + "."
		}
		return "No answer came: " + clause + "."
	}
	switch r.Phase {
	case PhaseBefore:
		return "The browser sent nothing: " + clause + "."
	case PhasePreflight:
		return "The browser did not send the request: " + clause + "."
	}
	if r.StoppedBehindRedirect() {
		return "The browser did not send the request that the redirect leads to: " + clause + "."
	}
	// A redirect that mode manual leaves alone is judged by its body, as any other answer.
	if isRedirectStatus(r.Status) && r.Code != ReasonIntegrity {
		return "The answer is a redirect that the browser does not follow: " + clause + "."
	}
	return "The answer came, but the browser withholds it from the page: " + clause + "."
}

// clause is the lower-case heart of the sentence.
func (r Reason) clause() string {
	got, want := quote(r.Got), quote(r.Want)
	where := ""
	if r.Phase == PhasePreflight {
		where = " in the answer to the preflight"
	}
	switch r.Code {
	case ReasonBadPort:
		return fmt.Sprintf("port %s is on the browsers' block list%s", r.Got, r.aside())
	case ReasonMixedContent:
		return "a page on https may not fetch over plain http (mixed content)"
	case ReasonCSPConnectSrc:
		return fmt.Sprintf("the page's own Content-Security-Policy has %s, which does not let it connect to %s%s", got, quote(r.URL), r.aside())
	case ReasonCSPScriptSrc:
		return fmt.Sprintf("the page's own Content-Security-Policy has %s, which does not let it load scripts from %s%s", got, quote(r.URL), r.aside())
	case ReasonCSPSubresource:
		return fmt.Sprintf("the page's own Content-Security-Policy has %s, which does not let it load %s from %s%s", got, cspLoads(r.Want), quote(r.URL), r.aside())
	case ReasonSameOriginMode:
		return fmt.Sprintf("mode same-origin refuses another origin, and %s is one", r.Got)
	case ReasonNoCORSRedirectMode:
		return fmt.Sprintf("mode no-cors works only with redirect mode follow, not %s", r.Got)
	case ReasonScheme:
		return "this page cannot fetch " + r.Got + ": URLs"
	case ReasonDataURL:
		return "the data: URL cannot be read: " + r.Detail
	case ReasonBlobURL:
		return "the blob: URL gives no answer: " + r.Detail
	case ReasonKeepaliveQuota:
		return fmt.Sprintf("keepalive bodies in flight would be %s bytes together, and %d are allowed", r.Got, maxKeepaliveBytes)
	case ReasonOnlyIfCached:
		return "cache mode only-if-cached, and nothing is stored"

	case ReasonLocalNetworkAccess:
		if r.Detail != "" {
			return fmt.Sprintf("the server is in the %s address space, and %s", r.Got, r.Detail)
		}
		return fmt.Sprintf("the server is in the %s address space, which this page may reach only if the user allows it", r.Got)
	case ReasonLocalNetworkInsecure:
		return fmt.Sprintf("the server is in the %s address space, and a page on plain http may not ask the user for that", r.Got)
	case ReasonTargetAddressSpace:
		return fmt.Sprintf("targetAddressSpace is %s, and the server is in the %s address space", want, r.Got)

	case ReasonAllowOriginMissing:
		return "Access-Control-Allow-Origin is missing" + where + r.aside()
	case ReasonAllowOriginMismatch:
		if r.Detail == "" {
			return fmt.Sprintf("Access-Control-Allow-Origin is %s%s, not %s", got, where, want)
		}
		return fmt.Sprintf("Access-Control-Allow-Origin is %s%s, not %s; %s", got, where, want, r.Detail)
	case ReasonAllowOriginMultiple:
		return fmt.Sprintf("Access-Control-Allow-Origin is %s%s, but only one origin may stand there%s", got, where, r.aside())
	case ReasonAllowOriginInvalid:
		return fmt.Sprintf("Access-Control-Allow-Origin is %s%s, not %s%s", got, where, want, r.aside())
	case ReasonAllowOriginWildcard:
		return fmt.Sprintf(`Access-Control-Allow-Origin is "*"%s, which does not count when credentials are included%s`, where, r.aside())
	case ReasonAllowCredentialsAbsent:
		return fmt.Sprintf("Access-Control-Allow-Credentials is missing%s, and credentials are included%s", where, r.aside())
	case ReasonAllowCredentialsValue:
		return fmt.Sprintf(`Access-Control-Allow-Credentials is %s%s, and only "true" in lower case counts%s`, got, where, r.aside())

	case ReasonPreflightRedirect:
		return fmt.Sprintf("the preflight was redirected (%s %s), and preflights must not be", r.Got, r.Detail)
	case ReasonPreflightStatus:
		return fmt.Sprintf("the answer to the preflight has status %s, and must have one from 200 to 299", r.Got)
	case ReasonAllowMethodsMalformed, ReasonAllowHeadersMalformed:
		return fmt.Sprintf("%s is %s%s, where %s", r.Subject, got, where, r.Detail)
	case ReasonMethodNotAllowed:
		if r.Got == "" {
			return fmt.Sprintf("the answer to the preflight allows no method, and %s needs it%s", r.Want, r.aside())
		}
		return fmt.Sprintf("the answer to the preflight allows %s, and not %s%s", quoteList(r.Got), r.Want, r.aside())
	case ReasonMethodWildcard:
		return fmt.Sprintf(`Access-Control-Allow-Methods "*" is no wildcard when credentials are included: %s must be named`, r.Want)
	case ReasonHeaderNotAllowed:
		if r.Got == "" {
			return fmt.Sprintf("the answer to the preflight allows no header, and %s needs it%s", r.Want, r.aside())
		}
		return fmt.Sprintf("the answer to the preflight does not allow the header %s%s", r.Want, r.aside())
	case ReasonHeaderWildcard:
		return fmt.Sprintf(`Access-Control-Allow-Headers "*" is no wildcard when credentials are included: %s must be named`, r.Want)
	case ReasonAuthorizationNotListed:
		return `Access-Control-Allow-Headers "*" does not cover Authorization, which must be named`

	case ReasonRedirectMode:
		return fmt.Sprintf("redirect mode error refuses all of them (%s)", r.Got)
	case ReasonRedirectLocation:
		return fmt.Sprintf("its Location %s is not a URL%s", got, r.aside())
	case ReasonRedirectScheme:
		return fmt.Sprintf("it leads to %s, and only http and https are followed", got)
	case ReasonRedirectLimit:
		return "it is the 21st in a row, and 20 are followed"
	case ReasonRedirectCredentials:
		return "it leads to a URL with a user name or password, which CORS does not allow"
	case ReasonRedirectStream:
		if r.Status == 401 {
			return "the server asks for a name and password, and the request's body was a stream that cannot be sent again"
		}
		return "the request's body was a stream that cannot be sent again"

	case ReasonCOEP:
		if r.Got != "" {
			return fmt.Sprintf("the page has Cross-Origin-Embedder-Policy: %s, and Cross-Origin-Resource-Policy is %s, not %s", r.Detail, got, want)
		}
		return fmt.Sprintf("the page has Cross-Origin-Embedder-Policy: %s, and the answer has no Cross-Origin-Resource-Policy", r.Detail)
	case ReasonIntegrity:
		return fmt.Sprintf("the body is not the one that integrity %s asks for%s", want, r.aside())
	case ReasonCORP:
		return fmt.Sprintf("Cross-Origin-Resource-Policy is %s, and this page is of another %s", got, corpParty(r.Got))
	}
	if r.Detail != "" {
		return r.Detail
	}
	return string(r.Code)
}

func corpParty(policy string) string {
	if policy == "same-site" {
		return "site"
	}
	return "origin"
}

func (r Reason) aside() string {
	if r.Detail == "" {
		return ""
	}
	return " (" + r.Detail + ")"
}

func quoteList(s string) string {
	if len(s) > maxQuoted {
		return quote(s)
	}
	for i := range len(s) {
		if s[i] < 0x20 || s[i] >= 0x7F {
			return quote(s)
		}
	}
	return s
}

// cspLoads is what a directive is about.
func cspLoads(directive string) string {
	switch name, _, _ := strings.Cut(directive, " "); name {
	case "img-src":
		return "images"
	case "font-src":
		return "fonts"
	case "style-src":
		return "style sheets"
	case "media-src":
		return "audio and video"
	}
	return "it"
}
