package fetch

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

func TestStrictTransportSecurityIsRead(t *testing.T) {
	for _, c := range []struct {
		value  string
		maxAge time.Duration
		subs   bool
		ok     bool
	}{
		{"max-age=60", time.Minute, false, true},
		{` MAX-AGE = "60" ; includeSubDomains ; `, time.Minute, true, true},
		{"includesubdomains;max-age=0", 0, true, true},
		{"max-age=60; preload; x=y", time.Minute, false, true},
		{"max-age=99999999999999999999", forever, false, true},
		{"includeSubDomains", 0, false, false},
		{"max-age=", 0, false, false},
		{"max-age=-1", 0, false, false},
		{"max-age=60; max-age=61", 0, false, false},
		{"max-age=60; includeSubDomains=1", 0, false, false},
		{"max-age=60; =x", 0, false, false},
		{"", 0, false, false},
	} {
		maxAge, subs, ok := parseStrictTransportSecurity(c.value)
		if ok != c.ok || ok && (maxAge != c.maxAge || subs != c.subs) {
			t.Errorf("%q gives %v, %v, %v", c.value, maxAge, subs, ok)
		}
	}
}

func TestHSTS(t *testing.T) {
	const api, page = "api.example.com", "http://app.example.com"
	for _, c := range []struct {
		name, header string
		// learnt is the URL that has the header, asked the one that is fetched then, after a while.
		learnt, asked string
		wait          time.Duration
		want          string
	}{
		{"a known host is fetched over https", "max-age=60", "https://" + api + "/", "http://" + api + "/x?y", 0, "GET https://api.example.com/x?y"},
		{"its other ports are not forgotten", "max-age=60", "https://" + api + "/", "http://" + api + ":80/x", 0, "GET https://api.example.com/x"},
		{"until its time is over", "max-age=60", "https://" + api + "/", "http://" + api + "/x", time.Minute, "GET http://api.example.com/x"},
		{"a host below it is another one", "max-age=60", "https://" + api + "/", "http://v2." + api + "/x", 0, "GET http://v2.api.example.com/x"},
		{"unless it includes them", "max-age=60; includeSubDomains", "https://" + api + "/", "http://v2." + api + "/x", 0, "GET https://v2.api.example.com/x"},
		{"which never goes up", "max-age=60; includeSubDomains", "https://v2." + api + "/", "http://" + api + "/x", 0, "GET http://api.example.com/x"},
		{"plain http teaches nothing", "max-age=60", "http://" + api + "/", "http://" + api + "/x", 0, "GET http://api.example.com/x"},
		{"nor does an address", "max-age=60", "https://127.0.0.1/", "http://127.0.0.1/x", 0, "GET http://127.0.0.1/x"},
		{"nor this machine", "max-age=60; includeSubDomains", "https://localhost/", "http://localhost/x", 0, "GET http://localhost/x"},
		{"nor what is below it", "max-age=60", "https://a.localhost/", "http://a.localhost/x", 0, "GET http://a.localhost/x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLoopback(t, AgentConfig{}, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Access-Control-Allow-Origin", "*")
				if r.URL.Path == "/" {
					w.Header().Add("Strict-Transport-Security", c.header)
					w.Header().Add("Strict-Transport-Security", "max-age=0")
				}
			}, api, "v2."+api, "127.0.0.1", "localhost", "a.localhost")
			l.get(page, Request{URL: c.learnt})
			l.pass(c.wait)
			l.requests()
			trace := new(Trace)
			response, _ := l.get(page, Request{URL: c.asked, Trace: trace})
			if seen := l.requests(); seen != c.want || response.IsError() {
				t.Errorf("the server saw %s, want %s (%s)", seen, c.want, response.Reason)
			}
			if "GET "+response.URL() != c.want || response.Redirected() {
				t.Errorf("the page sees %s, redirected: %v", response.URL(), response.Redirected())
			}
			// What was learnt since must not change the past.
			l.agent.HSTS().Clear()
			l.agent.HSTS().Add(api, time.Hour, true)
			if again, record, err := (Replay{Trace: trace}).Fetch(t.Context()); err != nil || again.URL() != response.URL() {
				t.Errorf("the replay ends at %s: %+v, %v", again.URL(), record.Outcome.Reason, err)
			}
		})
	}
}

func TestHSTSForgets(t *testing.T) {
	h := NewHSTS(nil)
	h.Add("a.example", time.Hour, false)
	h.Add("a.example", time.Hour, true)
	if h.Len() != 1 || h.match("b.a.example") != "a.example" {
		t.Errorf("%d hosts", h.Len())
	}
	h.Add("a.example", 0, false)
	h.Add("b.example", 0, false)
	if h.Len() != 0 || h.match("a.example") != "" {
		t.Errorf("%d hosts after max-age=0", h.Len())
	}
	for i := range maxHSTSHosts + 10 {
		h.Add(fmt.Sprintf("h%d.example", i), time.Hour, false)
	}
	if h.Len() != maxHSTSHosts || h.match("h9.example") != "" || h.match("h10.example") == "" {
		t.Errorf("%d hosts are kept", h.Len())
	}
	if h.Clear(); h.Len() != 0 || h.match("h10.example") != "" {
		t.Error("Clear leaves some")
	}
}

// Mixed content is judged before HSTS is asked, so that a page on https gains nothing from it.
func TestHSTSDoesNotSaveMixedContent(t *testing.T) {
	l := newLoopback(t, AgentConfig{}, func(w http.ResponseWriter, r *http.Request) {})
	l.agent.HSTS().Add("api.example.com", time.Hour, false)
	response, _ := l.get(app, Request{URL: httpAPI})
	if response.Reason.Code != ReasonMixedContent {
		t.Errorf("the reason is %+v", response.Reason)
	}
}

func FuzzStrictTransportSecurity(f *testing.F) {
	for _, seed := range []string{"max-age=60; includeSubDomains", ";;=;max-age", `max-age="1`, "a;b;c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		maxAge, subs, ok := parseStrictTransportSecurity(s)
		if maxAge < 0 || maxAge > forever {
			t.Errorf("%q gives %v", s, maxAge)
		}
		again, subsAgain, okAgain := parseStrictTransportSecurity("; " + s + " ;")
		if again != maxAge || ok != okAgain || ok && subs != subsAgain {
			t.Errorf("%q gives %v, %v, %v, and %v, %v, %v between empty directives", s, maxAge, subs, ok, again, subsAgain, okAgain)
		}
	})
}
