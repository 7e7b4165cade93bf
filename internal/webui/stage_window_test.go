package webui

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
	"github.com/corscope/corscope/origin"
)

// staged puts a case on stage, for Chromium, and returns the stage.
func (l *lab) staged(c Case) (*stage, *stageResponse) {
	l.t.Helper()
	response, err := l.stages.stage(c, l.origin, fetch.Chromium())
	if err != nil || response.Cannot != "" {
		l.t.Fatalf("%v %s", err, response.Cannot)
	}
	st := l.stages.find(response.ID)
	l.t.Cleanup(func() { l.stages.end(st) })
	return st, response
}

func TestOnTheStageEveryFaultIsTheOneThatItIsInTheWorld(t *testing.T) {
	l := openLab(t)
	_, items := collection()
	staged := 0
	for _, fault := range demo.Faults() {
		item := items[fault.ID]
		p, cannot := planStage(item.item, fetch.Chromium())
		if cannot != "" {
			continue
		}
		staged++
		t.Run(fault.ID, func(t *testing.T) {
			if p.limit > 0 {
				t.Parallel()
			}
			l := &lab{l.Server, t, l.origin, l.token}
			st, _ := l.staged(item.item)
			profile := fetch.Profile{}
			if fault.Kind == demo.KindCookie || fault.Browser != "" {
				profile = fetch.Chromium() // whose Secure cookies go over http here
			}
			side, _, err := st.run(t.Context(), profile, chromeUserAgent)
			if err != nil {
				t.Fatal(err)
			}
			if fault.Kind != demo.KindBody && string(side.reason) != fault.Want.Reason {
				t.Errorf("reason %q, want %q", side.reason, fault.Want.Reason)
			}
			if fault.Kind != demo.KindCookie {
				return
			}
			kept := ""
			for _, s := range side.Sent {
				if s.From == s.To {
					kept = s.Cookie
				}
			}
			name, _, _ := strings.Cut(kept, "=")
			if name != fault.Want.Stores || len(side.Sent) < 2 {
				t.Errorf("the server is sent %q by its own page, want a cookie %q; all: %+v", kept, fault.Want.Stores, side.Sent)
			}
		})
	}
	if staged < 200 {
		t.Errorf("only %d faults are staged", staged)
	}
}

func TestNamesOnTheStageAreOfTheSameSitesAsInTheCase(t *testing.T) {
	l := openLab(t)
	item := Case{Page: "https://app.example.com", URL: "https://api.example.com/", Demo: "cookie-plain"}
	st, response := l.staged(item)
	if !response.Window || response.Sandbox {
		t.Errorf("in a window: %v", response.Window)
	}
	at := func(o string) origin.Origin {
		t.Helper()
		parsed, err := origin.Parse(st.set.at[o])
		if err != nil {
			t.Fatalf("%s is at %q: %v", o, st.set.at[o], err)
		}
		return parsed
	}
	page := at("https://app.example.com")
	api, bank, faults := at("https://api.example.com"), at("https://bank.example"), at("https://faults.example")
	if !origin.SameSite(page, api) || page == api || origin.SameSite(page, bank) || origin.SameSite(bank, faults) {
		t.Errorf("the names are %v", st.set.at)
	}
	other, _ := l.staged(item)
	if other.plan.sites["example.com"] == st.plan.sites["example.com"] {
		t.Errorf("two stages are both called %s", st.plan.sites["example.com"])
	}
	lab, err := origin.Parse(l.origin)
	if err != nil || origin.SameSite(page, lab) {
		t.Errorf("the stage %s is of the lab's site (%v)", page, err)
	}
}

