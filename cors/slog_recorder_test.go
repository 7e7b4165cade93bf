package cors

import (
	"context"
	"log/slog"
)

// recorder is a slog.Handler that shows each attribute, unformatted.
type recorder func(slog.Attr)

func (recorder) Enabled(context.Context, slog.Level) bool { return true }
func (r recorder) WithAttrs([]slog.Attr) slog.Handler     { return r }
func (r recorder) WithGroup(string) slog.Handler          { return r }
func (r recorder) Handle(_ context.Context, record slog.Record) error {
	record.Attrs(func(a slog.Attr) bool { r(a); return true })
	return nil
}
