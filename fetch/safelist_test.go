package fetch

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

func TestUnsafeRequestHeaders(t *testing.T) {
	long := strings.Repeat("a", 129)
	for _, c := range []struct {
		name string
		in   Header
		code UnsafeCode
		pos  int
	}{
		{"an unknown name is unsafe whatever the value", Header{"X-A", ""}, UnsafeName, -1},
		{"Authorization is no safelisted name", Header{"Authorization", "x"}, UnsafeName, -1},
		{"names are compared without case", Header{"ACCEPT", "*/*"}, "", -1},
		{"128 bytes are safe", Header{"Accept", long[:128]}, "", -1},
		{"129 bytes are too long", Header{"Accept", long}, UnsafeLength, -1},
		{"a colon is no byte for Accept", Header{"Accept", "a:b"}, UnsafeByte, 1},
		{"a tab is one", Header{"Accept", "a\tb"}, "", -1},
		{"a byte over 0x7F is one for Accept", Header{"Accept", "\xE9"}, "", -1},
		{"DEL is none", Header{"Accept", "a\x7F"}, UnsafeByte, 1},
		{"a slash is none for Accept-Language", Header{"Accept-Language", "en/us"}, UnsafeByte, 2},
		{"quality values are fine for Accept-Language", Header{"Accept-Language", "en-US,en;q=0.9, *"}, "", -1},
		{"a tab is none for Content-Language", Header{"Content-Language", "en\t"}, UnsafeByte, 2},
		{"the three types of a form are safe", Header{"Content-Type", "Text/Plain;charset=UTF-8"}, "", -1},
		{"multipart with a boundary is safe", Header{"content-type", "multipart/form-data; boundary=x"}, "", -1},
		{"JSON is none of the three", Header{"Content-Type", "application/json"}, UnsafeEssence, -1},
		{"no slash is no MIME type", Header{"Content-Type", "text"}, UnsafeMIMEType, -1},
		{"an empty Content-Type is no MIME type", Header{"Content-Type", ""}, UnsafeMIMEType, -1},
		{"a quoted parameter holds an unsafe byte", Header{"Content-Type", `text/plain; a="b"`}, UnsafeByte, 14},
		{"a range from the first byte is safe", Header{"Range", "bytes=0-"}, "", -1},
		{"a closed range is safe", Header{"Range", "bytes=0-499"}, "", -1},
		{"a suffix range is not", Header{"Range", "bytes=-500"}, UnsafeRange, -1},
		{"a range backwards is not", Header{"Range", "bytes=2-1"}, UnsafeRange, -1},
		{"numbers of any size are compared", Header{"Range", "bytes=99999999999999999999-100000000000000000000"}, "", -1},
		{"two ranges are not", Header{"Range", "bytes=0-1,3-4"}, UnsafeRange, -1},
		{"white space is not", Header{"Range", "bytes =0-1"}, UnsafeRange, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, pos := unsafeRequestHeader(c.in.Name, c.in.Value)
			if code != c.code || pos != c.pos {
				t.Errorf("%q: got %q at %d, want %q at %d", c.in, code, pos, c.code, c.pos)
			}
			if IsCORSSafelistedRequestHeader(c.in.Name, c.in.Value) != (c.code == "") {
				t.Error("IsCORSSafelistedRequestHeader disagrees")
			}
			for _, u := range UnsafeRequestHeaders(HeaderList{c.in}) {
				if why := u.Why(); !strings.Contains(why, c.in.Name) || strings.Contains(why, "%!") {
					t.Errorf("the reason is %q", why)
				}
			}
		})
	}
}

func TestSafelistedHeadersAreUnsafeTogetherBeyond1024Bytes(t *testing.T) {
	var headers HeaderList
	for range 8 {
		headers = append(headers, Header{"Accept", strings.Repeat("a", 128)})
	}
	if names := CORSUnsafeRequestHeaderNames(headers); len(names) != 0 {
		t.Errorf("1024 bytes are unsafe: %q", names)
	}
	headers = append(headers, Header{"Accept-Language", "e"}, Header{"X-B", ""}, Header{"x-a", ""})
	if names, want := CORSUnsafeRequestHeaderNames(headers), []string{"accept", "accept-language", "x-a", "x-b"}; !slices.Equal(names, want) {
		t.Errorf("1025 bytes: got %q, want %q", names, want)
	}
	unsafe := UnsafeRequestHeaders(headers)
	if len(unsafe) != 11 || unsafe[0].Code != UnsafeName || unsafe[2].Code != UnsafeTotal || unsafe[2].Length != 1025 {
		t.Errorf("got %+v", unsafe)
	}
}

