package diagnose

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/corscope/corscope/cors"
	"github.com/corscope/corscope/fetch"
	"github.com/corscope/corscope/internal/demo"
	"github.com/corscope/corscope/internal/demofetch"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestFixesOfTheWorld holds a golden file with every fault's causes, what each browser prints, and the fix.
func TestFixesOfTheWorld(t *testing.T) {
	traces := recordFaults(t)
	var b bytes.Buffer
	for _, fault := range demo.Faults() {
		fmt.Fprintf(&b, "== %s: %s\n", fault.ID, fault.Title)
		writeReport(&b, Diagnose(traces[fault.ID], Options{}))
	}
	compareGolden(t, "testdata/faults.golden", b.Bytes())
}

func writeReport(b *bytes.Buffer, r *Report) {
	fmt.Fprintf(b, "%s %s\n", r.Verdict, causeIDs(r.Findings))
	for _, p := range r.Consoles {
		for _, l := range p.Lines {
			fmt.Fprintf(b, "  %s: %s\n", p.Browser, l.Text)
		}
	}
	if r.Fix == nil {
		return
	}
	for _, c := range r.Fix.Server {
		header := c.Header
		if header == "" {
			header = "status"
		}
		fmt.Fprintf(b, "  fix %s %s  %s: %q -> %q", c.Method, c.URL, header, c.Before, c.After)
		if c.Assumed {
			b.WriteString(" (never observed)")
		}
		b.WriteString("\n")
	}
	if r.Fix.Call != "" {
		fmt.Fprintf(b, "  call %s\n    -> %s\n", r.Fix.CallBefore, r.Fix.Call)
	}
	// What to do about the network stands in package fetch.
	if r.Fix.Todo != "" && r.Verdict != VerdictNotCORS {
		fmt.Fprintf(b, "  todo %s\n", r.Fix.Todo)
	}
	for _, note := range r.Fix.Notes {
		fmt.Fprintf(b, "  note %s\n", note)
	}
	if c := r.Fix.Config; c != nil {
		fmt.Fprintf(b, "  config origins=%q any=%v credentials=%v methods=%q headers=%q exposed=%q age=%d\n", c.Origins, c.AllowAnyOrigin, c.Credentials, c.Methods, c.RequestHeaders, c.ExposedHeaders, c.MaxAgeSeconds)
	}
	if r.Fix.ConfigNote != "" {
		fmt.Fprintf(b, "  config: %s\n", r.Fix.ConfigNote)
	}
}

func compareGolden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatalf("%v: run with -update", err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("%s differs, run with -update if that is right (-want +got):\n%s", name, diff)
	}
}

// repairing is the demo's servers with a fix made to their answers, as an operator would make it.
type repairing struct {
	fetch.Transport
	changes []Change
}

func (r repairing) Exchange(ctx context.Context, m *fetch.Message) (*fetch.Answer, error) {
	a, err := r.Transport.Exchange(ctx, m)
	if err != nil {
		return nil, err
	}
	kind := fetch.ExchangeRequest
	if m.Headers.Contains("Access-Control-Request-Method") {
		kind = fetch.ExchangePreflight
	}
	for _, c := range r.changes {
		switch {
		case c.On != kind && (c.On != OnPage || kind != fetch.ExchangeRequest) || c.Method != m.Method || c.URL != m.URL.StringWithoutFragment():
		case c.Header == "":
			fmt.Sscan(c.After, &a.Status)
		default:
			a.Headers.Set(c.Header, c.After)
		}
	}
	return a, nil
}

// TestTheFixMakesTheRealServersAnswerReadable makes each complete fix to the answers of the running servers, and runs the changed call
// against them: what was assumed is now observed, and the page gets its answer under every profile.
func TestTheFixMakesTheRealServersAnswerReadable(t *testing.T) {
	traces, probes := recordAndAsk(t, true)
	for name, probes := range map[string]map[string][]Probe{"from the record alone": nil, "with further questions": probes} {
		t.Run(name, func(t *testing.T) { fixTheRealServers(t, traces, probes) })
	}
}

