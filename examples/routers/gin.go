package routers

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"github.com/corscope/corscope/cors"
)

// Gin mounts the middleware with Use on the engine, whose middlewares gin runs also
// where it finds no route.
func Gin(m *cors.Middleware) http.Handler {
	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.Use(ginCORS(m), gin.CustomRecoveryWithWriter(nil, func(c *gin.Context, _ any) { c.AbortWithStatus(http.StatusInternalServerError) }))
	r.GET("/users", gin.WrapF(list))
	r.PUT("/users/:id", gin.WrapF(accept))
	r.OPTIONS("/files", gin.WrapF(options))
	r.GET("/crash", gin.WrapF(crash))
	return r
}

// ginCORS is the middleware as gin wants it.
func ginCORS(m *cors.Middleware) gin.HandlerFunc {
	return func(c *gin.Context) {
		answered := true
		m.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			answered = false
			c.Next()
		})).ServeHTTP(c.Writer, c.Request)
		if answered {
			c.Abort()
		}
	}
}

// GinWrong mounts the middleware on a group, whose middlewares gin runs for its routes
// alone: there is none for OPTIONS, and preflights get a 404.
func GinWrong(m *cors.Middleware) http.Handler {
	r := gin.New()
	group := r.Group("/", ginCORS(m))
	group.GET("/users", gin.WrapF(list))
	group.PUT("/users/:id", gin.WrapF(accept))
	return r
}
