package webui

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/corscope/corscope/fetch"
)

// Sent is what a browser puts on a request once the call is over: what it kept of the cookies, and for whom.
type Sent struct {
	// From is the origin of the page that asks: the call's own, or the target's, visited by itself.
	From string `json:"from"`
	// To is the origin that is asked.
	To string `json:"to"`
	// Cookie is the header's value; empty: it has none.
	Cookie string `json:"cookie"`
}

// stagedWindow is what the page in a window does once the call is over.
type stagedWindow struct {
	// Next are asked with cookies, only to see which ones go along.
	Next []string `json:"next"`
	// Home, where it is not empty, is the page that the window then opens, which tells the outcome: the target's own, or, where that is mixed
	// content, another one of the page's server.
	Home string `json:"home,omitempty"`
}

// askedFrom is the name in the query of a request that is made for its cookies alone, and fromPage and fromHome are who makes it.
const (
	askedFrom = "corscope-sent"
	fromPage  = "page"
	fromHome  = "home"
)

// windowed returns what the page in a window has to ask, and what the target's own has.
func (p *plan) windowed(at map[string]string) (page, home *stagedWindow) {
	target := p.target.Origin().String()
	last := target
	if p.mixed(p.target) {
		last = p.page.Origin().String()
	}
	page, home = &stagedWindow{Next: []string{}, Home: at[last] + backstage + "home"}, &stagedWindow{Next: []string{}}
	if !p.cookies {
		return page, home
	}
	path, _, _ := strings.Cut(p.target.RequestURI(), "?")
	for _, origin := range p.order {
		page.Next = append(page.Next, at[origin]+path+"?"+askedFrom+"="+fromPage)
	}
	home.Next = append(home.Next, at[target]+path+"?"+askedFrom+"="+fromHome)
	return page, home
}

// asks keeps which cookies go along with a request that is made to see that, and reports whether it is one.
func (s *stagedSet) asks(origin string, r *http.Request) bool {
	from := r.URL.Query().Get(askedFrom)
	if from != fromPage && from != fromHome {
		return false
	}
	target := s.plan.target.Origin().String()
	sent := Sent{From: s.plan.page.Origin().String(), To: origin, Cookie: strings.Join(r.Header.Values("Cookie"), "; ")}
	if from == fromHome {
		sent.From = target
	}
	if sent.Cookie == "" && origin != target {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.sent) < maxStagedRequests {
		s.sent = append(s.sent, sent)
	}
	return true
}

// seenCookies are what was sent so far.
func (s *stagedSet) seenCookies() []Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sent)
}

// hear takes what a page in a window tells its own server: between a window and the lab's page there is a wall, for each is in a group of
// its own.
func (st *stage) hear(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || !isStagesOwn(r) || r.URL.RawQuery != st.id || !st.plan.window {
		http.Error(w, "this is for the stage's own page", http.StatusForbidden)
		return
	}
	var o Outcome
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&o); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	select {
	case st.told <- o:
	default: // the first word counts
	}
	w.WriteHeader(http.StatusNoContent)
}

// isStagesOwn reports whether a request comes from a page of the server that it went to.
func isStagesOwn(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	if r.TLS != nil {
		return len(origins) == 1 && origins[0] == "https://"+r.Host
	}
	return isOwn(r, origins)
}

// windowPatience is how long the lab waits for a window.
const windowPatience = 25 * time.Second

// listen returns what the page in the window got.
func (st *stage) listen(ctx context.Context) (Outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, st.plan.patience())
	defer cancel()
	select {
	case o := <-st.told:
		return o, nil
	case <-ctx.Done():
		hint := "let the lab's page open windows, and leave this one open until it closes itself"
		if len(st.plan.certified) > 0 {
			hint = "go on where your browser warns of the certificate, and leave the window open until it closes itself"
		}
		return Outcome{}, &Problem{Status: http.StatusGatewayTimeout, Code: "stage-silent", Message: "the window did not say how it went", Hint: hint}
	}
}

// askFor makes the requests of a page in a window, and of the target's own, that are made for their cookies alone.
func (st *stage) askFor(ctx context.Context, agent *fetch.Agent, page *fetch.Page) error {
	first, then := st.plan.windowed(st.set.at)
	home, err := agent.NewPage(fetch.PageConfig{URL: first.Home})
	if err != nil {
		return err
	}
	for _, from := range []struct {
		page *fetch.Page
		urls []string
	}{{page, first.Next}, {home, then.Next}} {
		for _, u := range from.urls {
			response, err := from.page.Fetch(ctx, fetch.Request{URL: u, Mode: fetch.ModeNoCORS, Credentials: fetch.CredentialsInclude, Cache: fetch.CacheNoStore})
			if err != nil {
				return err
			}
			response.Close()
		}
	}
	return nil
}
