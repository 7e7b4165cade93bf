package differ

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/corscope/corscope/e2e/world"
)

// ignored are the request headers that are not compared, each with its reason.
var ignored = map[string]string{
	"accept-encoding":           "depends on the scheme and on what a browser was built with; decides nothing",
	"connection":                "belongs to one connection (RFC 9110, 7.6.1)",
	"priority":                  "a hint for scheduling (RFC 9218), from each browser's own heuristics",
	"te":                        "belongs to one connection (RFC 9110, 10.1.4)",
	"sec-ch-ua":                 "names the product",
	"sec-ch-ua-mobile":          "names the product",
	"sec-ch-ua-platform":        "names the product",
	"sec-gpc":                   "the person's setting",
	"sec-fetch-storage-access":  "belongs to the Storage Access API, which the engine does not have",
	"upgrade-insecure-requests": "sent by navigations alone",
}

// ownValue says of other headers which values are the browser's own and not compared; what a case sets is.
var ownValue = map[string]func(string) bool{
	// The person's setting: "en-US" in WebKitGTK, and "en-US,en;q=0.9" or so. Chromium leaves it out of preflights.
	"accept-language": func(v string) bool {
		return v == "en-US" || strings.HasPrefix(v, "en-US,en;q=0.") && len(v) == len("en-US,en;q=0.9")
	},
	// Names the product.
	"user-agent": func(v string) bool { return strings.HasPrefix(v, "Mozilla/5.0 (") },
}

// order of the compared headers is that of their names: that of their lines on the wire is a browser's own and means nothing.
func comparable(r world.Request) world.Request {
	r.Fields = slices.Clone(r.Fields)
	r.Fields = slices.DeleteFunc(r.Fields, func(f world.Field) bool {
		_, skip := ignored[f[0]]
		own := ownValue[f[0]]
		return skip || own != nil && own(f[1])
	})
	slices.SortStableFunc(r.Fields, func(a, b world.Field) int { return strings.Compare(a[0], b[0]) })
	return r
}

// Comparable returns what is compared of a result.
func (r Result) Comparable() Result {
	out := Result{Outcomes: slices.Clone(r.Outcomes)}
	for _, q := range r.Requests {
		out.Requests = append(out.Requests, comparable(q))
	}
	for i := range out.Outcomes {
		if len(out.Outcomes[i].Headers) == 0 {
			out.Outcomes[i].Headers = nil
		}
	}
	return out
}

// lines writes a result one fact a line, for comparing and for reading.
func (r Result) lines() []string {
	var lines []string
	add := func(v any) {
		var b strings.Builder
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.Encode(v)
		lines = append(lines, strings.TrimSpace(b.String()))
	}
	for _, q := range r.Requests {
		add(q)
	}
	for _, o := range r.Outcomes {
		add(o)
	}
	return lines
}

// Equal reports whether two results of a case agree in all that is compared.
func Equal(a, b Result) bool {
	return slices.Equal(a.Comparable().lines(), b.Comparable().lines())
}

// Diff shows two results side by side, lines that both have left out but for the requests' first words.
func Diff(browser, engine Result) string {
	a, b := browser.Comparable().lines(), engine.Comparable().lines()
	var s strings.Builder
	for i := range max(len(a), len(b)) {
		var x, y string
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x == y {
			s.WriteString("  both     " + shorten(x) + "\n")
			continue
		}
		if x != "" {
			s.WriteString("  browser  " + x + "\n")
		}
		if y != "" {
			s.WriteString("  engine   " + y + "\n")
		}
	}
	return s.String()
}

func shorten(s string) string {
	if len(s) > 160 {
		return s[:160] + "..."
	}
	return s
}
