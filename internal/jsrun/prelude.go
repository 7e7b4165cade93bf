package jsrun

import (
	"embed"
	"strings"
	"sync"
)

//go:embed prelude/*.js
var preludeFiles embed.FS

// preludeName is the module that holds the classes of a page; the engine writes it into stack traces, from which it is removed.
const preludeName = "corscope:page"

// preludeOrder is the order in which the files are joined to one module: each may use at once what stands before it, and all may
// use each other later.
var preludeOrder = []string{
	"primordials", "webidl", "dom_exception", "inspect", "console", "event", "event_target", "report", "abort", "timers",
	"text_encoding", "base64", "url_search_params", "url", "stream", "writable_stream", "blob", "form_data", "mime_type", "headers", "body",
	"request", "response", "fetch", "progress_event", "xml_document", "xml_http_request", "file_reader", "structured_clone", "crypto", "performance",
	"location", "document", "window",
}

var prelude = sync.OnceValue(func() string {
	var b strings.Builder
	for _, name := range preludeOrder {
		// The files are part of the binary: a name that is not there fails every test.
		text, err := preludeFiles.ReadFile("prelude/" + name + ".js")
		if err != nil {
			panic(err)
		}
		b.Write(text)
		b.WriteByte('\n')
	}
	return b.String()
})
