package demo

import (
	"net/http"
	"slices"
	"strings"
)

// askerFaults are servers that look at who asks before they answer. One answer of theirs does not tell what is wrong; a second one,
// to another question, does.
func askerFaults() []fault {
	refused := func(id, reason, title string, code int, choose func(r *http.Request) answer) fault {
		return fault{
			Fault: Fault{
				ID: id, Kind: KindCORSCheck, Title: title, Call: Call{Page: "{app}/", URL: "{faults}/" + id},
				Want: Want{Reason: reason, Phase: "request", Status: code},
			},
			choose: choose,
		}
	}
	stopped := func(id, title string, call Call, choose func(r *http.Request) answer) fault {
		f := refused(id, "allow-origin-missing", title, 403, choose)
		call.Page, call.URL = f.Page, f.URL
		f.Kind, f.Call = KindPreflight, call
		f.Want.Phase, f.Want.Requests = "preflight", []string{"OPTIONS /" + id}
		return f
	}
	read := func(id, title string, choose func(r *http.Request) answer) fault {
		f := refused(id, "", title, 200, choose)
		f.Kind, f.Want = KindAnswer, Want{Status: 200, Reads: id}
		return f
	}
	const missing = "allow-origin-missing"
	put := Call{Method: "PUT", Body: "new", Header: []Field{contentType("text/plain")}}
	custom := Call{Header: []Field{{"X-Request-Id", "1"}}}
	token := Call{Header: []Field{{"Authorization", "Bearer " + bearer}}}
	origin := allowOrigin("{app}")
	asks := func(r *http.Request) string { return r.Header.Get("Origin") }

	// The home page of the server and one friend of it are on the lists, and the app is not.
	list := func(r *http.Request) (Field, bool) {
		asked := asks(r)
		return allowOrigin(asked), strings.HasSuffix(asked, "://"+r.Host) || strings.HasPrefix(asked, "https://friend.")
	}
	found := refused("not-found-at-all", missing, "a URL where nothing is, for OPTIONS and for GET", 404, func(*http.Request) answer { return status(404) })
	found.Kind, found.Header = KindPreflight, custom.Header
	found.Want.Phase, found.Want.Requests = "preflight", []string{"OPTIONS /not-found-at-all"}

	reflects := read("reflects-any-origin", "whoever asks is allowed by name, with cookies", func(r *http.Request) answer {
		return with(allowOrigin(asks(r)), allowCredentials("true"), Field{"Vary", "Origin"})
	})
	reflects.Credentials = "include"

	return []fault{
		refused("origin-list", missing, "a list of origins that the page is not on", 200, func(r *http.Request) answer {
			if field, ok := list(r); ok {
				return with(field)
			}
			return answer{}
		}),
		refused("origin-list-with-vary", missing, "the same, and Vary: Origin on every answer", 200, func(r *http.Request) answer {
			if field, ok := list(r); ok {
				return with(field, Field{"Vary", "Origin"})
			}
			return with(Field{"Vary", "Origin"})
		}),
		refused("origin-rejected", missing, "a check of Origin that answers 403 to pages that are not on its list", 403, func(r *http.Request) answer {
			if field, ok := list(r); ok {
				return with(field)
			}
			if asks(r) == "" {
				return answer{}
			}
			return answer{status: 403, body: "Invalid CORS request"}
		}),
		refused("headers-on-options-alone", missing, "CORS headers on answers to OPTIONS, and on no other", 200, func(r *http.Request) answer {
			if isPreflight(r) {
				return status(204, origin, allowMethods("GET, PUT"))
			}
			return answer{}
		}),
		refused("errors-without-headers", missing, "CORS headers on every answer but errors", 500, func(r *http.Request) answer {
			if isPreflight(r) {
				return status(204, origin)
			}
			return answer{status: 500, body: "we are sorry"}
		}),
		refused("cached-for-another-page", "allow-origin-mismatch", "a cache that keeps one page's answer for all", 200, func(r *http.Request) answer {
			if r.URL.RawQuery != "" {
				return with(allowOrigin(asks(r)))
			}
			return with(allowOrigin("https://www.example.com"), Field{"Age", "17"})
		}),

		stopped("preflight-origin-list", "a 403 to OPTIONS for pages that are not on the list", put, func(r *http.Request) answer {
			if field, ok := list(r); ok {
				return status(204, field, allowMethods("PUT"))
			}
			return status(403)
		}),
		stopped("preflight-method-list", "a 403 to OPTIONS for methods that are not on the list", put, func(r *http.Request) answer {
			if isPreflight(r) && r.Header.Get("Access-Control-Request-Method") == "PUT" {
				return status(403)
			}
			return status(200, origin, allowMethods("GET, POST"))
		}),
		stopped("preflight-header-list", "a 403 to OPTIONS for headers that are not on the list", custom, func(r *http.Request) answer {
			if isPreflight(r) && r.Header.Get("Access-Control-Request-Headers") != "" {
				return status(403)
			}
			return status(200, origin)
		}),
		stopped("preflight-login-403", "a 403 to everybody without a login, preflights too", token, func(r *http.Request) answer {
			if r.Header.Get("Authorization") == "" {
				return status(403)
			}
			return with(origin, allowHeaders("Authorization"))
		}),
		found,

		read("vary-missing", "a list of origins, and no Vary: Origin", func(r *http.Request) answer {
			// The page's names in a World, in a Local, and where the lab puts it.
			ours := func(name string) bool { return strings.HasPrefix(asks(r), name) }
			if slices.ContainsFunc([]string{"https://app.", "http://localhost", "http://127.0.0.1"}, ours) {
				return with(allowOrigin(asks(r)))
			}
			return answer{}
		}),
		read("image-then-fetch", "an image with CORS headers for those alone who send Origin, and no Vary: Origin", func(r *http.Request) answer {
			picture := answer{header: []Field{contentType("image/svg+xml"), {"Cache-Control", "max-age=600"}}, body: "<svg><title>image-then-fetch</title></svg>"}
			if asks(r) != "" {
				picture.header = append(picture.header, allowOrigin("*"))
			}
			return picture
		}),
		reflects,
	}
}
