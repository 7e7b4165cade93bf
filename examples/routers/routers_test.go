package routers_test

import (
	"net/http"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/corstest"
	"github.com/corscope/corscope/examples/routers"
	"github.com/corscope/corscope/fetch"
)

const (
	app  = "https://app.example.com"
	evil = "https://evil.example"
)

func init() { gin.SetMode(gin.ReleaseMode) }

func policy(t *testing.T) *cors.Middleware {
	t.Helper()
	m, err := cors.New(cors.Config{
		Origins: []string{app}, Credentials: true, Methods: []string{"PUT", "OPTIONS"},
		RequestHeaders: []string{"Content-Type"}, ExposedHeaders: []string{"X-Total-Count"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var mounted = map[string]struct {
	right, wrong func(*cors.Middleware) http.Handler
}{
	"net/http": {routers.Mux, routers.MuxWrong},
	"chi":      {routers.Chi, routers.ChiWrong},
	"gin":      {routers.Gin, routers.GinWrong},
	"echo":     {routers.Echo, routers.EchoWrong},
}

func TestMountedRight(t *testing.T) {
	put := corstest.Do("PUT", "/users/7").WithJSON(`{}`).WithCredentials()
	for name, c := range mounted {
		t.Run(name, func(t *testing.T) {
			api := c.right(policy(t))
			status := func(r *corstest.Result, want int) {
				t.Helper()
				if r.Status != want {
					t.Errorf("%s %s is answered %d, want %d", r.Trace.Request.Method, r.Trace.Request.URL, r.Status, want)
				}
			}
			status(corstest.Exposes(t, api, app, corstest.Get("/users"), "X-Total-Count"), 200)
			status(corstest.Allows(t, api, app, put), 204)
			corstest.Blocks(t, api, evil, corstest.Get("/users"), fetch.ReasonAllowOriginMissing)
			corstest.Blocks(t, api, evil, put)
			corstest.Blocks(t, api, app, corstest.Do("PATCH", "/users/7"))

			// What the router answers by itself, a page can read too.
			status(corstest.Allows(t, api, app, corstest.Get("/nowhere")), 404)
			status(corstest.Allows(t, api, app, corstest.Do("POST", "/users/7").WithBody("text/plain", "x")), 405)
			status(corstest.Allows(t, api, app, corstest.Get("/crash")), 500)

			// An OPTIONS that is no preflight is the handler's.
			r := corstest.Allows(t, api, app, corstest.Do("OPTIONS", "/files"))
			if status(r, 200); string(r.Body) != "our own answer" {
				t.Errorf("OPTIONS is answered %q", r.Body)
			}
		})
	}
}

func TestMountedWrong(t *testing.T) {
	for name, c := range mounted {
		t.Run(name, func(t *testing.T) {
			api := c.wrong(policy(t))
			// It looks right until the first request that is preflighted.
			corstest.Allows(t, api, app, corstest.Get("/users"))
			r := corstest.Blocks(t, api, app, corstest.Do("PUT", "/users/7"), fetch.ReasonAllowOriginMissing)
			if x := r.Trace.Exchanges[0]; x.Kind != fetch.ExchangePreflight {
				t.Errorf("it failed at %s", x.Method)
			}
		})
	}
}

// The wrap around the whole router is right with each of them, and gives each path its
// own policy.
func TestRoutesAroundEachRouter(t *testing.T) {
	routes, err := cors.NewRoutes(cors.RoutesConfig{
		Policies: map[string]cors.Config{
			"app":  {Origins: []string{app}, Methods: []string{"PUT"}},
			"open": {AllowAnyOrigin: true},
		},
		Routes: []cors.Route{{Path: "/users", Policy: "open"}, {Path: "/users/{id}", Policy: "app"}, {Path: "/crash", Policy: cors.RouteOff}},
	})
	if err != nil {
		t.Fatal(err)
	}
	passing := new(cors.Middleware) // its zero value passes everything through
	for name, c := range mounted {
		t.Run(name, func(t *testing.T) {
			api := routes.Wrap(c.right(passing))
			corstest.Allows(t, api, evil, corstest.Get("/users"))
			corstest.Allows(t, api, app, corstest.Do("PUT", "/users/7"))
			corstest.Blocks(t, api, evil, corstest.Do("PUT", "/users/7"))
			corstest.Blocks(t, api, app, corstest.Get("/crash"))
		})
	}
}
