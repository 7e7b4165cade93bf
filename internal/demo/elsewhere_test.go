package demo_test

import (
	"crypto/x509"
	"net/http/httptest"
	"net/url"
	"strings"
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
	if world.Handler("https://expired.example") != nil || world.Handler("https://www.example.com") != nil {
		t.Error("there is a server that speaks no HTTP")
	}
	if world.Handler("http://insecure.example") == nil || world.Handler("http://faults.example") == nil {
		t.Error("a server that is on http is not there")
	}
}

func TestTheCertificatesElsewhereHaveTheirFaults(t *testing.T) {
	world := demo.NewElsewhere(nil)
	pool, err := world.CAPool()
	if err != nil {
		t.Fatal(err)
	}
	for origin, want := range map[string]string{
		"https://app.example.com":           "",
		"https://wrong-name.example":        "x509: certificate is valid for somebody-else.example, not localhost",
		"https://expired.example":           "x509: certificate has expired or is not yet valid",
		"https://unknown-authority.example": "x509: certificate signed by unknown authority",
	} {
		t.Run(origin, func(t *testing.T) {
			c, err := world.Certificate(origin, "localhost")
			if err != nil {
				t.Fatal(err)
			}
			leaf, err := x509.ParseCertificate(c.Certificate[0])
			if err != nil {
				t.Fatal(err)
			}
			said := ""
			if _, err := leaf.Verify(x509.VerifyOptions{DNSName: "localhost", Roots: pool}); err != nil {
				said = err.Error()
			}
			if !strings.HasPrefix(said, want) || want == "" && said != "" {
				t.Errorf("got %q, want %q", said, want)
			}
		})
	}
}

func TestEveryOriginOfAFaultIsServedOrHasAnObstacle(t *testing.T) {
	world := demo.NewElsewhere(nil)
	for _, f := range demo.Faults() {
		u, err := url.Parse(f.URL)
		if err != nil || u.Port() != "" || u.Scheme != "http" && u.Scheme != "https" {
			continue
		}
		origin := u.Scheme + "://" + u.Host
		if (world.Handler(origin) != nil) == (demo.ObstacleAt(origin) != "") {
			t.Errorf("%s, %s: obstacle %q", f.ID, origin, demo.ObstacleAt(origin))
		}
	}
}
