package cors

import (
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"
)

// SlogOptions says what [NewSlogObserver] logs. The zero SlogOptions logs refusals
// at level info, at most ten of each reason per second.
type SlogOptions struct {
	// Level is that of a refusal. Default: slog.LevelInfo.
	Level slog.Level
	// PerReason is how many refusals of one reason are logged in each Interval; the
	// next one after that says how many were not. Anybody can cause refusals, and a
	// log that they fill hides what matters. Default: 0, which stands for 10; a
	// negative number logs all.
	PerReason int
	// Interval is that of PerReason. Default: 0, which stands for one second.
	Interval time.Duration
	// All logs every request with an Origin, not the refused ones only, with
	// those that are allowed at level debug. Default: false.
	All bool
	// Now is the clock. Default: nil, which stands for time.Now.
	Now func() time.Time
}

// NewSlogObserver returns an observer for [Middleware.Observe] and
// [Routes.Observe] that logs to logger.
//
// Values from the request are quoted, ASCII only and at most 100 bytes long
// before the quotes, whatever the handler of logger does with them; the path is
// not among them, as it may hold secrets. The attributes are reason, origin,
// pattern, method, header, policy, preflight and unlogged, those that are
// empty left out. The observer is safe for concurrent use.
func NewSlogObserver(logger *slog.Logger, options SlogOptions) func(*http.Request, Decision) {
	if options.PerReason == 0 {
		options.PerReason = 10
	}
	if options.Interval <= 0 {
		options.Interval = time.Second
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	o := &slogObserver{logger: logger, options: options}
	return o.observe
}

type slogObserver struct {
	logger  *slog.Logger
	options SlogOptions
	samples [reasonCount]sample
}

// sample counts what happened in one interval. Races between requests at the
// turn of an interval may log one more or one less, which does not matter.
type sample struct {
	interval atomic.Int64
	logged   atomic.Int64
	unlogged atomic.Int64
}

func (o *slogObserver) observe(r *http.Request, d Decision) {
	level := o.options.Level
	if !d.Reason.Refused() {
		if !o.options.All || d.Reason != ReasonAllowed {
			return
		}
		level = slog.LevelDebug
	}
	if !o.logger.Enabled(r.Context(), level) {
		return
	}
	unlogged, ok := o.take(d.Reason)
	if !ok {
		return
	}
	attrs := make([]slog.Attr, 0, 8)
	attrs = append(attrs, slog.String("reason", d.Reason.String()), slog.Bool("preflight", d.Preflight))
	attrs = appendQuoted(attrs, "origin", d.Origin)
	attrs = appendQuoted(attrs, "method", d.Method)
	attrs = appendQuoted(attrs, "header", d.Header)
	if d.Pattern != "" {
		attrs = append(attrs, slog.String("pattern", d.Pattern))
	}
	if d.Policy != "" {
		attrs = append(attrs, slog.String("policy", d.Policy))
	}
	if unlogged > 0 {
		attrs = append(attrs, slog.Int64("unlogged", unlogged))
	}
	message := "cors: allowed"
	if d.Reason.Refused() {
		message = "cors: refused"
	}
	o.logger.LogAttrs(r.Context(), level, message, attrs...)
}

// take reports whether there is room for one more of this reason in the
// interval, and how many there were without since the last one logged.
func (o *slogObserver) take(reason Reason) (unlogged int64, ok bool) {
	s := &o.samples[reason]
	if o.options.PerReason < 0 {
		return 0, true
	}
	interval := o.options.Now().UnixNano() / int64(o.options.Interval)
	if last := s.interval.Load(); last != interval && s.interval.CompareAndSwap(last, interval) {
		s.logged.Store(0)
	}
	if s.logged.Add(1) > int64(o.options.PerReason) {
		s.unlogged.Add(1)
		return 0, false
	}
	return s.unlogged.Swap(0), true
}

// appendQuoted adds what a client sent, unless it is empty.
func appendQuoted(attrs []slog.Attr, key, value string) []slog.Attr {
	if value == "" {
		return attrs
	}
	return append(attrs, slog.String(key, quote(value)))
}
