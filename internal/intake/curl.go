package intake

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// readCURL reads a cURL command. Nothing is executed, and no file that it names is read.
func readCURL(text string) (*Intake, error) {
	list, err := words(prompt.re().ReplaceAllString(text, ""))
	if err != nil {
		return nil, err
	}
	flags, unknown, err := parseFlags(list[1:])
	if err != nil {
		return nil, err
	}
	c := &command{in: &Intake{Kind: KindCURL, What: "a cURL command"}}
	for _, f := range flags {
		if err := c.apply(f); err != nil {
			return nil, err
		}
	}
	for _, f := range unknown {
		c.in.note("the flag " + f + " of cURL is not known here, and was left out")
	}
	return c.intake()
}

// command is a cURL command in the making.
type command struct {
	in      *Intake
	url     string
	method  string
	headers fetch.HeaderList
	data    [][]byte // joined by &
	form    []formPart
	get     bool
	head    bool
	json    bool
	user    string
	bearer  string
	referer string
	cookies []string
	file    string
}

func (c *command) apply(f given) error {
	switch f.effect {
	case setMethod:
		c.method = f.arg
	case addHeader:
		return c.header(f.arg)
	case addData:
		if name, isFile := strings.CutPrefix(f.arg, "@"); isFile {
			c.fromFile(name)
			return nil
		}
		c.data = append(c.data, []byte(f.arg))
	case addRawData:
		c.data = append(c.data, []byte(f.arg))
	case addJSON:
		c.json = true
		if name, isFile := strings.CutPrefix(f.arg, "@"); isFile {
			c.fromFile(name)
			return nil
		}
		// Several of them are put together as they are.
		if n := len(c.data); n > 0 {
			c.data[n-1] = append(c.data[n-1], f.arg...)
			return nil
		}
		c.data = append(c.data, []byte(f.arg))
	case addURLEncoded:
		return c.urlEncoded(f.arg)
	case addForm, addFormString:
		return c.formPart(f)
	case uploadFile:
		if c.method == "" {
			c.method = "PUT"
		}
		c.fromFile(f.arg)
	case setCookie:
		c.cookieFlag(f.arg)
	case setUser:
		c.user = f.arg
	case setBearer:
		c.bearer = f.arg
	case setAgent:
		c.in.note("-A was left out: a page's request has the browser's own User-Agent")
	case setReferer:
		c.referer = f.arg
	case setInsecure:
		c.in.note(f.text + " was left out: no browser accepts a certificate that it does not trust; --cacert names one to trust")
	case setGet:
		c.get = true
	case setHead:
		c.head = true
	case setURL:
		if c.url != "" {
			return &Error{Code: ErrUnsafe, Kind: KindCURL, Value: f.arg, Message: "the command asks for more than one URL, " + quote(c.url) + " and " + quote(f.arg), Hint: "give a command with one"}
		}
		c.url = f.arg
	case setResolve:
		c.in.Resolve = append(c.in.Resolve, strings.TrimPrefix(f.arg, "+"))
		c.in.know(FlagResolve)
	case warned:
		c.in.note("the flag " + f.text + " of cURL was left out: a page's request has nothing like it")
	case nextRequest:
		return &Error{Code: ErrUnsafe, Kind: KindCURL, Message: "the command makes several requests", Hint: "give the one behind or before --next alone"}
	}
	return nil
}

// header takes "Name: value", "Name;" for an empty value, and "Name:", which leaves out a header of cURL's own.
func (c *command) header(line string) error {
	if strings.HasPrefix(line, "@") {
		return &Error{Code: ErrUnsafe, Kind: KindCURL, Value: line, Message: "-H " + quote(line) + " reads headers from a file", Hint: "give them with -H; no file is read here"}
	}
	name, value, found := strings.Cut(line, ":")
	if !found {
		name, found = strings.CutSuffix(strings.TrimSpace(line), ";")
		if !found {
			return &Error{Code: ErrValue, Kind: KindCURL, Value: line, Message: "-H " + quote(line) + " has no colon", Hint: "write 'Name: value'"}
		}
	} else if strings.TrimSpace(value) == "" {
		return nil
	}
	return addHeaderLine(&c.headers, KindCURL, name, value)
}

// addHeaderLine refuses what would make two headers of one.
func addHeaderLine(l *fetch.HeaderList, kind Kind, name, value string) error {
	name, value = strings.TrimSpace(name), httpspec.NormalizeHeaderValue(value)
	if !httpspec.IsToken(name) && !strings.HasPrefix(name, ":") {
		return &Error{Code: ErrValue, Kind: kind, Value: name, Message: quote(name) + " is no name of a header", Hint: "a name is made of letters, digits and hyphens"}
	}
	if !httpspec.IsHeaderValue(value) {
		return &Error{Code: ErrValue, Kind: kind, Value: name, Message: "the value of the header " + name + " holds a line break or a zero byte", Hint: "leave it out"}
	}
	*l = append(*l, fetch.Header{Name: name, Value: value})
	return nil
}

func (c *command) fromFile(name string) {
	c.file = name
	if name == "" || name == "." || name == "-" {
		c.file = "-"
	}
}

// urlEncoded takes "content", "=content", "name=content", "@file" and "name@file".
func (c *command) urlEncoded(arg string) error {
	if at := strings.IndexAny(arg, "=@"); at >= 0 {
		if arg[at] == '@' {
			c.fromFile(arg[at+1:])
			return nil
		}
		name := arg[:at]
		if name != "" {
			name += "="
		}
		c.data = append(c.data, []byte(name+curlEscape(arg[at+1:])))
		return nil
	}
	c.data = append(c.data, []byte(curlEscape(arg)))
	return nil
}

