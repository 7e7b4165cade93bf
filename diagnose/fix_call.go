package diagnose

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// callText is a request as the call that makes it.
func (s *search) callText(r fetch.Request) string {
	if isImport(s.trace) {
		return "import(" + quoteJS(r.URL) + ")"
	}
	return callText(r)
}

// elementText is a request as the element that makes it, or ""; the attributes that it has by itself are left out.
func elementText(r fetch.Request) string {
	cors := ""
	switch {
	case r.Mode == fetch.ModeNoCORS:
	case r.Credentials == fetch.CredentialsInclude:
		cors = ` crossorigin="use-credentials"`
	default:
		cors = " crossorigin"
	}
	if r.InitiatorType == fetch.InitiatorLink && r.Destination != fetch.DestinationStyle {
		as := string(r.Destination)
		if as == "" {
			as = "fetch"
		}
		return `<link rel="preload" as="` + as + `"` + cors + " href=" + quoteJS(r.URL) + ">"
	}
	switch r.Destination {
	case fetch.DestinationImage:
		return "<img" + cors + " src=" + quoteJS(r.URL) + ">"
	case fetch.DestinationScript, fetch.DestinationAudio, fetch.DestinationVideo:
		return "<" + string(r.Destination) + cors + " src=" + quoteJS(r.URL) + ">"
	case fetch.DestinationStyle:
		return `<link rel="stylesheet"` + cors + " href=" + quoteJS(r.URL) + ">"
	case fetch.DestinationFont:
		return "@font-face { src: url(" + quoteJS(r.URL) + ") }"
	}
	if r.InitiatorType == fetch.InitiatorOther {
		if r.Credentials == fetch.CredentialsInclude {
			return "new EventSource(" + quoteJS(r.URL) + ", { withCredentials: true })"
		}
		return "new EventSource(" + quoteJS(r.URL) + ")"
	}
	return ""
}

// callText is a request as the call of fetch() that makes it. The options that fetch() has by itself are left out.
func callText(r fetch.Request) string {
	if text := elementText(r); text != "" {
		return text
	}
	var b strings.Builder
	b.WriteString("fetch(" + quoteJS(r.URL))
	var options []string
	option := func(name, value, without string) {
		if value != without {
			options = append(options, name+": "+quoteJS(value))
		}
	}
	option(optionMethod, r.Method, "GET")
	if len(r.Headers) > 0 {
		var headers []string
		for _, h := range r.Headers {
			headers = append(headers, quoteJS(h.Name)+": "+quoteJS(maskValue(h)))
		}
		options = append(options, "headers: { "+strings.Join(headers, ", ")+" }")
	}
	if r.Body != nil {
		options = append(options, "body")
	}
	option(optionMode, string(r.Mode), string(fetch.ModeCORS))
	option(optionCredentials, string(r.Credentials), string(fetch.CredentialsSameOrigin))
	option(optionRedirect, string(r.Redirect), string(fetch.RedirectFollow))
	option(optionCache, string(r.Cache), string(fetch.CacheDefault))
	option(optionIntegrity, r.Integrity, "")
	option(optionTargetAddressSpace, string(r.TargetAddressSpace), "")
	if r.Keepalive {
		options = append(options, "keepalive: true")
	}
	if len(options) > 0 {
		b.WriteString(", { " + strings.Join(options, ", ") + " }")
	}
	b.WriteString(")")
	return b.String()
}

// maskValue hides what opens doors: a report is pasted into tickets.
func maskValue(h fetch.Header) string {
	masked, _ := httpspec.MaskValue(h.Name, h.Value)
	return masked
}

// quoteJS is a string literal of JavaScript: JSON's, which is one since ECMAScript 2019.
func quoteJS(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil {
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// avoid lists what people are told to do in a case like this one, and should not.
func (s *search) avoid() []Warning {
	if !slices.ContainsFunc(s.edits, func(e edit) bool { return e.isCORS() }) {
		return nil
	}
	var w []Warning
	include := s.trace.Request.Credentials == fetch.CredentialsInclude
	if include {
		w = append(w,
			Warning{"Access-Control-Allow-Origin: *", "with credentials no browser takes it, so that it would change nothing"},
			Warning{"sending back whatever Origin says", "then every site on the web can read what your users can, as them"})
	} else {
		w = append(w, Warning{"Access-Control-Allow-Origin: * where the network is the only lock", "then any page that someone behind that lock opens can read it"})
	}
	for _, f := range s.faults {
		if f.reason.Want == opaque || s.trace.Page.Origin == opaque {
			w = append(w, Warning{"Access-Control-Allow-Origin: null", "every sandboxed frame and every local file has that origin, on everybody's pages"})
			break
		}
	}
	switch {
	case s.trace.Request.Mode == fetch.ModeNoCORS, s.trace.Request.Destination == fetch.DestinationFont, isImport(s.trace), s.trace.Request.InitiatorType == fetch.InitiatorOther:
	case isElement(s.trace):
		w = append(w, Warning{"leaving crossorigin out", "the error goes away, and no script may look into the answer: a canvas with the image is tainted, and errors of the script say nothing"})
	default:
		w = append(w, Warning{`mode: "no-cors"`, "the error goes away, and so does the answer: status 0, no headers, no body"})
	}
	return append(w, Warning{"a browser without web security, or an extension that adds headers", "it helps on one machine, and opens it to every page"})
}
