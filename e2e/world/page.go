package world

import (
	_ "embed"
	"net/http"
)

// page.js runs batches of cases and is all that the pages hold.
//
//go:embed page.js
var pageScript string

// Cookies are what each origin sets when its page is opened at /cookies, by scheme: one of every SameSite, with and without
// Secure, and one for the domain's subdomains. The engine's jar is filled from the same list.
var Cookies = map[string][]string{
	"http": {
		"h-unset=1; Path=/; Max-Age=86400", "h-lax=1; Path=/; Max-Age=86400; SameSite=Lax", "h-strict=1; Path=/; Max-Age=86400; SameSite=Strict",
		"h-none=1; Path=/; Max-Age=86400; SameSite=None", "h-only=1; Path=/; Max-Age=86400; SameSite=Strict; HttpOnly",
	},
	"https": {
		"s-unset=1; Path=/; Max-Age=86400; Secure", "s-lax=1; Path=/; Max-Age=86400; Secure; SameSite=Lax",
		"s-strict=1; Path=/; Max-Age=86400; Secure; SameSite=Strict", "s-none=1; Path=/; Max-Age=86400; Secure; SameSite=None",
		"s-open=1; Path=/; Max-Age=86400; SameSite=Lax",
	},
}

// page answers what is no case: the page itself at /, with the Content-Security-Policy that ?csp= names, and /cookies.
func (w *World) page(scheme string, r *http.Request) Answer {
	switch r.URL.Path {
	case "/":
		a := Answer{Status: 200, Fields: []Field{{"Content-Type", "text/html;charset=utf-8"}},
			Body: "<!doctype html><title>page</title><link rel=icon href=data:,><script>" + pageScript + "</script>"}
		if policy := r.URL.Query().Get("csp"); policy != "" {
			a.Fields = append(a.Fields, Field{"Content-Security-Policy", policy})
		}
		return a
	case "/cookies":
		a := Answer{Status: 200, Fields: []Field{{"Content-Type", "text/html;charset=utf-8"}}, Body: "<!doctype html><link rel=icon href=data:,>"}
		for _, line := range Cookies[scheme] {
			a.Fields = append(a.Fields, Field{"Set-Cookie", line})
		}
		return a
	}
	return Answer{Status: 404}
}
