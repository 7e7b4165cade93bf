package jsrun

import (
	"io"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/corscope/corscope/fetch"
)

// Most bodies are small and come in one packet with their header. Such a body is given to the page together with the answer, which
// saves the page a question and the loop a task.
const (
	// maxAhead is how long a body may say it is to be read before the page asks for it.
	maxAhead = 16 << 10
	// maxAheadWait is how long an answer may wait for the rest of such a body.
	maxAheadWait = time.Millisecond
)

// readAhead is the body of an answer, of which the beginning may have been read already, or be under way.
type readAhead struct {
	body io.Reader

	mu      sync.Mutex
	changed sync.Cond // with mu
	// reading is true while somebody reads; nobody else reads or closes body then.
	reading bool
	posted  bool
	// closed: the body is given up, and nobody begins to read ahead any more.
	closed bool
	data   []byte
	err    error // follows data
	// filled is how many of the last bytes of data fill has read; the script's total counts them.
	filled int
	total  *atomic.Int64 // nil before fill
}

// isShort reports whether a response says that its body is short enough to be read ahead.
func isShort(response *fetch.Response) bool {
	length, known := response.Headers.Get("Content-Length")
	if !known {
		return false
	}
	n, err := strconv.Atoi(length)
	return err == nil && n <= maxAhead
}

// isReady reports whether all of a body is in memory, as that of a short answer mostly is.
func isReady(body io.Reader) bool {
	b, ok := body.(interface{ Ready() bool })
	return ok && b.Ready()
}

// Read gives what was read ahead, waits for the reader ahead if there is nothing, and then reads itself.
func (a *readAhead) Read(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for len(a.data) == 0 && a.reading {
		a.changed.Wait()
	}
	if len(a.data) == 0 && a.err == nil {
		return a.readLocked(p)
	}
	n := copy(p, a.data)
	a.data = a.data[n:]
	a.count(min(a.filled, len(a.data)))
	if n > 0 {
		return n, nil
	}
	return 0, a.err
}

// readLocked reads while a.mu, which it is called with, is free.
func (a *readAhead) readLocked(p []byte) (int, error) {
	a.reading = true
	a.mu.Unlock()
	n, err := a.body.Read(p)
	a.mu.Lock()
	a.reading = false
	a.err = err
	a.changed.Broadcast()
	return n, err
}

// fill reads until so many bytes wait, or in all of the script's bodies more than may, or the body ends.
func (a *readAhead) fill(limit int, total *atomic.Int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.total = total
	var buf []byte
	for a.err == nil && !a.closed && len(a.data) < limit && total.Load() < maxWaiting {
		if a.reading {
			a.changed.Wait()
			continue
		}
		if buf == nil {
			buf = make([]byte, chunk/2)
		}
		n, _ := a.readLocked(buf)
		if !a.closed {
			a.data = append(a.data, buf[:n]...)
			a.count(a.filled + n)
		}
	}
}

// count says how many bytes that fill has read are waiting.
func (a *readAhead) count(filled int) {
	if filled != a.filled {
		a.total.Add(int64(filled - a.filled))
		a.filled = filled
	}
}

// waiting is how many bytes have been read ahead, and what follows them, if that is known.
func (a *readAhead) waiting() (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.data), a.err
}

// giveUp ends the reading ahead, and reports whether somebody reads still; wait returns when that is not so.
func (a *readAhead) giveUp() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
	a.data = nil
	a.count(0)
	return a.reading
}

func (a *readAhead) wait() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.reading {
		a.changed.Wait()
	}
}

// take claims the right to post the answer.
func (a *readAhead) take() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	first := !a.posted
	a.posted = true
	return first
}

// run reads until the body ends, has become too long or takes too long, and posts the answer once: with the text of the body where
// that has ended and is valid UTF-8.
func (a *readAhead) run(post func(text string, inHand bool)) {
	if !isReady(a.body) {
		late := time.AfterFunc(maxAheadWait, func() {
			if a.take() {
				post("", false)
			}
		})
		defer late.Stop()
	}
	buf := make([]byte, 512)
	for more := true; more; {
		n, err := a.body.Read(buf)
		a.mu.Lock()
		a.data, a.err = append(a.data, buf[:n]...), err
		// Once the page has the answer, the next read is for it to ask for.
		more = err == nil && len(a.data) < maxAhead && !a.posted
		a.reading = more
		a.changed.Broadcast()
		a.mu.Unlock()
	}
	if !a.take() {
		return
	}
	// Nobody else has it yet.
	if a.err == io.EOF && utf8.Valid(a.data) {
		post(string(a.data), true)
		return
	}
	post("", false)
}

func newReadAhead(body io.Reader, reading bool) *readAhead {
	a := &readAhead{body: body, reading: reading}
	a.changed.L = &a.mu
	return a
}
