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

// start returns a context that ends with ctx, with the deadline, or with release.
func (d *deadline) start(ctx context.Context, after time.Duration) context.Context {
	ctx, d.cancel = context.WithCancelCause(ctx)
	d.after = after
	if after > 0 {
		d.timer = time.AfterFunc(after, d.fire)
	}
	return ctx
}

func (d *deadline) fire() {
	d.fired.Store(true)
	// The cause tells the transport that it was out of time, so that it says how far it had come.
	d.cancel(context.DeadlineExceeded)
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
