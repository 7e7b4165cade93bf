package jsrun

import "github.com/corscope/corscope/fetch"

// The bounds of the blob URL entries that a script's requests keep: their number, and the bytes behind them.
const (
	maxBlobEntries     = 1 << 16
	maxBlobEntriesSize = 512 << 20
)

// blobEntries are the parsed blob: URLs that Request and XMLHttpRequest objects hold: what one names, it goes on to name when it is
// revoked. The map belongs to the loop's goroutine.
//
// https://url.spec.whatwg.org/#concept-url-blob-entry
type blobEntries struct {
	byID map[int]*fetch.URL
	last int
	size int64
}

// opBlobURL registers bytes of a type, and opRevokeBlobURL takes them back.
func opBlobURL(r *run, a arguments) (any, error) {
	b, err := a.bytes(0)
	if err != nil {
		return nil, err
	}
	if !r.hold(int64(len(b))) {
		return nil, r.outOfMemory()
	}
	u, err := r.config.Page.NewBlobURL(b, a.str(1))
	if err != nil {
		r.drop(int64(len(b)))
		return nil, err
	}
	if r.blobSizes == nil {
		r.blobSizes = make(map[string]int64)
	}
	r.blobSizes[u] = int64(len(b))
	return u, nil
}

func opRevokeBlobURL(r *run, a arguments) (any, error) {
	r.config.Page.RevokeBlobURL(a.str(0))
	r.drop(r.blobSizes[a.str(0)])
	delete(r.blobSizes, a.str(0))
	return nil, nil
}

// opBlobEntry takes a blob: URL and returns a number for what it names now, or 0. Beyond the bounds it is 0 as well: such a URL is
// looked up when it is fetched.
func opBlobEntry(r *run, a arguments) (any, error) {
	u, err := r.config.Page.ParseURL(a.str(0))
	if err != nil {
		return 0, nil
	}
	e := &r.blobEntries
	size, ok := u.BlobSize()
	if !ok || len(e.byID) >= maxBlobEntries || e.size+size > maxBlobEntriesSize {
		return 0, nil
	}
	if e.byID == nil {
		e.byID = make(map[int]*fetch.URL)
	}
	e.last++
	e.byID[e.last] = u
	e.size += size
	return e.last, nil
}

// opBlobEntryDrop says that the object with that number is garbage.
func opBlobEntryDrop(r *run, a arguments) (any, error) {
	e := &r.blobEntries
	if u := e.byID[a.int(0)]; u != nil {
		size, _ := u.BlobSize()
		e.size -= size
		delete(e.byID, a.int(0))
	}
	return nil, nil
}
