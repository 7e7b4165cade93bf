package webui

import (
	"encoding/json"
	"strings"

	"github.com/corscope/corscope/internal/httpspec"
)

// callText is the case's call as the JavaScript that makes it, secrets masked.
func callText(c Case) string {
	if c.UploadListener {
		return xhrText(c)
	}
	if c.Import {
		return "import(" + quoteJS(c.URL) + ")"
	}
	var b strings.Builder
	b.WriteString("fetch(" + quoteJS(c.URL))
	var options []string
	option := func(name, value string) {
		if value != "" {
			options = append(options, name+": "+value)
		}
	}
	word := func(name, value, without string) {
		if value != "" && value != without {
			option(name, quoteJS(value))
		}
	}
	word("method", c.Method, "GET")
	option("headers", headersText(c.Headers))
	if c.Body != nil {
		option("body", c.bodyText())
	}
	if c.Stream {
		option("duplex", `"half"`)
	}
	word("mode", c.Mode, "cors")
	word("credentials", c.Credentials, "same-origin")
	word("redirect", c.Redirect, "follow")
	word("cache", c.Cache, "default")
	word("integrity", c.Integrity, "")
	word("targetAddressSpace", c.TargetAddressSpace, "")
	if c.Keepalive {
		option("keepalive", "true")
	}
	if len(options) > 0 {
		b.WriteString(", {\n  " + strings.Join(options, ",\n  ") + "\n}")
	}
	b.WriteString(")")
	return b.String()
}

// maxCallBody is how much of a body a call shows.
const maxCallBody = 1000

func (c *Case) bodyText() string {
	text := *c.Body
	if len(text) > maxCallBody {
		return "body"
	}
	if c.Stream {
		return "new Blob([" + quoteJS(text) + "]).stream()"
	}
	return quoteJS(text)
}

func xhrText(c Case) string {
	method := c.Method
	if method == "" {
		method = "GET"
	}
	var b strings.Builder
	b.WriteString("const x = new XMLHttpRequest()\n")
	b.WriteString("x.open(" + quoteJS(method) + ", " + quoteJS(c.URL) + ")\n")
	for _, h := range c.Headers {
		b.WriteString("x.setRequestHeader(" + quoteJS(h.Name) + ", " + quoteJS(maskedValue(h)) + ")\n")
	}
	if c.Credentials == "include" {
		b.WriteString("x.withCredentials = true\n")
	}
	b.WriteString("x.upload.onprogress = () => {}\n")
	body := ""
	if c.Body != nil {
		body = c.bodyText()
	}
	b.WriteString("x.send(" + body + ")")
	return b.String()
}

func headersText(headers []Header) string {
	if len(headers) == 0 {
		return ""
	}
	var lines []string
	for _, h := range headers {
		lines = append(lines, quoteJS(h.Name)+": "+quoteJS(maskedValue(h)))
	}
	return "{ " + strings.Join(lines, ", ") + " }"
}

// maskedValue hides what opens doors: the call is there to be copied into a ticket.
func maskedValue(h Header) string {
	masked, _ := httpspec.MaskValue(h.Name, h.Value)
	return masked
}

// quoteJS is a string literal of JavaScript: JSON's, which is one since ECMAScript 2019.
func quoteJS(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil {
		return `""`
	}
	return strings.TrimSuffix(b.String(), "\n")
}
