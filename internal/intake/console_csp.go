package intake

import (
	"slices"
	"strings"

	"github.com/corscope/corscope/fetch"
)

// policyWordings are how browsers say that the page's own Content-Security-Policy forbids something. value is what the policy says, and
// directive the one that is about such a request, where another stands in its place.
// Chromium: csp_directive_list.cc. Firefox: csp.properties. WebKit: ContentSecurityPolicy.cpp.
var policyWordings = []wording{
	{Chromium, newPattern(`(?:Refused to connect(?: to)?|Connecting to)(?: '(?P<url>[^']*)')? (?:because it )?(?P<reason>violates the following Content Security Policy directive: "(?P<value>[^"]*)"(?:.*? Note that '(?P<directive>[a-z-]+)' was not explicitly set)?.*)`), "", fetch.PhaseBefore, false},
	{Chromium, newPattern(`(?:Refused to load|Loading) (?:the )?(?P<by>script|image|font|stylesheet|media)(?: from)?(?: {1,2}'(?P<url>[^']*)')? (?:because it )?(?P<reason>violates the following Content Security Policy directive: "(?P<value>[^"]*)"(?:.*? Note that '(?P<directive>[a-z-]+)' was not explicitly set)?.*)`), "", fetch.PhaseBefore, false},
	{"", newPattern(`(?P<reason>violates the following Content Security Policy directive: "(?P<value>(?:connect|img|font|style|media|script)-src[^"]*)".*)`), "", fetch.PhaseBefore, false},
	{Firefox, newPattern(`Content[ -]Security[ -]Policy: .*?(?P<reason>blocked (?:the loading of a resource|a style|a script) \((?P<directive>[a-z-]+)\) at (?P<url>https?://[^\s"]+) (?:from being \w+ )?because it violates the following directive: "(?P<value>[^"]*)")`), "", fetch.PhaseBefore, false},
	{Firefox, newPattern(`Content[ -]Security[ -]Policy: .*?(?P<reason>blocked the loading of a resource at (?P<url>https?://[^\s"]+) \("(?P<directive>[a-z-]+)[^"]*"\))`), "", fetch.PhaseBefore, false},
	{Firefox, newPattern(`Content[ -]Security[ -]Policy: .*?(?P<reason>blocked the loading of a resource) .*?at (?P<url>https?://[^\s"]+)`), "", fetch.PhaseBefore, false},
	{WebKit, newPattern(`Refused to (?:load|connect to) (?P<url>https?://\S+) because it (?P<reason>(?:does not appear in|appears in neither) the (?P<directive>[a-z-]+) directive (?:nor the default-src directive )?of the Content Security Policy)`), "", fetch.PhaseBefore, false},
}

// policyDirectives are those whose violation an element or a call meets, with who meets it.
var policyDirectives = map[string]struct {
	cause fetch.ReasonCode
	by    Initiator
}{
	"connect-src": {fetch.ReasonCSPConnectSrc, ""},
	"script-src":  {fetch.ReasonCSPScriptSrc, "script"},
	"img-src":     {fetch.ReasonCSPSubresource, "image"},
	"font-src":    {fetch.ReasonCSPSubresource, "font"},
	"style-src":   {fetch.ReasonCSPSubresource, "css stylesheet"},
	"media-src":   {fetch.ReasonCSPSubresource, "video"},
}

// policyForbids completes a message of the page's policy: which directive it is about, what asked, and the cause.
func (m *Message) policyForbids() bool {
	if !strings.Contains(m.Reason, "Content Security Policy") && !strings.HasPrefix(m.Reason, "blocked the loading of a resource") && m.Directive == "" {
		return false
	}
	if m.Initiator == "stylesheet" {
		m.Initiator = "css stylesheet"
	}
	if m.Directive == "" {
		m.Directive, _, _ = strings.Cut(m.Value, " ")
	}
	m.Directive = strings.TrimSuffix(m.Directive, "-elem")
	if m.Directive == "default-src" || m.Directive == "" {
		m.Directive = "connect-src"
		for _, name := range policyOrder {
			if d := policyDirectives[name]; d.by != "" && (d.by == m.Initiator || m.Initiator == "media" && name == "media-src") {
				m.Directive = name
			}
		}
	}
	d, known := policyDirectives[m.Directive]
	if !known {
		d.cause = fetch.ReasonCSPSubresource // of manifests, workers and frames the directive is the remedy too
	}
	if m.Initiator == "" || m.Initiator == "media" {
		m.Initiator = d.by
	}
	m.Cause = string(d.cause)
	return true
}

// policyOrder are the names of policyDirectives.
var policyOrder = func() []string {
	var names []string
	for name := range policyDirectives {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}()
