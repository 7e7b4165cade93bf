// Package differ puts the same fetches to a real browser and to the fetch engine, over the same servers, and compares what
// JavaScript sees and what the servers saw.
package differ

import (
	"encoding/json"
	"strings"

	"github.com/corscope/corscope/e2e/world"
)

// Case is one or more fetches of one page, one after the other, and the script of the servers. "{case}" in a URL or in a value
// stands for the case's own folder on every host, so that cases share nothing but the cookies of [world.Cookies].
type Case struct {
	// Page may name its Content-Security-Policy: https://app.test/?csp=upgrade-insecure-requests.
	Page string `json:"page"`
	// Frame is where the fetches come from; nil: the page itself.
	Frame  *Frame       `json:"frame,omitempty"`
	Calls  []Call       `json:"calls"`
	Script world.Script `json:"script"`
}

// Frame is an iframe in the page.
type Frame struct {
	URL string `json:"url"`
	// Sandbox takes its origin away: sandbox="allow-scripts".
	Sandbox bool `json:"sandbox,omitempty"`
}

// Call is the arguments of one fetch(). Empty fields are left out of them.
type Call struct {
	URL            string        `json:"url"`
	Method         string        `json:"method,omitempty"`
	Headers        []world.Field `json:"headers,omitempty"`
	Body           *Body         `json:"body,omitempty"`
	Mode           string        `json:"mode,omitempty"`
	Credentials    string        `json:"credentials,omitempty"`
	Redirect       string        `json:"redirect,omitempty"`
	Cache          string        `json:"cache,omitempty"`
	ReferrerPolicy string        `json:"referrerPolicy,omitempty"`
	Referrer       string        `json:"referrer,omitempty"`
	Keepalive      bool          `json:"keepalive,omitempty"`
	// Wait is how many milliseconds pass before the call.
	Wait int `json:"wait,omitempty"`
}

// Body is a request body: "bytes" and "stream" have no type, "text" and "form" have JavaScript's own, "blob" has Type.
type Body struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
	Type string `json:"type,omitempty"`
}

// Outcome is what JavaScript sees of one fetch.
type Outcome struct {
	// Error is the name of the exception; the other fields are then empty.
	Error      string        `json:"error,omitempty"`
	Type       string        `json:"type,omitempty"`
	Status     int           `json:"status,omitempty"`
	StatusText string        `json:"statusText,omitempty"`
	URL        string        `json:"url,omitempty"`
	Redirected bool          `json:"redirected,omitempty"`
	Headers    []world.Field `json:"headers,omitempty"`
	Body       string        `json:"body,omitempty"`
	BodyError  string        `json:"bodyError,omitempty"`
}

// Result is what came of a case.
type Result struct {
	Outcomes []Outcome       `json:"outcomes"`
	Requests []world.Request `json:"requests"`
}

// at returns the case in its own folder.
func (c Case) at(id string) Case {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // plain data
	}
	var placed Case
	if err := json.Unmarshal([]byte(strings.ReplaceAll(string(text), "{case}", id)), &placed); err != nil {
		panic(err)
	}
	return placed
}

// clone returns a copy that shares nothing.
func (c Case) clone() Case { return c.at("{case}") }

// String is the case as one line of JSON, as [Case] reads it.
func (c Case) String() string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.Encode(c)
	return strings.TrimSpace(b.String())
}
