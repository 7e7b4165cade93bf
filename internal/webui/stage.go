package webui

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/corscope/corscope/fetch"
)

// stages are the cases that are staged for the reader's browser at this moment. It is safe for concurrent use.
type stages struct {
	ctx context.Context

	mu   sync.Mutex
	open []*stage // the oldest first
}

// The bounds of the stages.
const (
	maxStages = 8
	stageLife = time.Minute
)

// stage is one case on real loopback servers, each at a port that was never used before, so that no cache of the browser knows it.
type stage struct {
	id      string
	plan    *plan
	lab     string // the origin of the lab's page, which frames the stage
	set     *stagedSet
	call    stagedCall
	expires *time.Timer
	done    sync.Once

	// told is what a page in a window tells, once.
	told chan Outcome
}

// stagedCall is what the stage's script reads.
type stagedCall struct {
	ID  string `json:"id"`
	Lab string `json:"lab"`
	URL string `json:"url"`
	// Init is the second argument of fetch().
	Init map[string]any `json:"init"`
	// XHR: by XMLHttpRequest with an upload listener.
	XHR bool `json:"xhr,omitempty"`
	// Import: by import(), which has no Init.
	Import bool `json:"import,omitempty"`
	// Cookies is the URL that sets the cookies which the case has the browser hold; empty: none.
	Cookies string `json:"cookies,omitempty"`
	// Stream: the body is to be a stream.
	Stream bool `json:"stream,omitempty"`
	// Limit is how long it may take, in milliseconds; 0: as long as the browser likes.
	Limit int64 `json:"limit,omitempty"`
	// Window is set where the page is in a window of its own.
	Window *stagedWindow `json:"window,omitempty"`
}

type stageRequest struct {
	Case Case `json:"case"`
}

type stageResponse struct {
	Version int    `json:"version"`
	ID      string `json:"id,omitempty"`
	// Page is to be put into an iframe; with Sandbox, into one with sandbox="allow-scripts". With Window it is to be opened in a window.
	Page    string `json:"page,omitempty"`
	Sandbox bool   `json:"sandbox,omitempty"`
	Window  bool   `json:"window,omitempty"`
	// Warnings is of how many servers the browser will warn in the window, whose certificates the lab made.
	Warnings int        `json:"warnings,omitempty"`
	Expires  *time.Time `json:"expires,omitempty"`
	// Cannot is one sentence; the others are then absent.
	Cannot string `json:"cannot,omitempty"`
}

// stage puts a case on real servers for the page at the origin lab, in a browser of this profile.
func (s *stages) stage(c Case, lab string, profile fetch.Profile) (*stageResponse, error) {
	p, cannot := planStage(c, profile)
	if cannot != "" {
		return &stageResponse{Version: apiVersion, Cannot: cannot}, nil
	}
	st := &stage{id: newToken(), plan: p, lab: lab, told: make(chan Outcome, 1)}
	set, err := openSet(s.ctx, p, nil, http.HandlerFunc(st.backstage))
	if err != nil {
		return nil, err
	}
	st.set, st.call = set, p.staged(st.id, lab, set.at)
	s.mu.Lock()
	var oldest *stage
	if len(s.open) == maxStages {
		oldest = s.open[0]
		s.open = slices.Delete(s.open, 0, 1)
	}
	s.open = append(s.open, st)
	st.expires = time.AfterFunc(p.life(), func() { s.end(st) })
	s.mu.Unlock()
	if oldest != nil {
		oldest.close()
	}
	expires := time.Now().Add(p.life())
	return &stageResponse{
		Version: apiVersion, ID: st.id, Page: st.entry(), Sandbox: p.page == nil, Window: p.window, Warnings: len(p.certified), Expires: &expires,
	}, nil
}

// find returns the stage with this id, or nil.
func (s *stages) find(id string) *stage {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range s.open {
		if st.id == id {
			return st
		}
	}
	return nil
}

// end closes a stage and forgets it.
func (s *stages) end(st *stage) {
	s.mu.Lock()
	s.open = slices.DeleteFunc(s.open, func(other *stage) bool { return other == st })
	s.mu.Unlock()
	st.close()
}

func (s *stages) close() {
	s.mu.Lock()
	open := s.open
	s.open = nil
	s.mu.Unlock()
	for _, st := range open {
		st.close()
	}
}

func (st *stage) close() {
	st.done.Do(func() {
		st.expires.Stop()
		st.set.close()
	})
}

// page is the address of the staged page.
func (st *stage) page() string { return st.set.at[st.pageOrigin()] + backstage + "stage" }

// pageOrigin is the page's in the plan.
func (st *stage) pageOrigin() string {
	if st.plan.page == nil {
		return nullPage
	}
	return st.plan.page.Origin().String()
}

