package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
	"github.com/corscope/corscope/internal/demofetch"
)

// harFieldsOf are the members that HAR 1.2 asks for, by the place of the object, with the kind that each must be of; a "?" marks those
// that it lets be absent. http://www.softwareishard.com/blog/har-12-spec/, read 2026-11-22.
var harFieldsOf = map[string]map[string]string{
	"":         {"log": "object"},
	"log":      {"version": "string", "creator": "object", "browser": "object?", "pages": "array?", "entries": "array", "comment": "string?"},
	"creator":  {"name": "string", "version": "string", "comment": "string?"},
	"pages":    {"startedDateTime": "time", "id": "string", "title": "string", "pageTimings": "object", "comment": "string?"},
	"entries":  {"pageref": "string?", "startedDateTime": "time", "time": "number", "request": "object", "response": "object", "cache": "object", "timings": "object", "serverIPAddress": "string?", "connection": "string?", "comment": "string?"},
	"request":  {"method": "string", "url": "string", "httpVersion": "string", "cookies": "array", "headers": "array", "queryString": "array", "postData": "object?", "headersSize": "number", "bodySize": "number", "comment": "string?"},
	"response": {"status": "number", "statusText": "string", "httpVersion": "string", "cookies": "array", "headers": "array", "content": "object", "redirectURL": "string", "headersSize": "number", "bodySize": "number", "comment": "string?"},
	"postData": {"mimeType": "string", "params": "array", "text": "string", "comment": "string?"},
	"content":  {"size": "number", "compression": "number?", "mimeType": "string", "text": "string?", "encoding": "string?", "comment": "string?"},
	"timings":  {"blocked": "number?", "dns": "number?", "connect": "number?", "send": "number", "wait": "number", "receive": "number", "ssl": "number?", "comment": "string?"},
	"cookies":  {"name": "string", "value": "string"}, "headers": {"name": "string", "value": "string", "comment": "string?"},
	"queryString": {"name": "string", "value": "string", "comment": "string?"}, "params": {"name": "string", "value": "string?"},
	"pageTimings": {"onContentLoad": "number?", "onLoad": "number?"}, "cache": {},
}

// checkHAR reports what HAR 1.2 does not allow.
func checkHAR(place string, value any) []string {
	if list, ok := value.([]any); ok {
		var faults []string
		for _, v := range list {
			faults = append(faults, checkHAR(place, v)...)
		}
		return faults
	}
	var faults []string
	object := value.(map[string]any)
	fields := harFieldsOf[place]
	for _, name := range slices.Sorted(maps.Keys(object)) {
		want, known := fields[name]
		if strings.HasPrefix(name, "_") {
			continue
		}
		if !known {
			faults = append(faults, place+" has a member "+name)
			continue
		}
		v := object[name]
		kind := fmt.Sprintf("%T", v)
		switch t := v.(type) {
		case map[string]any:
			kind = "object"
			faults = append(faults, checkHAR(name, t)...)
		case []any:
			kind = "array"
			faults = append(faults, checkHAR(name, t)...)
		case float64:
			kind = "number"
		case string:
			if _, err := time.Parse(time.RFC3339, t); err == nil && strings.HasPrefix(want, "time") {
				kind = "time"
			}
		}
		if kind != strings.TrimSuffix(want, "?") {
			faults = append(faults, fmt.Sprintf("%s.%s is a %s, want a %s", place, name, kind, want))
		}
	}
	for name, want := range fields {
		if _, there := object[name]; !there && !strings.HasSuffix(want, "?") {
			faults = append(faults, place+" has no "+name)
		}
	}
	return faults
}

