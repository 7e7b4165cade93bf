package fetch

import (
	"net/http"
	"strings"
	"testing"
)

// What links with rel=preload and rel=modulepreload said in Chromium 156 and Firefox 153.7.0 on 2026-11-23. e2e puts more of them to the browsers.
func TestPreloads(t *testing.T) {
	const own, other, empty = "https://app.test/x", "https://other.test/x", "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
	allowed := HeaderList{{"Access-Control-Allow-Origin", "*"}}
	typed := func(mime string) HeaderList {
		return HeaderList{{"Access-Control-Allow-Origin", "*"}, {"Content-Type", mime}, {"X-Content-Type-Options", "nosniff"}}
	}
	for _, c := range []struct {
		name    string
		request PotentialCORSRequest
		module  bool
		status  int
		headers HeaderList
		// want is what spec, chromium and firefox say, and what the server saw of Sec-Fetch-Mode.
		want string
	}{
		{"CORS allows", PotentialCORSRequest{URL: other, Destination: DestinationImage, CORS: Anonymous}, false, 200, allowed, "load/cors load/cors load/cors"},
		{"CORS refuses", PotentialCORSRequest{URL: other, Destination: DestinationImage, CORS: Anonymous}, false, 200, nil, "error/cors error/cors load/cors"},
		{"CORS refuses a module", PotentialCORSRequest{URL: other}, true, 200, HeaderList{{"Content-Type", "text/javascript"}}, "error/cors error/cors load/cors"},
		{"a module of HTML", PotentialCORSRequest{URL: other}, true, 200, typed("text/html"), "error/cors error/cors load/cors"},
		{"a module of HTML, of the page's own origin", PotentialCORSRequest{URL: own}, true, 200, typed("text/html"), "error/cors error/cors error/cors"},
		{"a module of status 404", PotentialCORSRequest{URL: other}, true, 404, typed("text/javascript"), "error/cors error/cors error/cors"},
		{"a module of other content than its integrity", PotentialCORSRequest{URL: other, Integrity: empty}, true, 200, typed("text/javascript"), "error/cors error/cors error/cors"},
		{"the resource policy forbids", PotentialCORSRequest{URL: other, Destination: DestinationStyle}, false, 200, HeaderList{{"Cross-Origin-Resource-Policy", "same-origin"}}, "error/no-cors error/no-cors load/no-cors"},
		{"a blocked port", PotentialCORSRequest{URL: "https://other.test:1/", Destination: DestinationImage, CORS: Anonymous}, false, 200, allowed, "error/ error/ error/"},
		{"a script of status 404", PotentialCORSRequest{URL: other, Destination: DestinationScript, CORS: Anonymous}, false, 404, allowed, "load/cors error/cors error/cors"},
		{"and without CORS", PotentialCORSRequest{URL: other, Destination: DestinationScript}, false, 404, nil, "load/no-cors error/no-cors load/no-cors"},
		{"for fetch(), of status 404", PotentialCORSRequest{URL: other, CORS: Anonymous}, false, 404, allowed, "load/cors load/cors error/cors"},
		{"an image of status 404", PotentialCORSRequest{URL: other, Destination: DestinationImage, CORS: Anonymous}, false, 404, allowed, "load/cors load/cors load/cors"},
		{"nosniff forbids a script", PotentialCORSRequest{URL: other, Destination: DestinationScript, CORS: Anonymous}, false, 200, typed("text/html"), "error/cors load/cors load/cors"},
		{"nosniff forbids the page's own script", PotentialCORSRequest{URL: own, Destination: DestinationScript}, false, 200, typed("text/html"), "error/no-cors load/no-cors error/no-cors"},
		{"a style sheet of text", PotentialCORSRequest{URL: own, Destination: DestinationStyle}, false, 200, HeaderList{{"Content-Type", "text/plain"}}, "load/no-cors load/no-cors error/no-cors"},
		{"a font without crossorigin", PotentialCORSRequest{URL: own, Destination: DestinationFont}, false, 200, nil, "load/no-cors load/no-cors load/cors"},
		{"a track", PotentialCORSRequest{URL: own, Destination: DestinationTrack}, false, 200, nil, "load/no-cors load/no-cors error/"},
		{"a script of other content than its integrity", PotentialCORSRequest{URL: other, Destination: DestinationScript, CORS: Anonymous, Integrity: empty}, false, 200, allowed, "error/cors error/cors error/cors"},
		{"a font of other content", PotentialCORSRequest{URL: other, Destination: DestinationFont, CORS: Anonymous, Integrity: empty}, false, 200, allowed, "error/cors error/cors load/cors"},
		{"an image of other content", PotentialCORSRequest{URL: other, Destination: DestinationImage, CORS: Anonymous, Integrity: empty}, false, 200, allowed, "error/cors load/cors load/cors"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, profile := range []Profile{{Name: "spec"}, Chromium(), Firefox()} {
				mode := ""
				handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					mode = r.Header.Get("Sec-Fetch-Mode")
					for _, h := range c.headers {
						w.Header().Set(h.Name, h.Value)
					}
					w.WriteHeader(c.status)
					w.Write([]byte("x"))
				})
				agent, err := NewAgent(AgentConfig{Profile: profile, Transport: &HandlerTransport{Handler: func(*URL) http.Handler { return handler }}})
				if err != nil {
					t.Fatal(err)
				}
				page, err := agent.NewPage(PageConfig{URL: "https://app.test/"})
				if err != nil {
					t.Fatal(err)
				}
				var response *Response
				var loads bool
				if c.module {
					response, loads, err = page.FetchModulePreload(t.Context(), ModuleRequest{URL: c.request.URL, Integrity: c.request.Integrity})
					if _, isNoModule := err.(*ModuleError); isNoModule {
						err = nil
					}
				} else {
					response, loads, err = page.FetchPreload(t.Context(), c.request)
				}
				if err != nil {
					t.Fatal(err)
				}
				if response != nil {
					response.Close()
				}
				said := "error/"
				if loads {
					said = "load/"
				}
				got = append(got, said+mode)
			}
			if got := strings.Join(got, " "); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// When an EventSource connects again, as the same browsers did.
func TestEventSourceRetries(t *testing.T) {
	for _, c := range []struct {
		why                     ReasonCode
		spec, chromium, firefox bool
	}{
		{ReasonRefused, true, true, false},
		{ReasonNameNotResolved, true, true, false},
		{ReasonTLS, true, true, false},
		{ReasonBadPort, false, true, false},
		{ReasonAllowOriginMissing, false, false, false},
	} {
		if got := (EventSourcePolicy{}).Retries(c.why); got != c.spec {
			t.Errorf("spec, %s: %v", c.why, got)
		}
		if got := Chromium().EventSource.Retries(c.why); got != c.chromium {
			t.Errorf("chromium, %s: %v", c.why, got)
		}
		if got := Firefox().EventSource.Retries(c.why); got != c.firefox {
			t.Errorf("firefox, %s: %v", c.why, got)
		}
	}
}
