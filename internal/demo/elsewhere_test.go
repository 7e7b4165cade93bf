package demo_test

import (
	"net/http/httptest"
	"testing"

	"github.com/corscope/corscope/internal/demo"
)

func TestElsewhereTheAnswersNameTheOriginsThere(t *testing.T) {
	at := make(map[string]string)
	for i, origin := range demo.Origins() {
		at[origin] = "http://[::1]:410" + string(rune('0'+i))
	}
	world := demo.NewElsewhere(at)
	for name, c := range map[string]struct {
		origin, path, cookie string
		status               int
		header, want         string
	}{
		"the page's origin is allowed":       {"https://api.example.com", "/v2/news", "", 200, "Access-Control-Allow-Origin", at["https://app.example.com"]},
		"a redirect leads there":             {"https://faults.example", "/redirect-to-everybody", "", 302, "Location", at["https://other.example"] + "/for-everybody"},
		"a name without a port has brackets": {"https://faults.example", "/redirect-to-bad-port", "", 302, "Location", "https://[::1]:6000/"},
		"Alice is logged in at the bank":     {"https://bank.example", "/balance", "session=alice-1", 200, "Content-Type", "application/json"},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest("GET", at[c.origin]+c.path, nil)
			r.Header.Set("Origin", at["https://app.example.com"])
			if c.cookie != "" {
				r.Header.Set("Cookie", c.cookie)
			}
			w := httptest.NewRecorder()
			world.Handler(c.origin).ServeHTTP(w, r)
			if w.Code != c.status || w.Header().Get(c.header) != c.want {
				t.Errorf("%d, %s: %s; want %d and %s", w.Code, c.header, w.Header().Get(c.header), c.status, c.want)
			}
		})
	}
	if world.Handler("https://insecure.example") != nil || world.Handler("http://app.example.com") != nil {
		t.Error("there is a server that cannot be elsewhere")
	}
}

func TestWhatNeedsTLSNamesOrPatienceIsNotPortable(t *testing.T) {
	for id, want := range map[string]bool{
		"allow-origin-missing": true, "redirect-loop": true, "reset": true,
		"certificate-expired": false, "name-not-resolved": false, "mixed-content": false, "never-answers": false, "cookie-plain": false, "no-such-fault": false,
	} {
		if got := demo.Portable(id); got != want {
			t.Errorf("%s: %v, want %v", id, got, want)
		}
	}
}