func fixTheRealServers(t *testing.T, traces map[string]*fetch.Trace, probes map[string][]Probe) {
	world, err := demo.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { world.Close() })
	net, err := demofetch.Network(world)
	if err != nil {
		t.Fatal(err)
	}
	fixed := 0
	for _, fault := range demo.Faults() {
		r := Diagnose(traces[fault.ID], Options{Probes: probes[fault.ID]})
		if r.Fix == nil || !r.Fix.Complete {
			continue
		}
		fixed++
		t.Run(fault.ID, func(t *testing.T) {
			for _, profile := range append([]fetch.Profile{{}}, Profiles()...) {
				transport, err := fetch.NewNetTransport(net)
				if err != nil {
					t.Fatal(err)
				}
				agent, err := fetch.NewAgent(fetch.AgentConfig{
					Profile: profile, Transport: repairing{transport, r.Fix.Server}, Limits: fetch.Limits{Timeout: 20 * time.Second},
				})
				if err != nil {
					t.Fatal(err)
				}
				response, err := makeCall(t.Context(), agent, fault.Call, nil, r.Fix.Page...)
				if err != nil {
					t.Fatal(err)
				}
				if response.IsError() {
					// The demo's server for http alone has no https to offer, which no header can change.
					if !strings.Contains(response.Reason.URL, "insecure.example") {
						t.Errorf("under %q still %s", profile.Name, response.Reason)
					}
				}
				response.Close()
				transport.CloseIdleConnections()
			}
			for _, p := range r.Fix.Proofs {
				if !p.After.IsZero() {
					t.Errorf("the proof for %s says %s", p.Profile, p.After)
				}
			}
			checkMinimal(t, traces[fault.ID], r.Fix, probes[fault.ID])
		})
	}
	if fixed < 60 {
		t.Errorf("only %d of the faults have a complete fix", fixed)
	}
}

// checkMinimal takes each change away, and wants the fetch to fail then under some profile.
func checkMinimal(t *testing.T, trace *fetch.Trace, f *Fix, probes []Probe) {
	t.Helper()
	s := newSearch(trace, append([]fetch.Profile{{}}, Profiles()...), probes)
	s.run()
	s.minimise()
	if !s.succeeds() {
		t.Error("the minimised changes are not enough")
	}
	edits, page := s.edits, s.page
	shown := len(f.Server)
	if served := s.served; served != nil {
		shown-- // the page's policy
		s.served, s.ran = nil, nil
		if s.succeeds() {
			t.Error("the change of the page's policy is not needed")
		}
		s.served, s.ran = served, nil
	}
	if len(edits) != shown || len(page) != len(f.Page) {
		t.Errorf("%d and %d changes, and the fix shows %d and %d", len(edits), len(page), shown, len(f.Page))
	}
	for i := range edits {
		s.change(slices.Delete(slices.Clone(edits), i, i+1), page)
		if s.succeeds() {
			t.Errorf("%s is not needed", edits[i].name)
		}
	}
	for i := range page {
		s.change(edits, slices.Delete(slices.Clone(page), i, i+1))
		if s.succeeds() {
			t.Errorf("%s is not needed", page[i])
		}
	}
}

