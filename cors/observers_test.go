package cors

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"
)

// logTo returns a logger of all levels that leaves out the time.
func logTo(b *bytes.Buffer) *slog.Logger {
	return slog.New(slog.NewTextHandler(b, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

func TestSlogObserverLogsRefusals(t *testing.T) {
	var b bytes.Buffer
	m := mustNew(t, full)
	m.Observe(NewSlogObserver(logTo(&b), SlogOptions{}))
	h := m.Wrap(teapot)
	serveOne(h, request("GET"))
	serveOne(h, request("GET", fromApp))
	if b.Len() != 0 {
		t.Errorf("what is not refused is logged: %s", b.String())
	}
	serveOne(h, request("GET", fromEvil))
	serveOne(h, request("OPTIONS", fromApp, wantsPut, "Access-Control-Request-Headers: x-a b"))
	const want = `level=INFO msg="cors: refused" reason=origin-not-allowed preflight=false origin="\"https://evil.example\"" method="\"GET\""
level=INFO msg="cors: refused" reason=headers-malformed preflight=true origin="\"https://app.example.com\"" method="\"PUT\"" header="\"x-a b\"" pattern=https://app.example.com
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

func TestSlogObserverLogsAllIfAsked(t *testing.T) {
	var b bytes.Buffer
	routes := mustRoutes(t, exampleRoutes())
	routes.Observe(NewSlogObserver(logTo(&b), SlogOptions{All: true, Level: slog.LevelWarn}))
	h := routes.Wrap(teapot)
	r := request("GET", fromApp)
	r.URL.Path = "/api/x"
	serveOne(h, r)
	serveOne(h, request("GET"))
	const want = "level=DEBUG msg=\"cors: allowed\" reason=allowed preflight=false origin=\"\\\"https://app.example.com\\\"\" method=\"\\\"GET\\\"\" pattern=https://app.example.com policy=app\n"
	if b.String() != want {
		t.Errorf("got  %swant %s", b.String(), want)
	}
}

func TestSlogObserverIsSafeFromInjection(t *testing.T) {
	var origin, header string
	handler := recorder(func(a slog.Attr) {
		switch a.Key {
		case "origin":
			origin = a.Value.String()
		case "header":
			header = a.Value.String()
		}
	})
	m := mustNew(t, full)
	m.Observe(NewSlogObserver(slog.New(handler), SlogOptions{}))
	h := m.Wrap(teapot)
	serveOne(h, request("GET", "Origin: https://a\nlevel=ERROR msg=forged \x1b[31m\u202e"+strings.Repeat("a", 1<<20)))
	serveOne(h, request("OPTIONS", fromApp, wantsPut, "Access-Control-Request-Headers: x\r\ny"))
	for _, value := range []string{origin, header} {
		if value == "" || strings.ContainsAny(value, "\r\n\x1b\u202e") || len(value) > 700 {
			t.Errorf("logged %.200q", value)
		}
	}
}

func TestSlogObserverSamples(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	var unlogged []int64
	count := 0
	handler := recorder(func(a slog.Attr) {
		switch a.Key {
		case "reason":
			count++
		case "unlogged":
			unlogged = append(unlogged, a.Value.Int64())
		}
	})
	observe := NewSlogObserver(slog.New(handler), SlogOptions{PerReason: 3, Interval: time.Minute, Now: func() time.Time { return now }})
	r := request("GET")
	refuse := func(n int, reason Reason) {
		for range n {
			observe(r, Decision{Reason: reason})
		}
	}
	refuse(10, ReasonOriginNotAllowed)
	if count != 3 {
		t.Errorf("%d of 10 are logged, want 3", count)
	}
	refuse(1, ReasonOriginMalformed)
	if count != 4 {
		t.Error("one reason takes the room of another")
	}
	now = now.Add(time.Minute)
	refuse(2, ReasonOriginNotAllowed)
	if count != 6 || len(unlogged) != 1 || unlogged[0] != 7 {
		t.Errorf("%d logged, unlogged %v; want 6 and [7]", count, unlogged)
	}
	count = 0
	all := NewSlogObserver(slog.New(handler), SlogOptions{PerReason: -1})
	for range 50 {
		all(r, Decision{Reason: ReasonOriginNull})
	}
	if count != 50 {
		t.Errorf("%d of 50 are logged", count)
	}
}

func TestCounters(t *testing.T) {
	var c Counters
	m := mustNew(t, full)
	m.Observe(c.Observe)
	h := m.Wrap(teapot)
	for range 3 {
		serveOne(h, request("GET"))
	}
	serveOne(h, request("GET", fromEvil))
	serveOne(h, request("OPTIONS", fromApp, wantsPut))
	serveOne(h, request("OPTIONS", fromApp, "Access-Control-Request-Method: PURGE"))
	c.Observe(nil, Decision{Reason: 200})

	var vars map[string]map[string]int
	if err := json.Unmarshal([]byte(c.String()), &vars); err != nil {
		t.Fatalf("%s: %v", c.String(), err)
	}
	if vars["actual"]["not-cors"] != 3 || vars["actual"]["origin-not-allowed"] != 1 || vars["preflight"]["allowed"] != 1 || vars["preflight"]["method-not-allowed"] != 1 {
		t.Errorf("%s", c.String())
	}
	total := int64(0)
	for count := range c.All() {
		total += count.Total
	}
	if total != 6 {
		t.Errorf("%d in all, want 6", total)
	}
	for range c.All() {
		break // An iterator that goes on would panic.
	}
	var b strings.Builder
	if err := c.WritePrometheus(&b); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"# TYPE cors_decisions_total counter\n", `cors_decisions_total{reason="not-cors",preflight="false"} 3` + "\n", `cors_decisions_total{reason="method-not-allowed",preflight="true"} 1` + "\n"} {
		if !strings.Contains(b.String(), line) {
			t.Errorf("%q is not in\n%s", line, b.String())
		}
	}
	if n := testing.AllocsPerRun(100, func() { c.Observe(nil, Decision{Reason: ReasonAllowed}) }); n != 0 {
		t.Errorf("counting takes %v allocations", n)
	}
}

func TestReasonsHaveNames(t *testing.T) {
	names := map[string]bool{}
	for _, r := range Reasons() {
		if r.String() == "" || r.String() == "unknown" || names[r.String()] {
			t.Errorf("reason %d is called %q", r, r)
		}
		names[r.String()] = true
		refused := r != ReasonNoPolicy && r != ReasonNotCORS && r != ReasonAllowed
		if r.Refused() != refused {
			t.Errorf("%s: Refused() = %v", r, r.Refused())
		}
	}
	if text, err := json.Marshal(ReasonOriginNull); err != nil || string(text) != `"origin-null"` {
		t.Errorf("%s, %v", text, err)
	}
	if Reason(200).String() != "unknown" || Reason(200).Refused() {
		t.Error("a value that is no reason is one")
	}
}

func TestDecisionIsComparable(t *testing.T) {
	p := mustCompile(t, full)
	h := http.Header{"Origin": {"https://app.example.com"}}
	first := p.Decide("GET", h)
	if second := p.Decide("GET", h); first != second {
		t.Errorf("the same request is decided differently: %+v and %+v", first, second)
	}
	for range first.Headers() {
		break // An iterator that goes on would panic.
	}
}
