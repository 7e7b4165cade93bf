package jsrun

import (
	"bytes"
	"errors"
	"io"
	"time"
)

// serverEvent is an event of a stream.
type serverEvent struct {
	kind, data string
	lastID     string
}

// eventStream interprets the bytes of an event stream as they come. What outlives a connection is kept by whoever makes the next.
//
// https://html.spec.whatwg.org/#event-stream-interpretation
type eventStream struct {
	lastID string // as it was at the last event
	retry  time.Duration

	line     []byte
	started  bool // the byte order mark would have been before this
	afterCR  bool
	idBuffer string
	kind     string
	data     []byte
}

// maxServerEvent bounds one event and one line; a stream that goes past it is given up.
const maxServerEvent = 16 << 20

// maxRetry bounds the time that a server may ask for.
const maxRetry = 24 * time.Hour

var errServerEvent = errors.New("jsrun: an event of the stream is too large")

// newEventStream begins where the last connection ended.
func newEventStream(lastID string, retry time.Duration) *eventStream {
	return &eventStream{lastID: lastID, idBuffer: lastID, retry: retry}
}

// write takes bytes and returns the events that they complete.
func (s *eventStream) write(b []byte) ([]serverEvent, error) {
	if !s.started {
		s.line = append(s.line, b...)
		mark := []byte("\xef\xbb\xbf")
		if len(s.line) < len(mark) && bytes.HasPrefix(mark, s.line) {
			return nil, nil
		}
		s.started = true
		b, s.line = bytes.TrimPrefix(s.line, mark), nil
	}
	var events []serverEvent
	for len(b) > 0 {
		if s.afterCR {
			s.afterCR = false
			if b[0] == '\n' {
				b = b[1:]
				continue
			}
		}
		end := bytes.IndexAny(b, "\r\n")
		if end < 0 {
			s.line = append(s.line, b...)
			b = nil
		} else {
			s.line = append(s.line, b[:end]...)
			s.afterCR = b[end] == '\r'
			b = b[end+1:]
			if e, ok := s.endLine(); ok {
				events = append(events, e)
			}
		}
		if len(s.line) > maxServerEvent || len(s.data) > maxServerEvent {
			return events, errServerEvent
		}
	}
	return events, nil
}

// endLine processes a line, and says whether it completes an event.
func (s *eventStream) endLine() (serverEvent, bool) {
	line := s.line
	s.line = s.line[:0]
	if len(line) == 0 {
		return s.dispatch()
	}
	field, value, _ := bytes.Cut(line, []byte(":"))
	text, _ := decodeUTF8(bytes.TrimPrefix(value, []byte(" ")))
	switch string(field) {
	case "event":
		s.kind = text
	case "data":
		s.data = append(append(s.data, text...), '\n')
	case "id":
		if !bytes.Contains(value, []byte{0}) {
			s.idBuffer = text
		}
	case "retry":
		if ms, ok := milliseconds(text); ok {
			s.retry = ms
		}
	}
	return serverEvent{}, false
}

// dispatch ends an event at an empty line. One without data is none.
//
// https://html.spec.whatwg.org/#dispatchMessage
func (s *eventStream) dispatch() (serverEvent, bool) {
	s.lastID = s.idBuffer
	kind, data := s.kind, s.data
	s.kind, s.data = "", nil
	if len(data) == 0 {
		return serverEvent{}, false
	}
	if kind == "" {
		kind = "message"
	}
	return serverEvent{kind: kind, data: string(data[:len(data)-1]), lastID: s.lastID}, true
}

// milliseconds reads a number of milliseconds, which may be as long as it likes.
func milliseconds(s string) (time.Duration, bool) {
	ms := time.Duration(0)
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		ms = min(ms*10+time.Duration(s[i]-'0')*time.Millisecond, maxRetry)
	}
	return ms, s != ""
}

// read gives each event of a body to take, until the body ends or take returns false.
func (s *eventStream) read(body io.Reader, take func([]serverEvent) bool) {
	buf := make([]byte, 16<<10)
	for {
		n, err := body.Read(buf)
		events, wrong := s.write(buf[:n])
		if len(events) > 0 && !take(events) || wrong != nil || err != nil {
			return
		}
	}
}
