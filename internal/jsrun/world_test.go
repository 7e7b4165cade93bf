package jsrun

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/corscope/corscope/fetch"
)

// world is the network of the tests: servers by host, without sockets.
var world fetch.Transport = worldTransport{&fetch.HandlerTransport{Handler: func(u *fetch.URL) http.Handler {
	switch u.Host() {
	case "app.example.com":
		return http.HandlerFunc(serveApp)
	case "api.example.com":
		return http.HandlerFunc(serveAPI)
	}
	return nil
}}}

// released lets an answer of /held go on.
var released = make(chan struct{}, 1)

// worldTransport adds a host that never answers.
type worldTransport struct{ *fetch.HandlerTransport }

func (t worldTransport) Exchange(ctx context.Context, m *fetch.Message) (*fetch.Answer, error) {
	if m.URL.Host() == "hang.example" {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	return t.HandlerTransport.Exchange(ctx, m)
}

// serveApp is the page's own origin.
func serveApp(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/dir/text":
		io.WriteString(w, "own text")
	case "/echo":
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s|%s|%s", r.Method, r.Header.Get("Content-Type"), body)
	case "/chunks":
		for i := range 3 {
			fmt.Fprintf(w, "chunk%d;", i)
			w.(http.Flusher).Flush()
			time.Sleep(60 * time.Millisecond)
		}
	case "/held":
		io.WriteString(w, "first;")
		w.(http.Flusher).Flush()
		select {
		case <-released:
			io.WriteString(w, "second")
		case <-r.Context().Done():
		}
	case "/release":
		released <- struct{}{}
	case "/stalls":
		io.WriteString(w, "start")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	case "/cut":
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "only this")
	case "/gzip":
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		io.WriteString(z, strings.Repeat("unpacked ", 3))
		z.Close()
	case "/latin1":
		w.Header().Set("Content-Type", "text/plain; charset=iso-8859-1")
		w.Write([]byte("caf\xe9"))
	case "/json":
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"a":[1,2]}`)
	case "/xml":
		w.Header().Set("Content-Type", "application/xml")
		io.WriteString(w, `<list><item id="i1">one</item><item>two</item></list>`)
	case "/empty":
		w.WriteHeader(http.StatusNoContent)
	case "/redirect":
		http.Redirect(w, r, "/dir/text", http.StatusFound)
	case "/headers":
		w.Header()["X-B"] = []string{"1", "2"}
		w.Header().Set("Ax", "first")
		w.Header().Set("Aa", "second")
		w.Header().Set("Set-Cookie", "secret=1")
		w.Header().Set("Content-Type", "text/plain")
	default:
		http.NotFound(w, r)
	}
}

// serveAPI is another origin. It lets the page in, but for /closed.
func serveAPI(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if r.URL.Path == "/closed" {
		io.WriteString(w, "secret")
		return
	}
	h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	h.Set("Access-Control-Allow-Credentials", "true")
	h.Set("Access-Control-Expose-Headers", "X-Seen")
	if r.Method == http.MethodOptions {
		h.Set("Access-Control-Allow-Methods", "PUT")
		h.Set("Access-Control-Allow-Headers", "x-asked, content-type")
		asked := r.Header.Get("Access-Control-Request-Headers")
		http.SetCookie(w, &http.Cookie{Name: "preflight", Value: "1"})
		preflights.add(r.Header.Get("Access-Control-Request-Method") + " " + asked)
		return
	}
	body, _ := io.ReadAll(r.Body)
	h.Set("X-Seen", fmt.Sprintf("%s cookie=%q", r.Method, r.Header.Get("Cookie")))
	h.Set("X-Hidden", "1")
	h.Set("Content-Type", "text/plain")
	if r.URL.Path == "/login" {
		http.SetCookie(w, &http.Cookie{Name: "sid", Value: "7", SameSite: http.SameSiteNoneMode, Secure: true})
	}
	fmt.Fprintf(w, "body=%s", body)
}