// The vectors are those of web-platform-tests; testdata/wpt/SOURCE says from where.
func TestNotSafelistedVectors(t *testing.T) {
	raw, err := os.ReadFile("../testdata/wpt/not-cors-safelisted.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors [][2]string
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) == 0 {
		t.Fatal("no vectors")
	}
	for _, v := range vectors {
		if IsCORSSafelistedRequestHeader(v[0], v[1]) {
			t.Errorf("%s: %q is safelisted", v[0], v[1])
		}
	}
}

func TestExposeHeadersVectors(t *testing.T) {
	raw, err := os.ReadFile("../testdata/wpt/access-control-expose-headers.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Input   string
		Exposed bool
	}
	if err := json.Unmarshal(raw, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) == 0 {
		t.Fatal("no vectors")
	}
	for _, v := range vectors {
		page := newScriptedPage(t, app, func(*Message) *Answer {
			a := &Answer{Status: 200, Headers: HeaderList{{"Access-Control-Allow-Origin", "*"}, {"BB-8", "hey"}}}
			for line := range strings.SplitSeq(v.Input, "\r\n") {
				name, value, _ := strings.Cut(line, ":")
				a.Headers = append(a.Headers, Header{name, strings.Trim(value, " \t")})
			}
			return a
		})
		response, err := page.Fetch(t.Context(), Request{URL: api})
		if err != nil || response.IsError() {
			t.Fatal(err, response)
		}
		if got := response.Headers.Contains("bb-8"); got != v.Exposed {
			t.Errorf("%q: exposed is %v", v.Input, got)
		}
	}
}

// isSafelistedSlowly is the standard's text with nothing made shorter.
func isSafelistedSlowly(name, value string) bool {
	if len(value) > 128 {
		return false
	}
	unsafe := func(b byte) bool {
		switch b {
		case 0x22, 0x28, 0x29, 0x3A, 0x3C, 0x3E, 0x3F, 0x40, 0x5B, 0x5C, 0x5D, 0x7B, 0x7D, 0x7F:
			return true
		}
		return b < 0x20 && b != 0x09
	}
	anyByte := func(is func(byte) bool) bool { return slices.ContainsFunc([]byte(value), is) }
	lower := []byte(name)
	for i, b := range lower {
		if b >= 'A' && b <= 'Z' {
			lower[i] = b + 32
		}
	}
	switch string(lower) {
	case "accept":
		return !anyByte(unsafe)
	case "accept-language", "content-language":
		return !anyByte(func(b byte) bool {
			return !(b >= 0x30 && b <= 0x39 || b >= 0x41 && b <= 0x5A || b >= 0x61 && b <= 0x7A || b == 0x20 || b == 0x2A ||
				b == 0x2C || b == 0x2D || b == 0x2E || b == 0x3B || b == 0x3D)
		})
	case "content-type":
		essence, ok := mimeEssence(value)
		return !anyByte(unsafe) && ok && (essence == "application/x-www-form-urlencoded" || essence == "multipart/form-data" || essence == "text/plain")
	case "range":
		data, position := value, 5
		digits := func() string {
			start := position
			for position < len(data) && data[position] >= '0' && data[position] <= '9' {
				position++
			}
			return data[start:position]
		}
		if !strings.HasPrefix(data, "bytes") || position >= len(data) || data[position] != '=' {
			return false
		}
		position++
		start := digits()
		if position >= len(data) || data[position] != '-' {
			return false
		}
		position++
		end := digits()
		if position < len(data) || start == "" {
			return false
		}
		width := max(len(start), len(end))
		pad := func(s string) string { return strings.Repeat("0", width-len(s)) + s }
		return end == "" || pad(start) <= pad(end)
	}
	return false
}

func FuzzSafelist(f *testing.F) {
	for _, name := range []string{"Accept", "Accept-Language", "content-language", "CONTENT-TYPE", "Range", "X-A"} {
		for _, value := range []string{"", "*/*", "text/plain; charset=utf-8", "bytes=0-1", "bytes=01-1", "a\x00", "\xff"} {
			f.Add(name, value)
		}
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		if got, want := IsCORSSafelistedRequestHeader(name, value), isSafelistedSlowly(name, value); got != want {
			t.Errorf("%q: %q: got %v, the standard's text says %v", name, value, got, want)
		}
		headers := HeaderList{{name, value}}
		if names := CORSUnsafeRequestHeaderNames(headers); (len(names) == 0) != isSafelistedSlowly(name, value) {
			t.Errorf("%q: %q: the unsafe names are %q", name, value, names)
		}
		for _, u := range UnsafeRequestHeaders(headers) {
			_ = u.Why()
		}
	})
}
