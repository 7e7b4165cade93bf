package fetch

import (
	"context"
	"sync/atomic"
	"time"
)

// deadline is the agent's own time-out of one fetch: it runs until the answer's headers are there, and again during each read
// of the body. A deadline with no length never fires.
type deadline struct {
	after  time.Duration
	cancel context.CancelCauseFunc
	timer  *time.Timer // nil without a length
	fired  atomic.Bool
}

// newDeadline returns a context that ends with ctx, with the deadline, or with release.
func newDeadline(ctx context.Context, after time.Duration) (context.Context, *deadline) {
	ctx, cancel := context.WithCancelCause(ctx)
	d := &deadline{after: after, cancel: cancel}
	if after > 0 {
		d.timer = time.AfterFunc(after, func() {
			d.fired.Store(true)
			// The cause tells the transport that it was out of time, so that it says how far it had come.
			cancel(context.DeadlineExceeded)
		})
	}
	return ctx, d
}

func (d *deadline) arm() {
	if d.timer != nil && !d.fired.Load() {
		d.timer.Reset(d.after)
	}
}

func (d *deadline) disarm() {
	if d.timer != nil {
		d.timer.Stop()
	}
}

func (d *deadline) expired() bool { return d.fired.Load() }

// release frees the context. It may be called more than once.
func (d *deadline) release() {
	d.disarm()
	d.cancel(nil)
}
