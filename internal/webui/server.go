package webui

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed dist
var distFS embed.FS

// apiVersion is that of the JSON in both directions. It grows when a field changes its meaning or goes.
const apiVersion = 1

// Config configures [New]. Explainer must be set.
type Config struct {
	// Explainer runs the cases.
	Explainer Explainer
	// Version is what the page says of the program.
	Version string
}

// Server is the lab. Make one with [New]. It is safe for concurrent use.
type Server struct {
	config Config
	guard  guard
	demo   *worlds
	stages *stages
	// running bounds how many cases run at once.
	running chan struct{}
	handler http.Handler
	ctx     context.Context
	cancel  context.CancelFunc
}

// The bounds of the server.
const (
	maxRunning = 4
	patience   = time.Minute // of one call of the API
)

// New returns a lab that will be found at addr, the address of its listener. Close must follow.
func New(config Config, addr net.Addr) *Server {
	s := &Server{config: config, guard: guard{hosts: hostsOf(addr), token: newToken()}, running: make(chan struct{}, maxRunning)}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.demo, s.stages = &worlds{ctx: s.ctx}, &stages{ctx: s.ctx}
	s.handler = s.routes()
	return s
}

// URL is the page's.
func (s *Server) URL() string { return "http://" + s.guard.hosts[0] + "/" }

// Close ends what the lab runs, but not a listener.
func (s *Server) Close() error {
	s.cancel()
	s.stages.close()
	s.demo.close()
	return nil
}

// Serve answers on l until ctx is done; calls that run then are given a moment to end. It closes l and the lab. The error is nil where ctx
// ended it.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler: s, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: patience, WriteTimeout: 2 * patience, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: log.New(io.Discard, "", 0),
	}
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		// What a case waits for is cut off; the calls themselves then end by themselves.
		s.cancel()
		soon, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if server.Shutdown(soon) != nil {
			server.Close()
		}
	})
	err := server.Serve(l)
	if !stop() {
		<-stopped
	}
	s.Close()
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	protect(w.Header())
	if problem := s.guard.check(r); problem != nil {
		if isAPI(r) {
			writeProblem(w, problem)
			return
		}
		http.Error(w, strings.TrimSuffix(problem.Message+": "+problem.Hint, ": "), problem.Status)
		return
	}
	s.handler.ServeHTTP(w, r)
}

// asset serves a file of dist. The page gets the token that its calls must carry.
func (s *Server) asset(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if name == "" {
		name = "index.html"
	}
	content, err := fs.ReadFile(distFS, "dist/"+name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	kind, ok := assetTypes[path.Ext(name)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	if name == "index.html" {
		content = bytes.ReplaceAll(content, []byte("{{TOKEN}}"), []byte(s.guard.token))
	}
	w.Header().Set("Content-Type", kind)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
}

var assetTypes = map[string]string{
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".css":  "text/css; charset=utf-8",
	".svg":  "image/svg+xml",
	".txt":  "text/plain; charset=utf-8",
}
