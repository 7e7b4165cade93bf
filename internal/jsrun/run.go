package jsrun

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
	"modernc.org/quickjs"
)

// evalAsync is the engine's flag for a script that may await at its top level; the result is a promise of its value.
const evalAsync = 1 << 7

// Run runs a script to its end: until it has run and no timer, request or body that it reads is left, or a limit ends it. name
// stands for the script in errors and stack traces.
//
// The error is nil, a *[SyntaxError], the first *[ScriptError], a *[TimeoutError] or a *[LimitError]; ctx's error if that ended it;
// and any other for a mistake in c. Each call has its own globals; cookies and caches are the page's agent's. Calls do not share
// anything else and may go on at the same time.
func Run(ctx context.Context, c Config, source, name string) error {
	s, err := newRun(ctx, c)
	if err != nil {
		return err
	}
	defer s.close()
	s.start(source, name)
	s.loopUntilIdle()
	return s.result()
}

// run is one script's page.
type run struct {
	config Config
	ctx    context.Context // ends with the caller's, the time limit, or close
	cancel context.CancelFunc
	parent context.Context
	start0 time.Time
	vm     *quickjs.VM
	hook   quickjs.Value // the prelude's entry for everything that Go calls
	// fetchedHook is the one for answers, which are most of it.
	fetchedHook quickjs.Value
	hooked      bool
	loop        *loop

	rejections []rejection
	untrack    func()
	tls        *libc.TLS // thread's
	ledger     *ledger
	state      *lib.TJSMallocState // the engine's, of its memory

	// fatal ends the run: no more JavaScript.
	fatal error
	// first is the first error that the script did not handle.
	first error
	// waiting is true while the script awaits at its top level.
	waiting bool
	// settled is called when it has ended; nil but in a REPL.
	settled func()
	// left: the reader of a REPL does not want to wait for what is pending.
	left bool

	printed  int64
	requests *requests
	// blobEntries are what the script's requests hold of blob: URLs.
	blobEntries blobEntries
	// blobSizes are the bytes behind the blob: URLs that the script has made.
	blobSizes map[string]int64
	modules   modules
	coded     *codedPieces // what a codec made last
	watchers  sync.WaitGroup
	name      string
	source    string
}

