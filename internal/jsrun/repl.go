package jsrun

import (
	"context"
	"errors"
	"strings"

	"modernc.org/quickjs"
)

// REPL runs texts one after the other in one page, as a browser's console does: what one declares, the next ones see, and timers and
// requests go on meanwhile. read returns the next text, and false when there is no more; more tells it that the text so far is not
// complete, so that the next one continues it; a text that is [Drop] alone takes back what is not complete, and one that is [Leave] alone
// ends it, with the timers and requests that are pending. read is called on a goroutine of its own, which REPL does not wait for when ctx ends.
//
// Values go to c.OnValue, errors to c.OnError; they do not end the page, and REPL returns nil after them. Other errors are Run's.
func REPL(ctx context.Context, c Config, read func(more bool) (text string, ok bool)) error {
	r, err := newRun(ctx, c)
	if err != nil {
		return err
	}
	defer r.close()
	r.name = "repl"
	lines := &replLines{run: r}
	r.settled = lines.answer
	r.loop.pending++
	go func() {
		more := false
		for {
			text, ok := read(more)
			if ok && text == Leave {
				r.loop.post(func() { r.left = true })
				return
			}
			if !ok {
				r.loop.post(func() {
					r.loop.pending--
					r.settled = nil
				})
				return
			}
			done := make(chan bool, 1)
			r.loop.post(func() { lines.take(text, done) })
			select {
			case more = <-done:
			case <-r.ctx.Done():
				return
			}
		}
	}()
	r.loopUntilIdle()
	return r.fatal
}

// Drop is what a reader returns when its user wants to begin again.
const Drop = "\x03"

// Leave is what a reader returns when its user wants to go. At the end of a file there may be something to wait for.
const Leave = "\x04"

// replLines is what a REPL has read and not yet run.
type replLines struct {
	run  *run
	text strings.Builder
	done chan bool
}

// take runs the text so far, or asks for more of it; done learns which, once the text's value is there.
func (l *replLines) take(text string, done chan bool) {
	r := l.run
	if text == Drop {
		l.text.Reset()
		done <- false
		return
	}
	if l.text.Len() > 0 {
		l.text.WriteByte('\n')
	}
	l.text.WriteString(text)
	source := l.text.String()
	l.done = done
	promise, err := r.vm.EvalValue(source, quickjs.EvalGlobal|evalAsync)
	if err != nil {
		r.source = source
		// An empty text ends one that cannot be completed.
		if text != "" && isIncomplete(source, err) {
			done <- true
			return
		}
		l.text.Reset()
		r.parseFailed(err)
		var syntax *SyntaxError
		if errors.As(r.fatal, &syntax) {
			r.report(r.fatal)
			r.fatal = nil
		}
		l.answer()
		return
	}
	l.text.Reset()
	r.waiting = true
	r.dispatch("main", promise, true, false)
	promise.Free()
}

// answer lets the reader go on.
func (l *replLines) answer() {
	if l.done != nil {
		l.done <- false
		l.done = nil
	}
}

// isIncomplete reports whether the parser came to the end of the text and wanted more.
func isIncomplete(source string, err error) bool {
	var e *quickjs.Error
	if !errors.As(err, &e) || e.Name != "SyntaxError" || e.LineNumber == 0 {
		return false
	}
	switch e.Message {
	case "unexpected end of comment":
		return true
	case "unexpected end of string":
		// The place is where it begins, or goes on behind a value: a string in quotes ends with its line.
		return strings.ContainsAny(at(source, e.LineNumber, e.ColumnNumber), "`}")
	}
	lines := strings.Split(strings.TrimRight(source, " \t\r\n"), "\n")
	last := lines[len(lines)-1]
	return e.LineNumber > len(lines) || e.LineNumber == len(lines) && e.ColumnNumber > len([]rune(last))
}

// at returns the character at a place, counted from 1; empty if there is none.
func at(source string, line, column int) string {
	lines := strings.Split(source, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	runes := []rune(lines[line-1])
	if column < 1 || column > len(runes) {
		return ""
	}
	return string(runes[column-1])
}
