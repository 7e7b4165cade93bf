package webui

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
)

func TestAWindowIsLedOverTheServersWhoseCertificatesTheReaderIsAskedFor(t *testing.T) {
	l := openLab(t)
	_, items := collection()
	for id, want := range map[string]struct {
		certified     []string
		first, last   string // where the window begins and where the call is made
		pageIsOnHTTPS bool
	}{
		"mixed-content":        {[]string{"https://app.example.com"}, "https://app.example.com", "stage", true},
		"redirect-to-http":     {[]string{"https://faults.example", "https://app.example.com"}, "https://faults.example", "enter", true},
		"header-cut-off":       {[]string{"https://wire.example"}, "https://wire.example", "enter", false},
		"redirect-of-a-stream": {[]string{"https://faults.example"}, "https://faults.example", "enter", false},
	} {
		t.Run(id, func(t *testing.T) {
			l := &lab{l.Server, t, l.origin, l.token}
			st, response := l.staged(items[id].item)
			if !slices.Equal(st.plan.certified, want.certified) || response.Warnings != len(want.certified) || !response.Window {
				t.Errorf("certificates of %v, %d warnings, in a window: %v", st.plan.certified, response.Warnings, response.Window)
			}
			if begins := st.set.at[want.first] + backstage + want.last; response.Page != begins {
				t.Errorf("the window begins at %s, want %s", response.Page, begins)
			}
			for o, at := range st.set.at {
				if o == demo.InsecureOrigin && !strings.HasSuffix(at, invalidSuffix) {
					t.Errorf("what is mixed content is at %s", at)
				}
				if strings.HasPrefix(at, "https://") != slices.Contains(want.certified, o) {
					t.Errorf("%s is at %s", o, at)
				}
			}
			address, _, _ := l.open(response.Page)
			if address != st.page() || strings.HasPrefix(address, "https://") != want.pageIsOnHTTPS {
				t.Errorf("the call is made from %s", address)
			}
		})
	}
}

func TestNoBrowserTakesTheCertificateOfAStageUnasked(t *testing.T) {
	l := openLab(t)
	_, items := collection()
	st, response := l.staged(items["mixed-content"].item)
	u, err := url.Parse(response.Page)
	if err != nil {
		t.Fatal(err)
	}
	address := "127.0.0.1:" + u.Port()
	c, err := tls.Dial("tcp", address, &tls.Config{ServerName: u.Hostname()})
	if unknown := new(tls.CertificateVerificationError); !errors.As(err, &unknown) {
		t.Errorf("error %v", err)
	}
	if err == nil {
		c.Close()
	}
	pool, err := st.set.world.CAPool()
	if err != nil {
		t.Fatal(err)
	}
	if c, err = tls.Dial("tcp", address, &tls.Config{ServerName: u.Hostname(), RootCAs: pool}); err != nil {
		t.Fatalf("the certificate is not the one of its name: %v", err)
	}
	c.Close()
}

func TestAServerWithACertificateKnowsItsOwnNameAndItsOwnPageAlone(t *testing.T) {
	l := openLab(t)
	_, items := collection()
	st, response := l.staged(items["redirect-to-http"].item)
	page := st.page()
	for name, from := range map[string]string{
		"its own server, spelt in http": strings.Replace(st.set.at["https://app.example.com"], "https:", "http:", 1),
		"another server of the stage's": st.set.at["https://faults.example"],
		"the lab's page":                l.origin,
	} {
		if got := l.tells(page, st.id, Outcome{}, from); got != http.StatusForbidden {
			t.Errorf("%s: status %d", name, got)
		}
	}
	if got := l.tells(page, st.id, Outcome{}, ""); got != http.StatusNoContent {
		t.Errorf("its own page: status %d", got)
	}
	u, err := url.Parse(response.Page)
	if err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"127.0.0.1:" + u.Port(), "localhost:" + u.Port(), "evil.example:" + u.Port(), u.Hostname()} {
		r, err := http.NewRequestWithContext(t.Context(), "GET", "https://127.0.0.1:"+u.Port()+u.Path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		answer, err := (&http.Transport{DisableKeepAlives: true, TLSClientConfig: unafraid}).RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode != http.StatusMisdirectedRequest {
			t.Errorf("status %d for %s", answer.StatusCode, host)
		}
	}
}

func TestAReaderWhoDoesNotGoOnIsToldWhatTheLabWaitedFor(t *testing.T) {
	l := openLab(t)
	_, items := collection()
	st, response := l.staged(items["mixed-content"].item)
	if until := time.Until(*response.Expires); st.plan.patience() >= patience || until <= st.plan.patience() {
		t.Errorf("the lab waits for %v, and the stage lives for %v", st.plan.patience(), until)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := st.listen(ctx)
	if p := new(Problem); !errors.As(err, &p) || p.Code != "stage-silent" || !strings.Contains(p.Hint, "certificate") {
		t.Errorf("got %v", err)
	}
}

func TestAFirefoxSendsNoStream(t *testing.T) {
	l := openLab(t)
	_, items := collection()
	st, _ := l.staged(items["redirect-of-a-stream"].item)
	side, _, err := st.run(t.Context(), fetch.Firefox(), "Mozilla/5.0 Firefox/153.0")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"POST /redirect-of-a-stream", "POST /landed"}; !slices.Equal(side.Requests, want) || !side.Outcome.OK {
		t.Errorf("requests %v, %s", side.Requests, side.Sentence)
	}
}

func TestMixedContentIsBlockedAsThatInEveryBrowser(t *testing.T) {
	l := openLab(t)
	_, items := collection()
	for _, profile := range []fetch.Profile{{}, fetch.Chromium(), fetch.Firefox(), fetch.WebKit()} {
		for id, requests := range map[string][]string{"mixed-content": {}, "redirect-to-http": {"GET /redirect-to-http"}} {
			response, err := l.stages.stage(items[id].item, l.origin, profile)
			if err != nil {
				t.Fatal(err)
			}
			st := l.stages.find(response.ID)
			side, _, err := st.run(t.Context(), profile, chromeUserAgent)
			l.stages.end(st)
			if err != nil || side.reason != fetch.ReasonMixedContent || !slices.Equal(side.Requests, requests) {
				t.Errorf("%s in %q at %s: reason %q, requests %v, %v", id, profile.Name, st.call.URL, side.reason, side.Requests, err)
			}
		}
	}
}
