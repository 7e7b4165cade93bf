package jsrun

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"strings"
	"sync"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/libquickjs"
)

//go:embed prelude/*.js prelude/late/*.js
var preludeFiles embed.FS

// preludeName is the module that holds the classes of a page.
const preludeName = "corscope:page"

// preludeOrder is the order in which the files are joined to one module: each may use at once what stands before it, and all may
// use each other later.
var preludeOrder = []string{
	"primordials", "webidl", "dom_exception", "inspect", "console", "event", "event_target", "report", "abort", "timers",
	"text_encoding", "base64", "ecmascript", "url_search_params", "url", "stream", "byte_stream", "writable_stream", "transform_stream", "pipe_to", "blob", "form_data", "mime_type", "headers", "body",
	"request", "response", "fetch", "progress_event", "xml_http_request", "file_reader", "structured_clone", "crypto", "performance",
	"location", "document", "navigator", "storage", "late", "window",
}

func prelude() string {
	var b strings.Builder
	for _, name := range preludeOrder {
		// The files are part of the binary: a name that is not there fails every test.
		text, err := preludeFiles.ReadFile("prelude/" + name + ".js")
		if err != nil {
			panic(err)
		}
		b.Write(text)
		b.WriteByte('\n')
	}
	return b.String()
}

func preludeSource() source {
	return source{preludeName, prelude() + lateTable(), lib.MJS_EVAL_TYPE_MODULE}
}

// preludeCode is the prelude as the engine's bytecode. It holds no source and no positions, as the built-in functions of browsers have
// none.
var preludeCode = sync.OnceValues(func() ([]byte, error) { return preludeSource().bytecode() })

// compile returns a text as bytecode.
func compile(text, name string, kind int32) ([]byte, error) {
	tls := libc.NewTLS()
	defer tls.Close()
	runtime := lib.XJS_NewRuntime(tls)
	if runtime == 0 {
		return nil, errNoEngine
	}
	defer lib.XJS_FreeRuntime(tls, runtime)
	lib.XJS_SetStripInfo(tls, runtime, lib.MJS_STRIP_SOURCE|lib.MJS_STRIP_DEBUG)
	ctx := lib.XJS_NewContext(tls, runtime)
	if ctx == 0 {
		return nil, errNoEngine
	}
	defer lib.XJS_FreeContext(tls, ctx)
	source, err := libc.CString(text)
	if err != nil {
		return nil, err
	}
	defer libc.Xfree(tls, source)
	file, err := libc.CString(name)
	if err != nil {
		return nil, err
	}
	defer libc.Xfree(tls, file)
	module := lib.XJS_Eval(tls, ctx, source, lib.Tsize_t(len(text)), file, kind|lib.MJS_EVAL_FLAG_COMPILE_ONLY)
	defer lib.XFreeValue(tls, ctx, module)
	const word = int(unsafe.Sizeof(lib.Tsize_t(0)))
	size := tls.Alloc(word)
	defer tls.Free(word)
	code := lib.XJS_WriteObject(tls, ctx, size, module, lib.MJS_WRITE_OBJ_BYTECODE)
	if code == 0 {
		return nil, fmt.Errorf("jsrun: %s cannot be compiled", name)
	}
	defer lib.Xjs_free(tls, ctx, code)
	n := lib.Tsize_t(0)
	copy((*[word]byte)(unsafe.Pointer(&n))[:], libc.GoBytes(size, word))
	return bytes.Clone(libc.GoBytes(code, int(n))), nil
}

var errNoEngine = errors.New("jsrun: no memory for the engine")
