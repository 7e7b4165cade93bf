package bench

import (
	"net/http"
	"strings"

	chi "github.com/go-chi/cors"
	rs "github.com/rs/cors"

	"github.com/corscope/corscope/cors"
)

// The full policy: three origins, credentials, three methods, three request
// headers, two exposed headers and a max age.
var (
	fullOrigins = []string{"https://app.example.com", "https://admin.example.com", "http://localhost:5173"}
	fullMethods = []string{"DELETE", "PATCH", "PUT"}
	fullHeaders = []string{"authorization", "content-type", "x-api-key"}
	fullExposed = []string{"x-request-id", "x-total-count"}
)

// candidates wrap a handler in the full policy. The peers have GET and POST in
// their methods, without which they refuse actual requests.
var candidates = []struct {
	name string
	wrap func(http.Handler) http.Handler
}{
	{"none", func(h http.Handler) http.Handler { return h }},
	{"corscope", func(h http.Handler) http.Handler { return corscope(fullOrigins).Wrap(h) }},
	{"floor", func(h http.Handler) http.Handler {
		f := &floor{
			origins: set(fullOrigins...), methods: set(fullMethods...), headers: set(fullHeaders...),
			allowMethods: strings.Join(fullMethods, ","), allowHeaders: strings.Join(fullHeaders, ","),
			exposeHeaders: strings.Join(fullExposed, ","), maxAge: "600",
		}
		return f.wrap(h)
	}},
	{"rs", func(h http.Handler) http.Handler {
		return rs.New(rs.Options{
			AllowedOrigins: fullOrigins, AllowedMethods: append([]string{"GET", "POST"}, fullMethods...),
			AllowedHeaders: fullHeaders, ExposedHeaders: fullExposed, MaxAge: 600, AllowCredentials: true,
		}).Handler(h)
	}},
	{"chi", func(h http.Handler) http.Handler {
		return chi.Handler(chi.Options{
			AllowedOrigins: fullOrigins, AllowedMethods: append([]string{"GET", "POST"}, fullMethods...),
			AllowedHeaders: fullHeaders, ExposedHeaders: fullExposed, MaxAge: 600, AllowCredentials: true,
		})(h)
	}},
}

func corscope(origins []string) *cors.Middleware {
	m, err := cors.New(cors.Config{
		Origins: origins, Credentials: true, Methods: fullMethods, RequestHeaders: fullHeaders,
		ExposedHeaders: fullExposed, MaxAgeSeconds: 600,
	})
	if err != nil {
		panic(err)
	}
	return m
}

// requests has every kind of request, and what a right middleware answers.
var requests = []struct {
	name    string
	method  string
	headers http.Header
	status  int
	allowed bool
}{
	{"not CORS", "GET", http.Header{}, 200, false},
	{"actual, allowed", "GET", http.Header{"Origin": {"https://app.example.com"}}, 200, true},
	{"actual, refused", "GET", http.Header{"Origin": {"https://evil.example.net"}}, 200, false},
	{"preflight, allowed", "OPTIONS", preflight("https://app.example.com", "PUT", "authorization,content-type"), 204, true},
	{"preflight, origin refused", "OPTIONS", preflight("https://evil.example.net", "PUT", "authorization,content-type"), 403, false},
	{"preflight, method refused", "OPTIONS", preflight("https://app.example.com", "PURGE", "authorization,content-type"), 403, false},
	{"preflight, header refused", "OPTIONS", preflight("https://app.example.com", "PUT", "authorization,x-evil"), 403, false},
	{"preflight, 1 MiB of commas", "OPTIONS", preflight("https://app.example.com", "PUT", strings.Repeat(",", 1<<20)), 403, false},
	{"preflight, 1 MiB of one name", "OPTIONS", preflight("https://app.example.com", "PUT", strings.Repeat("a", 1<<20)), 403, false},
	{"preflight, 1024 empty lines", "OPTIONS", preflight("https://app.example.com", "PUT", make([]string, 1024)...), 403, false},
	{"preflight, Origin of 1 MiB", "OPTIONS", preflight("https://"+strings.Repeat("a", 1<<20), "PUT", "authorization"), 403, false},
	{"actual, Origin of 1 MiB", "GET", http.Header{"Origin": {"https://" + strings.Repeat("a", 1<<20)}}, 200, false},
}

func preflight(origin, method string, headers ...string) http.Header {
	return http.Header{
		"Origin":                         {origin},
		"Access-Control-Request-Method":  {method},
		"Access-Control-Request-Headers": headers,
	}
}

// writer is the least that a handler can write to. Its header map is used again,
// as a map is not what middlewares differ in.
type writer struct {
	header http.Header
	status int
}

func (w *writer) Header() http.Header         { return w.header }
func (w *writer) Write(b []byte) (int, error) { return len(b), nil }
func (w *writer) WriteHeader(status int)      { w.status = status }

func (w *writer) reset() {
	clear(w.header)
	w.status = 200
}

func nothing(http.ResponseWriter, *http.Request) {}
