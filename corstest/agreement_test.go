package corstest_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/corstest"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/halves"
)

// The two halves are two implementations of one protocol that share no decision. What
// the one answers the other judges, and they must agree, both ways: what cors
// decides to allow a browser lets through, and what it refuses a browser blocks.

func TestTheTwoHalvesAgree(t *testing.T) { rapid.Check(t, agree) }

// The fuzzer chooses the numbers that the parts of an encounter are drawn with. Given
// the bytes of the draws it would spend its time on making them fewer, since the
// goroutines of two halves that talk never cover quite the same lines twice.
func FuzzTheTwoHalvesAgree(f *testing.F) {
	f.Add(1, 2, 3, 4)
	configs, requests := rapid.Custom(drawConfig), rapid.Custom(drawRequest)
	answers := rapid.Custom(drawAnswer)
	f.Fuzz(func(t *testing.T, config, page, request, answer int) {
		e := &encounter{config: configs.Example(config), debug: config%2 == 0, request: requests.Example(request)}
		e.page = rapid.Custom(func(t *rapid.T) string { return drawOrigin(t, e.config.Origins) }).Example(page)
		e.complete(t, strings.HasPrefix(e.page, "http:") && page%2 == 0)
		e.check(t, request%2 == 0, answers.Example(answer))
	})
}

// The same over more encounters than rapid draws by itself, always the same ones; and a
// property that never meets a case says nothing about it.
func TestTheHalvesAgreeInEveryReason(t *testing.T) {
	met := map[string]int{}
	encounters, answers := rapid.Custom(drawEncounter), rapid.Custom(drawAnswer)
	// Some faults need several rare things at once, and a hundred draws to meet none.
	for seed := range 5000 {
		e := encounters.Example(seed)
		trace, refusal := e.check(t, seed%2 == 0, answers.Example(seed))
		met["cors: "+strings.TrimPrefix(refusal, "preflight ")]++
		if r := trace.Outcome.Reason; r != nil {
			met["browser: "+string(r.Code)]++
		}
	}
	wanted := []string{"cors: allowed", "cors: allowed, without credentials",
		"browser: " + string(fetch.ReasonAllowOriginWildcard), "browser: " + string(fetch.ReasonAllowCredentialsAbsent)}
	for refusal, codes := range halves.Reasons {
		wanted = append(wanted, "cors: "+refusal)
		for _, code := range codes {
			wanted = append(wanted, "browser: "+string(code))
		}
	}
	for _, name := range wanted {
		if met[name] == 0 {
			t.Errorf("never met: %s (met were %v)", name, met)
		}
	}
}

// Debug mode answers a refused PUT with an ok status. Without Access-Control-Allow-Methods beside it, the standard would put the
// request's own method in its place where the page listens to its upload, and the browser would send what was refused
// (https://fetch.spec.whatwg.org/#cors-preflight-fetch-0, step 7.4). These properties found that.
func TestDebugModeLetsNoMethodThrough(t *testing.T) {
	middleware, err := cors.New(cors.Config{Origins: []string{app}})
	if err != nil {
		t.Fatal(err)
	}
	put := corstest.Do("PUT", "/")
	put.UploadListener = true
	api := middleware.Wrap(http.NotFoundHandler())
	corstest.Blocks(t, api, app, put)
	middleware.SetDebug(true)
	corstest.Blocks(t, api, app, put)
}

// encounter is one request of one page to a server with one policy.
type encounter struct {
	config  cors.Config
	policy  *cors.Policy
	debug   bool
	page    string
	request fetch.Request
	// method and unsafeNames are what a browser makes of the request.
	method      string
	unsafeNames []string
	preflighted bool
}

func (e *encounter) String() string {
	return fmt.Sprintf("policy %+v\ndebug %t, page %s, request %+v", e.config, e.debug, e.page, e.request)
}

func agree(t *rapid.T) {
	drawEncounter(t).check(t, rapid.Bool().Draw(t, "by routes"), drawAnswer(t))
}

// check fails unless the two halves agree. It returns what happened, and what cors says
// of it.
func (e *encounter) check(t rapid.TB, byRoutes bool, handler http.Handler) (trace *fetch.Trace, refusal string) {
	trace, body := e.fetch(t, byRoutes, handler)
	outcome := trace.Outcome

	v := e.verdict(t)
	if outcome.Allowed != (len(v.Blocked) == 0) {
		t.Fatalf("cors decides %s, and the browser's verdict is %v\n%s", v.Refusal, outcome.Reason, e)
	}
	if !outcome.Allowed {
		if !slices.Contains(v.Blocked, outcome.Reason.Code) {
			t.Fatalf("cors decides %s, and the browser blocks for %s, not one of %s\n%s", v.Refusal, outcome.Reason.Code, v.Blocked, e)
		}
		return trace, v.Refusal
	}
	if body != "" && e.method == "HEAD" {
		t.Fatalf("an answer to HEAD has a body: %q", body)
	}
	e.checkExposure(t, trace)
	return trace, v.Refusal
}

