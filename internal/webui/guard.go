package webui

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"mime"
	"net"
	"net/http"
	"slices"
	"strings"
)

// guard says who may talk to the lab: its own page, at its own address. Every other page in the reader's browser can send requests here as
// well, and what they cannot read they could still cause.
type guard struct {
	// hosts are the values of Host that are the lab's. A name that somebody's DNS leads here is none of them.
	hosts []string
	token string
}

// newToken returns 256 random bits.
func newToken() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// hostsOf are the ways in which a browser may name a listener's address.
func hostsOf(addr net.Addr) []string {
	host, port, err := net.SplitHostPort(addr.String())
	if err != nil {
		return []string{addr.String()}
	}
	hosts := []string{net.JoinHostPort(host, port)}
	if ip := net.ParseIP(host); ip != nil && ip.IsLoopback() {
		hosts = append(hosts, net.JoinHostPort("localhost", port))
	}
	if port == "80" {
		for _, h := range slices.Clone(hosts) {
			hosts = append(hosts, strings.TrimSuffix(h, ":80"))
		}
	}
	return hosts
}

// check returns why a request is refused, or nil.
func (g *guard) check(r *http.Request) *Problem {
	refuse := func(status int, code, message, hint string) *Problem {
		return &Problem{Status: status, Code: code, Message: message, Hint: hint}
	}
	if !slices.Contains(g.hosts, r.Host) {
		return refuse(http.StatusMisdirectedRequest, "host", "the lab is not at "+clip(r.Host), "open http://"+g.hosts[0]+"/")
	}
	// A page that is opened from elsewhere, by a link, is a navigation and asks for the page alone.
	navigates := r.Header.Get("Sec-Fetch-Mode") == "navigate" && !isAPI(r)
	switch site := r.Header.Values("Sec-Fetch-Site"); {
	case len(site) == 0, len(site) == 1 && (site[0] == "same-origin" || site[0] == "none"), navigates:
	default:
		return refuse(http.StatusForbidden, "other-site", "the lab answers its own page alone", "")
	}
	if origins := r.Header.Values("Origin"); len(origins) > 0 && !isOwn(r, origins) {
		return refuse(http.StatusForbidden, "other-origin", "the lab answers its own page alone", "")
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return nil
	}
	if r.Method != http.MethodPost {
		return refuse(http.StatusMethodNotAllowed, "method", clip(r.Method)+" is no method of the lab", "use GET or POST")
	}
	if !isOwn(r, r.Header.Values("Origin")) {
		return refuse(http.StatusForbidden, "other-origin", "the request does not say that it comes from the lab's page", "send Origin: http://"+g.hosts[0])
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return refuse(http.StatusUnsupportedMediaType, "content-type", "the lab takes application/json alone", "")
	}
	if given := r.Header.Get("X-Corscope-Token"); subtle.ConstantTimeCompare([]byte(given), []byte(g.token)) != 1 {
		return refuse(http.StatusForbidden, "token", "the token is missing or of another run of the lab", "reload the page")
	}
	return nil
}

// isOwn reports whether the one Origin is that of the page at the address that was asked.
func isOwn(r *http.Request, origins []string) bool {
	return len(origins) == 1 && origins[0] == "http://"+r.Host
}

func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

// contentSecurityPolicy of the page. It may frame the stages, which are on other ports of loopback, and reach nothing but the lab.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"frame-src http://127.0.0.1:* http://localhost:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// protect puts the headers on every answer that keep other pages, and mistakes of our own, from doing harm.
func protect(h http.Header) {
	h.Set("Content-Security-Policy", contentSecurityPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cache-Control", "no-store")
}
