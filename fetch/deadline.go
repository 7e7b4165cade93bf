package fetch

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// deadline is the agent's own time-out of one fetch: it runs until the answer's headers are there, and again during each read
// of the body. A deadline with no length never fires.
type deadline struct {
	after  time.Duration
	cancel context.CancelCauseFunc
	fired  atomic.Bool
	watch  *watchdog
	// at is when it fires, in the watchdog's time; 0: not while it is disarmed.
	at atomic.Int64

	// prev and next are the watchdog's, and listed says whether it holds this one.
	prev, next *deadline
	listed     bool
}

// start returns a context that ends with ctx, with the deadline, or with release.
func (d *deadline) start(ctx context.Context, after time.Duration, w *watchdog) context.Context {
	ctx, d.cancel = context.WithCancelCause(ctx)
	d.after, d.watch = after, w
	if after > 0 {
		d.arm()
		w.add(d)
	}
	return ctx
}

func (d *deadline) arm() {
	if d.after > 0 {
		d.at.Store(d.watch.now() + int64(d.after))
	}
}

func (d *deadline) disarm() { d.at.Store(0) }

func (d *deadline) expired() bool { return d.fired.Load() }

// release frees the context. It may be called more than once.
func (d *deadline) release() {
	d.disarm()
	if d.after > 0 {
		d.watch.remove(d)
	}
	d.cancel(nil)
}

// watchdog fires the deadlines of an agent. A timer for each fetch would be set, moved and stopped several times within some
// microseconds, and each time may wake a thread; so one timer looks after all, some times within the length of a deadline, and only
// while there are any. Deadlines fire late by at most that interval.
type watchdog struct {
	base  time.Time
	every time.Duration

	mu      sync.Mutex
	first   *deadline
	ticking bool
	timer   *time.Timer
}

// newWatchdog is for deadlines of that length.
func newWatchdog(after time.Duration) *watchdog {
	// The base lies back a little, so that no time is 0.
	return &watchdog{base: time.Now().Add(-time.Second), every: min(max(after/16, time.Millisecond), time.Second)}
}

func (w *watchdog) now() int64 { return int64(time.Since(w.base)) }

func (w *watchdog) add(d *deadline) {
	w.mu.Lock()
	defer w.mu.Unlock()
	d.next, d.listed = w.first, true
	if w.first != nil {
		w.first.prev = d
	}
	w.first = d
	if w.ticking {
		return
	}
	w.ticking = true
	if w.timer == nil {
		w.timer = time.AfterFunc(w.every, w.tick)
	} else {
		w.timer.Reset(w.every)
	}
}

func (w *watchdog) remove(d *deadline) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.unlink(d)
}

// unlink wants the lock.
func (w *watchdog) unlink(d *deadline) {
	if !d.listed {
		return
	}
	if d.prev != nil {
		d.prev.next = d.next
	} else {
		w.first = d.next
	}
	if d.next != nil {
		d.next.prev = d.prev
	}
	d.prev, d.next, d.listed = nil, nil, false
}

func (w *watchdog) tick() {
	w.mu.Lock()
	var late []*deadline
	now := w.now()
	for d := w.first; d != nil; {
		next := d.next
		if at := d.at.Load(); at != 0 && at <= now {
			w.unlink(d)
			late = append(late, d)
		}
		d = next
	}
	if w.ticking = w.first != nil; w.ticking {
		w.timer.Reset(w.every)
	}
	w.mu.Unlock()
	for _, d := range late {
		d.fired.Store(true)
		// The cause tells the transport that it was out of time, so that it says how far it had come.
		d.cancel(context.DeadlineExceeded)
	}
}
