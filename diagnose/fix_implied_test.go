package diagnose

import (
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
)

// A server that answers what is not on its lists with a bare 403 has one list to be changed: what else it sends it sends by itself.
func TestAFixNamesNoMoreThanTheListThatRefuses(t *testing.T) {
	asksFor := func(m *fetch.Message, header, value string) bool {
		got, _ := m.Headers.Get(header)
		return strings.Contains(got, value)
	}
	const methods, names = "Access-Control-Request-Method", "Access-Control-Request-Headers"
	custom := fetch.HeaderList{{Name: "Content-Type", Value: "application/json"}, {Name: "X-Tenant", Value: "7"}}
	for _, c := range []struct {
		name          string
		r             fetch.Request
		answer        script
		says, implied string
		why           string
	}{
		{"a header", fetch.Request{Method: "PUT", Headers: custom}, func(m *fetch.Message) string {
			if asksFor(m, names, "x-tenant") {
				return "403 x"
			}
			return "204 x|Access-Control-Allow-Methods: GET, PUT|Access-Control-Allow-Headers: content-type" + appAllowed
		}, "Access-Control-Allow-Headers", "Access-Control-Allow-Origin status Access-Control-Allow-Methods", "the server's list has all but x-tenant"},
		{"a header of a GET", fetch.Request{Headers: custom}, func(m *fetch.Message) string {
			if asksFor(m, names, "x-tenant") {
				return "403 x"
			}
			return "204 x|Access-Control-Allow-Headers: X-Tenant-Id" + appAllowed
		}, "Access-Control-Allow-Headers", "Access-Control-Allow-Origin status", "every header"},
		{"the method", fetch.Request{Method: "PUT"}, func(m *fetch.Message) string {
			if asksFor(m, methods, "PUT") {
				return "403 x"
			}
			return "204 x|Access-Control-Allow-Methods: GET, POST" + appAllowed
		}, "Access-Control-Allow-Methods", "Access-Control-Allow-Origin status", "method"},
		{"the page: nothing is allowed for less", fetch.Request{Method: "PUT", Headers: custom}, func(*fetch.Message) string { return "403 x" },
			"Access-Control-Allow-Origin status Access-Control-Allow-Methods Access-Control-Allow-Headers", "", ""},
		{"a wall that no list shows: all of it is said", fetch.Request{Method: "PUT", Headers: custom}, func(m *fetch.Message) string {
			if asksFor(m, names, "x-tenant") {
				return "403 x"
			}
			return "204 x|Access-Control-Allow-Methods: PUT|Access-Control-Allow-Headers: content-type, x-tenant" + appAllowed
		}, "Access-Control-Allow-Origin status Access-Control-Allow-Methods Access-Control-Allow-Headers", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.r.URL = apiURL
			trace := record(t, appPage, c.r, c.answer)
			report := Diagnose(trace, Options{Probes: asked(t, trace, c.answer)})
			if report.Fix == nil || !report.Fix.Complete {
				t.Fatalf("no complete fix: %+v", report.Fix)
			}
			var says, implied []string
			for _, change := range report.Fix.Server {
				if change.On != fetch.ExchangePreflight {
					continue
				}
				name := change.Header
				if name == "" {
					name = "status"
				}
				if change.Implied {
					implied = append(implied, name)
					continue
				}
				says = append(says, name)
				if !strings.Contains(change.Why, c.why) {
					t.Errorf("%s: %s, want %s", name, change.Why, c.why)
				}
			}
			if got := strings.Join(says, " "); got != c.says {
				t.Errorf("the fix says %q, want %q", got, c.says)
			}
			if got := strings.Join(implied, " "); got != c.implied {
				t.Errorf("the server sends %q by itself, want %q", got, c.implied)
			}
			if told := strings.Contains(strings.Join(report.Fix.Notes, "\n"), "asks for less"); told != (c.implied != "") {
				t.Errorf("the notes say so: %v, %q", told, report.Fix.Notes)
			}
		})
	}
}
