package moving

import (
	"net/http"
	"time"

	gincors "github.com/gin-contrib/cors"
	"github.com/gin-gonic/gin"

	"github.com/corscope/corscope/cors"
)

func ginFull() Move {
	return Move{
		Name: "gin-contrib/cors, full",
		Before: func(api http.Handler) http.Handler {
			return ginServer(gincors.New(gincors.Config{
				AllowOrigins:     []string{app, previews},
				AllowWildcard:    true,
				AllowMethods:     []string{"GET", "POST", "PUT", "DELETE"},
				AllowHeaders:     []string{"Authorization", "Content-Type"},
				ExposeHeaders:    []string{"X-Total-Count"},
				AllowCredentials: true,
				MaxAge:           10 * time.Minute,
			}), api)
		},
		After: rsFull().After, // and RejectRefusedRequests, if handlers must not run for pages that are refused
	}
}

func ginDefault() Move {
	return Move{
		Name:   "gin-contrib/cors, Default",
		Before: func(api http.Handler) http.Handler { return ginServer(gincors.Default(), api) },
		After: cors.Config{
			AllowAnyOrigin: true,
			Methods:        []string{"PUT", "PATCH", "DELETE", "OPTIONS"},
			RequestHeaders: []string{"Content-Type"},
			MaxAgeSeconds:  12 * 60 * 60,
		},
	}
}

func ginServer(middleware gin.HandlerFunc, api http.Handler) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.Use(middleware)
	r.Any("/*path", gin.WrapH(api))
	return r
}
