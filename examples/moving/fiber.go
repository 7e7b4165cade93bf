package moving

import (
	"net/http"

	"github.com/gofiber/fiber/v3"
	"github.com/gofiber/fiber/v3/middleware/adaptor"
	fibercors "github.com/gofiber/fiber/v3/middleware/cors"

	"github.com/corscope/corscope/cors"
)

func fiberFull() Move {
	return Move{
		Name: "fiber's cors, full",
		Before: func(api http.Handler) http.Handler {
			return fiberServer(fibercors.New(fibercors.Config{
				AllowOrigins:     []string{app, previews},
				AllowMethods:     []string{"GET", "POST", "PUT", "DELETE"},
				AllowHeaders:     []string{"Authorization", "Content-Type"},
				ExposeHeaders:    []string{"X-Total-Count"},
				AllowCredentials: true,
				MaxAge:           600,
			}), api)
		},
		After: rsFull().After,
	}
}

func fiberDefault() Move {
	return Move{
		Name:   "fiber's cors, no configuration",
		Before: func(api http.Handler) http.Handler { return fiberServer(fibercors.New(), api) },
		After: cors.Config{
			AllowAnyOrigin: true,
			Methods:        []string{"PUT", "DELETE", "PATCH"},
			RequestHeaders: []string{"*", "Authorization"},
		},
	}
}

func fiberServer(middleware fiber.Handler, api http.Handler) http.Handler {
	f := fiber.New()
	f.Use(middleware)
	f.Use(adaptor.HTTPHandler(api))
	return adaptor.FiberApp(f)
}

// Fiber mounts the policy in a server of fiber, which is none of net/http.
func Fiber(m *cors.Middleware, f *fiber.App) { f.Use(adaptor.HTTPMiddleware(m.Wrap)) }
