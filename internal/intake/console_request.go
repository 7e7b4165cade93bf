package intake

import (
	"fmt"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// intake makes the request of which the message tells, as far as it tells.
func (m Message) intake() *Intake {
	in := &Intake{Kind: KindConsole, What: m.What(), Initiator: m.Initiator, Message: &m}
	in.Request.URL = m.asked()
	in.Page = m.Page
	if in.Page == "" {
		in.Page = m.Origin
	}
	switch {
	case in.Page == "null" && m.Browser == WebKit:
		in.assume(FlagFrom, "the page has no name of its own: Safari says null of such a page, and of one whose request was redirected to another site")
	case in.Page != "":
		in.know(FlagFrom)
	}
	if m.Browser == Firefox || m.Browser == WebKit {
		in.assume("", "the page asked for this URL itself: "+m.Browser.name()+" names only the last one of a chain of redirects")
	}
	m.initiated(in)
	m.implyMethod(in)
	m.implyHeaders(in)
	m.implyCredentials(in)
	m.implyMode(in)
	if m.Foreign && m.isNamed() {
		in.note("the message is not in English: its reason was read by the headers and the few words that tell it")
	}
	if m.RedirectedFrom != "" {
		in.note("the page asked for " + m.RedirectedFrom + ", which redirected to " + m.URL)
	}
	return in
}

// initiated says so where the browser itself asked, and not the page's JavaScript.
func (m *Message) initiated(in *Intake) {
	switch m.Initiator {
	case "", ByFetch, ByXMLHttpRequest:
	default:
		if e := elementNamed(m.Initiator); e != nil && m.Phase != fetch.PhasePreflight && m.Header == "" && m.Method == "" {
			in.Request.Destination, in.Request.InitiatorType = e.destination, e.initiator
			return
		}
		article := "a"
		if strings.HasPrefix(string(m.Initiator), "image") {
			article = "an"
		}
		in.note(fmt.Sprintf("the browser asked for "+article+" %s, not the page's JavaScript: it is judged as if fetch() asked", m.Initiator))
	}
}

func (m *Message) implyMethod(in *Intake) {
	switch {
	case m.Method != "" && m.Code == fetch.ReasonMethodNotAllowed:
		in.Request.Method = m.Method
		in.know(FlagMethod)
	case m.Method != "" && m.Method != "OPTIONS":
		in.Request.Method = m.Method
		in.know(FlagMethod)
	case m.Code == fetch.ReasonMethodNotAllowed:
		in.Request.Method = "PUT"
		in.assume(FlagMethod, "the method is PUT, because the message does not name the one that was refused")
	default:
		in.assume(FlagMethod, "the method is GET, because the message does not name it")
	}
}

// implyHeaders: a preflight was made, so that there was a reason for one.
func (m *Message) implyHeaders(in *Intake) {
	if m.Header != "" {
		name := m.Header
		value := placeholder(name)
		in.Request.Headers.Append(name, value)
		in.know(FlagHeader)
		in.assume(FlagHeader, fmt.Sprintf("its value is %s, because the message names only the header %s", quote(value), name))
		return
	}
	preflighted := m.Phase == fetch.PhasePreflight
	if preflighted && !unsafeMethod(in.Request.Method) {
		in.Request.Headers.Append("Content-Type", "application/json")
		in.assume(FlagHeader, "the page sets Content-Type: application/json, because a preflight was made and the message does not say why")
		return
	}
	in.assume(FlagHeader, "the page sets no headers of its own")
}

// placeholder is a value for a header of which only the name is known. It has the form that such values have.
func placeholder(name string) string {
	switch httpspec.Lower(name) {
	case "content-type":
		return "application/json"
	case "authorization":
		return "Bearer x"
	case "range":
		return "bytes=0-1,3-4"
	case "accept", "accept-language", "content-language":
		// Only an odd value of these is not safelisted.
		return `"x"`
	}
	return "x"
}

func unsafeMethod(method string) bool {
	return method != "" && !httpspec.IsCORSSafelistedMethod(method)
}

func (m *Message) implyCredentials(in *Intake) {
	switch m.Code {
	case fetch.ReasonAllowOriginWildcard, fetch.ReasonAllowCredentialsValue, fetch.ReasonAllowCredentialsAbsent:
		in.Request.Credentials = fetch.CredentialsInclude
		in.know(FlagCredentials)
	default:
		in.assume(FlagCredentials, "no cookies go along")
	}
}

func (m *Message) implyMode(in *Intake) {
	switch m.Code {
	case fetch.ReasonCORP, fetch.ReasonNoCORSRedirectMode:
		in.Request.Mode = fetch.ModeNoCORS
		in.know(FlagMode)
		if m.Code == fetch.ReasonNoCORSRedirectMode {
			in.Request.Redirect = fetch.RedirectManual
			in.assume(FlagRedirect, "the redirect mode is manual, because the message says only that it is not follow")
		}
	case fetch.ReasonSameOriginMode:
		in.Request.Mode = fetch.ModeSameOrigin
		in.know(FlagMode)
	case fetch.ReasonRedirectMode:
		in.Request.Redirect = fetch.RedirectError
		in.know(FlagRedirect)
	}
	switch m.Directive {
	case "img-src", "style-src", "media-src", "script-src":
		in.Request.Mode = fetch.ModeNoCORS
		in.assume(FlagMode, "the element has no crossorigin attribute, so that its mode is no-cors")
	}
	if strings.HasPrefix(m.Reason, "ERR_BLOCKED_BY_RESPONSE") {
		in.Request.Mode = fetch.ModeNoCORS
		in.know(FlagMode)
	}
}
