package jsrun

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/corscope/corscope/fetch"
)

// firstRetry is how long an EventSource waits before it connects again, until the server says something else. The standard wants a few
// seconds; Chromium and WebKit take 3.
const firstRetry = 3 * time.Second

// eventSource is the connection of an EventSource, and those that follow it. It belongs to a goroutine of its own.
type eventSource struct {
	run         *run
	id          int
	url         string
	credentials bool
	stream      *eventStream
}

// opEventSource takes a number, a URL and whether credentials are sent. What comes of it is told by the hook "eventSource": the number,
// what happens (open, error, closed, or message), and of a message its members.
func opEventSource(r *run, a arguments) (any, error) {
	if r.loop.pending >= r.config.Limits.Requests {
		r.stop(&LimitError{Code: LimitRequests, Max: int64(r.config.Limits.Requests)})
		return nil, errStopped
	}
	ctx, cancel := context.WithCancel(r.ctx)
	s := &eventSource{run: r, id: a.int(0), url: a.str(1), credentials: a.flag(2), stream: newEventStream("", firstRetry)}
	q := r.requests
	q.cancel[s.id] = cancel
	r.loop.pending++
	q.work.Go(func() {
		s.live(ctx)
		r.loop.post(func() {
			r.loop.pending--
			cancel()
			delete(q.cancel, s.id)
		})
	})
	return nil, nil
}

// live connects again and again, until the connection fails for good or is closed.
//
// https://html.spec.whatwg.org/#sse-processing-model
func (s *eventSource) live(ctx context.Context) {
	for {
		if !s.connect(ctx) {
			s.tell(ctx, "closed")
			return
		}
		if ctx.Err() != nil {
			return
		}
		s.tell(ctx, "error")
		wait := time.NewTimer(s.stream.retry)
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return
		}
	}
}

// connect reports whether it makes sense to connect again.
func (s *eventSource) connect(ctx context.Context) bool {
	request := fetch.PotentialCORSRequest{URL: s.url, CORS: fetch.Anonymous, Cache: fetch.CacheNoStore, Headers: fetch.HeaderList{{Name: "Accept", Value: "text/event-stream"}}}
	if s.credentials {
		request.CORS = fetch.UseCredentials
	}
	if s.stream.lastID != "" {
		request.Headers = append(request.Headers, fetch.Header{Name: "Last-Event-ID", Value: s.stream.lastID})
	}
	if s.run.config.OnTrace != nil {
		request.Trace = new(fetch.Trace)
	}
	response, err := s.run.config.Page.FetchPotentialCORS(ctx, request)
	if err != nil {
		return ctx.Err() != nil
	}
	defer response.Close()
	s.post(ctx, func() {
		s.run.requests.tell(fetch.Request{URL: s.url, Trace: request.Trace}, response)
	})
	switch {
	case response.IsError():
		// What CORS or a policy forbids will be forbidden again, as browsers know.
		return s.run.config.Page.Agent().Profile().EventSource.Retries(response.Reason.Code)
	case response.Status != http.StatusOK || !isEventStream(response.Headers):
		s.post(ctx, func() { s.complain(response) })
		return false
	}
	s.tell(ctx, "open")
	origin := ""
	if u, err := fetch.ParseURL(response.URL()); err == nil {
		origin = u.Origin().String()
	}
	if response.Body == nil {
		return true
	}
	s.stream = newEventStream(s.stream.lastID, s.stream.retry)
	s.stream.read(response.Body, func(events []serverEvent) bool {
		s.post(ctx, func() {
			for _, e := range events {
				if ctx.Err() != nil {
					return
				}
				event, err := encodeRecord(map[string]string{"type": e.kind, "data": e.data, "lastEventId": e.lastID, "origin": origin})
				if err != nil {
					return
				}
				s.run.dispatch("eventSource", s.id, "message", event)
				s.run.checkpoint()
			}
		})
		return ctx.Err() == nil
	})
	return true
}

// complain prints what a browser's console would say and the page does not learn.
func (s *eventSource) complain(response *fetch.Response) {
	if response.Status == http.StatusNoContent {
		return // by which a server says that it is enough
	}
	why := "answered with status " + strconv.Itoa(response.Status)
	if response.Status == http.StatusOK {
		got, _ := response.Headers.Get("Content-Type")
		why = "answered with Content-Type " + quoteName(got) + ", and an EventSource takes text/event-stream alone"
	}
	_, _ = opPrint(s.run, arguments{float64(2), "EventSource " + response.URL() + " is " + why + ". It is closed."})
}

// isEventStream looks at the essence of the MIME type alone.
func isEventStream(h fetch.HeaderList) bool {
	got, _ := h.Get("Content-Type")
	essence, _, _ := strings.Cut(got, ";")
	return strings.EqualFold(strings.Trim(essence, "\t\n\r "), "text/event-stream")
}

func (s *eventSource) tell(ctx context.Context, what string) {
	s.post(ctx, func() {
		if ctx.Err() == nil {
			s.run.dispatch("eventSource", s.id, what)
		}
	})
}

// post runs f as a task and waits for it, so that a server that sends faster than the page takes is not read ahead of.
func (s *eventSource) post(ctx context.Context, f func()) {
	done := make(chan struct{})
	s.run.loop.post(func() {
		defer close(done)
		f()
	})
	select {
	case <-done:
	case <-ctx.Done():
	}
}
