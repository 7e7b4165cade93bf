package jsrun

import (
	"crypto/rand"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/corscope/corscope/fetch"
)

// mayPrint counts bytes that the script has printed, or that are told of it. It ends the run and returns false where they are too many.
func (r *run) mayPrint(bytes int) bool {
	r.printed += int64(bytes)
	if r.printed <= r.config.Limits.Output {
		return true
	}
	r.stop(&LimitError{Code: LimitOutput, Max: r.config.Limits.Output})
	return false
}

// opPrint writes one console message; the first argument is 1 for standard output and 2 for standard error.
func opPrint(r *run, a arguments) (any, error) {
	text := strings.ToValidUTF8(a.str(1), "\ufffd") + "\n"
	if !r.mayPrint(len(text)) {
		return nil, errStopped
	}
	w := r.config.Stdout
	if a.int(0) == 2 {
		w = r.config.Stderr
	}
	if _, err := io.WriteString(w, text); err != nil {
		r.stop(fmt.Errorf("jsrun: printing: %w", err))
		return nil, errStopped
	}
	return nil, nil
}

// opReport takes an error that the script did not handle.
func opReport(r *run, a arguments) (any, error) {
	// Where a string does not fit while it crosses to Go, the engine's words stand behind the wrapper's.
	if a.str(2) == "out of memory" || strings.HasPrefix(a.str(1), "TypeError: call") && strings.HasSuffix(a.str(1), ": InternalError: out of memory") {
		return nil, r.outOfMemory()
	}
	text := moduleFailures.Replace(strings.ToValidUTF8(a.str(1), "\ufffd"))
	r.report(&ScriptError{Kind: ScriptErrorKind(a.str(0)), Text: text, Stack: r.cleanStack(a.str(3)), Hint: missingHint(text)})
	return nil, nil
}

func opSettled(r *run, _ arguments) (any, error) {
	r.topLevelEnded()
	return nil, nil
}

func opValue(r *run, a arguments) (any, error) {
	if r.config.OnValue != nil {
		r.config.OnValue(strings.ToValidUTF8(a.str(0), "\ufffd"))
	}
	return nil, nil
}

// place is what the prelude needs to know of the page.
type place struct {
	URL       string `json:"url"`
	Origin    string `json:"origin"`
	UserAgent string `json:"userAgent"`
	Worker    bool   `json:"worker"`
	Secure    bool   `json:"secure"`
	WantValue bool   `json:"wantValue"`
	// SyncXHR: the page may make synchronous requests. TargetSpace: fetch() has the option targetAddressSpace.
	SyncXHR     bool `json:"syncXHR"`
	TargetSpace bool `json:"targetSpace"`
	// Streams is what becomes of a request's stream: "text", "refused", or nothing for a browser that sends them.
	Streams string `json:"streams"`
	// LazyBodies: the stream of an answer learns nothing but by a read.
	LazyBodies bool `json:"lazyBodies"`
	// CanvasResizeCleans: a canvas can be read again once its width or height was set.
	CanvasResizeCleans bool `json:"canvasResizeCleans"`
}

func opPlace(r *run, _ arguments) (any, error) {
	p := r.config.Page
	at := place{URL: "about:blank", Origin: p.Origin().String(), UserAgent: p.Agent().UserAgent(), Worker: r.config.Worker,
		Secure: p.Origin().IsPotentiallyTrustworthy(), WantValue: r.config.OnValue != nil,
		SyncXHR: r.config.Worker || p.AllowsSyncXHR(), TargetSpace: p.Agent().Profile().LocalNetwork.TargetAddressSpace, LazyBodies: p.Agent().Profile().LazyBodies,
		CanvasResizeCleans: p.Agent().Profile().Canvas.ResizeCleans}
	switch profile := p.Agent().Profile(); {
	case profile.StreamBodyIsText:
		at.Streams = "text"
	case profile.RefusesStreamBody:
		at.Streams = "refused"
	}
	if u := p.URL(); u != nil {
		at.URL = u.String()
	}
	return encodeRecord(at)
}

// opMicrotasks runs the microtasks between two calls of the page's own functions, as behind each listener of an event.
//
// https://html.spec.whatwg.org/#clean-up-after-running-script
func opMicrotasks(r *run, _ arguments) (any, error) {
	r.drain()
	if r.fatal != nil {
		return nil, errStopped
	}
	return nil, nil
}

func opTimer(r *run, a arguments) (any, error) {
	if len(r.loop.timers) >= r.config.Limits.Timers {
		r.stop(&LimitError{Code: LimitTimers, Max: int64(r.config.Limits.Timers)})
		return nil, errStopped
	}
	r.loop.addTimer(a.int(0), time.Now(), time.Duration(a.num(1))*time.Millisecond, a.flag(2), a.flag(3))
	return nil, nil
}

func opClearTimer(r *run, a arguments) (any, error) {
	r.loop.clearTimer(a.int(0))
	return nil, nil
}

// opNow is the time since the page began, in milliseconds.
func opNow(r *run, _ arguments) (any, error) {
	return float64(time.Since(r.start0).Microseconds()) / 1000, nil
}

const maxRandom = 65536

func opRandom(_ *run, a arguments) (any, error) {
	b := make([]byte, min(max(a.int(0), 0), maxRandom))
	if _, err := rand.Read(b); err != nil {
		return nil, err
	}
	return encodeBytes(b), nil
}

// cookieContext is that of document.cookie.
//
// https://html.spec.whatwg.org/#dom-document-cookie
func (r *run) cookieContext() fetch.CookieContext {
	c := r.config.Page.CookieContext()
	c.FromScript = true
	return c
}

func opCookie(r *run, _ arguments) (any, error) {
	p := r.config.Page
	if p.URL() == nil {
		return "", nil
	}
	header, _ := p.Agent().Jar().Cookies(p.URL(), r.cookieContext())
	text, _ := decodeUTF8([]byte(header))
	return text, nil
}

func opSetCookie(r *run, a arguments) (any, error) {
	p := r.config.Page
	if p.URL() == nil {
		return nil, nil
	}
	p.Agent().Jar().Set(p.URL(), a.str(0), r.cookieContext())
	return nil, nil
}