func drawEncounter(t *rapid.T) *encounter {
	e := &encounter{config: drawConfig(t), debug: rapid.Bool().Draw(t, "debug")}
	e.page = drawOrigin(t, e.config.Origins)
	e.request = drawRequest(t)
	e.complete(t, strings.HasPrefix(e.page, "http:") && rapid.Bool().Draw(t, "http target"))
	return e
}

// complete compiles the policy and addresses the request. A page on https cannot ask
// for http, which is no matter of CORS.
func (e *encounter) complete(t rapid.TB, insecure bool) {
	policy, err := cors.Compile(e.config)
	if err != nil {
		t.Fatalf("a policy that should compile: %v\n%+v", err, e.config)
	}
	e.policy = policy
	e.request.URL = "https://server-under-test.example/data"
	if insecure {
		e.request.URL = "http://server-under-test.example/data"
	}
}

// drawAnswer draws what the handler behind the policy says.
func drawAnswer(t *rapid.T) http.Handler {
	status := rapid.SampledFrom([]int{200, 404, 500, 204}).Draw(t, "status")
	headers := rapid.SliceOfN(rapid.SampledFrom(answerHeaders), 0, 5).Draw(t, "answer")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, h := range headers {
			w.Header().Add(h.Name, h.Value)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, "body")
	})
}

// fetch runs the request through the middleware, in the one or the other of its forms.
func (e *encounter) fetch(t rapid.TB, byRoutes bool, handler http.Handler) (*fetch.Trace, string) {
	var server http.Handler
	if byRoutes {
		routes, err := cors.NewRoutes(cors.RoutesConfig{
			Policies: map[string]cors.Config{"p": e.config}, Routes: []cors.Route{{Path: "/data", Policy: "p"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		routes.SetDebug(e.debug)
		server = routes.Wrap(handler)
	} else {
		middleware, err := cors.New(e.config)
		if err != nil {
			t.Fatal(err)
		}
		middleware.SetDebug(e.debug)
		server = middleware.Wrap(handler)
	}
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: &fetch.HandlerTransport{Handler: func(*fetch.URL) http.Handler { return server }}})
	if err != nil {
		t.Fatal(err)
	}
	page, err := pageAt(agent, e.page)
	if err != nil {
		t.Fatalf("%v\n%s", err, e)
	}
	trace := new(fetch.Trace)
	asked := e.request
	asked.Trace = trace
	response, err := page.Fetch(context.Background(), asked)
	if err != nil {
		t.Fatalf("%v\n%s", err, e)
	}
	defer response.Close()
	text := ""
	if response.Body != nil {
		buffer := make([]byte, 16)
		n, _ := response.Body.Read(buffer)
		text = string(buffer[:n])
	}
	e.method = trace.Request.Method
	e.unsafeNames = fetch.CORSUnsafeRequestHeaderNames(trace.Request.Headers)
	e.preflighted = e.method != "GET" && e.method != "HEAD" && e.method != "POST" || len(e.unsafeNames) > 0 || e.request.UploadListener
	return trace, text
}

// verdict is what the browser must make of the answers that the policy gives to the preflight, if there is one, and to the request.
func (e *encounter) verdict(t rapid.TB) halves.Verdict {
	judge := func(method string, header http.Header) halves.Verdict {
		v, err := halves.Judge(e.policy, halves.Request{Method: method, Header: header, Include: e.request.Credentials == fetch.CredentialsInclude, Debug: e.debug})
		if err != nil {
			t.Fatalf("%v\n%s", err, e)
		}
		return v
	}
	if e.preflighted {
		header := http.Header{"Origin": {e.page}, "Access-Control-Request-Method": {e.method}}
		if len(e.unsafeNames) > 0 {
			header["Access-Control-Request-Headers"] = []string{strings.Join(e.unsafeNames, ",")}
		}
		if v := judge(http.MethodOptions, header); len(v.Blocked) > 0 {
			return v
		}
	}
	return judge(e.method, http.Header{"Origin": {e.page}})
}

// checkExposure holds what the page can read to what the policy exposes.
func (e *encounter) checkExposure(t rapid.TB, trace *fetch.Trace) {
	last := trace.Exchanges[len(trace.Exchanges)-1]
	want := map[string]bool{}
	for _, h := range last.ResponseHeaders {
		if halves.Readable(e.config, h.Name) {
			want[strings.ToLower(h.Name)] = true
		}
	}
	got := map[string]bool{}
	for _, h := range trace.Outcome.Headers {
		got[strings.ToLower(h.Name)] = true
	}
	if !maps.Equal(got, want) {
		t.Fatalf("the page can read %v, and the policy exposes %v\n%s", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(want)), e)
	}
}
