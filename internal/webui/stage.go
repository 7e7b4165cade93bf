package webui

import (
	"context"
	_ "embed"
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
}

type stageRequest struct {
	Case Case `json:"case"`
}

type stageResponse struct {
	Version int    `json:"version"`
	ID      string `json:"id,omitempty"`
	// Page is to be put into an iframe; with Sandbox, into one with sandbox="allow-scripts".
	Page    string     `json:"page,omitempty"`
	Sandbox bool       `json:"sandbox,omitempty"`
	Expires *time.Time `json:"expires,omitempty"`
	// Cannot is one sentence; the others are then absent.
	Cannot string `json:"cannot,omitempty"`
}

// stage puts a case on real servers for the page at the origin lab.
func (s *stages) stage(c Case, lab string) (*stageResponse, error) {
	p, cannot := planStage(c)
	if cannot != "" {
		return &stageResponse{Version: apiVersion, Cannot: cannot}, nil
	}
	st := &stage{id: newToken(), plan: p, lab: lab}
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
	st.expires = time.AfterFunc(stageLife, func() { s.end(st) })
	s.mu.Unlock()
	if oldest != nil {
		oldest.close()
	}
	expires := time.Now().Add(stageLife)
	return &stageResponse{Version: apiVersion, ID: st.id, Page: st.page(), Sandbox: p.page == nil, Expires: &expires}, nil
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
	call := stagedCall{ID: id, Lab: lab, URL: movedURL(p.target, at), Init: make(map[string]any), XHR: c.UploadListener, Import: c.Import}
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
	return call
}

//go:embed stage.js
var stageScript []byte

// backstage serves the page that makes the call, its script, and the cookies that the browser is to hold. None of it may change what is
// compared: the page's own policy says nothing of connections, and no referrer policy, and those of the case stand beside it.
func (st *stage) backstage(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	switch strings.TrimPrefix(r.URL.Path, backstage) {
	case "stage":
		call, err := json.Marshal(st.call)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		h.Set("Content-Type", "text/html; charset=utf-8")
		scripts := "script-src http://" + r.Host + "; " // 'self' would be nobody for a page without an origin
		if st.call.Import {
			scripts = "" // which scripts the page takes is what the case is about
		}
		h.Set("Content-Security-Policy", scripts+"object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors "+ancestor(st.lab))
		for _, p := range st.plan.policies(st.set.at) {
			h.Add(p.Name, p.Value)
		}
		w.Write([]byte("<!doctype html>\n<meta charset=\"utf-8\">\n<title>Corscope stage</title>\n<meta name=\"corscope-stage\" content=\"" +
			html.EscapeString(string(call)) + "\">\n<script src=\"" + backstage + "stage.js\"></script>\n"))
	case "stage.js":
		h.Set("Content-Type", "text/javascript; charset=utf-8")
		w.Write(stageScript)
	case "cookies":
		for _, c := range st.plan.item.Cookies {
			h.Add("Set-Cookie", briefCookie(c, st.plan.target.Path()))
		}
		w.WriteHeader(http.StatusNoContent)
	default:
		http.NotFound(w, r)
	}
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
