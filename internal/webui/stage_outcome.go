package webui

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/corscope/corscope/fetch"
)

// Outcome is what a page's script gets of a call.
type Outcome struct {
	// OK says that the promise was resolved.
	OK bool `json:"ok"`
	// Error is the name of what it was rejected with, or reading the body was.
	Error      string   `json:"error,omitempty"`
	Type       string   `json:"type,omitempty"`
	Status     int      `json:"status,omitempty"`
	Redirected bool     `json:"redirected,omitempty"`
	URL        string   `json:"url,omitempty"`
	Headers    []Header `json:"headers,omitempty"`
	// Body is its first 64 kB as text.
	Body string `json:"body,omitempty"`
}

// maxOutcomeBody is how much of a body is compared, in bytes.
const maxOutcomeBody = 64 << 10

// timeoutError is the name of what a promise is rejected with when the signal's time is up.
const timeoutError = "TimeoutError"

// outcomeOf reads what a script gets of a response. limited: the script has set a limit, and the engine's is that one.
func outcomeOf(response *fetch.Response, xhr, limited bool) Outcome {
	defer response.Close()
	if response.IsError() {
		o := Outcome{Error: "TypeError"}
		if limited && response.Reason.Code == fetch.ReasonTimeout {
			o.Error = timeoutError
		}
		if xhr {
			o.Error = "error"
		}
		return o
	}
	o := Outcome{OK: true, Type: string(response.Type), Status: response.Status, Redirected: response.Redirected(), URL: response.URL(), Headers: headersOf(response.Headers)}
	if response.Body != nil {
		body, err := io.ReadAll(io.LimitReader(response.Body, maxOutcomeBody))
		o.Body = string(body)
		if err != nil && len(body) < maxOutcomeBody {
			o.Body, o.Error = "", "TypeError"
			if broken := new(fetch.BodyError); limited && errors.As(err, &broken) && broken.Code == fetch.BodyTimeout {
				o.Error = timeoutError
			}
			if xhr {
				o = Outcome{Error: "error"}
			}
		}
	}
	if xhr {
		o.Type, o.Redirected = "", false
	}
	o.normalize()
	return o
}

// ownHeaders are those of a connection or of the time of day.
var ownHeaders = []string{"connection", "date", "keep-alive", "transfer-encoding"}

// normalize brings an outcome into the one form in which two can be compared, within bounds.
func (o *Outcome) normalize() {
	byName := make(map[string]string)
	var names []string
	for _, h := range o.Headers {
		name := strings.ToLower(h.Name)
		if slices.Contains(ownHeaders, name) {
			continue
		}
		if before, ok := byName[name]; ok {
			byName[name] = before + ", " + h.Value
			continue
		}
		byName[name] = h.Value
		names = append(names, name)
	}
	slices.Sort(names)
	o.Headers = nil
	for _, name := range names {
		o.Headers = append(o.Headers, Header{name, byName[name]})
	}
	// A decoder of UTF-8 leaves out a byte order mark.
	o.Body = strings.TrimPrefix(strings.ToValidUTF8(o.Body, "\uFFFD"), "\uFEFF")
}

func (o *Outcome) sentence() string {
	switch {
	case !o.OK && o.Error == "error":
		return "The page gets an error event, and nothing else."
	case o.OK && o.Status == 0 && o.Type == "":
		return "The page gets the module."
	case !o.OK:
		return "The page gets " + cmp.Or(o.Error, "an error") + ", and nothing else."
	case o.Type == string(fetch.TypeOpaque), o.Type == string(fetch.TypeOpaqueRedirect):
		return "The page gets an answer that it cannot read (" + o.Type + ")."
	case o.Error != "":
		return fmt.Sprintf("The page gets status %d, and %s when it reads the body.", o.Status, o.Error)
	}
	return fmt.Sprintf("The page gets status %d, and can read the answer.", o.Status)
}