func harOf(t *testing.T, r *result) string {
	t.Helper()
	var b strings.Builder
	if err := encodeJSON(&b, r.har()); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestHARsAreHAR(t *testing.T) {
	for name, trace := range canned() {
		t.Run(name, func(t *testing.T) {
			result := judge(masked(trace))
			result.requestBody = []byte("a=1")
			text := harOf(t, result)
			checkGolden(t, name+".har", text)
			var document any
			if err := json.Unmarshal([]byte(text), &document); err != nil {
				t.Fatal(err)
			}
			for _, fault := range checkHAR("", document) {
				t.Error(fault)
			}
		})
	}
}

func TestTheCheckOfHARsFindsFaults(t *testing.T) {
	for text, want := range map[string]string{
		`{}`: " has no log",
		`{"log":{"version":1,"creator":{"name":"a","version":"1"},"entries":[]}}`:                          "log.version is a number, want a string",
		`{"log":{"version":"1.2","creator":{"name":"a","version":"1","x":1},"entries":[]}}`:                "creator has a member x",
		`{"log":{"version":"1.2","creator":{"name":"a","version":"1"},"entries":[],"pages":[{"id":"a"}]}}`: "pages has no title",
	} {
		var document any
		if err := json.Unmarshal([]byte(text), &document); err != nil {
			t.Fatal(err)
		}
		if got := checkHAR("", document); !slices.Contains(got, want) {
			t.Errorf("%s: %q, want %q among them", text, got, want)
		}
	}
}

// notInAHAR are the faults that a HAR cannot hold, a stream, or explain does not take out of one: a URL for which no server is asked.
var notInAHAR = []string{"redirect-of-a-stream", "scheme-ftp", "data-url-malformed", "blob-url-unavailable"}

func TestWhatIsWrittenAsHARIsReadBackToTheSameVerdict(t *testing.T) {
	world, err := demo.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	for _, fault := range demo.Faults() {
		if fault.Kind == demo.KindBody || slices.Contains(notInAHAR, fault.ID) {
			continue
		}
		t.Run(fault.ID, func(t *testing.T) {
			before := judge(masked(recordFault(t, world, fault)))
			before.requestBody = []byte(fault.Body)
			if fault.UploadListener {
				before.initiator = diagnose.ByXMLHttpRequest
			}
			har := harOf(t, before)
			var stdout, stderr bytes.Buffer
			status := Run(t.Context(), Env{Stdin: strings.NewReader(har), Stdout: &stdout, Stderr: &stderr, LookupEnv: func(string) (string, bool) { return "", false }, Terminal: func(io.Writer) (int, bool) { return 0, false }}, []string{"explain", "-", "--json"})
			var after struct {
				Verdict verdict
				Trace   struct {
					Outcome   fetch.Outcome
					Exchanges []struct{ Kind, Method, URL string }
				}
			}
			if err := json.Unmarshal(stdout.Bytes(), &after); err != nil {
				t.Fatalf("%v\n%s", err, stderr.String())
			}
			was, is := fetch.ReasonCode(""), fetch.ReasonCode("")
			if r := before.trace.Outcome.Reason; r != nil {
				was = r.Code
			}
			if r := after.Trace.Outcome.Reason; r != nil {
				is = r.Code
			}
			if after.Verdict != before.verdict || is != was || status != before.exitStatus() {
				t.Errorf("it was %s %s (%d), and is %s %s (%d)\n%s", before.verdict, was, before.exitStatus(), after.Verdict, is, status, stdout.String())
			}
			if got, want := len(after.Trace.Exchanges), len(before.trace.Exchanges); got != want {
				t.Errorf("%d exchanges, and there were %d", got, want)
			}
		})
	}
}

// recordFault runs a fault's call in the engine, without the policies of its page, which a HAR does not hold.
func recordFault(t *testing.T, world *demo.World, fault demo.Fault) *fetch.Trace {
	t.Helper()
	config, err := demofetch.Network(world)
	if err != nil {
		t.Fatal(err)
	}
	transport, err := fetch.NewNetTransport(config)
	if err != nil {
		t.Fatal(err)
	}
	limits := fetch.Limits{Timeout: 20 * time.Second}
	if fault.NeedsTimeout {
		limits.Timeout = 200 * time.Millisecond
	}
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: transport, Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	defer agent.Close()
	page, err := agent.NewPage(fetch.PageConfig{URL: fault.Page})
	if err != nil {
		t.Fatal(err)
	}
	trace := new(fetch.Trace)
	response, err := page.Fetch(t.Context(), demofetch.Request(fault.Call, trace))
	if err != nil {
		t.Fatal(err)
	}
	response.Close()
	return trace
}
