package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/corscope/corscope/corstest"
	"github.com/corscope/corscope/fetch"
)

const app = "http://localhost:5173"

func newServer(t *testing.T, origin string) http.Handler {
	t.Helper()
	config := policy
	config.Origins = []string{origin}
	handler, err := newHandler(config)
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

func TestThePageMayUseTheAPI(t *testing.T) {
	api := newServer(t, policy.Origins[0])
	corstest.Allows(t, api, app, corstest.Get("/users"))
	corstest.Exposes(t, api, app, corstest.Get("/users").WithCredentials(), "X-Total-Count")
	if r := corstest.Allows(t, api, app, corstest.Do("DELETE", "/users/7").WithCredentials()); r.Status != http.StatusNoContent {
		t.Errorf("DELETE is answered %d", r.Status)
	}
	corstest.Allows(t, api, app, corstest.Do("PUT", "/users/7").WithJSON(`{}`)) // a 405 that the page can read
	corstest.Blocks(t, api, app, corstest.Do("PATCH", "/users/7"))
}

func TestOtherPagesMayNot(t *testing.T) {
	api := newServer(t, policy.Origins[0])
	for _, page := range []string{"https://evil.example", "http://localhost:5174", "https://localhost:5173", "null"} {
		corstest.Blocks(t, api, page, corstest.Get("/users"), fetch.ReasonAllowOriginMissing)
		r := corstest.Blocks(t, api, page, corstest.Do("POST", "/users").WithBody("text/plain", "x"))
		if x := r.Trace.Exchanges[0]; x.Status != http.StatusForbidden {
			t.Errorf("a forged POST from %s is answered %d", page, x.Status)
		}
	}
}

func TestOneLetterMakesTheDifference(t *testing.T) {
	api := newServer(t, "http://localhost:5137")
	corstest.Blocks(t, api, app, corstest.Get("/users"), fetch.ReasonAllowOriginMissing)
	mistaken := policy
	mistaken.Origins = []string{"http://localhost:5173/"}
	if _, err := newHandler(mistaken); err == nil || !strings.Contains(err.Error(), `write "http://localhost:5173"`) {
		t.Errorf("a slash too many: %v", err)
	}
}
