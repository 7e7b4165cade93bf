package jsrun

import (
	"errors"
	"reflect"
	"sync"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
	"modernc.org/quickjs"
)

// The wrapper modernc.org/quickjs has no hook for rejected promises that nobody handles, while the engine below it has one. This
// file reaches through; the version is pinned in go.mod, reach checks the layout that it relies on, and a test runs it.

// rejection is a promise that was rejected without a handler, or one that got its handler later. The values are owned.
type rejection struct {
	promise, reason quickjs.Value
	handled         bool
}

// value has the layout of quickjs.Value.
type value struct {
	vm *quickjs.VM
	v  lib.TJSValue
}

var errReach = errors.New("jsrun: modernc.org/quickjs has another layout than the one this package was written for")

// reach returns the address of the engine's runtime.
func reach(vm *quickjs.VM) (runtime uintptr, err error) {
	ours, theirs := reflect.TypeFor[value](), reflect.TypeFor[quickjs.Value]()
	if theirs.Kind() != reflect.Struct || theirs.Size() != ours.Size() || theirs.NumField() != ours.NumField() {
		return 0, errReach
	}
	for i := range ours.NumField() {
		a, b := ours.Field(i), theirs.Field(i)
		if a.Name != b.Name || a.Type != b.Type || a.Offset != b.Offset {
			return 0, errReach
		}
	}
	r := reflect.ValueOf(vm).Elem().FieldByName("runtime")
	if !r.IsValid() || r.Kind() != reflect.Pointer || r.IsNil() {
		return 0, errReach
	}
	c := r.Elem().FieldByName("cRuntime")
	if !c.IsValid() || c.Kind() != reflect.Uintptr || c.Uint() == 0 {
		return 0, errReach
	}
	return uintptr(c.Uint()), nil
}

// trackers finds the run for a runtime: the engine hands back a number, and must not hold a Go pointer.
var trackers sync.Map // uintptr -> *run

// tracker is called by the engine, in the middle of its work: it only takes note.
//
// https://html.spec.whatwg.org/#the-hostpromiserejectiontracker-implementation
var tracker = func(tls *libc.TLS, ctx uintptr, promise, reason lib.TJSValue, handled int32, opaque uintptr) {
	found, ok := trackers.Load(opaque)
	if !ok {
		return
	}
	r := found.(*run)
	own := func(v lib.TJSValue) quickjs.Value {
		mirror := value{r.vm, lib.XDupValue(tls, ctx, v)}
		return *(*quickjs.Value)(unsafe.Pointer(&mirror))
	}
	r.rejections = append(r.rejections, rejection{own(promise), own(reason), handled != 0})
}

func (r *run) trackRejections() error {
	runtime, err := reach(r.vm)
	if err != nil {
		return err
	}
	trackers.Store(runtime, r)
	r.untrack = func() {
		trackers.Delete(runtime)
		for _, j := range r.rejections {
			j.promise.Free()
			j.reason.Free()
		}
		r.rejections = nil
	}
	// A Go func value is a pointer to its code's pointer, which is what the transpiled C calls.
	lib.XJS_SetHostPromiseRejectionTracker(nil, runtime, *(*uintptr)(unsafe.Pointer(&tracker)), runtime)
	return nil
}

// notifyRejections tells the page of promises that are still without a handler when the microtasks have run.
//
// https://html.spec.whatwg.org/#notify-about-rejected-promises
func (r *run) notifyRejections() {
	for len(r.rejections) > 0 && r.fatal == nil {
		list := r.rejections
		r.rejections = nil
		for _, j := range list {
			if r.fatal == nil {
				r.dispatch("rejection", j.promise, j.reason, j.handled)
			}
			j.promise.Free()
			j.reason.Free()
		}
		if r.fatal == nil {
			r.dispatch("notify")
		}
		r.drain()
	}
}
