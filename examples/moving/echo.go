package moving

import (
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/corscope/corscope/cors"
)

func echoFull() Move {
	return Move{
		Name: "echo's CORS, full",
		Before: func(api http.Handler) http.Handler {
			return echoServer(middleware.CORSWithConfig(middleware.CORSConfig{
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

func echoDefault() Move {
	return Move{
		Name:   "echo's CORS, no configuration",
		Before: func(api http.Handler) http.Handler { return echoServer(middleware.CORS(), api) },
		After: cors.Config{
			AllowAnyOrigin: true,
			Methods:        []string{"PUT", "PATCH", "DELETE"},
			RequestHeaders: []string{"*", "Authorization"},
		},
	}
}

func echoServer(m echo.MiddlewareFunc, api http.Handler) http.Handler {
	e := echo.New()
	e.Use(m)
	e.Any("/*", echo.WrapHandler(api))
	return e
}
