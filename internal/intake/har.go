package intake

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/httpspec"
)

// Bounds of what is kept of a HAR. The file itself may be as large as it likes.
const (
	maxHARKept    = 32 << 20
	maxHARFine    = 500 // requests that plainly went well
	maxHARHeader  = 64 << 10
	maxHARHeaders = 1000
	maxHARURL     = 64 << 10
	maxHARBody    = 8 << 10
	maxHARPost    = 1 << 20
)

// harEntry is one exchange of a HAR, as far as it matters here.
type harEntry struct {
	started  time.Time
	page     string // the pageref
	resource string // _resourceType, in lower case
	failure  string // _error or _failureText: net::ERR_FAILED, or what Safari prints in its console
	cached   bool
	unsent   bool // nobody made the request: a preflight by hand was all
	// asked and reason are there in what corscope explain --har wrote.
	asked  *harAsked
	reason fetch.NetworkError

	method, url string
	sent        fetch.HeaderList
	post        string
	hasPost     bool

	status     int
	statusText string
	proto      string
	got        fetch.HeaderList
	redirect   string
	body       string
	base64     bool
}

func (e *harEntry) isPreflight() bool {
	return e.method == "OPTIONS" && (e.sent.Contains(httpspec.AccessControlRequestMethod) || e.resource == "preflight")
}

// bytes is about how much memory it takes.
func (e *harEntry) bytes() int {
	n := 400 + len(e.url) + len(e.post) + len(e.body)
	for _, l := range []fetch.HeaderList{e.sent, e.got} {
		for _, h := range l {
			n += 48 + len(h.Name) + len(h.Value)
		}
	}
	return n
}

// harFile is what is kept of a HAR.
type harFile struct {
	creator string
	pages   map[string]string // by id: the title, which is the address in most exports
	entries []*harEntry
	// all is how many entries there were, left how many of those that matter did not fit.
	all, left int
	kept      int
	fine      int
	// preflights are the entries that are, by URL.
	preflights map[string][]*harEntry
}

// keep adds an entry that matters. Of those that plainly went well a few are enough, to have something to show where nothing else is
// there.
func (f *harFile) keep(e *harEntry) {
	if e.fine() {
		if f.fine == maxHARFine {
			return
		}
		f.fine++
	}
	if f.kept += e.bytes(); f.kept > maxHARKept {
		f.left++
		return
	}
	f.entries = append(f.entries, e)
	if e.isPreflight() {
		u := withoutFragment(e.url)
		f.preflights[u] = append(f.preflights[u], e)
	}
}

// fine reports a request that plainly went well: nobody looks for it.
func (e *harEntry) fine() bool {
	if e.isPreflight() || e.asked != nil || e.failure != "" || e.status < 200 || e.status >= 400 || e.redirect != "" {
		return false
	}
	allowed, _ := e.got.Get(httpspec.AccessControlAllowOrigin)
	sent, _ := e.sent.Get(httpspec.HeaderOrigin)
	return allowed == sent
}

// matters reports whether an entry can have to do with CORS: it went to another origin, or it failed.
func (e *harEntry) matters() bool {
	if e.isPreflight() || e.asked != nil || e.status <= 0 || e.failure != "" {
		return true
	}
	sent, ok := e.sent.Get(httpspec.HeaderOrigin)
	if !ok {
		return false
	}
	u, err := fetch.ParseHTTPURL(e.url)
	return err == nil && u.Origin().String() != sent
}

// decodeHAR reads the stream and keeps the entries that matter.
func decodeHAR(ctx context.Context, r io.Reader) (*harFile, error) {
	b, ok := r.(*bufio.Reader)
	if !ok {
		b = bufio.NewReaderSize(r, 64<<10)
	}
	if start, _ := b.Peek(3); string(start) == "\xef\xbb\xbf" {
		_, _ = b.Discard(3) // they are buffered
	}
	j := &jsonReader{r: b}
	f := &harFile{pages: make(map[string]string), preflights: make(map[string][]*harEntry)}
	hasEntries := false
	err := j.object(func(key string) error {
		if key != "log" {
			return j.skip()
		}
		return j.object(func(key string) error {
			switch key {
			case "creator", "browser":
				return j.object(func(key string) error {
					s, err := j.text(200)
					if key == "name" && f.creator == "" {
						f.creator = s
					}
					return err
				})
			case "pages":
				return j.array(func() error { return f.decodePage(j) })
			case "entries":
				hasEntries = true
				return j.array(func() error {
					f.all++
					if f.all%256 == 0 && ctx.Err() != nil {
						return ctx.Err()
					}
					e, err := decodeEntry(j)
					if err == nil && e.matters() {
						f.keep(e)
					}
					return err
				})
			}
			return j.skip()
		})
	})
	if err != nil {
		return nil, err
	}
	if !hasEntries {
		return nil, &Error{Code: ErrUnknown, Kind: KindHAR, Message: "the input is JSON and no HAR: it has no log.entries", Hint: `in the browser's network tab take "Save all as HAR"`}
	}
	return f, nil
}

