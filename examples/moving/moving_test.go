package moving_test

import (
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/adaptor"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/corstest"
	"github.com/corscope/corscope/examples/moving"
	"github.com/corscope/corscope/fetch"
)

var pages = map[string]string{
	"the app":            "https://app.example.com",
	"a preview":          "https://pr-7.preview.example.com",
	"a look-alike":       "https://app.example.com.evil.example",
	"another site":       "https://evil.example",
	"the app over http":  "http://app.example.com",
	"a sandboxed frame":  "null",
	"the app, port 8443": "https://app.example.com:8443",
}

var requests = map[string]corstest.Request{
	"GET":                       corstest.Get("/users"),
	"GET with cookies":          corstest.Get("/users").WithCredentials(),
	"GET with a token":          corstest.Get("/users").WithHeader("Authorization", "Bearer t"),
	"GET by jQuery":             corstest.Get("/users").WithHeader("X-Requested-With", "XMLHttpRequest"),
	"GET with a header":         corstest.Get("/users").WithHeader("X-Other", "1"),
	"POST of a form":            corstest.Do("POST", "/users").WithBody("application/x-www-form-urlencoded", "a=1"),
	"POST of JSON":              corstest.Do("POST", "/users").WithJSON("{}"),
	"PUT of JSON":               corstest.Do("PUT", "/users/7").WithJSON("{}"),
	"DELETE":                    corstest.Do("DELETE", "/users/7"),
	"DELETE with cookies":       corstest.Do("DELETE", "/users/7").WithCredentials(),
	"PATCH":                     corstest.Do("PATCH", "/users/7"),
	"POST with upload progress": {Method: "POST", URL: "/users", Body: fetch.BytesBody([]byte("x")), UploadListener: true},
}

func api(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("X-Total-Count", "2")
	w.Write([]byte("[]"))
}

// What a page sees of an answer, before and after.
type seen struct {
	allowed bool
	count   string
}

func ask(t *testing.T, h http.Handler, page string, q corstest.Request) seen {
	r := (&corstest.Browser{Handler: h}).Fetch(t, page, q)
	count, _ := r.Headers.Get("X-Total-Count")
	return seen{r.Allowed, count}
}

func TestPagesFareTheSameAfterTheMove(t *testing.T) {
	for _, move := range moving.Moves() {
		t.Run(move.Name, func(t *testing.T) {
			m, err := cors.New(move.After)
			if err != nil {
				t.Fatal(err)
			}
			before, after := move.Before(http.HandlerFunc(api)), m.Wrap(http.HandlerFunc(api))
			differs, verdicts := make(map[string]bool), make(map[bool]int)
			for page, url := range pages {
				for name, q := range requests {
					key := page + ": " + name
					was, is := ask(t, before, url, q), ask(t, after, url, q)
					verdicts[is.allowed]++
					if was != is {
						differs[key] = true
					}
					if was != is && move.Differs[key] == "" {
						t.Errorf("%s: %+v before, %+v after", key, was, is)
					}
				}
			}
			if verdicts[true] == 0 || verdicts[false] == 0 {
				t.Errorf("the policy tells nobody from nobody: %v", verdicts)
			}
			for key := range move.Differs {
				if !differs[key] {
					t.Errorf("%s: said to differ, and does not", key)
				}
			}
		})
	}
}

// gin-contrib/cors answers 403 to the pages that it refuses. Package cors runs the handler, as
// most do, unless it is told otherwise.
func TestHandlersRunForRefusedPagesUnlessToldOtherwise(t *testing.T) {
	const evil = "https://evil.example"
	ran := false
	handler := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { ran = true })
	for _, move := range moving.Moves() {
		if move.Name != "gin-contrib/cors, full" {
			continue
		}
		if corstest.Blocks(t, move.Before(handler), evil, corstest.Get("/users")); ran {
			t.Error("the handler ran before the move")
		}
		for _, reject := range []bool{false, true} {
			move.After.RejectRefusedRequests = reject
			m, err := cors.New(move.After)
			if err != nil {
				t.Fatal(err)
			}
			ran = false
			if corstest.Blocks(t, m.Wrap(handler), evil, corstest.Get("/users")); ran == reject {
				t.Errorf("RejectRefusedRequests %v: the handler ran: %v", reject, ran)
			}
		}
		return
	}
	t.Error("there is no such move")
}

func TestFiberTakesTheMiddleware(t *testing.T) {
	m, err := cors.New(cors.Config{Origins: []string{pages["the app"]}, Credentials: true, Methods: []string{"PUT"}, RequestHeaders: []string{"Content-Type"}, ExposedHeaders: []string{"X-Total-Count"}})
	if err != nil {
		t.Fatal(err)
	}
	f := fiber.New()
	moving.Fiber(m, f)
	f.Get("/users", func(c fiber.Ctx) error { c.Set("X-Total-Count", "2"); return c.SendString("[]") })
	f.Put("/users/:id", func(c fiber.Ctx) error { return c.SendStatus(204) })
	f.Get("/crash", func(c fiber.Ctx) error { return fiber.ErrInternalServerError })
	server := adaptor.FiberApp(f)
	page := pages["the app"]
	corstest.Exposes(t, server, page, corstest.Get("/users").WithCredentials(), "X-Total-Count")
	corstest.Allows(t, server, page, corstest.Do("PUT", "/users/7").WithJSON("{}").WithCredentials())
	if r := corstest.Allows(t, server, page, corstest.Get("/nowhere")); r.Status != 404 {
		t.Errorf("status %d", r.Status)
	}
	if r := corstest.Allows(t, server, page, corstest.Get("/crash")); r.Status != 500 {
		t.Errorf("status %d", r.Status)
	}
	corstest.Blocks(t, server, "https://evil.example", corstest.Get("/users"))
	corstest.Blocks(t, server, "https://evil.example", corstest.Do("PUT", "/users/7"))
	corstest.Blocks(t, server, page, corstest.Do("DELETE", "/users/7"))
}
