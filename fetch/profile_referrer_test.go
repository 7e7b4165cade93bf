package fetch

import (
	"net/http"
	"strings"
	"testing"
)

// Where Firefox sends what of http://app.test/?page behind redirects, and what the standard does. Letters are hosts: O the page's own, P another
// of its site, X another site. 2,088 such chains were put to Firefox 153.7.0 on 2026-11-23.
func TestReferrerAlongRedirects(t *testing.T) {
	hosts := map[rune]string{'O': "app.test", 'P': "api.app.test", 'X': "other.test"}
	for _, c := range []struct {
		name      string
		chain     string
		policy    ReferrerPolicy
		keepalive bool
		// redirectPolicy is the Referrer-Policy of the second answer.
		redirectPolicy string
		spec, firefox  string
	}{
		{"unsafe-url grows again behind another site", "OXO", UnsafeURL, false, "", "url url url", "url origin url"},
		{"and with keepalive does not", "OXO", UnsafeURL, true, "", "url url url", "url origin origin"},
		{"nor at another host of the site", "XPO", UnsafeURL, true, "", "url url url", "origin origin origin"},
		{"no-referrer-when-downgrade likewise", "XOP", NoReferrerWhenDowngrade, true, "", "url url url", "origin origin origin"},
		{"and origin-when-cross-origin", "OXO", OriginWhenCrossOrigin, true, "", "url origin origin", "url origin origin"},
		{"keepalive within the site", "OPO", UnsafeURL, true, "", "url url url", "url url url"},
		{"keepalive under the default, which is not lax", "OXO", StrictOriginWhenCrossOrigin, true, "", "url origin origin", "url origin origin"},
		{"a redirect's own policy begins with what was sent last", "XPPO", UnsafeURL, true, "unsafe-url", "url url url url", "origin origin origin origin"},
		{"origin-when-cross-origin is cut where it was at another origin", "PO", OriginWhenCrossOrigin, false, "", "origin origin", "origin origin"},
		{"but not if another site was between", "PXO", OriginWhenCrossOrigin, false, "", "origin origin origin", "origin origin url"},
		{"and it was not at another origin since", "PXPO", OriginWhenCrossOrigin, false, "", "origin origin origin origin", "origin origin origin origin"},
		{"strict-origin-when-cross-origin forgets nothing", "PXO", StrictOriginWhenCrossOrigin, false, "", "origin origin origin", "origin origin origin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, profile := range []Profile{{Name: "spec"}, Firefox()} {
				var seen []string
				handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					switch referrer := r.Header.Get("Referer"); referrer {
					case "http://app.test/?page":
						seen = append(seen, "url")
					case "http://app.test/":
						seen = append(seen, "origin")
					default:
						seen = append(seen, referrer)
					}
					if len(seen) == 2 && c.redirectPolicy != "" {
						w.Header().Set("Referrer-Policy", c.redirectPolicy)
					}
					if len(seen) < len(c.chain) {
						w.Header().Set("Location", "http://"+hosts[rune(c.chain[len(seen)])]+"/")
						w.WriteHeader(302)
					}
				})
				agent, err := NewAgent(AgentConfig{Profile: profile, Transport: &HandlerTransport{Handler: func(*URL) http.Handler { return handler }}})
				if err != nil {
					t.Fatal(err)
				}
				page, err := agent.NewPage(PageConfig{URL: "http://app.test/?page"})
				if err != nil {
					t.Fatal(err)
				}
				response, err := page.Fetch(t.Context(), Request{URL: "http://" + hosts[rune(c.chain[0])] + "/", Mode: ModeNoCORS, ReferrerPolicy: c.policy, Keepalive: c.keepalive})
				if err != nil {
					t.Fatal(err)
				}
				response.Close()
				want := c.spec
				if profile.Name == "firefox" {
					want = c.firefox
				}
				if got := strings.Join(seen, " "); got != want {
					t.Errorf("%s: %s, want %s", profile.Name, got, want)
				}
			}
		})
	}
}