func (f *harFile) decodePage(j *jsonReader) error {
	var id, title string
	err := j.object(func(key string) (err error) {
		switch key {
		case "id":
			id, err = j.text(1 << 10)
		case "title", "_URL":
			// WebPageTest's title is a sentence that ends with the address.
			var s string
			if s, err = j.text(4 << 10); strings.Contains(s, "://") {
				title = s[strings.LastIndexByte(s, ' ')+1:]
			}
		default:
			err = j.skip()
		}
		return err
	})
	if len(f.pages) < 1000 {
		f.pages[id] = title
	}
	return err
}

func decodeEntry(j *jsonReader) (*harEntry, error) {
	e := new(harEntry)
	err := j.object(func(key string) (err error) {
		var s string
		switch key {
		case "startedDateTime":
			s, err = j.text(100)
			// Where it is none, the order of the file counts.
			e.started, _ = time.Parse(time.RFC3339, s)
		case "pageref":
			e.page, err = j.text(1 << 10)
		case "_resourceType", "_request_type": // the latter is WebPageTest's
			s, err = j.text(100)
			e.resource = strings.ToLower(s)
		case "_error", "_failureText":
			if s, err = j.text(1 << 10); s != "" {
				e.failure = s
			}
		case "_fromCache":
			s, err = j.text(20)
			e.cached = s != ""
		case "_corscope":
			err = e.decodeExtra(j)
		case "request":
			err = e.decodeRequest(j)
		case "response":
			err = e.decodeResponse(j)
		default:
			err = j.skip()
		}
		return err
	})
	return e, err
}

func (e *harEntry) decodeRequest(j *jsonReader) error {
	return j.object(func(key string) (err error) {
		switch key {
		case "method":
			e.method, err = j.text(100)
		case "url":
			e.url, err = j.text(maxHARURL)
		case "headers":
			e.sent, err = decodeHeaders(j)
		case "postData":
			e.hasPost = true
			err = j.object(func(key string) (err error) {
				if key != "text" {
					return j.skip()
				}
				e.post, err = j.text(maxHARPost)
				return err
			})
		default:
			err = j.skip()
		}
		return err
	})
}

func (e *harEntry) decodeResponse(j *jsonReader) error {
	return j.object(func(key string) (err error) {
		var s string
		switch key {
		case "status":
			// WebPageTest's older agents put errors of Windows there, from 12001 on.
			if e.status, err = j.number(); e.status > 999 {
				e.status = 0
			}
		case "statusText":
			e.statusText, err = j.text(1 << 10)
		case "httpVersion":
			e.proto, err = j.text(100)
		case "headers":
			e.got, err = decodeHeaders(j)
		case "redirectURL":
			e.redirect, err = j.text(maxHARURL)
		case "_error", "_failureText":
			if s, err = j.text(1 << 10); s != "" {
				e.failure = s
			}
		case "content":
			err = j.object(func(key string) (err error) {
				switch key {
				case "text":
					e.body, err = j.text(maxHARBody)
				case "encoding":
					s, err = j.text(20)
					e.base64 = s == "base64"
				default:
					err = j.skip()
				}
				return err
			})
		default:
			err = j.skip()
		}
		return err
	})
}

// decodeHeaders splits what Chromium joins by line breaks: the lines of one name. What no server or page can have sent is dropped.
func decodeHeaders(j *jsonReader) (fetch.HeaderList, error) {
	var l fetch.HeaderList
	err := j.array(func() error {
		var name, value string
		err := j.object(func(key string) (err error) {
			switch key {
			case "name":
				if name, err = j.text(1 << 10); err == nil {
					name = j.intern(name)
				}
			case "value":
				value, err = j.text(maxHARHeader)
			default:
				err = j.skip()
			}
			return err
		})
		if err != nil || !httpspec.IsToken(name) || len(l) >= maxHARHeaders {
			return err
		}
		for line := range strings.SplitSeq(value, "\n") {
			if line = httpspec.NormalizeHeaderValue(line); httpspec.IsHeaderValue(line) {
				l = append(l, fetch.Header{Name: name, Value: line})
			}
		}
		return nil
	})
	return l, err
}

// responseBody is the start of the body, as far as the HAR has it.
func (e *harEntry) responseBody() string {
	if !e.base64 {
		return e.body
	}
	// The text was cut to whole groups of four characters.
	b, err := base64.StdEncoding.DecodeString(e.body[:len(e.body)/4*4])
	if err != nil {
		return ""
	}
	return string(b)
}

// readHAR reads a HAR, and picks the request that was blocked.
func readHAR(ctx context.Context, r io.Reader, o Options) (*Intake, error) {
	f, err := decodeHAR(ctx, r)
	if err != nil {
		var bad *Error
		if ctx.Err() != nil && !errors.As(err, &bad) {
			return nil, ctx.Err()
		}
		return nil, err
	}
	return f.intake(ctx, o)
}
