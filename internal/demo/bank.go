package demo

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// The one customer of the bank.
const (
	customer = "Alice"
	username = "alice"
	password = "rabbit-hole"
	balance  = "4213.70 EUR"
)

// bank keeps sessions. It is safe for concurrent use.
type bank struct {
	mu       sync.Mutex
	sessions map[string]bool
}

func newBank() *bank { return &bank{sessions: make(map[string]bool)} }

// maxSessions is how often Alice may be logged in at the same time.
const maxSessions = 1000

// login opens a session and returns its id. The ids are counted, so that a story
// can be told twice in the same words; a real bank draws them at random.
func (b *bank) login() (id string, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.sessions) == maxSessions {
		return "", false
	}
	id = fmt.Sprintf("%s-%d", username, len(b.sessions)+1)
	b.sessions[id] = true
	return id, true
}

func (b *bank) knows(r *http.Request) bool {
	c, err := r.Cookie("session")
	if err != nil {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.sessions[c.Value]
}

func (b *bank) balance(w http.ResponseWriter, r *http.Request) {
	if !b.knows(r) {
		did(r, "refused: nobody is logged in")
		problem(w, http.StatusUnauthorized, "log in first")
		return
	}
	did(r, "read the balance of %s", customer)
	writeJSON(w, http.StatusOK, map[string]string{"owner": customer, "balance": balance})
}

// bankServer is a bank with one careless corner: /mobile echoes any origin.
func (s *site) bankServer() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", s.page(roleBank, "The bank", "User "+username+", password "+password+"."))
	mux.HandleFunc("POST /login", func(w http.ResponseWriter, r *http.Request) {
		if r.PostFormValue("user") != username || r.PostFormValue("password") != password {
			did(r, "refused a login")
			problem(w, http.StatusForbidden, "wrong user name or password")
			return
		}
		id, ok := s.bank.login()
		if !ok {
			did(r, "refused a login: too many sessions")
			problem(w, http.StatusServiceUnavailable, "too many sessions; start the demo again")
			return
		}
		did(r, "logged %s in", customer)
		w.Header().Set("Set-Cookie", s.sessionCookie(id))
		writeJSON(w, http.StatusOK, map[string]string{"welcome": customer})
	})
	mux.HandleFunc("GET /balance", s.bank.balance)
	mux.Handle("/mobile/balance", permission{origin: "reflect", credentials: "true"}.on(s, http.HandlerFunc(s.bank.balance)))
	return mux
}

// sessionCookie says nothing of SameSite, as many banks did for years. Over plain
// http it cannot be Secure.
func (s *site) sessionCookie(id string) string {
	c := "session=" + id + "; Path=/; HttpOnly"
	if strings.HasPrefix(s.at[roleBank], "https:") {
		c += "; Secure"
	}
	return c
}