func TestTheConfigOfAFixIsOneThatPackageCorsTakes(t *testing.T) {
	for id, trace := range recordFaults(t) {
		r := Diagnose(trace, Options{})
		if r.Fix == nil || r.Fix.Config == nil {
			continue
		}
		if _, err := cors.Compile(*r.Fix.Config); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
}

func TestFix(t *testing.T) {
	const page, api = "https://app.example.com", "https://api.example.com/users"
	authorization := fetch.Header{Name: "Authorization", Value: "Bearer secret"}
	for _, c := range []struct {
		name   string
		page   string
		r      fetch.Request
		answer script
		check  func(*testing.T, *Fix)
	}{
		{"three faults at once are one fix", page, fetch.Request{Method: "PATCH", Credentials: "include", Headers: fetch.HeaderList{{Name: "X-A", Value: "1"}, authorization}},
			answers("403 x|Access-Control-Allow-Origin: *|Access-Control-Allow-Methods: GET", ""), func(t *testing.T, f *Fix) {
				var lines []string
				for _, c := range f.Server {
					lines = append(lines, fmt.Sprintf("%s %s: %s", c.Method, c.Header, c.After))
				}
				want := []string{
					"OPTIONS Access-Control-Allow-Origin: https://app.example.com", "OPTIONS Access-Control-Allow-Credentials: true", "OPTIONS : 204",
					"OPTIONS Access-Control-Allow-Methods: GET, PATCH", "OPTIONS Access-Control-Allow-Headers: Authorization, X-A",
					"PATCH Access-Control-Allow-Origin: https://app.example.com", "PATCH Access-Control-Allow-Credentials: true",
				}
				if diff := cmp.Diff(want, lines); diff != "" {
					t.Error(diff)
				}
				if len(f.Assumed) != 1 || !strings.Contains(f.Assumed[0], "PATCH https://api.example.com/users was never observed") {
					t.Errorf("assumed: %q", f.Assumed)
				}
				if f.Call != "" {
					t.Errorf("the call stays, and yet there is %q", f.Call)
				}
			}},
		{"what works in browsers and not by the standard is repaired for the standard", page, fetch.Request{Headers: fetch.HeaderList{authorization}},
			answers("204 x|Access-Control-Allow-Origin: *|Access-Control-Allow-Headers: *", ""), func(t *testing.T, f *Fix) {
				if f.Proofs[0].Before.Code != fetch.ReasonAuthorizationNotListed || f.Proofs[1].Before.Code != fetch.ReasonNotRecorded {
					t.Errorf("before: %+v", f.Proofs)
				}
				if f.Server[0].After != "*, Authorization" {
					t.Errorf("server: %+v", f.Server)
				}
			}},
		{"a page on plain http with credentials is told so", "http://app.example.com", fetch.Request{URL: "http://api.example.com/", Credentials: "include"},
			answers("", "200 x"), func(t *testing.T, f *Fix) {
				if f.Config == nil || !f.Config.DangerouslyAllowInsecureOrigins || !strings.Contains(f.ConfigNote, "plain http") {
					t.Errorf("config %+v: %s", f.Config, f.ConfigNote)
				}
			}},
		{"a sandboxed page with credentials cannot be helped by a header", "null", fetch.Request{Credentials: "include"}, answers("", "200 x"), func(t *testing.T, f *Fix) {
			if f.Complete || !strings.Contains(f.Todo, "Never allow null") {
				t.Errorf("complete %v: %s", f.Complete, f.Todo)
			}
		}},
		{"a login page is not made readable", page, fetch.Request{}, func(m *fetch.Message) string {
			if m.URL.Host() == "login.example.net" {
				return "200 x"
			}
			return "302 x|Location: https://login.example.net/authorize|Access-Control-Allow-Origin: *"
		}, func(t *testing.T, f *Fix) {
			if f.Complete || !strings.Contains(f.Todo, "401") {
				t.Errorf("complete %v: %s", f.Complete, f.Todo)
			}
		}},
		{"a preflight that is led to https is not answered over http", "http://app.example.com", fetch.Request{Method: "PUT", URL: "http://api.example.com/users"},
			answers("301 x|Location: https://api.example.com/users", ""), func(t *testing.T, f *Fix) {
				if f.Call != `fetch("https://api.example.com/users", { method: "PUT" })` || len(f.Server) != 3 || !f.Server[0].Assumed {
					t.Errorf("call %s, server %+v", f.Call, f.Server)
				}
			}},
		{"an error that becomes readable stays an error", page, fetch.Request{}, answers("", "500 x"), func(t *testing.T, f *Fix) {
			if len(f.Notes) != 2 || !strings.Contains(f.Notes[0], "is a 500") || !strings.Contains(f.Notes[1], "Vary: Origin") {
				t.Errorf("notes %q", f.Notes)
			}
		}},
		{"secrets are not in the call", page, fetch.Request{Method: "patch", Headers: fetch.HeaderList{authorization, {Name: "X-A", Value: `"1"`}}},
			answers("204 x|Access-Control-Allow-Origin: "+page+"|Access-Control-Allow-Methods: PATCH|Access-Control-Allow-Headers: authorization, x-a", ""), func(t *testing.T, f *Fix) {
				const want = `fetch("https://api.example.com/users", { method: "PATCH", headers: { "Authorization": "Bearer ****", "X-A": "\"1\"" } })`
				if f.Call != want {
					t.Errorf("call %s, want %s", f.Call, want)
				}
			}},
		{"a star for everybody stays one in the policy", page, fetch.Request{Method: "PUT"}, answers("204 x|Access-Control-Allow-Origin: *", "200 x|Access-Control-Allow-Origin: *"), func(t *testing.T, f *Fix) {
			if len(f.Server) != 2 || f.Config == nil {
				t.Errorf("server %+v, config %+v", f.Server, f.Config)
			}
		}},
		{"with credentials, * and echoing are warned of", page, fetch.Request{Credentials: "include"}, answers("", "200 x"), func(t *testing.T, f *Fix) {
			var what []string
			for _, w := range f.Avoid {
				what = append(what, w.What)
			}
			if len(what) != 4 || what[0] != "Access-Control-Allow-Origin: *" || what[1] != "sending back whatever Origin says" {
				t.Errorf("avoid %q", what)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.r.URL == "" {
				c.r.URL = api
			}
			f := Diagnose(record(t, c.page, c.r, c.answer), Options{}).Fix
			if f == nil {
				t.Fatal("there is no fix")
			}
			c.check(t, f)
		})
	}
}

func TestNothingIsRepairedWhereNothingIsWrong(t *testing.T) {
	for name, trace := range map[string]*fetch.Trace{
		"an answer that the page may read": record(t, here, fetch.Request{URL: there}, answers("", "200 x"+allow)),
		"a request that was not sent":      record(t, here, fetch.Request{URL: there, Method: "PUT"}, answers("204 x"+allow+"|Access-Control-Allow-Methods: PUT", "!not-sent")),
		"a record without a request":       {},
	} {
		t.Run(name, func(t *testing.T) {
			r := Diagnose(trace, Options{})
			if name != "a record without a request" && r.Fix != nil || len(r.Findings) != 0 {
				t.Errorf("%+v", r)
			}
		})
	}
}

// FuzzFix: for any headers of an answer the search ends, and a fix that calls itself complete is proven for every profile, minimal, and
// never allows null.
func FuzzFix(f *testing.F) {
	f.Add("PUT", "x-a", true, 204, "*", "", "*", "*", 200, "")
	f.Add("patch", "authorization", false, 302, "null", "True", "PATCH; x", "a b", 302, "https://u:p@h/")
	f.Add("GET", "", false, 204, "", "", "", "", 302, "http://\xE9")
	f.Fuzz(func(t *testing.T, method, header string, include bool, preflight int, origin, credentials, methods, headers string, status int, location string) {
		r := fetch.Request{Method: method, URL: there}
		if include {
			r.Credentials = fetch.CredentialsInclude
		}
		if header != "" {
			r.Headers = fetch.HeaderList{{Name: header, Value: "1"}}
		}
		list := fetch.HeaderList{
			{Name: "Access-Control-Allow-Origin", Value: origin}, {Name: "Access-Control-Allow-Credentials", Value: credentials},
			{Name: "Access-Control-Allow-Methods", Value: methods}, {Name: "Access-Control-Allow-Headers", Value: headers}, {Name: "Location", Value: location},
		}
		trace := recordAny(t, r, preflight, status, list)
		if trace == nil {
			return
		}
		report := Diagnose(trace, Options{})
		if report.Fix == nil || !report.Fix.Complete {
			return
		}
		for _, p := range report.Fix.Proofs {
			if !p.After.IsZero() {
				t.Errorf("complete, and %s says %s", p.Profile, p.After)
			}
		}
		for _, c := range report.Fix.Server {
			if c.After == opaque && c.Header == "Access-Control-Allow-Origin" {
				t.Error("the fix allows null")
			}
		}
		checkMinimal(t, trace, report.Fix, nil)
		checkAsked(t, trace, uniform{preflight: statusOf(preflight), status: statusOf(status), headers: list})
	})
}

// checkAsked asks further: what is learned must leave the fix as sound as it was without.
func checkAsked(t *testing.T, trace *fetch.Trace, server uniform) {
	t.Helper()
	probes := askAll(t, server, trace)
	fix := Diagnose(trace, Options{Probes: probes}).Fix
	if fix == nil || !fix.Complete {
		t.Fatalf("further questions %q undo the fix", kinds(probes))
	}
	for _, p := range fix.Proofs {
		if !p.After.IsZero() {
			t.Errorf("complete after %q, and %s says %s", kinds(probes), p.Profile, p.After)
		}
	}
	checkMinimal(t, trace, fix, probes)
}

// statusOf is n where it is a final status.
func statusOf(n int) int {
	if n < 200 || n > 599 {
		return 200
	}
	return n
}

// recordAny runs r against a server that answers all alike, or returns nil for what is no request.
func recordAny(t *testing.T, r fetch.Request, preflight, status int, headers fetch.HeaderList) *fetch.Trace {
	agent, err := fetch.NewAgent(fetch.AgentConfig{Transport: uniform{statusOf(preflight), statusOf(status), headers}})
	if err != nil {
		t.Fatal(err)
	}
	page, err := agent.NewPage(fetch.PageConfig{URL: here})
	if err != nil {
		t.Fatal(err)
	}
	r.Trace = new(fetch.Trace)
	response, err := page.Fetch(t.Context(), r)
	if err != nil {
		return nil
	}
	response.Close()
	return r.Trace
}

// TestATraceFromAFileIsDiagnosedAsWell: what intake reads from a HAR was never a fetch of this process.
func TestATraceFromAFileIsDiagnosedAsWell(t *testing.T) {
	for id, trace := range recordFaults(t) {
		data, err := json.Marshal(trace)
		if err != nil {
			t.Fatal(err)
		}
		read := new(fetch.Trace)
		if err := json.Unmarshal(data, read); err != nil {
			t.Fatal(err)
		}
		var want, got bytes.Buffer
		writeReport(&want, Diagnose(trace, Options{}))
		writeReport(&got, Diagnose(read, Options{}))
		// The error of a certificate is Go's, and stays behind.
		if diff := cmp.Diff(want.String(), got.String()); diff != "" && !strings.HasPrefix(id, "certificate-") {
			t.Errorf("%s (-recorded +read):\n%s", id, diff)
		}
	}
}

func TestOneTraceMayBeDiagnosedByManyAtOnce(t *testing.T) {
	trace := record(t, here, fetch.Request{URL: there, Method: "PATCH", Credentials: "include"}, answers("405 x|Access-Control-Allow-Origin: *", ""))
	before, err := json.Marshal(trace)
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 20 {
				Diagnose(trace, Options{})
			}
		})
	}
	group.Wait()
	if after, err := json.Marshal(trace); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the trace changed: %v", err)
	}
}
