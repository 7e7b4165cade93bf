package jsrun

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"sync"

	"github.com/corscope/corscope/fetch"
)

// requests are the fetches of one script and the bodies that it has not read to their end. The maps belong to the loop's
// goroutine.
type requests struct {
	run    *run
	slots  chan struct{}
	work   sync.WaitGroup
	cancel map[int]context.CancelFunc
	bodies map[int]*body
}

// body is that of an answer. One read is under way at a time, on a goroutine of its own.
type body struct {
	response *fetch.Response
	cancel   context.CancelFunc
}

func newRequests(r *run) *requests {
	return &requests{run: r, slots: make(chan struct{}, parallelRequests), cancel: make(map[int]context.CancelFunc), bodies: make(map[int]*body)}
}

// close ends what is under way; the run's context has ended.
func (q *requests) close() {
	q.work.Wait()
	for _, b := range q.bodies {
		b.response.Close()
		b.cancel()
	}
	for _, cancel := range q.cancel {
		cancel()
	}
}

// fetchRequest is what the prelude asks for.
type fetchRequest struct {
	Method         string      `json:"method"`
	URL            string      `json:"url"`
	Headers        [][2]string `json:"headers"`
	Body           *string     `json:"body"` // base64
	Stream         bool        `json:"stream"`
	Mode           string      `json:"mode"`
	Credentials    string      `json:"credentials"`
	Redirect       string      `json:"redirect"`
	Cache          string      `json:"cache"`
	Referrer       string      `json:"referrer"`
	ReferrerPolicy string      `json:"referrerPolicy"`
	Integrity      string      `json:"integrity"`
	Keepalive      bool        `json:"keepalive"`
	UploadListener bool        `json:"uploadListener"`
	URLCredentials bool        `json:"urlCredentials"`
}

// fetchAnswer is what the prelude gets: Error, or the rest.
type fetchAnswer struct {
	Error      string      `json:"error,omitempty"`
	Timeout    bool        `json:"timeout,omitempty"`
	Type       string      `json:"type"`
	Status     int         `json:"status"`
	StatusText string      `json:"statusText"`
	Headers    [][2]string `json:"headers"`
	URL        string      `json:"url"`
	Redirected bool        `json:"redirected"`
	HasBody    bool        `json:"hasBody"`
	Body       string      `json:"body,omitempty"` // base64; of fetchSync alone
}

func (f *fetchRequest) request() (fetch.Request, error) {
	q := fetch.Request{
		Method: isomorphicEncode(f.Method), URL: f.URL, Mode: fetch.Mode(f.Mode), Credentials: fetch.CredentialsMode(f.Credentials),
		Redirect: fetch.RedirectMode(f.Redirect), Cache: fetch.CacheMode(f.Cache), Referrer: f.Referrer,
		ReferrerPolicy: fetch.ReferrerPolicy(f.ReferrerPolicy), Integrity: f.Integrity, Keepalive: f.Keepalive, UploadListener: f.UploadListener,
		URLCredentials: f.URLCredentials,
	}
	for _, h := range f.Headers {
		q.Headers = append(q.Headers, fetch.Header{Name: isomorphicEncode(h[0]), Value: isomorphicEncode(h[1])})
	}
	if f.Body != nil {
		b, err := base64.StdEncoding.DecodeString(*f.Body)
		if err != nil {
			return q, err
		}
		if f.Stream {
			q.Body = fetch.StreamBody(bytes.NewReader(b))
		} else {
			q.Body = fetch.BytesBody(b)
		}
	}
	return q, nil
}

func answerOf(response *fetch.Response) *fetchAnswer {
	a := &fetchAnswer{
		Type: string(response.Type), Status: response.Status, StatusText: isomorphicDecode(response.StatusText), URL: response.URL(),
		Redirected: response.Redirected(), HasBody: response.Body != nil, Headers: [][2]string{},
	}
	for _, h := range response.Headers {
		a.Headers = append(a.Headers, [2]string{h.Name, isomorphicDecode(h.Value)})
	}
	return a
}

// failedToFetch is the message of the TypeError, which tells the page nothing.
const failedToFetch = "Failed to fetch"

