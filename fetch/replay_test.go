package fetch

import (
	"errors"
	"io"
	"testing"
)

func TestReplay(t *testing.T) {
	page := newScriptedPage(t, app, func(m *Message) *Answer {
		if m.Method == "OPTIONS" {
			return parseAnswer("204|" + allow + "|Access-Control-Allow-Methods: GET")
		}
		a := parseAnswer("200|" + allow)
		return a
	})
	trace := new(Trace)
	response, err := page.Fetch(t.Context(), Request{Method: "PUT", URL: api + "/x", Trace: trace, Headers: HeaderList{{"X-A", "1"}}})
	if err != nil || response.Reason.Code != ReasonMethodNotAllowed {
		t.Fatal(response, err)
	}
	allowAll := func(x *Exchange) {
		x.ResponseHeaders.Set("Access-Control-Allow-Methods", "PUT")
		x.ResponseHeaders.Set("Access-Control-Allow-Headers", "x-a")
	}
	t.Run("unedited it ends as it did", func(t *testing.T) {
		again, record, err := Replay{Trace: trace}.Fetch(t.Context())
		if err != nil || again.Reason != response.Reason || len(record.Exchanges) != 1 {
			t.Errorf("got %v, %v", again, err)
		}
	})
	t.Run("one repair shows the next fault", func(t *testing.T) {
		again, _, err := Replay{Trace: trace, Edit: func(x *Exchange) { x.ResponseHeaders.Set("Access-Control-Allow-Methods", "PUT") }}.Fetch(t.Context())
		if err != nil || again.Reason.Code != ReasonHeaderNotAllowed {
			t.Errorf("got %v, %v", again.Reason, err)
		}
	})
	t.Run("what was never asked is not invented", func(t *testing.T) {
		again, _, err := Replay{Trace: trace, Edit: allowAll}.Fetch(t.Context())
		if err != nil || again.Reason.Code != ReasonNotRecorded {
			t.Errorf("got %v, %v", again.Reason, err)
		}
	})
	t.Run("an assumed answer completes it", func(t *testing.T) {
		again, record, err := Replay{Trace: trace, Edit: allowAll, Assume: func(x *Exchange) bool {
			x.Status, x.ResponseHeaders, x.ResponseBody = 200, HeaderList{{"Access-Control-Allow-Origin", "*"}}, []byte("hello")
			return x.Method == "PUT" && x.Kind == ExchangeRequest
		}}.Fetch(t.Context())
		if err != nil || again.IsError() || !record.Outcome.Allowed {
			t.Fatalf("got %v, %v", again, err)
		}
		if body, err := io.ReadAll(again.Body); string(body) != "hello" || err != nil {
			t.Errorf("the body is %q, %v", body, err)
		}
	})
	t.Run("the record itself is not changed", func(t *testing.T) {
		if v, _ := trace.Exchanges[0].ResponseHeaders.Get("Access-Control-Allow-Methods"); v != "GET" {
			t.Errorf("Access-Control-Allow-Methods became %q", v)
		}
	})
	t.Run("an empty trace cannot be replayed", func(t *testing.T) {
		if _, _, err := (Replay{Trace: new(Trace)}).Fetch(t.Context()); !errors.Is(err, ErrNotReplayable) {
			t.Errorf("got %v", err)
		}
	})
}

func TestReplayUnderAnotherProfile(t *testing.T) {
	page := newScriptedPage(t, app, func(m *Message) *Answer {
		return parseAnswer("200|" + allow + "|Access-Control-Allow-Headers: *")
	})
	trace := new(Trace)
	response, err := page.Fetch(t.Context(), Request{URL: api, Trace: trace, Headers: HeaderList{{"Authorization", "x"}}})
	if err != nil || response.Reason.Code != ReasonAuthorizationNotListed {
		t.Fatal(response, err)
	}
	again, _, err := Replay{Trace: trace, Profile: &Profile{Name: "lenient", WildcardCoversAuthorization: true}}.Fetch(t.Context())
	if err != nil || again.Reason.Code != ReasonNotRecorded {
		t.Errorf("under the other profile the preflight should pass and the request be missing: %v, %v", again.Reason, err)
	}
}
