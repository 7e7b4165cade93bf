package jsrun

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/corscope/corscope/fetch"
)

// eventWorld serves event streams. Each answer of /stream holds two events behind the one that the request names.
func eventWorld() fetch.Transport {
	count := new(atomic.Int32)
	api := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		if r.Method != http.MethodGet {
			http.Error(w, "a preflight", http.StatusTeapot)
			return
		}
		if r.URL.Path != "/closed" {
			h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		}
		if r.URL.Path != "/anonymous" {
			h.Set("Access-Control-Allow-Credentials", "true")
		}
		h.Set("Content-Type", "text/event-stream; charset=utf-8")
		switch r.URL.Path {
		case "/type":
			h.Set("Content-Type", "text/plain")
		case "/no-content":
			w.WriteHeader(http.StatusNoContent)
			return
		case "/status":
			w.WriteHeader(http.StatusServiceUnavailable)
		case "/redirect":
			http.Redirect(w, r, "https://other.example/stream", http.StatusFound)
			return
		case "/echo":
			if count.Add(1) > 1 {
				w.WriteHeader(http.StatusNoContent)
				return
			}
			fmt.Fprintf(w, "retry: 1\ndata: accept=%s cache=%s cookie=%q\n\n", r.Header.Get("Accept"), r.Header.Get("Cache-Control"), r.Header.Get("Cookie"))
			return
		case "/login":
			http.SetCookie(w, &http.Cookie{Name: "sid", Value: "7", SameSite: http.SameSiteNoneMode, Secure: true})
			return
		case "/endless":
			for r.Context().Err() == nil {
				io.WriteString(w, "data: "+strings.Repeat("x", 1000)+"\n\n")
				w.(http.Flusher).Flush()
			}
			return
		}
		from := 0
		fmt.Sscan(r.Header.Get("Last-Event-ID"), &from)
		fmt.Fprintf(w, "retry: 5\nid: %d\ndata: a\n\nevent: tick\nid: %d\ndata: b\n\n", from+1, from+2)
	})
	return &fetch.HandlerTransport{Handler: func(*fetch.URL) http.Handler { return api }}
}

func TestEventSource(t *testing.T) {
	const watch = `const s = new EventSource(url, init), seen = [];
		s.onopen = () => seen.push("open" + s.readyState);
		s.onmessage = (e) => seen.push(e.data + e.lastEventId);
		s.onerror = () => { seen.push("error" + s.readyState); if (s.readyState === 2) end() };
		const end = () => { s.close(); console.log(seen.join(" ")) };`
	for _, c := range []struct{ name, script, want string }{
		{"it opens, takes events of all types, connects again with the last ID, and is closed", `let url = "https://api.example.com/stream", init;` + watch +
			`s.addEventListener("tick", (e) => { seen.push(e.type + e.lastEventId); if (e.lastEventId === "4") end() })`, "open1 a1 tick2 error0 open1 a3 tick4"},
		{"a stream of another origin that has not let the page in is closed at once", `let url = "https://api.example.com/closed", init;` + watch, "error2"},
		{"with credentials, CORS wants them allowed", `let url = "https://api.example.com/anonymous", init = { withCredentials: true };` + watch, "error2"},
		{"without them it does not", `let url = "https://api.example.com/anonymous", init; ` + watch + `s.addEventListener("tick", end)`, "open1 a1"},
		{"an answer of another type is no stream", `let url = "https://api.example.com/type", init;` + watch, "error2"},
		{"a status but 200 closes it", `let url = "https://api.example.com/status", init;` + watch, "error2"},
		{"204 closes it", `let url = "https://api.example.com/no-content", init;` + watch, "error2"},
		{"a redirect to another origin is followed by CORS, which sends the origin null", `let url = "https://api.example.com/redirect", init;` + watch +
			`s.addEventListener("tick", (e) => { seen.push(e.origin); end() })`, "open1 a1 https://other.example"},
		{"the request says what it wants, goes past caches and has no cookies of another origin", `await fetch("https://api.example.com/login", { credentials: "include" });
			let url = "https://api.example.com/echo", init;` + watch, `open1 accept=text/event-stream cache=no-cache cookie="" error0 error2`},
		{"with credentials it has them", `await fetch("https://api.example.com/login", { credentials: "include" });
			let url = "https://api.example.com/echo", init = { withCredentials: true };` + watch, `open1 accept=text/event-stream cache=no-cache cookie="sid=7" error0 error2`},
		{"nothing is heard of it when it is closed", `let url = "https://api.example.com/endless", init; ` + watch +
			`s.onmessage = () => { s.close(); s.onmessage = () => console.log("late"); setTimeout(() => console.log("closed", s.readyState), 20) }`, "closed 2"},
		{"its members", `const s = new EventSource("/stream"); console.log(s.url, s.readyState, s.withCredentials, s.CONNECTING, EventSource.OPEN, s.onopen); s.close(); s.close(); console.log(s.readyState)`,
			"https://app.example.com/stream 0 false 0 1 null\n2"},
		{"a URL that is none", `try { new EventSource("http://[") } catch (e) { console.log(e.name) }`, "SyntaxError"},
		{"a page of its own may put another in its place", `EventSource = 7; console.log(EventSource)`, "7"},
		{"libraries find it", `console.log("EventSource" in window, typeof EventSource, EventSource.name, EventSource.prototype instanceof EventTarget)`, "true function EventSource true"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := output(t, Config{Page: newPage(t, "https://app.example.com/dir/page", eventWorld()), Limits: Limits{Time: 20 * time.Second}}, c.script)
			if err != nil || got != c.want {
				t.Errorf("got %q, %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestAnEventSourceLivesUntilTheScriptsTimeIsOver(t *testing.T) {
	page := newPage(t, "https://app.example.com/", eventWorld())
	_, err := output(t, Config{Page: page, Limits: Limits{Time: 200 * time.Millisecond}}, `new EventSource("/endless").onmessage = () => {}`)
	if err == nil || err.Error() != (&TimeoutError{200 * time.Millisecond}).Error() {
		t.Errorf("got %v", err)
	}
}

func TestABlockedEventSourceIsTold(t *testing.T) {
	page := newPage(t, "https://app.example.com/", eventWorld())
	var told []string
	stderr := new(strings.Builder)
	_, err := output(t, Config{Page: page, Stderr: stderr, OnBlocked: func(method, url string, reason fetch.Reason) {
		told = append(told, fmt.Sprint(method, " ", url, " ", reason.Code))
	}}, `new EventSource("https://api.example.com/closed"); new EventSource("https://api.example.com/type")`)
	if want := "[GET https://api.example.com/closed " + string(fetch.ReasonAllowOriginMissing) + "]"; err != nil || fmt.Sprint(told) != want {
		t.Errorf("told %v, %v, want %s", told, err, want)
	}
	if want := "EventSource https://api.example.com/type is answered with Content-Type \"text/plain\", and an EventSource takes text/event-stream alone. It is closed.\n"; stderr.String() != want {
		t.Errorf("got %q", stderr)
	}
}
