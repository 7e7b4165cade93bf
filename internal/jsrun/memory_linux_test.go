package jsrun

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"unsafe"

	lib "modernc.org/libquickjs"
)

// peakScript names the variable that makes this test's process run a script and tell how large it became.
const peakScript = "CORSCOPE_PEAK_SCRIPT"

// TestAProcessStaysNearTheScriptsMemory: a limit that the script keeps and its process exceeds several times is no limit.
func TestAProcessStaysNearTheScriptsMemory(t *testing.T) {
	const (
		limit = 128 << 20
		above = 64 << 20 // Go, the program itself, and what the allocator keeps
	)
	if source, ok := os.LookupEnv(peakScript); ok {
		defer CollectRarely()()
		_, err := output(t, Config{Limits: Limits{Memory: limit}, OnError: func(error) {}}, source)
		if e, ok := errors.AsType[*LimitError](err); !ok || e.Code != LimitMemory {
			t.Errorf("got %v", err)
		}
		status, err := os.ReadFile("/proc/self/status")
		fmt.Printf("%s\n%v\n", status, err)
		return
	}
	// Without the race detector, whose own memory would be most of it.
	program := filepath.Join(t.TempDir(), "jsrun.test")
	if out, err := exec.CommandContext(t.Context(), "go", "test", "-race=false", "-c", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, c := range []struct{ name, source string }{
		{"an array that grows", "const a = []; for (;;) a.push(1.5)"},
		{"a buffer that grows", "let b = new ArrayBuffer(1e6); for (;;) { b = b.transfer(b.byteLength * 3 / 2); new Uint8Array(b).fill(1) }"},
		{"a regular expression that goes back", "/(?:(a)|b)*$/.test('ab'.repeat(1e7))"},
		{"blobs that are read", "let b = new Blob(['x'.repeat(1e6)]); for (let i = 0; i < 4; i++) b = new Blob([b, b]); const a = []; for (;;) a.push(await b.text())"},
		{"blobs behind URLs", "const b = new Blob(['x'.repeat(1e6)]); for (;;) URL.createObjectURL(b)"},
		{"bytes that are decoded", "const a = [], b = new Uint8Array(1e7); for (;;) a.push(new TextDecoder().decode(b))"},
		{"what is decompressed", "const zip = await new Response(new Blob([new Uint8Array(2e7)]).stream().pipeThrough(new CompressionStream('gzip'))).arrayBuffer(), a = []; for (;;) a.push(await new Response(new Blob([zip]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer())"},
		{"rejections", "for (;;) Promise.reject(1)"},
		{"bodies of answers", "const a = []; for (;;) a.push(...await Promise.all(Array.from({length: 16}, () => fetch('data:,' + 'x'.repeat(1e6)).then((r) => r.arrayBuffer()))))"},
	} {
		t.Run(c.name, func(t *testing.T) {
			self := exec.CommandContext(t.Context(), program, "-test.run=^TestAProcessStaysNearTheScriptsMemory$")
			self.Env = append(os.Environ(), peakScript+"="+c.source)
			out, err := self.CombinedOutput()
			peak := regexp.MustCompile(`(?m)^VmHWM:\s+(\d+) kB$`).FindSubmatch(out)
			if err != nil || peak == nil {
				t.Fatalf("%v\n%s", err, out)
			}
			if kib, err := strconv.Atoi(string(peak[1])); err != nil || kib<<10 > limit+above {
				t.Errorf("the process took %d MiB, error %v", kib>>10, err)
			} else {
				t.Logf("%d MiB", kib>>10)
			}
		})
	}
}

// TestBlocksOfTheEngine: what is moved, or given back in part, holds what it held, and is counted as it is.
func TestBlocksOfTheEngine(t *testing.T) {
	r, err := newRun(t.Context(), Config{Page: newPage(t, "https://app.example.com/", world), Limits: Limits{Memory: 32 << 20}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	state := uintptr(unsafe.Pointer(r.state))
	before := r.state.Fmalloc_size
	sizes := []lib.Tsize_t{1, 100, 16 << 10, 1<<20 - 64, 1<<20 - 63, 1 << 20, 1<<20 + 1, 2<<20 - 16, 3 << 20, 9<<20 + 7}
	for _, from := range sizes {
		for _, to := range sizes {
			p := engineMalloc(r.thread(), state, from)
			fill(p, from)
			q := engineRealloc(r.thread(), state, p, to)
			if n := min(from, to); !isFilled(q, n) {
				t.Fatalf("from %d to %d: the first %d bytes have changed", from, to, n)
			}
			if usable := engineUsable(r.thread(), q); usable < to {
				t.Errorf("from %d to %d: %d may be used", from, to, usable)
			}
			if counted := r.state.Fmalloc_size - before; to > 2<<20 && (counted < to || counted > to+64) {
				t.Errorf("from %d to %d: counted as %d", from, to, counted)
			}
			fill(q, to)
			engineFree(r.thread(), state, q)
			if r.state.Fmalloc_size != before {
				t.Fatalf("from %d to %d: %d bytes stay counted", from, to, r.state.Fmalloc_size-before)
			}
		}
	}
}

// fill writes what isFilled looks for.
func fill(p uintptr, n lib.Tsize_t) {
	for i := range unsafe.Slice(memoryAt[byte](p), n) {
		*memoryAt[byte](p + uintptr(i)) = pattern(i)
	}
}

func isFilled(p uintptr, n lib.Tsize_t) bool {
	for i, b := range unsafe.Slice(memoryAt[byte](p), n) {
		if b != pattern(i) {
			return false
		}
	}
	return true
}

func pattern(i int) byte { return byte(i ^ i>>8 ^ i>>16) }
