package jsrun

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unsafe"
)

// The names of the doors between Go and the prelude, which takes them out of the global object before the script runs.
const (
	opName     = "__corscopeOp"
	hookName   = "__corscopeHook"
	kindName   = "__corscopeKind"
	plainName  = "__corscopePlain"
	lateName   = "__corscopeLate"
	moduleName = "__corscopeModule"
)

// op is one operation that the prelude asks for. Bytes cross as base64, and records as JSON or, where it is hot, as lines.
type op func(r *run, args arguments) (any, error)

var ops map[string]op

func init() {
	ops = map[string]op{
		"print": opPrint, "report": opReport, "value": opValue, "settled": opSettled, "place": opPlace,
		"microtasks": opMicrotasks, "timer": opTimer, "clearTimer": opClearTimer, "now": opNow, "random": opRandom,
		"urlParse": opURLParse, "urlHref": opURLHref, "urlFault": opURLFault, "urlSet": opURLSet,
		"utf8": opUTF8, "encodingName": opEncodingName, "decode": opDecode, "incompleteUTF8": opIncompleteUTF8,
		"method": opMethod, "headerRefused": opHeaderRefused, "noCORSSafelisted": opNoCORSSafelisted,
		"fetch": opFetch, "fetchSync": opFetchSync, "fetchAbort": opFetchAbort, "eventSource": opEventSource,
		"bodyRead": opBodyRead, "bodyAll": opBodyAll, "bodyText": opBodyText, "bodyCancel": opBodyCancel, "bodyDrain": opBodyDrain, "bodyStream": opBodyStream, "bodyWatch": opBodyWatch,
		"xmlParse": opXMLParse, "digest": opDigest, "hmac": opHMAC, "compress": opCompress, "decompress": opDecompress, "coded": opCoded, "htmlParse": opHTMLParse, "load": opLoad, "moduleFetched": opModuleFetched, "moduleFault": opModuleFault, "canvasRefused": opCanvasRefused, "canvasPNG": opCanvasPNG, "blobURL": opBlobURL, "revokeBlobURL": opRevokeBlobURL, "blobEntry": opBlobEntry, "blobEntryDrop": opBlobEntryDrop, "cookie": opCookie, "setCookie": opSetCookie,
	}
}

func (r *run) op(args []any) (any, error) {
	if r.fatal != nil {
		return nil, errStopped
	}
	if len(args) == 0 {
		return nil, fmt.Errorf("no operation")
	}
	r.requests.begin()
	name, _ := args[0].(string)
	f := ops[name]
	if f == nil {
		return nil, fmt.Errorf("no operation %q", name)
	}
	// Go has a copy of each string, and makes bytes of it, or the other way round.
	given := 2 * longStrings(args)
	if given > 0 {
		if !r.hold(given) {
			return nil, r.outOfMemory()
		}
		defer r.drop(given)
	}
	v, err := f(r, args[1:])
	// What goes back is copied twice, once for the engine to take it from.
	if s, ok := v.(string); ok && len(s) >= longString {
		if !r.hold(2 * int64(len(s))) {
			return nil, r.outOfMemory()
		}
		r.drop(2 * int64(len(s)))
	}
	return v, err
}

// longString is how long a string is that counts while it goes between Go and the engine.
const longString = 64 << 10

func longStrings(args []any) int64 {
	n := 0
	for _, a := range args {
		if s, ok := a.(string); ok && len(s) >= longString {
			n += len(s)
		}
	}
	return int64(n)
}

type stoppedError struct{}

func (stoppedError) Error() string { return "the script was stopped" }

var errStopped error = stoppedError{}

// arguments are those of an operation. The prelude gives the right types, so a wrong one counts as its zero value.
type arguments []any

func (a arguments) str(i int) string {
	if i < len(a) {
		s, _ := a[i].(string)
		return s
	}
	return ""
}

func (a arguments) num(i int) float64 {
	if i < len(a) {
		switch n := a[i].(type) {
		case int:
			return float64(n)
		case int32:
			return float64(n)
		case int64:
			return float64(n)
		case float64:
			return n
		}
	}
	return 0
}

func (a arguments) int(i int) int { return int(a.num(i)) }

func (a arguments) flag(i int) bool {
	if i < len(a) {
		b, _ := a[i].(bool)
		return b
	}
	return false
}

func (a arguments) bytes(i int) ([]byte, error) { return base64.StdEncoding.DecodeString(a.str(i)) }

// encodeBytes is base64 without the copy that EncodeToString makes.
func encodeBytes(b []byte) string {
	text := make([]byte, base64.StdEncoding.EncodedLen(len(b)))
	base64.StdEncoding.Encode(text, b)
	return textOf(text)
}

// textOf is bytes that nobody will change as a string, without a copy.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

func encodeRecord(v any) (any, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// quoteName quotes a name of the script's for a message of one line.
func quoteName(s string) string {
	runes := []rune(strings.ToValidUTF8(s, "?"))
	if len(runes) > 80 {
		runes = append(runes[:77], '.', '.', '.')
	}
	return strconv.Quote(string(runes))
}

// isomorphicDecode maps each byte to the code point of the same number, as JavaScript holds a ByteString.
//
// https://infra.spec.whatwg.org/#isomorphic-decode
func isomorphicDecode(s string) string {
	if isASCII(s) {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

// isomorphicEncode is the inverse; the prelude lets no code point above U+00FF through.
//
// https://infra.spec.whatwg.org/#isomorphic-encode
func isomorphicEncode(s string) string {
	if isASCII(s) {
		return s
	}
	b := make([]byte, 0, len(s))
	for _, c := range s {
		b = append(b, byte(c))
	}
	return string(b)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
