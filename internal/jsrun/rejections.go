package jsrun

import (
	"errors"
	"reflect"
	"runtime"
	"strings"
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

// rejectionSize is what Go has for one, twice, as the list of them grows.
const rejectionSize = 2 * int64(unsafe.Sizeof(rejection{}))

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
	if (r.config.Module || r.modules.count > 0) && ofModuleItself() {
		return
	}
	own := func(v lib.TJSValue) quickjs.Value {
		mirror := value{r.vm, lib.XDupValue(tls, ctx, v)}
		return *(*quickjs.Value)(unsafe.Pointer(&mirror))
	}
	if !r.hold(rejectionSize) {
		_ = r.outOfMemory()
		return
	}
	r.rejections = append(r.rejections, rejection{own(promise), own(reason), handled != 0})
}

// ofModuleItself reports whether the promise that is being rejected is the engine's own, of a module that threw without waiting for
// anything: the engine looks at it at once and throws its reason on, but attaches no handler. Nothing in the promise tells so; the
// stack does, where no function of a script stands between the module and the promise.
func ofModuleItself() bool {
	callers := make([]uintptr, 16)
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers)])
	for {
		frame, more := frames.Next()
		switch {
		case strings.HasSuffix(frame.Function, "._js_execute_sync_module"):
			return true
		case strings.HasSuffix(frame.Function, "._async_func_resume"), !more:
			return false
		}
	}
}

// kindOf is the engine's number for the kind of an object, 0 for what is none.
func (r *run) kindOf(v quickjs.Value) int {
	return int(lib.XJS_GetClassID(r.thread(), (*value)(unsafe.Pointer(&v)).v))
}

// thread is what the engine's own functions are called with.
func (r *run) thread() *libc.TLS {
	if r.tls == nil {
		r.tls = libc.NewTLS()
	}
	return r.tls
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
	lib.XJS_SetHostPromiseRejectionTracker(nil, runtime, code(&tracker), runtime)
	return nil
}

// notifyRejections tells the page of promises that are still without a handler when the microtasks have run.
//
// https://html.spec.whatwg.org/#notify-about-rejected-promises
func (r *run) notifyRejections() {
	if len(r.rejections) == 0 {
		return
	}
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
		r.drop(int64(len(list)) * rejectionSize)
		if r.fatal == nil {
			r.dispatch("notify")
		}
		r.drain()
	}
	if r.fatal == nil {
		r.dispatch("notified")
	}
}
