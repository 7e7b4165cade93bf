package webui

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/corscope/corscope/diagnose"
	"github.com/corscope/corscope/fetch"
)

// FuzzCase gives whatever can be read as a case to all that a case is given to: nothing panics, what is read is read again alike, and what
// runs ends.
func FuzzCase(f *testing.F) {
	f.Add(`{"page":"https://app.example.com","url":"https://api.example.com/","server":{"answers":[{"on":"request","status":200,"headers":[]}]}}`)
	f.Add(`{"page":"null","url":"/x","method":"PUT","headers":[{"name":"X-A","value":"1"}],"body":"x","stream":true,"server":{"answers":[{"on":"preflight","status":204,"headers":[{"name":"Access-Control-Allow-Origin","value":"*"}]},{"on":"request","failure":"connection-reset","status":0,"headers":null}]}}`)
	f.Add(`{"page":"https://a.example","url":"https://b.example/","server":{"answers":[{"on":"request","url":"//","status":302,"headers":[{"name":"Location","value":"https://c.example:6000"}]}]}}`)
	f.Add(`{"url":"ftp://faults.example/","demo":"scheme-ftp"}`)
	f.Fuzz(func(t *testing.T, text string) {
		var c Case
		if decode(strings.NewReader(text), &c) != nil || c.check() != nil {
			return
		}
		written, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var again Case
		if err := decode(strings.NewReader(string(written)), &again); err != nil {
			t.Fatalf("%s: %v", written, err)
		}
		rewritten, err := json.Marshal(again)
		if err != nil || string(rewritten) != string(written) {
			t.Errorf("%s is read again as %s (%v)", written, rewritten, err)
		}
		callText(c)
		p, cannot := planStage(c, fetch.Profile{})
		if (p == nil) != (cannot != "") {
			t.Errorf("a plan: %v, and cannot: %q", p != nil, cannot)
		}
		if p != nil {
			at := make(map[string]string)
			for i, o := range p.order {
				at[o] = fmt.Sprintf("http://127.0.0.1:%d", 40000+i)
			}
			p.staged("id", "http://127.0.0.1:1", at)
		}
		if c.Server == nil || c.Paste != "" {
			return
		}
		e, err := plainExplainer{}.Explain(context.Background(), Question{Case: c, Answers: newPretendTransport(c)})
		if err != nil {
			return
		}
		recordedServer(e.Trace, e.Report)
		if fixed := fixedCase(c, c.Server, e.Report); fixed != nil {
			if err := fixed.check(); err != nil {
				t.Errorf("the fixed case is none: %v", err)
			}
		}
	})
}

func TestPretendAnswersAreUsedInOrder(t *testing.T) {
	answers := []Answer{
		{On: "request", Status: 201},
		{On: "request", Status: 202},
		{On: "request", URL: "https://api.example.com/named", Status: 203},
		{On: "request", Method: "PUT", URL: "https://api.example.com/put", Status: 204},
		{On: "preflight", Method: "DELETE", Status: 205},
		{On: "preflight", Status: 206},
	}
	type ask struct{ kind, method, asked, url string }
	get := ask{"request", "GET", "", "https://api.example.com/"}
	for name, c := range map[string]struct {
		asks []ask
		want string // statuses; 0: no answer
	}{
		"in order, and the last one again":             {[]ask{get, get, get}, "201 202 202"},
		"one that names the URL goes before":           {[]ask{{"request", "GET", "", "https://api.example.com/named"}, get}, "203 201"},
		"one that names another method does not fit":   {[]ask{{"request", "GET", "", "https://api.example.com/put"}}, "201"},
		"one that names method and URL":                {[]ask{{"request", "PUT", "", "https://api.example.com/put"}}, "204"},
		"a preflight for the method that is named":     {[]ask{{"preflight", "OPTIONS", "DELETE", "https://api.example.com/"}}, "205"},
		"a preflight for another method":               {[]ask{{"preflight", "OPTIONS", "PUT", "https://api.example.com/"}}, "206"},
		"an OPTIONS that is no preflight is a request": {[]ask{{"request", "OPTIONS", "", "https://api.example.com/"}}, "201"},
		"a kind of which there is none has no answer":  {[]ask{{"other", "GET", "", "https://api.example.com/"}}, "0"},
	} {
		t.Run(name, func(t *testing.T) {
			transport := newPretendTransport(Case{Server: &Pretend{Answers: answers}})
			var got []string
			for _, a := range c.asks {
				status := 0
				if answer := transport.pick(a.kind, a.method, a.asked, a.url); answer != nil {
					status = answer.Status
				}
				got = append(got, fmt.Sprint(status))
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("got %s, want %s", s, c.want)
			}
		})
	}
}

