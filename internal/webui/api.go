package webui

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/export"
)

// routes are the page and the API.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", s.asset)
	get := func(pattern string, answer func(*http.Request) (any, error)) {
		mux.HandleFunc("GET /api/v1/"+pattern, func(w http.ResponseWriter, r *http.Request) { reply(w)(answer(r)) })
	}
	get("info", func(r *http.Request) (any, error) { return s.info(r), nil })
	get("gallery", func(*http.Request) (any, error) { return gallery(), nil })
	get("causes", func(*http.Request) (any, error) {
		return struct {
			Version int              `json:"version"`
			Causes  []diagnose.Cause `json:"causes"`
		}{apiVersion, diagnose.Causes()}, nil
	})
	get("causes/{id}", func(r *http.Request) (any, error) {
		cause, ok := diagnose.CauseByID(r.PathValue("id"))
		if !ok {
			return nil, &Problem{Status: http.StatusNotFound, Code: "cause-unknown", Message: "there is no cause " + clip(r.PathValue("id"))}
		}
		return struct {
			Version int            `json:"version"`
			Cause   diagnose.Cause `json:"cause"`
		}{apiVersion, cause}, nil
	})
	post(s, mux, "explain", func(ctx context.Context, _ *http.Request, q explainRequest) (*explainResponse, error) {
		return s.explain(ctx, q)
	})
	post(s, mux, "export", func(_ context.Context, _ *http.Request, q exportRequest) (*exportResponse, error) { return q.render() })
	post(s, mux, "stage", func(_ context.Context, r *http.Request, q stageRequest) (*stageResponse, error) {
		if err := q.Case.check(); err != nil {
			return nil, err
		}
		if q.Case.Fixed {
			return nil, &Problem{Code: codeCase, Message: "the case asks for its fix, which is not worked out here", Hint: "stage the case that explain answers it with"}
		}
		return s.stages.stage(q.Case, r.Header.Get("Origin"), profileOf(r.Header))
	})
	post(s, mux, "stage/{id}/outcome", func(ctx context.Context, r *http.Request, q outcomeRequest) (*comparison, error) {
		return s.compare(ctx, r.PathValue("id"), q.Outcome, r.Header)
	})
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, &Problem{Status: http.StatusNotFound, Code: "call-unknown", Message: "the API has no call " + clip(r.Method+" "+r.URL.Path), Hint: "see docs/lab-api.md"})
	})
	return mux
}

// post adds a call that takes JSON. Few run at a time, and none for ever.
func post[Q, A any](s *Server, mux *http.ServeMux, name string, call func(context.Context, *http.Request, Q) (A, error)) {
	mux.HandleFunc("POST /api/v1/"+name, func(w http.ResponseWriter, r *http.Request) {
		var q Q
		if err := decode(http.MaxBytesReader(w, r.Body, maxRequest), &q); err != nil {
			writeError(w, err)
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), patience)
		defer cancel()
		defer context.AfterFunc(s.ctx, cancel)()
		select {
		case s.running <- struct{}{}:
			defer func() { <-s.running }()
		case <-ctx.Done():
			writeProblem(w, &Problem{Status: http.StatusServiceUnavailable, Code: "busy", Message: "too many cases run at once", Hint: "try again"})
			return
		}
		reply(w)(call(ctx, r, q))
	})
}

// reply writes an answer or an error.
func reply(w http.ResponseWriter) func(any, error) {
	return func(answer any, err error) {
		if err != nil {
			writeError(w, err)
			return
		}
		writeJSON(w, http.StatusOK, answer)
	}
}

func writeError(w http.ResponseWriter, err error) {
	var problem *Problem
	if !errors.As(err, &problem) {
		problem = &Problem{Status: http.StatusInternalServerError, Code: "internal", Message: err.Error()}
	}
	writeProblem(w, problem)
}

func writeProblem(w http.ResponseWriter, p *Problem) {
	status := p.Status
	if status == 0 {
		status = http.StatusBadRequest
	}
	writeJSON(w, status, struct {
		Version int      `json:"version"`
		Error   *Problem `json:"error"`
	}{apiVersion, p})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	// An error means that the client is gone.
	_ = e.Encode(v)
}

// info is what the page asks first.
type info struct {
	Version  int      `json:"version"`
	Corscope string   `json:"corscope"`
	Targets  []target `json:"targets"`
	// Stage says that the reader's browser can be compared with.
	Stage bool `json:"stage"`
	// Browser is the reader's, as its User-Agent has it; empty where that is none of the three.
	Browser string `json:"browser"`
}

type target struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func (s *Server) info(r *http.Request) *info {
	i := &info{Version: apiVersion, Corscope: s.config.Version, Stage: true, Browser: browserOf(r.Header)}
	for _, t := range export.Targets() {
		i.Targets = append(i.Targets, target{string(t.Target), t.Title})
	}
	return i
}

// browserOf names the engine behind a User-Agent, or "".
func browserOf(h http.Header) string {
	agent := h.Get("User-Agent")
	switch {
	case strings.Contains(h.Get("Sec-CH-UA"), `"Chromium"`), strings.Contains(agent, "Chrome/"), strings.Contains(agent, "Chromium/"):
		return "chromium"
	case strings.Contains(agent, "Firefox/"):
		return "firefox"
	case strings.Contains(agent, "AppleWebKit/"):
		return "webkit"
	}
	return ""
}

// exportRequest is the body of POST export.
type exportRequest struct {
	Config cors.Config `json:"config"`
	Server string      `json:"server"`
}

type exportResponse struct {
	Version int           `json:"version"`
	Files   []export.File `json:"files"`
	Notes   []export.Note `json:"notes"`
	// Cannot is what the server cannot say; there are then no files.
	Cannot []string `json:"cannot,omitempty"`
}

// render writes a policy in a server's language.
func (q exportRequest) render() (*exportResponse, error) {
	t, err := export.ParseTarget(q.Server)
	if err != nil {
		return nil, &Problem{Code: "server-unknown", Message: "no server is called " + clip(q.Server), Hint: "GET info names them"}
	}
	response := &exportResponse{Version: apiVersion, Files: []export.File{}, Notes: []export.Note{}}
	artifact, err := export.Render(q.Config, t)
	var unsupported *export.UnsupportedError
	switch {
	case errors.As(err, &unsupported):
		for _, p := range unsupported.Problems {
			response.Cannot = append(response.Cannot, p.Hint)
		}
	case err != nil:
		return nil, &Problem{Code: "policy-invalid", Message: err.Error()}
	default:
		response.Files, response.Notes = artifact.Files, append(response.Notes, artifact.Notes...)
	}
	return response, nil
}
