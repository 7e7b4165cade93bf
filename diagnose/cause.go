package diagnose

import (
	"slices"
	"strings"

	"github.com/corscope/corscope/fetch"
)

// Cause is one of the reasons for which a page does not get what it asked for: a value that the command line, the documentation and
// every report read.
type Cause struct {
	// ID is stable, in lower case with hyphens. For every [fetch.ReasonCode] there is a cause of that name; the others are what such
	// a reason turns out to be at a second look.
	ID string `json:"id"`
	// Title says what is wrong, in one clause.
	Title string `json:"title"`
	Group Group  `json:"group"`
	// Means says what happened; Why why the browser insists; Recognise what shows it; Fix what to do.
	Means     string   `json:"means"`
	Why       string   `json:"why"`
	Recognise string   `json:"recognise"`
	Fix       string   `json:"fix"`
	Severity  Severity `json:"severity"`
	// Needs is the further question that tells this cause, where one recorded fetch cannot: [Recognise] names such a cause by the
	// answers to further requests alone, or by what only the browser knows. It says who can ask.
	Needs string `json:"needs,omitempty"`
	// Links lead to the rule or to the browser's own words.
	Links []string `json:"links,omitempty"`
}

// Group says whose affair a cause is.
type Group string

// The groups, in the order in which a fetch can meet them.
const (
	GroupPage      Group = "the page's call"
	GroupNetwork   Group = "the network: not CORS"
	GroupPreflight Group = "the answer to the preflight"
	GroupOrigin    Group = "Access-Control-Allow-Origin and -Credentials"
	GroupRedirect  Group = "redirects"
	GroupAnswer    Group = "the answer: what the page sees of it"
	GroupBrowser   Group = "the browser and what is in it"
)

// Groups returns them in order.
func Groups() []Group {
	return []Group{GroupPage, GroupNetwork, GroupPreflight, GroupOrigin, GroupRedirect, GroupAnswer, GroupBrowser}
}

// Severity says how much a cause matters.
type Severity string

// The severities.
const (
	// SeverityBlocks: the page does not get the answer.
	SeverityBlocks Severity = "blocks"
	// SeverityHides: it gets the answer, and misses a part of it.
	SeverityHides Severity = "hides"
	// SeverityNote: worth knowing.
	SeverityNote Severity = "note"
	// SeverityRisk: it gets it, and so do others who should not.
	SeverityRisk Severity = "risk"
)

// Causes returns the catalogue, group by group. Each call returns a new slice.
func Causes() []Cause {
	return slices.Concat(pageCauses(), networkCauses(), preflightCauses(), originCauses(), redirectCauses(), answerCauses(), browserCauses())
}

var causesByID = func() map[string]Cause {
	m := make(map[string]Cause)
	for _, c := range Causes() {
		m[c.ID] = c
	}
	return m
}()

// CauseByID returns the cause of that name, in any case and with spaces or underlines for hyphens.
func CauseByID(id string) (Cause, bool) {
	c, ok := causesByID[strings.NewReplacer(" ", "-", "_", "-").Replace(strings.ToLower(strings.TrimSpace(id)))]
	return c, ok
}

// Where the rules stand.
const (
	linkCORSCheck      = "https://fetch.spec.whatwg.org/#concept-cors-check"
	linkPreflight      = "https://fetch.spec.whatwg.org/#cors-preflight-fetch-0"
	linkRedirect       = "https://fetch.spec.whatwg.org/#concept-http-redirect-fetch"
	linkSafelist       = "https://fetch.spec.whatwg.org/#cors-safelisted-request-header"
	linkMainFetch      = "https://fetch.spec.whatwg.org/#concept-main-fetch"
	linkExpose         = "https://fetch.spec.whatwg.org/#http-access-control-expose-headers"
	linkMDNErrors      = "https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS/Errors/"
	linkCookies        = "https://httpwg.org/http-extensions/draft-ietf-httpbis-layered-cookies.html"
	linkResourcePolicy = "https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header"
)

// id is the cause's name for a reason of the engine.
func id(code fetch.ReasonCode) string { return string(code) }
