package webui

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// attributes calls visit with the name, in lower case, and the value of each attribute of a Set-Cookie line.
func attributes(line string, visit func(name, value string)) {
	for _, part := range strings.Split(line, ";")[1:] {
		name, value, _ := strings.Cut(part, "=")
		visit(strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value))
	}
}

func hasAttribute(line, wanted string) bool {
	found := false
	attributes(line, func(name, _ string) { found = found || name == wanted })
	return found
}

// needsWindow reports whether what becomes of a cookie depends on the names of hosts, or on its path as it is, so that a frame will not do.
func needsWindow(line string) bool {
	return hasAttribute(line, "domain") || strings.HasPrefix(strings.TrimSpace(line), "__")
}

// hasSecureCookie looks at the cookies that the case has the browser hold, and at those that its servers set. Those of the demo's servers are
// not known before they answer: that they set one is what the items are about that come here.
func (p *plan) hasSecureCookie() bool {
	secure := func(line string) bool { return hasAttribute(line, "secure") }
	if slices.ContainsFunc(p.item.Cookies, secure) || p.demo {
		return true
	}
	return slices.ContainsFunc(p.item.Server.Answers, func(a Answer) bool {
		return slices.ContainsFunc(a.Headers, func(h Header) bool { return httpspec.EqualFold(h.Name, "Set-Cookie") && secure(h.Value) })
	})
}

// heldCookies are the cookies that the case has the browser hold, as the target's server sets them.
func (p *plan) heldCookies() []string {
	var lines []string
	for _, c := range p.item.Cookies {
		if p.window {
			if specs, err := fetch.ParseCookieSpec(c); err == nil {
				for _, line := range specs {
					lines = append(lines, p.namedCookie(line))
				}
			}
			continue
		}
		lines = append(lines, briefCookie(c, p.target.Path()))
	}
	return lines
}

// briefCookies lets no cookie of a staged server stay in the reader's browser, and none take the place of one that is there: the cookies of
// this machine's hosts belong to whatever is being developed on it.
func (p *plan) briefCookies(next http.Handler) http.Handler {
	if next == nil {
		return nil
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		brief := &cookieWriter{ResponseWriter: w, plan: p, path: r.URL.EscapedPath()}
		next.ServeHTTP(brief, r)
		brief.shorten() // where the handler left the status to net/http
	})
}

type cookieWriter struct {
	http.ResponseWriter
	plan *plan
	path string
	done bool
}

// Unwrap is for http.ResponseController.
func (w *cookieWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *cookieWriter) WriteHeader(status int) {
	if status >= 200 {
		w.shorten()
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *cookieWriter) Write(b []byte) (int, error) {
	w.shorten()
	return w.ResponseWriter.Write(b)
}

func (w *cookieWriter) shorten() {
	if w.done {
		return
	}
	w.done = true
	lines := w.Header()["Set-Cookie"]
	for i, line := range lines {
		if w.plan.window {
			lines[i] = w.plan.namedCookie(line)
		} else {
			lines[i] = briefCookie(line, w.path)
		}
	}
}

// briefCookie gives a cookie the path that it is for, and a minute to live. One that ends at once still does.
func briefCookie(line, path string) string {
	return changedCookie(line, func(name, value string) (string, bool) { return value, name != "path" }) + "; Path=" + path + briefly(line)
}

// namedCookie gives a cookie a minute to live, and its Domain the name that it has here. Nothing else needs to change: no other stage, and
// nothing that is developed on this machine, has the names of this one.
func (p *plan) namedCookie(line string) string {
	return changedCookie(line, func(name, value string) (string, bool) {
		if name == "domain" {
			value = p.movedDomain(value)
		}
		return value, true
	}) + briefly(line)
}

// changedCookie returns a line with its attributes as change has them, or without them, and always without how long it lasts.
func changedCookie(line string, change func(name, value string) (string, bool)) string {
	parts := strings.Split(line, ";")
	kept := parts[:1]
	for _, part := range parts[1:] {
		name, value, _ := strings.Cut(part, "=")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		changed, keep := change(name, value)
		switch {
		case !keep, name == "expires", name == "max-age":
		case changed != value:
			kept = append(kept, " "+name+"="+changed)
		default:
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, ";")
}

// briefly is how long a cookie lasts in a stage.
func briefly(line string) string {
	now := time.Now()
	u, err := fetch.ParseHTTPURL("https://" + hostTarget)
	if err != nil {
		return "; Max-Age=60"
	}
	if c, _ := fetch.ParseSetCookie(line, u, fetch.CookiePolicy{}, now); c.Persistent && !c.Expires.After(now) {
		return "; Max-Age=0"
	}
	return "; Max-Age=60"
}