func curlEscape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

func (c *command) cookieFlag(arg string) {
	if !strings.Contains(arg, "=") {
		c.in.note("-b " + quote(arg) + " names a file, which is not read: --cookie gives the browser a cookie")
		return
	}
	c.cookies = append(c.cookies, splitCookies(arg)...)
}

// splitCookies reads the value of a Cookie header.
func splitCookies(value string) []string {
	var list []string
	for pair := range strings.SplitSeq(value, ";") {
		if pair = strings.TrimSpace(pair); pair != "" {
			list = append(list, pair)
		}
	}
	return list
}

// intake makes the page's request of it.
func (c *command) intake() (*Intake, error) {
	in := c.in
	if c.url == "" {
		return nil, &Error{Code: ErrNoRequest, Kind: KindCURL, Message: "the command has no URL", Hint: "is it complete?"}
	}
	in.Request.URL = curlURL(c.url)
	c.body()
	in.Request.Method = c.requestMethod()
	in.know(FlagMethod, FlagHeader)
	if c.user != "" {
		c.headers = append(c.headers, fetch.Header{Name: "Authorization", Value: "Basic " + base64.StdEncoding.EncodeToString([]byte(c.user))})
		in.note("-u was understood as an Authorization header that the page sets")
	}
	if c.bearer != "" {
		c.headers = append(c.headers, fetch.Header{Name: "Authorization", Value: "Bearer " + c.bearer})
	}
	if c.referer != "" {
		c.headers = append(c.headers, fetch.Header{Name: "Referer", Value: c.referer})
	}
	if len(c.cookies) > 0 {
		c.headers = append(c.headers, fetch.Header{Name: "Cookie", Value: strings.Join(c.cookies, "; ")})
	}
	in.takeSent(c.headers)
	return in, nil
}

func (c *command) requestMethod() string {
	switch {
	case c.method != "":
		return c.method
	case c.head:
		return "HEAD"
	case c.in.Body != nil || c.in.BodyFile != "":
		return "POST"
	}
	return "GET"
}

// body puts data into the URL or into the body, with the type that cURL would send.
func (c *command) body() {
	if c.file != "" {
		c.in.BodyFile = c.file
	}
	data := joined(c.data)
	switch {
	case len(c.form) > 0:
		body, boundary := formBody(c.form)
		c.in.Body = body
		c.setType("multipart/form-data; boundary=" + boundary)
	case data != nil && c.get:
		c.in.Request.URL = withQuery(c.in.Request.URL, string(data))
	case data != nil:
		c.in.Body = data
		fallthrough
	case c.file != "":
		if c.json {
			c.setType("application/json")
			if !c.headers.Contains("Accept") {
				c.headers.Append("Accept", "application/json")
			}
		} else if c.method != "PUT" || data != nil {
			c.setType("application/x-www-form-urlencoded")
		}
	}
	if c.in.Body != nil {
		c.in.know(FlagData)
	}
}

func (c *command) setType(value string) {
	if !c.headers.Contains("Content-Type") {
		c.headers.Append("Content-Type", value)
	}
}

func joined(parts [][]byte) []byte {
	var data []byte
	for i, d := range parts {
		if i > 0 {
			data = append(data, '&')
		}
		data = append(data, d...)
	}
	if parts != nil && data == nil {
		data = []byte{}
	}
	return data
}

func withQuery(u, query string) string {
	u, fragment, hasFragment := strings.Cut(u, "#")
	sep := "?"
	if strings.Contains(u, "?") {
		sep = "&"
	}
	u += sep + query
	if hasFragment {
		u += "#" + fragment
	}
	return u
}

// curlURL guesses the scheme as cURL does.
func curlURL(u string) string {
	if strings.Contains(u, "://") {
		return u
	}
	return "http://" + strings.TrimPrefix(u, "//")
}

// formPart is one part of a multipart/form-data body.
type formPart struct{ name, value, contentType string }

func (c *command) formPart(f given) error {
	name, value, found := strings.Cut(f.arg, "=")
	if !found {
		return &Error{Code: ErrValue, Kind: KindCURL, Value: f.arg, Message: f.text + " " + quote(f.arg) + " has no =", Hint: "write 'name=value'"}
	}
	p := formPart{name: name, value: value}
	if f.effect == addForm {
		if strings.HasPrefix(value, "@") || strings.HasPrefix(value, "<") {
			file, _, _ := strings.Cut(value[1:], ";")
			c.in.note(fmt.Sprintf("the file %s of %s was not read: an empty one stands for it", quote(file), f.text))
			p.value = ""
		} else if before, kind, has := strings.Cut(value, ";type="); has {
			p.value, p.contentType = before, kind
		}
	}
	if !httpspec.IsHeaderValue(p.name) || !httpspec.IsHeaderValue(p.contentType) {
		return &Error{Code: ErrValue, Kind: KindCURL, Value: f.arg, Message: f.text + " " + quote(f.arg) + " has a line break in its name or type", Hint: "leave it out"}
	}
	c.form = append(c.form, p)
	return nil
}

// formBoundary is one that no part of a pasted command will hold by chance.
const formBoundary = "----CorscopeFormBoundary7MA4YWxkTrZu0gW"

func formBody(parts []formPart) (body []byte, boundary string) {
	var b strings.Builder
	for _, p := range parts {
		fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n", formBoundary, strings.ReplaceAll(p.name, `"`, "%22"))
		if p.contentType != "" {
			b.WriteString("Content-Type: " + p.contentType + "\r\n")
		}
		b.WriteString("\r\n" + p.value + "\r\n")
	}
	b.WriteString("--" + formBoundary + "--\r\n")
	return []byte(b.String()), formBoundary
}
