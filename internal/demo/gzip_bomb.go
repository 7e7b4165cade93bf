package demo

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"sync"
)

// gzipMember is a mebibyte of zeros as one gzip member. Members may follow each
// other, so that a long body costs nothing to make.
var gzipMember = sync.OnceValue(func() []byte {
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	// Writing to memory cannot fail.
	zip.Write(make([]byte, 1<<20))
	zip.Close()
	return packed.Bytes()
})

func gzipBomb(w http.ResponseWriter, r *http.Request) {
	member := gzipMember()
	flood(w, r.Context(), bytes.Repeat(member, 64), len(member)*(maxFlood>>20))
	if r.Context().Err() != nil {
		breakOff()
	}
}
