// Command goserver is the server that the two Go targets are tried in: a reverse
// proxy behind the exported policy. The policies are compiled into it by an overlay
// (see TestMain), so that what is tried is what was exported, to the letter.
//
//	goserver TARGET/POLICY LISTEN BACKEND DEAD
package main

import (
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"time"

	// Only exported files use it.
	_ "github.com/rs/cors"
)

// policy is one exported file.
type policy struct {
	wrap  func(http.Handler) (http.Handler, error)
	strip func(*http.Response) error
}

// policies is filled by the overlay.
var policies = map[string]policy{}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 4 {
		return fmt.Errorf("want TARGET/POLICY LISTEN BACKEND DEAD, not %q", args)
	}
	p, ok := policies[args[0]]
	if !ok {
		return fmt.Errorf("no policy %s is compiled in", args[0])
	}
	backend, err := url.Parse(args[2])
	if err != nil {
		return err
	}
	dead, err := url.Parse(args[3])
	if err != nil {
		return err
	}
	handler, err := p.wrap(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			if strings.HasPrefix(r.In.URL.Path, "/dead") {
				r.SetURL(dead)
				return
			}
			r.SetURL(backend)
		},
		ModifyResponse: p.strip,
	})
	if err != nil {
		return err
	}
	server := &http.Server{Addr: args[1], Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	return server.ListenAndServe()
}
