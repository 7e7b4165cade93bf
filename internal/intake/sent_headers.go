package intake

import (
	"slices"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// takeSent tells the headers that a page's JavaScript set from those that the browser put there, in a list of headers as they were
// sent. Origin, Referer and Cookie tell of the page and its cookies.
func (in *Intake) takeSent(sent fetch.HeaderList) {
	asked := in.handMadePreflight(sent)
	copied := isCopy(sent)
	var browsers []string
	for _, h := range sent {
		name := httpspec.Lower(h.Name)
		switch {
		case name == "origin":
			in.Page = h.Value
			in.know(FlagFrom)
		case name == "cookie":
			in.Cookies = append(in.Cookies, splitCookies(h.Value)...)
			in.know(FlagCookie)
		case name == "referer", name == "access-control-request-method", name == "access-control-request-headers":
		case strings.HasPrefix(name, ":"), httpspec.IsForbiddenRequestHeader(name, h.Value):
			// The browser's own: a page cannot set them, and nobody wants to read so of each.
		case name == "user-agent", copied && browserSets(name, h.Value):
			// Those that are safelisted change nothing.
			if name != "user-agent" && !httpspec.IsCORSSafelistedRequestHeaderName(name) {
				browsers = append(browsers, h.Name)
			}
		case asked:
			// Headers of a preflight are the browser's too.
		default:
			in.Request.Headers = append(in.Request.Headers, h)
		}
	}
	in.referrer(sent)
	if len(browsers) > 0 {
		in.assume(FlagHeader, "the browser set "+strings.Join(browsers, ", ")+" itself, not the page's JavaScript")
	}
	if in.Page == "" {
		in.note("neither Origin nor Referer says which page asks")
	}
	if !in.Known[FlagCredentials] && in.Request.Credentials == "" {
		switch {
		case len(in.Cookies) > 0:
			in.Request.Credentials = fetch.CredentialsInclude
			in.assume(FlagCredentials, "the page asks with credentials, because a Cookie header was sent")
		case in.Kind == KindHAR:
			in.assume(FlagCredentials, "no cookies go along: the HAR holds none, and browsers leave them out unless told otherwise")
		default:
			in.assume(FlagCredentials, "no cookies go along, because no Cookie header was sent")
		}
	}
}

// referrer takes the page's address from Referer, where Origin does not say otherwise.
func (in *Intake) referrer(sent fetch.HeaderList) {
	referer, ok := sent.Get("Referer")
	if !ok {
		return
	}
	u, err := fetch.ParseHTTPURL(referer)
	if err != nil {
		return
	}
	if in.Page == "" {
		in.Page = referer
		in.know(FlagFrom)
		return
	}
	if u.Origin().String() == in.Page {
		in.Page = referer
	}
}

// handMadePreflight understands an OPTIONS request with Access-Control-Request-Method as the request that it asks for: people try
// preflights by hand.
func (in *Intake) handMadePreflight(sent fetch.HeaderList) bool {
	method, ok := sent.Get(httpspec.AccessControlRequestMethod)
	if !ok || in.Request.Method != "OPTIONS" {
		return false
	}
	in.Request.Method = method
	in.Body = nil
	in.note("this is a preflight made by hand: it was understood as the " + method + " request that it asks for")
	names, _ := sent.Get(httpspec.AccessControlRequestHeaders)
	var list []string
	for name := range strings.SplitSeq(names, ",") {
		if name = strings.TrimSpace(name); httpspec.IsToken(name) && !slices.Contains(list, name) {
			list = append(list, name)
			in.Request.Headers = append(in.Request.Headers, fetch.Header{Name: name, Value: placeholder(name)})
		}
	}
	if len(list) > 0 {
		in.assume(FlagHeader, "the values of "+strings.Join(list, ", ")+" are such as these headers have")
	}
	return true
}

// isCopy reports headers that a browser's "Copy as" wrote, and no person.
func isCopy(sent fetch.HeaderList) bool {
	for _, h := range sent {
		name := httpspec.Lower(h.Name)
		if strings.HasPrefix(name, "sec-") || name == "user-agent" && strings.HasPrefix(h.Value, "Mozilla/") {
			return true
		}
	}
	return false
}

// browserSets names headers that a page could set, and that in a browser's record are almost always the browser's own.
func browserSets(name, value string) bool {
	switch name {
	case "accept":
		return value == "*/*" || strings.HasPrefix(value, "text/html") || strings.HasPrefix(value, "image/")
	case "accept-language", "priority", "pragma", "cache-control", "if-none-match", "if-modified-since",
		"upgrade-insecure-requests", "save-data", "downlink", "rtt", "ect", "dpr", "device-memory", "viewport-width", "width":
		return true
	}
	return false
}