func TestCookiesInAWindowAreCarriedOverToTheNamesThere(t *testing.T) {
	p := &plan{window: true, sites: map[string]string{"example.com": "example-1.localhost", "bank.example": "bank-1.localhost"}}
	for name, c := range map[string]struct{ line, want string }{
		"without any attribute":          {"a=1", "a=1; Max-Age=60"},
		"for the whole host, for a year": {"__Host-a=1; Path=/; Secure; Max-Age=31536000", "__Host-a=1; Path=/; Secure; Max-Age=60"},
		"for a path":                     {"a=1; Path=/v1", "a=1; Path=/v1; Max-Age=60"},
		"for the site":                   {"a=1; Domain=example.com; Secure", "a=1; domain=example-1.localhost; Secure; Max-Age=60"},
		"for the site, with a dot":       {"a=1; domain=.Example.com", "a=1; domain=example-1.localhost; Max-Age=60"},
		"for a host":                     {"a=1; Domain=api.example.com", "a=1; domain=api.example-1.localhost; Max-Age=60"},
		"for another site":               {"a=1; Domain=bank.example", "a=1; domain=bank-1.localhost; Max-Age=60"},
		"for a top-level domain":         {"a=1; Domain=com", "a=1; domain=localhost; Max-Age=60"},
		"for nobody who is here":         {"a=1; Domain=elsewhere.test", "a=1; Domain=elsewhere.test; Max-Age=60"},
		"for a name that only ends so":   {"a=1; Domain=badexample.com", "a=1; Domain=badexample.com; Max-Age=60"},
		"one that ended long ago":        {"a=1; Expires=Wed, 21 Oct 2015 07:28:00 GMT", "a=1; Max-Age=0"},
		"one that ends at once":          {"a=1; Max-Age=-1", "a=1; Max-Age=0"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := p.namedCookie(c.line); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestAPretendServerWithADomainCookieIsInAWindow(t *testing.T) {
	l := openLab(t)
	allow := []Header{{"Access-Control-Allow-Origin", "https://app.example.com"}, {"Access-Control-Allow-Credentials", "true"}}
	c := l.compareCase(Case{
		Page: "https://app.example.com", URL: "https://api.example.com/v1/me?x=1", Credentials: "include", Cookies: []string{"held=1; Domain=example.com"},
		Server: &Pretend{Answers: []Answer{{On: "request", Status: 200, Headers: append(allow, Header{"Set-Cookie", "far=1; Domain=other.test"}, Header{"Set-Cookie", "deep=1; Path=/v1"})}}},
	}, nil)
	if !c.Agrees {
		t.Errorf("differences %+v", c.Differences)
	}
	got := sentText(c.Browser.Sent)
	want := "from https://app.example.com to https://app.example.com: held=1\n" +
		"from https://app.example.com to https://api.example.com: deep=1; held=1\n" +
		"from https://api.example.com to https://api.example.com: deep=1; held=1"
	if got != want {
		t.Errorf("sent next:\n%s\nwant\n%s", got, want)
	}
}

func TestAWindowIsHeardByItsOwnServerAlone(t *testing.T) {
	l := openLab(t)
	st, response := l.staged(Case{Page: "https://app.example.com", URL: "https://api.example.com/", Demo: "cookie-plain"})
	lie := Outcome{OK: true, Status: 299}
	for name, c := range map[string]struct{ id, from string }{
		"another id":                     {"x", ""},
		"no id":                          {"", ""},
		"the lab's page":                 {st.id, l.origin},
		"a page of another site":         {st.id, "https://evil.example"},
		"a page without an origin":       {st.id, "null"},
		"another server of the stage's":  {st.id, st.set.at["https://evil.example"]},
		"its own server, spelt in https": {st.id, strings.Replace(st.set.at["https://app.example.com"], "http:", "https:", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			l := &lab{l.Server, t, l.origin, l.token}
			if got := l.tells(response.Page, c.id, lie, c.from); got != http.StatusForbidden {
				t.Errorf("status %d", got)
			}
		})
	}
	l.tell(response.Page, st.id, Outcome{OK: true, Status: 204})
	l.tell(response.Page, st.id, lie)
	if o, err := st.listen(t.Context()); err != nil || o.Status != 204 {
		t.Errorf("heard %+v, %v: the first word counts", o, err)
	}
}

func TestAWindowThatSaysNothingIsAProblem(t *testing.T) {
	l := openLab(t)
	st, _ := l.staged(Case{Page: "https://app.example.com", URL: "https://api.example.com/", Demo: "cookie-plain"})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := st.listen(ctx)
	if p := new(Problem); !errors.As(err, &p) || p.Code != "stage-silent" {
		t.Errorf("got %v", err)
	}
}

func TestAStageInAFrameIsNotHeardLikeAWindow(t *testing.T) {
	l := openLab(t)
	st, response := l.staged(Case{Page: "https://app.example.com", URL: "https://faults.example/allow-origin-missing", Demo: "allow-origin-missing"})
	if response.Window {
		t.Error("it is in a window")
	}
	if got := l.tells(response.Page, st.id, Outcome{}, ""); got != http.StatusForbidden {
		t.Errorf("status %d", got)
	}
	var f failure
	if l.call("stage/"+st.id+"/outcome", outcomeRequest{}, &f); f.Error.Code != "request-invalid" {
		t.Errorf("without an outcome: %q", f.Error.Code)
	}
}

func TestANameOnTheStageIsNobodyElses(t *testing.T) {
	l := openLab(t)
	st, response := l.staged(Case{Page: "https://app.example.com", URL: "https://api.example.com/", Demo: "cookie-plain"})
	u, err := url.Parse(response.Page)
	if err != nil {
		t.Fatal(err)
	}
	api, err := url.Parse(st.set.at["https://api.example.com"])
	if err != nil {
		t.Fatal(err)
	}
	for name, host := range map[string]string{
		"its address":               "127.0.0.1:" + u.Port(),
		"localhost":                 "localhost:" + u.Port(),
		"another name of the stage": api.Hostname() + ":" + u.Port(),
		"its name without the port": u.Hostname(),
		"a name below it":           "www." + u.Host,
		"a name that leads here":    "evil.example:" + u.Port(),
	} {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), "GET", "http://127.0.0.1:"+u.Port()+backstage+"stage", nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Host = host
			answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			if answer.StatusCode != http.StatusMisdirectedRequest {
				t.Errorf("status %d for %s", answer.StatusCode, host)
			}
		})
	}
}

func TestARefusedPortStaysRefused(t *testing.T) {
	held, err := holdPort()
	if err != nil {
		t.Fatal(err)
	}
	defer held.close()
	addr := held.near.LocalAddr().String()
	if _, listeners, err := listenLoopback(hostPage); err == nil {
		defer listeners[0].Close()
		if listeners[0].Addr().String() == addr {
			t.Error("somebody else got the port")
		}
	}
	if response, err := http.Get("http://" + addr); err == nil {
		response.Body.Close()
		t.Error("somebody answers")
	}
}

func TestNotesSayWhatOfACaseIsNotAsItWouldBeElsewhere(t *testing.T) {
	l := openLab(t)
	_, items := collection()
	for id, want := range map[string][]string{
		"certificate-expired": {"A page is not told why", "one more reason"},
		"name-not-resolved":   {"A page is not told why"},
		"never-shakes-hands":  {"gave up after 3 s"},
		"redirect-loop":       nil,
	} {
		t.Run(id, func(t *testing.T) {
			l := &lab{l.Server, t, l.origin, l.token}
			got := l.compareCase(items[id].item, nil).Notes
			if len(got) != len(want) {
				t.Fatalf("notes %q, want %q", got, want)
			}
			for i, w := range want {
				if !strings.Contains(got[i], w) {
					t.Errorf("note %q, want %q", got[i], w)
				}
			}
		})
	}
}
