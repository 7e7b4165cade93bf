package jsrun

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestEventStreams(t *testing.T) {
	for _, c := range []struct {
		name, stream string
		want         []serverEvent
		lastID       string
		retry        time.Duration
	}{
		{name: "two lines of data are joined by a line feed", stream: "data: YHOO\ndata: +2\ndata:10\n\n", want: []serverEvent{{"message", "YHOO\n+2\n10", ""}}},
		{name: "a comment is no event", stream: ": test stream\n\n"},
		{name: "an ID without a value takes the last one back", stream: "data: a\nid: 1\n\ndata:b\nid\n\n", want: []serverEvent{{"message", "a", "1"}, {"message", "b", ""}}},
		{name: "an ID lives on in the events behind it", stream: "id: 1\ndata: a\n\ndata: b\n\n", want: []serverEvent{{"message", "a", "1"}, {"message", "b", "1"}}, lastID: "1"},
		{name: "an ID of an event without data counts", stream: "id: 5\n\n", lastID: "5"},
		{name: "an ID of an event that is not finished does not count", stream: "id: 5\n"},
		{name: "an ID that holds a null is none", stream: "id: a\x00b\ndata: x\n\n", want: []serverEvent{{"message", "x", ""}}},
		{name: "data without a value is an empty line", stream: "data\n\ndata\ndata\n\n", want: []serverEvent{{"message", "", ""}, {"message", "\n", ""}}},
		{name: "an event that the stream's end cuts off is none", stream: "data: a\n\ndata: b\n", want: []serverEvent{{"message", "a", ""}}},
		{name: "one space behind the colon is dropped, and no more", stream: "data:  a\n\n", want: []serverEvent{{"message", " a", ""}}},
		{name: "a tab behind the colon stays", stream: "data:\ta\n\n", want: []serverEvent{{"message", "\ta", ""}}},
		{name: "an event has the type that it says", stream: "event: ping\ndata: 1\n\ndata: 2\n\n", want: []serverEvent{{"ping", "1", ""}, {"message", "2", ""}}},
		{name: "a type without data is no event, and is forgotten", stream: "event: ping\n\ndata: 2\n\n", want: []serverEvent{{"message", "2", ""}}},
		{name: "lines end by CR, LF or both", stream: "data:1\rdata:2\r\ndata:3\n\r\ndata:4\r\r", want: []serverEvent{{"message", "1\n2\n3", ""}, {"message", "4", ""}}},
		{name: "a byte order mark before the stream is dropped, and only one", stream: "\ufeffdata: 1\n\n\ufeffdata: 2\n\n", want: []serverEvent{{"message", "1", ""}}},
		{name: "fields of other names, or in another case, are nothing", stream: "Data: 1\nfoo: 2\n data: 3\ndata: 4\n\n", want: []serverEvent{{"message", "4", ""}}},
		{name: "retry is a number of milliseconds", stream: "retry: 250\n", retry: 250 * time.Millisecond},
		{name: "retry with anything but digits is nothing", stream: "retry: 1s\nretry: -1\nretry:\nretry: 1.5\n", retry: firstRetry},
		{name: "retry is at most a day", stream: "retry: 99999999999999999999999999\n", retry: maxRetry},
		{name: "bytes that are no UTF-8 become replacements", stream: "data: \xff\xe2\x82\n\n", want: []serverEvent{{"message", "\ufffd\ufffd", ""}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.retry == 0 {
				c.retry = firstRetry
			}
			// The same in one piece, and byte by byte.
			for _, size := range []int{len(c.stream), 1} {
				s := newEventStream("", firstRetry)
				if got := writeInPieces(t, s, []byte(c.stream), size); !reflect.DeepEqual(got, c.want) {
					t.Errorf("in pieces of %d: got %q, want %q", size, got, c.want)
				}
				if s.lastID != c.lastID || s.retry != c.retry {
					t.Errorf("in pieces of %d: the last ID is %q and the time %s, want %q and %s", size, s.lastID, s.retry, c.lastID, c.retry)
				}
			}
		})
	}
}

func TestAnEventWithoutEndIsGivenUp(t *testing.T) {
	s := newEventStream("", firstRetry)
	piece := []byte(strings.Repeat("x", 1<<20))
	for range maxServerEvent>>20 + 1 {
		if _, err := s.write(piece); err != nil {
			return
		}
	}
	t.Error("a line of any length is taken")
}

func writeInPieces(t *testing.T, s *eventStream, b []byte, size int) []serverEvent {
	t.Helper()
	var all []serverEvent
	for len(b) > 0 {
		n := min(size, len(b))
		events, err := s.write(b[:n])
		if err != nil {
			t.Fatal(err)
		}
		all, b = append(all, events...), b[n:]
	}
	return all
}

// FuzzEventStream holds that the stream means the same however it is cut, and that its events survive being written again.
func FuzzEventStream(f *testing.F) {
	for _, s := range []string{"data: a\n\n", "\ufeffid:1\revent: x\r\ndata\n\r\n", "retry: 10\n:c\n\ndata: \xff\n\n"} {
		f.Add([]byte(s), 1)
	}
	f.Fuzz(func(t *testing.T, b []byte, size int) {
		whole, cut := newEventStream("0", firstRetry), newEventStream("0", firstRetry)
		want := writeInPieces(t, whole, b, len(b))
		if got := writeInPieces(t, cut, b, 1+(size&0xff)); !reflect.DeepEqual(got, want) {
			t.Fatalf("cut: %q, whole: %q", got, want)
		}
		if whole.lastID != cut.lastID || whole.retry != cut.retry {
			t.Fatalf("cut: %q %s, whole: %q %s", cut.lastID, cut.retry, whole.lastID, whole.retry)
		}
		var again strings.Builder
		for _, e := range want {
			if strings.Contains(e.data, "\r") || strings.ContainsAny(e.kind+e.lastID, "\r\n") {
				t.Fatalf("a line's end is within a line: %q", e)
			}
			fmt.Fprintf(&again, "event: %s\nid: %s\ndata: %s\n\n", e.kind, e.lastID, strings.ReplaceAll(e.data, "\n", "\ndata: "))
		}
		if got := writeInPieces(t, newEventStream("0", firstRetry), []byte(again.String()), again.Len()); !reflect.DeepEqual(got, want) {
			t.Fatalf("written again: %q, was %q", got, want)
		}
	})
}