func TestAFixIsAppliedToTheAnswersThatItIsAbout(t *testing.T) {
	const api = "https://api.example.com/"
	for name, c := range map[string]struct {
		answers []Answer
		change  diagnose.Change
		want    []Answer
	}{
		"a header that was missing": {
			[]Answer{{On: "request", Status: 200, Headers: []Header{{"X-A", "1"}}}},
			diagnose.Change{On: fetch.ExchangeRequest, Method: "GET", URL: api, Header: "Access-Control-Allow-Origin", After: "*"},
			[]Answer{{On: "request", Status: 200, Headers: []Header{{"X-A", "1"}, {"Access-Control-Allow-Origin", "*"}}}},
		},
		"several lines become one, where the first was": {
			[]Answer{{On: "request", Status: 200, Headers: []Header{{"vary", "x"}, {"X-A", "1"}, {"Vary", "y"}}}},
			diagnose.Change{On: fetch.ExchangeRequest, Method: "GET", URL: api, Header: "Vary", After: "z"},
			[]Answer{{On: "request", Status: 200, Headers: []Header{{"Vary", "z"}, {"X-A", "1"}}}},
		},
		"a status": {
			[]Answer{{On: "preflight", Status: 404}},
			diagnose.Change{On: fetch.ExchangePreflight, Method: "OPTIONS", URL: api, After: "204"},
			[]Answer{{On: "preflight", Status: 204}},
		},
		"an answer that was never seen": {
			[]Answer{{On: "preflight", Status: 204}},
			diagnose.Change{On: fetch.ExchangeRequest, Method: "PUT", URL: api, Header: "Access-Control-Allow-Origin", After: "*"},
			[]Answer{{On: "preflight", Status: 204}, {On: "request", Status: 200, Headers: []Header{{"Access-Control-Allow-Origin", "*"}}}},
		},
		"the answer of another URL stays": {
			[]Answer{{On: "request", URL: api, Status: 302}, {On: "request", URL: api + "landed", Status: 200}},
			diagnose.Change{On: fetch.ExchangeRequest, Method: "GET", URL: api + "landed", Header: "Access-Control-Allow-Origin", After: "null"},
			[]Answer{{On: "request", URL: api, Status: 302}, {On: "request", URL: api + "landed", Status: 200, Headers: []Header{{"Access-Control-Allow-Origin", "null"}}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := (&Pretend{Answers: c.answers}).clone()
			p.apply(c.change)
			if !reflect.DeepEqual(p.Answers, c.want) {
				t.Errorf("got  %+v\nwant %+v", p.Answers, c.want)
			}
		})
	}
}

func TestTheCallAsJavaScript(t *testing.T) {
	body := `{"a":1}`
	for name, c := range map[string]struct {
		item Case
		want string
	}{
		"a GET":                    {Case{URL: "https://a.example/"}, `fetch("https://a.example/")`},
		"defaults are left out":    {Case{URL: "https://a.example/", Method: "GET", Mode: "cors", Credentials: "same-origin", Redirect: "follow", Cache: "default"}, `fetch("https://a.example/")`},
		"options":                  {Case{URL: "https://a.example/", Method: "PUT", Credentials: "include", Body: &body}, "fetch(\"https://a.example/\", {\n  method: \"PUT\",\n  body: \"{\\\"a\\\":1}\",\n  credentials: \"include\"\n})"},
		"secrets are masked":       {Case{URL: "https://a.example/", Headers: []Header{{"Authorization", "Bearer abc"}, {"X-API-Key", "k"}}}, "fetch(\"https://a.example/\", {\n  headers: { \"Authorization\": \"Bearer ****\", \"X-API-Key\": \"****\" }\n})"},
		"a value with quotes":      {Case{URL: `https://a.example/"+alert(1)+"`}, `fetch("https://a.example/\"+alert(1)+\"")`},
		"an upload listener's XHR": {Case{URL: "https://a.example/", Method: "POST", UploadListener: true}, "const x = new XMLHttpRequest()\nx.open(\"POST\", \"https://a.example/\")\nx.upload.onprogress = () => {}\nx.send()"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := callText(c.item); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}
