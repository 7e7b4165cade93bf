package demo

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
)

// site is all servers of one world: one state, one record. It is safe for
// concurrent use.
type site struct {
	at     places
	record *record
	users  *users
	bank   *bank
	notes  *comments
	faults map[string]map[string]*route // by role and path
	byRole map[string]http.Handler
}

func newSite(at places) *site {
	s := &site{at: at, record: new(record), users: newUsers(), bank: newBank(), notes: new(comments)}
	s.faults = s.routes()
	s.byRole = map[string]http.Handler{
		roleApp:  s.app(),
		roleAPI:  s.api(),
		roleBank: s.bankServer(),
		roleEvil: s.page(roleEvil, "An evil page", "It pretends to give you a free phone."),
	}
	for _, role := range answering {
		inner := s.byRole[role]
		if inner == nil {
			inner = http.NotFoundHandler()
		}
		s.byRole[role] = s.record.around(bounded(s.withFaults(role, inner)))
	}
	return s
}

func (s *site) handler(role string) http.Handler { return s.byRole[role] }

// maxRequestBody is far more than anything here wants to read.
const maxRequestBody = 1 << 20

// bounded limits what is read, and leaves out the Date header, so that the same
// request always has the same answer.
func bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Date"] = nil
		r.Body = http.MaxBytesReader(w, r.Body, maxRequestBody)
		next.ServeHTTP(w, r)
	})
}

// withFaults answers the paths of the fault tables and leaves all others to next.
func (s *site) withFaults(role string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if route, ok := s.faults[role][r.URL.Path]; ok {
			route.serve(s, w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// writeJSON answers with status and v. An error means that the client is gone.
func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}

func problem(w http.ResponseWriter, status int, text string) {
	writeJSON(w, status, map[string]string{"error": text})
}

// permission is the CORS part of a correct server's answers, header by header. An
// empty value means that the header is left out.
type permission struct {
	origin      string // "{app}", "*", or "reflect" for whatever the request says
	credentials string
	methods     string
	headers     string
	maxAge      string
}

// on puts the permission on every answer of next, errors included, and answers
// preflights itself.
func (p permission) on(s *site, next http.Handler) http.Handler {
	allowed := s.at.names().Replace(p.origin)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		set := func(name, value string) {
			if value != "" {
				h.Set(name, value)
			}
		}
		if p.origin == "reflect" {
			allowed := r.Header.Get("Origin")
			set("Access-Control-Allow-Origin", allowed)
			h.Set("Vary", "Origin")
		} else {
			set("Access-Control-Allow-Origin", allowed)
		}
		set("Access-Control-Allow-Credentials", p.credentials)
		if !isPreflight(r) {
			next.ServeHTTP(w, r)
			return
		}
		set("Access-Control-Allow-Methods", p.methods)
		set("Access-Control-Allow-Headers", p.headers)
		set("Access-Control-Max-Age", p.maxAge)
		did(r, "answered the preflight, and touched nothing")
		w.WriteHeader(http.StatusNoContent)
	})
}

// readText returns the body of a request as text.
func readText(r *http.Request) (string, error) {
	b, err := io.ReadAll(r.Body)
	return strings.TrimSpace(string(b)), err
}
