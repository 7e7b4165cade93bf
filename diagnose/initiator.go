package diagnose

import (
	"strings"

	"github.com/corscope/corscope/fetch"
)

// Initiator is what the page asked with. The zero value is what the trace says, or fetch().
type Initiator string

// The initiators, by the names that browsers print where they have one.
const (
	ByFetch          Initiator = "fetch"
	ByXMLHttpRequest Initiator = "XMLHttpRequest"
	// ByScript is a script element, or a module that is imported.
	ByScript      Initiator = "script"
	ByImage       Initiator = "image"
	ByFont        Initiator = "font"
	ByStyleSheet  Initiator = "CSS stylesheet"
	ByAudio       Initiator = "audio"
	ByVideo       Initiator = "video"
	ByLink        Initiator = "link element resource" // a preload of what fetch() is to use
	ByEventSource Initiator = "EventSource"
	ByBeacon      Initiator = "beacon"
)

// InitiatorOf returns what a trace says of what the page asked with.
func InitiatorOf(t *fetch.Trace) Initiator {
	switch t.Request.Destination {
	case fetch.DestinationScript, fetch.DestinationImage, fetch.DestinationFont, fetch.DestinationAudio, fetch.DestinationVideo:
		return Initiator(t.Request.Destination)
	case fetch.DestinationStyle:
		return ByStyleSheet
	}
	switch t.Request.InitiatorType {
	case fetch.InitiatorXMLHttpRequest:
		return ByXMLHttpRequest
	case fetch.InitiatorBeacon:
		return ByBeacon
	case fetch.InitiatorOther:
		return ByEventSource
	case fetch.InitiatorLink:
		return ByLink
	}
	return ByFetch
}

// isImport reports a module that another one imports, and no element asks for.
func isImport(t *fetch.Trace) bool {
	return t.Request.Destination == fetch.DestinationScript && t.Request.InitiatorType == ""
}

// isElement reports a request that an element or a font made: none that a script wrote.
func isElement(t *fetch.Trace) bool {
	return t.Request.InitiatorType != "" && (t.Request.Destination != "" || t.Request.InitiatorType == fetch.InitiatorLink)
}

// loads is what a browser's line about the page's policy says that it loads.
func (i Initiator) loads() string {
	switch i {
	case ByStyleSheet:
		return "the stylesheet"
	case ByAudio, ByVideo:
		return "media from " // with a space too many, as it is printed
	}
	return "the " + string(i)
}

// kind is the word for an initiator in Chromium's lines.
func (i Initiator) kind() string {
	switch i {
	case ByEventSource, ByBeacon:
		return "resource"
	}
	return string(i)
}

// pageGets is what the page's script gets where fetch() would have thrown the error: measured in Chromium 156 and Firefox 153 ESR on 2026-11-23,
// import() on 2026-11-22.
func pageGets(b Browser, t *fetch.Trace, by Initiator, fetchError string) string {
	switch by {
	case ByXMLHttpRequest, ByFetch:
		return fetchError // which has it already
	case ByScript:
		if isImport(t) {
			return importError(b, t.Request.URL)
		}
	case ByFont:
		if t.Request.InitiatorType != fetch.InitiatorLink {
			return "NetworkError: A network error occurred."
		}
	case ByAudio, ByVideo:
		return "error event; error.code is 4"
	case ByEventSource:
		if r := t.Outcome.Reason; r != nil && eventSourcePolicy(b).Retries(r.Code) {
			return "error event; readyState is 0: it connects again"
		}
		return "error event; readyState is 2: it is closed"
	case ByBeacon:
		return "nothing: sendBeacon() has returned true"
	}
	// A style sheet's link may be one with rel=stylesheet, which has an error event.
	if r := t.Outcome.Reason; b == Firefox && r != nil && r.Phase != fetch.PhaseBefore && t.Request.InitiatorType == fetch.InitiatorLink && t.Request.Destination != fetch.DestinationStyle {
		return "load event: Firefox does not say that a preload failed"
	}
	return "error event"
}

func eventSourcePolicy(b Browser) fetch.EventSourcePolicy {
	switch b {
	case Chromium:
		return fetch.Chromium().EventSource
	case Firefox:
		return fetch.Firefox().EventSource
	}
	return fetch.WebKit().EventSource
}

// cspDirective is the directive of the page's policy that is about such a request.
func cspDirective(r *fetch.Reason) string {
	name, _, _ := strings.Cut(r.Want, " ")
	if name == "script-src" || name == "style-src" {
		name += "-elem"
	}
	return name
}