// staged is the call with its addresses carried over.
func (p *plan) staged(id, lab string, at map[string]string) stagedCall {
	c := p.item
	call := stagedCall{
		ID: id, Lab: lab, URL: movedURL(p.target, at), Init: make(map[string]any), XHR: c.UploadListener, Import: c.Import, Stream: c.Stream, Limit: p.limit.Milliseconds(),
	}
	for name, value := range map[string]string{
		"method": c.Method, "mode": c.Mode, "credentials": c.Credentials, "redirect": c.Redirect, "cache": c.Cache,
		"integrity": c.Integrity, "targetAddressSpace": c.TargetAddressSpace,
	} {
		if value != "" {
			call.Init[name] = value
		}
	}
	if len(c.Headers) > 0 {
		headers := make([][2]string, len(c.Headers))
		for i, h := range c.Headers {
			headers[i] = [2]string{h.Name, h.Value}
		}
		call.Init["headers"] = headers
	}
	if c.Body != nil {
		call.Init["body"] = *c.Body
	}
	if c.Keepalive {
		call.Init["keepalive"] = true
	}
	if origin, ok := at[p.target.Origin().String()]; ok && len(c.Cookies) > 0 {
		call.Cookies = origin + backstage + "cookies"
	}
	if p.window {
		call.Window, _ = p.windowed(at)
	}
	return call
}

//go:embed stage.js
var stageScript []byte

// stageScriptHash is the script's, as Content-Security-Policy names it.
var stageScriptHash = func() string {
	sum := sha256.Sum256(stageScript)
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

// backstage serves the page that makes the call, its script, and the cookies that the browser is to hold. None of it may change what is
// compared: the page's own policy says nothing of connections, and no referrer policy, and those of the case stand beside it.
func (st *stage) backstage(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	switch strings.TrimPrefix(r.URL.Path, backstage) {
	case "stage":
		st.servePage(w, r, st.call)
	case "home":
		if !st.plan.window {
			http.NotFound(w, r)
			return
		}
		_, home := st.plan.windowed(st.set.at)
		st.servePage(w, r, stagedCall{ID: st.id, Window: home})
	case "outcome":
		st.hear(w, r)
	case "stage.js":
		h.Set("Content-Type", "text/javascript; charset=utf-8")
		w.Write(stageScript)
	case "cookies":
		h["Set-Cookie"] = st.plan.heldCookies()
		if st.plan.window {
			// The browser visits the server itself, which may set whatever it likes, and is led on to the page.
			st.lead(w)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	case "enter":
		if len(st.plan.certified) == 0 {
			http.NotFound(w, r)
			return
		}
		st.lead(w)
	default:
		http.NotFound(w, r)
	}
}

// lead leads a window on to the page.
func (st *stage) lead(w http.ResponseWriter) {
	w.Header().Set("Location", st.page())
	w.WriteHeader(http.StatusSeeOther)
}

// servePage serves a page that reads a call and makes it.
func (st *stage) servePage(w http.ResponseWriter, r *http.Request, c stagedCall) {
	call, err := json.Marshal(c)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	scripts, script := "script-src 'self'; ", "<script src=\""+backstage+"stage.js\"></script>\n"
	switch {
	case c.Window != nil:
		// A page that is treated as one of the internet may not load a script from this machine.
		scripts, script = "script-src "+stageScriptHash+"; ", "<script>"+string(stageScript)+"</script>\n"
	case c.Import:
		scripts = "" // which scripts the page takes is what the case is about
	case st.plan.page == nil:
		scripts = "script-src http://" + r.Host + "; " // 'self' would be nobody
	}
	h.Set("Content-Security-Policy", scripts+"object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors "+ancestor(st.lab))
	if c.URL != "" {
		for _, p := range st.plan.policies(st.set.at) {
			h.Add(p.Name, p.Value)
		}
	}
	words := ""
	if c.Window != nil {
		words = "<p>This window makes the call that the lab compares, and closes itself.</p>\n"
	}
	// The icon keeps the browser from asking for one.
	w.Write([]byte("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Corscope stage</title>\n<link rel=\"icon\" href=\"data:,\">\n" +
		"<meta name=\"corscope-stage\" content=\"" + html.EscapeString(string(call)) + "\">\n<body>\n" + words + script))
}

// ancestor is the source expression for the lab's page. There is none for a host that is an IPv6 address, so that its port alone is named;
// what the stage has to say it says to the lab's origin in any case. https://www.w3.org/TR/CSP3/#grammardef-host-part
func ancestor(lab string) string {
	if _, port, ok := strings.Cut(lab, "]"); ok {
		return "http://*" + port
	}
	return lab
}

// profileOf is the profile of the browser that a request came from; the standard's where that is none of the three.
func profileOf(h http.Header) fetch.Profile {
	switch browserOf(h) {
	case "chromium":
		return fetch.Chromium()
	case "firefox":
		return fetch.Firefox()
	case "webkit":
		return fetch.WebKit()
	}
	return fetch.Profile{}
}
