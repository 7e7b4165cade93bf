// Package fetch is the browser's half of CORS: the algorithms of the Fetch standard, run over the real network, with every
// deciding step on record.
//
// It follows the Fetch standard at whatwg/fetch 586cd2a (2 July 2026), https://fetch.spec.whatwg.org/. Functions carry the
// standard's names, files the names of its sections, and a [Trace] the standard's own step numbers.
//
// Two functions are enough for most programs. [Page.Fetch] runs one request as the page's JavaScript would and returns what
// the page may see, or a response of type [TypeError] with a [Reason]. [Page.Client] wraps that into an [http.Client] that
// obeys the same-origin policy:
//
//	agent, err := fetch.NewAgent(fetch.AgentConfig{})
//	page, err := agent.NewPage(fetch.PageConfig{URL: "https://app.example.com/"})
//	trace := new(fetch.Trace)
//	response, err := page.Fetch(ctx, fetch.Request{URL: "https://api.example.com/users", Trace: trace})
//
// The package does not render documents, run scripts, or implement service workers
// or streams that JavaScript reads; docs/conformance.md lists what is and is not built. It never imports package cors:
// the two halves meet over HTTP only, so that each can test the other.
package fetch