func newRun(ctx context.Context, c Config) (*run, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	r := &run{config: c, parent: ctx, loop: newLoop(), start0: time.Now(), modules: modules{byName: map[string]*module{}}}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	// The time is the script's: what the engine needs once in a process does not count.
	if _, err := preludeCode(); err != nil {
		return nil, err
	}
	r.ctx, r.cancel = context.WithTimeout(ctx, c.Limits.Time)
	r.requests = newRequests(r)
	if r.vm, err = quickjs.NewVM(); err != nil {
		r.cancel()
		return nil, fmt.Errorf("jsrun: %w", err)
	}
	if err := r.countMemory(); err != nil {
		r.close()
		return nil, err
	}
	r.vm.SetWTF8(true)
	r.vm.SetMemoryLimit(uintptr(c.Limits.Memory))
	r.vm.SetMaxStackSize(uintptr(c.Limits.Stack))
	r.vm.SetModuleLoader(r.loadModule, r.resolveModule)
	r.watch()
	if err := r.load(); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

// watch interrupts the engine once the time is over. It does so again and again, because an interrupt that comes between two
// pieces of JavaScript is forgotten.
func (r *run) watch() {
	stop := make(chan struct{})
	var once sync.Once
	cancel := r.cancel
	r.cancel = func() {
		once.Do(func() { close(stop) })
		cancel()
	}
	r.watchers.Go(func() {
		select {
		case <-stop:
			return
		case <-r.ctx.Done():
		}
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			r.vm.Interrupt()
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	})
}

// load makes the page's globals.
func (r *run) load() error {
	if err := r.trackRejections(); err != nil {
		return err
	}
	if err := r.vm.RegisterHostFunc(opName, r.op); err != nil {
		return fmt.Errorf("jsrun: %w", err)
	}
	if err := r.vm.RegisterFunc(kindName, r.kindOf, false); err != nil {
		return fmt.Errorf("jsrun: %w", err)
	}
	if err := r.vm.RegisterFunc(plainName, r.fetchPlain, false); err != nil {
		return fmt.Errorf("jsrun: %w", err)
	}
	if err := r.vm.RegisterFunc(lateName, r.late, false); err != nil {
		return fmt.Errorf("jsrun: %w", err)
	}
	if err := r.vm.RegisterFunc(moduleName, r.evalModule, false); err != nil {
		return fmt.Errorf("jsrun: %w", err)
	}
	hook := func(f, fetched quickjs.Value) { r.hook, r.fetchedHook, r.hooked = f.Dup(), fetched.Dup(), true }
	if err := r.vm.RegisterFunc(hookName, hook, false); err != nil {
		return fmt.Errorf("jsrun: %w", err)
	}
	code, err := preludeCode()
	if err != nil {
		return err
	}
	v, err := r.vm.EvalBytecodeValue(code)
	if err == nil {
		v.Free()
		_, err = r.vm.ExecutePendingJobs()
	}
	if err != nil || !r.hooked {
		if limit := r.ended(err); limit != nil {
			return limit
		}
		var e *quickjs.Error
		if errors.As(err, &e) {
			err = fmt.Errorf("%s\n%s", e.Error(), e.Stack)
		}
		for _, j := range r.rejections {
			reason := quickjs.ErrorFromValue(j.reason)
			err = fmt.Errorf("%s\n%s", reason.Error(), reason.Stack)
		}
		return fmt.Errorf("jsrun: the page's globals cannot be made: %w", err)
	}
	return nil
}

func (r *run) close() {
	r.cancel()
	r.watchers.Wait()
	r.requests.close()
	if r.untrack != nil {
		r.untrack()
	}
	if r.hooked {
		r.hook.Free()
		r.fetchedHook.Free()
	}
	r.vm.Close()
	r.forgetMemory()
	if r.tls != nil {
		r.tls.Close()
	}
}

// start runs the script's top level and the microtasks that it leaves.
func (r *run) start(source, name string) {
	r.name, r.source = name, source
	flags := quickjs.EvalGlobal | evalAsync
	if r.config.Module {
		flags = quickjs.EvalModule
		source = withMeta(source, r.documentURL())
	}
	promise, err := r.vm.EvalValue(source, flags)
	if err != nil {
		r.parseFailed(err)
		return
	}
	r.waiting = true
	r.dispatch("main", promise, !r.config.Module, true)
	promise.Free()
	r.checkpoint()
	if r.fatal == nil && !r.config.Worker {
		r.loop.post(func() { r.dispatch("load") })
	}
}

// parseFailed takes the error of a script of which nothing has run.
func (r *run) parseFailed(err error) {
	if ended := r.ended(err); ended != nil {
		r.fatal = ended
		return
	}
	var e *quickjs.Error
	if !errors.As(err, &e) || e.Name != "SyntaxError" {
		text, stack := moduleFailures.Replace(err.Error()), ""
		if e != nil {
			stack = e.Stack
		}
		r.report(&ScriptError{Kind: UncaughtException, Text: text, Stack: r.cleanStack(stack)})
		return
	}
	name, source := r.name, r.source
	if m := r.modules.byName[e.FileName]; m != nil {
		name, source = e.FileName, m.source
	}
	line, column, message := e.LineNumber, e.ColumnNumber, e.Message
	if strings.HasSuffix(message, ": ''") {
		// The engine has come to the end, behind line ends and spaces where nobody would look.
		line, column = endOf(source)
		message = "unexpected end of the script"
	}
	if !r.config.Module && name == r.name && isModuleLine(source, line) {
		message = "import and export stand in modules alone: run it with --module"
	}
	r.fatal = &SyntaxError{Name: name, Line: line, Column: column, Message: message, Excerpt: excerpt(source, line, column)}
}

// loopUntilIdle is the event loop.
func (r *run) loopUntilIdle() {
	for r.fatal == nil && !r.left {
		if r.stopped() {
			return
		}
		r.requests.turn()
		worked := false
		if task := r.loop.take(); task != nil {
			worked = true
			task()
			r.checkpoint()
		}
		if t, ok := r.loop.takeTimer(time.Now()); ok && r.fatal == nil {
			worked = true
			r.dispatch("timer", t.id, !t.repeat)
			r.checkpoint()
		}
		if worked {
			continue
		}
		if r.loop.idle() && !r.observed() {
			if r.waiting {
				r.neverSettled()
			}
			return
		}
		if r.settled != nil && r.waiting && r.loop.pending == 1 && len(r.loop.timers) == r.loop.weak && !r.loop.queued() && !r.observed() {
			// All that is pending is the reader, and it waits for this.
			r.neverSettled()
			r.topLevelEnded()
			continue
		}
		r.loop.wait(r.ctx, time.Now())
	}
}

func (r *run) neverSettled() {
	r.report(&ScriptError{Kind: NeverSettled,
		Text: "the script awaits a promise that nothing will settle: no timer and no request is left"})
}

// topLevelEnded says that the script's top level has run to its end, or failed.
func (r *run) topLevelEnded() {
	r.waiting = false
	if r.settled != nil {
		r.settled()
	}
}

// observed reports whether a weak timer has somebody who waits for it.
func (r *run) observed() bool {
	if r.loop.weak == 0 {
		return false
	}
	v, err := r.hook.Call(quickjs.UndefinedValue, "observed")
	if err != nil {
		r.failed(err)
		return false
	}
	yes, _ := v.(bool)
	return yes
}

// stopped notes why the time is over, if it is.
func (r *run) stopped() bool {
	if r.fatal == nil && r.ctx.Err() != nil {
		r.fatal = r.parent.Err()
		if r.fatal == nil {
			r.fatal = &TimeoutError{After: r.config.Limits.Time}
		}
	}
	return r.fatal != nil
}

// ended says which limit an error of the engine stands for; nil for an error that is the script's own.
func (r *run) ended(err error) error {
	if r.fatal != nil {
		return r.fatal
	}
	if r.stopped() {
		return r.fatal
	}
	var e *quickjs.Error
	if errors.As(err, &e) && (e.Message == "out of memory" || e.Name == "" && e.Message == "" && e.Error() == "null") {
		return &LimitError{Code: LimitMemory, Max: r.config.Limits.Memory}
	}
	return nil
}

// stop ends the run from within an operation: the JavaScript that called it is interrupted.
func (r *run) stop(err error) {
	if r.fatal == nil {
		r.fatal = err
	}
	r.vm.Interrupt()
}

// dispatch calls the prelude. Its own code catches what the script throws, so an error here is a limit, or a fault of ours.
func (r *run) dispatch(what string, args ...any) { r.call(r.hook, append([]any{what}, args...)...) }

// dispatchFetched gives the page an answer: its number, what answerOf writes, and its body's text or nil.
func (r *run) dispatchFetched(id int, answer string, inHand any) {
	r.call(r.fetchedHook, id, answer, inHand)
}

func (r *run) call(hook quickjs.Value, args ...any) {
	if r.stopped() {
		return
	}
	v, err := hook.CallValue(quickjs.UndefinedValue, args...)
	if err == nil {
		v.Free()
		return
	}
	r.failed(err)
}

func (r *run) failed(err error) {
	if ended := r.ended(err); ended != nil {
		r.fatal = ended
		return
	}
	var e *quickjs.Error
	stack := ""
	if errors.As(err, &e) {
		stack = r.cleanStack(e.Stack)
	}
	r.fatal = &ScriptError{Kind: UncaughtException, Text: err.Error(), Stack: stack}
	r.report(r.fatal)
}

// checkpoint runs the microtasks and then tells of rejections.
//
// https://html.spec.whatwg.org/#perform-a-microtask-checkpoint
func (r *run) checkpoint() {
	r.drain()
	r.notifyRejections()
}

func (r *run) drain() {
	for !r.stopped() {
		_, err := r.vm.ExecutePendingJobs()
		if err != nil {
			var e *quickjs.Error
			if errors.As(err, &e) {
				r.failed(err)
				return
			}
			continue // the engine drains a million jobs at a time
		}
		return
	}
}

// report takes an error that the script did not handle.
func (r *run) report(err error) {
	if r.first == nil {
		r.first = err
	}
	if r.config.OnError != nil && r.mayPrint(len(err.Error())+1) {
		r.config.OnError(err)
	}
}

func (r *run) result() error {
	if _, uncaught := r.fatal.(*ScriptError); r.fatal != nil && !uncaught {
		return r.fatal
	}
	return r.first
}

// placed matches a line of a stack trace that has a place in a script. The prelude's lines have none, the engine's are native.
var placed = regexp.MustCompile(`:\d+\)?$`)

// cleanStack names the script in a stack trace and drops the frames that are not the script's.
func (r *run) cleanStack(stack string) string {
	lines := strings.Split(strings.TrimRight(strings.ReplaceAll(stack, "<eval>", r.name), "\n"), "\n")
	lines = slices.DeleteFunc(lines, func(line string) bool { return strings.HasPrefix(line, "    at ") && !placed.MatchString(line) })
	if len(lines) > maxFrames {
		lines = append(lines[:maxFrames], fmt.Sprintf("    ... %d more", len(lines)-maxFrames))
	}
	return strings.Join(lines, "\n")
}

// maxFrames is how many frames of a stack trace are shown.
const maxFrames = 10
