package demo_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
	"github.com/corscope/corscope/internal/demofetch"
)

// The story is told by the browser's half, so it is held to it. Only tests of this
// package import that.

// storyBrowser is a new browser whose names lead to w.
func storyBrowser(t *testing.T, w *demo.World, s demo.SameSite) *fetch.Agent {
	t.Helper()
	config, err := demofetch.Network(w)
	if err != nil {
		t.Fatal(err)
	}
	transport, err := fetch.NewNetTransport(config)
	if err != nil {
		t.Fatal(err)
	}
	profile := fetch.Profile{Cookies: fetch.CookiePolicy{LaxByDefault: s == demo.SameSiteLax}}
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: transport, Profile: profile})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { agent.Close() })
	return agent
}

// browse makes the step's call and returns what came of it, in the words of Want.
func browse(t *testing.T, agent *fetch.Agent, step demo.Step) demo.Want {
	t.Helper()
	for _, c := range step.Cookies {
		u, err := fetch.ParseURL(c.URL)
		if err != nil {
			t.Fatal(err)
		}
		if kept := agent.Jar().Set(u, c.Set, fetch.CookieContext{}); !kept.Accepted {
			t.Fatalf("the browser does not keep %s: %s", c.Set, kept.Why)
		}
	}
	page, err := agent.NewPage(fetch.PageConfig{URL: step.Page})
	if err != nil {
		t.Fatal(err)
	}
	trace := new(fetch.Trace)
	response, err := page.Fetch(t.Context(), demofetch.Request(step.Call, trace))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Close()
	got := demo.Want{Reason: string(response.Reason.Code), Phase: string(response.Reason.Phase)}
	if n := len(trace.Exchanges); n > 0 {
		got.Status = trace.Exchanges[n-1].Status
	}
	if response.Body != nil {
		body, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		got.Reads = string(body)
	}
	return got
}

func TestTheStoryComesOutAsItIsTold(t *testing.T) {
	w := start(t)
	seen := 0
	for _, scene := range demo.Scenes() {
		t.Run(scene.Title, func(t *testing.T) {
			browsers := map[demo.SameSite]*fetch.Agent{
				demo.SameSiteUnset: storyBrowser(t, w, demo.SameSiteUnset),
				demo.SameSiteLax:   storyBrowser(t, w, demo.SameSiteLax),
			}
			for _, step := range scene.Steps {
				var got demo.Want
				if step.As == demo.Curl {
					var response *http.Response
					response, got.Reads = do(t, client(t, w, true), "GET", step.URL, "")
					got.Status = response.StatusCode
				} else {
					got = browse(t, browsers[step.SameSite], step)
				}
				for _, r := range w.Requests(seen) {
					seen = r.Number
					got.Requests, got.Did = append(got.Requests, r.Line()), append(got.Did, r.Did...)
				}
				want := step.Want
				if got.Reason != want.Reason || got.Phase != want.Phase || got.Status != want.Status ||
					!strings.Contains(got.Reads, want.Reads) || (want.Reads == "") != (got.Reads == "") ||
					!slices.Equal(got.Requests, want.Requests) || !slices.Equal(got.Did, want.Did) {
					t.Errorf("%s\ngot  %+v\nwant %+v", step.Lead, got, want)
				}
			}
		})
	}
}

func TestTheStoryHasSixScenesWithAllThatIsTold(t *testing.T) {
	scenes := demo.Scenes()
	if len(scenes) != 6 {
		t.Fatalf("%d scenes, want 6", len(scenes))
	}
	for i, scene := range scenes {
		if scene.Number != i+1 || scene.Title == "" || scene.Story == "" || scene.Moral == "" || len(scene.Steps) == 0 {
			t.Errorf("scene %d lacks something: %+v", i+1, scene)
		}
		for _, step := range scene.Steps {
			if step.Lead == "" || step.URL == "" || step.Want.Requests == nil || step.Want.Did == nil || (step.Page == "") != (step.As == demo.Curl) {
				t.Errorf("a step of scene %d lacks something: %+v", i+1, step)
			}
			if text := scene.Story + scene.Moral + step.Lead + step.Page + step.URL; strings.Contains(text, "{") {
				t.Errorf("scene %d has a role where an address should be: %s", i+1, text)
			}
		}
	}
	scenes[0].Steps[0].Lead = "changed"
	if demo.Scenes()[0].Steps[0].Lead == "changed" {
		t.Error("changing a copy changed the story")
	}
}

func TestEveryFaultSaysWhatItIs(t *testing.T) {
	reasons := make(map[string]bool)
	for _, code := range fetch.ReasonCodes() {
		reasons[string(code)] = true
	}
	ids, kinds := make(map[string]bool), make(map[demo.Kind]int)
	for _, f := range demo.Faults() {
		if ids[f.ID] {
			t.Errorf("two faults are called %s", f.ID)
		}
		ids[f.ID] = true
		kinds[f.Kind]++
		if f.Title == "" || strings.HasSuffix(f.Title, ".") || f.Page == "" || f.URL == "" || strings.Contains(f.URL, "{") {
			t.Errorf("%s lacks something: %+v", f.ID, f)
		}
		if f.Want.Reason != "" && (!reasons[f.Want.Reason] || f.Want.Phase == "") {
			t.Errorf("%s wants the reason %q in phase %q", f.ID, f.Want.Reason, f.Want.Phase)
		}
		if served := strings.HasSuffix(f.Page, "/page-of-"+f.ID); served != (len(f.PageHeader) > 0) {
			t.Errorf("%s is asked by %s, with the header %v", f.ID, f.Page, f.PageHeader)
		}
		if f.Browser != "" && f.Browser != fetch.Chromium().Name {
			t.Errorf("%s is a rule of %q", f.ID, f.Browser)
		}
		if f.NeedsTimeout != (f.Want.Reason == "timeout" || f.Want.BodyError == "body-timeout") {
			t.Errorf("%s: NeedsTimeout is %v", f.ID, f.NeedsTimeout)
		}
	}
	for _, kind := range []demo.Kind{
		demo.KindBefore, demo.KindNetwork, demo.KindPreflight, demo.KindRedirect, demo.KindCORSCheck,
		demo.KindPolicy, demo.KindBody, demo.KindCookie, demo.KindAnswer,
	} {
		if kinds[kind] < 4 {
			t.Errorf("%d faults of the kind %q", kinds[kind], kind)
		}
	}
	faults := demo.Faults()
	faults[0].Title = "changed"
	if demo.Faults()[0].Title == "changed" {
		t.Error("changing a copy changed the table")
	}
}
