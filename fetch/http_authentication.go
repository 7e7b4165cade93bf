package fetch

import (
	"encoding/base64"
	"net/url"
	"sync"

	"github.com/corscope/corscope/origin"
)

// maxAuthenticationEntries bounds what an agent remembers; beyond it, everything is forgotten.
const maxAuthenticationEntries = 256

// authenticationEntries are the names and passwords that servers have taken, one an origin. Realms within an origin are not told
// apart. The zero value is empty.
//
// https://fetch.spec.whatwg.org/#authentication-entry
type authenticationEntries struct {
	mu       sync.Mutex
	byOrigin map[origin.Origin]string
}

func (e *authenticationEntries) get(o origin.Origin) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.byOrigin[o]
}

func (e *authenticationEntries) set(o origin.Origin, authorization string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.byOrigin == nil || len(e.byOrigin) >= maxAuthenticationEntries {
		e.byOrigin = map[origin.Origin]string{}
	}
	e.byOrigin[o] = authorization
}

// authorizationValue is a URL with a user name or password, converted to an `Authorization` value.
//
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
func authorizationValue(u *URL) string {
	decode := func(s string) string {
		if plain, err := url.PathUnescape(s); err == nil {
			return plain
		}
		return s
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(decode(u.Username())+":"+decode(u.Password())))
}

// appendAuthorization is step 8.21.2 of HTTP-network-or-cache fetch, for requests with credentials.
func (p *fetchParams) appendAuthorization(r *request, isAuthenticationFetch bool) {
	if r.headers.Contains("Authorization") {
		return
	}
	u := r.currentURL()
	if !r.useURLCredentials || !u.HasCredentials() {
		if entry := p.agent.authentication.get(u.Origin()); entry != "" {
			r.headers = append(r.headers, Header{"Authorization", entry})
		}
		return
	}
	if isAuthenticationFetch {
		r.headers = append(r.headers, Header{"Authorization", authorizationValue(u)})
	}
}

// mayAuthenticate is the condition of step 15 of HTTP-network-or-cache fetch, for a user who is never there to be prompted: the name
// and password must stand in the URL.
func (r *request) mayAuthenticate(response *Response) bool {
	return response.Status == 401 && r.tainting != TaintingCORS && response.includesCredentials && r.useURLCredentials &&
		r.currentURL().HasCredentials() && !r.headers.Contains("Authorization")
}
