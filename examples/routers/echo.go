package routers

import (
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/corscope/corscope/cors"
)

// Echo mounts the middleware with Pre, which runs before the router.
func Echo(m *cors.Middleware) http.Handler {
	e := echo.New()
	e.Logger.SetOutput(discard{})
	e.Pre(echo.WrapMiddleware(m.Wrap))
	e.Use(middleware.Recover())
	e.GET("/users", echo.WrapHandler(http.HandlerFunc(list)))
	e.PUT("/users/:id", echo.WrapHandler(http.HandlerFunc(accept)))
	e.OPTIONS("/files", echo.WrapHandler(http.HandlerFunc(options)))
	e.GET("/crash", echo.WrapHandler(http.HandlerFunc(crash)))
	return e
}

// discard keeps what Recover logs out of the tests' output.
type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

// EchoWrong mounts the middleware on one route, after the router has looked for one.
func EchoWrong(m *cors.Middleware) http.Handler {
	e := echo.New()
	e.GET("/users", echo.WrapHandler(http.HandlerFunc(list)), echo.WrapMiddleware(m.Wrap))
	e.PUT("/users/:id", echo.WrapHandler(http.HandlerFunc(accept)), echo.WrapMiddleware(m.Wrap))
	return e
}
