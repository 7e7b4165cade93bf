package jsrun

import (
	"os"
	"sync/atomic"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

// The engine asks for its memory here. Its own functions for that count a block as what the allocator below set aside for it, up to twice
// what was asked for, hold a block twice while it grows, and know of nothing that Go holds for the script. What is freed stays with the
// process. A script is stopped by its limit, and it is the process that has to stay near it.

const (
	// largeBlock is the size from which on the engine's blocks are counted as they are, and given back to the system when they are freed.
	largeBlock = 1 << 20
	// largeTail is at the end of such a block's region, and holds what it is counted as.
	largeTail = 16
	// moveStep is how much of a block that grows exists twice.
	moveStep = 4 << 20
)

// ledger is what the engine's functions know of a run. It is outside of Go's heap, because the engine keeps its address.
type ledger struct {
	runtime uintptr
	// held is how many bytes Go has for the script.
	held atomic.Int64
}

type (
	mallocFunc  = func(tls *libc.TLS, state uintptr, size lib.Tsize_t) uintptr
	freeFunc    = func(tls *libc.TLS, state, p uintptr)
	reallocFunc = func(tls *libc.TLS, state, p uintptr, size lib.Tsize_t) uintptr
	usableFunc  = func(tls *libc.TLS, p uintptr) lib.Tsize_t
)

var (
	engineMalloc  mallocFunc  = allocate
	engineFree    freeFunc    = free
	engineRealloc reallocFunc = reallocate
	engineUsable  usableFunc  = func(_ *libc.TLS, p uintptr) lib.Tsize_t { return blockSize(p) }
)

// memoryAt is a place in memory that is not Go's.
func memoryAt[T any](p uintptr) *T { return *(**T)(unsafe.Pointer(&p)) }

// code is what the transpiled C calls: a Go func value is a pointer to its code's pointer.
func code[T any](f *T) uintptr { return *(*uintptr)(unsafe.Pointer(f)) }

// countMemory has the engine ask here from now on.
func (r *run) countMemory() error {
	runtime, err := reach(r.vm)
	if err != nil {
		return err
	}
	allocator := &memoryAt[lib.TJSRuntime](runtime).Fmalloc_ctx
	if allocator.Fmalloc_state.Fmalloc_size >= largeBlock {
		// It may have a large block that this file has not made.
		return errReach
	}
	p := libc.Xcalloc(r.thread(), 1, lib.Tsize_t(unsafe.Sizeof(ledger{})))
	if p == 0 {
		return errNoEngine
	}
	r.ledger = memoryAt[ledger](p)
	r.ledger.runtime = runtime
	r.state = &allocator.Fmalloc_state
	r.state.Fopaque = p
	allocator.Fmf = lib.TJSMallocFunctions{Fjs_malloc: code(&engineMalloc), Fjs_free: code(&engineFree), Fjs_realloc: code(&engineRealloc), Fjs_malloc_usable_size: code(&engineUsable)}
	return nil
}

// forgetMemory is called when the engine has ended.
func (r *run) forgetMemory() {
	if r.ledger == nil {
		return
	}
	p := uintptr(unsafe.Pointer(r.ledger))
	r.ledger, r.state = nil, nil
	libc.Xfree(r.thread(), p)
}

// hold counts bytes that Go is about to have for the script, until drop. It returns false, and has counted nothing, where they are too
// many. It is safe for concurrent use.
func (r *run) hold(n int64) bool {
	used := int64(atomic.LoadUintptr((*uintptr)(unsafe.Pointer(&r.state.Fmalloc_size))))
	if used+r.ledger.held.Add(n) <= r.config.Limits.Memory {
		return true
	}
	r.ledger.held.Add(-n)
	return false
}

func (r *run) drop(n int64) { r.ledger.held.Add(-n) }

// outOfMemory ends the run.
func (r *run) outOfMemory() error {
	r.stop(&LimitError{Code: LimitMemory, Max: r.config.Limits.Memory})
	return errStopped
}

// refuse is what the engine gets where the limit is reached. The script does not go on: to catch the error would be to go on without
// memory, and the engine's own error may be null for want of it.
func refuse(s *lib.TJSMallocState) uintptr {
	if found, ok := trackers.Load(memoryAt[ledger](s.Fopaque).runtime); ok {
		_ = found.(*run).outOfMemory()
	}
	return 0
}

// fits reports whether the engine may have so many bytes more.
func fits(s *lib.TJSMallocState, more lib.Tsize_t) bool {
	return uint64(s.Fmalloc_size)+uint64(more)+uint64(memoryAt[ledger](s.Fopaque).held.Load()) <= uint64(s.Fmalloc_limit)
}

func allocate(tls *libc.TLS, state uintptr, size lib.Tsize_t) uintptr {
	s := memoryAt[lib.TJSMallocState](state)
	if !fits(s, size) {
		return refuse(s)
	}
	p := newBlock(tls, size)
	if p == 0 {
		return refuse(s)
	}
	s.Fmalloc_count++
	s.Fmalloc_size += blockSize(p) + lib.MMALLOC_OVERHEAD
	return p
}

// newBlock is a block that is not counted.
func newBlock(tls *libc.TLS, size lib.Tsize_t) uintptr {
	if size <= largeBlock-64 {
		// With the allocator's header it is in a region of at most largeBlock.
		return libc.Xmalloc(tls, size)
	}
	size = max(size, largeBlock)
	p := libc.Xmalloc(tls, size+largeTail)
	if p != 0 {
		*tail(p) = size
	}
	return p
}

func free(tls *libc.TLS, state, p uintptr) {
	if p == 0 {
		return
	}
	s := memoryAt[lib.TJSMallocState](state)
	size := blockSize(p)
	s.Fmalloc_count--
	s.Fmalloc_size -= size + lib.MMALLOC_OVERHEAD
	freeBlock(tls, s, p, size)
}

func freeBlock(tls *libc.TLS, s *lib.TJSMallocState, p uintptr, size lib.Tsize_t) {
	if size >= largeBlock && isMuch(s) {
		giveBack(p, p+uintptr(size))
	}
	libc.Xfree(tls, p)
}

// isMuch reports whether the engine has so much that the process should not keep what is freed. Below, to have it again at once is worth
// more.
func isMuch(s *lib.TJSMallocState) bool { return s.Fmalloc_size > s.Fmalloc_limit/8 }

func reallocate(tls *libc.TLS, state, p uintptr, size lib.Tsize_t) uintptr {
	switch {
	case p == 0 && size == 0:
		return 0
	case p == 0:
		return allocate(tls, state, size)
	case size == 0:
		free(tls, state, p)
		return 0
	}
	s := memoryAt[lib.TJSMallocState](state)
	old := blockSize(p)
	if size > old && !fits(s, size-old) {
		return refuse(s)
	}
	q := p
	switch region := lib.Tsize_t(libc.UsableSize(p)); {
	case region < largeBlock && size <= largeBlock-64:
		q = libc.Xrealloc(tls, p, size)
	case region >= largeBlock && size+largeTail <= region:
		*tail(p) = max(size, largeBlock)
		if size+largeBlock <= old && isMuch(s) {
			giveBack(p+uintptr(size), p+uintptr(old))
		}
	default:
		if q = newBlock(tls, size); q != 0 {
			move(q, p, uintptr(old), isMuch(s))
			freeBlock(tls, s, p, old)
		}
	}
	if q == 0 {
		return refuse(s)
	}
	s.Fmalloc_size += blockSize(q) - old
	return q
}

// move copies the first bytes of p to q, and gives each part of p back as it goes, if it is to be.
func move(q, p, n uintptr, back bool) {
	for done := uintptr(0); done < n; done += moveStep {
		step := min(n-done, moveStep)
		copy(unsafe.Slice(memoryAt[byte](q+done), step), unsafe.Slice(memoryAt[byte](p+done), step))
		if back {
			giveBack(p+done, p+done+step)
		}
	}
}

// blockSize is what a block is counted as, and what of it may be used.
func blockSize(p uintptr) lib.Tsize_t {
	if p == 0 {
		return 0
	}
	n := lib.Tsize_t(libc.UsableSize(p))
	if n < largeBlock {
		return n
	}
	return *tail(p)
}

// tail is where a large block notes its size. There is nothing else at that end of the block's region.
func tail(p uintptr) *lib.Tsize_t {
	return memoryAt[lib.Tsize_t](p + uintptr(libc.UsableSize(p)) - largeTail)
}

var pageSize = uintptr(os.Getpagesize())