// opFetch takes a number and a request. Its answer comes by the hook "fetched".
func opFetch(r *run, a arguments) (any, error) {
	id := a.int(0)
	var asked fetchRequest
	if err := json.Unmarshal([]byte(a.str(1)), &asked); err != nil {
		return nil, err
	}
	request, err := asked.request()
	if err != nil {
		return nil, err
	}
	if r.loop.pending >= r.config.Limits.Requests {
		r.stop(&LimitError{Code: LimitRequests, Max: int64(r.config.Limits.Requests)})
		return nil, errStopped
	}
	if r.config.OnTrace != nil {
		request.Trace = new(fetch.Trace)
	}
	ctx, cancel := context.WithCancel(r.ctx)
	q := r.requests
	q.cancel[id] = cancel
	r.loop.pending++
	run := func() {
		response, err := q.fetch(ctx, request)
		r.loop.post(func() {
			r.loop.pending--
			q.fetched(id, request, response, err)
		})
	}
	if strings.HasPrefix(request.URL, "blob:") {
		// The URL names what it names now: the script may revoke it in its next line. There is no server to wait for.
		run()
	} else {
		q.work.Go(run)
	}
	return nil, nil
}

// fetch waits for its turn on the network.
func (q *requests) fetch(ctx context.Context, request fetch.Request) (*fetch.Response, error) {
	select {
	case q.slots <- struct{}{}:
		defer func() { <-q.slots }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return q.run.config.Page.Fetch(ctx, request)
}

func (q *requests) fetched(id int, request fetch.Request, response *fetch.Response, err error) {
	cancel := q.cancel[id]
	delete(q.cancel, id)
	if err != nil {
		cancel()
		q.run.dispatch("fetched", id, errorAnswer(err))
		return
	}
	q.tell(request, response)
	answer := answerOf(response)
	switch {
	case response.IsError():
		cancel()
		answer = &fetchAnswer{Error: failedToFetch, Timeout: response.Reason.Code == fetch.ReasonTimeout}
	case response.Body == nil:
		q.drain(response, cancel)
	default:
		q.bodies[id] = &body{response: response, cancel: cancel}
	}
	text, _ := encodeRecord(answer) // strings and numbers can always be marshalled
	q.run.dispatch("fetched", id, text)
}

// drain reads what the page may not read, as browsers do, so that the connection can be used again.
func (q *requests) drain(response *fetch.Response, cancel context.CancelFunc) {
	hidden := response.Internal().Body
	if hidden == nil {
		cancel()
		return
	}
	q.work.Go(func() {
		defer cancel()
		defer response.Close()
		// A body that breaks off is nothing that the page could notice.
		_, _ = io.Copy(io.Discard, hidden)
	})
}

// tell gives the fetch to whoever looks on.
func (q *requests) tell(request fetch.Request, response *fetch.Response) {
	if q.run.config.OnTrace != nil {
		q.run.config.OnTrace(request.Trace)
	}
	if response.IsError() && q.run.config.OnBlocked != nil {
		method := request.Method
		if method == "" {
			method = "GET"
		}
		q.run.config.OnBlocked(method, request.URL, response.Reason)
	}
}

// errorAnswer is for a request that could not be run: cancelled, or one that the Request constructor should have refused.
func errorAnswer(err error) any {
	answer := fetchAnswer{Error: failedToFetch}
	var refused *fetch.RequestError
	if errors.As(err, &refused) {
		answer.Error = refused.Error()
	}
	text, _ := encodeRecord(answer)
	return text
}

// opFetchSync runs a request, and reads its body, while the page stands still: a synchronous XMLHttpRequest.
func opFetchSync(r *run, a arguments) (any, error) {
	var asked fetchRequest
	if err := json.Unmarshal([]byte(a.str(0)), &asked); err != nil {
		return nil, err
	}
	request, err := asked.request()
	if err != nil {
		return nil, err
	}
	if r.config.OnTrace != nil {
		request.Trace = new(fetch.Trace)
	}
	response, err := r.config.Page.Fetch(r.ctx, request)
	if r.stopped() {
		if err == nil {
			response.Close()
		}
		r.stop(r.fatal)
		return nil, errStopped
	}
	if err != nil {
		return errorAnswer(err), nil
	}
	defer response.Close()
	r.requests.tell(request, response)
	if response.IsError() {
		return encodeRecord(fetchAnswer{Error: failedToFetch})
	}
	answer := answerOf(response)
	if response.Body != nil {
		b, err := io.ReadAll(response.Body)
		if err != nil {
			return encodeRecord(fetchAnswer{Error: err.Error()})
		}
		answer.Body = encodeBytes(b)
	}
	return encodeRecord(answer)
}

// opFetchAbort ends a fetch or the reading of its body.
func opFetchAbort(r *run, a arguments) (any, error) {
	id := a.int(0)
	if cancel := r.requests.cancel[id]; cancel != nil {
		cancel()
	}
	if b := r.requests.bodies[id]; b != nil {
		b.cancel()
	}
	return nil, nil
}
